"""Which position does each model have in its lineage: component, roots, generation?"""

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from pyspark.sql import DataFrame
from pyspark.sql import functions as F
from pyspark.sql.types import ArrayType, BooleanType, LongType, StringType, StructType

from hublake.lake.schema.gold.lineage import MODEL_LINEAGE
from hublake.lake.schema.silver.lineage import LINEAGE_EDGES
from hublake.lake.schema.silver.models import MODELS
from hublake.spark_jobs.dataframes.arrow_functions import map_table
from hublake.spark_jobs.dataframes.hash_joins import HASH, name_hash
from hublake.spark_jobs.graph.digraph import Ids, simple_digraph
from hublake.spark_jobs.graph.leaf_contraction import contract_leaves
from hublake.spark_jobs.graph.lineage_positions import lineage_positions
from hublake.spark_jobs.job import DEFAULT_EXECUTION, Execution, Job
from hublake.spark_jobs.steps.derivation_edges import fits_one_task, is_derivation, is_guess
from hublake.spark_jobs.steps.graph_rounds.positions import positions_by_rounds

FLAGS = ("is_root", "is_leaf", "has_unknown_parent", "has_guessed_parent")
POSITIONS = StructType().add("model_id", StringType()).add("component_id", StringType()).add("root_ids", ArrayType(StringType()))
POSITIONS.add("generation", LongType())
for _flag in FLAGS:
    POSITIONS.add(_flag, BooleanType())


def transform(models: DataFrame, lineage_edges: DataFrame, *, execution: Execution = DEFAULT_EXECUTION) -> DataFrame:
    """One row per model. Components include all edges between listed models; roots and generations ignore the edges on cycles."""
    if fits_one_task(lineage_edges, execution):
        return _in_one_task(models, lineage_edges)
    return _by_rounds(models, lineage_edges, execution)


def _in_one_task(models: DataFrame, lineage_edges: DataFrame) -> DataFrame:
    """The models with an edge pass through one task (`map_table`), the others none.

    Cost: these are found by an anti join on 64-bit hashes of names, the only data that is shuffled. If a model without an edge had the same
    hash as one with an edge, its row would be lost. That is to be expected once in four million builds of the Hub's size, and the gate
    detects it.
    """
    declared = lineage_edges.where(~F.col("is_self_loop")).select(
        "child_id", F.when(F.col("parent_status") != "missing", F.col("parent_id")).alias("parent_id"), is_guess().alias("is_guess")
    )
    connected = declared.select(F.explode(F.array(name_hash("child_id"), name_hash("parent_id"))).alias(HASH))
    hashed = models.select("model_id", name_hash())
    isolated = hashed.join(F.broadcast(connected.distinct()), HASH, how="left_anti")
    return map_table(declared, _positions, POSITIONS).unionByName(
        isolated.select(
            "model_id",
            F.col("model_id").alias("component_id"),
            F.array("model_id").alias("root_ids"),
            F.lit(0).cast("long").alias("generation"),
            F.lit(False).alias("is_root"),
            F.lit(True).alias("is_leaf"),
            F.lit(False).alias("has_unknown_parent"),
            F.lit(False).alias("has_guessed_parent"),
        )
    )


def _by_rounds(models: DataFrame, lineage_edges: DataFrame, execution: Execution) -> DataFrame:
    """The same rows. Cost: one shuffle of all models and edges, then rounds of Spark (`positions_by_rounds`)."""
    declared = lineage_edges.where(~F.col("is_self_loop"))
    node, parent = F.xxhash64("child_id").alias("node"), F.xxhash64("parent_id").alias("parent")
    is_unknown = F.col("parent_status") == "missing"
    facts = declared.select(
        node, F.lit(True).alias("has_parent"), is_unknown.alias("has_unknown_parent"), is_guess().alias("has_guessed_parent")
    )
    pairs = lineage_edges.where(is_derivation()).select(node, parent).distinct()
    every = positions_by_rounds(models.select(F.xxhash64("model_id").alias("node"), "model_id"), facts, pairs, execution)
    has_children = F.col("dependants") > 0
    flagged = every.withColumns({"is_root": has_children & ~F.col("has_parent"), "is_leaf": ~has_children})
    return flagged.select(*POSITIONS.names)


def _positions(declared: pa.Table) -> pa.Table:
    """(child_id, parent_id: null if not listed, is_guess) -> POSITIONS of all models named in it, sorted by name."""
    names, child, parent = _encode_sorted(declared["child_id"], declared["parent_id"])
    is_listed = parent >= 0
    graph = simple_digraph(len(names), child[is_listed], parent[is_listed])
    positions = lineage_positions(contract_leaves(graph))
    has_parent, has_unknown_parent, has_guessed_parent, has_children = (np.zeros(len(names), dtype=np.bool_) for _ in range(4))
    has_parent[child] = True
    has_unknown_parent[child[~is_listed]] = True
    has_guessed_parent[child[declared["is_guess"].to_numpy()]] = True
    has_children[graph.parent] = True
    roots = pa.LargeListArray.from_arrays(positions.root_offsets, names.take(pa.array(positions.roots)))
    return pa.table(
        {
            "model_id": names,
            "component_id": names.take(pa.array(positions.component)),
            "root_ids": roots.take(pa.array(positions.root_list)),
            "generation": positions.generation,
            "is_root": has_children & ~has_parent,
            "is_leaf": ~has_children,
            "has_unknown_parent": has_unknown_parent,
            "has_guessed_parent": has_guessed_parent,
        }
    )


def _encode_sorted(child: pa.ChunkedArray, parent: pa.ChunkedArray) -> tuple[pa.Array, Ids, Ids]:
    """(all names in ascending order, both columns as indices into them, -1 for null); the smallest index has the smallest name."""
    encoded = pa.chunked_array([*child.chunks, *parent.chunks]).cast(pa.large_string()).combine_chunks().dictionary_encode()
    order = pc.sort_indices(encoded.dictionary)
    index = np.empty(len(order) + 1, dtype=np.int64)
    index[order.to_numpy()] = np.arange(len(order))
    index[-1] = -1
    indices = index[encoded.indices.fill_null(-1).to_numpy(zero_copy_only=False)]
    return encoded.dictionary.take(order), indices[: len(child)], indices[len(child) :]


JOB = Job(reads=(MODELS, LINEAGE_EDGES), writes=MODEL_LINEAGE, transform=transform, takes_execution=True)
