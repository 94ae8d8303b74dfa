"""The derivation graph in arrays, with all that hangs on one parent folded away.

Models are numbers 0 .. size-1, so a graph of E pairs is two arrays of E whole numbers. A leaf with one parent has its parent's
family and gives all it brings to that parent: it can be folded away without an error, and then its parent may be such a leaf in
turn. Each wave takes all leaves there are. What no wave takes is the core: models with several parents, cycles, and what is
above them. Of the Hub of July 2024 that is one pair in ten, so only there the work goes round and round.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Ids = NDArray[np.int64]
Flags = NDArray[np.bool_]


@dataclass(frozen=True)
class Pairs:
    """Distinct pairs without self loops; `child[i]` derives from `parent[i]`."""

    size: int
    child: Ids
    parent: Ids

    def where(self, kept: Flags) -> "Pairs":
        return Pairs(self.size, self.child[kept], self.parent[kept])

    def relabelled(self, label: Ids, size: int) -> "Pairs":
        """The graph in which models of one label are one."""
        return distinct_pairs(size, label[self.child], label[self.parent])


@dataclass(frozen=True)
class Folding:
    """`waves` holds (leaves, the parent of each) in the order in which they fold; `core` the pairs that are left."""

    pairs: Pairs
    parents: Ids  # number of parents of each model
    waves: list[tuple[Ids, Ids]]
    core: Pairs


def distinct_pairs(size: int, child: Ids, parent: Ids) -> Pairs:
    """Each pair once, self loops left out."""
    is_pair = child != parent
    keys = distinct(child[is_pair] * size + parent[is_pair])
    return Pairs(size, keys // max(size, 1), keys % max(size, 1))


def distinct(values: Ids) -> Ids:
    """Each value once, in order: what numpy.unique answers, which from 2.3 on takes ten times as long on whole numbers."""
    ordered = np.sort(values)
    return ordered[np.concatenate([[True], ordered[1:] != ordered[:-1]])] if ordered.size else ordered


def fold(pairs: Pairs) -> Folding:
    """Fold leaves of one parent until there is none. Cost: each pair is looked at once, whatever the depth."""
    parents = np.bincount(pairs.child, minlength=pairs.size)
    children = np.bincount(pairs.parent, minlength=pairs.size)
    only_parent = np.zeros(pairs.size, dtype=np.int64)
    only_parent[pairs.child] = pairs.parent
    is_folded = np.zeros(pairs.size, dtype=np.bool_)
    waves = []
    leaves = np.flatnonzero((children == 0) & (parents == 1))
    while leaves.size:
        above = only_parent[leaves]
        waves.append((leaves, above))
        is_folded[leaves] = True
        bereft, lost = np.unique(above, return_counts=True)
        children[bereft] -= lost
        leaves = bereft[(children[bereft] == 0) & (parents[bereft] == 1)]
    return Folding(pairs, parents, waves, pairs.where(~is_folded[pairs.child]))


def compact(pairs: Pairs) -> tuple[Pairs, Ids]:
    """The same pairs among the models that are in one, numbered anew; the second answer tells their old numbers."""
    kept = distinct(np.concatenate([pairs.child, pairs.parent]))
    return Pairs(kept.size, np.searchsorted(kept, pairs.child), np.searchsorted(kept, pairs.parent)), kept
