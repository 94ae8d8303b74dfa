"""Strongly connected components by rounds of Spark."""

import numpy as np
import pyarrow as pa
from pyspark.sql import DataFrame
from pyspark.sql import functions as F
from pyspark.sql.types import LongType, StructType

from hublake.spark_jobs.dataframes.arrow_functions import map_table
from hublake.spark_jobs.dataframes.unions import union_by_name
from hublake.spark_jobs.graph.components import strong_components
from hublake.spark_jobs.steps.graph_rounds.descendants import descendants
from hublake.spark_jobs.steps.graph_rounds.vertices import MAX_ROUNDS, children_of, graph_of_pairs, too_long

LABELS = StructType().add("node", LongType()).add("label", LongType())


def strong_labels(pairs: DataFrame, limit: int) -> DataFrame:
    """(node, label) of the nodes on cycles: nodes have the same label if they are on one cycle. A label is one of its nodes.

    First rounds drop the pairs that are on no cycle because nothing is below their child or above their parent. On the Hub a handful is
    left, which one task solves. If more is left than it may hold, `_colour_cycles` finds some components at a time.
    """
    found = []
    rest = _trim(pairs, limit)
    while rest.count() > limit:
        found.append(_colour_cycles(rest))
        on_cycle = found[-1].select("node").localCheckpoint()
        for end in ("child", "parent"):
            rest = rest.join(on_cycle.withColumnRenamed("node", end), end, how="left_anti")
        rest = _trim(rest.select("child", "parent").localCheckpoint(), limit)
    found.append(map_table(rest, _strong, LABELS))
    return union_by_name(found).localCheckpoint()


def without_cycles(pairs: DataFrame, strong: DataFrame) -> DataFrame:
    """(child, parent) of the pairs that are on no cycle."""
    return _labelled(pairs, strong).where("child_label <> parent_label").select("child", "parent").localCheckpoint()


def condensed(pairs: DataFrame, strong: DataFrame) -> DataFrame:
    """(child, parent) between labels: each component is one node."""
    between = _labelled(pairs, strong).where("child_label <> parent_label")
    return between.select(F.col("child_label").alias("child"), F.col("parent_label").alias("parent")).distinct().localCheckpoint()


def _labelled(pairs: DataFrame, strong: DataFrame) -> DataFrame:
    """(child, parent, child_label, parent_label): a node on no cycle is its own label."""
    labelled = pairs
    for end in ("child", "parent"):
        of_end = strong.select(F.col("node").alias(end), F.col("label").alias(f"{end}_label"))
        labelled = labelled.join(of_end, end, how="left").withColumn(f"{end}_label", F.coalesce(f"{end}_label", end))
    return labelled


def _strong(pairs: pa.Table) -> pa.Table:
    nodes, graph = graph_of_pairs(pairs)
    label = strong_components(graph)
    is_on_cycle = np.bincount(label, minlength=nodes.size)[label] > 1
    return pa.table({"node": nodes[is_on_cycle], "label": nodes[label[is_on_cycle]]})


def _trim(pairs: DataFrame, limit: int) -> DataFrame:
    """The pairs without those at the ends of the graph, until they are few or each has a pair below and one above."""
    before, left, rounds = -1, pairs.count(), 0
    while left > limit and left != before:
        if rounds == MAX_ROUNDS:
            raise too_long("a path")
        with_parents = children_of(pairs).withColumnRenamed("node", "parent")
        with_children = pairs.select(F.col("parent").alias("child")).distinct()
        ended = pairs.join(with_parents, "parent", how="left_semi").join(with_children, "child", how="left_semi")
        pairs = ended.select("child", "parent").localCheckpoint()
        before, left, rounds = left, pairs.count(), rounds + 1
    return pairs


def _colour_cycles(pairs: DataFrame) -> DataFrame:
    """(node, label) of at least one component with several nodes, if there is one, and of single nodes, each its own label.

    Colouring (Orzan 2004): the highest number below a node, or its own, is its colour. Nodes with the colour c that lie below the node c
    are one component with it: c is below them, since they have its colour, and they are below c.
    """
    colours = _colours(pairs)
    of_one_colour = _labelled(pairs, colours).where("child_label = parent_label").select("child", "parent").localCheckpoint()
    first = colours.where("node = label").select("node")
    below = first.unionByName(descendants(first, of_one_colour))
    return colours.join(below, "node", how="left_semi")


def _colours(pairs: DataFrame) -> DataFrame:
    """(node, label): the highest number of a node and of all nodes below it. Each round passes on the labels that the last one changed."""
    nodes = children_of(pairs).union(pairs.select("parent")).distinct()
    colours = changed = nodes.withColumn("label", F.col("node")).localCheckpoint()
    rounds = 0
    while not changed.isEmpty():
        if rounds == MAX_ROUNDS:
            raise too_long("a path between cycles")
        passed = pairs.join(changed.withColumnRenamed("node", "child"), "child", how="inner").select(F.col("parent").alias("node"), "label")
        highest = colours.unionByName(passed).groupBy("node").agg(F.max("label").alias("label")).localCheckpoint()
        changed = highest.join(colours, ["node", "label"], how="left_anti").localCheckpoint()
        colours, rounds = highest, rounds + 1
    return colours
