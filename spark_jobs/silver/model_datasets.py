"""Which training datasets does each model declare?"""

from collections.abc import Iterator

from pyspark.sql import DataFrame

from hublake.lake.schema.silver.cards import MODEL_CARDS
from hublake.lake.schema.silver.datasets import MODEL_DATASETS
from hublake.lake.schema.silver.models import MODELS
from hublake.rules.datasets.declared_datasets import declared_datasets, is_placeholder
from hublake.spark_jobs.dataframes.array_columns import elements_with_prefix
from hublake.spark_jobs.dataframes.arrow_functions import Record, map_records
from hublake.spark_jobs.dataframes.spark_schema import spark_schema
from hublake.spark_jobs.job import Job
from hublake.spark_jobs.steps.declared_metadata import declared_metadata, declaring_models


def transform(models: DataFrame, model_cards: DataFrame) -> DataFrame:
    """One row per dataset of a model, from the strongest source that names it; placeholders are kept and flagged."""
    declaring = declaring_models(models, model_cards, ("datasets",), elements_with_prefix("tags", "dataset:"))
    return map_records(declaring, _rows, spark_schema(MODEL_DATASETS, without=("snapshot_date",)))


def _rows(row: Record) -> Iterator[Record]:
    for found in declared_datasets(*declared_metadata(row).by_source("datasets"), row["tags"]):
        yield {
            "model_id": row["model_id"],
            "dataset_id": found.value,
            "is_placeholder": is_placeholder(found.value),
            "source": found.source,
            "confidence": found.confidence,
        }


JOB = Job(reads=(MODELS, MODEL_CARDS), writes=MODEL_DATASETS, transform=transform)
