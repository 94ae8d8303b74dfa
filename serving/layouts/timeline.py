"""The timeline: time from left to right, a band for each family, the largest on top.

Each model has a line of its own. In a band, the branches follow one another, the oldest on top, and in a branch the relations; the models
of one relation are spread evenly, so that a burst is dense. Models from before the Hub recorded the time, and those without one, fill a
strip on the left.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np

from hublake.serving.layouts.forest import ROOT, roots

Numbers = np.ndarray[Any, np.dtype[Any]]
STRIP = 0.06  # part of the width
GAP = 0.02  # between the strip and the first day
BAND_GAP = 0.15  # part of the height that is between the bands, spread evenly over at most MAX_GAPS
MAX_GAPS = 50
GOLDEN_RATIO = (5**0.5 - 1) / 2


@dataclass(frozen=True)
class Timeline:
    """Positions between -1 and 1 by node, y upwards; and the bands of the families from the top down.

    `first_day` and `last_day` are at `first_x` and 1. `family` is the number of each node's family; `root`, `top`, `bottom` and `members`
    have one value per family.
    """

    x: Numbers
    y: Numbers
    family: Numbers
    root: Numbers
    top: Numbers
    bottom: Numbers
    members: Numbers
    first_day: float
    last_day: float
    first_x: float

    def x_of(self, days: Numbers) -> Numbers:
        """The positions of days, in the unit of `created`."""
        return self.first_x + (days - self.first_day) / (self.last_day - self.first_day) * (1 - self.first_x)


def timeline(parent: Numbers, relation: Numbers, created: Numbers, order: Numbers | None = None) -> Timeline:
    """Place the nodes of a forest. `created` is a day as a number, NaN where it is unknown or the Hub's floor; the others as in
    `families_map`.
    """
    order = np.arange(parent.size) if order is None else order
    family_roots = np.flatnonzero(parent == ROOT)
    root = roots(parent)
    members = np.bincount(root, minlength=parent.size)[family_roots]
    ranking = np.lexsort((order[family_roots], -members))
    family_roots, members = family_roots[ranking], members[ranking]
    number = np.empty(parent.size, dtype=np.int64)
    number[family_roots] = np.arange(family_roots.size)
    family = number[root]
    branch = _branches(parent, created, order)
    undated = np.isnan(created)
    is_root = parent == ROOT
    by_line = _spread(np.lexsort((order, created, relation, ~is_root, branch, family)), family, branch, np.where(is_root, -1, relation))
    line = np.empty(parent.size, dtype=np.int64)
    line[by_line] = np.arange(parent.size)
    gaps = np.minimum(np.arange(family_roots.size), MAX_GAPS)
    gap = BAND_GAP * parent.size / max(int(gaps.max(initial=0)), 1)
    height = max(parent.size + gap * gaps.max(initial=0), 1)
    first_line = np.cumsum(members) - members + gap * gaps
    y = 1 - 2 * (line + gap * gaps[family] + 0.5) / height if parent.size else np.zeros(0)
    dated = created[~undated]
    first_day, last_day = (float(dated.min()), float(dated.max())) if dated.size else (0.0, 1.0)
    last_day = max(last_day, first_day + 1)
    first_x = -1 + 2 * (STRIP + GAP)
    x = first_x + (created - first_day) / (last_day - first_day) * (1 - first_x)
    x[undated] = -1 + 2 * STRIP * (np.arange(undated.sum()) * GOLDEN_RATIO % 1)  # spread evenly, without a pattern
    top, bottom = 1 - 2 * first_line / height, 1 - 2 * (first_line + members) / height
    return Timeline(np.minimum(x, 1.0), y, family, family_roots, top, bottom, members, first_day, last_day, first_x)


def _spread(ranking: Numbers, *groups: Numbers) -> Numbers:
    """The ranking with the nodes of each group in an order that puts followers far apart."""
    if not ranking.size:
        return ranking
    is_new = np.ones(ranking.size, dtype=bool)
    is_new[1:] = np.any([group[ranking[1:]] != group[ranking[:-1]] for group in groups], axis=0)
    number = np.cumsum(is_new) - 1
    rank = np.arange(ranking.size) - np.flatnonzero(is_new)[number]
    return ranking[np.lexsort((rank * GOLDEN_RATIO % 1, number))]


def _branches(parent: Numbers, created: Numbers, order: Numbers) -> Numbers:
    """The rank of each node's branch: 0 of a root and its leaves, then its other children with their descendants, the oldest first."""
    has_parent = parent != ROOT
    is_inner = np.zeros(parent.size, dtype=bool)
    is_inner[parent[has_parent]] = True
    is_child_of_root = has_parent & (parent[parent] == ROOT)
    heads = np.flatnonzero(is_child_of_root & is_inner)
    rank = np.zeros(parent.size, dtype=np.int64)
    rank[heads[np.lexsort((order[heads], created[heads]))]] = np.arange(1, heads.size + 1)
    cut = np.where(is_child_of_root, ROOT, parent)
    return rank[roots(cut)]
