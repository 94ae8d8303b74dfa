"""Contract leaves by rounds of Spark, until what remains fits one task; what each leaf brings is added to its parent.

Why it is exact: docs/method/impact.md. The rounds need not contract every leaf: what remains is a graph of its own with the same results.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import partial

from pyspark.sql import Column, DataFrame
from pyspark.sql import functions as F

from hublake.spark_jobs.steps.graph_rounds.vertices import MAX_ROUNDS, has_pair, too_long

MIN_SHARE = 0.05  # of the pairs that are left: a round that contracts fewer leaves costs more than it saves
Leaves = Sequence[DataFrame]


@dataclass(frozen=True)
class RoundsOfLeaves:
    """`rounds`: the contracted vertices of each round, with their final values; `rest`: the others. `pairs` are left of `all_pairs`.

    `fits`: whether one task may hold the rest.
    """

    rounds: Leaves
    rest: DataFrame
    pairs: int
    all_pairs: int
    fits: bool

    @property
    def core(self) -> DataFrame:
        """The vertices of the pairs that are left."""
        return self.rest.where(has_pair())

    @property
    def tops(self) -> DataFrame:
        """The vertices to which all their descendants have been contracted."""
        return self.rest.where(~has_pair())

    def described(self, limit: int) -> str:
        """How the graph was processed, for the build log."""
        begin = f"leaves contracted by Spark in {len(self.rounds)} rounds: {self.all_pairs:,} pairs to {self.pairs:,}"
        if self.fits:
            return f"{begin}, these in one task"
        return f"{begin}, these by rounds of Spark and GraphFrames (graph.max_pairs_in_one_task = {limit:,})"


def contract_single(vertices: DataFrame, sums: Mapping[str, Column], smallest: Sequence[str], limit: int) -> RoundsOfLeaves:
    """Contract leaves with one parent. `sums`: column -> what a leaf adds to that column of its parent. `smallest`: columns of minima."""
    return _contract(vertices, F.size("parents") == 1, sums, smallest, limit, MIN_SHARE)


def contract_all(vertices: DataFrame, sums: Mapping[str, Column], limit: int) -> RoundsOfLeaves:
    """Contract leaves with any number of parents, each of which gets what `sums` states: right for walks, not for distinct descendants."""
    return _contract(vertices, F.lit(True), sums, (), limit, 0.0)


def _contract(
    vertices: DataFrame, may_go: Column, sums: Mapping[str, Column], smallest: Sequence[str], limit: int, min_share: float
) -> RoundsOfLeaves:
    is_leaf = (F.col("children") == 0) & may_go
    rounds: list[DataFrame] = []
    rest = vertices
    pairs, leaves = _sizes(rest, is_leaf)
    all_pairs = pairs
    while pairs > limit and leaves > min_share * pairs:
        if len(rounds) == MAX_ROUNDS:
            raise too_long("a path")
        rounds.append(rest.where(is_leaf))
        rest = _with_gains(rest.where(~is_leaf), rounds[-1], sums, smallest).localCheckpoint()
        pairs, leaves = _sizes(rest, is_leaf)
    return RoundsOfLeaves(rounds, rest, pairs, all_pairs, pairs <= limit)


def _with_gains(rest: DataFrame, leaves: DataFrame, sums: Mapping[str, Column], smallest: Sequence[str]) -> DataFrame:
    """The vertices that are left, with what the leaves add to them.

    One aggregation of both, not a join: Spark estimates the size of a join as the product of its sides, and a checkpoint keeps the
    estimate. When a frame is joined with what is computed from it, the estimate has twice as many digits after each round.
    """
    gains = leaves.select(
        F.explode("parents").alias("node"),
        F.lit(-1).alias("children"),
        *[value.alias(name) for name, value in sums.items()],
        *smallest,
    )
    rows = rest.unionByName(gains, allowMissingColumns=True)
    added = {"children", *sums}
    columns = [name for name in rest.columns if name != "node"]
    aggregates = {name: F.sum if name in added else F.min if name in smallest else partial(F.first, ignorenulls=True) for name in columns}
    return rows.groupBy("node").agg(*[aggregate(name).alias(name) for name, aggregate in aggregates.items()])


def _sizes(vertices: DataFrame, is_leaf: Column) -> tuple[int, int]:
    """(pairs, leaves that may be contracted); a vertex without parents is none of them."""
    row = vertices.agg(
        F.coalesce(F.sum(F.size("parents")), F.lit(0)).alias("pairs"), F.count_if(is_leaf & (F.size("parents") > 0)).alias("leaves")
    ).collect()[0]
    return row["pairs"], row["leaves"]


def pass_down(rounds: Leaves, known: DataFrame, inherited: Mapping[str, Column], own: Sequence[str]) -> list[DataFrame]:
    """(node, *own, *inherited) of the contracted leaves with one parent, a frame a round.

    `known` are the other nodes, with node and the columns `inherited`, whose values state what a leaf gets from the row of its parent.
    """
    found, placed = known.select("node", *inherited), []
    for leaves in reversed(rounds):
        of_parents = found.select(F.col("node").alias("parent"), *[value.alias(name) for name, value in inherited.items()])
        named = leaves.select("node", *own, F.element_at("parents", 1).alias("parent"))
        placed.append(named.join(of_parents, "parent", how="inner").select("node", *own, *inherited).localCheckpoint())
        found = found.unionByName(placed[-1].select("node", *inherited))
    return placed
