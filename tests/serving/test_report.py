"""The terminal report on a snapshot."""

from io import StringIO
from pathlib import Path

import pytest
from rich.console import Console

from hublake.lake.errors import MissingTable
from hublake.serving.reader import PublishedTables
from hublake.serving.report import abbreviate, render_report
from tests.serving.small_warehouse import DRAWN, write_tables, write_warehouse


def printed(folder: Path, *, without_guesses: bool = False) -> str:
    output = StringIO()
    published = PublishedTables(str(folder), {}, without_guesses=without_guesses)
    Console(width=160, file=output).print(render_report(published, width=100))
    return " ".join(output.getvalue().split())


def test_the_report_lists_models_by_impact_with_its_parts(tmp_path: Path) -> None:
    text = printed(write_warehouse(tmp_path))
    assert "snapshot 2026-01-02 3 models, 1 cards with text, 1 lineage edges (100% guessed)" in text
    assert "a/base 90.0 1 1 100% 1 k 1.5 k #1" in text
    assert "b/child 20.0 0 0 0% 500 500 #2" in text


def test_guesses_may_be_left_out(tmp_path: Path) -> None:
    text = printed(write_warehouse(tmp_path), without_guesses=True)
    assert "0 lineage edges, guesses left out" in text
    assert "a/base 50.0 0 0 0% 1 k 1 k #1" in text
    assert "alone (no known relation) 3" in text


def test_a_model_with_parents_and_derivatives_counts_in_both_types(tmp_path: Path) -> None:
    edges = "snapshot_date | child_id | parent_id | relation \n 2026-01-02 | b/child | a/base | merge \n 2026-01-02 | =cmd/sum | b/child | merge"
    text = printed(write_tables(tmp_path, DRAWN | {"silver.lineage_edges": edges}))
    assert "base (others derive from it) 2 1.5 k" in text
    assert "merge 2 500" in text


def test_in_a_narrow_terminal_names_are_truncated_and_figures_are_not(tmp_path: Path) -> None:
    output = StringIO()
    Console(width=72, file=output).print(render_report(PublishedTables(str(write_warehouse(tmp_path)), {}), width=72))
    assert "score  derived  direct  guess  downloads  attributed  rank" in output.getvalue()
    assert " 90.0        1       1   100%        1 k       1.5 k    #1" in output.getvalue()


def test_the_report_counts_models_by_type(tmp_path: Path) -> None:
    text = printed(write_warehouse(tmp_path))
    assert "base (others derive from it) 1 1 k" in text
    assert "quantized 1 500" in text
    assert "alone (no known relation) 1 0" in text


def test_the_report_shows_quarantined_records_and_locations(tmp_path: Path) -> None:
    text = printed(write_warehouse(tmp_path))
    assert "silver.models: no name 1" in text
    assert "out of scope 1 50.0% 10.0% to 90.0%" in text
    assert f"tables {tmp_path}" in text.replace("\n", "")


def test_the_report_requires_the_tables_that_it_reads(tmp_path: Path) -> None:
    with pytest.raises(MissingTable, match=r"gold\.model_impact is not in the warehouse.*hublake build"):
        printed(write_warehouse(tmp_path, without="gold.model_impact"))


@pytest.mark.parametrize(("number", "text"), [(0, "0"), (950, "950"), (12_345, "12.3 k"), (4_560_000, "4.56 M"), (7e12, "7 T")])
def test_numbers_are_abbreviated(number: float, text: str) -> None:
    assert abbreviate(number) == text
