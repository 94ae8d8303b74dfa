"""Which licences are on the way from a root to each derivative, and what happens there? No legal advice."""

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray
from pyspark.sql import DataFrame
from pyspark.sql import functions as F

from hublake.lake.enums import CHAIN_LABELS, STALNAKER_LABELS
from hublake.lake.schema.gold.licenses import LICENSE_CHAINS, LICENSE_EDGES
from hublake.lake.schema.silver.licenses import MODEL_LICENSES
from hublake.rules.licenses.chain_labels import MIN_MODELS
from hublake.spark_jobs.dataframes.arrow_functions import map_tables
from hublake.spark_jobs.dataframes.spark_schema import spark_schema
from hublake.spark_jobs.graph.digraph import Flags, Ids, simple_digraph
from hublake.spark_jobs.graph.license_paths import LongestPaths, all_on_path, any_on_path, first_on_path, highest_on_path, longest_paths
from hublake.spark_jobs.job import Job
from hublake.spark_jobs.steps.licenses_by_model import is_declared, license_text

VERDICTS_BY_RANK = ("ok", "unknown", "conflict")
CHANGES = ("narrowed", "widened", "changed")


def transform(license_edges: DataFrame, model_licenses: DataFrame) -> DataFrame:
    """One row per model with a declared, listed parent; edges that a rule guessed and edges on cycles are left out.

    Cost: all edges between listed models and all declared licences pass through one task.
    """
    edges = license_edges.where(~F.col("is_guessed")).select(
        "child_id",
        "parent_id",
        license_text("child_licenses").alias("child_license"),
        license_text("parent_licenses").alias("parent_license"),
        is_declared("child_licenses").alias("is_child_declared"),
        is_declared("parent_licenses").alias("is_parent_declared"),
        F.col("transition").isin(*CHANGES).alias("is_change"),
        (F.col("transition") == "dropped").alias("is_dropped"),
        F.coalesce(~F.col("is_name_clause_met"), F.lit(False)).alias("is_misnamed"),
        F.array_position(F.lit(list(VERDICTS_BY_RANK)), F.col("verdict")).alias("verdict_rank"),
    )
    declared = model_licenses.groupBy("model_id").agg(license_text(F.array_sort(F.collect_set("license"))).alias("declared"))
    return map_tables({"edges": edges, "declared": declared}, _chains, spark_schema(LICENSE_CHAINS, without=("snapshot_date",)))


def _chains(edges: pa.Table, declared: pa.Table) -> pa.Table:
    names, child, parent = _encode_sorted(edges["child_id"], edges["parent_id"])
    paths = longest_paths(simple_digraph(len(names), child, parent))
    derived = paths.derived()
    offsets, members = paths.unrolled(derived)
    rank = np.zeros(len(names), dtype=np.int64)
    np.maximum.at(rank, child, edges["verdict_rank"].to_numpy() - 1)
    conflict_at = first_on_path(paths, rank == VERDICTS_BY_RANK.index("conflict"))[derived]
    licenses = _license_texts(edges, len(names), child, parent)
    worst = highest_on_path(paths, rank)[derived]
    return pa.table(
        {
            "model_id": names.take(pa.array(derived)),
            "path": pa.LargeListArray.from_arrays(offsets, names.take(pa.array(members))),
            "licenses": pa.LargeListArray.from_arrays(offsets, licenses.take(pa.array(members))),
            "labels": _label_lists(CHAIN_LABELS, _labels(edges, names, child, parent, paths, rank), derived),
            "stalnaker_labels": _label_lists(STALNAKER_LABELS, _stalnaker_labels(names, declared, paths), derived),
            "first_conflict_generation": pa.array(conflict_at, mask=conflict_at < 0),
            "worst_verdict": pa.array(VERDICTS_BY_RANK).take(pa.array(worst)),
        }
    )


def _license_texts(edges: pa.Table, nodes: int, child: Ids, parent: Ids) -> pa.Array:
    """The licences of each node as one text, from any of its edges."""
    row = np.empty(nodes, dtype=np.int64)
    row[child] = np.arange(child.size)
    row[parent] = child.size + np.arange(parent.size)
    texts = pa.chunked_array([*edges["child_license"].chunks, *edges["parent_license"].chunks], pa.string())
    return texts.combine_chunks().take(pa.array(row))


def _labels(edges: pa.Table, names: pa.Array, child: Ids, parent: Ids, paths: LongestPaths, rank: Ids) -> dict[str, Flags]:
    """Our labels, by clauses and versions of licences; see docs/method/licenses.md."""
    is_declared = np.zeros(len(names), dtype=np.bool_)
    is_declared[child] = edges["is_child_declared"].to_numpy()
    is_declared[parent] = edges["is_parent_declared"].to_numpy()
    is_via = paths.via[child] == parent

    def happens(column: str) -> Flags:
        """Whether it happens on an edge of the path."""
        found = np.zeros(len(names), dtype=np.bool_)
        found[child[is_via & edges[column].to_numpy()]] = True
        return any_on_path(paths, found)

    return {
        "conflict": any_on_path(paths, rank == VERDICTS_BY_RANK.index("conflict")),
        "ends_with_unknown_license": ~is_declared,
        "license_change": happens("is_change"),
        "license_dropped": happens("is_dropped"),
        "naming_clause_not_met": happens("is_misnamed"),
        "single_owner": all_on_path(paths, _owners(names)),
        "unknown_license": any_on_path(paths, ~is_declared),
    }


def _stalnaker_labels(names: pa.Array, declared: pa.Table, paths: LongestPaths) -> dict[str, Flags]:
    """What rules.licenses.chain_labels.stalnaker_labels gives for each path, computed from parent to child."""
    index = pc.index_in(names, value_set=declared["model_id"].combine_chunks())
    texts = pc.fill_null(declared["declared"].combine_chunks().take(index), "").dictionary_encode()
    license_set = texts.indices.to_numpy(zero_copy_only=False).astype(np.int64)
    is_unknown = pc.equal(texts.dictionary, "").to_numpy(zero_copy_only=False)[license_set]
    is_licensed = _contains_llama(texts.dictionary)[license_set]
    is_named = _contains_llama(names)
    is_derived = paths.via >= 0
    via = np.where(is_derived, paths.via, 0)
    labels = {
        "ambiguous_base": first_on_path(paths, ~is_derived & ~_has_owner(names)) >= 0,
        "ends_with_unknown_license": is_unknown,
        "license_change": any_on_path(paths, is_derived & (license_set != license_set[via])),
        "llama_naming_issue": any_on_path(paths, is_derived & is_licensed & ~is_named),
        "missing_llama_license": any_on_path(paths, is_derived & is_named & ~is_licensed),
        "single_owner": all_on_path(paths, _owners(names)),
        "undeclared_llama_dependency": any_on_path(paths, is_derived & is_named[via] & ~(is_named & is_licensed)),
        "unknown_license": any_on_path(paths, is_unknown),
    }
    return {label: is_given & (paths.generation >= MIN_MODELS - 1) for label, is_given in labels.items()}


def _contains_llama(texts: pa.Array) -> Flags:
    return np.asarray(pc.match_substring(pc.utf8_lower(texts), "llama").to_numpy(zero_copy_only=False))


def _has_owner(names: pa.Array) -> Flags:
    return np.asarray(pc.match_substring(names, "/").to_numpy(zero_copy_only=False))


def _owners(names: pa.Array) -> NDArray[np.int64]:
    """A number for each owner; a name without owner is its own."""
    owners = pc.replace_substring_regex(names, r"(?s)/.*", "").dictionary_encode()
    return np.asarray(owners.indices.to_numpy(zero_copy_only=False), dtype=np.int64)


def _label_lists(order: tuple[str, ...], labels: dict[str, Flags], nodes: Ids) -> pa.LargeListArray:
    given = np.stack([labels[name][nodes] for name in order], axis=1)
    offsets = np.concatenate([[0], np.cumsum(given.sum(axis=1))])
    return pa.LargeListArray.from_arrays(offsets, pa.array(order).take(pa.array(np.nonzero(given)[1])))


def _encode_sorted(child: pa.ChunkedArray, parent: pa.ChunkedArray) -> tuple[pa.Array, Ids, Ids]:
    """(all names in ascending order, both columns as indices into them)."""
    encoded = pa.chunked_array([*child.chunks, *parent.chunks]).cast(pa.large_string()).combine_chunks().dictionary_encode()
    order = pc.sort_indices(encoded.dictionary)
    index = np.empty(len(order), dtype=np.int64)
    index[order.to_numpy()] = np.arange(len(order))
    indices = index[encoded.indices.to_numpy()]
    return encoded.dictionary.take(order), indices[: len(child)], indices[len(child) :]


JOB = Job(reads=(LICENSE_EDGES, MODEL_LICENSES), writes=LICENSE_CHAINS, transform=transform)
