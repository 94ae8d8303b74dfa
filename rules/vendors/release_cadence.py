"""How often releases follow each other, from their days."""

from collections.abc import Iterable, Sequence
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

YEAR_DAYS = 365
# Repositories are created before the public release, language models 1 to 36 days before (43 corrections of the ATOM project, 2026). Models
# of one series that were created up to this long before a curated day of one of them were released with it.
WITHHELD_DAYS = 45
Day = int  # days since 1970-01-01
Numbers = npt.NDArray[np.int64]
Values = npt.NDArray[np.float64]


class Cadence(NamedTuple):
    """Figures of the times between consecutive releases; null if there is only one release."""

    releases: int
    median_days_between: float | None
    iqr_days_between: float | None
    longest_days_between: int | None
    releases_12m: int
    is_dormant: bool


def release_day(created: Day | None, public: Day | None, public_in_series: Iterable[Day]) -> Day | None:
    """The day of release: the model's own curated day, else the first one of its series before which it was withheld, else its creation.

    >>> release_day(100, None, [90, 130]), release_day(100, None, [90]), release_day(None, None, [130])
    (130, 100, None)
    """
    if public is not None or created is None:
        return public
    return min((day for day in public_in_series if 0 <= day - created <= WITHHELD_DAYS), default=created)


class Cadences(NamedTuple):
    """The figures of Cadence for many vendors, one value for each; those of the times between releases are NaN if there is only one."""

    releases: Numbers
    median_days_between: Values
    iqr_days_between: Values
    longest_days_between: Values
    releases_12m: Numbers
    is_dormant: npt.NDArray[np.bool_]


def release_cadence(days: Sequence[Day], today: Day) -> Cadence:
    """`release_cadences` of a single vendor.

    >>> release_cadence([0, 10, 40], today=50)
    Cadence(releases=3, median_days_between=20.0, iqr_days_between=10.0, longest_days_between=30, releases_12m=3, is_dormant=False)
    """
    found = release_cadences(np.zeros(len(days), np.int64), np.array(days, np.int64), 1, today)
    of_times = (found.median_days_between, found.iqr_days_between, found.longest_days_between)
    median, iqr, longest = (None if np.isnan(values[0]) else float(values[0]) for values in of_times)
    return Cadence(
        int(found.releases[0]),
        median,
        iqr,
        None if longest is None else int(longest),
        int(found.releases_12m[0]),
        bool(found.is_dormant[0]),
    )


def release_cadences(vendor: Numbers, days: Numbers, vendors: int, today: Day) -> Cadences:
    """The cadence of each vendor, from the number of the vendor and the day of each release, in any order.

    Two releases on one day have no time between them. A vendor is dormant if its last release is more than twice its longest time between
    releases ago. With releases on a single day nothing is known about its rhythm, so it is not. Time: n log n.
    """
    order = np.lexsort((days, vendor))
    vendor, days = vendor[order], days[order]
    is_same = vendor[1:] == vendor[:-1]
    between, owner = np.diff(days)[is_same], vendor[1:][is_same]
    between = between[np.lexsort((between, owner))]
    counts = np.bincount(owner, minlength=vendors)
    begin = np.cumsum(counts) - counts
    longest = quantiles(between, begin, counts, 1.0)
    is_recent = (today - YEAR_DAYS < days) & (days <= today)
    last = np.full(vendors, today)
    last[vendor] = days  # of several values, the last one stays
    return Cadences(
        releases=np.bincount(vendor, minlength=vendors),
        median_days_between=quantiles(between, begin, counts, 0.5),
        iqr_days_between=quantiles(between, begin, counts, 0.75) - quantiles(between, begin, counts, 0.25),
        longest_days_between=longest,
        releases_12m=np.bincount(vendor[is_recent], minlength=vendors),
        is_dormant=(longest > 0) & (today - last > 2 * longest),
    )


def quantiles(ordered: Numbers, begin: Numbers, counts: Numbers, share: float) -> Values:
    """The quantile of each part of the values, linear between neighbours (as in numpy and Spark's percentile); NaN of an empty part.

    A part begins at a position, and its values, as many as `counts` says, are sorted.

    >>> quantiles(np.array([1, 2, 4, 9]), np.array([0, 3, 3]), np.array([3, 0, 1]), 0.75).tolist()
    [3.0, nan, 9.0]
    """
    found = np.full(counts.size, np.nan)
    has_any = counts > 0
    begin, last = begin[has_any], counts[has_any] - 1
    position = last * share
    below = position.astype(np.int64)
    low, high = ordered[begin + below], ordered[begin + np.minimum(below + 1, last)]
    found[has_any] = low + (high - low) * (position - below)
    return found
