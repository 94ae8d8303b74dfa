"""Which licences does each model declare?"""

from collections.abc import Iterator

from pyspark.sql import DataFrame

from hublake.lake.schema.silver.cards import MODEL_CARDS
from hublake.lake.schema.silver.licenses import MODEL_LICENSES
from hublake.lake.schema.silver.models import MODELS
from hublake.rules.licenses.declared_licenses import declared_licenses, known_license_ids
from hublake.spark_jobs.dataframes.array_columns import elements_with_prefix
from hublake.spark_jobs.dataframes.arrow_functions import Record, map_records
from hublake.spark_jobs.dataframes.spark_schema import spark_schema
from hublake.spark_jobs.job import Job
from hublake.spark_jobs.steps.declared_metadata import declared_metadata, declaring_models


def transform(models: DataFrame, model_cards: DataFrame) -> DataFrame:
    """One row per licence of a model, from the strongest source that names it; no row for a model without a licence."""
    declaring = declaring_models(
        models, model_cards, ("licenses", "license_name", "license_link"), elements_with_prefix("tags", "license:")
    )
    return map_records(declaring, _rows, spark_schema(MODEL_LICENSES, without=("snapshot_date",)))


def _rows(row: Record) -> Iterator[Record]:
    declared = declared_metadata(row)
    for found in declared_licenses(*declared.by_source("licenses"), row["tags"]):
        is_other = found.value == "other"
        yield {
            "model_id": row["model_id"],
            "license": found.value,
            "license_name": declared.fields["license_name"] if is_other else None,
            "license_link": declared.fields["license_link"] if is_other else None,
            "is_known": found.value in known_license_ids(),
            "source": found.source,
            "confidence": found.confidence,
        }


JOB = Job(reads=(MODELS, MODEL_CARDS), writes=MODEL_LICENSES, transform=transform)
