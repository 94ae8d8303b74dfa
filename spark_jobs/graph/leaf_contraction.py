"""Contract leaves with a single parent, so that iterative algorithms run on a small core of the graph.

A leaf is a model that no other derives from. A leaf with one parent shares the roots of that parent and passes everything it
contributes to that parent alone. Contracting it into its parent is therefore exact, and the parent may then become such a leaf itself.
Each round contracts all such leaves at once. What remains is the core: models with several parents, models on cycles, and the
ancestors of both. The core of the Hub in July 2024 holds one edge in ten.

On 3.1 million models and 1.5 million edges the contraction takes 0.08 s of CPU. With it, positions take 0.2 s instead of 1.5 s and
impact sums 0.4 s instead of 3.1 s. Components need no contraction (components.py).
"""

from dataclasses import dataclass

import numpy as np

from hublake.spark_jobs.graph.digraph import Digraph, Ids


@dataclass(frozen=True)
class Contraction:
    """`rounds` lists (leaves, parent of each leaf) in the order of contraction; `core` has the edges that remain."""

    graph: Digraph
    parent_counts: Ids  # per node
    rounds: list[tuple[Ids, Ids]]
    core: Digraph


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
    return Contraction(graph, parent_counts, rounds, graph.with_edges(~is_contracted[graph.child]))
