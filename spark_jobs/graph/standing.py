"""Where models stand: component, tops above and generation, found in the core and handed down to what was folded."""

from dataclasses import dataclass

import numpy as np

from hublake.spark_jobs.graph.folding import Folding, Ids, Pairs, compact
from hublake.spark_jobs.graph.reach import Lists, generations, reached
from hublake.spark_jobs.graph.strong import on_cycles


@dataclass(frozen=True)
class Standing:
    """`component` is the smallest number in the weak component. Model i's roots are `root[first_root[k]:first_root[k + 1]]` for
    k = `roots_of[i]`: models of one tree share theirs. `generation` is the longest way from a root; cycles are left out of both."""

    component: Ids
    generation: Ids
    roots_of: Ids
    first_root: Ids
    root: Ids

    @property
    def root_counts(self) -> Ids:
        return np.asarray(np.diff(self.first_root)[self.roots_of])


def standing(folding: Folding, strong: Ids) -> Standing:
    """Component, generation and roots of every model; a model without a pair is all its own."""
    core, names = compact(folding.core)
    upward = core.where(~on_cycles(folding.core, strong))
    component = np.arange(folding.pairs.size, dtype=np.int64)
    component[names] = names[_weak_components(core)]
    generation = np.zeros(folding.pairs.size, dtype=np.int64)
    generation[names] = _generations(upward)
    roots_of = np.arange(folding.pairs.size, dtype=np.int64)
    for leaves, above in reversed(folding.waves):
        component[leaves] = component[above]
        generation[leaves] = generation[above] + 1
        roots_of[leaves] = roots_of[above]
    counts, root = _roots(upward)
    all_counts = np.ones(folding.pairs.size, dtype=np.int64)
    all_counts[names] = counts
    first_root = np.concatenate([[0], np.cumsum(all_counts)])
    roots = np.repeat(np.arange(folding.pairs.size, dtype=np.int64), all_counts)
    is_of_core = np.zeros(folding.pairs.size, dtype=np.bool_)
    is_of_core[names] = True
    roots[is_of_core[roots]] = names[root]
    return Standing(_smallest(component), generation, roots_of, first_root, roots)


def _smallest(component: Ids) -> Ids:
    """Labels of components -> the smallest number in each."""
    lowest = np.arange(component.size, dtype=np.int64)
    np.minimum.at(lowest, component, np.arange(component.size))
    return lowest[component]


def _weak_components(pairs: Pairs) -> Ids:
    """One label for each model: every pair hooks the larger label of its ends onto the smaller, then ways to labels are cut short."""
    label = np.arange(pairs.size, dtype=np.int64)
    while True:
        child, parent = label[pairs.child], label[pairs.parent]
        is_apart = child != parent
        if not is_apart.any():
            return label
        low, high = np.minimum(child, parent)[is_apart], np.maximum(child, parent)[is_apart]
        np.minimum.at(label, high, low)
        while (label[label] != label).any():
            label = label[label]


def _generations(pairs: Pairs) -> Ids:
    """Longest way down from a top."""
    generation = np.zeros(pairs.size, dtype=np.int64)
    for steps, models in enumerate(generations(pairs)):
        generation[models] = steps
    return generation


def _roots(pairs: Pairs) -> tuple[Ids, Ids]:
    """(how many roots each model has, all roots in order of model and number)."""
    is_top = np.ones(pairs.size, dtype=np.bool_)
    is_top[pairs.child] = False
    found = [(below[is_top[above]], above[is_top[above]]) for below, above in reached(pairs)]
    lists = Lists(pairs.size, *(np.concatenate(column) for column in zip(*found, strict=True))) if found else None
    return (lists.length, lists.items) if lists else (np.empty(0, dtype=np.int64), np.empty(0, dtype=np.int64))
