"""Which models does each dataset reach, directly and through lineage, and how much are they used?"""

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray
from pyspark.sql import DataFrame
from pyspark.sql import functions as F
from pyspark.sql.types import DoubleType, LongType, StringType, StructType

from hublake.lake.enums import RELATIONS
from hublake.lake.schema.gold.datasets import DATASET_INFLUENCE
from hublake.lake.schema.silver.datasets import DATASET_FACTS, MODEL_DATASETS
from hublake.lake.schema.silver.lineage import LINEAGE_EDGES
from hublake.lake.schema.silver.models import MODELS
from hublake.spark_jobs.dataframes.arrow_functions import map_tables
from hublake.spark_jobs.dataframes.hash_joins import HASH, name_hash
from hublake.spark_jobs.graph.components import weak_components
from hublake.spark_jobs.graph.digraph import Digraph, Flags, Ids, sorted_unique
from hublake.spark_jobs.graph.reach import Reach, reach
from hublake.spark_jobs.job import Job
from hublake.spark_jobs.steps.dataset_uses import dataset_uses, inheritance_edges

Figures = dict[str, Ids | NDArray[np.float64]]  # by column, one value per dataset

# More than any real family has, so that a chain of thousands of models with a dataset each has no quadratic number of pairs.
MAX_GENERATIONS = 100
REACHED = ("models_direct", "models_reached", "models_reached_declared")
COUNTS = (*REACHED, "authors", "downloads_direct", "families", "rank", "first_used_micros")
SHARES = tuple(f"{relation}_share" for relation in RELATIONS)
INFLUENCE = StructType().add("dataset_id", StringType()).add("downloads_attributed", DoubleType())
for _name in COUNTS:
    INFLUENCE.add(_name, LongType())
for _name in SHARES:
    INFLUENCE.add(_name, DoubleType())


def transform(model_datasets: DataFrame, lineage_edges: DataFrame, models: DataFrame, dataset_facts: DataFrame) -> DataFrame:
    """One row per dataset that a model declares as more than evaluated; placeholders count nowhere.

    A descendant contains what its ancestors of up to MAX_GENERATIONS were trained on, whatever the relation. downloads_attributed sums to
    the downloads of all models that any dataset reaches. Cost: the uses, the edges and the models of both pass through one task, which
    needs 50 bytes for each pair of a dataset and a model that it reaches.
    """
    uses, edges = dataset_uses(model_datasets), inheritance_edges(lineage_edges)
    ends = (uses.select("model_id"), edges.select("child_id"), edges.select("parent_id"))
    hashes = ends[0].union(ends[1]).union(ends[2]).select(name_hash()).distinct()
    created = F.when(~F.col("is_created_at_floor"), F.unix_micros("created_at")).alias("created")
    known = models.select("model_id", "author", "downloads_30d", created, name_hash())
    described = known.join(F.broadcast(hashes), HASH, how="left_semi").drop(HASH)
    influence = map_tables({"uses": uses, "edges": edges, "models": described}, _influence, INFLUENCE)
    facts = dataset_facts.select("dataset_id", "licenses", "is_synthetic", F.lit(True).alias("is_listed"))
    listed = influence.join(facts, "dataset_id", how="left")
    columns = {
        "first_used_at": F.timestamp_micros("first_used_micros"),
        "licenses": F.coalesce("licenses", F.array().cast("array<string>")),
        "is_listed": F.coalesce("is_listed", F.lit(False)),
    }
    return listed.withColumns(columns).select(*[name for name in DATASET_INFLUENCE.column_names if name != "snapshot_date"])


def _influence(uses: pa.Table, edges: pa.Table, models: pa.Table) -> pa.Table:
    """INFLUENCE of every dataset. `models` contains all models of the other two and possibly more."""
    models = models.sort_by("model_id")  # of equal paths the first by name counts, and sums of floats have one order
    names, datasets = models["model_id"].combine_chunks(), pc.unique(uses["dataset_id"])
    datasets = datasets.take(pc.sort_indices(datasets))
    label, start = _positions(uses["dataset_id"], datasets), _positions(uses["model_id"], names)
    child, parent = (_positions(edges[end], names) for end in ("child_id", "parent_id"))
    relation = edges["relation"].to_numpy().astype(np.int64)
    is_declared = ~edges["is_guessed"].to_numpy()
    graph, first = _simple_graph(len(names), child, parent, relation)
    declared, _ = _simple_graph(len(names), child[is_declared], parent[is_declared], relation[is_declared])
    found = reach(graph, len(datasets), label, start, MAX_GENERATIONS)
    counts = np.bincount(reach(declared, len(datasets), label, start, MAX_GENERATIONS).label, minlength=len(datasets))
    downloads = pc.fill_null(models["downloads_30d"], 0).to_numpy().astype(np.float64)
    columns = _sums(found, len(datasets), downloads, weak_components(graph))
    columns |= {"models_reached_declared": counts, **_direct(label, start, models, len(datasets), downloads)}
    columns |= _relation_shares(found, relation[first], len(datasets))
    order = np.lexsort((np.arange(len(datasets)), -columns["models_reached"], -columns["downloads_attributed"]))
    columns["rank"] = np.argsort(order) + 1
    return pa.table({"dataset_id": datasets, **{name: _nullable(values) for name, values in columns.items()}})


def _positions(names: pa.ChunkedArray, among: pa.Array) -> Ids:
    return np.asarray(pc.index_in(names, value_set=among).to_numpy(), dtype=np.int64)


def _simple_graph(nodes: int, child: Ids, parent: Ids, relation: Ids) -> tuple[Digraph, Ids]:
    """The graph with one edge per pair, and the row of each edge: that of the first relation of the pair."""
    order = np.lexsort((relation, parent, child))
    pair = child[order] * nodes + parent[order]
    first = order[np.diff(pair, prepend=-1) != 0]
    return Digraph(nodes, child[first], parent[first]), first


def _sums(found: Reach, datasets: int, downloads: NDArray[np.float64], component: Ids) -> Figures:
    datasets_per_model = np.bincount(found.node, minlength=downloads.size)
    attributed = downloads[found.node] / datasets_per_model[found.node]
    families = sorted_unique(found.label * component.size + component[found.node]) // component.size
    return {
        "models_reached": np.bincount(found.label, minlength=datasets),
        "downloads_attributed": np.bincount(found.label, weights=attributed, minlength=datasets),
        "families": np.bincount(families, minlength=datasets),
    }


def _direct(label: Ids, start: Ids, models: pa.Table, datasets: int, downloads: NDArray[np.float64]) -> Figures:
    authors = pc.coalesce(models["author"], models["model_id"]).combine_chunks().dictionary_encode()
    author = authors.indices.to_numpy().astype(np.int64)
    pairs = sorted_unique(label * len(authors.dictionary) + author[start]) // max(len(authors.dictionary), 1)
    created = pc.fill_null(models["created"], np.iinfo(np.int64).max).to_numpy()
    first_used = np.full(datasets, np.iinfo(np.int64).max)
    np.minimum.at(first_used, label, created[start])
    return {
        "models_direct": np.bincount(label, minlength=datasets),
        "authors": np.bincount(pairs, minlength=datasets),
        "downloads_direct": np.bincount(label, weights=downloads[start], minlength=datasets).astype(np.int64),
        "first_used_micros": first_used,
    }


def _relation_shares(found: Reach, relation: Ids, datasets: int) -> Figures:
    """Of the models that each dataset reaches through lineage, the part that is reached by an edge of each relation; NaN without any."""
    is_inherited = found.via >= 0
    label, by = found.label[is_inherited], relation[found.via[is_inherited]]
    counts = np.bincount(label * len(RELATIONS) + by, minlength=datasets * len(RELATIONS)).reshape(datasets, len(RELATIONS))
    total = counts.sum(axis=1)
    shares = np.where(total[:, None] > 0, counts / np.maximum(total, 1)[:, None], np.nan)
    return {name: shares[:, index] for index, name in enumerate(SHARES)}


def _nullable(values: Ids | NDArray[np.float64]) -> pa.Array:
    is_missing: Flags = np.isnan(values) if values.dtype.kind == "f" else values == np.iinfo(np.int64).max
    return pa.array(values, mask=is_missing)


JOB = Job(reads=(MODEL_DATASETS, LINEAGE_EDGES, MODELS, DATASET_FACTS), writes=DATASET_INFLUENCE, transform=transform)
