"""Exports: complete files of one snapshot in formats that other tools read."""

import csv
import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from hublake.lake.cli import group
from hublake.lake.errors import HublakeError, MissingTable, UnknownTable
from tests.serving.small_warehouse import write_warehouse


def export(*arguments: str | Path) -> str:
    """The output of the command; its exceptions propagate."""
    return CliRunner().invoke(group, ["export", *map(str, arguments)], catch_exceptions=False).output


def test_a_file_contains_only_the_newest_snapshot(tmp_path: Path) -> None:
    export("models", "--format", "json", "--out", tmp_path / "out", "--warehouse", write_warehouse(tmp_path / "w"))
    rows = [json.loads(line) for line in (tmp_path / "out" / "silver.models.jsonl").read_text("utf-8").splitlines()]
    assert sorted(row["model_id"] for row in rows) == ["=cmd/sum", "a/base", "b/child"]


def test_as_of_selects_an_older_snapshot(tmp_path: Path) -> None:
    where = ("--out", tmp_path / "out", "--warehouse", write_warehouse(tmp_path / "w"))
    assert "1 rows" in export("models", "--format", "json", *where, "--as-of", "2026-01-01")


def test_csv_quotes_every_value_and_writes_lists_as_json(tmp_path: Path) -> None:
    export("models", "--format", "csv", "--out", tmp_path / "out", "--warehouse", write_warehouse(tmp_path / "w"))
    text = (tmp_path / "out" / "silver.models.csv").read_text("utf-8")
    assert '"=cmd/sum"' in text
    (base,) = [row for row in csv.DictReader(text.splitlines()) if row["model_id"] == "a/base"]
    assert json.loads(base["tags"]) == ["x", '"q"']
    assert base["created_at"] == "2024-05-06T07:08:09.000000Z"


def test_without_names_all_gold_tables_and_the_edges_are_written(tmp_path: Path) -> None:
    export("--format", "csv", "--out", tmp_path / "out", "--warehouse", write_warehouse(tmp_path / "w"))
    assert sorted(path.name for path in (tmp_path / "out").iterdir()) == [
        "gold.card_documentation.csv",
        "gold.documentation_rates.csv",
        "gold.model_impact.csv",
        "gold.model_impact_without_guesses.csv",
        "gold.model_lineage.csv",
        "silver.lineage_edges.csv",
    ]


def test_without_guesses_edges_and_impact_are_written_without_them_and_no_table_that_counts_them(tmp_path: Path) -> None:
    warehouse = write_warehouse(tmp_path / "w")
    export("--format", "csv", "--out", tmp_path / "out", "--warehouse", warehouse, "--without-guesses")
    assert sorted(path.name for path in (tmp_path / "out").iterdir()) == [
        "gold.card_documentation.csv",
        "gold.documentation_rates.csv",
        "gold.model_impact.csv",
        "gold.model_impact_without_guesses.csv",
        "silver.lineage_edges.csv",
    ]
    impact = {row["model_id"]: row for row in csv.DictReader((tmp_path / "out" / "gold.model_impact.csv").read_text("utf-8").splitlines())}
    assert float(impact["a/base"]["impact_score"]) == 50
    assert len((tmp_path / "out" / "silver.lineage_edges.csv").read_text("utf-8").splitlines()) == 1, "the header alone"
    with pytest.raises(MissingTable, match=r"gold\.model_lineage counts guessed edges.*Omit --without-guesses"):
        export("model_lineage", "--format", "csv", "--out", tmp_path / "out", "--warehouse", warehouse, "--without-guesses")


def test_an_unknown_format_is_a_usage_error(tmp_path: Path) -> None:
    result = CliRunner().invoke(group, ["export", "--format", "xml", "--out", str(tmp_path)])
    assert result.exit_code == 2
    assert "'xml' is not one of 'csv', 'duckdb', 'json'" in result.output


@pytest.mark.parametrize(
    ("names", "warehouse", "error", "message"),
    [
        (["modelz"], "w", UnknownTable, "no table is called 'modelz'"),
        (["network_metrics"], "w", MissingTable, "hublake build"),
        ([], "elsewhere", MissingTable, "there is no warehouse at"),
    ],
)
def test_missing_tables_and_warehouses_raise_an_error(
    tmp_path: Path, names: list[str], warehouse: str, error: type[Exception], message: str
) -> None:
    write_warehouse(tmp_path / "w")
    with pytest.raises(error, match=message):
        export(*names, "--format", "csv", "--out", tmp_path / "out", "--warehouse", tmp_path / warehouse)


def test_a_damaged_delta_log_raises_an_error(tmp_path: Path) -> None:
    log = write_warehouse(tmp_path / "w") / "silver" / "models" / "_delta_log" / "00000000000000000000.json"
    log.write_text("{ half a lin", "utf-8")
    with pytest.raises(MissingTable, match=r"silver\.models cannot be read: its Delta log is damaged"):
        export("models", "--format", "csv", "--out", tmp_path / "out", "--warehouse", tmp_path / "w")


def test_a_failed_export_leaves_no_partial_file(tmp_path: Path) -> None:
    (tmp_path / "out").write_text("a file where a folder should be", "utf-8")
    with pytest.raises(HublakeError, match="Choose another --out"):
        export("models", "--format", "csv", "--out", tmp_path / "out" / "below", "--warehouse", write_warehouse(tmp_path / "w"))
