"""The derivation graph: the edges of silver.lineage_edges between two listed models."""

from pyspark.sql import Column, DataFrame
from pyspark.sql import functions as F


def derivation_edges(lineage_edges: DataFrame) -> DataFrame:
    """(child, parent) without self-loops; a pair of models occurs once per relation."""
    return lineage_edges.where(is_derivation()).select(F.col("child_id").alias("child"), F.col("parent_id").alias("parent"))


def is_derivation() -> Column:
    """Whether an edge connects two listed models."""
    return (F.col("parent_status") != "missing") & ~F.col("is_self_loop")
