"""The derivation graph: who derives directly from whom, among listed models."""

from pyspark.sql import Column, DataFrame
from pyspark.sql import functions as F


def derivations(lineage_edges: DataFrame) -> DataFrame:
    """(child, parent): each pair of two listed models as often as it has relations, no self loops."""
    return lineage_edges.where(is_derivation()).select(F.col("child_id").alias("child"), F.col("parent_id").alias("parent"))


def is_derivation() -> Column:
    """Whether an edge joins two listed models."""
    return (F.col("parent_status") != "missing") & ~F.col("is_self_loop")
