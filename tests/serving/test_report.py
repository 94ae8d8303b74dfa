"""The report: one screen on a snapshot."""

from io import StringIO
from pathlib import Path

import pytest
from rich.console import Console

from hublake.lake.errors import MissingTable
from hublake.serving.reader import PublishedTables
from hublake.serving.report import screen, short
from tests.serving.small_warehouse import published


def shown(folder: Path) -> str:
    written = StringIO()
    Console(width=160, file=written).print(screen(PublishedTables(str(folder), {}), width=100))
    return " ".join(written.getvalue().split())


def test_the_screen_says_who_matters_and_why(tmp_path: Path) -> None:
    text = shown(published(tmp_path))
    assert "snapshot 2026-01-02 3 models, 1 cards with text, 1 lineage edges" in text
    assert "a/base 90.0 1 1 1 k 1.5 k #1" in text
    assert "b/child 20.0 0 0 500 500 #2" in text


def test_on_a_narrow_screen_names_are_cut_and_figures_are_whole(tmp_path: Path) -> None:
    written = StringIO()
    Console(width=72, file=written).print(screen(PublishedTables(str(published(tmp_path)), {}), width=72))
    assert "score  below  directly  downloads  with below  PageRank" in written.getvalue()
    assert " 90.0      1         1        1 k       1.5 k        #1" in written.getvalue()


def test_the_screen_counts_models_by_type(tmp_path: Path) -> None:
    text = shown(published(tmp_path))
    assert "base (others derive from it) 1 1 k" in text
    assert "quantized 1 500" in text
    assert "alone (no known kin) 1 0" in text


def test_the_screen_says_what_was_set_aside_and_where_all_lies(tmp_path: Path) -> None:
    text = shown(published(tmp_path))
    assert "silver.models: no name 1" in text
    assert "out of scope 1 50.0% 10.0% to 90.0%" in text
    assert f"tables {tmp_path}" in text.replace("\n", "")


def test_a_report_needs_the_tables_it_reads(tmp_path: Path) -> None:
    with pytest.raises(MissingTable, match=r"gold\.model_impact is not in the warehouse.*hublake build"):
        shown(published(tmp_path, without="gold.model_impact"))


@pytest.mark.parametrize(("number", "text"), [(0, "0"), (950, "950"), (12_345, "12.3 k"), (4_560_000, "4.56 M"), (7e12, "7 T")])
def test_numbers_are_short(number: float, text: str) -> None:
    assert short(number) == text
