"""Each kind of damage makes the expectation fail that guards against it; the clean tables pass.

Damages that do not interfere share one copy of their table, so that few copies need validation.
"""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from functools import cache, partial

import pytest
from pyspark.sql import DataFrame, SparkSession

from hublake.expectations import query_plan
from hublake.expectations.gate import Gate
from hublake.expectations.query_plan import UnexpectedRows, measure, run_query, unexpected_rows_for
from hublake.expectations.suite import suite_of
from hublake.lake.schema import TABLES, find_table
from tests.drawn import drawn
from tests.expectations.damage import Damage
from tests.expectations.damage_cases import CLEAN, DAMAGES

# With six models a share is coarse: one model is above this limit.
IGNORED_FAILURES = {"few models have the floor date"}

# Columns that several checks of a row depend on (empty: the row is duplicated).
SHARED_COLUMNS = ("", "state", "status", "body")


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
    """(table, damages of one copy of it)."""
    for table in CLEAN:
        left = [damage for damage in DAMAGES if damage.table == table]
        while left:
            chosen: list[Damage] = []
            for damage in left:
                if not any(interfere(damage, other) for other in chosen):
                    chosen.append(damage)
            yield table, chosen
            left = [damage for damage in left if damage not in chosen]


def interfere(one: Damage, other: Damage) -> bool:
    """Whether two damages change one cell, or one row of which one of them changes the name."""
    changes_name = any(damage.column in SHARED_COLUMNS or damage.column.endswith("_id") for damage in (one, other))
    return one.row == other.row and (one.column == other.column or changes_name)


@pytest.fixture(scope="module")
def clean_tables(spark: SparkSession) -> dict[str, DataFrame]:
    """The clean tables by name, for checks that read other tables."""
    return {name.partition(".")[2]: drawn(spark, find_table(name), text).persist() for name, text in CLEAN.items()}


@cache
def gate(folder: str) -> Gate:
    return Gate(folder)


def failures(spark: SparkSession, clean_tables: dict[str, DataFrame], name: str, text: str) -> dict[str, str]:
    """Name -> severity of the expectations that fail."""
    table = find_table(name)
    frame = drawn(spark, table, text, with_snapshot=True)
    verdict = gate("unused").validate(frame, table, lambda other: None if other == table.name else clean_tables.get(other))
    return {failure.name: failure.severity for failure in verdict.failures if failure.name not in IGNORED_FAILURES}


def test_there_are_sixty_damages_and_each_is_another() -> None:
    assert len(DAMAGES) >= 60
    assert len(set(DAMAGES)) == len(DAMAGES)


def test_every_expectation_with_a_prefilter_has_a_damage() -> None:
    prefiltered = {e.description for table in TABLES.values() for e in suite_of(table) if (e.meta or {}).get("prefilter")} - {None}
    assert len(prefiltered) > 10
    assert prefiltered <= {damage.expectation for damage in DAMAGES}


@pytest.mark.parametrize("name", CLEAN)
def test_clean_tables_pass_every_prefilter(spark: SparkSession, clean_tables: dict[str, DataFrame], name: str) -> None:
    table, frame = find_table(name), drawn(spark, find_table(name), CLEAN[name], with_snapshot=True)
    run = partial(run_query, frame=frame, find_table=clean_tables.get)
    plans = [unexpected_rows_for(e, frame, 1, run) for e in suite_of(table) if (e.meta or {}).get("prefilter")]
    unexpected = [plan for plan in plans if isinstance(plan, UnexpectedRows)]
    assert [u.expectation.description for u in unexpected if u.prefilter is None] == []
    measure(frame, [], [replace(u, query=partial(_fail, u)) for u in unexpected])


def _fail(unexpected: UnexpectedRows) -> DataFrame:
    raise AssertionError(f"{unexpected.expectation.description}: the prefilter is not conclusive")


@pytest.mark.parametrize("name", CLEAN)
def test_clean_tables_pass_every_expectation(spark: SparkSession, clean_tables: dict[str, DataFrame], name: str) -> None:
    assert failures(spark, clean_tables, name, CLEAN[name]) == {}


@pytest.mark.parametrize(("name", "damages"), [pytest.param(*copy, id=f"{copy[0]}-{number}") for number, copy in enumerate(copies())])
def test_each_damage_is_found_by_its_expectation(
    spark: SparkSession, clean_tables: dict[str, DataFrame], name: str, damages: list[Damage]
) -> None:
    found = failures(spark, clean_tables, name, damaged(CLEAN[name], damages))
    assert {damage.expectation: found.get(damage.expectation) for damage in damages} == {
        damage.expectation: damage.severity for damage in damages
    }


def test_damages_of_a_large_table_are_found_by_hashes(
    spark: SparkSession, clean_tables: dict[str, DataFrame], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(query_plan, "MIN_ROWS", 0)
    monkeypatch.setattr(query_plan, "SAMPLE_ROWS", 1)  # which makes every table a large one
    name = "silver.model_tasks"
    damages = [
        Damage(name, 1, "", "", "expect_compound_columns_to_be_unique(model_id, source, task)"),
        Damage(name, 1, "model_id", "no/body", "every model_id is a listed model"),
        Damage(name, 2, "is_strongest", "no", "each model has one strongest task"),
    ]
    assert failures(spark, clean_tables, name, CLEAN[name]) == {}
    found = failures(spark, clean_tables, name, damaged(CLEAN[name], damages))
    assert found == {damage.expectation: "critical" for damage in damages}
