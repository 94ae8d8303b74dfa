"""Which models derive from one another: strong components, and the pairs on cycles."""

import numpy as np

from hublake.spark_jobs.graph.folding import Flags, Folding, Ids, Pairs, compact


def strong_components(folding: Folding) -> Ids:
    """For each model the smallest number in its strong component, its own where it is on no cycle."""
    label = np.arange(folding.pairs.size, dtype=np.int64)
    rings, names = compact(_trimmed(folding.core))
    label[names] = names[_tarjan(rings)]
    return label


def on_cycles(pairs: Pairs, strong: Ids) -> Flags:
    """Which pairs lie on a cycle: those whose ends are in one strong component."""
    return np.asarray(strong[pairs.child] == strong[pairs.parent])


def _trimmed(pairs: Pairs) -> Pairs:
    """Without the pairs at the ends, round after round: what is left are cycles and what lies between them."""
    while True:
        has_child = np.zeros(pairs.size, dtype=np.bool_)
        has_parent = np.zeros(pairs.size, dtype=np.bool_)
        has_child[pairs.parent] = True
        has_parent[pairs.child] = True
        kept = has_child[pairs.child] & has_parent[pairs.parent]
        if kept.all():
            return pairs
        pairs = pairs.where(kept)


def _tarjan(pairs: Pairs) -> Ids:
    """Tarjan 1972 without recursion: for each model the smallest number of its strong component. Cost: linear."""
    order = np.argsort(pairs.child, kind="stable")
    above = pairs.parent[order].tolist()
    first = np.searchsorted(pairs.child[order], np.arange(pairs.size + 1)).tolist()
    seen_at = [0] * pairs.size  # 0: not yet
    lowest = [0] * pairs.size
    is_open = [False] * pairs.size
    label = np.arange(pairs.size, dtype=np.int64)
    opened: list[int] = []
    clock = 0
    for start in range(pairs.size):
        way = [] if seen_at[start] else [(start, first[start])]
        while way:
            model, place = way.pop()
            if place == first[model]:
                clock += 1
                seen_at[model] = lowest[model] = clock
                is_open[model] = True
                opened.append(model)
            else:
                lowest[model] = min(lowest[model], lowest[above[place - 1]])
            while place < first[model + 1] and seen_at[above[place]]:
                if is_open[above[place]]:
                    lowest[model] = min(lowest[model], seen_at[above[place]])
                place += 1
            if place < first[model + 1]:
                way += [(model, place + 1), (above[place], first[above[place]])]
            elif lowest[model] == seen_at[model]:
                members = _popped_down_to(model, opened)
                label[members] = min(members)
                for member in members:
                    is_open[member] = False
    return label


def _popped_down_to(last: int, stack: list[int]) -> list[int]:
    popped = [stack.pop()]
    while popped[-1] != last:
        popped.append(stack.pop())
    return popped
