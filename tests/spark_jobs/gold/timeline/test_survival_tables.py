"""Survival curves and tests from drawn times, families, peaks and histories."""

from datetime import date
from typing import Any

import pytest
from pyspark.sql import SparkSession

from hublake.lake.schema.gold.timeline import FAMILY_LIFESPANS, POPULARITY_TRENDS, TIME_TO_DERIVATIVE
from hublake.lake.schema.silver.timeline import MODEL_HISTORY
from hublake.spark_jobs.gold.timeline import survival_curves, survival_tests
from tests.drawn import drawn

DAY = date(2024, 3, 1)
TIMES = """
    model_id | relation | derived_by     | days | days_with_guesses | observed_days | exclusion | size_class | license_class | author_kind | popularity | created_month | is_root | is_notable
    a/1      | any      | any    | 1    | 1                 | 100           |           | up-to-1b   | permissive    | user        | quartile-1 | 2023-01       | yes     | yes
    a/1      | finetune | others | 2.5  | 2.5               | 100           |           | up-to-1b   | permissive    | user        | quartile-1 | 2023-01       | yes     | yes
    a/1      | merge    | own    |      |                   | 100           |           | up-to-1b   | permissive    | user        | quartile-1 | 2023-01       | yes     | yes
    a/2      | any      | any    |      | 50                | 100           |           | unknown    | permissive    | user        |            | 2023-01       | yes     | no
    a/3      | any      | any    |      |                   | 20            |           | unknown    | undeclared    | unknown     |            | 2024-01       | no      | no
    a/4      | any      | any    |      |                   | 100           |           | unknown    | undeclared    | unknown     |            | 2024-01       | no      | no
    a/floor  | any      | any    |      |                   |               | floor     | unknown    | permissive    | user        |            |               | yes     | no
"""
FAMILIES = """
    root_id | silent_90_days | silent_180_days | silent_365_days | observed_days
    a/1     | 100            | 190             |                 | 300
    a/2     | 90             |                 |                 | 100
"""
TRENDS = """
    hub_id | model_id | peak_downloads_30d | half_life_days | days_since_peak
    h1     | a/1      | 10                 | 7              | 30
    h2     | a/2      | 10                 |                | 30
    h3     | a/3      | 0                  |                | 30
"""
# 65920080 is 2024-01-01, 621ffdc0 the Hub's floor.
HISTORY = """
    hub_id                   | model_id | valid_from | is_removed
    659200800000000000000001 | a/1      | 2024-01-11 | no
    659200800000000000000002 | a/2      | 2024-01-11 | no
    659200800000000000000002 | a/2      | 2024-01-21 | yes
    659200800000000000000003 | a/3      | 2024-03-01 | no
    621ffdc00000000000000004 | a/4      | 2024-01-11 | no
    odd                      | a/5      | 2024-01-11 | yes
"""

Rows = dict[tuple[str, str, str, str], list[dict[str, Any]]]


@pytest.fixture(scope="module")
def curves(spark: SparkSession) -> Rows:
    found = survival_curves.transform(
        drawn(spark, TIME_TO_DERIVATIVE, TIMES),
        drawn(spark, FAMILY_LIFESPANS, FAMILIES),
        drawn(spark, POPULARITY_TRENDS, TRENDS),
        drawn(spark, MODEL_HISTORY, HISTORY),
        day=DAY,
    )
    rows: Rows = {}
    for row in sorted(found.collect(), key=lambda row: row.day):
        rows.setdefault((row.event, row.relation, row.derived_by, row.stratum), []).append(row.asDict())
    return rows


def points(rows: list[dict[str, Any]]) -> list[tuple[float, int, int, float]]:
    return [(row["day"], row["at_risk"], row["events"], round(row["survival"], 6)) for row in rows]


def test_models_without_a_derivative_are_at_risk_for_every_relation(curves: Rows) -> None:
    assert points(curves["derivative", "finetune", "others", "all"]) == [
        (1, 4, 0, 1), (2.5, 4, 1, 0.75), (7, 3, 0, 0.75), (30, 3, 0, 0.75), (90, 2, 0, 0.75),
    ]  # fmt: skip
    assert points(curves["derivative", "any", "any", "all"])[0] == (1, 4, 1, 0.75)
    assert ("derivative", "merge", "own", "all") not in curves  # it happened to nobody


def test_every_stratum_has_its_own_curve_and_the_floor_is_in_none(curves: Rows) -> None:
    strata = {
        stratum: rows[0]["at_risk"]
        for (event, relation, derived_by, stratum), rows in curves.items()
        if (event, relation, derived_by) == ("derivative", "any", "any")
    }
    assert strata == {
        "all": 4, "roots": 2, "notable": 1, "year:2023": 2, "year:2024": 2, "size:up-to-1b": 1, "size:unknown": 3, "license_class:permissive": 2,
        "license_class:undeclared": 2, "author_kind:user": 2, "author_kind:unknown": 2, "popularity:quartile-1": 1,
    }  # fmt: skip


def test_guessed_derivatives_are_another_event(curves: Rows) -> None:
    assert [row["day"] for row in curves["derivative_with_guesses", "any", "any", "all"] if row["events"]] == [1, 50]


def test_families_die_with_a_silence_and_peaks_halve(curves: Rows) -> None:
    assert points(curves["family_death", "any", "others", "all"])[-1] == (190, 1, 1, 0)
    assert [row["day"] for row in curves["family_death_90", "any", "others", "all"] if row["events"]] == [90, 100]
    assert points(curves["download_half_life", "any", "any", "all"]) == [(1, 2, 0, 1), (7, 2, 1, 0.5), (30, 1, 0, 0.5)]


def test_a_model_can_only_be_found_removed_after_it_was_first_listed(curves: Rows) -> None:
    # Two models came under observation ten days after their creation. The floor, an odd id and what was first listed today say nothing.
    assert points(curves["removal", "any", "any", "all"]) == [(20, 2, 1, 0.5), (30, 1, 0, 0.5)]
    assert points(curves["removal", "any", "any", "year:2024"]) == points(curves["removal", "any", "any", "all"])


def test_groups_are_compared_together_and_in_pairs(spark: SparkSession) -> None:
    found = survival_tests.transform(drawn(spark, TIME_TO_DERIVATIVE, TIMES)).collect()
    rows = {(row.event, row.relation, row.derived_by, row.stratum, row.against): row for row in found}
    together = rows["derivative", "any", "any", "license_class:permissive", "all"]
    assert (together.models, together.events, together.groups, together.degrees) == (2, 1, 2, 1)
    assert together.expected_events == 0.5  # both kinds have two of the four models at risk
    pair = rows["derivative", "any", "any", "license_class:permissive", "license_class:undeclared"]
    assert (pair.chi_squared, pair.p_value) == (together.chi_squared, pair.p_value_adjusted)
    assert pair.restricted_mean_difference is None  # nobody was observed for a year
    assert {row.stratum_kind for row in found} == {"license_class", "year", "size", "author_kind"}
    assert not [row for row in found if (row.relation, row.derived_by) == ("merge", "own")]
