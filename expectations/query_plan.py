"""How the figures of a table are asked: in one query, for what one pass over it tells, what needs groups or other tables, and a sample.

A second query asks what a screen leaves in doubt. What none of these can answer is left to Great Expectations itself.
"""

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import reduce
from typing import Any

from great_expectations.expectations.expectation import Expectation
from pyspark.sql import DataFrame
from pyspark.sql import functions as F

from hublake.expectations.aggregates import Measured, Probe, examples, others, type_of
from hublake.expectations.builders import Alike
from hublake.lake.schema import Table

SAMPLE = 100_000  # rows by which a rank is known to some thousandths: no more than the sketch of a quantile itself tells
AT_A_TIME = 16  # conditions in one: the JVM leaves uncompiled what has more than 8,000 bytes of code
Ask = Callable[[str], DataFrame | None]
Figures = tuple[DataFrame, Sequence[str]]  # aggregates in SQL that are asked of a frame


@dataclass(frozen=True)
class Question:
    """Rows that break an expectation, or groups of them: in SQL, how they are counted and what names one (all columns where empty).

    `screen`, if there is one, has rows wherever `broken` has, at less cost, or one row that does not say what `alike` says of the table;
    `broken` is planned only where it does.
    """

    expectation: Expectation
    broken: Callable[[], DataFrame]
    shown: str
    count: str
    screen: DataFrame | None = None
    alike: str = ""

    @property
    def first(self) -> tuple[DataFrame, str]:
        """What is asked first, and by which figure."""
        if self.screen is None:
            return self.broken(), self.count
        return self.screen, "max(answer)" if self.alike else "count(*)"

    def count_by(self, figure: Any, said: Mapping[str, Any]) -> float | None:
        """How many break it by the figure of what was asked first; None where that leaves a doubt. `said`: aggregate -> value."""
        if self.screen is None:
            return figure or 0
        return 0 if (figure == said[self.alike] if self.alike else not figure) else None

    def answer(self, count: int) -> Measured:
        """What the count says, with examples if it is not 0."""
        return Measured(self.expectation, count == 0, float(count), self._examples() if count else ())

    def _examples(self) -> tuple[str, ...]:
        broken = self.broken()
        return examples(broken, self.shown or f"to_json(struct({', '.join(f'`{name}`' for name in broken.columns)}))")


def rows_of(text: str, frame: DataFrame, look: Ask) -> DataFrame | None:
    """What a query over `{batch}` and the tables that `look` finds by name answers; None where a table is not there."""
    frames = {name: look(name) for name in others(text)}
    known: dict[str, Any] = {"batch": frame, **frames}
    return None if any(found is None for found in frames.values()) else frame.sparkSession.sql(text, **known)


def question(expectation: Expectation, frame: DataFrame, rows: int, ask: Ask) -> Question | Measured | None:
    """What is to be counted of groups or with other tables, which `ask` answers from SQL; None where this is not ours to answer.

    Of a table without rows nothing is asked that looks at no other table.
    """
    kwargs = expectation.configuration.kwargs
    query = kwargs.get("unexpected_rows_query")
    is_of_groups = "unique" in type_of(expectation) and "count" not in type_of(expectation)
    if not rows and (is_of_groups or (query and not others(query))):
        return Measured(expectation, True, 0.0)
    screen, alike = _screen(expectation, ask)
    if is_of_groups:
        return _duplicates(expectation, frame, kwargs.get("column_list") or [kwargs["column"]], screen, alike)
    if type_of(expectation) != "unexpected_rows_expectation":
        return None

    def broken() -> DataFrame | None:
        return ask(query)

    if screen is None and broken() is None:
        return Measured(expectation, None)
    return Question(expectation, broken, "", "count(*)", screen, alike)  # type: ignore[arg-type]  # what a screen reads, it finds as well


def _screen(expectation: Expectation, ask: Ask) -> tuple[DataFrame | None, str]:
    match (expectation.meta or {}).get("screened_by"):
        case Alike(aggregate, answered_by):
            screen = ask(f"SELECT answer FROM ({answered_by}) AS told(answer)")
            return screen, "" if screen is None else aggregate
        case str(text):
            return ask(text), ""
        case _:
            return None, ""


def _duplicates(expectation: Expectation, frame: DataFrame, columns: list[str], screen: DataFrame | None, alike: str) -> Question:
    known = frame if len(columns) > 1 else frame.where(f"{columns[0]} IS NOT NULL")
    twice = known.groupBy(*columns).agg(F.count(F.lit(1)).alias("times")).where("times > 1")
    shown = f"CAST({columns[0]} AS STRING)" if len(columns) == 1 else f"to_json(struct({', '.join(columns)}))"
    if screen is None:
        screen = known.groupBy(F.xxhash64(*columns)).agg(F.count(F.lit(1)).alias("times")).where("times > 1")
    return Question(expectation, lambda: twice, shown, "sum(times)", screen, alike)


def sample_of(frame: DataFrame, rows: int, table: Table) -> DataFrame:
    """All rows of a small table, about SAMPLE of a large one: always the same."""
    return frame if rows < 2 * SAMPLE else frame.where(f"pmod(xxhash64({', '.join(table.key)}), {rows // SAMPLE}) = 0")


def asked(frame: DataFrame, probes: Sequence[Probe], questions: Sequence[Question], sample: DataFrame) -> tuple[int, list[Measured]]:
    """How many rows the frame has, and the answers: in one query, and in one more for what it leaves in doubt.

    What no row may break is counted as one; in one more pass each by itself, if there is any. Of a `sample` of all rows the probes are
    asked that are of one.
    """
    strict = [p for p in probes if p.never]
    of_sample = [p for p in probes if p.is_of_sample and sample is not frame]
    of_rows = [p for p in probes if not p.never and not (p.is_of_sample and sample is not frame)]
    doubts = [f"count_if({' OR '.join(f'({p.never})' for p in some)})" for some in _by(AT_A_TIME, strict)]
    alikes = list(dict.fromkeys(q.alike for q in questions if q.alike))
    first = {id(rows): (rows, [figure]) for rows, figure in (q.first for q in questions)}  # a screen of several is asked once
    one_pass, of_some, *of_questions = _figures(
        [
            (frame, ["count(*)", *doubts, *alikes, *[p.aggregate for p in of_rows]]),
            (sample, [p.aggregate for p in of_sample]),
            *first.values(),
        ]
    )
    found = iter(one_pass)
    rows = int(next(found))
    doubted = sum(next(found) for _ in doubts)
    said = {alike: next(found) for alike in alikes}
    (counts,) = _figures([(frame, [p.aggregate for p in strict])]) if doubted else [[0] * len(strict)]
    values = [*zip(strict, counts, strict=True), *zip(of_rows, found, strict=True), *zip(of_sample, of_some, strict=True)]
    told = dict(zip(first, of_questions, strict=True))
    return rows, [
        *(p.read(rows, value, frame) for p, value in values),
        *_answered(questions, [told[id(q.first[0])][0] for q in questions], said),
    ]


def _answered(questions: Sequence[Question], told: Sequence[Any], said: Mapping[str, Any]) -> Iterator[Measured]:
    """What was `told` of each question, or where that leaves a doubt what is broken."""
    counts = [q.count_by(figure, said) for q, figure in zip(questions, told, strict=True)]
    exact = iter(_figures([(q.broken(), [q.count]) for q, count in zip(questions, counts, strict=True) if count is None]))
    for q, count in zip(questions, counts, strict=True):
        yield q.answer(int((next(exact)[0] if count is None else count) or 0))


def _by(size: int, probes: Sequence[Probe]) -> Iterator[Sequence[Probe]]:
    return (probes[first : first + size] for first in range(0, len(probes), size))


def _figures(asked: Sequence[Figures]) -> list[list[Any]]:
    """The figures that are asked of each frame, in one query; there is none for a frame of which nothing is asked."""
    one = []
    for place, (rows, figures) in enumerate(asked):
        if figures:
            named = ", ".join(f"'a{number}', {figure}" for number, figure in enumerate(figures))
            one.append(rows.selectExpr(f"{place} AS place", f"to_json(named_struct({named}), map('ignoreNullFields', 'false')) AS told"))
    found = {row["place"]: list(json.loads(row["told"]).values()) for row in reduce(DataFrame.union, one).collect()} if one else {}
    return [found.get(place, []) for place in range(len(asked))]
