"""Which licences are on the way from a root to each derivative, and what happens there? No legal advice."""

from typing import NamedTuple

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray
from pyspark.sql import DataFrame
from pyspark.sql import functions as F

from hublake.lake.enums import CHAIN_LABELS, STALNAKER_LABELS
from hublake.lake.schema.gold.licenses import LICENSE_CHAINS, LICENSE_EDGES, MAX_PATH
from hublake.lake.schema.silver.licenses import MODEL_LICENSES
from hublake.rules.licenses.chain_labels import MIN_MODELS
from hublake.spark_jobs.dataframes.arrow_functions import map_tables
from hublake.spark_jobs.dataframes.spark_schema import spark_schema
from hublake.spark_jobs.graph.digraph import Flags, Ids, simple_digraph
from hublake.spark_jobs.graph.license_paths import LongestPaths, all_on_path, any_on_path, first_on_path, highest_on_path, longest_paths
from hublake.spark_jobs.job import Job
from hublake.spark_jobs.steps.derivation_edges import at_ends
from hublake.spark_jobs.steps.licenses_by_model import license_text

VERDICTS_BY_RANK = ("ok", "unknown", "conflict")
CHANGES = ("narrowed", "widened", "changed")
UNDECLARED = ("", "unknown")


def transform(license_edges: DataFrame, model_licenses: DataFrame) -> DataFrame:
    """One row per model with a declared, listed parent; edges that a rule guessed and edges on cycles are left out.

    Cost: all edges between listed models and the licences at their ends pass through one task, which needs about 1 kB for each row of the
    table: a path has at most MAX_PATH models, so that a chain of thousands costs no more than its length.
    """
    edges = license_edges.where(~F.col("is_guessed")).select(
        "child_id",
        "parent_id",
        F.col("transition").isin(*CHANGES).alias("is_change"),
        (F.col("transition") == "dropped").alias("is_dropped"),
        F.coalesce(~F.col("is_name_clause_met"), F.lit(False)).alias("is_misnamed"),
        F.array_position(F.lit(list(VERDICTS_BY_RANK)), F.col("verdict")).alias("verdict_rank"),
    )
    texts = {"identifiers": "license", "licenses": "comparable_license"}
    declared = (
        at_ends(model_licenses, edges)
        .groupBy("model_id")
        .agg(*[license_text(F.array_sort(F.collect_set(column))).alias(name) for name, column in texts.items()])
    )
    return map_tables({"edges": edges, "declared": declared}, _chains, spark_schema(LICENSE_CHAINS, without=("snapshot_date",)))


def _chains(edges: pa.Table, declared: pa.Table) -> pa.Table:
    names, child, parent = _encode_sorted(edges["child_id"], edges["parent_id"])
    paths = longest_paths(simple_digraph(len(names), child, parent))
    derived = paths.derived()
    offsets, members = paths.unrolled(derived, MAX_PATH)
    rank = np.zeros(len(names), dtype=np.int64)
    np.maximum.at(rank, child, edges["verdict_rank"].to_numpy() - 1)
    texts = _Declared.of(declared, names)
    found = _labels(names, paths, rank, texts) | _labels_of_edges(edges, child, parent, paths)
    conflict_at = first_on_path(paths, rank == VERDICTS_BY_RANK.index("conflict"))[derived]
    worst = highest_on_path(paths, rank)[derived]
    return pa.table(
        {
            "model_id": names.take(pa.array(derived)),
            "generation": pa.array(paths.generation[derived]),
            "path": pa.LargeListArray.from_arrays(offsets, names.take(pa.array(members))),
            "licenses": pa.LargeListArray.from_arrays(offsets, texts.licenses.take(pa.array(members))),
            "labels": _label_lists(CHAIN_LABELS, found, derived),
            "stalnaker_labels": _label_lists(STALNAKER_LABELS, _stalnaker_labels(names, texts.identifiers, paths), derived),
            "first_conflict_generation": pa.array(conflict_at, mask=conflict_at < 0),
            "worst_verdict": pa.array(VERDICTS_BY_RANK).take(pa.array(worst)),
        }
    )


class _Declared(NamedTuple):
    """The licences of each model as one text, empty if it declares none: as identifiers, and as comparable licences."""

    identifiers: pa.DictionaryArray
    licenses: pa.DictionaryArray

    @classmethod
    def of(cls, declared: pa.Table, names: pa.Array) -> "_Declared":
        index = pc.index_in(names, value_set=declared["model_id"].combine_chunks())
        return cls(*(pc.fill_null(declared[name].combine_chunks().take(index), "").dictionary_encode() for name in cls._fields))


def _labels(names: pa.Array, paths: LongestPaths, rank: Ids, declared: _Declared) -> dict[str, Flags]:
    """Our labels of models on the path, by clauses and versions of licences; see docs/method/licenses.md."""
    is_text_undeclared = pc.is_in(declared.licenses.dictionary, value_set=pa.array(UNDECLARED)).to_numpy(zero_copy_only=False)
    is_undeclared = is_text_undeclared[declared.licenses.indices.to_numpy()]
    return {
        "conflict": any_on_path(paths, rank == VERDICTS_BY_RANK.index("conflict")),
        "ends_with_unknown_license": is_undeclared,
        "single_owner": all_on_path(paths, _owners(names)),
        "unknown_license": any_on_path(paths, is_undeclared),
    }


def _labels_of_edges(edges: pa.Table, child: Ids, parent: Ids, paths: LongestPaths) -> dict[str, Flags]:
    """Our labels of what happens on an edge of the path."""
    is_via = paths.via[child] == parent
    columns = {"license_change": "is_change", "license_dropped": "is_dropped", "naming_clause_not_met": "is_misnamed"}
    happens = {label: np.zeros(paths.via.size, dtype=np.bool_) for label in columns}
    for label, column in columns.items():
        happens[label][child[is_via & edges[column].to_numpy()]] = True
    return {label: any_on_path(paths, is_true) for label, is_true in happens.items()}


def _stalnaker_labels(names: pa.Array, texts: pa.DictionaryArray, paths: LongestPaths) -> dict[str, Flags]:
    """What rules.licenses.chain_labels.stalnaker_labels gives for each path, computed from parent to child."""
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
