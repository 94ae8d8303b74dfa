"""How much do others build on each model?"""

from dataclasses import dataclass
from functools import reduce

from pyspark.sql import Column, DataFrame
from pyspark.sql import functions as F

from lake.settings import ImpactSettings
from lake.tables.gold import MODEL_IMPACT, MODEL_LINEAGE
from lake.tables.silver import LINEAGE_EDGES, MODELS
from spark_jobs.graph.derivation import derivations
from spark_jobs.graph.walks import DAMPING, walks_upwards
from spark_jobs.job import Job

_DEFAULT = ImpactSettings()
PARTS = ("pagerank", "dependants", "descendants", "downloads")


@dataclass(frozen=True)
class Params:
    """`damping` as in Brin and Page 1998; `tolerance` cuts walks round a cycle; the rest are the weights of impact_score."""

    damping: float = DAMPING
    tolerance: float = 1e-12
    pagerank: float = _DEFAULT.pagerank
    dependants: float = _DEFAULT.dependants
    descendants: float = _DEFAULT.descendants
    downloads: float = _DEFAULT.downloads


def transform(models: DataFrame, lineage_edges: DataFrame, model_lineage: DataFrame, *, params: Params) -> DataFrame:
    """One row per model; a model that nothing derives from has what it brings itself."""
    roots = model_lineage.select("model_id", F.size("root_ids").alias("roots"))
    downloads = F.coalesce("downloads_30d", F.lit(0)).cast("double").alias("downloads")
    brought = models.select("model_id", downloads).join(roots, "model_id", how="inner")
    edges = derivations(lineage_edges)
    walks = walks_upwards(edges, params.damping, params.tolerance)
    measured = _measured(brought, edges, walks, params.damping).localCheckpoint()
    return _scored(measured, params)


def _measured(brought: DataFrame, edges: DataFrame, walks: DataFrame, damping: float) -> DataFrame:
    """(model_id, *MEASURES), ranks not yet scaled. `brought`: (model_id, downloads, roots).

    Each measure of a model is a sum over itself and those below, so each source adds rows and one grouping ends it.
    Leaves go first: what they bring is folded into their parents, from where it goes up with what the parents bring.
    """
    per_root = F.col("downloads") / F.col("roots")
    itself = brought.select(
        "model_id",
        F.lit(1.0).alias("pagerank"),
        F.col("downloads").alias("pagerank_by_downloads"),
        F.lit(0).alias("dependants"),
        F.lit(0).alias("descendants"),
        F.col("downloads").alias("downloads_attributed"),
    )
    leaves = edges.where("not is_inner").join(brought.withColumnRenamed("model_id", "child"), "child", how="inner")
    folded = _folded(leaves, per_root, damping).localCheckpoint()
    inner = edges.where("is_inner")
    inner_children = inner.groupBy(F.col("parent").alias("model_id")).agg(F.count("*").alias("dependants"))
    bearers = brought.join(inner.select(F.col("child").alias("model_id")), "model_id", how="left_semi").select(
        "model_id",
        F.lit(1.0).alias("pagerank"),
        F.col("downloads").alias("pagerank_by_downloads"),
        F.lit(1).alias("descendants"),
        per_root.alias("downloads_attributed"),
    )
    carried = _carried(_summed(bearers.unionByName(folded.drop("dependants"))), walks)
    shared = _from_shared_leaves(leaves.where("parents > 1").select("child", "parent", per_root.alias("per_root")), walks)
    parts = (folded, inner_children, carried, shared)
    return _summed(reduce(lambda left, right: left.unionByName(right, allowMissingColumns=True), parts, itself))


def _folded(leaves: DataFrame, per_root: Column, damping: float) -> DataFrame:
    """What parents get straight from their leaves; leaves of several parents count as descendants elsewhere, lest they count twice."""
    passed_on = F.lit(damping) / F.col("parents")
    has_one_parent = F.col("parents") == 1
    return leaves.groupBy(F.col("parent").alias("model_id")).agg(
        F.sum(passed_on).alias("pagerank"),
        F.sum(passed_on * F.col("downloads")).alias("pagerank_by_downloads"),
        F.count("*").alias("dependants"),
        F.count_if(has_one_parent).alias("descendants"),
        F.sum(F.when(has_one_parent, per_root).otherwise(0.0)).alias("downloads_attributed"),
    )


def _carried(load: DataFrame, walks: DataFrame) -> DataFrame:
    """What walks take from inner models to all above: rank by their weight, models and downloads whole, but never to themselves."""
    is_other = F.col("below") != F.col("above")
    return walks.join(load.withColumnRenamed("model_id", "below"), "below", how="inner").select(
        F.col("above").alias("model_id"),
        (F.col("pagerank") * F.col("weight")).alias("pagerank"),
        (F.col("pagerank_by_downloads") * F.col("weight")).alias("pagerank_by_downloads"),
        F.when(is_other, F.col("descendants")).alias("descendants"),
        F.when(is_other, F.col("downloads_attributed")).alias("downloads_attributed"),
    )


def _from_shared_leaves(shared: DataFrame, walks: DataFrame) -> DataFrame:
    """Leaves of several parents count once for each model above, by however many ways they lead there."""
    further = shared.join(walks.withColumnRenamed("below", "parent"), "parent", how="inner").select("child", "above", "per_root")
    above = shared.select("child", F.col("parent").alias("above"), "per_root").union(further).distinct()
    return above.select(F.col("above").alias("model_id"), F.lit(1).alias("descendants"), F.col("per_root").alias("downloads_attributed"))


def _summed(rows: DataFrame) -> DataFrame:
    return rows.groupBy("model_id").agg(*[F.sum(name).alias(name) for name in rows.columns if name != "model_id"])


def _scored(measured: DataFrame, params: Params) -> DataFrame:
    """Ranks scaled to the sum 1, the parts from 0 to 1, and their weighted sum."""
    counts = {"dependants": "dependants", "descendants": "descendants", "downloads": "downloads_attributed"}
    bounds = measured.agg(
        F.sum("pagerank").alias("sum_pagerank"),
        F.sum("pagerank_by_downloads").alias("sum_by_downloads"),
        F.min("pagerank").alias("low"),
        F.max("pagerank").alias("high"),
        *[F.max(column).alias(f"max_{part}") for part, column in counts.items()],
    )
    found = measured.crossJoin(F.broadcast(bounds))
    parts = {"pagerank": _share(F.log(F.col("pagerank") / F.col("low")), F.log(F.col("high") / F.col("low")))} | {
        part: _share(F.log1p(column), F.log1p(f"max_{part}")) for part, column in counts.items()
    }
    scored = found.select(
        "model_id",
        (F.col("pagerank") / F.col("sum_pagerank")).alias("pagerank"),
        # On a hub without downloads the second teleport is even, like the first.
        F.when(F.col("sum_by_downloads") > 0, F.col("pagerank_by_downloads") / F.col("sum_by_downloads"))
        .otherwise(F.col("pagerank") / F.col("sum_pagerank"))
        .alias("pagerank_by_downloads"),
        "dependants",
        "descendants",
        "downloads_attributed",
        *[part.alias(f"{name}_part") for name, part in parts.items()],
    )
    weighted = sum((getattr(params, name) * F.col(f"{name}_part") for name in PARTS), F.lit(0.0))
    return scored.withColumn("impact_score", 100 * F.least(F.lit(1.0), weighted))


def _share(part: Column, whole: Column) -> Column:
    """part / whole, kept within 0 and 1 against rounding; 0 where the whole is 0, that is, all models are alike."""
    return F.when(whole > 0, F.greatest(F.lit(0.0), F.least(F.lit(1.0), part / whole))).otherwise(0.0)


JOB = Job(reads=(MODELS, LINEAGE_EDGES, MODEL_LINEAGE), writes=MODEL_IMPACT, transform=transform, params=Params())
