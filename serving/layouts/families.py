"""The map of families: each family a disc, in it each model amid its derivatives.

Leaves surround their parent in a sunflower, ordered by relation, so that rings show the shares of the relations. A derivative that has
derivatives itself is the centre of a smaller disc outside of that sunflower, and so on; families are packed by size. No two models are
closer than 1, and the nearest neighbour of a model is of its own family. Radii are rounded up to steps of 4 %, and discs of one
step are in stable order, so the same families are in about the same places in the next snapshot.
"""

from dataclasses import dataclass, replace
from functools import lru_cache
from itertools import pairwise
from typing import Any

import numpy as np

from hublake.serving.layouts.forest import ROOT, depths, roots
from hublake.serving.layouts.packing import pack

Numbers = np.ndarray[Any, np.dtype[Any]]
GOLDEN_ANGLE = np.pi * (3 - 5**0.5)
MARGIN = 0.501  # from a model to the edge of its disc: two discs that touch keep their models 1 apart
# Sunflower: leaf i is at SPACING * sqrt(i + INNER). With these, no two are closer than 1 and none is farther than NEAR from its nearest.
SPACING, INNER, NEAR = 0.606, 3.0, 1.38
STEPS_PER_DOUBLING = 16  # radii are rounded up to powers of 2 ** (1/16)
GROUP_GAP = 2  # steps between the disc of several families and those of other groups
MAX_DEPTH = 6  # deeper models are placed in the disc of their ancestor in this generation: a chain would be a disc of its length


@dataclass(frozen=True)
class FamiliesMap:
    """Positions by node, and the discs of the families by descending radius.

    `radius` is the distance from a node to the edge of the part of the map that it and its leaves fill. `root`, `family_x`, `family_y`,
    `family_radius` and `members` have one value per family; `family` is the number of each node's family.
    """

    x: Numbers
    y: Numbers
    radius: Numbers
    family: Numbers
    root: Numbers
    family_x: Numbers
    family_y: Numbers
    family_radius: Numbers
    members: Numbers

    @property
    def extent(self) -> float:
        """Half the side of the square around (0, 0) that has everything."""
        return float((np.hypot(self.family_x, self.family_y) + self.family_radius).max(initial=1.0))


def families_map(parent: Numbers, relation: Numbers, order: Numbers | None = None, *, power: float = 1.0) -> FamiliesMap:
    """Place the nodes of a forest.

    `parent` is the number of a node's main parent, or ROOT (forest.main_parents); `relation` the code of the relation to it; `order` a rank
    that is the same in each snapshot, such as that of the id. With `power` below 1, the area of a family grows with that power of its
    members: smaller families are spread. Raises ValueError if there is a cycle.
    """
    order = np.arange(parent.size) if order is None else order
    forest = _Forest(_bounded(parent), relation, order)
    root = roots(parent)
    discs = forest.pack_discs()
    x, y, nearest = forest.place(discs)
    family_of = np.full(parent.size, ROOT, dtype=np.int64)
    family_roots = np.flatnonzero(parent == ROOT)
    family_of[family_roots] = np.arange(family_roots.size)
    family = family_of[root]
    members = np.bincount(family, minlength=family_roots.size)
    scale = (members.max(initial=1) / np.maximum(members, 1)) ** ((1 - power) / 2)
    x, y, nearest = x * scale[family], y * scale[family], nearest * scale[family]
    # Between a model and a stranger is at least what is left to the edges of both families: more than to its nearest.
    reach = np.hypot(x, y) + np.maximum(MARGIN, nearest - MARGIN + 0.01)
    radii = np.zeros(family_roots.size)
    np.maximum.at(radii, family, reach)
    steps = _steps(radii)
    ranking = np.lexsort((order[family_roots], -steps))
    family_x, family_y = np.zeros(ranking.size), np.zeros(ranking.size)
    if ranking.size:
        family_x[ranking], family_y[ranking], _ = pack(_of_steps(steps[ranking]).tolist())
    number = np.empty_like(ranking)
    number[ranking] = np.arange(ranking.size)
    return FamiliesMap(
        x + family_x[family],
        y + family_y[family],
        forest.core * scale[family],
        number[family],
        family_roots[ranking],
        family_x[ranking],
        family_y[ranking],
        radii[ranking],
        members[ranking],
    )


@dataclass(frozen=True)
class Groups:
    """The discs of groups of families, by descending radius: the number of the group, its disc, and its members, which are models."""

    number: Numbers
    x: Numbers
    y: Numbers
    radius: Numbers
    members: Numbers


def grouped(discs: FamiliesMap, group: Numbers, order: Numbers) -> tuple[FamiliesMap, Groups]:
    """The map with the families of a group beside each other, in a disc of their own; the discs of groups are packed by size.

    `group` has a number per family, `order` a rank of its root that is the same in each snapshot.
    """
    steps = _steps(discs.family_radius)
    x, y = np.zeros(group.size), np.zeros(group.size)
    ranking = np.lexsort((order, -steps, group))
    numbers, starts = np.unique(group[ranking], return_index=True)
    around = np.zeros(numbers.size, dtype=np.int64)
    for place, members in enumerate(np.split(ranking, starts[1:]) if numbers.size else []):
        x[members], y[members], step = _packed(tuple(steps[members].tolist()))
        around[place] = step + GROUP_GAP * (members.size > 1)
    by_size = np.lexsort((numbers, -around))
    group_x, group_y = np.zeros(numbers.size), np.zeros(numbers.size)
    if numbers.size:
        group_x[by_size], group_y[by_size], _ = pack(_of_steps(around[by_size]).tolist())
    place_of = np.searchsorted(numbers, group)
    x, y = x + group_x[place_of], y + group_y[place_of]
    moved = replace(
        discs,
        x=discs.x + (x - discs.family_x)[discs.family],
        y=discs.y + (y - discs.family_y)[discs.family],
        family_x=x,
        family_y=y,
    )
    members_of = np.bincount(place_of, weights=discs.members, minlength=numbers.size).astype(np.int64)
    radius = _of_steps(around - GROUP_GAP * (np.bincount(place_of, minlength=numbers.size) > 1))
    return moved, Groups(numbers[by_size], group_x[by_size], group_y[by_size], radius[by_size], members_of[by_size])


def quantised(x: Numbers, y: Numbers, extent: float) -> Numbers:
    """x and y interleaved, from -extent to extent, as 16-bit numbers.

    >>> quantised(np.array([-2.0, 2.0]), np.array([0.0, 1.0]), 2.0).tolist()
    [0, 32768, 65535, 49151]
    """
    both = np.empty(2 * x.size, dtype=np.uint16)
    both[0::2] = np.rint((x + extent) / (2 * extent) * 65535)
    both[1::2] = np.rint((y + extent) / (2 * extent) * 65535)
    return both


def _bounded(parent: Numbers) -> Numbers:
    """The forest with nodes beyond MAX_DEPTH directly under their ancestor at that depth."""
    depth = depths(parent)
    deepest = int(depth.max(initial=0))
    if deepest <= MAX_DEPTH:
        return parent
    bounded = parent.copy()
    by_depth = np.argsort(depth, kind="stable")
    starts = np.searchsorted(depth[by_depth], np.arange(MAX_DEPTH + 2, deepest + 2))
    for begin, end in pairwise(starts.tolist()):
        level = by_depth[begin:end]
        bounded[level] = bounded[parent[level]]
    return bounded


def _steps(radii: Numbers) -> Numbers:
    """Number of the smallest power of 2 ** (1 / STEPS_PER_DOUBLING) that is not below."""
    return np.ceil(np.log2(radii) * STEPS_PER_DOUBLING - 1e-9).astype(np.int64)


def _of_steps(steps: Numbers) -> Numbers:
    radii: Numbers = np.exp2(steps / STEPS_PER_DOUBLING)
    return radii


@lru_cache(maxsize=200_000)
def _packed(steps: tuple[int, ...]) -> tuple[Numbers, Numbers, int]:
    """The discs of these steps around the first, and the step of the circle around all."""
    x, y, radius = pack(_of_steps(np.array(steps)).tolist())
    return x, y, int(_steps(np.array([radius]))[0])


class _Forest:
    """Leaves and inner nodes (roots, and nodes with children) by parent."""

    def __init__(self, parent: Numbers, relation: Numbers, order: Numbers) -> None:
        self.parent, self.order, self.depth = parent, order, depths(parent)
        has_parent = parent != ROOT
        has_children = np.zeros(parent.size, dtype=bool)
        has_children[parent[has_parent]] = True
        self.leaves = np.flatnonzero(has_parent & ~has_children)
        self.leaves = self.leaves[np.lexsort((order[self.leaves], relation[self.leaves], parent[self.leaves]))]
        self.inner = np.flatnonzero(has_children | ~has_parent)
        self.leaf_count = np.bincount(parent[self.leaves], minlength=parent.size)
        self.core = np.full(parent.size, MARGIN)
        has_leaves = self.leaf_count > 0
        self.core[has_leaves] += SPACING * np.sqrt(self.leaf_count[has_leaves] - 1 + INNER)

    def pack_discs(self) -> "_Discs":
        """Pack the discs of the inner nodes, children before parents."""
        discs = _Discs(self.parent.size)
        cores = _steps(self.core)
        discs.step[self.inner] = cores[self.inner]
        subs = self.inner[self.parent[self.inner] != ROOT]
        for depth in range(int(self.depth[subs].max(initial=0)), 0, -1):
            level = subs[self.depth[subs] == depth]
            level = level[np.lexsort((self.order[level], -discs.step[level], self.parent[level]))]
            parents, starts = np.unique(self.parent[level], return_index=True)
            steps = discs.step[level].tolist()
            for parent, core, begin, end in zip(
                parents.tolist(), cores[parents].tolist(), starts.tolist(), [*starts[1:].tolist(), level.size], strict=True
            ):
                x, y, around = _packed((core, *steps[begin:end]))
                discs.step[parent] = around
                discs.core_x[parent], discs.core_y[parent] = x[0], y[0]
                discs.x[level[begin:end]], discs.y[level[begin:end]] = x[1:] - x[0], y[1:] - y[0]
        return discs

    def place(self, discs: "_Discs") -> tuple[Numbers, Numbers, Numbers]:
        """(x, y, distance within which the nearest other member is) of each node, with the centre of its family's disc at (0, 0).

        The disc of a sub-family is turned so that its first model is next to the parent.
        """
        x, y, turn = np.zeros(self.parent.size), np.zeros(self.parent.size), np.zeros(self.parent.size)
        nearest = np.full(self.parent.size, np.inf)
        top = self.inner[self.parent[self.inner] == ROOT]
        x[top], y[top] = discs.core_x[top], discs.core_y[top]
        subs = self.inner[self.parent[self.inner] != ROOT]
        for depth in range(1, int(self.depth[subs].max(initial=0)) + 1):
            level = subs[self.depth[subs] == depth]
            parent = self.parent[level]
            direction = np.arctan2(discs.y[level], discs.x[level]) + turn[parent]
            distance = np.hypot(discs.x[level], discs.y[level]) - np.hypot(discs.core_x[level], discs.core_y[level])
            x[level], y[level] = x[parent] + distance * np.cos(direction), y[parent] + distance * np.sin(direction)
            turn[level] = direction - np.arctan2(-discs.core_y[level], -discs.core_x[level])
            nearest[level] = np.minimum(nearest[level], distance)
            np.minimum.at(nearest, parent, distance)
        parent = self.parent[self.leaves]
        firsts = np.cumsum(self.leaf_count) - self.leaf_count
        rank = np.arange(self.leaves.size) - firsts[parent]
        distance = SPACING * np.sqrt(rank + INNER)
        x[self.leaves] = x[parent] + distance * np.cos(rank * GOLDEN_ANGLE)
        y[self.leaves] = y[parent] + distance * np.sin(rank * GOLDEN_ANGLE)
        nearest[self.leaves] = np.minimum(distance, NEAR)
        nearest[parent] = np.minimum(nearest[parent], SPACING * np.sqrt(INNER))
        nearest[np.isinf(nearest)] = 0  # alone in its family
        return x, y, nearest


class _Discs:
    """Discs of inner nodes: step of the radius, centre from the parent, and where in the disc the node is."""

    def __init__(self, nodes: int) -> None:
        self.step = np.zeros(nodes, dtype=np.int64)
        self.x, self.y, self.core_x, self.core_y = (np.zeros(nodes) for _ in range(4))
