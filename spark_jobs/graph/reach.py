"""Which labels reach which nodes: a label starts at some nodes and passes to all their descendants."""

from dataclasses import dataclass

import numpy as np

from hublake.spark_jobs.graph.ancestors import AdjacencyLists
from hublake.spark_jobs.graph.digraph import Digraph, Ids, sorted_unique


@dataclass(frozen=True)
class Reach:
    """Pairs of a label and a node that it reaches, each once. `via`: the edge over which it gets there, -1 at a start."""

    label: Ids
    node: Ids
    via: Ids


def reach(graph: Digraph, labels: int, label: Ids, node: Ids, at_most: int | None = None) -> Reach:
    """All pairs, starting from the given ones; cycles end at a node that was reached before. `at_most`: edges from a start to a node.

    `via` is the edge, an index into graph.child, over which a shortest path enters the node; the lowest index among equal ones.
    Cost: the number of pairs, times the number of parents of a node. One round per generation; each round sorts its new pairs only.
    """
    children = AdjacencyLists(graph.nodes, graph.parent, np.arange(graph.child.size))
    key = sorted_unique(node * labels + label)
    reached, parts = [key], [(key, np.full(key.size, -1, dtype=np.int64))]
    while key.size and (at_most is None or len(parts) <= at_most):
        index, edge = children.lookup(key // labels)
        candidate = graph.child[edge] * labels + key[index] % labels
        order = np.lexsort((edge, candidate))
        is_first = np.diff(candidate[order], prepend=-1) != 0
        key, via = candidate[order][is_first], edge[order][is_first]
        is_new = ~_contains(reached, key)
        key, via = key[is_new], via[is_new]
        parts.append((key, via))
        reached = _merge(reached, key)
    keys, vias = (np.concatenate(column) for column in zip(*parts, strict=True))
    return Reach(keys % labels, keys // labels, vias)


def _contains(sorted_parts: list[Ids], keys: Ids) -> np.ndarray:
    found = np.zeros(keys.size, dtype=np.bool_)
    for part in sorted_parts:
        if part.size:
            position = np.minimum(np.searchsorted(part, keys), part.size - 1)
            found |= part[position] == keys
    return found


def _merge(sorted_parts: list[Ids], keys: Ids) -> list[Ids]:
    """The parts with the new keys; a part is merged with the one before it as soon as it is half as long: few parts, little sorting."""
    parts = [*sorted_parts, keys]
    while len(parts) > 1 and 2 * parts[-1].size >= parts[-2].size:
        last = parts.pop()
        parts[-1] = np.sort(np.concatenate([parts[-1], last]), kind="stable")
    return parts
