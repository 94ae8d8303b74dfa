"""Life tables of many groups, of which few individuals have the event: exact, from counts at the seconds of all events."""

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from hublake.rules.timeline.life_table import Counts, LifeTable

SECONDS_PER_DAY = 86_400
Flags = npt.NDArray[np.bool_]


def distinct_seconds(*seconds: Counts) -> Counts:
    """Distinct seconds in ascending order; numpy.unique, which hashes integers since NumPy 2.3, takes ten times as long.

    >>> distinct_seconds(np.array([5, 0]), np.array([5, 1])).tolist()
    [0, 1, 5]
    """
    ordered = np.sort(np.concatenate(seconds))
    return ordered[np.diff(ordered, prepend=-1) > 0]


class Observed(NamedTuple):
    """The observation of a group: its size, its longest observation in seconds, and how many individuals have that one.

    `before` and `until` count, at each second of a grid, the individuals that were observed for less, and for at most so long.
    """

    size: int
    last: int
    at_last: int
    before: Counts
    until: Counts


def observed_for(seconds: Counts, places: Counts, grid: Counts) -> Observed:
    """The counts for individuals that were observed for these seconds, in any order; `places` come from `first_places`. Time: linear."""
    until = np.cumsum(np.bincount(places, minlength=grid.size)[: grid.size])
    is_at = np.append(grid, -1)[places] == seconds
    before = until - np.bincount(places[is_at], minlength=grid.size)
    last = int(seconds.max(initial=0))
    return Observed(seconds.size, last, int((seconds == last).sum()), before, until)


def first_places(seconds: Counts, grid: Counts) -> Counts:
    """The first place in the grid that is not earlier; its length where there is none."""
    return np.searchsorted(grid, seconds, "left")


class Happened(NamedTuple):
    """One kind of event, and the rows of the tables on it.

    `rows` are places in the grid, ascending: those of the seconds that every table has, marked in `is_kept`, and of all events. Of each
    individual with the event, `row` is that in which it came, `observed` for how many seconds the individual was observed; `before` and
    `until` are the first rows later than that, and not earlier.
    """

    rows: Counts
    is_kept: Flags
    row: Counts
    observed: Counts
    before: Counts
    until: Counts


def events_at(grid: Counts, always: Counts, came: Counts, observed: Counts) -> Happened:
    """The events that came at these seconds, all of which are in the grid, to individuals that were observed for so long.

    Every table has rows for the seconds of `always`, which are in the grid, too.
    """
    seconds = distinct_seconds(always, came)
    before, until = (np.searchsorted(seconds, observed, side) for side in ("right", "left"))
    rows = np.searchsorted(grid, seconds)
    return Happened(rows, np.isin(seconds, always), np.searchsorted(seconds, came), observed, before, until)


def table_of_group(grid: Counts, group: Observed, event: Happened, own: Counts, *, has_all_rows: bool = False) -> LifeTable:
    """The life table of a group in days; `own` are the numbers of its individuals with the event.

    It has a row for each of the seconds that are kept and those of its own events, or, if `has_all_rows`, of the events of all groups. It
    has one for the longest observation, and none beyond it.

    >>> day, always = 86_400, np.array([0, 9 * 86_400])
    >>> grid = distinct_seconds(always, np.array([2 * day]))
    >>> event = events_at(grid, always, np.array([2 * day]), np.array([4 * day]))
    >>> seconds = np.array([4, 1, 3, 2]) * day
    >>> table = table_of_group(grid, observed_for(seconds, first_places(seconds, grid), grid), event, np.array([0]))
    >>> table.durations.tolist(), table.at_risk.tolist(), table.events.tolist(), table.censored.tolist()
    ([0.0, 2.0, 4.0], [4, 3, 0], [0, 1, 0], [0, 2, 1])
    """
    size = event.rows.size
    events = np.bincount(event.row[own], minlength=size)
    ended_before, ended_until = (np.cumsum(np.bincount(places[own], minlength=size)[:size]) for places in (event.before, event.until))
    is_row = grid[event.rows] <= group.last
    chosen = np.flatnonzero(is_row if has_all_rows else is_row & (event.is_kept | (events > 0)))
    rows = event.rows[chosen]
    seconds, events = grid[rows], events[chosen]
    before, until = group.before[rows] - ended_before[chosen], group.until[rows] - ended_until[chosen]
    if seconds[-1] != group.last:
        left = group.at_last - int((event.observed[own] == group.last).sum())
        seconds, events = np.append(seconds, group.last), np.append(events, 0)
        before = np.append(before, group.size - own.size - left)
        until = np.append(until, group.size - own.size)
    at_risk = group.size - before - (np.cumsum(events) - events)
    entered = np.zeros(seconds.size, dtype=np.int64)
    entered[0] = group.size
    return LifeTable(seconds / SECONDS_PER_DAY, at_risk, events, np.diff(until, prepend=0), entered)
