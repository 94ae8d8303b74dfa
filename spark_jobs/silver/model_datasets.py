"""On which datasets does each model say that it was trained?"""

from collections.abc import Iterator

from pyspark.sql import DataFrame

from lake.tables.silver import MODEL_CARDS, MODEL_DATASETS, MODELS
from spark_jobs.arrays import beginning
from spark_jobs.boundary import Record, map_records
from spark_jobs.job import Job
from spark_jobs.rules.datasets import datasets, is_placeholder
from spark_jobs.rules.front_matter import declared_in_json
from spark_jobs.schema import spark_schema
from spark_jobs.silver.declaring import declaring


def transform(models: DataFrame, model_cards: DataFrame) -> DataFrame:
    """One row for each dataset of a model, from the strongest source that names it; placeholders are kept and marked."""
    told = declaring(models, model_cards, ("datasets",), beginning("tags", "dataset:"))
    return map_records(told, _rows, spark_schema(MODEL_DATASETS, without=("snapshot_date",)))


def _rows(row: Record) -> Iterator[Record]:
    for found in datasets(row["datasets"] or (), declared_in_json(row["card_data"]).datasets, row["tags"]):
        yield {
            "model_id": row["model_id"],
            "dataset_id": found.value,
            "is_placeholder": is_placeholder(found.value),
            "source": found.source,
            "confidence": found.confidence,
        }


JOB = Job(reads=(MODELS, MODEL_CARDS), writes=MODEL_DATASETS, transform=transform)
