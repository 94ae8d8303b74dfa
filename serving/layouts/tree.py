"""The tree of one model, from the top down: its ancestors above it, below it the derivatives that matter most."""

from collections.abc import Callable, Container, Iterable
from dataclasses import dataclass
from heapq import heappop, heappush
from itertools import pairwise
from typing import Any

import numpy as np

Numbers = np.ndarray[Any, np.dtype[Any]]
WIDTH = 9  # models beside each other
ABOVE, BELOW = 6, 3  # generations

Rank = Callable[[int, int], tuple[int, float]]  # of a node at so many steps
Tree = dict[int, tuple[int, int]]  # node -> the node by which it was reached, and the steps from the focus


@dataclass(frozen=True)
class EgoTree:
    """The drawn nodes with their positions, the focus at (0, 0): x in widths of a model, level in generations, upwards.

    `derivatives` counts the direct derivatives of each drawn node, drawn or not; `edge` are the numbers of the edges between drawn nodes.
    """

    node: Numbers
    x: Numbers
    level: Numbers
    derivatives: Numbers
    edge: Numbers


def ego_tree(focus: int, child: Numbers, parent: Numbers, size: Numbers, order: Numbers, *, width: int = WIDTH) -> EgoTree:
    """Choose and place the ancestors and derivatives of a node.

    Of the ancestors up to ABOVE generations, the nearest are drawn, of the derivatives those with the largest `size`, as long as no more
    than `width` are beside each other. Siblings are in the order of `order`, for which a caller ranks by relation. Loops do not count.
    """
    is_edge = child != parent
    up, down = _Neighbours(child, parent, is_edge, order.size), _Neighbours(parent, child, is_edge, order.size)
    below = _grow(focus, down, BELOW, width, lambda node, steps: (0, -float(size[node])))
    above = _grow(focus, up, ABOVE, width, lambda node, steps: (steps, -float(size[node])), excluded=below)
    x, level = {focus: 0.0}, {focus: 0}
    for tree, sign in ((below, -1), (above, 1)):
        placed = _columns(focus, tree, order)
        x |= {node: column - placed[focus] for node, column in placed.items()}
        level |= {node: sign * steps for node, (_, steps) in tree.items()}
    _raise_ancestors(level, up, set(above))
    _spread(x, level, above)
    nodes = np.array(sorted(x, key=lambda node: (-level[node], x[node])), dtype=np.int64)
    is_drawn = np.zeros(order.size, dtype=bool)
    is_drawn[nodes] = True
    return EgoTree(
        nodes,
        np.array([x[node] for node in nodes.tolist()]),
        np.array([level[node] for node in nodes.tolist()]),
        np.array([np.unique(down.of(node)).size for node in nodes.tolist()]),
        np.flatnonzero(is_edge & is_drawn[child] & is_drawn[parent]),
    )


class _Neighbours:
    """The other ends of the edges of each node."""

    def __init__(self, start: Numbers, end: Numbers, is_edge: Numbers, nodes: int) -> None:
        number = np.flatnonzero(is_edge)
        number = number[np.argsort(start[number], kind="stable")]
        self.end = end[number]
        self.begins = np.searchsorted(start[number], np.arange(nodes + 1))

    def of(self, node: int) -> Numbers:
        return self.end[self.begins[node] : self.begins[node + 1]]


def _grow(focus: int, neighbours: _Neighbours, most_steps: int, width: int, rank: Rank, excluded: Container[int] = ()) -> Tree:
    """Reach nodes from the focus, the lowest rank first. All but the first node next to another need a further place in the width."""
    tree: Tree = {focus: (focus, 0)}
    has_next, used = set[int](), 1
    left: list[tuple[tuple[int, float], int, int, int]] = []

    def offer(node: int, steps: int) -> None:
        if steps <= most_steps:
            for other in _first(neighbours.of(node), rank, steps, width):
                if other not in tree and other not in excluded:
                    heappush(left, (rank(other, steps), other, node, steps))

    offer(focus, 1)
    while left:
        _, node, via, steps = heappop(left)
        if node in tree or (via in has_next and used == width):
            continue
        used += via in has_next
        has_next.add(via)
        tree[node] = (via, steps)
        offer(node, steps + 1)
    del tree[focus]
    return tree


def _first(nodes: Numbers, rank: Rank, steps: int, count: int) -> list[int]:
    """The nodes of lowest rank, a few more than can be drawn."""
    return sorted(set(nodes.tolist()), key=lambda node: (rank(node, steps), node))[: 2 * count]


def _columns(focus: int, tree: Tree, order: Numbers) -> dict[int, float]:
    """The column of each node: of a node without a next one a new column, else the middle of the next ones."""
    following: dict[int, list[int]] = {}
    for node, (via, _) in tree.items():
        following.setdefault(via, []).append(node)
    column: dict[int, float] = {}
    used = 0
    left = [(focus, False)]
    while left:
        node, is_done = left.pop()
        nexts = sorted(following.get(node, ()), key=lambda other: int(order[other]))
        if is_done:
            column[node] = (column[nexts[0]] + column[nexts[-1]]) / 2
        elif nexts:
            left += [(node, True), *((other, False) for other in reversed(nexts))]
        else:
            column[node] = float(used)
            used += 1
    return column


def _raise_ancestors(level: dict[int, int], up: _Neighbours, above: set[int]) -> None:
    """Put each ancestor above those that derive from it, as far as there are levels: a cycle has no such order."""
    for _ in range(ABOVE):
        for node in sorted(above, key=level.__getitem__):
            for other in up.of(node).tolist():
                if other in above and level[other] <= level[node] < ABOVE:
                    level[other] = level[node] + 1


def _spread(x: dict[int, float], level: dict[int, int], above: Iterable[int]) -> None:
    """Put ancestors that were raised to one level beside each other, around the middle that they had."""
    by_level: dict[int, list[int]] = {}
    for node in sorted(above, key=lambda node: (x[node], node)):
        by_level.setdefault(level[node], []).append(node)
    for row in by_level.values():
        middle = sum(x[node] for node in row) / len(row)
        for before, node in pairwise(row):
            x[node] = max(x[node], x[before] + 1)
        moved = sum(x[node] for node in row) / len(row) - middle
        for node in row:
            x[node] -= moved
