"""The longest path from a root to each node, and facts on all nodes of a path.

All arrays are indexed by node; nodes are numbered in the order of their names. Values are passed down one generation at a time.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from hublake.spark_jobs.graph.ancestors import topological_generations
from hublake.spark_jobs.graph.components import is_on_cycle, strong_components
from hublake.spark_jobs.graph.digraph import Digraph, Flags, Ids

NO_NODE = -1


@dataclass(frozen=True)
class LongestPaths:
    """`generation`: edges from the root; `via`: the parent on the path, -1 at its root."""

    generation: Ids
    via: Ids

    def levels(self) -> Iterator[Ids]:
        """The nodes with a parent, by generation from 1: the values of their parents are final when they are visited."""
        order = np.argsort(self.generation, kind="stable")
        bounds = np.searchsorted(self.generation[order], np.arange(1, self.generation.max(initial=0) + 2))
        yield from (order[start:end] for start, end in pairwise(bounds))

    def derived(self) -> Ids:
        """The nodes that have a path of one edge or more."""
        return np.flatnonzero(self.generation > 0)

    def unrolled(self, nodes: Ids, at_most: int) -> tuple[Ids, Ids]:
        """(offsets, nodes of all paths): offsets[i] : offsets[i + 1] is the path to nodes[i], of a longer one the last `at_most` nodes."""
        lengths = np.minimum(self.generation[nodes] + 1, at_most)
        offsets = np.concatenate([[0], np.cumsum(lengths)])
        members = np.empty(offsets[-1], dtype=np.int64)
        position, current = offsets[1:] - 1, nodes
        start = offsets[:-1]
        while current.size:
            members[position] = current
            is_left = position > start
            position, start, current = position[is_left] - 1, start[is_left], self.via[current[is_left]]
        return offsets, members


def longest_paths(graph: Digraph) -> LongestPaths:
    """The longest path to each node without edges on cycles; among equal ones over the parent with most children, then the first name.

    Cost: linear in the number of edges, plus one sort.
    """
    acyclic = graph.with_edges(~is_on_cycle(graph, strong_components(graph)))
    generation = np.full(graph.nodes, NO_NODE, dtype=np.int64)
    for steps, nodes in enumerate(topological_generations(acyclic)):
        generation[nodes] = steps
    is_longest = (generation[acyclic.child] > 0) & (generation[acyclic.parent] == generation[acyclic.child] - 1)
    child, parent = acyclic.child[is_longest], acyclic.parent[is_longest]
    children = np.bincount(graph.parent, minlength=graph.nodes)
    order = np.lexsort((parent, -children[parent], child))
    first = order[np.diff(child[order], prepend=NO_NODE) != 0]
    via = np.full(graph.nodes, NO_NODE, dtype=np.int64)
    via[child[first]] = parent[first]
    return LongestPaths(generation, via)


def any_on_path(paths: LongestPaths, is_true: Flags) -> Flags:
    """Whether the flag is true for any node of the path to each node."""
    found = is_true.copy()
    for nodes in paths.levels():
        found[nodes] |= found[paths.via[nodes]]
    return found


def highest_on_path(paths: LongestPaths, values: Ids) -> Ids:
    """The highest value of any node of the path to each node."""
    found = values.copy()
    for nodes in paths.levels():
        found[nodes] = np.maximum(found[nodes], found[paths.via[nodes]])
    return found


def first_on_path(paths: LongestPaths, is_true: Flags) -> Ids:
    """The generation of the first node of the path for which the flag is true; -1 if it is true for none."""
    found = np.where(is_true, paths.generation, NO_NODE)
    for nodes in paths.levels():
        above = found[paths.via[nodes]]
        found[nodes] = np.where(above >= 0, above, found[nodes])
    return found


def all_on_path(paths: LongestPaths, values: NDArray[np.int64]) -> Flags:
    """Whether all nodes of the path have the value of the last one."""
    same = np.ones(values.size, dtype=np.bool_)
    for nodes in paths.levels():
        above = paths.via[nodes]
        same[nodes] = same[above] & (values[nodes] == values[above])
    return same
