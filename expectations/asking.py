"""How the figures of a table are asked: one pass, then one query for all that needs groups, other tables or a sample.

What none of these can answer is left to Great Expectations itself.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import reduce
from typing import Any

from great_expectations.expectations.expectation import Expectation
from pyspark.sql import DataFrame
from pyspark.sql import functions as F

from expectations.measure import Measured, Probe, examples, literal, others, type_of
from expectations.wording import Alike
from lake.tables import Table

SAMPLE = 100_000  # rows by which a rank is known to some thousandths: no more than the sketch of a quantile itself tells
AT_A_TIME = 16  # conditions in one: the JVM leaves uncompiled what has more than 8,000 bytes of code
Ask = Callable[[str], DataFrame | None]
Seen = Mapping[str, str | None]  # aggregate in SQL -> its value


@dataclass(frozen=True)
class Question:
    """Rows that break an expectation, or groups of them: in SQL, how they are counted and what names one (all columns where empty).

    `screen`, if there is one, has rows wherever `broken` has, at less cost; `broken` is planned only where it has any.
    """

    expectation: Expectation
    broken: Callable[[], DataFrame]
    shown: str
    count: str
    screen: DataFrame | None = None

    @property
    def first(self) -> tuple[DataFrame, str]:
        """What is asked first, and how it is counted."""
        return (self.broken(), self.count) if self.screen is None else (self.screen, "count(*)")

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


def aggregates_of(suite: Sequence[Expectation]) -> list[str]:
    """What screens want to know of the table itself."""
    return list(dict.fromkeys(screen.aggregate for e in suite if isinstance(screen := _screen_of(e), Alike)))


def looked_at(probes: Sequence[Probe], aggregates: Sequence[str], frame: DataFrame) -> tuple[int, list[Measured], Seen]:
    """Rows of the frame, what the probes of all rows say, and the aggregates: one pass.

    What no row may break is counted as one; in one more pass each by itself, if there is any.
    """
    strict = [p for p in probes if p.never]
    rest = [p for p in probes if not p.never]
    doubts = [f"count_if({' OR '.join(f'({p.never})' for p in some)})" for some in _by(AT_A_TIME, strict)]
    found = iter(_row_of(frame, ["count(*)", *doubts, *aggregates, *[p.aggregate for p in rest]]))
    rows = next(found)
    doubted = sum(next(found) for _ in doubts)
    seen = {aggregate: next(found) for aggregate in aggregates}
    counts = _row_of(frame, [p.aggregate for p in strict]) if doubted else [0] * len(strict)
    values = {id(p): value for p, value in (*zip(strict, counts, strict=True), *zip(rest, found, strict=True))}
    return rows, [p.read(rows, values[id(p)], frame) for p in probes], seen


def _by(size: int, probes: Sequence[Probe]) -> Iterator[Sequence[Probe]]:
    return (probes[first : first + size] for first in range(0, len(probes), size))


def _row_of(frame: DataFrame, aggregates: Sequence[str]) -> Sequence[Any]:
    return frame.selectExpr(*[f"{aggregate} AS a{place}" for place, aggregate in enumerate(aggregates)]).collect()[0]


def question(expectation: Expectation, frame: DataFrame, rows: int, ask: Ask, seen: Seen) -> Question | Measured | None:
    """What is to be counted of groups or with other tables, which `ask` answers from SQL; None where this is not ours to answer.

    Of a table without rows nothing is asked that looks at no other table.
    """
    kwargs = expectation.configuration.kwargs
    query = kwargs.get("unexpected_rows_query")
    is_of_groups = "unique" in type_of(expectation) and "count" not in type_of(expectation)
    if not rows and (is_of_groups or (query and not others(query))):
        return Measured(expectation, True, 0.0)
    screen = _screen(expectation, ask, seen)
    if is_of_groups:
        return _duplicates(expectation, frame, kwargs.get("column_list") or [kwargs["column"]], screen)
    if type_of(expectation) != "unexpected_rows_expectation":
        return None

    def broken() -> DataFrame | None:
        return ask(query)

    if screen is None and broken() is None:
        return Measured(expectation, None)
    return Question(expectation, broken, "", "count(*)", screen)  # type: ignore[arg-type]  # what a screen reads, it finds as well


def _screen_of(expectation: Expectation) -> str | Alike | None:
    found: str | Alike | None = (expectation.meta or {}).get("screened_by")
    return found


def _screen(expectation: Expectation, ask: Ask, seen: Seen) -> DataFrame | None:
    match _screen_of(expectation):
        case Alike(aggregate, answered_by):
            value = "NULL" if seen[aggregate] is None else literal(seen[aggregate])
            told = value.replace("{", "{{").replace("}", "}}")
            return ask(f"SELECT answer FROM ({answered_by}) AS told(answer) WHERE answer IS DISTINCT FROM {told}")
        case str(text):
            return ask(text)
        case _:
            return None


def _duplicates(expectation: Expectation, frame: DataFrame, columns: list[str], screen: DataFrame | None) -> Question:
    known = frame if len(columns) > 1 else frame.where(f"{columns[0]} IS NOT NULL")
    twice = known.groupBy(*columns).agg(F.count(F.lit(1)).alias("times")).where("times > 1")
    shown = f"CAST({columns[0]} AS STRING)" if len(columns) == 1 else f"to_json(struct({', '.join(columns)}))"
    if screen is None:
        screen = known.groupBy(F.xxhash64(*columns)).agg(F.count(F.lit(1)).alias("times")).where("times > 1")
    return Question(expectation, lambda: twice, shown, "sum(times)", screen)


def sample_of(frame: DataFrame, rows: int, table: Table) -> DataFrame:
    """All rows of a small table, about SAMPLE of a large one: always the same."""
    return frame if rows < 2 * SAMPLE else frame.where(f"pmod(xxhash64({', '.join(table.key)}), {rows // SAMPLE}) = 0")


def asked(questions: Sequence[Question], probes: Sequence[Probe], sample: DataFrame) -> list[Measured]:
    """The answers, and what the probes of a sample say, in one query over all; in one more for what a screen left in doubt."""
    asked_first = [q.first for q in questions]
    first = {id(rows): (rows, [count]) for rows, count in asked_first}  # a screen of several is asked once
    *figures, values = _figures([*first.values(), (sample, [p.aggregate for p in probes])])
    told = dict(zip(first, figures, strict=True))
    counts = [told[id(rows)] for rows, _ in asked_first]
    doubted = [place for place, q in enumerate(questions) if q.screen is not None and counts[place] != [0]]
    exact = _figures([(questions[place].broken(), [questions[place].count]) for place in doubted])
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
