"""Which languages do derivatives have, by the languages of their parents?"""

from pyspark.sql import Column, DataFrame, Window
from pyspark.sql import functions as F

from hublake.lake.schema.gold.languages import LANGUAGE_TRANSFER, MODEL_LANGUAGE
from hublake.lake.schema.silver.lineage import LINEAGE_EDGES
from hublake.lake.schema.silver.models import MODELS
from hublake.spark_jobs.dataframes.checkpoints import lazy_checkpoint
from hublake.spark_jobs.dataframes.hash_joins import HASH, join_by_hash, name_hash
from hublake.spark_jobs.job import Job
from hublake.spark_jobs.steps.derivation_edges import at_ends, is_derivation, is_guess

DAY_SECONDS = 86_400
GROUP = ("relation", "parent_language", "child_language", "change")


def transform(models: DataFrame, lineage_edges: DataFrame, model_language: DataFrame) -> DataFrame:
    """Edges between listed models. An edge whose child is older, or of which a date is the floor or unknown, has no days.

    Cost: two joins of the edges with the models, whose rows are stored; one sort per group for the exact median.
    """
    edges = lineage_edges.where(is_derivation()).select(
        "child_id", "parent_id", "relation", "is_child_older", is_guess().alias("is_guessed")
    )
    listed = at_ends(models, edges).select("model_id", "downloads_30d", _created().alias("created"))
    known = join_by_hash(listed, model_language.select("model_id", "declared", "is_multilingual"), how="inner")
    of_parents = join_by_hash(edges, _of(known, "parent"), how="inner", name="parent_id")
    both = join_by_hash(of_parents, _of(known, "child"), how="inner", name="child_id")
    days = F.when(~F.col("is_child_older"), (F.col("child_created") - F.col("parent_created")) / DAY_SECONDS)
    shared = F.size(F.array_intersect("parent_declared", "child_declared"))
    reports = (F.size("parent_declared") > 0) & (F.size("child_declared") > 0)
    distance = F.when(reports, 1 - shared / F.size(F.array_union("parent_declared", "child_declared")))
    rows = both.withColumns({"days": F.when(days >= 0, days), "shared": shared, "reports": reports, "edge_distance": distance})
    rows = rows.withColumns({"parent_language": _label("parent"), "child_language": _label("child"), "change": _change()})
    sizes = [F.size(f"{end}_declared").alias(f"{end}_size") for end in ("parent", "child")]
    read = ("is_guessed", "child_downloads_30d", "days", "reports", "edge_distance")
    counted = lazy_checkpoint(rows.select(*GROUP, name_hash("child_id"), *read, *sizes))
    grouped = counted.groupBy(*GROUP).agg(
        F.count("*").alias("edges"),
        F.count_if("is_guessed").alias("edges_guessed"),
        F.count_distinct(HASH).alias("models"),
        F.coalesce(F.sum("child_downloads_30d"), F.lit(0)).alias("downloads_30d"),
        F.count_if("reports").alias("reporting_edges"),
        *[_sum_if_reported(F.col(f"{end}_size")).alias(f"{end}_languages") for end in ("parent", "child")],
        _sum_if_reported(F.col("edge_distance")).cast("double").alias("distance"),
    )
    # Apart from the distinct count, beside which Spark would keep a list of days for each child.
    medians = counted.where("days IS NOT NULL").groupBy(*GROUP).agg(F.median("days").alias("median_days_between"))
    of_parent = Window.partitionBy("relation", "parent_language")
    share = F.col("edges") / F.sum("edges").over(of_parent)
    return grouped.withColumn("edges_share_of_parent", share).join(medians, list(GROUP), how="left")


def _created() -> Column:
    return F.when(~F.col("is_created_at_floor"), F.unix_timestamp("created_at"))


def _of(known: DataFrame, end: str) -> DataFrame:
    names = {
        "model_id": "id",
        "downloads_30d": "downloads_30d",
        "created": "created",
        "declared": "declared",
        "is_multilingual": "is_multi",
    }
    return known.select(*[F.col(column).alias(f"{end}_{name}") for column, name in names.items()])


def _label(end: str) -> Column:
    is_multi = F.col(f"{end}_is_multi")
    return F.when(is_multi.isNull(), "none").when(is_multi, "multi").otherwise(F.get(f"{end}_declared", 0))


def _change() -> Column:
    """A model that says multilingual and lists less than two languages has all of them."""
    parent, child = F.size("parent_declared"), F.size("child_declared")
    parent_all, child_all = (F.col("parent_is_multi") & (parent < 2)), (F.col("child_is_multi") & (child < 2))
    is_unknown = F.col("parent_is_multi").isNull() | F.col("child_is_multi").isNull()
    has_all_of_child, has_all_of_parent = F.col("shared") == child, F.col("shared") == parent
    known = (
        F.when(parent_all & child_all, "kept")
        .when(parent_all, "narrowed")
        .when(child_all, "widened")
        .when(has_all_of_child & has_all_of_parent, "kept")
        .when(has_all_of_child, "narrowed")
        .when(has_all_of_parent, "widened")
    )
    return F.when(is_unknown, "unknown").otherwise(F.coalesce(known, F.lit("moved")))


def _sum_if_reported(value: Column) -> Column:
    return F.coalesce(F.sum(F.when(F.col("reports"), value)), F.lit(0))


JOB = Job(reads=(MODELS, LINEAGE_EDGES, MODEL_LANGUAGE), writes=LANGUAGE_TRANSFER, transform=transform)
