"""The report on a snapshot: its facts, and how they fit a terminal, a file and a pipe."""

import json
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from deltalake import DeltaTable

from hublake.lake.cli import group
from hublake.lake.console import UNLIMITED, PrintableConsole
from hublake.lake.errors import MissingTable
from hublake.lake.terminal import printable
from hublake.serving.reader import PublishedTables
from hublake.serving.report import read_report
from hublake.serving.report_grid import abbreviate
from hublake.serving.report_view import print_report
from tests.nasty_names import NASTY_NAMES
from tests.serving.small_warehouse import DRAWN, write_tables, write_warehouse

LONG_NAME = "an-organisation-with-a-long-name/and-a-model-with-a-longer-one-in-its-23rd-version"


def facts(folder: Path, *, without_guesses: bool = False) -> dict[str, Any]:
    return read_report(PublishedTables(str(folder), {}, without_guesses=without_guesses))


def lines(report: dict[str, Any], width: int) -> list[str]:
    output = StringIO()
    print_report(report, PrintableConsole(width=width, file=output))
    return output.getvalue().splitlines()


def words(folder: Path, *, without_guesses: bool = False) -> str:
    return " ".join(" ".join(lines(facts(folder, without_guesses=without_guesses), 120)).split())


def test_the_report_lists_models_by_impact_with_its_parts(tmp_path: Path) -> None:
    text = words(write_warehouse(tmp_path))
    assert "snapshot 2026-01-02 3 models, 1 cards with text, 1 lineage edges (100% guessed)" in text
    assert "a/base 90.0 1 1 100% 1 k 1.5 k #1" in text
    assert "b/child 20.0 0 0 0% 500 500 #2" in text


def test_the_report_explains_scales_and_ends_with_places_and_commands_that_can_be_pasted(tmp_path: Path) -> None:
    warehouse = write_warehouse(tmp_path / "a warehouse")
    shown = lines(facts(warehouse), 40)
    text = " ".join(" ".join(shown).split())
    assert "score: 0 to 100 within this snapshot" in text
    assert "#1 is the highest of 3" in text
    assert f"tables      {warehouse}" in shown
    assert shown[shown.index("Next") + 2] == f"  hublake export --root a/base --format csv --out results --warehouse '{warehouse}'"


def test_without_cards_the_first_command_fetches_them(tmp_path: Path) -> None:
    cards = "snapshot_date | model_id | has_card \n 2026-01-02 | a/base | no"
    report = facts(write_tables(tmp_path, DRAWN | {"gold.card_documentation": cards}))
    assert next(iter(report["next"])).startswith("hublake crawl cards --warehouse")


def test_guesses_may_be_left_out(tmp_path: Path) -> None:
    text = words(write_warehouse(tmp_path), without_guesses=True)
    assert "0 lineage edges, guesses left out" in text
    assert "a/base 50.0 0 0 0% 1 k 1 k #1" in text
    assert "alone (neither parent nor derivative) 3" in text
    assert "guess:" not in text


def test_each_model_counts_in_one_type_and_those_with_derivatives_are_counted_apart(tmp_path: Path) -> None:
    edges = """snapshot_date | child_id | parent_id | relation
               2026-01-02    | b/child  | a/base    | merge
               2026-01-02    | b/child  | a/base    | finetune
               2026-01-02    | =cmd/sum | b/child   | merge
               2026-01-02    | =cmd/sum | gone/away | merge"""
    types = facts(write_tables(tmp_path, DRAWN | {"silver.lineage_edges": edges}))["models_by_type"]
    counted = {row["type"]: (row["models"], row["with_derivatives"], row["downloads_30d"]) for row in types if row["models"]}
    assert counted == {"base": (1, 1, 1000), "several": (1, 1, 500), "merge": (1, 0, 0)}
    shown = words(tmp_path)
    assert "Models by type: each in one row, by its relation to its parent" in shown
    assert "all 3 2 1.5 k" in shown


@pytest.mark.parametrize("width", [120, 80, 72, 60, 44])
def test_a_narrow_terminal_shortens_names_then_leaves_out_columns_and_never_cuts_a_figure(tmp_path: Path, width: int) -> None:
    report = facts(write_warehouse(tmp_path))
    report["top_by_impact"][0] |= {"model_id": LONG_NAME, "descendants": 1_234_567, "pagerank_rank": 1_000_000}
    report["rejected"] = [{"reason": LONG_NAME, "records": 123_456_789}]
    shown = lines(report, width)
    ending = next(number for number, line in enumerate(shown) if line.startswith("tables "))
    assert max(map(len, shown[:ending])) <= width
    (first,) = [line for line in shown if "1,234,567" in line]
    assert first.startswith(f" {LONG_NAME[:12]}")
    assert "\u2026" in first
    assert " 90.0 " in first
    assert "#1,000,000" in first or width < 80
    assert "23rd" not in first
    assert any(line.rstrip().endswith(" 123,456,789") for line in shown)


def test_outside_a_terminal_names_are_complete_and_no_line_is_broken(tmp_path: Path) -> None:
    report = facts(write_warehouse(tmp_path))
    report["top_by_impact"][0]["model_id"] = LONG_NAME
    assert [line for line in lines(report, UNLIMITED) if LONG_NAME in line and "#1" in line]
    done = CliRunner().invoke(group, ["report", "--warehouse", str(tmp_path)], env={"COLUMNS": "40"}, catch_exceptions=False)
    assert [line for line in done.output.splitlines() if line.startswith(" a/base") and line.rstrip().endswith("#1")]


@pytest.mark.parametrize("width", [80, UNLIMITED])
def test_every_nasty_name_is_one_row_without_control_characters(tmp_path: Path, width: int) -> None:
    report = facts(write_warehouse(tmp_path))
    model = report["top_by_impact"][0]
    report["top_by_impact"] = [model | {"model_id": name, "impact_score": 50 + number} for number, name in enumerate(NASTY_NAMES)]
    shown = lines(report, width)
    for number, name in enumerate(NASTY_NAMES):
        (row,) = [line for line in shown if f" {50 + number}.0 " in line]
        assert row.isprintable()
        assert printable(name)[:12].strip() in row


def test_json_contains_the_same_facts_with_unrounded_figures(tmp_path: Path) -> None:
    warehouse = write_warehouse(tmp_path)
    done = CliRunner().invoke(group, ["report", "--format", "json", "--warehouse", str(warehouse)], catch_exceptions=False)
    assert json.loads(done.output) == facts(warehouse)
    assert json.loads(done.output)["top_by_impact"][0] == {
        "model_id": "a/base",
        "impact_score": 90,
        "descendants": 1,
        "dependants": 1,
        "guessed_share": 1,
        "downloads_30d": 1000,
        "downloads_attributed": 1500,
        "pagerank_rank": 1,
    }


def test_the_report_shows_quarantined_records_and_locations(tmp_path: Path) -> None:
    text = words(write_warehouse(tmp_path))
    assert "silver.models: no name 1" in text
    assert "out of scope 1 50.0% 10.0% to 90.0%" in text
    assert f"tables {tmp_path}" in text


def test_the_report_requires_the_tables_that_it_reads(tmp_path: Path) -> None:
    with pytest.raises(MissingTable, match=r"gold\.model_impact is not in the warehouse.*hublake build"):
        facts(write_warehouse(tmp_path, without="gold.model_impact"))


def test_a_report_on_a_table_without_rows_says_so(tmp_path: Path) -> None:
    DeltaTable(write_warehouse(tmp_path) / "gold" / "model_impact").delete()
    with pytest.raises(MissingTable, match=r"gold\.model_impact in .* has no row: .* hublake crawl models --full"):
        facts(tmp_path)


@pytest.mark.parametrize(
    ("number", "text"), [(0, "0"), (950, "950"), (12_345, "12.3 k"), (999_600, "1 M"), (4_560_000, "4.56 M"), (7e12, "7 T")]
)
def test_numbers_are_abbreviated(number: float, text: str) -> None:
    assert abbreviate(number) == text
