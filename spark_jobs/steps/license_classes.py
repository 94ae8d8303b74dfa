"""The family of the licence that a model declares."""

from pyspark.sql import DataFrame
from pyspark.sql import functions as F


def license_classes(model_licenses: DataFrame, license_catalogue: DataFrame) -> DataFrame:
    """(model_id, license_class) of the models that declare a licence, one of enums.LICENSE_CLASSES; other models are undeclared."""
    families = license_catalogue.select(F.col("license").alias("comparable_license"), "family")
    declared = model_licenses.where("comparable_license <> 'unknown'").join(F.broadcast(families), "comparable_license", how="left")
    found = declared.groupBy("model_id").agg(F.collect_set(F.coalesce("family", F.lit("unread"))).alias("families"))
    only = F.when(F.size("families") > 1, "several").otherwise(F.get("families", F.lit(0)))
    return found.select("model_id", only.alias("license_class"))
