"""Both PageRanks, not normalised, by rounds of Spark (spark_jobs/graph/impact_sums.py has the formula)."""

from functools import partial

import numpy as np
import pyarrow as pa
from pyspark.sql import DataFrame
from pyspark.sql import functions as F
from pyspark.sql.types import DoubleType, LongType, StructType

from hublake.spark_jobs.dataframes.arrow_functions import map_table
from hublake.spark_jobs.dataframes.unions import union_by_name
from hublake.spark_jobs.graph.impact_sums import solve_ranks
from hublake.spark_jobs.graph.leaf_contraction import contract_leaves
from hublake.spark_jobs.steps.graph_rounds.contraction import contract_all
from hublake.spark_jobs.steps.graph_rounds.vertices import MAX_ROUNDS, graph_of_vertices, too_long

RANKS = ("pagerank", "pagerank_by_downloads")
RANKED = StructType().add("node", LongType())
for _name in RANKS:
    RANKED.add(_name, DoubleType())
# Rounds end when what still moves around each cycle is below this share of the rank. All that would follow is at most seven times as much.
TOLERANCE = 1e-14


def ranks_by_rounds(vertices: DataFrame, damping: float, limit: int) -> DataFrame:
    """(node, *RANKS) of every vertex, which has node, parents, children and in RANKS what has reached it so far.

    The rank of a node without children is final, however many parents it has: rounds pass it on and drop the node. On the Hub a handful is
    left on cycles and above them, which one task solves. If more is left than it may hold, rounds pass on what still moves.
    """
    passed_on = {name: damping * F.try_divide(name, F.size("parents")) for name in RANKS}
    peeled = contract_all(vertices.select("node", "parents", "children", *RANKS), passed_on, limit)
    if peeled.fits:
        solved = map_table(peeled.rest.select("node", "parents", *RANKS), partial(_ranks, damping=damping), RANKED)
    else:
        solved = _ranks_by_walks(peeled.rest, damping)
    return union_by_name([solved, *[leaves.select("node", *RANKS) for leaves in peeled.rounds]])


def _ranks(vertices: pa.Table, damping: float) -> pa.Table:
    reached = [vertices[name].to_numpy().astype(np.float64) for name in RANKS]
    found = solve_ranks(contract_leaves(graph_of_vertices(vertices)), reached, damping)
    return pa.table({"node": vertices["node"], **dict(zip(RANKS, found, strict=True))})


def _ranks_by_walks(vertices: DataFrame, damping: float) -> DataFrame:
    """The Neumann series: each round has what arrives over walks of one length, and the rank is the sum over all lengths.

    A node passes on what is more than TOLERANCE of what it had at first, which its rank never falls below.
    """
    weight = F.try_divide(F.lit(damping), F.size("parents")).alias("weight")
    least = (TOLERANCE * F.col("pagerank")).alias("least")
    edges = vertices.select(F.col("node").alias("child"), weight, least, F.explode("parents").alias("parent")).localCheckpoint()
    walks = [vertices.select("node", *RANKS)]
    while not walks[-1].isEmpty():
        if len(walks) == MAX_ROUNDS:
            raise too_long("a cycle")
        moving = edges.join(walks[-1].withColumnRenamed("node", "child"), "child", how="inner").where("pagerank > least")
        arrived = [F.sum(F.col(name) * F.col("weight")).alias(name) for name in RANKS]
        walks.append(moving.groupBy(F.col("parent").alias("node")).agg(*arrived).localCheckpoint())
    return union_by_name(walks).groupBy("node").agg(*[F.sum(name).alias(name) for name in RANKS])
