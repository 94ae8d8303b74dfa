"""Which groups of models are more densely connected than by descent alone?"""

from dataclasses import dataclass

from graphframes import GraphFrame
from pyspark.sql import DataFrame, Window
from pyspark.sql import functions as F

from hublake.lake.schema.gold.lineage import COMMUNITIES
from hublake.lake.schema.silver.lineage import LINEAGE_EDGES
from hublake.spark_jobs.job import Job
from hublake.spark_jobs.steps.derivation_edges import derivation_edges


@dataclass(frozen=True)
class Params:
    """`rounds` of label propagation: Raghavan et al. 2007 found nine tenths of the labels stable after five."""

    rounds: int = 5


def transform(lineage_edges: DataFrame, *, params: Params) -> DataFrame:
    """One row per model with an edge.

    GraphFrames propagates labels among the models that others derive from. A leaf then takes the label of most of its parents, which is
    what propagation would assign to it. Cost: the rounds run over one model in sixteen.
    """
    pairs = derivation_edges(lineage_edges).distinct().localCheckpoint()
    parents = pairs.select(F.col("parent").alias("id")).distinct()
    inner = pairs.join(parents.withColumnRenamed("id", "child"), "child", how="left_semi")
    labels = _propagate_labels(parents, inner, params.rounds)
    leaves = pairs.join(parents.withColumnRenamed("id", "child"), "child", how="left_anti")
    of_parents = leaves.join(labels.withColumnRenamed("id", "parent"), "parent").groupBy("child", "label").agg(F.count("*").alias("votes"))
    of_leaves = of_parents.groupBy(F.col("child").alias("id")).agg(F.max_by("label", F.struct("votes", "label")).alias("label"))
    community = Window.partitionBy("label")
    return labels.unionByName(of_leaves).select(
        F.col("id").alias("model_id"), F.min("id").over(community).alias("community_id"), F.count("*").over(community).alias("members")
    )


def _propagate_labels(models: DataFrame, pairs: DataFrame, rounds: int) -> DataFrame:
    """(id, label); a model without an edge to another of these is its own community.

    Vertices are identified by a hash of their names. If GraphFrames numbers the vertices itself, the numbers depend on the order of the
    rows. Since the number decides between labels with equal votes, the same edges would give other communities on another cluster.
    """
    own_labels = models.select("id", F.xxhash64("id").alias("label"))
    if pairs.isEmpty():
        return own_labels
    names = pairs.select(F.col("child").alias("name")).union(pairs.select("parent")).distinct()
    vertices = names.select(F.xxhash64("name").alias("id"), "name")
    edges = pairs.select(F.xxhash64("child").alias("src"), F.xxhash64("parent").alias("dst"))
    found: DataFrame = GraphFrame(vertices, edges).labelPropagation(maxIter=rounds)
    named = found.select(F.col("name").alias("id"), "label")
    return own_labels.join(named.select("id"), "id", how="left_anti").unionByName(named).localCheckpoint()


JOB = Job(reads=(LINEAGE_EDGES,), writes=COMMUNITIES, transform=transform, params=Params())
