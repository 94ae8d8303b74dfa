"""What each model accumulates from its derivatives, by rounds of Spark."""

from functools import partial

import numpy as np
import pyarrow as pa
from pyspark.sql import DataFrame
from pyspark.sql import functions as F
from pyspark.sql.types import DoubleType, LongType, StructType

from hublake.spark_jobs.dataframes.arrow_functions import map_table
from hublake.spark_jobs.dataframes.unions import union_by_name
from hublake.spark_jobs.graph.impact_sums import Brought, impact_sums
from hublake.spark_jobs.graph.leaf_contraction import contract_leaves
from hublake.spark_jobs.graph.lineage_positions import lineage_positions
from hublake.spark_jobs.job import Execution
from hublake.spark_jobs.steps.graph_rounds.contraction import contract_single, pass_down
from hublake.spark_jobs.steps.graph_rounds.cycles import condensed, strong_labels, without_cycles
from hublake.spark_jobs.steps.graph_rounds.generations import generations, inherited
from hublake.spark_jobs.steps.graph_rounds.ranks import RANKS, ranks_by_rounds
from hublake.spark_jobs.steps.graph_rounds.vertices import graph_of_vertices, has_pair, pairs_of, refuse_collisions, vertices

OWN = ("own_downloads", "dependants", "dependants_guessed")
BROUGHT = (*RANKS, "below", "downloads")  # of a node and of the leaves that were contracted into it; `below` counts models
SUMS = StructType().add("node", LongType())
for _name in RANKS:
    SUMS.add(_name, DoubleType())
SUMS.add("descendants", LongType()).add("downloads_attributed", DoubleType()).add("roots", LongType())


def sums_by_rounds(models: DataFrame, edges: DataFrame, damping: float, execution: Execution) -> DataFrame:
    """(node, own_downloads, *impact_scores.SUMS) of the nodes with dependants. `models`: node, downloads. `edges`: node, parent, is_guess.

    Leaves are contracted first. What is left is solved in one task, or by rounds if it has more pairs than a task may hold.
    """
    limit = execution.max_pairs_in_one_task
    passed_on = {name: (damping if name in RANKS else 1) * F.col(name) for name in BROUGHT}
    contraction = contract_single(_connected(models, edges), passed_on, (), limit)
    execution.note(contraction.described(limit))
    core = contraction.core.select("node", "parents", "children", "own_downloads", *BROUGHT)
    in_one_task = partial(sums_of_core, damping=damping)
    solved = map_table(core, in_one_task, SUMS) if contraction.fits else _core_by_rounds(core, damping, limit)
    in_core = contraction.core.select("node", *OWN).join(solved, "node", how="inner").localCheckpoint()
    tops = contraction.tops.withColumn("roots", F.lit(1).cast("long"))
    # A leaf of the first round has no dependants, and its row is not needed.
    inner = [leaves.where("dependants > 0") for leaves in contraction.rounds[1:]]
    placed = pass_down(inner, in_core.unionByName(tops, allowMissingColumns=True), {"roots": F.col("roots")}, (*OWN, *BROUGHT))
    columns = ("node", *OWN, *RANKS, "descendants", "downloads_attributed")
    of_trees = [_of_tree(trees).select(*columns) for trees in (tops, *placed)]
    return union_by_name([in_core.select(*columns), *of_trees]).where("dependants > 0")


def _connected(models: DataFrame, edges: DataFrame) -> DataFrame:
    """The vertices with a pair, each with what its model brings."""
    guessed = F.min("is_guess").alias("is_guess")
    pairs = edges.groupBy("node", "parent").agg(guessed).localCheckpoint()
    guesses = pairs.where("is_guess").select(F.col("parent").alias("node"), F.lit(1).alias("guess"))
    aggregates = {"own_downloads": F.max("downloads"), "models": F.count("downloads"), "dependants_guessed": F.count("guess")}
    every = vertices(models.unionByName(guesses, allowMissingColumns=True), pairs, aggregates)
    own = F.coalesce("own_downloads", F.lit(0)).cast("long")
    brought = {"pagerank": F.lit(1.0), "pagerank_by_downloads": own.cast("double"), "below": F.lit(1).cast("long"), "downloads": own}
    connected = every.where(has_pair()).withColumns({"own_downloads": own, **brought}).localCheckpoint()
    refuse_collisions(connected)
    return connected


def sums_of_core(core: pa.Table, damping: float) -> pa.Table:
    """(node, parents, own_downloads, *BROUGHT) -> SUMS, in one task."""
    contraction = contract_leaves(graph_of_vertices(core))
    roots = lineage_positions(contraction).root_counts
    ranks = [core[name].to_numpy().astype(np.float64) for name in RANKS]
    counts = [core[name].to_numpy().astype(np.int64) for name in ("below", "downloads", "own_downloads")]
    columns = {"node": core["node"], "roots": roots, **vars(impact_sums(contraction, roots, Brought(*ranks, *counts), damping))}
    return pa.table({name: columns[name] for name in SUMS.names})


def _core_by_rounds(core: DataFrame, damping: float, limit: int) -> DataFrame:
    """SUMS of the vertices of a core that no task can hold.

    Distinct descendants are counted in the graph in which each strongly connected component is one node: its labels pass down, and what
    the nodes with a label bring is added up for the label.
    """
    pairs = pairs_of(core).localCheckpoint()
    strong = strong_labels(pairs, limit)
    acyclic, between = without_cycles(pairs, strong), condensed(pairs, strong)
    roots = root_labels(core, acyclic, generations(acyclic, limit), limit).groupBy("node").agg(F.count("*").alias("roots"))
    labelled = core.join(roots, "node", how="inner").join(strong, "node", how="left")
    brought = labelled.select(
        "node",
        F.coalesce("label", "node").alias("label"),
        "roots",
        "own_downloads",
        F.col("below").alias("models"),
        (F.col("downloads") / F.col("roots")).alias("share"),
    ).localCheckpoint()
    by_label = brought.groupBy("label").agg(F.sum("models").alias("models"), F.sum("share").alias("share")).localCheckpoint()
    own = by_label.select(F.col("label").alias("node"), "label")
    reached = inherited(own, between, generations(between, limit), limit).withColumnRenamed("label", "ancestor")
    totals = (
        reached.join(by_label.withColumnRenamed("label", "node"), "node", how="inner")
        .groupBy(F.col("ancestor").alias("label"))
        .agg(F.sum("models").alias("models"), F.sum("share").alias("share"))
    )
    summed = brought.drop("models", "share").join(totals, "label", how="inner")
    return _with_sums(summed).join(ranks_by_rounds(core, damping, limit), "node", how="inner").select(*SUMS.names)


def root_labels(core: DataFrame, acyclic: DataFrame, generation: DataFrame, limit: int) -> DataFrame:
    """(node, label) of every vertex: the label is one of its roots, by the pairs that are on no cycle. `generation`: by these pairs."""
    roots = core.select("node", F.col("node").alias("label")).join(generation, "node", how="left_anti").localCheckpoint()
    return inherited(roots, acyclic, generation, limit)


def _of_tree(trees: DataFrame) -> DataFrame:
    """The sums of nodes below which there are only contracted leaves: these have the same roots."""
    return _with_sums(trees.withColumns({"models": F.col("below"), "share": F.col("downloads") / F.col("roots")}))


def _with_sums(nodes: DataFrame) -> DataFrame:
    """The nodes with descendants and downloads_attributed, from the models of all and their downloads per root (`models`, `share`)."""
    own = F.col("own_downloads") / F.col("roots")
    attributed = F.greatest(F.col("share") - own, F.lit(0.0)) + F.col("own_downloads")
    return nodes.withColumns({"descendants": F.col("models") - 1, "downloads_attributed": attributed})
