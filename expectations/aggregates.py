"""What an expectation needs of one pass over its table, and what the figures then say.

Great Expectations asks Spark once or more for each expectation. Here all of a table that can be counted row by row, and all
figures that are bounded, are aggregates of a single pass. Examples are looked for only where something is broken.
"""

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from string import Formatter
from typing import Any

from great_expectations.expectations.expectation import Expectation
from pyspark.sql import DataFrame

from hublake.lake.schema import Table

# SELECT of columns FROM {batch} WHERE a condition on one row; a condition on groups or other rows has one of the words.
_ON_ONE_ROW = re.compile(r"SELECT (?P<shown>[\w, ]+) FROM \{batch\} WHERE (?P<condition>.+)", re.DOTALL)
_ON_MORE = re.compile(r"\b(?:SELECT|GROUP BY|QUALIFY)\b|\{batch\}")


@dataclass(frozen=True)
class Measured:
    """What was seen of one expectation: `observed` rows that break it, or (`is_figure`) the figure it bounds.

    `is_met` is None where it could not be checked, for lack of another table.
    """

    expectation: Expectation
    is_met: bool | None
    observed: float | None = None
    examples: tuple[str, ...] = ()
    is_figure: bool = False


@dataclass(frozen=True)
class Probe:
    """The aggregate of one expectation in SQL, and how its value is read: given the number of rows, and where to find examples.

    `is_of_sample`: the figure is dear, and that of some rows will do. `never`: a condition that no row may meet, or the gate is closed.
    """

    expectation: Expectation
    aggregate: str
    read: Callable[[int, Any, DataFrame], Measured]
    is_of_sample: bool = False
    never: str = ""


def type_of(expectation: Expectation) -> str:
    """`expect_column_values_to_not_be_null` and the like."""
    return str(expectation.configuration.type)


def severity_of(expectation: Expectation) -> str:
    """`critical`, `warning` or `info`."""
    severity = expectation.configuration.severity
    return str(getattr(severity, "value", severity))


def probe(expectation: Expectation, table: Table) -> Probe | None:
    """The aggregates of an expectation; None where it needs more than one pass over rows."""
    kwargs = expectation.configuration.kwargs
    bad = _condition(expectation, kwargs)
    if bad is not None:
        return _of_rows(expectation, bad, _shown(expectation, kwargs, table), kwargs.get("mostly", 1.0))
    figure = _figure(expectation, kwargs)
    return None if figure is None else Probe(expectation, figure, _bounded(expectation, kwargs), "quantile_ranges" in kwargs)


def _condition(expectation: Expectation, kwargs: dict[str, Any]) -> str | None:
    """When a row breaks it."""
    match type_of(expectation):
        case "expect_column_values_to_not_be_null":
            return f"{kwargs['column']} IS NULL"
        case "expect_column_values_to_be_between":
            return _outside(kwargs["column"], kwargs.get("min_value"), kwargs.get("max_value"))
        case "expect_column_values_to_be_in_set":
            return f"{kwargs['column']} NOT IN ({', '.join(map(literal, kwargs['value_set']))})"
        case "expect_column_pair_values_a_to_be_greater_than_b":
            return f"{kwargs['column_A']} {'<' if kwargs.get('or_equal') else '<='} {kwargs['column_B']}"
        case "unexpected_rows_expectation":
            told = _on_one_row(kwargs)
            return told["condition"].format() if told else None
        case _:
            return None


def _on_one_row(kwargs: dict[str, Any]) -> re.Match[str] | None:
    text = kwargs.get("unexpected_rows_query", "")
    told = _ON_ONE_ROW.fullmatch(text)
    return told if told and not _ON_MORE.search(told["condition"]) and not others(text) else None


def _outside(column: str, low: Any, high: Any) -> str:
    sides = [f"{column} {sign} {literal(bound)}" for sign, bound in (("<", low), (">", high)) if bound is not None]
    return " OR ".join(sides) or "FALSE"


def literal(value: Any) -> str:
    """A value of a declaration in SQL."""
    match value:
        case bool() | int():
            return str(value)
        case float():
            return f"{value!r}D"
        case _:
            return "'" + str(value).replace("\\", "\\\\").replace("'", "\\'") + "'"


def _shown(expectation: Expectation, kwargs: dict[str, Any], table: Table) -> str:
    """What names a row that breaks it: the value, or where there is none the key of the row."""
    told = _on_one_row(kwargs)
    if told:
        return f"to_json(struct({told['shown']}))"
    if "not_be_null" in type_of(expectation):
        return f"to_json(struct({', '.join(table.key)}))"
    return f"CAST({kwargs.get('column', kwargs.get('column_A'))} AS STRING)"


def _of_rows(expectation: Expectation, bad: str, shown: str, mostly: float) -> Probe:
    def read(rows: int, count: int, frame: DataFrame) -> Measured:
        is_met = count <= (1 - mostly) * rows + 1e-9
        return Measured(expectation, is_met, float(count), examples(frame.where(bad), shown) if count else ())

    is_strict = mostly == 1 and severity_of(expectation) == "critical"
    return Probe(expectation, f"count_if({bad})", read, never=bad if is_strict else "")


def examples(broken: DataFrame, shown: str) -> tuple[str, ...]:
    """The first and the last in order of their names."""
    ends = broken.selectExpr(f"min({shown})", f"max({shown})").collect()[0]
    return tuple(dict.fromkeys(example for example in ends if example is not None))


def _figure(expectation: Expectation, kwargs: dict[str, Any]) -> str | None:
    """The figure that it bounds."""
    column = kwargs.get("column")
    match type_of(expectation):
        case "expect_table_row_count_to_be_between":
            return "count(*)"
        case "expect_column_sum_to_be_between":
            return f"sum({column})"
        case "expect_column_mean_to_be_between":
            return f"avg(CAST({_averaged(str(column), expectation.meta or {})} AS DOUBLE))"
        case "expect_column_proportion_of_non_null_values_to_be_between":
            return f"avg(CAST({column} IS NOT NULL AS DOUBLE))"
        case "expect_column_unique_value_count_to_be_between":
            return f"approx_count_distinct({column})"
        case "expect_column_quantile_values_to_be_between":
            quantile = kwargs["quantile_ranges"]["quantiles"][0]
            return _quantile(str(column), quantile, (expectation.meta or {}).get("among", [quantile]))
        case _:
            return None


def _quantile(column: str, quantile: float, among: Sequence[float]) -> str:
    """One of several quantiles of a column: Spark draws them from one sketch as long as they are asked for together."""
    return f"get(percentile_approx({column}, array({', '.join(map(literal, among))}), 1000), {among.index(quantile)})"


def _averaged(column: str, meta: dict[str, Any]) -> str:
    """A column, or whether it has a value, or whether a condition holds."""
    value = f"({meta['share_where']})" if "share_where" in meta else column
    return f"({value} = {literal(meta['share_of'])})" if "share_of" in meta else value


def _bounded(expectation: Expectation, kwargs: dict[str, Any]) -> Callable[[int, Any, DataFrame], Measured]:
    low, high = bounds_of(kwargs)

    def read(_: int, value: Any, __: DataFrame) -> Measured:
        if value is None:  # no rows, or nulls alone: nothing that could be out of bounds, unless a bound asks for a value
            return Measured(expectation, low is None or low <= 0, None, is_figure=True)
        seen = float(value)
        is_met = (low is None or seen >= low) and (high is None or seen <= high)
        return Measured(expectation, is_met, seen, is_figure=True)

    return read


def bounds_of(kwargs: dict[str, Any]) -> tuple[float | None, float | None]:
    """Lower and upper bound of the figure that an expectation bounds."""
    if "quantile_ranges" in kwargs:
        low, high = kwargs["quantile_ranges"]["value_ranges"][0]
        return low, high
    return kwargs.get("min_value"), kwargs.get("max_value")


def others(text: str) -> list[str]:
    """Names in braces beside {batch}: the other tables that a query reads."""
    return sorted({name for _, name, _, _ in Formatter().parse(text) if name and name != "batch"})


def columns_of(expectation: Expectation) -> Iterator[str]:
    """Columns that an expectation looks at; of a query all its words, among which the columns are."""
    kwargs = expectation.configuration.kwargs
    yield from (kwargs[key] for key in ("column", "column_A", "column_B") if key in kwargs)
    yield from kwargs.get("column_list") or ()
    yield from re.findall(r"\w+", kwargs.get("unexpected_rows_query", ""))
