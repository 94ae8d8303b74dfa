"""Life tables of many groups, of which few individuals have the event: exact, from one sorted array of all."""

from typing import NamedTuple

import numpy as np

from hublake.rules.timeline.life_table import Counts, LifeTable

SECONDS_PER_DAY = 86_400


class Happened(NamedTuple):
    """The individuals with the event, in any order: seconds until it came, and for how many seconds they were observed."""

    seconds: Counts
    observed: Counts


def table_of_group(observed: Counts, happened: Happened, durations: Counts) -> LifeTable:
    """The life table in days, from the sorted seconds for which each individual of the group was observed, and those with the event.

    It has a row for each of the `durations`, distinct ascending seconds with 0 and those of all events, and for the longest observation;
    none beyond it.

    >>> observed, day = np.array([1, 2, 3, 4]) * 86_400, 86_400
    >>> table = table_of_group(observed, Happened(np.array([2 * day]), np.array([4 * day])), np.array([0, 2 * day, 9 * day]))
    >>> table.durations.tolist(), table.at_risk.tolist(), table.events.tolist(), table.censored.tolist()
    ([0.0, 2.0, 4.0], [4, 3, 0], [0, 1, 0], [0, 2, 1])
    """
    last = observed[-1:]
    within = durations[: np.searchsorted(durations, last[0], side="right")] if last.size else durations[:1]
    seconds = within if np.isin(last, within[-1:]).all() else np.concatenate([within, last])
    events = np.bincount(np.searchsorted(seconds, happened.seconds), minlength=seconds.size).astype(np.int64)
    of_events = np.sort(happened.observed)
    before, until = (np.searchsorted(observed, seconds, side) - np.searchsorted(of_events, seconds, side) for side in ("left", "right"))
    at_risk = observed.size - before - (np.cumsum(events) - events)
    entered = np.zeros(seconds.size, dtype=np.int64)
    entered[0] = observed.size
    return LifeTable(seconds / SECONDS_PER_DAY, at_risk, events, np.diff(until, prepend=0), entered)
