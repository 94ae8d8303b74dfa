"""Topological generations and the transitive closure of a directed acyclic graph."""

from collections.abc import Iterator

import numpy as np

from hublake.spark_jobs.graph.digraph import Digraph, Ids, sorted_unique


class AdjacencyLists:
    """One list of items per node, concatenated: the list of node i is `items[start[i] : start[i] + length[i]]`."""

    def __init__(self, nodes: int, owner: Ids, items: Ids) -> None:
        order = np.argsort(owner, kind="stable")
        self.items = items[order]
        self.length = np.bincount(owner, minlength=nodes)
        self.start = np.cumsum(self.length) - self.length

    def lookup(self, nodes: Ids) -> tuple[Ids, Ids]:
        """(index into `nodes`, item) for every item in the lists of these nodes."""
        lengths = self.length[nodes]
        ends = np.cumsum(lengths)
        # Positions within a list are consecutive, so all positions are one range plus an offset that is constant within each list.
        offsets = np.repeat(self.start[nodes] - (ends - lengths), lengths)
        index = np.repeat(np.arange(nodes.size), lengths)
        return index, self.items[offsets + np.arange(offsets.size)]


def topological_generations(graph: Digraph) -> Iterator[Ids]:
    """The nodes by their longest path from a root: first the nodes without parents, then those one step below, and so on.

    The layered form of Kahn 1962 (Topological sorting of large networks). Nodes on cycles and their descendants never appear.
    Cost: linear in the number of edges.
    """
    children = AdjacencyLists(graph.nodes, graph.parent, graph.child)
    unvisited_parents = np.bincount(graph.child, minlength=graph.nodes)
    generation = np.flatnonzero(unvisited_parents == 0)
    while generation.size:
        yield generation
        below, visited_parents = np.unique(children.lookup(generation)[1], return_counts=True)
        unvisited_parents[below] -= visited_parents
        generation = below[unvisited_parents[below] == 0]


def ancestor_pairs(graph: Digraph) -> Iterator[tuple[Ids, Ids]]:
    """Yield the reflexive transitive closure, one generation per step: (node, ancestor) pairs, each once and in order.

    Every node counts as its own ancestor. The ancestors of a node are the union of those of its parents; lists of nodes without
    children are not kept. Cost: the number of pairs, times the number of parents. A model in the Hub's core has about ten ancestors.
    """
    parents = AdjacencyLists(graph.nodes, graph.child, graph.parent)
    has_children = np.bincount(graph.parent, minlength=graph.nodes) > 0
    ancestors = AdjacencyLists(graph.nodes, np.empty(0, dtype=np.int64), np.empty(0, dtype=np.int64))
    for generation in topological_generations(graph):
        index, parent = parents.lookup(generation)
        via, inherited = ancestors.lookup(parent)
        keys = [index[via] * graph.nodes + inherited, np.arange(generation.size) * graph.nodes + generation]
        pairs = sorted_unique(np.concatenate(keys))
        owner, ancestor = pairs // graph.nodes, pairs % graph.nodes
        yield generation[owner], ancestor
        kept = has_children[generation[owner]]
        lengths = np.bincount(owner[kept], minlength=generation.size)
        ancestors.start[generation] = ancestors.items.size + np.cumsum(lengths) - lengths
        ancestors.length[generation] = lengths
        ancestors.items = np.concatenate([ancestors.items, ancestor[kept]])
