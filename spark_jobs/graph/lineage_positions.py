"""The position of each model in its lineage: weak component, roots and generation.

Roots and generations ignore the edges on cycles. All positions are computed in the core and then propagated to the contracted leaves.
"""

from dataclasses import dataclass

import numpy as np

from hublake.spark_jobs.graph.ancestors import AdjacencyLists, ancestor_pairs, topological_generations
from hublake.spark_jobs.graph.components import is_on_cycle, smallest_members, weak_components
from hublake.spark_jobs.graph.digraph import Digraph, Ids
from hublake.spark_jobs.graph.leaf_contraction import Contraction


@dataclass(frozen=True)
class LineagePositions:
    """Per node: the smallest node of its weak component, its generation (the longest path from a root) and its roots.

    The roots of node i are `roots[root_offsets[k] : root_offsets[k + 1]]` with k = `root_list[i]`; contracted leaves share the list of
    their parent.
    """

    component: Ids
    generation: Ids
    root_list: Ids
    root_offsets: Ids
    roots: Ids

    @property
    def root_counts(self) -> Ids:
        return np.asarray(np.diff(self.root_offsets)[self.root_list])


def lineage_positions(contraction: Contraction) -> LineagePositions:
    """The position of every node; a node without edges is its own component and its own root."""
    nodes, core, core_nodes = contraction.graph.nodes, contraction.core, contraction.core_nodes
    acyclic = core.with_edges(~is_on_cycle(core, contraction.core_components))
    component = np.arange(nodes, dtype=np.int64)
    component[core_nodes] = core_nodes[weak_components(core)]
    generation = np.zeros(nodes, dtype=np.int64)
    generation[core_nodes] = _generations(acyclic)
    root_list = np.arange(nodes, dtype=np.int64)
    for leaves, parents in reversed(contraction.rounds):
        component[leaves] = component[parents]
        generation[leaves] = generation[parents] + 1
        root_list[leaves] = root_list[parents]
    core_counts, core_roots = _roots(acyclic)
    counts = np.ones(nodes, dtype=np.int64)
    counts[core_nodes] = core_counts
    roots = np.repeat(np.arange(nodes, dtype=np.int64), counts)
    is_in_core = np.zeros(nodes, dtype=np.bool_)
    is_in_core[core_nodes] = True
    roots[is_in_core[roots]] = core_nodes[core_roots]
    return LineagePositions(
        component=smallest_members(component),
        generation=generation,
        root_list=root_list,
        root_offsets=np.concatenate([[0], np.cumsum(counts)]),
        roots=roots,
    )


def _generations(graph: Digraph) -> Ids:
    """The longest path from a root to each node."""
    generation = np.zeros(graph.nodes, dtype=np.int64)
    for steps, members in enumerate(topological_generations(graph)):
        generation[members] = steps
    return generation


def _roots(graph: Digraph) -> tuple[Ids, Ids]:
    """(number of roots of each node, all roots sorted by node, then root)."""
    is_root = np.ones(graph.nodes, dtype=np.bool_)
    is_root[graph.child] = False
    found = [(node[is_root[ancestor]], ancestor[is_root[ancestor]]) for node, ancestor in ancestor_pairs(graph)]
    lists = AdjacencyLists(graph.nodes, *(np.concatenate(column) for column in zip(*found, strict=True))) if found else None
    return (lists.length, lists.items) if lists else (np.empty(0, dtype=np.int64), np.empty(0, dtype=np.int64))
