"""Contract leaves with a single parent, so that iterative algorithms run on a small core of the graph.

A leaf is a model that no other derives from. A leaf with one parent shares the roots of that parent and passes everything it
contributes to that parent alone. Contracting it into its parent is therefore exact, and the parent may then become such a leaf itself.
Each round contracts all such leaves at once. What remains is the core: models with several parents, models on cycles, and the
ancestors of both. The core of the Hub in July 2024 contains one edge in ten.

On 3.1 million models and 1.5 million edges the contraction takes 0.16 s of CPU. After it, positions including components take 0.2 s
instead of 1.6 s, and impact sums 0.25 s instead of 3.1 s.
"""

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from hublake.spark_jobs.graph.components import strong_components
from hublake.spark_jobs.graph.digraph import Digraph, Ids


@dataclass(frozen=True)
class Contraction:
    """A graph split into contracted leaves and a core.

    `rounds` lists (leaves, parent of each leaf) in the order of contraction. `core` has the edges that remain, between renumbered nodes;
    `core_nodes` maps them to the nodes of the graph. `parent_counts` is per node of the graph.
    """

    graph: Digraph
    parent_counts: Ids
    rounds: list[tuple[Ids, Ids]]
    core: Digraph
    core_nodes: Ids

    @cached_property
    def core_components(self) -> Ids:
        """The strongly connected component of each core node; a contracted leaf is on no cycle."""
        return strong_components(self.core)


def contract_leaves(graph: Digraph) -> Contraction:
    """Contract leaves with a single parent until none is left. Cost: linear in the number of edges, whatever the depth."""
    parent_counts = np.bincount(graph.child, minlength=graph.nodes)
    child_counts = np.bincount(graph.parent, minlength=graph.nodes)
    only_parent = np.zeros(graph.nodes, dtype=np.int64)
    only_parent[graph.child] = graph.parent
    is_contracted = np.zeros(graph.nodes, dtype=np.bool_)
    rounds = []
    leaves = np.flatnonzero((child_counts == 0) & (parent_counts == 1))
    while leaves.size:
        parents_of_leaves = only_parent[leaves]
        rounds.append((leaves, parents_of_leaves))
        is_contracted[leaves] = True
        parents, contracted_children = np.unique(parents_of_leaves, return_counts=True)
        child_counts[parents] -= contracted_children
        leaves = parents[(child_counts[parents] == 0) & (parent_counts[parents] == 1)]
    core, core_nodes = graph.with_edges(~is_contracted[graph.child]).without_isolated_nodes()
    return Contraction(graph, parent_counts, rounds, core, core_nodes)
