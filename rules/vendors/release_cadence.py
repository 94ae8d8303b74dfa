"""How often releases follow each other, from their days."""

from collections.abc import Iterable, Sequence
from itertools import pairwise
from typing import NamedTuple

YEAR_DAYS = 365
# Repositories are created before the public release, language models 1 to 36 days before (43 corrections of the ATOM project, 2026). Models
# of one series that were created up to this long before a curated day of one of them were released with it.
WITHHELD_DAYS = 45
Day = int  # days since 1970-01-01


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


def release_cadence(days: Sequence[Day], today: Day) -> Cadence:
    """The cadence of releases on these days, one or more, in any order; two releases on one day have no time between them.

    A vendor is dormant if its last release is more than twice its longest time between releases ago. With releases on a single day
    nothing is known about its rhythm, so it is not.

    >>> release_cadence([0, 10, 40], today=50)
    Cadence(releases=3, median_days_between=20.0, iqr_days_between=10.0, longest_days_between=30, releases_12m=3, is_dormant=False)
    """
    ordered = sorted(days)
    between = sorted(later - earlier for earlier, later in pairwise(ordered))
    recent = sum(today - YEAR_DAYS < day <= today for day in ordered)
    if not between:
        return Cadence(1, None, None, None, recent, is_dormant=False)
    longest = between[-1]
    return Cadence(
        releases=len(ordered),
        median_days_between=quantile(between, 0.5),
        iqr_days_between=quantile(between, 0.75) - quantile(between, 0.25),
        longest_days_between=longest,
        releases_12m=recent,
        is_dormant=longest > 0 and today - ordered[-1] > 2 * longest,
    )


def quantile(ordered: Sequence[int], share: float) -> float:
    """The quantile of sorted values, linear between neighbours (as in numpy and Spark's percentile).

    >>> quantile([1, 2, 4], 0.75)
    3.0
    """
    position = (len(ordered) - 1) * share
    below = int(position)
    above = min(below + 1, len(ordered) - 1)
    return ordered[below] + (ordered[above] - ordered[below]) * (position - below)
