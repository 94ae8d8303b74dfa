"""What each model accumulates from the models that derive from it: PageRank, descendants and attributed downloads.

PageRank (Brin and Page 1998) without normalisation is the solution r of r = t + M r. t is the teleport vector, and M passes
damping / (number of parents) of each child's rank to each of its parents. Models without parents return their rank through the
teleport. That scales all of r by one factor, so it needs no term here; the caller scales r to the sum 1.

The solution is the Neumann series r = (1 + M + M^2 + ...) t: the rank of a model is its own teleport plus what arrives over walks from
its descendants. A leaf receives nothing, so its rank is final and can be passed on at once: leaf contraction is exact.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Self

import numpy as np
from numpy.typing import NDArray

from hublake.spark_jobs.graph.ancestors import ancestor_pairs
from hublake.spark_jobs.graph.digraph import Ids
from hublake.spark_jobs.graph.leaf_contraction import Contraction

Numbers = NDArray[np.float64]
DAMPING = 0.85
TOLERANCE = 1e-18  # relative to each rank; below it, the contribution of longer walks around a cycle is dropped
NO_PAIRS = (np.empty(0, dtype=np.int64), np.empty(0, dtype=np.int64))


@dataclass(frozen=True)
class Brought:
    """What each node brings: its own teleports, model and downloads, and those of the leaves that were contracted into it before."""

    pagerank: Numbers
    pagerank_by_downloads: Numbers
    models: Ids
    downloads: Ids
    own_downloads: Ids

    @classmethod
    def by_models(cls, downloads: Ids) -> Self:
        """Each node is one model."""
        ones = np.ones(downloads.size, dtype=np.int64)
        return cls(ones.astype(np.float64), downloads.astype(np.float64), ones, downloads, downloads)


@dataclass(frozen=True)
class ImpactSums:
    """Per node. Ranks are not normalised; `dependants` counts children, `descendants` all distinct models below."""

    pagerank: Numbers
    pagerank_by_downloads: Numbers
    dependants: Ids
    descendants: Ids
    downloads_attributed: Numbers


def impact_sums(contraction: Contraction, root_counts: Ids, brought: Brought, damping: float = DAMPING) -> ImpactSums:
    """Compute all sums. The downloads of a model are split evenly over its roots, whose number is in `root_counts`."""
    roots = np.maximum(root_counts, 1)
    own_per_root = brought.own_downloads / roots
    node_sums, download_sums = _descendant_sums(contraction, brought.models.astype(np.float64), brought.downloads / roots)
    pagerank, pagerank_by_downloads = solve_ranks(contraction, (brought.pagerank, brought.pagerank_by_downloads), damping)
    return ImpactSums(
        pagerank=pagerank,
        pagerank_by_downloads=pagerank_by_downloads,
        dependants=np.bincount(contraction.graph.parent, minlength=contraction.graph.nodes),
        descendants=np.rint(node_sums).astype(np.int64) - 1,
        # A model's own downloads count in full, not only the part per root.
        downloads_attributed=np.maximum(download_sums - own_per_root, 0) + brought.own_downloads,
    )


def solve_ranks(contraction: Contraction, teleports: Sequence[Numbers], damping: float) -> list[Numbers]:
    """One rank vector per teleport vector. The first teleport must be positive everywhere: it decides when walks are cut off."""
    ranks = [teleport.copy() for teleport in teleports]
    for leaves, parents in contraction.rounds:
        for rank in ranks:
            np.add.at(rank, parents, damping * rank[leaves])
    core, core_nodes = contraction.core, contraction.core_nodes
    child, parent = core.child, core.parent
    weight = damping / contraction.parent_counts[core_nodes][child]
    walks = totals = [rank[core_nodes] for rank in ranks]
    while child.size:
        walks = [np.bincount(parent, weights=weight * walk[child], minlength=core.nodes).astype(np.float64) for walk in walks]
        totals = [total + walk for total, walk in zip(totals, walks, strict=True)]
        # Where no walk of this length ends, no longer walk ends either: without its first edge it would be one of this length. In an
        # acyclic core the loop therefore stops after the longest path.
        is_active = walks[0][child] > TOLERANCE * totals[0][child]
        child, parent, weight = child[is_active], parent[is_active], weight[is_active]
    for rank, total in zip(ranks, totals, strict=True):
        rank[core_nodes] = total
    return ranks


def _descendant_sums(contraction: Contraction, *values: Numbers) -> list[Numbers]:
    """For each array of values: the sum over each node and all its distinct descendants.

    Nodes on one cycle are descendants of one another, so the core is condensed to one node per strongly connected component.
    """
    core_nodes = contraction.core_nodes
    components, component = np.unique(contraction.core_components, return_inverse=True)
    closure = ancestor_pairs(contraction.core.quotient(component, components.size))
    descendant, ancestor = (np.concatenate(column) for column in zip(NO_PAIRS, *closure, strict=True))
    sums = []
    for own in values:
        total = own.copy()
        for leaves, parents in contraction.rounds:
            np.add.at(total, parents, total[leaves])
        by_component = np.bincount(component, weights=total[core_nodes], minlength=components.size)
        total[core_nodes] = np.bincount(ancestor, weights=by_component[descendant], minlength=components.size)[component]
        sums.append(total)
    return sums
