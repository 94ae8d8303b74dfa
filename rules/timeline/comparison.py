"""Tests of whether groups differ in how soon something happens to them."""

import math
from collections.abc import Sequence
from itertools import combinations
from typing import NamedTuple

import numpy as np
from scipy.special import chdtrc, ndtr

from hublake.rules.timeline.life_table import Counts, LifeTable, Values
from hublake.rules.timeline.survival import RestrictedMean, Z

NO_VARIANCE = 1e-12  # relative to the largest: a rounding error


class LogRank(NamedTuple):
    """The log-rank test: observed and expected events of each group, and how unlikely their difference is by chance."""

    chi_squared: float
    degrees: int
    p_value: float
    observed: Counts
    expected: Values


def log_rank(tables: Sequence[LifeTable]) -> LogRank | None:
    """Mantel 1966, Peto and Peto 1972, for two groups and more; None if the groups cannot differ: no event, or nobody to compare with.

    The variance is hypergeometric, so that ties are exact. Groups whose expected number of events has no variance do not count as degrees.
    """
    return _log_rank(*_counts(tables))


def pairwise_log_rank(tables: Sequence[LifeTable]) -> dict[tuple[int, int], LogRank]:
    """The test of each pair of groups, by their numbers, without those that cannot differ."""
    at_risk, events = _counts(tables)
    tests = {
        (one, other): _log_rank_of_two(*at_risk[[one, other]], *events[[one, other]]) for one, other in combinations(range(len(tables)), 2)
    }
    return {pair: test for pair, test in tests.items() if test is not None}


def _log_rank_of_two(one: Values, other: Values, events: Values, other_events: Values) -> LogRank | None:
    """`_log_rank` of the numbers at risk and the events of two groups: one variance in place of a matrix."""
    n, d = one + other, events + other_events
    rate = d / np.maximum(n, 1)
    variance = float((one * other * rate * (n - d) / np.maximum(n * (n - 1), 1)).sum())
    if variance <= 0:
        return None
    observed, expected = np.array([events.sum(), other_events.sum()]), np.array([(one * rate).sum(), (other * rate).sum()])
    chi_squared = float(observed[0] - expected[0]) ** 2 / variance
    return LogRank(chi_squared, 1, float(chdtrc(1, chi_squared)), observed.astype(np.int64), expected)


def _counts(tables: Sequence[LifeTable]) -> tuple[Values, Values]:
    """How many are at risk, and how many have the event, in each group (rows) at each duration with an event in any of them (columns)."""
    ordered = np.sort(np.concatenate([table.durations[table.events > 0] for table in tables]))
    durations = ordered[np.diff(ordered, prepend=-1) > 0]
    at_risk, events = np.empty((len(tables), durations.size)), np.zeros((len(tables), durations.size))
    for group, table in enumerate(tables):
        at_risk[group] = _at_risk_at(table, durations)
        had_event = table.events > 0
        events[group, np.searchsorted(durations, table.durations[had_event])] = table.events[had_event]
    return at_risk, events


def _log_rank(at_risk: Values, events: Values) -> LogRank | None:
    n, d = at_risk.sum(axis=0), events.sum(axis=0)
    shares = at_risk / n
    weighted = shares * (d * np.divide(n - d, n - 1, out=np.zeros(n.size), where=n > 1))
    covariance = np.diag(weighted.sum(axis=1)) - weighted @ shares.T
    observed, expected = events.sum(axis=1), shares @ d
    variances = np.diag(covariance)
    # The differences add up to 0, so the last group adds nothing to the others.
    counted = np.flatnonzero(variances > NO_VARIANCE * variances.max(initial=0))[:-1]
    degrees = counted.size
    if not degrees:
        return None
    difference = (observed - expected)[counted]
    inverse = np.linalg.pinv(covariance[np.ix_(counted, counted)], rcond=NO_VARIANCE, hermitian=True)
    chi_squared = max(0.0, float(difference @ inverse @ difference))
    return LogRank(chi_squared, degrees, float(chdtrc(degrees, chi_squared)), observed.astype(np.int64), expected)


def _at_risk_at(table: LifeTable, durations: Values) -> Counts:
    """How many are under observation at durations that need not be in the table."""
    if not table.durations.size:
        return np.zeros(durations.size, dtype=np.int64)
    place = np.searchsorted(table.durations, durations, side="left")
    own = np.minimum(place, table.durations.size - 1)
    before = np.concatenate([[0], table.remaining])[place]
    return np.where(table.durations[own] == durations, table.at_risk[own], before)


class Difference(NamedTuple):
    """A difference with its 95 % interval, and the probability of one as large if there is none."""

    value: float
    low: float
    high: float
    p_value: float


def mean_difference(first: RestrictedMean | None, second: RestrictedMean | None) -> Difference | None:
    """How much longer the first group stays without the event, on average up to the horizon (Royston and Parmar 2013).

    None if a mean is unknown or neither has a variance.
    """
    if first is None or second is None or first.variance + second.variance <= 0:
        return None
    value, error = first.mean - second.mean, math.sqrt(first.variance + second.variance)
    return Difference(value, value - Z * error, value + Z * error, float(2 * ndtr(-abs(value) / error)))


def hochberg(p_values: Sequence[float]) -> list[float]:
    """P values corrected for their number (Hochberg 1988): each may be compared with .05 as if it were the only one.

    >>> hochberg([0.01, 0.04, 0.03])
    [0.03, 0.04, 0.04]
    """
    order = sorted(range(len(p_values)), key=lambda index: -p_values[index])
    corrected = [0.0] * len(p_values)
    least = 1.0
    for rank, index in enumerate(order, start=1):
        least = min(least, rank * p_values[index])
        corrected[index] = least
    return corrected
