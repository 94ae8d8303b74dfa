"""Exports: complete files of one snapshot in formats that other tools read."""

import csv
import json
from pathlib import Path

import polars
import pyarrow as pa
import pytest
from click.testing import CliRunner
from deltalake import write_deltalake

from hublake.lake.cli import group
from hublake.lake.delta.arrow import arrow_schema
from hublake.lake.errors import DamagedTable, HublakeError, MissingTable, UnknownTable
from hublake.lake.schema.silver.models import MODELS
from tests.drawn import drawn_rows
from tests.nasty_names import NASTY_NAMES
from tests.serving.small_warehouse import write_tables, write_warehouse


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
    assert '"\'=cmd/sum"' in text
    (base,) = [row for row in csv.DictReader(text.splitlines()) if row["model_id"] == "a/base"]
    assert json.loads(base["tags"]) == ["x", '"q"']
    assert base["created_at"] == "2024-05-06T07:08:09.000000Z"


def export_nasty_names(folder: Path, *options: str) -> list[str]:
    """The cells of a CSV file whose rows are named by NASTY_NAMES, sorted by hub_id."""
    rows = drawn_rows(MODELS, "hub_id | snapshot_date\n" + "\n".join(f"{n:02} | 2026-01-02" for n in range(len(NASTY_NAMES))))
    named = [row | {"model_id": name} for row, name in zip(rows, NASTY_NAMES, strict=True)]
    write_deltalake(folder / "w" / "silver" / "models", pa.Table.from_pylist(named, schema=arrow_schema(MODELS)))
    export("models", "--format", "csv", "--out", folder / "out", "--warehouse", folder / "w", *options)
    with (folder / "out" / "silver.models.csv").open(encoding="utf-8", newline="") as file:
        return [row["model_id"] for row in csv.DictReader(file)]


def test_no_name_is_a_formula_in_csv_and_every_other_is_unchanged(tmp_path: Path) -> None:
    cells = export_nasty_names(tmp_path)
    assert [cell for cell in cells if cell.lstrip()[:1] in set("=+-@\uff1d")] == []
    assert [cell.removeprefix("'") for cell in cells] == list(NASTY_NAMES)
    assert [name for cell, name in zip(cells, NASTY_NAMES, strict=True) if cell != name] == [
        name for name in NASTY_NAMES if name[0] in "=+-@\t\uff1d"
    ]


def test_raw_csv_contains_the_names_unchanged(tmp_path: Path) -> None:
    assert export_nasty_names(tmp_path, "--raw") == list(NASTY_NAMES)


def test_raw_is_an_option_of_csv(tmp_path: Path) -> None:
    for name in ("json", "duckdb"):
        assert "--raw applies to --format csv" in export("--format", name, "--raw", "--out", tmp_path, "--warehouse", tmp_path)


def test_polars_reads_json_lines_without_options_even_if_values_come_late(tmp_path: Path) -> None:
    late = 150  # Polars infers types from the first 100 rows
    lines = [f"{n:03} | 2026-01-02 | m/{n:03} |  |  |" for n in range(late)]
    text = "\n".join(
        ["hub_id | snapshot_date | model_id | pipeline_tag | tags | likes", *lines, "150 | 2026-01-02 | m/150 | asr | x, y | 3"]
    )
    write_tables(tmp_path / "w", {"silver.models": text})
    export("models", "--format", "json", "--out", tmp_path / "out", "--warehouse", tmp_path / "w")
    frame = polars.read_ndjson(tmp_path / "out" / "silver.models.jsonl").sort("model_id")
    assert frame["pipeline_tag"].to_list() == [None] * late + ["asr"]
    assert frame["tags"].to_list() == [[]] * late + [["x", "y"]]
    assert frame["model_id"].to_list() == [f"m/{n:03}" for n in range(late + 1)]


def test_an_export_says_that_it_replaces_files(tmp_path: Path) -> None:
    command = ("models", "--format", "csv", "--out", tmp_path / "out", "--warehouse", write_warehouse(tmp_path / "w"))
    path = tmp_path / "out" / "silver.models.csv"
    assert [export(*command).strip() for _ in range(2)] == [f"3 rows  {path}", f"3 rows  {path}  (replaced the earlier file)"]


def test_without_gold_tables_the_default_export_fails_and_names_the_build(tmp_path: Path) -> None:
    write_tables(tmp_path / "w", {"silver.models": "hub_id | model_id | snapshot_date \n 1 | a/b | 2026-01-01"})
    for name in ("csv", "duckdb"):
        with pytest.raises(MissingTable, match=r"no gold table is published in the warehouse .*Build them: hublake build --warehouse"):
            export("--format", name, "--out", tmp_path / "out", "--warehouse", tmp_path / "w")
    assert not (tmp_path / "out").exists()


def test_nothing_is_written_if_one_of_the_tables_is_missing(tmp_path: Path) -> None:
    with pytest.raises(MissingTable, match=r"gold\.network_metrics is not in the warehouse"):
        export("models", "network_metrics", "--format", "csv", "--out", tmp_path / "out", "--warehouse", write_warehouse(tmp_path / "w"))
    assert not (tmp_path / "out").exists()


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
    assert "'xml' is not one of 'cosmograph', 'csv', 'duckdb'" in result.output


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
    with pytest.raises(DamagedTable, match=r"silver\.models is damaged: .*Repair it: hublake build --repair silver\.models"):
        export("models", "--format", "csv", "--out", tmp_path / "out", "--warehouse", tmp_path / "w")


def test_a_failed_export_leaves_no_partial_file(tmp_path: Path) -> None:
    (tmp_path / "out").write_text("a file where a folder should be", "utf-8")
    with pytest.raises(HublakeError, match="Choose another --out"):
        export("models", "--format", "csv", "--out", tmp_path / "out" / "below", "--warehouse", write_warehouse(tmp_path / "w"))
