"""The position of each model in its lineage, by rounds of Spark: component, roots, generation."""

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from graphframes import GraphFrame
from pyspark.sql import DataFrame
from pyspark.sql import functions as F
from pyspark.sql.types import ArrayType, LongType, StringType, StructType

from hublake.spark_jobs.dataframes.arrow_functions import map_table
from hublake.spark_jobs.dataframes.unions import union_by_name
from hublake.spark_jobs.graph.leaf_contraction import contract_leaves
from hublake.spark_jobs.graph.lineage_positions import lineage_positions
from hublake.spark_jobs.job import Execution
from hublake.spark_jobs.steps.graph_rounds.contraction import contract_single, pass_down
from hublake.spark_jobs.steps.graph_rounds.cycles import strong_labels, without_cycles
from hublake.spark_jobs.steps.graph_rounds.generations import generations
from hublake.spark_jobs.steps.graph_rounds.sums import root_labels
from hublake.spark_jobs.steps.graph_rounds.vertices import children_of, graph_of_vertices, has_pair, pairs_of, refuse_collisions, vertices

OWN = ("model_id", "dependants", "has_parent", "has_unknown_parent", "has_guessed_parent")
FACTS = ("has_parent", "has_unknown_parent", "has_guessed_parent")
POSITION = StructType().add("node", LongType()).add("component_id", StringType()).add("root_ids", ArrayType(StringType()))
POSITION.add("generation", LongType())


def positions_by_rounds(models: DataFrame, facts: DataFrame, pairs: DataFrame, execution: Execution) -> DataFrame:
    """(*OWN, component_id, root_ids, generation) of every model. `models`: node, model_id. `facts`: node and any of FACTS. `pairs`: node,
    parent, each once.

    Leaves are contracted first, each of which takes its component and roots from its parent. What is left is solved in one task, or by
    rounds if it has more pairs than a task may hold.
    """
    limit = execution.max_pairs_in_one_task
    aggregates = {"model_id": F.max("model_id"), "models": F.count("model_id")}
    aggregates |= {name: F.coalesce(F.max(name), F.lit(False)) for name in FACTS}
    every = vertices(models.unionByName(facts, allowMissingColumns=True), pairs, aggregates).localCheckpoint()
    refuse_collisions(every)
    connected = every.where(has_pair()).withColumn("smallest", F.col("model_id"))
    contraction = contract_single(connected, {}, ("smallest",), limit)
    execution.note(contraction.described(limit))
    core = contraction.core.select("node", "parents", "model_id", "smallest")
    solved = map_table(core, positions_of_core, POSITION) if contraction.fits else _core_by_rounds(core, limit)
    in_core = contraction.core.select("node", *OWN).join(solved, "node", how="inner").localCheckpoint()
    tops = _alone(contraction.tops, "smallest")
    inherited = {"component_id": F.col("component_id"), "root_ids": F.col("root_ids"), "generation": F.col("generation") + 1}
    placed = pass_down(contraction.rounds, union_by_name([frame.select("node", *inherited) for frame in (in_core, tops)]), inherited, OWN)
    isolated = _alone(every.where(~has_pair()), "model_id")
    return union_by_name([frame.select(*OWN, *inherited) for frame in (in_core, tops, *placed, isolated)])


def _alone(nodes: DataFrame, component: str) -> DataFrame:
    """Nodes that are their own only root."""
    position = {"component_id": F.col(component), "root_ids": F.array("model_id"), "generation": F.lit(0).cast("long")}
    return nodes.withColumns(position)


def positions_of_core(core: pa.Table) -> pa.Table:
    """(node, parents, model_id, smallest) -> POSITION, in one task. `smallest`: the smallest name of a node and its contracted leaves."""
    core = core.take(pc.sort_indices(core["model_id"]))  # roots are listed by name, which is then by number
    positions = lineage_positions(contract_leaves(graph_of_vertices(core)))
    smallest_first = pc.sort_indices(core["smallest"]).to_numpy()
    rank = np.empty(len(core), dtype=np.int64)
    rank[smallest_first] = np.arange(len(core))
    lowest = np.full(len(core), len(core), dtype=np.int64)
    np.minimum.at(lowest, positions.component, rank)
    names = core["model_id"].cast(pa.large_string()).combine_chunks()
    roots = pa.LargeListArray.from_arrays(positions.root_offsets, names.take(pa.array(positions.roots)))
    return pa.table(
        {
            "node": core["node"],
            "component_id": core["smallest"].take(pa.array(smallest_first[lowest[positions.component]])),
            "root_ids": roots.take(pa.array(positions.root_list)),
            "generation": positions.generation,
        }
    )


def _core_by_rounds(core: DataFrame, limit: int) -> DataFrame:
    """POSITION of the vertices of a core that no task can hold."""
    pairs = pairs_of(core).localCheckpoint()
    acyclic = without_cycles(pairs, strong_labels(pairs, limit))
    generation = generations(acyclic, limit)
    labelled = core.select("node", "smallest").join(_weak_labels(pairs), "node", how="inner").localCheckpoint()
    components = labelled.groupBy("label").agg(F.min("smallest").alias("component_id"))
    names = core.select(F.col("node").alias("label"), "model_id")
    roots = (
        root_labels(core, acyclic, generation, limit)
        .join(names, "label", how="inner")
        .groupBy("node")
        .agg(F.array_sort(F.collect_list("model_id")).alias("root_ids"))
    )
    found = labelled.join(components, "label", how="inner").join(roots, "node", how="inner")
    placed = found.join(generation, "node", how="left").withColumn("generation", F.coalesce("generation", F.lit(0)))
    return placed.select(*POSITION.names)


def _weak_labels(pairs: DataFrame) -> DataFrame:
    """(node, label): nodes of one weakly connected component have the same label."""
    nodes = children_of(pairs).union(pairs.select("parent")).distinct().withColumnRenamed("node", "id")
    found: DataFrame = GraphFrame(nodes, pairs.withColumnsRenamed({"child": "src", "parent": "dst"})).connectedComponents()
    return found.select(F.col("id").alias("node"), F.col("component").alias("label"))
