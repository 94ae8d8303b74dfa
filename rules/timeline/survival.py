"""Kaplan-Meier curves with the bands of Greenwood's variance on the log-log scale, their quantiles and restricted means."""

from typing import NamedTuple

import numpy as np

from hublake.rules.timeline.life_table import Counts, LifeTable, Values

Z = 1.959963984540054  # the normal distribution's 97.5 % point
MAX_POINTS = 400  # of a thinned curve, besides the durations that are always kept


class Curve(NamedTuple):
    """The share that is still without the event after each duration, with its 95 % band.

    `variance` is Greenwood's. It is not defined once nobody is left (survival 0); there the band is 0 and the variance that of before,
    as in lifelines.
    """

    durations: Values
    at_risk: Counts
    events: Counts
    censored: Counts
    survival: Values
    low: Values
    high: Values
    variance: Values


def kaplan_meier(table: LifeTable) -> Curve:
    """Kaplan and Meier 1958; variance: Greenwood 1926; band: Kalbfleisch and Prentice 1980, which stays between 0 and 1."""
    at_risk, events = table.at_risk, table.events
    left = at_risk - events
    with np.errstate(divide="ignore", invalid="ignore"):
        logarithm = np.cumsum(np.where(events > 0, np.log(left) - np.log(at_risk), 0.0))
        survival = np.exp(logarithm)
        greenwood = np.cumsum(_greenwood_terms(table))
        spread = Z * np.sqrt(greenwood) / logarithm
        low, high = (np.exp(-np.exp(np.log(-logarithm) + sign * spread)) for sign in (-1, 1))
    is_whole, is_empty = logarithm == 0, np.isneginf(logarithm)
    low, high = (np.where(is_whole, 1.0, np.where(is_empty, 0.0, bound)) for bound in (low, high))
    return Curve(table.durations, at_risk, events, table.censored, survival, low, high, survival**2 * greenwood)


def _greenwood_terms(table: LifeTable) -> Values:
    """d / (n (n - d)) at each duration; 0 without an event, and where the last ones have it."""
    at_risk, events = table.at_risk.astype(np.float64), table.events
    product = at_risk * (at_risk - events)
    terms = np.zeros(at_risk.size)
    np.divide(events, product, out=terms, where=(events > 0) & (product > 0))
    return terms


def survival_at(curve: Curve, duration: float) -> float:
    """The share without the event at a duration; 1 before the first one."""
    place = _place(curve, duration)
    return float(curve.survival[place]) if place >= 0 else 1.0


def _place(curve: Curve, duration: float) -> int:
    return int(np.searchsorted(curve.durations, duration, side="right")) - 1


class Quantile(NamedTuple):
    """A duration with its 95 % band (Brookmeyer and Crowley 1982); None where the curve or the band does not fall that far."""

    duration: float | None
    low: float | None
    high: float | None


def quantile(curve: Curve, share: float) -> Quantile:
    """The duration after which a share of all has had the event: .5 is the median.

    >>> from hublake.rules.timeline.life_table import life_table
    >>> quantile(kaplan_meier(life_table(np.array([2.0, 2.0, 4.0]), np.array([1.0, 3.0]))), 0.5)
    Quantile(duration=2.0, low=2.0, high=4.0)
    """
    return Quantile(*(_first_below(curve, values, 1 - share) for values in (curve.survival, curve.low, curve.high)))


def _first_below(curve: Curve, values: Values, limit: float) -> float | None:
    # Exponentials of logarithms: a survival of exactly one half is a rounding error above it.
    found = np.flatnonzero(values <= limit + 1e-12)
    return float(curve.durations[found[0]]) if found.size else None


class RestrictedMean(NamedTuple):
    """The mean duration without the event, up to a horizon, and the variance of that estimate."""

    mean: float
    variance: float


def restricted_mean(table: LifeTable, horizon: float) -> RestrictedMean | None:
    """The area below the curve up to the horizon (Irwin 1949), with Greenwood's variance of it (Klein and Moeschberger, 4.5).

    None if nobody was observed up to the horizon and the curve has not reached 0: what is missing is not extrapolated.

    >>> from hublake.rules.timeline.life_table import life_table
    >>> restricted_mean(life_table(np.array([2.0, 2.0, 4.0]), np.array([1.0, 3.0])), 4.0)
    RestrictedMean(mean=3.0, variance=0.25)
    """
    curve = kaplan_meier(table)
    if not curve.durations.size or (curve.durations[-1] < horizon and curve.survival[-1] > 0):
        return None
    is_before = curve.durations < horizon
    durations = curve.durations[is_before]
    widths = np.diff(durations, append=horizon)
    areas = widths * curve.survival[is_before]
    area_after = np.cumsum(areas[::-1])[::-1]  # from each duration up to the horizon
    variance = float(np.sum(area_after**2 * _greenwood_terms(table)[is_before]))
    first = float(durations[0]) if durations.size else horizon
    return RestrictedMean(first + float(areas.sum()), variance)


def thinned_curve(table: LifeTable, always: tuple[float, ...]) -> Curve:
    """The curve at MAX_POINTS durations at most, spread evenly over its fall, and at those of `always` that were observed.

    A row describes the time after the row before, up to its duration: at_risk were under observation in it, events and censored ended so.
    """
    curve = kaplan_meier(table)
    if not curve.durations.size:
        return curve
    changes = np.flatnonzero(curve.events > 0)
    if changes.size > MAX_POINTS:
        falls = curve.survival[changes]
        changes = changes[np.unique(np.searchsorted(-falls, -np.linspace(falls[0], falls[-1], MAX_POINTS)))]
    exact = [duration for duration in always if curve.durations[0] <= duration <= curve.durations[-1]]
    durations = np.unique(np.concatenate([curve.durations[changes], np.array(exact, dtype=np.float64)]))
    places = np.searchsorted(curve.durations, durations, side="right") - 1
    before = np.concatenate([[-1], places[:-1]])
    events, censored = (np.diff(np.cumsum(counts)[places], prepend=0) for counts in (curve.events, curve.censored))
    # Those who enter at the duration itself are at risk only afterwards, but for the first duration of all.
    entered = np.cumsum(table.entered)[np.maximum(np.maximum(places - 1, before), 0)]
    ended = np.concatenate([[0], np.cumsum(curve.events + curve.censored)])[before + 1]
    return Curve(durations, entered - ended, events, censored, *(values[places] for values in curve[4:]))
