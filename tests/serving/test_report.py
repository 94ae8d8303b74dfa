"""The terminal report on a snapshot."""

from io import StringIO
from pathlib import Path

import pytest
from rich.console import Console

from hublake.lake.errors import MissingTable
from hublake.serving.reader import PublishedTables
from hublake.serving.report import abbreviate, render_report
from tests.serving.small_warehouse import write_warehouse


def printed(folder: Path) -> str:
    output = StringIO()
    Console(width=160, file=output).print(render_report(PublishedTables(str(folder), {}), width=100))
    return " ".join(output.getvalue().split())


def test_the_report_lists_models_by_impact_with_its_parts(tmp_path: Path) -> None:
    text = printed(write_warehouse(tmp_path))
    assert "snapshot 2026-01-02 3 models, 1 cards with text, 1 lineage edges" in text
    assert "a/base 90.0 1 1 1 k 1.5 k #1" in text
    assert "b/child 20.0 0 0 500 500 #2" in text


def test_in_a_narrow_terminal_names_are_truncated_and_figures_are_not(tmp_path: Path) -> None:
    output = StringIO()
    Console(width=72, file=output).print(render_report(PublishedTables(str(write_warehouse(tmp_path)), {}), width=72))
    assert "score  derived  direct  downloads  attributed  PageRank" in output.getvalue()
    assert " 90.0        1       1        1 k       1.5 k        #1" in output.getvalue()


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
