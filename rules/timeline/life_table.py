"""Life tables: how many were observed for how long, and how that observation ended."""

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

Counts = npt.NDArray[np.int64]
Values = npt.NDArray[np.float64]


class LifeTable(NamedTuple):
    """One row per duration, ascending. A row describes the time after the row before, up to its duration.

    `at_risk` are under observation at the duration and may have the event there, `events` have it there; events happen at durations of rows
    only. The observation of `censored` ends in the time of the row without the event, that of `entered` begins at the duration. At one
    duration, events come first, then those leave who are censored, then those enter; at the first one those who enter come first.
    """

    durations: Values
    at_risk: Counts
    events: Counts
    censored: Counts
    entered: Counts

    @property
    def remaining(self) -> Counts:
        """How many are under observation after each duration."""
        return np.cumsum(self.entered - self.events - self.censored)

    def with_events_only(self) -> "LifeTable":
        """The rows with an event, and the last one: curves, quantiles and means are the same, `censored` and `entered` are not."""
        is_kept = self.events > 0
        is_kept[-1:] = True
        durations, *counts = self
        return LifeTable(durations[is_kept], *(column[is_kept] for column in counts))

    @property
    def size(self) -> int:
        """How many were observed at all."""
        return int(self.entered.sum())


def life_table(events: Values, censored: Values, entered: Values | None = None) -> LifeTable:
    """The life table of single durations: of those with the event, and of those without it.

    `entered` are the durations at which each of them came under observation, in any order; without it all did at 0.

    >>> table = life_table(np.array([2.0, 2.0, 4.0]), np.array([1.0, 3.0]))
    >>> table.durations.tolist(), table.events.tolist(), table.at_risk.tolist()
    ([0.0, 1.0, 2.0, 3.0, 4.0], [0, 0, 2, 0, 1], [5, 5, 4, 2, 1])
    """
    begin = np.zeros(len(events) + len(censored)) if entered is None else entered
    durations = np.concatenate([events, censored, begin])
    kinds = np.repeat([0, 1, 2], [len(events), len(censored), len(begin)])
    return counted_life_table(durations, *(np.where(kinds == kind, 1, 0) for kind in range(3)))


def counted_life_table(durations: Values, events: Counts, censored: Counts, entered: Counts) -> LifeTable:
    """The life table of counts; durations may repeat, in any order.

    >>> counted_life_table(*map(np.array, ([0.0, 3.0, 3.0], [0, 1, 0], [0, 0, 1], [2, 0, 0]))).events.tolist()
    [0, 1]
    """
    distinct, place = np.unique(durations, return_inverse=True)
    sums = [np.zeros(distinct.size, dtype=np.int64) for _ in range(3)]
    for total, counts in zip(sums, (events, censored, entered), strict=True):
        np.add.at(total, place, counts)
    ended = sums[0] + sums[1]
    at_risk = np.cumsum(sums[2] - ended) + ended - sums[2]
    at_risk[:1] += sums[2][:1]
    return LifeTable(distinct, at_risk, *sums)
