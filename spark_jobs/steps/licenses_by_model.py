"""The licences of each model, as sets that can be compared."""

from pyspark.sql import Column, DataFrame
from pyspark.sql import functions as F

from hublake.spark_jobs.dataframes.hash_joins import name_hash

SEPARATOR = ", "


def licenses_by_hash(model_licenses: DataFrame) -> DataFrame:
    """(HASH of the model's name, licenses: sorted distinct comparable_license)."""
    return model_licenses.groupBy(name_hash()).agg(F.array_sort(F.collect_set("comparable_license")).alias("licenses"))


def license_text(licenses: str | Column) -> Column:
    """Several licences as one text; empty if there is none."""
    return F.array_join(F.coalesce(licenses, F.array().cast("array<string>")), SEPARATOR)


def is_declared(licenses: str | Column) -> Column:
    """Whether a licence is declared: `unknown` declares none."""
    return F.size(F.array_remove(licenses, "unknown")) > 0
