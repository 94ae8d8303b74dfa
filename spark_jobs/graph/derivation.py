"""The derivation graph: who derives directly from whom, among listed models."""

from pyspark.sql import DataFrame
from pyspark.sql import functions as F


def derivations(lineage_edges: DataFrame) -> DataFrame:
    """(child, parent, parents, is_inner, is_cycle): each pair of two listed models once, no self loops; kept in memory.

    `parents` counts the child's parents. `is_inner` says that the child is itself a parent: of the real Hub's pairs that
    is one in twenty, so what must go round and round goes over these alone, and the leaves are added once at the end.
    Cost: one shuffle, in which each pair meets what else is known of its child.
    """
    is_between_two = (F.col("parent_status") != "missing") & ~F.col("is_self_loop")
    as_child = F.struct(F.col("child_id").alias("model_id"), F.struct(F.col("parent_id").alias("parent"), "is_cycle").alias("up"))
    as_parent = F.struct(F.col("parent_id").alias("model_id"), F.lit(None).alias("up"))
    ends = lineage_edges.where(is_between_two).select(F.inline(F.array(as_child, as_parent)))
    by_model = ends.groupBy("model_id").agg(F.collect_set("up").alias("ups"), F.max(F.col("up").isNull()).alias("is_inner"))
    pairs = by_model.select(F.col("model_id").alias("child"), F.size("ups").alias("parents"), "is_inner", F.inline("ups"))
    return pairs.select("child", "parent", "parents", "is_inner", "is_cycle").localCheckpoint()
