"""Which listed model does a declared parent mean? Names change, by a move, a rename or a letter's case."""

from itertools import chain

from pyspark.sql import Column, DataFrame, Window
from pyspark.sql import functions as F

from spark_jobs.job import SET_ASIDE_REASON
from spark_jobs.rules.curated import curated

TYPED = ("hub_base_models", "typed_tag")
FROM_CARD = ("card_relation", "card_field")


def resolved_parents(declared: DataFrame, models: DataFrame) -> DataFrame:
    """Rows of `declared` with parent_id, parent_status and SET_ASIDE_REASON in place of parent and problem.

    A name that is listed is present. Else it is renamed: to the one listed model of that name in other letter case, to
    what the Hub made of the same name in other cards, or to where the Hub moved its canonical models, in this order.
    Else it is missing, and parent_id is the name itself: no model is invented. `models`: (model_id).
    """
    listed = models.select(F.col("model_id").alias("parent"), F.lit(True).alias("is_listed"))
    known = declared.join(listed, "parent", how="left").fillna(False, ["is_listed"]).localCheckpoint()
    resolved = known.join(_renamed(known.where("problem is null"), models), "parent", how="left")
    status = F.when(F.col("is_listed"), "present").when(F.col("model_id").isNotNull(), "renamed").otherwise("missing")
    reason = F.concat(F.lit("parent_not_a_name: "), "problem", F.lit(": "), "declared_parent")
    kept = [name for name in declared.columns if name not in ("parent", "problem")]
    return resolved.select(
        *kept, F.coalesce("model_id", "parent").alias("parent_id"), status.alias("parent_status"), reason.alias(SET_ASIDE_REASON)
    )


def _renamed(known: DataFrame, models: DataFrame) -> DataFrame:
    """(parent, model_id) of the names that are not listed but can be resolved."""
    unlisted = known.where("not is_listed").select("parent").distinct()
    moved_to = _moved_to(F.lower("parent"))
    keys = unlisted.select(
        "parent", moved_to.alias("moved_to"), F.explode(F.array_distinct(F.array(F.lower("parent"), F.lower(moved_to)))).alias("folded")
    )
    found = keys.join(models.select("model_id", F.lower("model_id").alias("folded")), "folded", how="inner")
    is_same_name = F.lower("parent") == F.col("folded")
    by_name = found.select(
        "parent",
        F.when(is_same_name, F.col("model_id")).alias("by_case"),
        F.when(F.col("model_id") == F.col("moved_to"), F.col("model_id")).alias("moved"),
    )
    ways = by_name.unionByName(_taught(known), allowMissingColumns=True).groupBy("parent")
    # The Hub answers to a name in any letter case; where two listed models differ by case alone, neither is meant.
    by_case = F.when(F.count("by_case") == 1, F.min("by_case"))
    named = ways.agg(F.coalesce(by_case, F.min("taught"), F.min("moved")).alias("model_id"))
    return named.where("model_id is not null")


def _taught(known: DataFrame) -> DataFrame:
    """(parent, taught): a child whose one card base X is not listed, while its one base by the Hub is the listed Y, teaches X -> Y.

    More than half of the children that teach X must agree.
    """
    name = F.struct("parent", "is_listed")
    bases = (
        known.where("child_id <> parent")
        .groupBy("child_id")
        .agg(
            F.collect_set(F.when(F.col("evidence").isin(*FROM_CARD), name)).alias("by_author"),
            F.collect_set(F.when(F.col("evidence").isin(*TYPED), name)).alias("by_hub"),
        )
    )
    single = bases.where((F.size("by_author") == 1) & (F.size("by_hub") == 1)).select(
        F.get("by_author", F.lit(0)).alias("x"), F.get("by_hub", F.lit(0)).alias("y")
    )
    lessons = single.where("not x.is_listed and y.is_listed").groupBy(F.col("x.parent").alias("parent"), F.col("y.parent").alias("taught"))
    votes = lessons.agg(F.count("*").alias("votes")).withColumn("all_votes", F.sum("votes").over(Window.partitionBy("parent")))
    return votes.where("2 * votes > all_votes").select("parent", "taught")


def _moved_to(name: Column) -> Column:
    """The name after the Hub moved its canonical models into organisations (conf/canonical_names.csv), else null; `name` in lower case."""
    moves = [(row["old"].lower(), row["new"]) for row in curated("canonical_names")]
    return F.create_map(*[F.lit(text) for text in chain.from_iterable(moves)])[name]
