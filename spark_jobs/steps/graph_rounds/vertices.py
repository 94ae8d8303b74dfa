"""The derivation graph as a DataFrame of vertices, each with the array of its parents."""

from collections.abc import Mapping

import numpy as np
import pyarrow as pa
from pyspark.sql import Column, DataFrame
from pyspark.sql import functions as F

from hublake.lake.errors import HublakeError
from hublake.spark_jobs.graph.digraph import Digraph, Ids, simple_digraph

MAX_ROUNDS = 1_000  # of about a second each: the longest path that rounds follow
COLLISION = (
    "silver.models: a model_id occurs twice, or two model_ids have the same xxhash64, which its job never publishes. Rebuild it:"
    " hublake build silver.models --again"
)


def vertices(facts: DataFrame, pairs: DataFrame, aggregates: Mapping[str, Column]) -> DataFrame:
    """One row per node: the aggregates of its facts, `parents` (an array), and `children` and `dependants` (both their number).

    `facts`: node and any columns, null in the rows of pairs. `pairs`: node, parent, each once. Cost: one shuffle of the facts and of both
    ends of all pairs.
    """
    upward = pairs.select("node", "parent")
    downward = pairs.select(F.col("parent").alias("node"), F.lit(True).alias("has_child"))
    rows = facts.unionByName(upward, allowMissingColumns=True).unionByName(downward, allowMissingColumns=True)
    grouped = rows.groupBy("node").agg(
        *[aggregate.alias(name) for name, aggregate in aggregates.items()],
        F.collect_list("parent").alias("parents"),
        F.count("has_child").alias("children"),
    )
    return grouped.withColumn("dependants", F.col("children"))


def has_pair() -> Column:
    """Whether a vertex is an end of any pair."""
    return (F.col("children") > 0) | (F.size("parents") > 0)


def refuse_collisions(vertices: DataFrame) -> None:
    """Raise if a vertex is more than one model, by its column `models`: two names have the same hash, or one occurs twice."""
    if not vertices.where("models > 1").isEmpty():
        raise HublakeError(COLLISION)


def pairs_of(vertices: DataFrame) -> DataFrame:
    """(child, parent) of all vertices."""
    return vertices.select(F.col("node").alias("child"), F.explode("parents").alias("parent"))


def children_of(pairs: DataFrame) -> DataFrame:
    """(node): every node that has a parent, once."""
    return pairs.select(F.col("child").alias("node")).distinct()


def graph_of_pairs(pairs: pa.Table) -> tuple[Ids, Digraph]:
    """(nodes in ascending order, their graph) of a table with the columns child and parent, for a task."""
    child, parent = (pairs[name].to_numpy() for name in ("child", "parent"))
    nodes, codes = np.unique(np.concatenate([child, parent]), return_inverse=True)
    return nodes, simple_digraph(nodes.size, *np.split(codes.astype(np.int64), 2))


def graph_of_vertices(table: pa.Table) -> Digraph:
    """The graph of a table of vertices, for a task; the numbers of nodes are those of its rows, and every parent has a row."""
    parents = table["parents"].combine_chunks()
    nodes = table["node"].to_numpy()
    order = np.argsort(nodes)
    parent = order[np.searchsorted(nodes, parents.flatten().to_numpy(), sorter=order)]
    return simple_digraph(nodes.size, parents.value_parent_indices().to_numpy().astype(np.int64), parent)


def too_long(what: str) -> HublakeError:
    """The error of rounds that do not end."""
    return HublakeError(
        f"the derivation graph has {what} of more than {MAX_ROUNDS:,} models, which rounds of Spark do not follow. Raise"
        " graph.max_pairs_in_one_task so that the pairs fit one task: it needs 0.3 GB plus 0.6 GB for each million pairs"
        " (spark.executor.memoryOverhead)"
    )
