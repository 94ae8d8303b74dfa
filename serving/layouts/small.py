"""Layouts that people know from graph libraries, for graphs of hundreds of nodes: circular, Kamada-Kawai, spring.

They are written here with NumPy: on 500 nodes NetworkX's Kamada-Kawai takes 40 times as long, and igraph is under the GPL.
"""

from collections.abc import Callable
from typing import Any

import numpy as np

from hublake.serving.layouts.families import GOLDEN_ANGLE
from hublake.serving.layouts.forest import depths, roots
from hublake.serving.layouts.packing import pack

Numbers = np.ndarray[Any, np.dtype[Any]]
Place = Callable[[int, Numbers, Numbers], tuple[Numbers, Numbers]]
KAMADA_KAWAI_STEPS, SPRING_STEPS = 150, 60


def circular(parent: Numbers, relation: Numbers, order: Numbers) -> tuple[Numbers, Numbers]:
    """On one circle: families one after the other, in each the generations, in these the relations. Neighbours are 1 apart.

    >>> x, y = circular(np.array([-1, 0, 0, 0]), np.zeros(4), np.arange(4))
    >>> np.round(np.hypot(x, y), 3).tolist()
    [0.707, 0.707, 0.707, 0.707]
    """
    place = np.empty(parent.size)
    place[np.lexsort((order, relation, depths(parent), roots(parent)))] = np.arange(parent.size)
    angle = 2 * np.pi * place / max(parent.size, 1)
    radius = 0.5 / np.sin(np.pi / max(parent.size, 2))
    return radius * np.cos(angle), radius * np.sin(angle)


def kamada_kawai(nodes: int, child: Numbers, parent: Numbers) -> tuple[Numbers, Numbers]:
    """Distances like the number of edges between two nodes (Kamada and Kawai 1989), by stress majorisation (Gansner et al. 2004)."""
    return _by_component(nodes, child, parent, _kamada_kawai)


def spring(nodes: int, child: Numbers, parent: Numbers) -> tuple[Numbers, Numbers]:
    """Nodes repel each other, edges draw them together (Fruchterman and Reingold 1991)."""
    return _by_component(nodes, child, parent, _spring)


def _by_component(nodes: int, child: Numbers, parent: Numbers, place: Place) -> tuple[Numbers, Numbers]:
    """Place each connected component, and pack their discs."""
    component = np.arange(nodes)
    while True:  # the smallest number along edges and jumps, until nothing changes
        before = component.copy()
        np.minimum.at(component, child, before[parent])
        np.minimum.at(component, parent, component[child])
        component = component[component]
        if np.array_equal(before, component):
            break
    x, y = np.zeros(nodes), np.zeros(nodes)
    heads, index = np.unique(component, return_inverse=True)
    radii = np.empty(heads.size)
    local = np.empty(nodes, dtype=np.int64)
    for number in range(heads.size):
        members = np.flatnonzero(index == number)
        local[members] = np.arange(members.size)
        is_inside = index[child] == number
        if members.size > 1:
            x[members], y[members] = place(members.size, local[child[is_inside]], local[parent[is_inside]])
            x[members] -= (x[members].max() + x[members].min()) / 2
            y[members] -= (y[members].max() + y[members].min()) / 2
        radii[number] = np.hypot(x[members], y[members]).max() + 0.75
    ranking = np.lexsort((heads, -radii))
    if heads.size:
        centre_x, centre_y = np.empty(heads.size), np.empty(heads.size)
        centre_x[ranking], centre_y[ranking], _ = pack(radii[ranking].tolist())
        x, y = x + centre_x[index], y + centre_y[index]
    return x, y


def _start(nodes: int) -> Numbers:
    """Positions in a sunflower: the same each time, no two alike."""
    rank = np.arange(nodes)
    at: Numbers = np.sqrt(rank + 0.5)[:, None] * np.column_stack([np.cos(rank * GOLDEN_ANGLE), np.sin(rank * GOLDEN_ANGLE)])
    return at


def _distances(nodes: int, child: Numbers, parent: Numbers) -> Numbers:
    """The number of edges on a shortest path between any two nodes of a connected graph (Floyd and Warshall)."""
    found = np.full((nodes, nodes), float(nodes))
    found[child, parent] = found[parent, child] = 1.0
    np.fill_diagonal(found, 0.0)
    for middle in range(nodes):
        np.minimum(found, found[:, middle, None] + found[middle], out=found)
    return found


def _kamada_kawai(nodes: int, child: Numbers, parent: Numbers) -> tuple[Numbers, Numbers]:
    wanted = _distances(nodes, child, parent)
    np.fill_diagonal(wanted, 1.0)
    weight = wanted**-2
    np.fill_diagonal(weight, 0.0)
    laplacian = np.diag(weight.sum(axis=1)) - weight
    solved = np.linalg.pinv(laplacian, hermitian=True)
    at = _start(nodes)
    for _ in range(KAMADA_KAWAI_STEPS):
        ratio = weight * wanted / np.maximum(_apart(at), 1e-9)
        np.fill_diagonal(ratio, 0.0)
        at = solved @ (at * ratio.sum(axis=1)[:, None] - ratio @ at)
    return at[:, 0], at[:, 1]


def _spring(nodes: int, child: Numbers, parent: Numbers) -> tuple[Numbers, Numbers]:
    at = _start(nodes)
    warmest = np.sqrt(nodes) / 2
    for step in range(SPRING_STEPS):
        push = 1 / np.maximum(_apart(at), 0.01) ** 2
        np.fill_diagonal(push, 0.0)
        force = at * push.sum(axis=1)[:, None] - push @ at
        along = at[parent] - at[child]
        pull = along * np.hypot(along[:, 0], along[:, 1])[:, None]
        np.add.at(force, child, pull)
        np.subtract.at(force, parent, pull)
        length = np.maximum(np.hypot(force[:, 0], force[:, 1]), 1e-9)
        warm = warmest * (1 - step / SPRING_STEPS)
        at = at + force * (np.minimum(length, warm) / length)[:, None]
    return at[:, 0], at[:, 1]


def _apart(at: Numbers) -> Numbers:
    """The distances of all pairs."""
    square = (at**2).sum(axis=1)
    apart: Numbers = np.sqrt(np.maximum(square[:, None] + square - 2 * at @ at.T, 0.0))
    return apart
