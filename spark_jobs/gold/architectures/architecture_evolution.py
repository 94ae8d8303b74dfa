"""How do architectures and sizes of new models change from month to month?"""

from pyspark.sql import Column, DataFrame
from pyspark.sql import functions as F

from hublake.lake.schema.gold.architectures import ARCHITECTURE_EVOLUTION, MODEL_ARCHITECTURE
from hublake.lake.schema.silver.models import MODELS
from hublake.spark_jobs.dataframes.checkpoints import lazy_checkpoint
from hublake.spark_jobs.dataframes.hash_joins import join_by_hash
from hublake.spark_jobs.job import Job

ALL = "all"
GROUPS = (("architecture_family", "size_class"), ("architecture_family", None), (None, "size_class"), (None, None))


def transform(models: DataFrame, model_architecture: DataFrame) -> DataFrame:
    """One row per month, family and size; `all` is the sum over families, over sizes, or over both.

    Cost: one join and one aggregation of all models; then four rows for each distinct month, family and number of parameters, which are
    a few, as most models have the size of a base.
    """
    month = (
        F.when(F.col("is_created_at_floor"), "before-2022-03")
        .when(F.col("created_at").isNull(), "unknown-month")
        .otherwise(F.date_format("created_at", "yyyy-MM"))
    )
    dated = models.select("model_id", F.coalesce("downloads_30d", F.lit(0)).alias("downloads"), month.alias("month"))
    sizes = model_architecture.select("model_id", "architecture_family", "size_class", "parameters", "is_moe")
    described = join_by_hash(dated, sizes, how="inner")
    grouped = described.groupBy("month", "architecture_family", "size_class", "parameters")
    alike = lazy_checkpoint(
        grouped.agg(
            F.count("*").alias("models"),
            F.count("is_moe").alias("moe_known"),
            F.count_if("is_moe").alias("mixtures"),
            F.sum("downloads").alias("downloads"),
        )
    )
    figures = ("parameters", "models", "moe_known", "mixtures", "downloads")
    each = alike.withColumn("group", F.explode(_groups())).select("month", "group.*", *figures)
    known = F.col("parameters").isNotNull()
    weighted = F.sum(F.col("parameters").cast("double") * F.col("downloads"))
    downloads = F.coalesce(F.sum(F.when(known, F.col("downloads"))), F.lit(0))
    counted = each.groupBy("month", "architecture_family", "size_class").agg(
        F.sum("models").alias("new_models"),
        F.coalesce(F.sum(F.when(known, F.col("models"))), F.lit(0)).alias("with_parameters"),
        F.percentile("parameters", 0.5, F.col("models")).cast("long").alias("median_parameters"),
        F.percentile("parameters", 0.9, F.col("models")).cast("long").alias("p90_parameters"),
        F.sum("moe_known").alias("moe_known"),
        F.sum("mixtures").alias("mixtures"),
        downloads.alias("downloads_30d"),
        F.when(downloads > 0, weighted / downloads).alias("mean_parameters_downloaded"),
    )
    months = alike.groupBy("month").agg(F.sum("models").alias("models_of_month"))
    return counted.join(F.broadcast(months), "month", how="inner").select(
        "month",
        "architecture_family",
        "size_class",
        "new_models",
        (F.col("new_models") / F.col("models_of_month")).alias("new_models_share"),
        "with_parameters",
        (F.col("with_parameters") / F.col("new_models")).alias("coverage_share"),
        "median_parameters",
        "p90_parameters",
        "moe_known",
        F.when(F.col("moe_known") > 0, F.col("mixtures") / F.col("moe_known")).alias("moe_share"),
        "downloads_30d",
        "mean_parameters_downloaded",
    )


def _groups() -> Column:
    """The four groups of each model, as structs."""
    columns = ("architecture_family", "size_class")
    groups = [
        [(F.col(name) if name else F.lit(ALL)).alias(column) for name, column in zip(group, columns, strict=True)] for group in GROUPS
    ]
    return F.array(*[F.struct(*group) for group in groups])


JOB = Job(reads=(MODELS, MODEL_ARCHITECTURE), writes=ARCHITECTURE_EVOLUTION, transform=transform)
