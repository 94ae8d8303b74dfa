"""How much do others build on each author's models, what is the author's reputation, and how did both change?"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from pyspark.sql import Column, DataFrame, Window
from pyspark.sql import functions as F

from hublake.lake.enums import REPUTATION_PARTS
from hublake.lake.schema.gold.impact import CONTRIBUTOR_IMPACT, MODEL_IMPACT
from hublake.lake.schema.gold.vendors import MODEL_SERIES
from hublake.lake.schema.silver.lineage import LINEAGE_EDGES
from hublake.lake.schema.silver.models import MODELS
from hublake.spark_jobs.dataframes.checkpoints import lazy_checkpoint
from hublake.spark_jobs.dataframes.unions import union_by_name
from hublake.spark_jobs.job import Job
from hublake.spark_jobs.steps.derivation_edges import derivation_pairs
from hublake.spark_jobs.steps.intervals import wilson
from hublake.spark_jobs.steps.vendors import author_of

COMPARED = {"models": "models", "likes": "likes", "downloads": "downloads_own", "dependants": "dependants"}  # figure -> its column
OWN = ("downloads_attributed", "releases", "from_others", "models_built_on", "lineage_h_index", "dependants_guessed")
SUMS = (*COMPARED.values(), *OWN, *[f"{name}_before" for name in COMPARED])


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
    """One row per author; canonical models have no author.

    Cost: the sums over each author's models, with those of the edges and of the previous snapshot, are one aggregation.
    """
    pairs = lazy_checkpoint(_pairs(lineage_edges))
    parts = (
        *_of_models(models),
        *_of_pairs(pairs),
        model_series.select(author_of("model_id").alias("author"), F.col("is_release").cast("long").alias("releases")),
        _attributed(model_impact, pairs),
        *_before(models_before, edges_before),
    )
    summed = union_by_name(parts, may_lack_columns=True).where("author IS NOT NULL").groupBy("author")
    times = (F.min("first_at").alias("first_at"), F.max("has_floor").alias("has_floor"))
    sums = summed.agg(*[F.coalesce(F.sum(name), F.lit(0)).alias(name) for name in SUMS], *times).where("models > 0")
    (newest,) = models.agg(F.max(F.unix_micros("created_at")).alias("micros")).collect()
    (compared,) = models_before.agg(F.max("days_before").alias("days")).collect()
    newest_at = F.timestamp_micros(F.lit(newest["micros"]).cast("long"))
    columns = {
        "tenure_days": F.when(~F.col("has_floor"), F.timestamp_diff("DAY", F.col("first_at"), newest_at)),
        "originality_share": (F.col("models") - F.col("from_others")) / F.col("models"),
        "downloads_per_release": F.try_divide("downloads_own", "releases"),
        "compared_days": F.lit(compared["days"]).cast("long"),
        **{f"{name}_gained": _gain(now, f"{name}_before", compared["days"] is not None) for name, now in COMPARED.items()},
    }
    return _with_reputation(lazy_checkpoint(sums.withColumns(columns)), params).select(
        *[name for name in CONTRIBUTOR_IMPACT.column_names if name != "snapshot_date"]
    )


def _pairs(lineage_edges: DataFrame) -> DataFrame:
    """(child, parent, is_guessed, author: of the parent, child_author): an author is the first part of a name."""
    authors = {"author": author_of("parent"), "child_author": author_of("child")}
    return derivation_pairs(lineage_edges).withColumns(authors)


def _is_of_other() -> Column:
    return ~F.col("child_author").eqNullSafe(F.col("author"))


def _of_pairs(pairs: DataFrame) -> Iterator[DataFrame]:
    """(author, models_built_on, lineage_h_index), (author, dependants, dependants_guessed) and (author, from_others)."""
    built_on = pairs.where(_is_of_other() & F.col("author").isNotNull())
    counted = built_on.groupBy("author", "parent").agg(F.count("*").alias("children"))
    rank = F.row_number().over(Window.partitionBy("author").orderBy(F.desc("children"), "parent"))
    # The h-index is the largest h such that h models of the author have at least h children by other authors each.
    is_in_index = (F.col("children") >= rank).cast("long")
    yield counted.select("author", F.lit(1).alias("models_built_on"), is_in_index.alias("lineage_h_index"))
    yield _dependants(built_on, "dependants").withColumnRenamed("is_guessed", "dependants_guessed")
    from_others = pairs.where(_is_of_other()).select(F.col("child_author").alias("author"), "child").distinct()
    yield from_others.select("author", F.lit(1).alias("from_others"))


def _dependants(built_on: DataFrame, name: str) -> DataFrame:
    """(author, name: 1, is_guessed: 1 or 0) of each model of others that derives directly from the author's."""
    by_child = built_on.groupBy("author", "child").agg(F.min("is_guessed").alias("is_guessed"))
    return by_child.select("author", F.lit(1).alias(name), F.col("is_guessed").cast("long"))


def _attributed(model_impact: DataFrame, pairs: DataFrame) -> DataFrame:
    """Downloads of models that derive from another of the same author are attributed to that one already."""
    own_children = pairs.where(~_is_of_other()).select(F.col("child").alias("model_id"))
    rows = model_impact.join(F.broadcast(own_children), "model_id", how="left_anti")
    return rows.select(author_of("model_id").alias("author"), "downloads_attributed")


def _of_models(models: DataFrame) -> Iterator[DataFrame]:
    first_at = F.when(~F.col("is_created_at_floor"), F.col("created_at")).alias("first_at")
    counts = _counts({name: now for name, now in COMPARED.items() if name != "dependants"})
    yield models.select("author", *counts, first_at, F.col("is_created_at_floor").alias("has_floor"))


def _counts(names: Mapping[str, str]) -> list[Column]:
    counted = {"models": F.lit(1), "likes": F.coalesce("likes", F.lit(0)), "downloads": F.coalesce("downloads_30d", F.lit(0))}
    return [counted[name].alias(alias) for name, alias in names.items()]


def _before(models_before: DataFrame, edges_before: DataFrame) -> Iterator[DataFrame]:
    """The figures of COMPARED in the previous snapshot."""
    yield models_before.select("author", *_counts({name: f"{name}_before" for name in COMPARED if name != "dependants"}))
    built_on = _pairs(edges_before).where(_is_of_other() & F.col("author").isNotNull())
    yield _dependants(built_on, "dependants_before").drop("is_guessed")


def _gain(now: str, before: str, is_compared: bool) -> Column:
    """The change; all of it is new for an author without models in the previous snapshot."""
    return F.col(now) - F.col(before) if is_compared else F.lit(None).cast("long")


def _with_reputation(authors: DataFrame, params: Params) -> DataFrame:
    """The parts and their weighted sum. An author at the Hub's floor has been there as long as any."""
    scaled = ("likes", "downloads_per_release", "tenure_days")
    (highest,) = authors.agg(*[F.max(name).alias(name) for name in scaled]).collect()
    low, _ = wilson(F.col("models_built_on"), F.col("models"))

    def of_highest(name: str) -> Column:
        return F.lit(highest[name]).cast("double")

    def on_log_scale(name: str) -> Column:
        return F.coalesce(F.try_divide(F.log1p(name), F.log1p(of_highest(name))), F.lit(0.0))

    parts = {
        "likes": on_log_scale("likes"),
        "release": on_log_scale("downloads_per_release"),
        "tenure": F.coalesce(F.try_divide("tenure_days", of_highest("tenure_days")), F.lit(1.0)),
        "built_on": low,
    }
    score = sum((getattr(params, part) * F.col(f"{part}_part") for part in REPUTATION_PARTS), F.lit(0.0))
    return (
        authors.withColumn("built_on_share", F.col("models_built_on") / F.col("models"))
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
