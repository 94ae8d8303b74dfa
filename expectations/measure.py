"""What an expectation needs of one pass over its table, and what the figures then say.

Great Expectations asks Spark once or more for each expectation. Here all of a table that can be counted row by row, and all
figures that are bounded, are aggregates of a single pass; uniqueness and queries over groups or other tables are counted
together in a second. Examples are looked for only where something is broken. What none of these can answer is left to Great
Expectations itself.
"""

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import reduce
from string import Formatter
from typing import Any

from great_expectations.expectations.expectation import Expectation
from pyspark.sql import Column, DataFrame
from pyspark.sql import functions as F

from lake.tables import Table

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
    """The aggregate of one expectation, and how its value is read: given the number of rows, and where to find examples."""

    expectation: Expectation
    aggregate: Column
    read: Callable[[int, Any, DataFrame], Measured]


@dataclass(frozen=True)
class Question:
    """Rows that break an expectation, or groups of them: how they are counted, and what names one."""

    expectation: Expectation
    broken: DataFrame
    shown: Column
    count: Column

    def answer(self, count: int) -> Measured:
        """What the count says, with examples if it is not 0."""
        return Measured(self.expectation, count == 0, float(count), _examples(self.broken, self.shown) if count else ())


def type_of(expectation: Expectation) -> str:
    """`expect_column_values_to_not_be_null` and the like."""
    return str(expectation.configuration.type)


def probe(expectation: Expectation, table: Table) -> Probe | None:
    """The aggregates of an expectation; None where it needs more than one pass over rows."""
    kwargs = expectation.configuration.kwargs
    bad = _condition(expectation, kwargs)
    if bad is not None:
        return _of_rows(expectation, bad, _shown(expectation, kwargs, table), kwargs.get("mostly", 1.0))
    figure = _figure(expectation, kwargs)
    return None if figure is None else Probe(expectation, figure, _bounded(expectation, kwargs))


def _condition(expectation: Expectation, kwargs: dict[str, Any]) -> Column | None:
    """When a row breaks it."""
    match type_of(expectation):
        case "expect_column_values_to_not_be_null":
            return F.col(kwargs["column"]).isNull()
        case "expect_column_values_to_be_between":
            return _outside(F.col(kwargs["column"]), kwargs.get("min_value"), kwargs.get("max_value"))
        case "expect_column_values_to_be_in_set":
            return ~F.col(kwargs["column"]).isin(kwargs["value_set"])
        case "expect_column_pair_values_a_to_be_greater_than_b":
            first, second = F.col(kwargs["column_A"]), F.col(kwargs["column_B"])
            return first < second if kwargs.get("or_equal") else first <= second
        case "unexpected_rows_expectation":
            told = _on_one_row(kwargs)
            return F.expr(told["condition"].format()) if told else None
        case _:
            return None


def _on_one_row(kwargs: dict[str, Any]) -> re.Match[str] | None:
    text = kwargs.get("unexpected_rows_query", "")
    told = _ON_ONE_ROW.fullmatch(text)
    return told if told and not _ON_MORE.search(told["condition"]) and not _others(text) else None


def _outside(value: Column, low: float | None, high: float | None) -> Column:
    below = F.lit(False) if low is None else value < low
    return below if high is None else below | (value > high)


def _shown(expectation: Expectation, kwargs: dict[str, Any], table: Table) -> Column:
    """What names a row that breaks it: the value, or where there is none the key of the row."""
    told = _on_one_row(kwargs)
    if told:
        return F.to_json(F.struct(*[name.strip() for name in told["shown"].split(",")]))
    if "not_be_null" in type_of(expectation):
        return F.to_json(F.struct(*table.key))
    return F.col(str(kwargs.get("column", kwargs.get("column_A")))).cast("string")


def _of_rows(expectation: Expectation, bad: Column, shown: Column, mostly: float) -> Probe:
    def read(rows: int, count: int, frame: DataFrame) -> Measured:
        is_met = count <= (1 - mostly) * rows + 1e-9
        return Measured(expectation, is_met, float(count), _examples(frame.where(bad), shown) if count else ())

    return Probe(expectation, F.count_if(F.coalesce(bad, F.lit(False))), read)


def _examples(broken: DataFrame, shown: Column) -> tuple[str, ...]:
    """The first and the last in order of their names."""
    return tuple(dict.fromkeys(example for example in broken.agg(F.min(shown), F.max(shown)).collect()[0] if example is not None))


def _figure(expectation: Expectation, kwargs: dict[str, Any]) -> Column | None:
    """The figure that it bounds."""
    column = F.col(kwargs["column"]) if "column" in kwargs else F.lit(1)
    match type_of(expectation):
        case "expect_table_row_count_to_be_between":
            return F.count(F.lit(1))
        case "expect_column_sum_to_be_between":
            return F.sum(column)
        case "expect_column_mean_to_be_between":
            told = expectation.meta or {}
            if "share_where" in told:
                column = F.expr(told["share_where"])
            return F.avg((column == told["share_of"] if "share_of" in told else column).cast("double"))
        case "expect_column_proportion_of_non_null_values_to_be_between":
            return F.avg(column.isNotNull().cast("double"))
        case "expect_column_unique_value_count_to_be_between":
            return F.approx_count_distinct(column)
        case "expect_column_quantile_values_to_be_between":
            return F.percentile_approx(column, kwargs["quantile_ranges"]["quantiles"][0], 1000)
        case _:
            return None


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


def question(expectation: Expectation, frame: DataFrame, look: Callable[[str], DataFrame | None]) -> Question | Measured | None:
    """What is to be counted of groups or with other tables, which `look` finds by name; None where this is not ours to answer."""
    kwargs = expectation.configuration.kwargs
    if "unique" in type_of(expectation) and "count" not in type_of(expectation):
        return _duplicates(expectation, frame, kwargs.get("column_list") or [kwargs["column"]])
    if type_of(expectation) != "unexpected_rows_expectation":
        return None
    text = kwargs["unexpected_rows_query"]
    frames = {name: look(name) for name in _others(text)}
    if any(found is None for found in frames.values()):
        return Measured(expectation, None)
    known: dict[str, Any] = {"batch": frame, **frames}
    rows = frame.sparkSession.sql(text, **known)
    return Question(expectation, rows, F.to_json(F.struct(*rows.columns)), F.count(F.lit(1)))


def counted(questions: Sequence[Question]) -> list[Measured]:
    """The answers, in one query over all."""
    if not questions:
        return []
    one = [
        q.broken.agg(F.coalesce(q.count, F.lit(0)).alias("count")).select(F.lit(place).alias("place"), "count")
        for place, q in enumerate(questions)
    ]
    counts = {row["place"]: int(row["count"]) for row in reduce(DataFrame.union, one).collect()}
    return [q.answer(counts[place]) for place, q in enumerate(questions)]


def _duplicates(expectation: Expectation, frame: DataFrame, columns: list[str]) -> Question:
    is_known = F.lit(True) if len(columns) > 1 else F.col(columns[0]).isNotNull()
    twice = frame.where(is_known).groupBy(*columns).agg(F.count(F.lit(1)).alias("times")).where("times > 1")
    shown = F.col(columns[0]).cast("string") if len(columns) == 1 else F.to_json(F.struct(*columns))
    return Question(expectation, twice, shown, F.sum("times"))


def _others(text: str) -> list[str]:
    """Names in braces beside {batch}: the other tables that a query reads."""
    return sorted({name for _, name, _, _ in Formatter().parse(text) if name and name != "batch"})


def columns_of(expectation: Expectation) -> Iterator[str]:
    """Columns that an expectation looks at; of a query all its words, among which the columns are."""
    kwargs = expectation.configuration.kwargs
    yield from (kwargs[key] for key in ("column", "column_A", "column_B") if key in kwargs)
    yield from kwargs.get("column_list") or ()
    yield from re.findall(r"\w+", kwargs.get("unexpected_rows_query", ""))
