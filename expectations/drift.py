"""Drift: figures that should not jump between snapshots, within bounds computed from past snapshots.

The bounds are the median of the past figures plus and minus five times their median absolute deviation, scaled by 1.4826 to the
standard deviation of a normal distribution (Rousseeuw and Croux 1993). One bad crawl among many does not move a median. Where the
past figures hardly vary, the deviation is near zero, so the bounds are never narrower than MIN_WIDTH. Drift is always a warning: the
Hub does change.
"""

from collections.abc import Iterator, Mapping, Sequence
from statistics import median
from typing import Any

import great_expectations.expectations as gxe
from great_expectations.expectations.expectation import Expectation

from hublake.lake.schema import Column, Table
from hublake.lake.schema.columns import RECORD_DIGEST

PastFigures = Mapping[str, Sequence[float]]  # name of a drift expectation -> its figures in earlier snapshots

MIN_SNAPSHOTS = 3  # past snapshots that bounds need
DEVIATIONS = 5.0
MAD_TO_STANDARD_DEVIATION = 1.4826
MIN_WIDTH = {"share": 0.03, "other": 0.15}  # absolute for a share; relative to the median for other figures
NOTES = "drift: a figure that jumps between two snapshots is more often caused by a broken crawl or rule than by the Hub"
QUANTILES = {"median": 0.5, "upper tenth": 0.9}
# Columns of open vocabularies: a jump in their number of distinct values shows a rule that lets wrong values through.
COUNTED_COLUMNS = ("pipeline_tag", "library_name", "license", "language", "metric", "stratum", "rule")
_PREFIX = "drift of "  # names with this prefix are keys: past figures are found by them in gold.quality_results


def drift_bounds(past: Sequence[float], kind: str) -> tuple[float | None, float | None]:
    """Bounds for the next figure; (None, None) with fewer than MIN_SNAPSHOTS past figures.

    >>> drift_bounds([100, 102, 101], "other"), drift_bounds([0.5, 0.5], "share")
    ((85.85, 116.15), (None, None))
    """
    if len(past) < MIN_SNAPSHOTS:
        return None, None
    middle = median(past)
    deviation = MAD_TO_STANDARD_DEVIATION * median(abs(value - middle) for value in past)
    least = MIN_WIDTH[kind] if kind == "share" else max(1.0, MIN_WIDTH[kind] * abs(middle))
    width = max(DEVIATIONS * deviation, least)
    return middle - width, middle + width


def drift_expectations(table: Table, past: PastFigures) -> Iterator[Expectation]:
    """Expectations on the number of rows, nulls, quantiles and values of a table."""
    if table.layer == "bronze" or table.is_history:
        return  # these contain all crawls or snapshots and only grow
    low, high = drift_bounds(past.get("drift of rows", ()), "other")
    yield gxe.ExpectTableRowCountToBeBetween(min_value=low, max_value=high, **_labels("drift of rows"))
    for column in table:
        if column is not RECORD_DIGEST and (column.name not in table.key or column.name in COUNTED_COLUMNS):
            yield from _column_expectations(column, past)


def is_drift(expectation: Expectation) -> bool:
    """Whether an expectation comes from `drift_expectations`."""
    return (expectation.description or "").startswith(_PREFIX)


def _column_expectations(column: Column, past: PastFigures) -> Iterator[Expectation]:
    name = column.name
    if not column.required:
        key = f"drift of values present: {name}"
        low, high = drift_bounds(past.get(key, ()), "share")
        yield gxe.ExpectColumnProportionOfNonNullValuesToBeBetween(column=name, min_value=_clip(low), max_value=_clip(high), **_labels(key))
    if column.type in ("long", "integer", "double"):
        for word, quantile in QUANTILES.items():
            key = f"drift of the {word}: {name}"
            ranges = {"quantiles": [quantile], "value_ranges": [list(drift_bounds(past.get(key, ()), "other"))]}
            yield gxe.ExpectColumnQuantileValuesToBeBetween(column=name, quantile_ranges=ranges, **_labels(key))
    for value in column.values or ((True,) if column.type == "boolean" else ()):
        key = f"drift of the share: {name} = {value}"
        low, high = drift_bounds(past.get(key, ()), "share")
        yield gxe.ExpectColumnMeanToBeBetween(column=name, min_value=low, max_value=high, meta={"value": value}, **_labels(key))
    if name in COUNTED_COLUMNS:
        key = f"drift of different values: {name}"
        low, high = drift_bounds(past.get(key, ()), "other")
        yield gxe.ExpectColumnUniqueValueCountToBeBetween(column=name, min_value=low, max_value=high, **_labels(key))


def _labels(key: str) -> dict[str, Any]:
    return {"description": key, "severity": "warning", "notes": NOTES}


def _clip(bound: float | None) -> float | None:
    """Great Expectations accepts only bounds between 0 and 1 for a proportion."""
    return None if bound is None else min(1.0, max(0.0, bound))
