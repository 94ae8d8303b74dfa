"""Under which licences does each model say that it stands?"""

from collections.abc import Iterator

from pyspark.sql import DataFrame

from hublake.lake.schema.silver.cards import MODEL_CARDS
from hublake.lake.schema.silver.licenses import MODEL_LICENSES
from hublake.lake.schema.silver.models import MODELS
from hublake.rules.cards.front_matter import declared_in_json
from hublake.rules.licenses.declared import known_identifiers, licenses
from hublake.spark_jobs.dataframes.array_columns import elements_with_prefix
from hublake.spark_jobs.dataframes.arrow_functions import Record, map_records
from hublake.spark_jobs.dataframes.spark_schema import spark_schema
from hublake.spark_jobs.job import Job
from hublake.spark_jobs.steps.declared_values import declaring


def transform(models: DataFrame, model_cards: DataFrame) -> DataFrame:
    """One row for each licence of a model, from the strongest source that names it; none for a model that declares none."""
    told = declaring(models, model_cards, ("licenses", "license_name", "license_link"), elements_with_prefix("tags", "license:"))
    return map_records(told, _rows, spark_schema(MODEL_LICENSES, without=("snapshot_date",)))


def _rows(row: Record) -> Iterator[Record]:
    listed = declared_in_json(row["card_data"])
    for found in licenses(row["licenses"] or (), listed.licenses, row["tags"]):
        is_other = found.value == "other"
        yield {
            "model_id": row["model_id"],
            "license": found.value,
            "license_name": (row["license_name"] or listed.license_name) if is_other else None,
            "license_link": (row["license_link"] or listed.license_link) if is_other else None,
            "is_known": found.value in known_identifiers(),
            "source": found.source,
            "confidence": found.confidence,
        }


JOB = Job(reads=(MODELS, MODEL_CARDS), writes=MODEL_LICENSES, transform=transform)
