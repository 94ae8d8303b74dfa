"""Each kind of planted damage is named by the expectation that is there for it; the clean world breaks none.

Damages that do not touch one another stand in one copy of their table: a copy is judged once.
"""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from functools import cache, partial

import pytest
from pyspark.sql import DataFrame, SparkSession

from hublake.expectations.gate import Gate
from hublake.expectations.query_plan import Question, asked, question, rows_of
from hublake.expectations.suite import suite_of
from hublake.lake.schema import TABLES, find_table
from tests.drawn import drawn
from tests.expectations.damage_cases import CLEAN, DAMAGES, Damage

# The shares of six models are coarse: so many rows are one too many.
DOUBTED = {"few models stand at the floor"}


# Columns (none: the row is doubled) on which several rules of one row hang.
WIDE = ("", "state", "status", "body")


def damaged(text: str, damages: Sequence[Damage]) -> str:
    header, *rows = [[cell.strip() for cell in line.split("|")] for line in text.strip().splitlines()]
    for damage in damages:
        if damage.column:
            if damage.column not in header:
                header.append(damage.column)
                rows = [[*row, ""] for row in rows]
            rows[damage.row][header.index(damage.column)] = damage.value
        else:
            rows.append(rows[damage.row])
    return "\n".join(" | ".join(row) for row in [header, *rows])


def copies() -> Iterator[tuple[str, list[Damage]]]:
    """Table and damages that go into one copy of it."""
    for table in CLEAN:
        left = [damage for damage in DAMAGES if damage.table == table]
        while left:
            chosen: list[Damage] = []
            for damage in left:
                if not any(touch(damage, other) for other in chosen):
                    chosen.append(damage)
            yield table, chosen
            left = [damage for damage in left if damage not in chosen]


def touch(one: Damage, other: Damage) -> bool:
    """Whether two damages are on one cell, or on one row whose name one of them changes."""
    is_named = any(damage.column in WIDE or damage.column.endswith("_id") for damage in (one, other))
    return one.row == other.row and (one.column == other.column or is_named)


@pytest.fixture(scope="module")
def world(spark: SparkSession) -> dict[str, DataFrame]:
    """The clean tables as they are seen from each other."""
    return {name.partition(".")[2]: drawn(spark, find_table(name), text).persist() for name, text in CLEAN.items()}


@cache
def gate(folder: str) -> Gate:
    return Gate(folder)


def broken(spark: SparkSession, world: dict[str, DataFrame], name: str, text: str) -> dict[str, str]:
    """Name -> severity of what the gate finds."""
    table = find_table(name)
    frame = drawn(spark, table, text, with_snapshot=True)
    verdict = gate("unused").judge(frame, table, lambda other: None if other == table.name else world.get(other))
    return {finding.name: finding.severity for finding in verdict.findings if finding.name not in DOUBTED}


def test_there_are_sixty_kinds_of_damage_each_for_another_rule() -> None:
    assert len(DAMAGES) >= 60
    assert len({(damage.table, damage.named, damage.column) for damage in DAMAGES}) == len(DAMAGES)


def test_a_damage_is_planted_for_every_rule_that_a_screen_stands_before() -> None:
    screened = {e.description for table in TABLES.values() for e in suite_of(table) if (e.meta or {}).get("screened_by")} - {None}
    assert len(screened) > 10
    assert screened <= {damage.named for damage in DAMAGES}


@pytest.mark.parametrize("name", CLEAN)
def test_the_clean_world_leaves_no_screen_in_doubt(spark: SparkSession, world: dict[str, DataFrame], name: str) -> None:
    table, frame = find_table(name), drawn(spark, find_table(name), CLEAN[name], with_snapshot=True)
    screened = [e for e in suite_of(table) if (e.meta or {}).get("screened_by")]
    told = [question(e, frame, 1, partial(rows_of, frame=frame, look=world.get)) for e in screened]
    questions = [q for q in told if isinstance(q, Question)]
    assert [q.expectation.description for q in questions if q.screen is None] == []
    asked(frame, [], [replace(q, broken=partial(_doubted, q)) for q in questions], frame)


def _doubted(in_doubt: Question) -> DataFrame:
    raise AssertionError(f"{in_doubt.expectation.description}: the screen leaves a doubt")


@pytest.mark.parametrize("name", CLEAN)
def test_the_clean_world_breaks_nothing(spark: SparkSession, world: dict[str, DataFrame], name: str) -> None:
    assert broken(spark, world, name, CLEAN[name]) == {}


@pytest.mark.parametrize(("name", "damages"), [pytest.param(*copy, id=f"{copy[0]}-{number}") for number, copy in enumerate(copies())])
def test_damage_is_named_by_the_rule_that_guards_against_it(
    spark: SparkSession, world: dict[str, DataFrame], name: str, damages: list[Damage]
) -> None:
    found = broken(spark, world, name, damaged(CLEAN[name], damages))
    assert {damage.named: found.get(damage.named) for damage in damages} == {damage.named: damage.severity for damage in damages}
