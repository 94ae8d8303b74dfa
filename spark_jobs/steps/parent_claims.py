"""Reduce all claims about parents to one edge per child, parent and relation.

A claim states that a child derives from a parent: either the child declares it, or its name implies it.
"""

from collections.abc import Sequence

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from hublake.lake.enums import EVIDENCE, RELATIONS
from hublake.rules.lineage.declared_parents import BARE_TAG
from hublake.spark_jobs.graph.components import edges_on_cycles
from hublake.spark_jobs.graph.digraph import Flags, Ids, simple_digraph
from hublake.spark_jobs.job import QUARANTINE_REASON
from hublake.spark_jobs.steps.inferred_parents import InferredParent, inferred_parents
from hublake.spark_jobs.steps.parent_resolution import resolve_parents


def edges_from_claims(declared: pa.Table, models: pa.Table, former_names: pa.Table) -> pa.Table:
    """Rows of silver.lineage_edges without snapshot_date, with QUARANTINE_REASON for parents that cannot be the name of a model.

    `declared`: the claims that models declare, with the columns silver.lineage_edges.DECLARED; the parents of all other models are
    inferred from their names (evidence in_name). `models`, `former_names`: the columns that inferred_parents and resolve_parents need, and
    is_created_at_floor. Cost: one pass over all model names and a few over the claims.
    """
    resolved = _without_unlisted_bare_tags(resolve_parents(declared, models, former_names))
    inferred = _claims_from_names(inferred_parents(models, resolved.filter(pc.is_null(resolved["problem"]))))
    edges = _strongest_per_edge(pa.concat_tables([resolved, inferred], promote_options="default"))
    names, child, parent = _dictionary_encode(edges)
    status, problem = edges["parent_status"], edges["problem"]
    reason = pc.binary_join_element_wise("parent_not_a_name", problem, edges["declared_parent"], ": ")
    is_derivation = pc.and_(pc.not_equal(status, "missing"), pc.is_null(problem)).to_numpy()
    flags = {
        "is_self_loop": child == parent,
        "is_cycle": _is_on_cycle(len(names), child, parent, is_derivation),
        "is_child_older": _is_child_older(models, names, child, parent),
    }
    for name, flag in flags.items():
        edges = edges.append_column(name, pa.array(flag))
    return edges.drop_columns("problem").append_column(QUARANTINE_REASON, reason)


def _without_unlisted_bare_tags(resolved: pa.Table) -> pa.Table:
    """A bare tag counts only if it is the exact name of a listed model; otherwise it may be anything."""
    return resolved.filter(pc.or_(pc.equal(resolved["parent_status"], "present"), pc.not_equal(resolved["evidence"], BARE_TAG)))


def _claims_from_names(inferred: Sequence[InferredParent]) -> pa.Table:
    """Claims that are resolved already: the rule on names decided which listed model is meant, if any."""
    child_ids, parents, relations = (pa.array([row[field] for row in inferred], pa.string()) for field in range(3))
    return pa.table(
        {
            "child_id": child_ids,
            "declared_parent": parents,
            "relation": relations,
            "evidence": pa.repeat("in_name", len(inferred)),
            "is_relation_declared": pa.repeat(False, len(inferred)),
            "confidence": pa.array([parent.confidence for parent in inferred], pa.float64()),
            "parent_id": parents,
            "parent_status": pa.array(["present" if parent.is_listed else "missing" for parent in inferred], pa.string()),
        }
    )


def _strongest_per_edge(resolved: pa.Table) -> pa.Table:
    """The claim with the strongest evidence for each child, parent and relation.

    A declared relation of a pair replaces all inferred ones.
    """
    is_present = pc.equal(resolved["parent_status"], "present").to_numpy()
    is_declared = resolved["is_relation_declared"].to_numpy()
    names, child, parent = _dictionary_encode(resolved)
    pair = child * len(names) + parent
    edge = pair * len(RELATIONS) + _index_in(RELATIONS, resolved["relation"])
    spelling = pc.rank(resolved["declared_parent"]).to_numpy()
    order = np.lexsort((spelling, ~is_present, _index_in(EVIDENCE, resolved["evidence"]), ~is_declared, edge))
    strongest = order[np.diff(edge[order], prepend=-1) != 0]
    pairs_with_declared = pair[strongest[is_declared[strongest]]]
    return resolved.take(pa.array(strongest[is_declared[strongest] | ~np.isin(pair[strongest], pairs_with_declared)]))


def _index_in(values: tuple[str, ...], column: pa.ChunkedArray) -> Ids:
    return np.asarray(pc.index_in(column, value_set=pa.array(values)), dtype=np.int64)


def _dictionary_encode(edges: pa.Table) -> tuple[pa.Array, Ids, Ids]:
    """All names in an edge table, and its children and parents as indices into them."""
    ends = pa.chunked_array([*edges["child_id"].chunks, *edges["parent_id"].chunks], pa.string()).combine_chunks()
    encoded = ends.dictionary_encode()
    child, parent = np.split(encoded.indices.to_numpy().astype(np.int64), [len(edges)])
    return encoded.dictionary, child, parent


def _is_on_cycle(nodes: int, child: Ids, parent: Ids, is_derivation: Flags) -> Flags:
    cyclic = edges_on_cycles(simple_digraph(nodes, child[is_derivation], parent[is_derivation]))
    return np.isin(child * nodes + parent, cyclic.child * nodes + cyclic.parent)


def _is_child_older(models: pa.Table, names: pa.Array, child: Ids, parent: Ids) -> Flags:
    """Whether the child was created before its parent; false if either date is unknown or the floor of the Hub's creation times."""
    is_dated = pc.and_(pc.is_valid(models["created_at"]), pc.invert(models["is_created_at_floor"]))
    dated = models.filter(pc.and_(is_dated, pc.is_in(models["model_id"], value_set=names)))
    # Comparisons with NaN are false, and microseconds are exact in a double.
    created_at: NDArray[np.float64] = np.full(len(names), np.nan)
    created_at[pc.index_in(dated["model_id"], value_set=names).to_numpy()] = dated["created_at"].to_numpy()
    return np.asarray(created_at[child] < created_at[parent])
