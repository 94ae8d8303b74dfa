"""Groups of models for which figures are published separately; a model belongs to several."""

from pyspark.sql import Column, DataFrame
from pyspark.sql import functions as F

QUARTILES = (0.25, 0.5, 0.75)
# Billions of parameters: what fits a phone, a laptop, one accelerator, one server.
SIZE_BOUNDS = ((1, "up-to-1b"), (4, "1b-to-4b"), (16, "4b-to-16b"), (80, "16b-to-80b"))


def with_strata(models: DataFrame, accounts: DataFrame) -> DataFrame:
    """silver.models with `kind` of the author, and `strata`: all, year, size, kind of author, and quartile of downloads within a month.

    Quartiles are among the models created in the same month, as older ones had more time. The kind of an author whose account was not
    crawled is unknown. A model without a number of downloads is in no stratum of popularity. Cost: one aggregation, no shuffle of models.
    Quartiles are exact: approximate ones depend on the order in which Spark merges partitions.
    """
    dated = models.withColumn("month", F.date_trunc("month", "created_at"))
    counted = dated.where("downloads_30d IS NOT NULL").groupBy("month")
    quartiles = counted.agg(F.percentile("downloads_30d", list(QUARTILES)).alias("quartiles"))
    kinds = accounts.select(F.col("account").alias("author"), "kind")
    described = dated.join(F.broadcast(quartiles), "month", how="left").join(F.broadcast(kinds), "author", how="left")
    downloads, kind = F.col("downloads_30d"), F.coalesce("kind", F.lit("unknown"))
    quartile = 1 + sum((F.when(downloads > F.col("quartiles")[index], 1).otherwise(0) for index in range(len(QUARTILES))), F.lit(0))
    strata = F.array(
        F.lit("all"),
        F.when(F.col("is_created_at_floor"), "year:before-2022-03").otherwise(F.concat(F.lit("year:"), F.year("created_at"))),
        F.concat(F.lit("size:"), size_class()),
        F.concat(F.lit("author_kind:"), kind),
        F.concat(F.lit("popularity:quartile-"), F.when(F.col("quartiles").isNotNull() & downloads.isNotNull(), quartile)),
    )
    return described.withColumns({"kind": kind, "strata": F.array_compact(strata)}).drop("month", "quartiles")


def with_relation_strata(described: DataFrame, lineage_edges: DataFrame) -> DataFrame:
    """The rows, which have model_id and `strata`, with one more stratum for each relation of the model to its parents, listed or not."""
    of_child = lineage_edges.where("NOT is_self_loop").groupBy(F.col("child_id").alias("model_id"))
    relations = of_child.agg(F.array_sort(F.collect_set("relation")).alias("relations"))
    strata = F.transform(F.coalesce("relations", F.array(F.lit("none"))), lambda name: F.concat(F.lit("relation:"), name))
    joined = described.join(relations, "model_id", how="left")
    return joined.withColumn("strata", F.concat("strata", strata)).drop("relations")


def task_stratum() -> Column:
    """The stratum of silver.models.pipeline_tag."""
    return F.concat(F.lit("task:"), F.coalesce("pipeline_tag", F.lit("unknown")))


def size_class() -> Column:
    """The class of silver.models.parameters."""
    billions = F.col("parameters") / 1e9
    classes = F.when(F.col("parameters").isNull(), "unknown")
    for bound, name in SIZE_BOUNDS:
        classes = classes.when(billions < bound, name)
    return classes.otherwise("over-80b")
