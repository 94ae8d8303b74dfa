"""How much do others build on each author's models, what is the author's reputation, and how did both change?"""

from dataclasses import dataclass

from pyspark.sql import Column, DataFrame, Window
from pyspark.sql import functions as F

from hublake.lake.enums import REPUTATION_PARTS
from hublake.lake.schema.gold.impact import CONTRIBUTOR_IMPACT, MODEL_IMPACT
from hublake.lake.schema.gold.vendors import MODEL_SERIES
from hublake.lake.schema.silver.lineage import LINEAGE_EDGES
from hublake.lake.schema.silver.models import MODELS
from hublake.spark_jobs.dataframes.checkpoints import lazy_checkpoint
from hublake.spark_jobs.job import Job
from hublake.spark_jobs.steps.derivation_edges import at_ends, derivation_pairs
from hublake.spark_jobs.steps.intervals import wilson
from hublake.spark_jobs.steps.vendors import author_of

COMPARED = ("models", "likes", "downloads", "dependants")


@dataclass(frozen=True)
class Params:
    """Weights of reputation_score. What others do with the models weighs two thirds, what they say and how long it has lasted one."""

    likes: float = 0.2
    release: float = 0.25
    tenure: float = 0.15
    built_on: float = 0.4


def transform(
    models: DataFrame,
    lineage_edges: DataFrame,
    model_impact: DataFrame,
    model_series: DataFrame,
    models_before: DataFrame,
    edges_before: DataFrame,
    *,
    params: Params,
) -> DataFrame:
    """One row per author; canonical models have no author."""
    built_on = _built_on(models, lineage_edges).localCheckpoint()
    summed = _summed(models, lineage_edges, model_impact, model_series, built_on)
    joined = (
        summed.join(_dependants(built_on), "author", how="left")
        .join(_h_index(built_on), "author", how="left")
        .fillna(0, ["dependants", "dependants_guessed", "lineage_h_index"])
        .join(_before(models_before, edges_before), "author", how="left")
        .crossJoin(F.broadcast(models_before.agg(F.max("days_before").alias("compared_days"))))
    )
    now = {"models": "models", "likes": "likes", "downloads": "downloads_own", "dependants": "dependants"}
    gained = {f"{name}_gained": _gain(now[name], f"{name}_before") for name in COMPARED}
    return _with_reputation(joined.withColumns(gained), params).select(
        *[name for name in CONTRIBUTOR_IMPACT.column_names if name != "snapshot_date"]
    )


def _built_on(models: DataFrame, lineage_edges: DataFrame) -> DataFrame:
    """(author, parent, child, is_guessed): the author's models from which models of others derive directly."""
    authors = at_ends(models.select("model_id", "author"), lineage_edges)
    children = authors.withColumnsRenamed({"model_id": "child", "author": "child_author"})
    parents = authors.where("author IS NOT NULL").withColumnRenamed("model_id", "parent")
    pairs = derivation_pairs(lineage_edges).join(parents, "parent").join(children, "child")
    return pairs.where(~F.col("child_author").eqNullSafe(F.col("author"))).select("author", "parent", "child", "is_guessed")


def _dependants(built_on: DataFrame) -> DataFrame:
    by_child = built_on.groupBy("author", "child").agg(F.min("is_guessed").alias("is_guessed"))
    return by_child.groupBy("author").agg(F.count("*").alias("dependants"), F.count_if("is_guessed").alias("dependants_guessed"))


def _h_index(built_on: DataFrame) -> DataFrame:
    """(author, lineage_h_index): the largest h such that h models of the author have at least h children by other authors each."""
    counted = built_on.groupBy("author", "parent").agg(F.count("*").alias("children"))
    rank = F.row_number().over(Window.partitionBy("author").orderBy(F.desc("children"), "parent"))
    return counted.withColumn("rank", rank).where("children >= rank").groupBy("author").agg(F.count("*").alias("lineage_h_index"))


def _summed(
    models: DataFrame, lineage_edges: DataFrame, model_impact: DataFrame, model_series: DataFrame, built_on: DataFrame
) -> DataFrame:
    """The sums over each author's models: those of each table first, so that only rows of authors are joined."""
    by_child = lazy_checkpoint(_by_child(models, lineage_edges))
    own_children = F.broadcast(by_child.where("has_own_parent").select("model_id"))
    author = author_of("model_id").alias("author")
    attributed = model_impact.join(own_children, "model_id", how="left_anti").groupBy(author)
    parts = (
        attributed.agg(F.sum("downloads_attributed").alias("downloads_attributed")),
        model_series.groupBy(author).agg(F.count_if("is_release").alias("releases")),
        by_child.where("NOT has_only_own_parents").groupBy("author").agg(F.count("*").alias("from_others")),
        built_on.groupBy("author").agg(F.count_distinct("parent").alias("models_built_on")),
    )
    summed = _own_sums(models)
    for part in parts:
        summed = summed.join(part, "author", how="left")
    filled = summed.fillna(0, ["downloads_attributed", "releases", "from_others", "models_built_on"])
    columns = {
        "originality_share": (F.col("models") - F.col("from_others")) / F.col("models"),
        "downloads_per_release": F.try_divide("downloads_own", "releases"),
    }
    return filled.withColumns(columns).drop("from_others")


def _own_sums(models: DataFrame) -> DataFrame:
    first_at = F.min(F.when(~F.col("is_created_at_floor"), F.col("created_at")))
    sums = (
        _counted(models)
        .groupBy("author")
        .agg(
            F.count("*").alias("models"),
            F.sum("downloads").alias("downloads_own"),
            F.sum("likes").alias("likes"),
            first_at.alias("first_at"),
            F.max("is_created_at_floor").alias("has_floor"),
        )
    )
    newest = F.broadcast(models.agg(F.max("created_at").alias("newest_at")))
    tenure = F.when(~F.col("has_floor"), F.timestamp_diff("DAY", F.col("first_at"), F.col("newest_at")))
    return sums.crossJoin(newest).withColumn("tenure_days", tenure).drop("first_at", "has_floor", "newest_at")


def _by_child(models: DataFrame, lineage_edges: DataFrame) -> DataFrame:
    """(model_id, author, has_own_parent, has_only_own_parents) of the models with a listed parent."""
    authors = at_ends(models.select("model_id", "author"), lineage_edges)
    pairs = (
        derivation_pairs(lineage_edges)
        .join(authors.withColumnsRenamed({"model_id": "child", "author": "child_author"}), "child")
        .join(authors.withColumnsRenamed({"model_id": "parent", "author": "parent_author"}), "parent")
        .withColumn("is_own", F.col("child_author").eqNullSafe(F.col("parent_author")))
    )
    return pairs.groupBy(F.col("child").alias("model_id"), F.col("child_author").alias("author")).agg(
        F.max("is_own").alias("has_own_parent"), F.min("is_own").alias("has_only_own_parents")
    )


def _counted(models: DataFrame) -> DataFrame:
    return models.where("author IS NOT NULL").select(
        *("model_id", "author", "created_at", "is_created_at_floor"),
        F.coalesce("downloads_30d", F.lit(0)).alias("downloads"),
        F.coalesce("likes", F.lit(0)).alias("likes"),
    )


def _before(models_before: DataFrame, edges_before: DataFrame) -> DataFrame:
    """The figures of COMPARED of each author in the previous snapshot."""
    sums = (
        _counted(models_before)
        .groupBy("author")
        .agg(F.count("*").alias("models_before"), F.sum("likes").alias("likes_before"), F.sum("downloads").alias("downloads_before"))
    )
    dependants = _dependants(_built_on(models_before, edges_before)).select("author", F.col("dependants").alias("dependants_before"))
    return sums.join(dependants, "author", how="left")


def _gain(now: str, before: str) -> Column:
    """The change; all of it is new for an author without models in the previous snapshot."""
    return F.when(F.col("compared_days").isNotNull(), F.col(now) - F.coalesce(before, F.lit(0)))


def _with_reputation(authors: DataFrame, params: Params) -> DataFrame:
    """The parts and their weighted sum. An author at the Hub's floor has been there as long as any."""
    highest = authors.agg(*[F.max(name).alias(f"highest_{name}") for name in ("likes", "downloads_per_release", "tenure_days")])
    low, _ = wilson(F.col("models_built_on"), F.col("models"))

    def on_log_scale(name: str) -> Column:
        return F.coalesce(F.try_divide(F.log1p(name), F.log1p(f"highest_{name}")), F.lit(0.0))

    parts = {
        "likes": on_log_scale("likes"),
        "release": on_log_scale("downloads_per_release"),
        "tenure": F.coalesce(F.try_divide("tenure_days", "highest_tenure_days"), F.lit(1.0)),
        "built_on": low,
    }
    score = sum((getattr(params, part) * F.col(f"{part}_part") for part in REPUTATION_PARTS), F.lit(0.0))
    return (
        authors.crossJoin(F.broadcast(highest))
        .withColumn("built_on_share", F.col("models_built_on") / F.col("models"))
        .withColumns({f"{part}_part": value for part, value in parts.items()})
        .withColumn("reputation_score", 100 * score / sum(vars(params).values()))
    )


JOB = Job(
    reads=(MODELS, LINEAGE_EDGES, MODEL_IMPACT, MODEL_SERIES),
    reads_previous=(MODELS, LINEAGE_EDGES),
    writes=CONTRIBUTOR_IMPACT,
    transform=transform,
    params=Params(),
)
