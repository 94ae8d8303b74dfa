"""`hublake export --format duckdb`: one file with the published versions, that needs the warehouse no longer."""

import shutil
from pathlib import Path
from typing import Any

import duckdb
import pytest
from click.testing import CliRunner, Result

from hublake.lake.delta.builds import BuildLog
from hublake.lake.errors import HublakeError, MissingTable, WrongUse
from hublake.lake.paths import Location
from hublake.lake.schema.gold.impact import MODEL_IMPACT
from hublake.lake.schema.silver.models import MODELS
from hublake.serving.commands import export
from hublake.serving.export.database import export_database
from hublake.serving.reader import PublishedTables
from tests.serving.small_warehouse import write_warehouse


def run(*arguments: str | Path) -> Result:
    return CliRunner().invoke(export, [*map(str, arguments), "--format", "duckdb"])


def rows(file: Path, query: str) -> list[Any]:
    with duckdb.connect(str(file), read_only=True) as connection:
        return connection.execute(query).fetchall()


def test_the_file_contains_silver_and_gold_with_comments_and_outlives_the_warehouse(tmp_path: Path) -> None:
    warehouse = write_warehouse(tmp_path / "warehouse")
    done = run("--out", tmp_path / "out", "--warehouse", warehouse)
    assert done.exit_code == 0, done.output
    shutil.rmtree(warehouse)
    file = tmp_path / "out" / "hublake.duckdb"
    assert [path.name for path in file.parent.iterdir()] == ["hublake.duckdb"]
    assert f"4 rows  {file}  silver.models" in done.output
    assert rows(file, "SELECT model_id, downloads_30d FROM silver.models ORDER BY downloads_30d DESC LIMIT 1") == [("a/base", 1000)]
    tables = dict(rows(file, "SELECT schema_name || '.' || table_name, comment FROM duckdb_tables()"))
    assert tables["gold.model_impact"] == f"{MODEL_IMPACT.comment}; {MODEL_IMPACT.grain}"
    assert set(tables) > {"silver.models", "silver.lineage_edges", "gold.model_lineage", "main.hublake_versions"}
    comments = dict(rows(file, "SELECT column_name, comment FROM duckdb_columns() WHERE table_name = 'models'"))
    assert comments == {column.name: column.comment for column in MODELS}


def test_named_tables_alone_and_their_versions_are_in_the_file(tmp_path: Path) -> None:
    published = PublishedTables(str(write_warehouse(tmp_path)), {})
    (file, _, _), counts = export_database(published, [MODELS], tmp_path / "out")
    assert counts == {"silver.models": 4}
    assert rows(file, "FROM hublake_versions") == [
        ("silver.models", BuildLog(Location(str(tmp_path))).history().versions.get("silver.models"))
    ]
    assert rows(file, "SELECT count(DISTINCT snapshot_date) FROM silver.models") == [(2,)]


def test_with_as_of_the_file_shows_that_day(tmp_path: Path) -> None:
    warehouse = write_warehouse(tmp_path / "warehouse")
    assert run("models", "--out", tmp_path / "out", "--warehouse", warehouse, "--as-of", "2026-01-01").exit_code == 0
    assert rows(tmp_path / "out" / "hublake.duckdb", "SELECT model_id FROM silver.models") == [("a/old",)]


def test_an_earlier_file_is_replaced_and_stays_if_the_export_fails(tmp_path: Path) -> None:
    published = PublishedTables(str(write_warehouse(tmp_path, without="gold.model_impact")), {})
    for _ in range(2):
        (file, _, is_replaced), _ = export_database(published, [MODELS], tmp_path / "out")
    assert is_replaced
    with pytest.raises(MissingTable, match=r"gold\.model_impact"):
        export_database(published, [MODELS, MODEL_IMPACT], tmp_path / "out")
    assert rows(file, "SELECT count(*) FROM silver.models") == [(4,)]
    (tmp_path / "file").write_text("", "utf-8")
    with pytest.raises(HublakeError, match="Choose another --out"):
        export_database(published, [MODELS], tmp_path / "file")


def test_a_list_of_models_is_no_database(tmp_path: Path) -> None:
    done = run("--root", "a/base", "--out", tmp_path, "--warehouse", write_warehouse(tmp_path / "warehouse"))
    assert isinstance(done.exception, WrongUse)
    assert "With --root or filters choose csv" in str(done.exception)
