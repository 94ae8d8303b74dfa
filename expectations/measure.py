"""What an expectation needs of one pass over its table, and what the figures then say.

Great Expectations asks Spark once or more for each expectation. Here all of a table that can be counted row by row, and all
figures that are bounded, are aggregates of a single pass; uniqueness, queries over groups or other tables and quantiles (of a
sample) are asked together in a second. Examples are looked for only where something is broken. What none of these can answer
is left to Great Expectations itself.
"""

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import reduce
from string import Formatter
from typing import Any

from great_expectations.expectations.expectation import Expectation
from pyspark.sql import DataFrame
from pyspark.sql import functions as F

from lake.tables import Table

# SELECT of columns FROM {batch} WHERE a condition on one row; a condition on groups or other rows has one of the words.
_ON_ONE_ROW = re.compile(r"SELECT (?P<shown>[\w, ]+) FROM \{batch\} WHERE (?P<condition>.+)", re.DOTALL)
SAMPLE = 100_000  # rows by which a rank is known to some thousandths: no more than the sketch of a quantile itself tells
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

    `is_of_sample`: the figure is dear, and that of some rows will do.
    """

    expectation: Expectation
    aggregate: str
    read: Callable[[int, Any, DataFrame], Measured]
    is_of_sample: bool = False


@dataclass(frozen=True)
class Question:
    """Rows that break an expectation, or groups of them: in SQL, how they are counted and what names one.

    `screen`, if there is one, has rows wherever `broken` has, at less cost.
    """

    expectation: Expectation
    broken: DataFrame
    shown: str
    count: str
    screen: DataFrame | None = None

    @property
    def first(self) -> tuple[DataFrame, str]:
        """What is asked first, and how it is counted."""
        return (self.broken, self.count) if self.screen is None else (self.screen, "count(*)")

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
    return None if figure is None else Probe(expectation, figure, _bounded(expectation, kwargs), "quantile_ranges" in kwargs)


def _condition(expectation: Expectation, kwargs: dict[str, Any]) -> str | None:
    """When a row breaks it."""
    match type_of(expectation):
        case "expect_column_values_to_not_be_null":
            return f"{kwargs['column']} IS NULL"
        case "expect_column_values_to_be_between":
            return _outside(kwargs["column"], kwargs.get("min_value"), kwargs.get("max_value"))
        case "expect_column_values_to_be_in_set":
            return f"{kwargs['column']} NOT IN ({', '.join(map(_literal, kwargs['value_set']))})"
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
    return told if told and not _ON_MORE.search(told["condition"]) and not _others(text) else None


def _outside(column: str, low: Any, high: Any) -> str:
    sides = [f"{column} {sign} {_literal(bound)}" for sign, bound in (("<", low), (">", high)) if bound is not None]
    return " OR ".join(sides) or "FALSE"


def _literal(value: Any) -> str:
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
        return Measured(expectation, is_met, float(count), _examples(frame.where(bad), shown) if count else ())

    return Probe(expectation, f"count_if({bad})", read)


def _examples(broken: DataFrame, shown: str) -> tuple[str, ...]:
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
    return f"get(percentile_approx({column}, array({', '.join(map(_literal, among))}), 1000), {among.index(quantile)})"


def _averaged(column: str, meta: dict[str, Any]) -> str:
    """A column, or whether it has a value, or whether a condition holds."""
    value = f"({meta['share_where']})" if "share_where" in meta else column
    return f"({value} = {_literal(meta['share_of'])})" if "share_of" in meta else value


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


def question(expectation: Expectation, frame: DataFrame, ask: Callable[[str], DataFrame | None]) -> Question | Measured | None:
    """What is to be counted of groups or with other tables, which `ask` answers from SQL; None where this is not ours to answer."""
    kwargs = expectation.configuration.kwargs
    screened_by = (expectation.meta or {}).get("screened_by")
    screen = ask(screened_by) if screened_by else None
    if "unique" in type_of(expectation) and "count" not in type_of(expectation):
        return _duplicates(expectation, frame, kwargs.get("column_list") or [kwargs["column"]], screen)
    if type_of(expectation) != "unexpected_rows_expectation":
        return None
    broken = ask(kwargs["unexpected_rows_query"])
    if broken is None:
        return Measured(expectation, None)
    return Question(expectation, broken, f"to_json(struct({', '.join(f'`{name}`' for name in broken.columns)}))", "count(*)", screen)


def rows_of(text: str, frame: DataFrame, look: Callable[[str], DataFrame | None]) -> DataFrame | None:
    """What a query over `{batch}` and the tables that `look` finds by name answers; None where a table is not there."""
    frames = {name: look(name) for name in _others(text)}
    known: dict[str, Any] = {"batch": frame, **frames}
    return None if any(found is None for found in frames.values()) else frame.sparkSession.sql(text, **known)


def looked_at(probes: Sequence[Probe], frame: DataFrame) -> tuple[int, list[Measured]]:
    """Rows of the frame, and what the probes of all rows say: one pass."""
    rows, *values = frame.selectExpr("count(*)", *[f"{p.aggregate} AS a{place}" for place, p in enumerate(probes)]).collect()[0]
    return rows, [p.read(rows, value, frame) for p, value in zip(probes, values, strict=True)]


def sample_of(frame: DataFrame, rows: int, table: Table) -> DataFrame:
    """All rows of a small table, about SAMPLE of a large one: always the same."""
    return frame if rows < 2 * SAMPLE else frame.where(f"pmod(xxhash64({', '.join(table.key)}), {rows // SAMPLE}) = 0")


def asked(questions: Sequence[Question], probes: Sequence[Probe], sample: DataFrame) -> list[Measured]:
    """The answers, and what the probes of a sample say, in one query over all; in one more for what a screen left in doubt."""
    first = {id(rows): (rows, [count]) for rows, count in (q.first for q in questions)}  # a screen of several is asked once
    *figures, values = _figures([*first.values(), (sample, [p.aggregate for p in probes])])
    told = dict(zip(first, figures, strict=True))
    counts = [told[id(q.first[0])] for q in questions]
    doubted = [place for place, q in enumerate(questions) if q.screen is not None and counts[place] != [0]]
    exact = _figures([(questions[place].broken, [questions[place].count]) for place in doubted])
    for place, count in zip(doubted, exact, strict=True):
        counts[place] = count
    answers = [q.answer(int(count or 0)) for q, (count,) in zip(questions, counts, strict=True)]
    return answers + [p.read(0, value, sample) for p, value in zip(probes, values, strict=True)]


def _figures(asked: Sequence[tuple[DataFrame, Sequence[str]]]) -> list[list[float | None]]:
    """The figures that are asked of each frame, in one query; there is none for a frame of which nothing is asked."""
    one = [
        rows.selectExpr(f"{place} AS place", f"array({', '.join(f'CAST({figure} AS DOUBLE)' for figure in figures)}) AS figures")
        for place, (rows, figures) in enumerate(asked)
        if figures
    ]
    found = {row["place"]: row["figures"] for row in reduce(DataFrame.union, one).collect()} if one else {}
    return [found.get(place, []) for place in range(len(asked))]


def _duplicates(expectation: Expectation, frame: DataFrame, columns: list[str], screen: DataFrame | None) -> Question:
    known = frame if len(columns) > 1 else frame.where(f"{columns[0]} IS NOT NULL")
    twice = known.groupBy(*columns).agg(F.count(F.lit(1)).alias("times")).where("times > 1")
    shown = f"CAST({columns[0]} AS STRING)" if len(columns) == 1 else f"to_json(struct({', '.join(columns)}))"
    if screen is None:
        screen = known.groupBy(F.xxhash64(*columns)).agg(F.count(F.lit(1)).alias("times")).where("times > 1")
    return Question(expectation, twice, shown, "sum(times)", screen)


def _others(text: str) -> list[str]:
    """Names in braces beside {batch}: the other tables that a query reads."""
    return sorted({name for _, name, _, _ in Formatter().parse(text) if name and name != "batch"})


def columns_of(expectation: Expectation) -> Iterator[str]:
    """Columns that an expectation looks at; of a query all its words, among which the columns are."""
    kwargs = expectation.configuration.kwargs
    yield from (kwargs[key] for key in ("column", "column_A", "column_B") if key in kwargs)
    yield from kwargs.get("column_list") or ()
    yield from re.findall(r"\w+", kwargs.get("unexpected_rows_query", ""))
