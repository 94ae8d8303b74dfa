"""Where does each model stand in its family?"""

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
from hublake.spark_jobs.graph.folding import Ids, distinct_pairs, fold
from hublake.spark_jobs.graph.standing import standing
from hublake.spark_jobs.graph.strong import strong_components
from hublake.spark_jobs.job import Job

FLAGS = ("is_root", "is_leaf", "has_unknown_parent")
PLACED = StructType().add("model_id", StringType()).add("component_id", StringType()).add("root_ids", ArrayType(StringType()))
PLACED.add("generation", LongType())
for _flag in FLAGS:
    PLACED.add(_flag, BooleanType())


def transform(models: DataFrame, lineage_edges: DataFrame) -> DataFrame:
    """One row per model. Components join across all edges between listed models; roots and generations leave cycles out.

    Cost: models with an edge go through one task (`map_whole`); the others are those that no edge names, told by 64-bit digests of
    names, the only thing that is shuffled. Where a model without an edge had the digest of one with, its row would be lost: to be
    expected once in four million builds of the Hub's size, and the gate sees it.
    """
    declared = lineage_edges.where(~F.col("is_self_loop")).select(
        "child_id", F.when(F.col("parent_status") != "missing", F.col("parent_id")).alias("parent_id")
    )
    named = declared.select(
        F.explode(F.array(F.xxhash64("child_id"), F.when(F.col("parent_id").isNotNull(), F.xxhash64("parent_id")))).alias("number")
    )
    lone = models.select("model_id", F.xxhash64("model_id").alias("number")).join(F.broadcast(named.distinct()), "number", how="left_anti")
    return map_table(declared, _placed, PLACED).unionByName(
        lone.select(
            "model_id",
            F.col("model_id").alias("component_id"),
            F.array("model_id").alias("root_ids"),
            F.lit(0).cast("long").alias("generation"),
            F.lit(False).alias("is_root"),
            F.lit(True).alias("is_leaf"),
            F.lit(False).alias("has_unknown_parent"),
        )
    )


def _placed(declared: pa.Table) -> pa.Table:
    """(child_id, parent_id: null where it is not listed) -> PLACED of all models named, in order of their names."""
    names, child, parent = _numbered(declared["child_id"], declared["parent_id"])
    is_known = parent >= 0
    folding = fold(distinct_pairs(len(names), child[is_known], parent[is_known]))
    stands = standing(folding, strong_components(folding))
    declares, misses, has_children = (np.zeros(len(names), dtype=np.bool_) for _ in range(3))
    declares[child] = True
    misses[child[~is_known]] = True
    has_children[folding.pairs.parent] = True
    roots = pa.LargeListArray.from_arrays(stands.first_root, names.take(pa.array(stands.root)))
    return pa.table(
        {
            "model_id": names,
            "component_id": names.take(pa.array(stands.component)),
            "root_ids": roots.take(pa.array(stands.roots_of)),
            "generation": stands.generation,
            "is_root": has_children & ~declares,
            "is_leaf": ~has_children,
            "has_unknown_parent": misses,
        }
    )


def _numbered(child: pa.ChunkedArray, parent: pa.ChunkedArray) -> tuple[pa.Array, Ids, Ids]:
    """(all names in order, and both columns as places in it, -1 where null): so the smallest number has the smallest name."""
    written = pa.chunked_array([*child.chunks, *parent.chunks]).cast(pa.large_string()).combine_chunks().dictionary_encode()
    order = pc.sort_indices(written.dictionary)
    place = np.empty(len(order) + 1, dtype=np.int64)
    place[order.to_numpy()] = np.arange(len(order))
    place[-1] = -1
    numbers = place[written.indices.fill_null(-1).to_numpy(zero_copy_only=False)]
    return written.dictionary.take(order), numbers[: len(child)], numbers[len(child) :]


JOB = Job(reads=(MODELS, LINEAGE_EDGES), writes=MODEL_LINEAGE, transform=transform)
