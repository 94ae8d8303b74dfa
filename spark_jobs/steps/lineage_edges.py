"""From everything that is read of parents to one edge for each child, parent and relation."""

from collections.abc import Sequence

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from hublake.lake.enums import EVIDENCE, RELATIONS
from hublake.rules.lineage.declared_parents import BARE_TAG
from hublake.spark_jobs.graph.cycles import pairs_on_cycles
from hublake.spark_jobs.graph.folding import Flags, Ids, distinct_pairs
from hublake.spark_jobs.job import QUARANTINE_REASON
from hublake.spark_jobs.steps.parent_resolution import resolved_parents
from hublake.spark_jobs.steps.parents_in_names import CONFIDENCE, Told, parents_in_names


def edges(readings: pa.Table, models: pa.Table, former_names: pa.Table) -> pa.Table:
    """Rows of silver.lineage_edges but for snapshot_date, with SET_ASIDE_REASON: a parent that cannot be a model's name.

    `readings`: what models declare, as lineage_edges.DECLARED; of a model without any the name is asked (evidence in_name). `models` and
    `former_names`: as `parents_in_names` and `resolved_parents` take them, and is_created_at_floor. Cost: a look at each name and a few at
    each reading.
    """
    told = parents_in_names(models, readings["child_id"].unique())
    read = pa.concat_tables([readings, _in_names(told)], promote_options="default")
    chosen = _one_per_relation(resolved_parents(read, models, former_names))
    names, child, parent = _numbered(chosen)
    status, problem = chosen["parent_status"], chosen["problem"]
    reason = pc.binary_join_element_wise("parent_not_a_name", problem, chosen["declared_parent"], ": ")
    is_pair = pc.and_(pc.not_equal(status, "missing"), pc.is_null(problem)).to_numpy()
    flags = {
        "is_self_loop": child == parent,
        "is_cycle": _on_cycles(len(names), child, parent, is_pair),
        "is_child_older": _child_older(models, names, child, parent),
    }
    for name, flag in flags.items():
        chosen = chosen.append_column(name, pa.array(flag))
    return chosen.drop_columns("problem").append_column(QUARANTINE_REASON, reason)


def _in_names(told: Sequence[Told]) -> pa.Table:
    """What names tell, as readings."""
    child_ids, parents, relations = (pa.array([row[place] for row in told], pa.string()) for place in range(3))
    return pa.table(
        {
            "child_id": child_ids,
            "parent": parents,
            "declared_parent": parents,
            "relation": relations,
            "evidence": pa.repeat("in_name", len(told)),
            "is_relation_declared": pa.repeat(False, len(told)),
            "confidence": pa.repeat(CONFIDENCE, len(told)),
        }
    )


def _one_per_relation(resolved: pa.Table) -> pa.Table:
    """The strongest evidence of each child, parent and relation; what is inferred yields to what is declared.

    A bare tag counts only where it is the very name of a model: it may be anything else.
    """
    is_present = pc.equal(resolved["parent_status"], "present").to_numpy()
    counts = is_present | pc.not_equal(resolved["evidence"], BARE_TAG).to_numpy()
    is_declared = resolved["is_relation_declared"].to_numpy()
    names, child, parent = _numbered(resolved)
    pair = child * len(names) + parent
    edge = pair * len(RELATIONS) + _place(resolved["relation"], RELATIONS)
    spelling = pc.rank(resolved["declared_parent"]).to_numpy()
    in_order = np.lexsort((spelling, ~is_present, _place(resolved["evidence"], EVIDENCE), ~is_declared, edge))
    in_order = in_order[counts[in_order]]
    strongest = in_order[np.diff(edge[in_order], prepend=-1) != 0]
    declared = pair[strongest[is_declared[strongest]]]
    return resolved.take(pa.array(strongest[is_declared[strongest] | ~np.isin(pair[strongest], declared)]))


def _place(words: pa.ChunkedArray, known: tuple[str, ...]) -> Ids:
    return np.asarray(pc.index_in(words, value_set=pa.array(known)), dtype=np.int64)


def _numbered(edges: pa.Table) -> tuple[pa.Array, Ids, Ids]:
    """All names of an edge table, and the places in them of its children and parents."""
    ends = pa.chunked_array([*edges["child_id"].chunks, *edges["parent_id"].chunks], pa.string()).combine_chunks()
    numbered = ends.dictionary_encode()
    child, parent = np.split(numbered.indices.to_numpy().astype(np.int64), [len(edges)])
    return numbered.dictionary, child, parent


def _on_cycles(size: int, child: Ids, parent: Ids, is_pair: Flags) -> Flags:
    found = pairs_on_cycles(distinct_pairs(size, child[is_pair], parent[is_pair]))
    return np.isin(child * size + parent, found.child * size + found.parent)


def _child_older(models: pa.Table, names: pa.Array, child: Ids, parent: Ids) -> Flags:
    """Whether the child was made before its parent; false where a date is the floor or unknown."""
    is_dated = pc.and_(pc.is_valid(models["created_at"]), pc.invert(models["is_created_at_floor"]))
    dated = models.filter(pc.and_(is_dated, pc.is_in(models["model_id"], value_set=names)))
    created_at: NDArray[np.float64] = np.full(len(names), np.nan)  # a comparison with what is unknown is false; microseconds are exact
    created_at[pc.index_in(dated["model_id"], value_set=names).to_numpy()] = dated["created_at"].to_numpy()
    return np.asarray(created_at[child] < created_at[parent])
