"""The impact of each model: what accumulates from the models that derive from it, scaled to a score."""

from dataclasses import dataclass
from functools import partial

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
from pyspark.sql import Column, DataFrame
from pyspark.sql import functions as F
from pyspark.sql.types import DoubleType, LongType, StructType

from hublake.lake.enums import IMPACT_PARTS
from hublake.lake.settings import ImpactSettings
from hublake.spark_jobs.dataframes.arrow_functions import map_table
from hublake.spark_jobs.graph.digraph import Ids, simple_digraph, sorted_unique
from hublake.spark_jobs.graph.impact_sums import DAMPING, Brought, impact_sums
from hublake.spark_jobs.graph.leaf_contraction import contract_leaves
from hublake.spark_jobs.graph.lineage_positions import lineage_positions
from hublake.spark_jobs.job import Execution
from hublake.spark_jobs.steps.derivation_edges import fits_one_task, is_derivation, is_guess
from hublake.spark_jobs.steps.graph_rounds.sums import sums_by_rounds
from hublake.spark_jobs.steps.graph_rounds.vertices import COLLISION

_DEFAULTS = ImpactSettings()
SUMS = ("pagerank", "pagerank_by_downloads", "dependants", "dependants_guessed", "descendants", "downloads_attributed")
COUNTS = frozenset(("dependants", "dependants_guessed", "descendants"))
NODE_SUMS = StructType().add("node", LongType()).add("own_downloads", LongType())
for _name in SUMS:
    NODE_SUMS.add(_name, LongType() if _name in COUNTS else DoubleType())


@dataclass(frozen=True)
class Params:
    """`damping` as in Brin and Page 1998; the other parameters are the weights of impact_score."""

    damping: float = DAMPING
    pagerank: float = _DEFAULTS.pagerank
    dependants: float = _DEFAULTS.dependants
    descendants: float = _DEFAULTS.descendants
    downloads: float = _DEFAULTS.downloads


def impact_scores(models: DataFrame, lineage_edges: DataFrame, params: Params, execution: Execution) -> DataFrame:
    """One row per model. A model without dependants gets only its own teleport and its own downloads.

    Cost: the hashes and downloads of all models, and the hashes of all edges, pass through one task (`map_table`); one join then adds
    its result to the models. With more edges than one task may hold, rounds of Spark come first (`sums_by_rounds`).
    """
    downloads = F.coalesce("downloads_30d", F.lit(0)).alias("downloads")
    nodes = models.select("model_id", F.xxhash64("model_id").alias("node"), downloads)
    edges = lineage_edges.where(is_derivation()).select(
        F.xxhash64("child_id").alias("node"), F.xxhash64("parent_id").alias("parent"), is_guess().alias("is_guess")
    )
    if fits_one_task(lineage_edges, execution):
        graph = nodes.select("node", "downloads").unionByName(edges, allowMissingColumns=True)
        sums = map_table(graph, partial(node_sums, damping=params.damping), NODE_SUMS).localCheckpoint()
        every = nodes.join(F.broadcast(sums), "node", how="left")
    else:
        sums = sums_by_rounds(nodes.select("node", "downloads"), edges, params.damping, execution).localCheckpoint()
        every = nodes.join(sums, "node", how="left")
    return _scored(_with_leaves(every), _bounds(nodes, sums), params)


def node_sums(graph: pa.Table, damping: float) -> pa.Table:
    """(node, downloads) of all models and (node, parent, is_guess) of all edges -> NODE_SUMS of the models with dependants."""
    is_edge = graph["parent"].is_valid()
    models, edges = graph.filter(pc.invert(is_edge)), graph.filter(is_edge)
    hashes = _without_collisions(models["node"].to_numpy())
    codes, connected = pd.factorize(np.concatenate([edges["node"].to_numpy(), edges["parent"].to_numpy()]))
    child, parent = np.split(codes, 2)
    contraction = contract_leaves(simple_digraph(connected.size, child, parent))
    codes_of_models = pd.Index(connected).get_indexer(pd.Index(hashes))
    is_connected = codes_of_models >= 0
    downloads = np.zeros(connected.size, dtype=np.int64)
    downloads[codes_of_models[is_connected]] = models["downloads"].to_numpy()[is_connected]
    sums = impact_sums(contraction, lineage_positions(contraction).root_counts, Brought.by_models(downloads), damping)
    is_declared = ~edges["is_guess"].to_numpy()
    declared = simple_digraph(connected.size, child[is_declared], parent[is_declared])
    guessed = sums.dependants - np.bincount(declared.parent, minlength=connected.size)
    columns = {"node": connected, "own_downloads": downloads, "dependants_guessed": guessed, **vars(sums)}
    has_dependants = sums.dependants > 0
    return pa.table({name: columns[name][has_dependants] for name in NODE_SUMS.names})


def _without_collisions(hashes: Ids) -> Ids:
    """Return the hashes unchanged; raise if two models share one (expected once in four million builds of the Hub's size)."""
    if sorted_unique(hashes).size < hashes.size:
        raise ValueError(COLLISION)
    return hashes


def _with_leaves(every: DataFrame) -> DataFrame:
    """(model_id, *SUMS) of every model; a model without dependants has only its own teleport and downloads."""
    own = F.col("downloads").cast("double")
    defaults = {"pagerank": F.lit(1.0), "pagerank_by_downloads": own, "downloads_attributed": own}
    return every.select("model_id", *[F.coalesce(name, defaults.get(name, F.lit(0))).alias(name) for name in SUMS])


def _bounds(nodes: DataFrame, sums: DataFrame) -> DataFrame:
    """One row: sums and maxima over all models, computed from the models with dependants and constants for the others."""
    totals = nodes.agg(F.count("*").alias("models"), F.sum("downloads").alias("downloads"), F.max("downloads").alias("most_downloads"))
    of_parents = sums.agg(
        *[F.coalesce(F.sum(name), F.lit(0)).alias(f"sum_{name}") for name in ("pagerank", "pagerank_by_downloads", "own_downloads")],
        *[F.coalesce(F.max(name), F.lit(0)).alias(f"max_{name}") for name in SUMS],
        F.count("*").alias("parents"),
    )
    leaves = F.col("models") - F.col("parents")
    return totals.crossJoin(of_parents).select(
        (F.col("sum_pagerank") + leaves).alias("sum_pagerank"),
        (F.col("sum_pagerank_by_downloads") + F.col("downloads") - F.col("sum_own_downloads")).alias("sum_by_downloads"),
        F.greatest("max_pagerank", F.lit(1.0)).alias("max_pagerank"),
        "max_dependants",
        "max_descendants",
        F.greatest("max_downloads_attributed", "most_downloads").alias("max_downloads"),
    )


def _scored(sums: DataFrame, bounds: DataFrame, params: Params) -> DataFrame:
    """Ranks scaled to the sum 1, the parts of the score scaled to 0 to 1, and their weighted sum."""
    counts = {"dependants": "dependants", "descendants": "descendants", "downloads": "downloads_attributed"}
    with_bounds = sums.crossJoin(F.broadcast(bounds))
    # Every model has the teleport 1, so no rank is below 1 and no logarithm below 0.
    parts = {"pagerank": _scaled(F.log("pagerank"), F.log("max_pagerank"))} | {
        part: _scaled(F.log1p(column), F.log1p(f"max_{part}")) for part, column in counts.items()
    }
    scored = with_bounds.select(
        "model_id",
        (F.col("pagerank") / F.col("sum_pagerank")).alias("pagerank"),
        # On a hub without any downloads, the second teleport is uniform like the first.
        F.when(F.col("sum_by_downloads") > 0, F.col("pagerank_by_downloads") / F.col("sum_by_downloads"))
        .otherwise(F.col("pagerank") / F.col("sum_pagerank"))
        .alias("pagerank_by_downloads"),
        "dependants",
        "dependants_guessed",
        "descendants",
        "downloads_attributed",
        *[part.alias(f"{name}_part") for name, part in parts.items()],
    )
    weighted = sum((getattr(params, name) * F.col(f"{name}_part") for name in IMPACT_PARTS), F.lit(0.0))
    return scored.withColumn("impact_score", 100 * F.least(F.lit(1.0), weighted))


def _scaled(value: Column, maximum: Column) -> Column:
    """value / maximum, clipped to 0 to 1 against rounding errors; 0 if the maximum is 0, that is, if all models are equal."""
    return F.when(maximum > 0, F.greatest(F.lit(0.0), F.least(F.lit(1.0), value / maximum))).otherwise(0.0)
