"""Which listed model does a declared parent mean? Names change, by a move, a rename, a letter's case or a matter of taste."""

from collections import defaultdict
from functools import reduce

import pyarrow as pa
from pyspark.sql import Column, DataFrame, Window
from pyspark.sql import functions as F
from pyspark.sql.types import StringType, StructType

from spark_jobs.boundary import map_whole, table_of
from spark_jobs.job import SET_ASIDE_REASON
from spark_jobs.rules.parent_renames import Renames

TYPED = ("hub_base_models", "typed_tag")
FROM_CARD = ("card_relation", "card_field")
RESOLVED = StructType()
for _name in ("parent", "child_id", "model_id", "resolved_by"):
    RESOLVED.add(_name, StringType())


def resolved_parents(declared: DataFrame, models: DataFrame, listings: DataFrame) -> DataFrame:
    """Rows of `declared` with parent_id, parent_status, resolved_by and SET_ASIDE_REASON in place of parent and problem.

    A name that is listed is present. Else it is renamed where rules.parent_renames finds a model; a repository that an earlier
    listing of bronze has under that name counts first. Else it is missing, and parent_id is the name itself: no model is invented.
    Cost: declared names go to every executor; those not listed, and models that could be meant, go through one task; names of all models
    are looked at where they are.
    """
    names = F.broadcast(declared.select("parent").distinct())
    listed = models.select(F.col("model_id").alias("parent"), F.lit(True).alias("is_listed")).join(names, "parent", how="left_semi")
    known = declared.join(listed, "parent", how="left").fillna(False, ["is_listed"]).localCheckpoint()
    resolved = known.join(_renamed(known.where("problem is null"), models, listings), ["parent", "child_id"], how="left")
    status = F.when(F.col("is_listed"), "present").when(F.col("model_id").isNotNull(), "renamed").otherwise("missing")
    reason = F.concat(F.lit("parent_not_a_name: "), "problem", F.lit(": "), "declared_parent")
    kept = [name for name in declared.columns if name not in ("parent", "problem")]
    return resolved.select(
        *kept,
        F.coalesce("model_id", "parent").alias("parent_id"),
        status.alias("parent_status"),
        "resolved_by",
        reason.alias(SET_ASIDE_REASON),
    )


def _renamed(known: DataFrame, models: DataFrame, listings: DataFrame) -> DataFrame:
    """RESOLVED of the names that are not listed, for each of their children."""
    wanted = known.where("not is_listed").select("parent", "child_id").distinct().localCheckpoint()
    names = F.broadcast(wanted.select("parent").distinct())
    spelt = F.broadcast(wanted.select(_letters("parent").alias("letters")).distinct())
    could_be_meant = models.withColumn("letters", _letters("model_id")).join(spelt, "letters", how="left_semi").repartition(1)
    of_parents = F.broadcast(wanted.select(F.lower(F.substring_index("parent", "/", 1)).alias("account")).distinct())
    accounts = models.select(F.lower("author").alias("account")).join(of_parents, "account", how="left_semi").distinct()
    facts = (
        _fact("wanted", wanted, "parent", "child_id"),
        _fact("listed", could_be_meant.withColumn("downloads", F.coalesce("downloads_30d", F.lit(0))), "model_id", "downloads"),
        _fact("account", accounts, "account", "account"),
        _fact("history", _former_names(names, models, listings), "parent", "model_id"),
        _fact("taught", _taught(known), "parent", "taught"),
    )
    return map_whole(reduce(DataFrame.unionByName, facts), _resolved, RESOLVED)


def _fact(kind: str, frame: DataFrame, name: str, other: str) -> DataFrame:
    return frame.select(F.lit(kind).alias("kind"), F.col(name).alias("name"), F.col(other).cast("string").alias("other"))


def _resolved(facts: pa.Table) -> pa.Table:
    """Facts of every kind, as rows (kind, name, other) -> RESOLVED."""
    by_kind: dict[str, list[tuple[str, str]]] = defaultdict(list)
    for kind, name, other in zip(*(facts[column].to_pylist() for column in ("kind", "name", "other")), strict=True):
        by_kind[kind].append((name, other))
    listed = {name: int(downloads) for name, downloads in by_kind["listed"]}
    renames = Renames(
        by_kind["wanted"], listed, [name for name, _ in by_kind["account"]], {way: dict(by_kind[way]) for way in ("history", "taught")}
    )
    found = [(parent, child, renames.find(parent, child)) for parent, child in by_kind["wanted"]]
    return table_of(((parent, child, *told) for parent, child, told in found if told), RESOLVED)


def _letters(model_id: str) -> Column:
    """The letters and digits of a model's own name: alike in all names that are spelt alike, and in a few others."""
    return F.translate(F.lower(F.substring_index(model_id, "/", -1)), "-_ .,;:", "")


def _former_names(names: DataFrame, models: DataFrame, listings: DataFrame) -> DataFrame:
    """(parent, model_id) of names that a listed repository had in an earlier crawl, where it was but one."""
    had = listings.where("repo_type = 'model'").select("hub_id", F.col("repo_id").alias("parent")).join(names, "parent", how="left_semi")
    now = models.join(F.broadcast(had.distinct()), "hub_id", how="inner").groupBy("parent")
    return now.agg(F.min("model_id").alias("model_id"), F.count("*").alias("times")).where("times = 1").drop("times")


def _taught(known: DataFrame) -> DataFrame:
    """(parent, taught): a child whose one card base X is not listed, while its one base by the Hub is the listed Y, teaches X -> Y.

    More than half of the children that teach X must agree. Cost: the few children that can teach go to every executor; of them alone
    the bases are collected.
    """
    name = F.struct("parent", "is_listed")
    of_cards = known.where(F.col("evidence").isin(*FROM_CARD) & ~F.col("is_listed"))
    teachers = F.broadcast(of_cards.select("child_id").distinct())
    bases = (
        known.where("child_id <> parent")
        .join(teachers, "child_id", how="left_semi")
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
