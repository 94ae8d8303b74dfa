"""Walks through what is left of the graph, generation by generation. Graphs here are free of cycles."""

from collections.abc import Iterator

import numpy as np

from hublake.spark_jobs.graph.folding import Ids, Pairs, distinct


class Lists:
    """A list of numbers for each model, one after the other in one array: that of i is `items[first[i]:first[i] + length[i]]`."""

    def __init__(self, size: int, owner: Ids, items: Ids) -> None:
        order = np.argsort(owner, kind="stable")
        self.items = items[order]
        self.length = np.bincount(owner, minlength=size)
        self.first = np.cumsum(self.length) - self.length

    def of(self, models: Ids) -> tuple[Ids, Ids]:
        """(place in `models`, item) for all their items."""
        lengths = self.length[models]
        ends = np.cumsum(lengths)
        # Each list's places count up from its first: one run of 0, 1, 2 ... with a jump at each new list.
        jumps = np.repeat(self.first[models] - (ends - lengths), lengths)
        places = np.repeat(np.arange(models.size), lengths)
        return places, self.items[jumps + np.arange(jumps.size)]


def generations(pairs: Pairs) -> Iterator[Ids]:
    """The models without parents, then those whose longest way to one has one step, two steps ... Cost: each pair once."""
    children = Lists(pairs.size, pairs.parent, pairs.child)
    waiting_for = np.bincount(pairs.child, minlength=pairs.size)
    ready = np.flatnonzero(waiting_for == 0)
    while ready.size:
        yield ready
        below, ways = np.unique(children.of(ready)[1], return_counts=True)
        waiting_for[below] -= ways
        ready = below[waiting_for[below] == 0]


def reached(pairs: Pairs) -> Iterator[tuple[Ids, Ids]]:
    """(below, above) for each model and each model above it, itself included, each once and in order; one generation at a time.

    A model's list is made of those of its parents; lists of models without children are not kept. Cost: as many pairs as the
    answers have, once for each parent. On the Hub's core a model has some ten others above it.
    """
    parents = Lists(pairs.size, pairs.child, pairs.parent)
    has_children = np.bincount(pairs.parent, minlength=pairs.size) > 0
    above = Lists(pairs.size, np.empty(0, dtype=np.int64), np.empty(0, dtype=np.int64))
    for members in generations(pairs):
        place, parent = parents.of(members)
        through, further = above.of(parent)
        found = distinct(np.concatenate([place[through] * pairs.size + further, np.arange(members.size) * pairs.size + members]))
        below, reach = found // pairs.size, found % pairs.size
        yield members[below], reach
        kept = has_children[members[below]]
        lengths = np.bincount(below[kept], minlength=members.size)
        above.first[members] = above.items.size + np.cumsum(lengths) - lengths
        above.length[members] = lengths
        above.items = np.concatenate([above.items, reach[kept]])
