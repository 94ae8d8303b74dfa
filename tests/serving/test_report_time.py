"""The sections of the report on growth and on how soon others derive from a model, and the questions on them."""

import json
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from hublake.serving.reader import PublishedTables
from hublake.serving.report import read_report
from tests.serving.report_text import printed_lines
from tests.serving.small_warehouse import write_tables, write_warehouse
from tools.dist import ROOT

TIME = {
    "gold.monthly_growth": """
        month   | stratum  | new_models | new_authors | removed | cumulative | new_organisation_models | edges_finetune | edges_adapter | edges_quantized | edges_merge
        2025-11 | all      | 10         | 3           | 0       | 20         | 4                       | 1              | 1             | 0               | 0
        2025-12 | all      | 5          | 1           | 2       | 25         | 0                       | 0              | 0             | 0               | 0
        2025-12 | size:x   | 5          | 1           |         | 25         | 0                       | 0              | 0             | 0               | 0
    """,
    "gold.survival_curves": """
        event      | relation | derived_by     | stratum | day | at_risk | events | censored | survival | survival_low | survival_high
        derivative | any      | others | all     | 3   | 40      | 4      | 0        | 0.9      | 0.8          | 0.95
        derivative | any      | others | all     | 7   | 36      | 0      | 0        | 0.9      | 0.8          | 0.95
        derivative | any      | others | all     | 30  | 36      | 9      | 2        | 0.675    | 0.5          | 0.8
        derivative | finetune | others | all     | 2   | 40      | 4      | 0        | 0.9      | 0.8          | 0.95
        derivative | any      | any    | all     | 7   | 40      | 8      | 0        | 0.8      | 0.7          | 0.9
        removal    | any      | any    | all     | 7   | 40      | 8      | 0        | 0.8      | 0.7          | 0.9
    """,
    "gold.survival_tests": """
        event      | relation | derived_by     | stratum_kind  | stratum         | against         | models | events | expected_events | groups | chi_squared | degrees | p_value | p_value_adjusted
        derivative | any      | others | license_class | license_class:a | all             | 20     | 9      | 6.5             | 2      | 2.25        | 1       | 0.13    |
        derivative | any      | others | license_class | license_class:a | license_class:b | 20     | 9      | 6.5             | 2      | 2.25        | 1       | 0.13    | 0.13
        derivative | any      | any    | license_class | license_class:a | all             | 20     | 9      | 6.5             | 2      | 2.25        | 1       | 0.13    |
    """,
    "gold.family_lifespans": """
        root_id | birth_at            | members_by_others | silent_180_days | is_censored | observed_days
        a/base  | 2024-01-01T00:00:00 | 3                 | 200             | yes         | 700
        b/base  | 2024-02-01T00:00:00 | 0                 | 180             | no          | 600
        c/base  | 2025-12-01T00:00:00 | 0                 |                 | yes         | 30
    """,
}


@pytest.fixture(scope="module")
def published(tmp_path_factory: pytest.TempPathFactory) -> PublishedTables:
    folder = write_tables(write_warehouse(tmp_path_factory.mktemp("time")), TIME, snapshot_date=date(2026, 1, 2))
    return PublishedTables(str(folder), {})


def question(published: PublishedTables, number: int) -> list[tuple[Any, ...]]:
    (path,) = (ROOT / "docs" / "questions").glob(f"{number}_*.sql")
    return published.rows(path.read_text("utf-8"))


def test_growth_is_a_chart_of_all_models_oldest_month_first(published: PublishedTables) -> None:
    lines = [line.rstrip() for line in printed_lines(read_report(published)).splitlines() if line.strip().startswith("2025-")]
    assert [" ".join(line.split()) for line in lines] == [f"2025-11 10 3 0 20 {'█' * 18}", f"2025-12 5 1 2 25 {'█' * 9}{'░' * 9}"]


def test_times_to_a_derivative_have_bands_and_all_models_that_were_observed(published: PublishedTables) -> None:
    report = read_report(published)
    text = " ".join(printed_lines(report, 160).split())
    assert "any relation 40 13 10.00% (5.00%-20.00%) 32.50% (20.00%-50.00%) - -" in text
    assert "finetune 40 4 - - - -" in text  # nobody was observed for 7 days
    assert "also those that nobody has derived from yet" in text
    assert json.loads(json.dumps(report))["time_to_derivative"][0]["after"]["30"]["derived_share"] == pytest.approx(0.325)


def test_a_narrow_terminal_keeps_the_figures_of_a_year(published: PublishedTables) -> None:
    lines = printed_lines(read_report(published), 80).splitlines()
    assert max(map(len, lines[:-12])) <= 80
    assert "365 days" in "".join(lines)
    assert "█" in "".join(lines), "growth is a chart"


def test_a_warehouse_without_these_tables_has_no_such_sections(tmp_path: Path) -> None:
    report = read_report(PublishedTables(str(write_warehouse(tmp_path)), {}))
    assert (report["growth"], report["time_to_derivative"]) == (None, None)
    assert "Growth" not in printed_lines(report)


def test_the_questions_on_time_count_models_without_a_derivative(published: PublishedTables) -> None:
    assert question(published, 17) == [("any", 7.0, 0.1, 0.05, 0.2), ("any", 30.0, 0.325, 0.2, 0.5)]
    assert [row[:4] for row in question(published, 18)] == [
        ("license_class:a", "all", 20, 9),
        ("license_class:a", "license_class:b", 20, 9),
    ]
    assert question(published, 19) == [("2025-11", 10, 3, 0, 20, 4, 2), ("2025-12", 5, 1, 2, 25, 0, 0)]
    assert question(published, 20) == [(2024, 2, 1, 2, 1, 650.0), (2025, 1, 1, 0, 0, 30.0)]
