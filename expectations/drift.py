"""Figures that should not jump from snapshot to snapshot, within bounds learned from the snapshots before.

A bound is the median of the past figures, give or take five times their median absolute deviation (scaled by 1.4826 to a
standard deviation, as for normal figures: Rousseeuw and Croux 1993); a median is not moved by one bad crawl among many. Where
the past hardly moves the deviation would be near zero, so a bound is never narrower than WIDTH. All of drift is a warning: the
Hub does change.
"""

from collections.abc import Iterator, Mapping, Sequence
from statistics import median
from typing import Any

import great_expectations.expectations as gxe
from great_expectations.expectations.expectation import Expectation

from hublake.lake.schema import Column, Table

Past = Mapping[str, Sequence[float]]

LEAST_PAST = 3  # snapshots before a bound is drawn
DEVIATIONS = 5.0
SCALE = 1.4826
WIDTH = {"share": 0.03, "other": 0.15}  # of a share as such, of any other figure a part of its median
NOTES = "drift: a figure that jumps between two snapshots is more often a broken crawl or rule than the Hub"
QUANTILES = {"median": 0.5, "upper tenth": 0.9}
# Open lists of words whose number tells when a rule begins to let through what it should not.
COUNTED = ("pipeline_tag", "library_name", "license", "language", "metric", "stratum", "rule")


def bounds(past: Sequence[float], kind: str) -> tuple[float | None, float | None]:
    """What the next figure should lie between; no bounds as long as there are too few figures.

    >>> bounds([100, 102, 101], "other"), bounds([0.5, 0.5], "share")
    ((85.85, 116.15), (None, None))
    """
    if len(past) < LEAST_PAST:
        return None, None
    middle = median(past)
    deviation = SCALE * median(abs(value - middle) for value in past)
    least = WIDTH[kind] if kind == "share" else max(1.0, WIDTH[kind] * abs(middle))
    width = max(DEVIATIONS * deviation, least)
    return middle - width, middle + width


def drift(table: Table, past: Past) -> Iterator[Expectation]:
    """Expectations on rows, nulls, quantiles and value sets of a table; `past`: name of each -> figures of earlier snapshots."""
    if table.layer == "bronze" or table.is_history:
        return  # bronze is looked at with all its crawls: it only grows
    low, high = bounds(past.get("drift of rows", ()), "other")
    yield gxe.ExpectTableRowCountToBeBetween(min_value=low, max_value=high, **_told("drift of rows"))
    for column in table:
        if column.name not in table.key or column.name in COUNTED:
            yield from _of_column(column, past)


def _of_column(column: Column, past: Past) -> Iterator[Expectation]:
    name = column.name
    if not column.required:
        told = f"drift of values present: {name}"
        low, high = bounds(past.get(told, ()), "share")
        yield gxe.ExpectColumnProportionOfNonNullValuesToBeBetween(column=name, min_value=_in(low), max_value=_in(high), **_told(told))
    if column.type in ("long", "integer", "double"):
        for word, quantile in QUANTILES.items():
            told = f"drift of the {word}: {name}"
            ranges = {"quantiles": [quantile], "value_ranges": [list(bounds(past.get(told, ()), "other"))]}
            meta: dict[str, Any] = {"among": list(QUANTILES.values())}
            yield gxe.ExpectColumnQuantileValuesToBeBetween(column=name, quantile_ranges=ranges, meta=meta, **_told(told))
    for value in column.values or ((True,) if column.type == "boolean" else ()):
        told = f"drift of the share: {name} = {value}"
        low, high = bounds(past.get(told, ()), "share")
        meta = {"share_of": value}
        yield gxe.ExpectColumnMeanToBeBetween(column=name, min_value=low, max_value=high, meta=meta, **_told(told))
    if name in COUNTED:
        told = f"drift of different values: {name}"
        low, high = bounds(past.get(told, ()), "other")
        yield gxe.ExpectColumnUniqueValueCountToBeBetween(column=name, min_value=low, max_value=high, **_told(told))


def _told(description: str) -> dict[str, Any]:
    return {"description": description, "severity": "warning", "notes": NOTES}


def _in(bound: float | None) -> float | None:
    """A bound of a proportion, which Great Expectations takes between 0 and 1 only."""
    return None if bound is None else min(1.0, max(0.0, bound))
