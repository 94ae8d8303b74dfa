"""Plans and runs the queries that evaluate the expectations of a table.

One query computes the aggregates over all rows, and the counts that need groups or other tables. A second query runs only for
expectations that a prefilter leaves undecided. Great Expectations evaluates all other kinds itself.
"""

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import reduce
from typing import Any

from great_expectations.expectations.expectation import Expectation
from pyspark.sql import DataFrame
from pyspark.sql import functions as F

from hublake.expectations.aggregates import Aggregate, Measurement, find_examples, other_tables
from hublake.expectations.builders import AggregateMatch, MissingFrom, NotOneInEach
from hublake.expectations.hashed_rows import DUPLICATES, MIN_ROWS, NOT_ONE, UNLISTED, count_by_hash, key_of
from hublake.expectations.suite import type_of
from hublake.lake.schema import Table

SAMPLE_ROWS = 20_000  # shares and ranks are accurate to some thousandths, which drift needs
CONDITIONS_PER_COUNT = 16  # the JVM does not compile methods of more than 8,000 bytes of bytecode

FindTable = Callable[[str], DataFrame | None]  # name of a table -> its rows in the snapshot; None where there is no such table
RunQuery = Callable[[str], DataFrame | None]  # SQL -> its result; None where a table that it reads does not exist
Figures = tuple[DataFrame, Sequence[str]]  # SQL aggregates to compute on a frame
WHOLE_KEY = "key"


@dataclass(frozen=True)
class UnexpectedRows:
    """The unexpected rows or groups of one expectation, which need more than one pass over the table.

    `count_sql` counts them, `example_sql` identifies one (all columns if empty). With a `prefilter`, `query` runs only if the prefilter
    returns a row. With `aggregate` as well, it runs only if the prefilter's single value differs from that aggregate of the table. With
    `figure`, an SQL aggregate, it runs only if that of the prefilter is not 0. With `aggregate` alone, it runs only if that is not 0.
    """

    expectation: Expectation
    query: Callable[[], DataFrame]
    example_sql: str
    count_sql: str
    prefilter: DataFrame | None = None
    aggregate: str = ""
    figure: str = "count(*)"

    @property
    def first_query(self) -> tuple[DataFrame, str] | None:
        """The frame to query first, and the aggregate to compute on it; None where an aggregate of the table decides."""
        if self.prefilter is None:
            return None if self.aggregate else (self.query(), self.count_sql)
        return self.prefilter, "max(expected)" if self.aggregate else self.figure

    def count_from(self, figure: Any, match_values: Mapping[str, Any]) -> float | None:
        """The number of unexpected rows according to the first query; None where its result is not conclusive.

        `match_values`: SQL aggregate of the table -> its value.
        """
        if self.prefilter is None:
            return (None if match_values[self.aggregate] else 0) if self.aggregate else figure or 0
        passes = figure == match_values[self.aggregate] if self.aggregate else not figure
        return 0 if passes else None

    def measurement(self, count: int) -> Measurement:
        """The measurement for a number of unexpected rows, with examples if there are any."""
        return Measurement(self.expectation, count == 0, float(count), self._examples() if count else ())

    def _examples(self) -> tuple[str, ...]:
        rows = self.query()
        return find_examples(rows, self.example_sql or f"to_json(struct({', '.join(f'`{name}`' for name in rows.columns)}))")


Plan = UnexpectedRows | Measurement | None


def run_query(query: str, frame: DataFrame, find_table: FindTable) -> DataFrame | None:
    """The result of a query on `{batch}` and other tables; None where one of these tables does not exist."""
    tables = {name: find_table(name) for name in other_tables(query)}
    if any(table is None for table in tables.values()):
        return None
    named: dict[str, Any] = {"batch": frame, **tables}
    return frame.sparkSession.sql(query, **named)


def unexpected_rows_for(expectation: Expectation, frame: DataFrame, rows: int, run: RunQuery) -> Plan:
    """The plan for an expectation on groups or other tables; None for other kinds.

    Returns a measurement if no query is needed: the table is empty and the check reads no other table, or another table is missing.
    """
    kwargs = expectation.configuration.kwargs
    query = kwargs.get("unexpected_rows_query")
    is_uniqueness = "unique" in type_of(expectation) and "count" not in type_of(expectation)
    if not rows and (is_uniqueness or (query and not other_tables(query))):
        return Measurement(expectation, True, 0.0)
    prefilter, aggregate = _prefilter(expectation, run)
    if is_uniqueness:
        return _duplicates(expectation, frame, kwargs.get("column_list") or [kwargs["column"]], prefilter, aggregate, rows)
    if type_of(expectation) != "unexpected_rows_expectation":
        return None

    def unexpected() -> DataFrame | None:
        return run(query)

    if prefilter is None and unexpected() is None:
        return Measurement(expectation, None)
    # If the prefilter found its tables, the query finds the same ones.
    return UnexpectedRows(expectation, unexpected, "", "count(*)", prefilter, aggregate)  # type: ignore[arg-type]


def _prefilter(expectation: Expectation, run: RunQuery) -> tuple[DataFrame | None, str]:
    match (expectation.meta or {}).get("prefilter"):
        case AggregateMatch(aggregate, expected):
            prefilter = run(f"SELECT expected FROM ({expected}) AS other(expected)")
            return prefilter, "" if prefilter is None else aggregate
        case MissingFrom() | NotOneInEach() as prefilter:
            return run(prefilter.query), ""
        case str(query):
            return run(query), ""
        case _:
            return None, ""


def with_hashes(plans: Sequence[Plan], frame: DataFrame, table: Table, rows: int, run: RunQuery) -> list[Plan]:
    """The same plans. Those on the key of a large table, and on the names that its key begins with, share one prefilter by hashes."""
    checks = {id(plan): check for plan in plans if (check := _hash_check(plan, table))}
    if rows < MIN_ROWS or not checks:
        return list(plans)
    missing = next((check for check in checks.values() if isinstance(check, MissingFrom)), None)
    not_one = next((check for check in checks.values() if isinstance(check, NotOneInEach)), None)
    figures = {WHOLE_KEY: DUPLICATES, missing: UNLISTED, not_one: NOT_ONE}
    names = key_of(table)[:1] if missing or not_one else key_of(table)
    condition = not_one.condition if not_one else "FALSE"
    counted = count_by_hash(frame, names, key_of(table), run(missing.listed) if missing else None, condition)

    def with_figure(plan: Plan) -> Plan:
        figure = figures.get(checks.get(id(plan), ""))
        return replace(plan, prefilter=counted, figure=f"sum({figure})") if isinstance(plan, UnexpectedRows) and figure else plan

    return [with_figure(plan) for plan in plans]


def _hash_check(plan: Plan, table: Table) -> MissingFrom | NotOneInEach | str | None:
    """What `count_by_hash` can count of an expectation."""
    if not isinstance(plan, UnexpectedRows) or plan.aggregate:
        return None
    kwargs, prefilter = plan.expectation.configuration.kwargs, (plan.expectation.meta or {}).get("prefilter")
    if "unexpected_rows_query" not in kwargs and (kwargs.get("column_list") or [kwargs["column"]]) == key_of(table):
        return WHOLE_KEY
    return prefilter if isinstance(prefilter, MissingFrom | NotOneInEach) and prefilter.column == key_of(table)[0] else None


def _duplicates(
    expectation: Expectation, frame: DataFrame, columns: list[str], prefilter: DataFrame | None, aggregate: str, rows: int
) -> UnexpectedRows:
    keyed = frame if len(columns) > 1 else frame.where(f"{columns[0]} IS NOT NULL")
    duplicates = keyed.groupBy(*columns).agg(F.count(F.lit(1)).alias("times")).where("times > 1")
    example_sql = f"CAST({columns[0]} AS STRING)" if len(columns) == 1 else f"to_json(struct({', '.join(columns)}))"
    if prefilter is None and is_small(rows):  # with the other aggregates, so that Spark reads and groups the rows once
        counted = "count(*)" if len(columns) > 1 else f"count({columns[0]})"
        hashed = f"xxhash64({', '.join(columns)})" if len(columns) > 1 else f"IF({columns[0]} IS NULL, NULL, xxhash64({columns[0]}))"
        aggregate = f"{counted} - size(collect_set({hashed}))"
    elif prefilter is None:
        prefilter = keyed.groupBy(F.xxhash64(*columns)).agg(F.count(F.lit(1)).alias("times")).where("times > 1")
    return UnexpectedRows(expectation, lambda: duplicates, example_sql, "sum(times)", prefilter, aggregate)


def sample_of(frame: DataFrame, rows: int, table: Table) -> DataFrame:
    """All rows of a small table; about SAMPLE_ROWS of a large one, by their keys: mostly the same from one snapshot to the next."""
    key = ", ".join(name for name in table.key if name != "snapshot_date")
    return frame if is_small(rows) else frame.where(f"pmod(xxhash64({key}), {rows // SAMPLE_ROWS}) = 0")


def is_small(rows: int) -> bool:
    """Whether all rows of a table are its sample."""
    return rows < 2 * SAMPLE_ROWS


def measure(frame: DataFrame, aggregates: Sequence[Aggregate], unexpected: Sequence[UnexpectedRows]) -> tuple[int, list[Measurement]]:
    """The number of rows, and the measurements. One query measures most; a second settles what it leaves open.

    Forbidden conditions are first counted several at a time, and individually only if a count is not 0.
    """
    strict = [a for a in aggregates if a.forbidden]
    exact = [a for a in aggregates if not a.forbidden]
    combined = [f"count_if({' OR '.join(f'({a.forbidden})' for a in group)})" for group in _groups_of(CONDITIONS_PER_COUNT, strict)]
    matches = list(dict.fromkeys(u.aggregate for u in unexpected if u.aggregate))
    first_queries: dict[int, tuple[DataFrame, list[str]]] = {}  # a shared prefilter runs once
    places = [_add_figure(first_queries, *query) if (query := u.first_query) else None for u in unexpected]
    of_all, *of_first_queries = _compute([(frame, ["count(*)", *combined, *matches, *[a.sql for a in exact]]), *first_queries.values()])
    values = iter(of_all)
    rows = int(next(values))
    violations = sum(next(values) for _ in combined)
    match_values = {aggregate: next(values) for aggregate in matches}
    (counts,) = _compute([(frame, [a.sql for a in strict])]) if violations else [[0] * len(strict)]
    measured = [*zip(strict, counts, strict=True), *zip(exact, values, strict=True)]
    figures = dict(zip(first_queries, of_first_queries, strict=True))
    return rows, [
        *(aggregate.interpret(rows, value, frame) for aggregate, value in measured),
        *_count_unexpected(unexpected, [figures[place[0]][place[1]] if place else None for place in places], match_values),
    ]


def _add_figure(queries: dict[int, tuple[DataFrame, list[str]]], rows: DataFrame, figure: str) -> tuple[int, int]:
    """Add a figure to those of its frame; returns the key of the frame and the place of the figure."""
    figures = queries.setdefault(id(rows), (rows, []))[1]
    if figure not in figures:
        figures.append(figure)
    return id(rows), figures.index(figure)


def _count_unexpected(
    unexpected: Sequence[UnexpectedRows], figures: Sequence[Any], match_values: Mapping[str, Any]
) -> Iterator[Measurement]:
    """Measurements from the figures of the first queries; runs the exact queries where these are not conclusive."""
    counts = [u.count_from(figure, match_values) for u, figure in zip(unexpected, figures, strict=True)]
    exact = iter(_compute([(u.query(), [u.count_sql]) for u, count in zip(unexpected, counts, strict=True) if count is None]))
    for u, count in zip(unexpected, counts, strict=True):
        yield u.measurement(int((next(exact)[0] if count is None else count) or 0))


def _groups_of(size: int, aggregates: Sequence[Aggregate]) -> Iterator[Sequence[Aggregate]]:
    return (aggregates[first : first + size] for first in range(0, len(aggregates), size))


def _compute(queries: Sequence[Figures]) -> list[list[Any]]:
    """The figures of each frame, all by one Spark query; an empty list for a frame without figures."""
    selects = []
    for position, (rows, figures) in enumerate(queries):
        if figures:
            named = ", ".join(f"'a{number}', {figure}" for number, figure in enumerate(figures))
            selects.append(
                rows.selectExpr(f"{position} AS position", f"to_json(named_struct({named}), map('ignoreNullFields', 'false')) AS figures")
            )
    results = reduce(DataFrame.union, selects).collect() if selects else []
    found = {row["position"]: list(json.loads(row["figures"]).values()) for row in results}
    return [found.get(position, []) for position in range(len(queries))]
