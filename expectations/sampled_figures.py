"""Shares and quantiles that drift is judged by, from the rows of a sample.

A table may have a hundred of them. As aggregates of Spark they would cost more than all other checks together, both in planning (even
for a table of few rows) and for each row.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from math import ceil
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
from great_expectations.expectations.expectation import Expectation
from pyspark.sql import DataFrame

from hublake.expectations.aggregates import Measurement, compare_with_bounds
from hublake.expectations.drift import is_drift
from hublake.expectations.suite import type_of

PRESENT = "expect_column_proportion_of_non_null_values_to_be_between"
SHARE = "expect_column_mean_to_be_between"
QUANTILE = "expect_column_quantile_values_to_be_between"

Columns = Mapping[str, bool]  # name -> whether only the presence of values counts: then a flag, true or null, represents them
ReadColumns = Callable[[Columns], pa.Table]


def is_sampled(expectation: Expectation) -> bool:
    """Whether the bounded figure may come from a sample. The number of rows and the number of distinct values may not."""
    return is_drift(expectation) and type_of(expectation) in (PRESENT, SHARE, QUANTILE)


def measure_sample(read: ReadColumns, expectations: Sequence[Expectation]) -> list[Measurement]:
    """The measurements of sampled expectations. `read` returns columns of the sample; it is called once at most."""
    columns = sampled_columns(expectations)
    figures = SampledFigures(read(columns)) if columns else None
    return [compare_with_bounds(e, figures.figure(e)) for e in expectations if figures]


def sampled_columns(expectations: Sequence[Expectation]) -> Columns:
    """The columns that the figures need. Of most columns, such as the text of a card, only the presence counts."""
    kinds: dict[str, set[str]] = {}
    for expectation in expectations:
        kinds.setdefault(str(expectation.configuration.kwargs["column"]), set()).add(type_of(expectation))
    return {name: of_name == {PRESENT} for name, of_name in kinds.items()}


def read_with_spark(sample: DataFrame, columns: Columns) -> pa.Table:
    """The columns of a frame, by one query."""
    flags = {name: f"IF(`{name}` IS NULL, NULL, TRUE) AS `{name}`" for name, is_flag in columns.items() if is_flag}
    return sample.selectExpr(*[flags.get(name, f"`{name}`") for name in columns]).toArrow()


@dataclass
class SampledFigures:
    """The figures of a table; each column is sorted and counted once."""

    rows: pa.Table
    _counts: dict[str, dict[Any, int]] = field(default_factory=dict)
    _sorted: dict[str, pa.Array] = field(default_factory=dict)

    def figure(self, expectation: Expectation) -> float | None:
        """The figure that an expectation bounds; None without a value."""
        kwargs = expectation.configuration.kwargs
        name = kwargs["column"]
        column = self.rows[name]
        kind = type_of(expectation)
        if kind == PRESENT:
            return 1 - column.null_count / len(column) if len(column) else None
        if kind == QUANTILE:
            return self._quantile(name, kwargs["quantile_ranges"]["quantiles"][0])
        return self._share(name, (expectation.meta or {})["value"])

    def _share(self, name: str, value: Any) -> float | None:
        """The share of a value among all that are not null."""
        if name not in self._counts:
            counted = pc.value_counts(self.rows[name].drop_null())
            self._counts[name] = dict(zip(counted.field("values").to_pylist(), counted.field("counts").to_pylist(), strict=True))
        counts = self._counts[name]
        return counts.get(value, 0) / sum(counts.values()) if counts else None

    def _quantile(self, name: str, quantile: float) -> float | None:
        """The smallest value that at least this share of the values does not exceed."""
        if name not in self._sorted:
            self._sorted[name] = self.rows[name].drop_null().combine_chunks().sort()
        values = self._sorted[name]
        return float(values[max(ceil(quantile * len(values)) - 1, 0)].as_py()) if len(values) else None
