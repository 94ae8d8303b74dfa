"""Translates expectations into SQL aggregates, so that one pass over a table evaluates most of its expectations.

Great Expectations itself runs at least one Spark query per expectation. Here every condition on single rows and every bounded
figure is an aggregate of a single query. Examples are queried only for expectations that fail.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from string import Formatter
from typing import Any

from great_expectations.expectations.expectation import Expectation
from pyspark.sql import DataFrame

from hublake.expectations.suite import severity_of, type_of
from hublake.lake.schema import Table

# SELECT columns FROM {batch} WHERE condition: a condition on one row, unless it contains one of the words of _NEEDS_OTHER_ROWS.
_ROW_CONDITION_QUERY = re.compile(r"SELECT (?P<shown>[\w, ]+) FROM \{batch\} WHERE (?P<condition>.+)", re.DOTALL)
_NEEDS_OTHER_ROWS = re.compile(r"\b(?:SELECT|GROUP BY|QUALIFY)\b|\{batch\}")


@dataclass(frozen=True)
class Measurement:
    """The result of one expectation. `observed` is the number of unexpected rows, or (`is_figure`) the bounded figure.

    `is_met` is None where a table that the expectation reads does not exist.
    """

    expectation: Expectation
    is_met: bool | None
    observed: float | None = None
    examples: tuple[str, ...] = ()
    is_figure: bool = False


@dataclass(frozen=True)
class Aggregate:
    """The SQL aggregate of one expectation.

    `interpret` turns its value into a measurement, given the number of rows and the table in which to look for examples.
    `forbidden`: a condition that closes the gate if any row meets it.
    """

    expectation: Expectation
    sql: str
    interpret: Callable[[int, Any, DataFrame], Measurement]
    forbidden: str = ""


def aggregate_for(expectation: Expectation, table: Table) -> Aggregate | None:
    """The aggregate of an expectation; None where one pass over the rows cannot evaluate it."""
    kwargs = expectation.configuration.kwargs
    condition = _unexpected_condition(expectation, kwargs)
    if condition is not None:
        return _count_aggregate(expectation, condition, _example_sql(expectation, kwargs, table), kwargs.get("mostly", 1.0))
    figure = _figure_sql(expectation, kwargs)
    return None if figure is None else Aggregate(expectation, figure, lambda _, value, __: compare_with_bounds(expectation, value))


def _unexpected_condition(expectation: Expectation, kwargs: dict[str, Any]) -> str | None:
    """The SQL condition of an unexpected row."""
    match type_of(expectation):
        case "expect_column_values_to_not_be_null":
            return f"{kwargs['column']} IS NULL"
        case "expect_column_values_to_be_between":
            return _outside(kwargs["column"], kwargs.get("min_value"), kwargs.get("max_value"))
        case "expect_column_values_to_be_in_set":
            return f"{kwargs['column']} NOT IN ({', '.join(map(sql_literal, kwargs['value_set']))})"
        case "expect_column_pair_values_a_to_be_greater_than_b":
            return f"{kwargs['column_A']} {'<' if kwargs.get('or_equal') else '<='} {kwargs['column_B']}"
        case "unexpected_rows_expectation":
            query = _match_row_condition(kwargs)
            return query["condition"].format() if query else None
        case _:
            return None


def _match_row_condition(kwargs: dict[str, Any]) -> re.Match[str] | None:
    text = kwargs.get("unexpected_rows_query", "")
    query = _ROW_CONDITION_QUERY.fullmatch(text)
    return query if query and not _NEEDS_OTHER_ROWS.search(query["condition"]) and not other_tables(text) else None


def _outside(column: str, low: Any, high: Any) -> str:
    sides = [f"{column} {sign} {sql_literal(bound)}" for sign, bound in (("<", low), (">", high)) if bound is not None]
    return " OR ".join(sides) or "FALSE"


def sql_literal(value: Any) -> str:
    """A value of a declaration as an SQL literal."""
    match value:
        case bool() | int():
            return str(value)
        case float():
            return f"{value!r}D"
        case _:
            return "'" + str(value).replace("\\", "\\\\").replace("'", "\\'") + "'"


def _example_sql(expectation: Expectation, kwargs: dict[str, Any], table: Table) -> str:
    """The SQL text that identifies an unexpected row: the columns of the query, the value, or the key where the value is null."""
    query = _match_row_condition(kwargs)
    if query:
        return f"to_json(struct({query['shown']}))"
    if "not_be_null" in type_of(expectation):
        return f"to_json(struct({', '.join(table.key)}))"
    return f"CAST({kwargs.get('column', kwargs.get('column_A'))} AS STRING)"


def _count_aggregate(expectation: Expectation, condition: str, example_sql: str, mostly: float) -> Aggregate:
    def interpret(rows: int, count: int, frame: DataFrame) -> Measurement:
        is_met = count <= (1 - mostly) * rows + 1e-9
        return Measurement(expectation, is_met, float(count), find_examples(frame.where(condition), example_sql) if count else ())

    is_strict = mostly == 1 and severity_of(expectation) == "critical"
    return Aggregate(expectation, f"count_if({condition})", interpret, forbidden=condition if is_strict else "")


def find_examples(unexpected: DataFrame, example_sql: str) -> tuple[str, ...]:
    """The smallest and the largest example."""
    ends = unexpected.selectExpr(f"min({example_sql})", f"max({example_sql})").collect()[0]
    return tuple(dict.fromkeys(example for example in ends if example is not None))


def _figure_sql(expectation: Expectation, kwargs: dict[str, Any]) -> str | None:
    """The figure that the expectation bounds."""
    column = kwargs.get("column")
    match type_of(expectation):
        case "expect_table_row_count_to_be_between":
            return "count(*)"
        case "expect_column_sum_to_be_between":
            return f"sum({column})"
        case "expect_column_mean_to_be_between":
            return f"avg(CAST({_averaged_sql(str(column), expectation.meta or {})} AS DOUBLE))"
        case "expect_column_proportion_of_non_null_values_to_be_between":
            return f"avg(CAST({column} IS NOT NULL AS DOUBLE))"
        case "expect_column_unique_value_count_to_be_between":
            return f"approx_count_distinct({column})"
        case _:
            return None


def _averaged_sql(column: str, meta: dict[str, Any]) -> str:
    """The averaged expression: the column, whether it equals a value, or whether a condition holds."""
    if "condition" in meta:
        return f"({meta['condition']})"
    return f"({column} = {sql_literal(meta['value'])})" if "value" in meta else column


def compare_with_bounds(expectation: Expectation, value: Any) -> Measurement:
    """The measurement of a bounded figure; `value` is null if there are no rows, or only nulls: met unless the lower bound is above 0."""
    low, high = bounds_of(expectation.configuration.kwargs)
    if value is None:
        return Measurement(expectation, low is None or low <= 0, None, is_figure=True)
    observed = float(value)
    is_met = (low is None or observed >= low) and (high is None or observed <= high)
    return Measurement(expectation, is_met, observed, is_figure=True)


def bounds_of(kwargs: dict[str, Any]) -> tuple[float | None, float | None]:
    """Lower and upper bound of the figure that an expectation bounds."""
    if "quantile_ranges" in kwargs:
        low, high = kwargs["quantile_ranges"]["value_ranges"][0]
        return low, high
    return kwargs.get("min_value"), kwargs.get("max_value")


def other_tables(query: str) -> list[str]:
    """The names in braces other than {batch}: the other tables that a query reads."""
    return sorted({name for _, name, _, _ in Formatter().parse(query) if name and name != "batch"})
