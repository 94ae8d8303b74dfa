"""All nodes below some nodes, by rounds of Spark."""

from pyspark.sql import DataFrame
from pyspark.sql import functions as F

from hublake.spark_jobs.steps.graph_rounds.vertices import MAX_ROUNDS, too_long


def descendants(starts: DataFrame, pairs: DataFrame) -> DataFrame:
    """(node): what is below the nodes of `starts`, without these. `pairs`: child, parent.

    Cost: each round reads all pairs, and adds the children of what the round before has added; there is one round per generation.
    """
    starts = starts.select("node").distinct().localCheckpoint()
    reached, added, rounds = starts, starts, 0
    while not added.isEmpty():
        if rounds == MAX_ROUNDS:
            raise too_long("a path")
        children = pairs.join(added.withColumnRenamed("node", "parent"), "parent", how="left_semi").select(F.col("child").alias("node"))
        added = children.distinct().join(reached, "node", how="left_anti").localCheckpoint()
        reached, rounds = reached.unionByName(added), rounds + 1
    return reached.join(starts, "node", how="left_anti")
