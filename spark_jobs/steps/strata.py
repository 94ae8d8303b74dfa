"""Groups of models for which figures are published separately; a model belongs to several."""

from pyspark.sql import Column, DataFrame
from pyspark.sql import functions as F

from hublake.lake.enums import RELATIONS
from hublake.spark_jobs.dataframes.hash_joins import name_hash

QUARTILES = (0.25, 0.5, 0.75)
# Billions of parameters: what fits a phone, a laptop, one accelerator, one server.
SIZE_BOUNDS = ((1, "up-to-1b"), (4, "1b-to-4b"), (16, "4b-to-16b"), (80, "16b-to-80b"))
LARGEST, UNKNOWN_SIZE = "over-80b", "unknown"
SIZES = (*(name for _, name in SIZE_BOUNDS), LARGEST, UNKNOWN_SIZE)
FACETS = ("year", "size", "kind", "quartile")


def with_facets(models: DataFrame, accounts: DataFrame, among: DataFrame | None = None) -> DataFrame:
    """silver.models with FACETS: group by these first, and add `strata_of_facets` to the groups. `among`: all models, if these are some."""
    year = F.when(F.col("is_created_at_floor"), "before-2022-03").otherwise(F.year("created_at").cast("string"))
    return with_kind_and_quartile(models, accounts, among).withColumns({"year": year, "size": size_class()})


def strata_of_facets() -> Column:
    """all, year, size, kind of author, and quartile of downloads within a month; facets that are null have no stratum."""
    prefixes = ("year:", "size:", "author_kind:", "popularity:")
    names = [F.concat(F.lit(prefix), F.col(facet)) for prefix, facet in zip(prefixes, FACETS, strict=True)]
    return F.array_compact(F.array(F.lit("all"), *names))


def with_kind_and_quartile(models: DataFrame, accounts: DataFrame, among: DataFrame | None = None) -> DataFrame:
    """silver.models with the `kind` of the author and `quartile`, quartile-1 to quartile-4 of the downloads.

    Quartiles are among the models created in the same month, as older ones had more time: those of `among`, else of `models`. The kind of
    an author whose account was not crawled is unknown. A model without a number of downloads is in no quartile. Cost: one aggregation, no
    shuffle of models. Quartiles are exact: approximate ones depend on the order in which Spark merges partitions. They are computed from
    the number of models with each number of downloads, which are few.
    """
    month = F.date_trunc("month", "created_at").alias("month")
    known = (models if among is None else among).where("downloads_30d IS NOT NULL")
    counted = known.groupBy(month, "downloads_30d").agg(F.count("*").alias("models"))
    quartiles = counted.groupBy("month").agg(F.percentile("downloads_30d", list(QUARTILES), F.col("models")).alias("quartiles"))
    kinds = accounts.select(F.col("account").alias("author"), "kind")
    dated = models.withColumn("month", month).join(F.broadcast(quartiles), "month", how="left")
    described = dated.join(F.broadcast(kinds), "author", how="left")
    downloads, kind = F.col("downloads_30d"), F.coalesce("kind", F.lit("unknown"))
    quartile = 1 + sum((F.when(downloads > F.col("quartiles")[index], 1).otherwise(0) for index in range(len(QUARTILES))), F.lit(0))
    name = F.concat(F.lit("quartile-"), F.when(F.col("quartiles").isNotNull() & downloads.isNotNull(), quartile))
    return described.withColumns({"kind": kind, "quartile": name}).drop("month", "quartiles")


def relations_of_children(lineage_edges: DataFrame) -> DataFrame:
    """(HASH, relations: a bit for each of RELATIONS) of the models with a parent."""
    bit = sum((F.when(F.col("relation") == name, 1 << place).otherwise(0) for place, name in enumerate(RELATIONS)), F.lit(0))
    of_child = lineage_edges.where("NOT is_self_loop").groupBy(name_hash("child_id"))
    return of_child.agg(F.bit_or(bit).alias("relations"))


def strata_of_relations() -> Column:
    """The strata of the bits in `relations`; relation:none if it is null."""
    names = [F.when(F.col("relations").bitwiseAND(1 << place) > 0, f"relation:{name}") for place, name in enumerate(RELATIONS)]
    return F.when(F.col("relations").isNull(), F.array(F.lit("relation:none"))).otherwise(F.array_compact(F.array(*names)))


def task_stratum() -> Column:
    """The stratum of silver.models.pipeline_tag."""
    return F.concat(F.lit("task:"), F.coalesce("pipeline_tag", F.lit("unknown")))


def size_class() -> Column:
    """The class of silver.models.parameters, one of SIZES."""
    billions = F.col("parameters") / 1e9
    classes = F.when(F.col("parameters").isNull(), UNKNOWN_SIZE)
    for bound, name in SIZE_BOUNDS:
        classes = classes.when(billions < bound, name)
    return classes.otherwise(LARGEST)
