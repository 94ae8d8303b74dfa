"""What models bring to those above them: ranks, descendants and downloads, summed from the leaves upwards.

PageRank r solves r = t + M r, then scaled to the sum 1: t is the teleport, and M hands damping / (number of its parents)
of a child's rank to each parent. Models without parents give their rank back as the teleport falls, which scales all of r
alike, so they need no term of their own. Hence r = (1 + M + M^2 + ...) t for every teleport t: what a model has is its teleport and
what comes from below. A leaf has nothing below, so its rank is final and can be handed on at once: folding is exact.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from hublake.spark_jobs.graph.folding import Folding, Ids, compact
from hublake.spark_jobs.graph.reach import reached

Numbers = NDArray[np.float64]
DAMPING = 0.85
NOBODY = (np.empty(0, dtype=np.int64), np.empty(0, dtype=np.int64))
TOLERANCE = 1e-18  # of each rank, by which walks round a cycle are cut


@dataclass(frozen=True)
class Bearing:
    """For each model: ranks not yet scaled, distinct children, distinct models below, downloads of both."""

    pagerank: Numbers
    pagerank_by_downloads: Numbers
    dependants: Ids
    descendants: Ids
    downloads_attributed: Numbers


def bearing(folding: Folding, strong: Ids, roots: Ids, downloads: Ids, damping: float = DAMPING) -> Bearing:
    """`strong` from strong_components; `roots` counts the roots of each model, over which its downloads are split."""
    even = np.ones(folding.pairs.size)
    per_root = downloads / np.maximum(roots, 1)
    models_below, downloads_below = _from_below(folding, strong, even, per_root)
    pagerank, by_downloads = _ranks(folding, (even, downloads.astype(np.float64)), damping)
    return Bearing(
        pagerank=pagerank,
        pagerank_by_downloads=by_downloads,
        dependants=np.bincount(folding.pairs.parent, minlength=folding.pairs.size),
        descendants=np.rint(models_below).astype(np.int64) - 1,
        # Its own downloads count whole, not by the part that its roots get.
        downloads_attributed=np.maximum(downloads_below - per_root, 0) + downloads,
    )


def _ranks(folding: Folding, teleports: Sequence[Numbers], damping: float) -> list[Numbers]:
    """One for each teleport; the first must be above zero everywhere, for its walks tell where any walk goes on."""
    ranks = [teleport.copy() for teleport in teleports]
    for leaves, above in folding.waves:
        for rank in ranks:
            np.add.at(rank, above, damping * rank[leaves])
    core, names = compact(folding.core)
    child, parent, handed_on = core.child, core.parent, damping / folding.parents[names][core.child]
    walks = totals = [rank[names] for rank in ranks]
    while child.size:
        walks = [np.bincount(parent, weights=handed_on * walk[child], minlength=core.size).astype(np.float64) for walk in walks]
        totals = [total + walk for total, walk in zip(totals, walks, strict=True)]
        # Where no walk of this length ends, no longer one does: without cycles it ends when walks are longer than the longest way.
        goes_on = walks[0][child] > TOLERANCE * totals[0][child]
        child, parent, handed_on = child[goes_on], parent[goes_on], handed_on[goes_on]
    for rank, total in zip(ranks, totals, strict=True):
        rank[names] = total
    return ranks


def _from_below(folding: Folding, strong: Ids, *brought: Numbers) -> list[Numbers]:
    """For each model the sums of what it and all distinct models below it bring; models on one cycle are all below each other."""
    core, names = compact(folding.core)
    rings, place = np.unique(strong[names], return_inverse=True)
    below, above = (np.concatenate(column) for column in zip(NOBODY, *reached(core.relabelled(place, rings.size)), strict=True))
    sums = []
    for what in brought:
        total = what.copy()
        for leaves, parents in folding.waves:
            np.add.at(total, parents, total[leaves])
        by_ring = np.bincount(place, weights=total[names], minlength=rings.size)
        total[names] = np.bincount(above, weights=by_ring[below], minlength=rings.size)[place]
        sums.append(total)
    return sums
