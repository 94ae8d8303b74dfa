"""Which licences does each model declare, and which of the catalogue are meant?"""

from pyspark.sql import Column, DataFrame
from pyspark.sql import functions as F

from hublake.lake.schema.silver.cards import MODEL_CARDS
from hublake.lake.schema.silver.licenses import MODEL_LICENSES
from hublake.lake.schema.silver.models import MODELS
from hublake.rules.licenses.model_licenses import license_rows
from hublake.rules.licenses.resolved_licenses import OTHER
from hublake.spark_jobs.dataframes.array_columns import elements_with_prefix, filter_elements, join_elements
from hublake.spark_jobs.dataframes.spark_schema import spark_schema
from hublake.spark_jobs.job import CarryOver, Job
from hublake.spark_jobs.steps.declared_metadata import declaring_models, map_declarations


def transform(models: DataFrame, model_cards: DataFrame) -> DataFrame:
    """One row per licence of a model, from the strongest source that names it; no row for a model without a licence."""
    card_fields = ("licenses", "license_name", "license_link")
    relevant = (elements_with_prefix("tags", "license:"), _license_files())
    declaring = declaring_models(models, model_cards, card_fields, *relevant)
    return map_declarations(declaring, license_rows, spark_schema(MODEL_LICENSES, without=("snapshot_date",)))


def _license_files() -> Column:
    """The files at the root that are named after a licence, of models whose licence is `other`: only theirs are read."""
    is_other = join_elements("tags").contains(f"license:{OTHER}")
    text = F.lower(join_elements("file_names"))
    named = filter_elements("file_names", lambda name: F.lower(name).rlike("^[^/]*(licen[cs]e|copying)[^/]*$"))
    return F.when(is_other & text.rlike("licen[cs]e|copying"), named).otherwise(F.array().cast("array<string>")).alias("file_names")


JOB = Job(reads=(MODELS, MODEL_CARDS), writes=MODEL_LICENSES, transform=transform, carries=CarryOver("model_id"))
