"""The graph of lineage as a forest: each model under its main parent."""

from typing import Any

import numpy as np

Numbers = np.ndarray[Any, np.dtype[Any]]
ROOT = -1  # the parent of a root


def main_parents(nodes: int, child: Numbers, parent: Numbers, strength: Numbers, size: Numbers, order: Numbers | None = None) -> Numbers:
    """The main parent of each node, or ROOT: the parent with the strongest evidence, among these the one with the larger `size`.

    `strength` is per edge, greater is stronger. `size` and `order` are per node: how many models derive from it, and its stable rank, which
    decides the rest (default: its number). A cycle is opened at its node of largest size, which becomes a root. Loops do not count.

    >>> main_parents(4, np.array([1, 2, 3, 3]), np.array([0, 0, 1, 2]), np.array([1, 1, 1, 2]), np.array([3, 1, 1, 0])).tolist()
    [-1, 0, 0, 2]
    >>> main_parents(2, np.array([0, 1]), np.array([1, 0]), np.array([1, 1]), np.array([5, 6])).tolist()
    [1, -1]
    """
    order = np.arange(nodes) if order is None else order
    is_edge = child != parent
    child, parent, strength = child[is_edge], parent[is_edge], strength[is_edge]
    best = np.lexsort((order[parent], -size[parent], -strength, child))
    child, parent = child[best], parent[best]
    is_first = np.ones(child.size, dtype=bool)
    is_first[1:] = child[1:] != child[:-1]
    main = np.full(nodes, ROOT, dtype=np.int64)
    main[child[is_first]] = parent[is_first]
    return _without_cycles(main, size, order)


def _without_cycles(main: Numbers, size: Numbers, order: Numbers) -> Numbers:
    """Make the node of largest size on each cycle a root, by doubling the jumps towards the parents."""
    nodes = main.size
    jump = np.where(main == ROOT, nodes, main)
    jump = np.append(jump, nodes)  # roots jump to a node behind the last, and stay there
    rank = np.empty(nodes + 1, dtype=np.int64)
    rank[np.lexsort((order, -size))] = np.arange(nodes)
    rank[nodes] = nodes
    best = rank.copy()
    for _ in range(max(nodes, 1).bit_length()):
        best = np.minimum(best, best[jump])
        jump = jump[jump]
    on_cycle = np.unique(jump[:nodes])
    on_cycle = on_cycle[on_cycle < nodes]
    opened = on_cycle[best[on_cycle] == rank[on_cycle]]
    main = main.copy()
    main[opened] = ROOT
    return main


def depths(parent: Numbers) -> Numbers:
    """Steps from the root of each node; ValueError if there is a cycle.

    >>> depths(np.array([-1, 0, 1, -1])).tolist()
    [0, 1, 2, 0]
    """
    children = np.argsort(parent, kind="stable")
    starts = np.searchsorted(parent, np.arange(parent.size + 1), sorter=children)
    depth = np.full(parent.size, -1, dtype=np.int64)
    level = np.flatnonzero(parent == ROOT)
    reached, steps = 0, 0
    while level.size:
        depth[level] = steps
        reached, steps = reached + level.size, steps + 1
        level = children[ranges(starts[level], starts[level + 1])]
    if reached < parent.size:
        raise ValueError(f"{parent.size - reached:,} of {parent.size:,} nodes have no root: their main parents form a cycle")
    return depth


def ranges(starts: Numbers, ends: Numbers) -> Numbers:
    """The numbers of all ranges, one after the other.

    >>> ranges(np.array([3, 9]), np.array([5, 10])).tolist()
    [3, 4, 9]
    """
    lengths = ends - starts
    firsts = np.cumsum(lengths) - lengths
    found: Numbers = np.arange(lengths.sum()) + np.repeat(starts - firsts, lengths)
    return found


def roots(parent: Numbers) -> Numbers:
    """The root of each node.

    >>> roots(np.array([-1, 0, 1, -1])).tolist()
    [0, 0, 0, 3]
    """
    root: Numbers = np.where(parent == ROOT, np.arange(parent.size), parent)
    while not np.array_equal(further := root[root], root):
        root = further
    return root
