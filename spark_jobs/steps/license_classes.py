"""The family of the licence that a model declares."""

from pyspark.sql import Column, DataFrame
from pyspark.sql import functions as F

from hublake.lake.enums import LICENSE_FAMILIES

_NAMES = (*LICENSE_FAMILIES, "unread")


def declared_families(model_licenses: DataFrame, license_catalogue: DataFrame) -> DataFrame:
    """(model_id, family: a number for `license_class`) of each licence that a model declares."""
    number = F.array_position(F.array(*map(F.lit, _NAMES)), F.coalesce("family", F.lit("unread"))).cast("int")
    families = license_catalogue.select(F.col("license").alias("comparable_license"), "family")
    declared = model_licenses.where("comparable_license <> 'unknown'").join(F.broadcast(families), "comparable_license", how="left")
    return declared.select("model_id", number.alias("family"))


def license_class(lowest: str, highest: str) -> Column:
    """One of enums.LICENSE_CLASSES, from the lowest and the highest `family` of a model; undeclared where these are null.

    Spark aggregates numbers in hash tables; for texts or sets of them it sorts the rows.
    """
    name = F.get(F.array(*map(F.lit, _NAMES)), F.col(lowest) - 1)
    return F.coalesce(F.when(F.col(lowest) != F.col(highest), "several").otherwise(name), F.lit("undeclared"))
