"""The derivation graph: the edges of silver.lineage_edges between two listed models."""

from collections.abc import Sequence
from functools import reduce

from pyspark.sql import Column, DataFrame
from pyspark.sql import functions as F

from hublake.lake.enums import GUESSED_EVIDENCE
from hublake.spark_jobs.dataframes.hash_joins import HASH, name_hash
from hublake.spark_jobs.job import Execution


def derivation_edges(lineage_edges: DataFrame) -> DataFrame:
    """(child, parent) without self-loops; a pair of models occurs once per relation."""
    return lineage_edges.where(is_derivation()).select(F.col("child_id").alias("child"), F.col("parent_id").alias("parent"))


def derivation_pairs(lineage_edges: DataFrame) -> DataFrame:
    """(child, parent, is_guessed), once a pair: it is guessed if all its edges are."""
    pair = (F.col("child_id").alias("child"), F.col("parent_id").alias("parent"))
    return lineage_edges.where(is_derivation()).groupBy(*pair).agg(F.min(is_guess()).alias("is_guessed"))


def is_derivation() -> Column:
    """Whether an edge connects two listed models."""
    return (F.col("parent_status") != "missing") & ~F.col("is_self_loop")


def fits_one_task(lineage_edges: DataFrame, execution: Execution) -> bool:
    """Whether one task may hold the edges between listed models; if so, it is noted."""
    edges = lineage_edges.where(is_derivation()).count()
    fits = edges <= execution.max_pairs_in_one_task
    if fits:
        execution.note(f"graph in one task: {edges:,} pairs")
    return fits


def is_guess() -> Column:
    """Whether nobody declared or stated the edge."""
    return F.coalesce(F.col("evidence").isin(*GUESSED_EVIDENCE), F.lit(False))


def at_ends(rows: DataFrame, edges: DataFrame, ends: Sequence[str] = ("child_id", "parent_id")) -> DataFrame:
    """The rows, which have model_id, of models at one of these ends of the edges, and possibly a few more.

    Half of all models have no edge. A broadcast of hashes leaves them out before a join shuffles them.
    """
    hashes = reduce(DataFrame.union, [edges.select(name_hash(end)) for end in ends])
    hashed = rows.withColumn(HASH, name_hash())
    return hashed.join(F.broadcast(hashes.distinct()), HASH, how="left_semi").drop(HASH)
