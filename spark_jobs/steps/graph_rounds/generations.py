"""Generations, and labels that pass from parents to children, in an acyclic graph by rounds of Spark."""

import numpy as np
import pyarrow as pa
from pyspark.sql import DataFrame
from pyspark.sql import functions as F
from pyspark.sql.types import LongType, StructType

from hublake.spark_jobs.dataframes.arrow_functions import map_table
from hublake.spark_jobs.dataframes.unions import union_by_name
from hublake.spark_jobs.graph.ancestors import ancestor_pairs, topological_generations
from hublake.spark_jobs.steps.graph_rounds.vertices import MAX_ROUNDS, children_of, graph_of_pairs, too_long

GENERATIONS = StructType().add("node", LongType()).add("generation", LongType())
REACHED = StructType().add("node", LongType()).add("ancestor", LongType())


def generations(pairs: DataFrame, limit: int) -> DataFrame:
    """(node, generation): the longest path from a root, of the nodes with a parent.

    After g rounds the pairs are left whose child ends a path of g edges: a pair stays if its parent is itself the child of a pair. Each
    round in which a node is a child is one generation. When what is left fits one task, the task counts the others.
    """
    found: list[DataFrame] = []
    rest = pairs
    left = rest.count()
    while left > limit:
        if len(found) == MAX_ROUNDS:
            raise too_long("a path")
        children = children_of(rest).localCheckpoint()
        found.append(children.withColumn("generation", F.lit(1).cast("long")))
        below = rest.join(children.withColumnRenamed("node", "parent"), "parent", how="left_semi")
        rest = below.select("child", "parent").localCheckpoint()
        left = rest.count()
    found.append(map_table(rest, _generations, GENERATIONS))
    return union_by_name(found).groupBy("node").agg(F.sum("generation").alias("generation")).localCheckpoint()


def _generations(pairs: pa.Table) -> pa.Table:
    nodes, graph = graph_of_pairs(pairs)
    generation = np.zeros(nodes.size, dtype=np.int64)
    for steps, members in enumerate(topological_generations(graph)):
        generation[members] = steps
    has_parent = generation > 0
    return pa.table({"node": nodes[has_parent], "generation": generation[has_parent]})


def inherited(own: DataFrame, pairs: DataFrame, generation: DataFrame, limit: int) -> DataFrame:
    """(node, label): each label of `own`, which has these columns, passes to all descendants of its node; each once.

    One round per generation from the top, each of which reads the pairs of one generation. When the pairs of all deeper generations fit one
    task, the task finds the ancestors of each deep node, and the node gets the labels of all of them: of a deep ancestor its own ones, of
    another those that it has by then.
    """
    deeper = pairs.join(generation.withColumnRenamed("node", "child"), "child", how="inner").select("child", "parent", "generation")
    deeper = deeper.localCheckpoint()
    sizes = {row["generation"]: row["count"] for row in deeper.groupBy("generation").count().collect()}
    is_deep = own.join(generation, "node", how="left").withColumn("generation", F.coalesce("generation", F.lit(0))).localCheckpoint()
    found = [is_deep.where("generation = 0").select("node", "label")]
    reached, left = 0, sum(sizes.values())
    while left > limit:
        reached += 1
        left -= sizes[reached]
        from_parents = _labels_of_parents(union_by_name(found), deeper.where(F.col("generation") == reached))
        own_labels = is_deep.where(F.col("generation") == reached).select("node", "label")
        found.append(from_parents.unionByName(own_labels).distinct().localCheckpoint())
    deep_labels = is_deep.where(F.col("generation") > reached).select("node", "label")
    if left:
        closure = map_table(deeper.where(F.col("generation") > reached).select("child", "parent"), _ancestors, REACHED)
        of_ancestors = union_by_name([*found, deep_labels]).withColumnRenamed("node", "ancestor")
        found.append(closure.join(of_ancestors, "ancestor", how="inner").select("node", "label").distinct())
    return union_by_name(found)


def _labels_of_parents(labels: DataFrame, pairs: DataFrame) -> DataFrame:
    of_parents = labels.withColumnRenamed("node", "parent")
    return pairs.join(of_parents, "parent", how="inner").select(F.col("child").alias("node"), "label")


def _ancestors(pairs: pa.Table) -> pa.Table:
    """(node, ancestor) of every node with a parent; a node is its own ancestor."""
    nodes, graph = graph_of_pairs(pairs)
    has_parent = np.bincount(graph.child, minlength=nodes.size) > 0
    parts = [(node[has_parent[node]], ancestor[has_parent[node]]) for node, ancestor in ancestor_pairs(graph)]
    node, ancestor = (np.concatenate(column) for column in zip(*parts, strict=True))
    return pa.table({"node": nodes[node], "ancestor": nodes[ancestor]})
