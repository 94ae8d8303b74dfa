"""Delta tables as relations of DuckDB."""

from datetime import date
from pathlib import Path

import duckdb
import pyarrow as pa
import pytest
from deltalake import DeltaTable, write_deltalake

from hublake.lake.delta.arrow import arrow_schema
from hublake.lake.paths import Location
from hublake.lake.schema import TABLES, Table
from hublake.lake.schema.gold.impact import MODEL_IMPACT
from hublake.serving.scan import FileRelation, relation_of_files


def relation(folder: Path, table: Table = MODEL_IMPACT) -> FileRelation:
    found = relation_of_files(DeltaTable(table.path(str(folder))), Location(str(folder)), table)
    assert found is not None
    return found


def write(folder: Path, rows: pa.Table) -> None:
    write_deltalake(MODEL_IMPACT.path(str(folder)), rows, partition_by=["snapshot_date"], mode="append", schema_mode="merge")


def query(text: str) -> duckdb.DuckDBPyRelation:
    found = duckdb.sql(text)
    assert found is not None
    return found


def one_row(day: date, name: str, **more: object) -> pa.Table:
    return pa.table({"snapshot_date": [day], "model_id": [name], **{key: [value] for key, value in more.items()}})


def test_rows_of_all_snapshots_are_read_and_a_column_that_a_file_lacks_is_null(tmp_path: Path) -> None:
    folder = tmp_path / "it's a house"
    write(folder, one_row(date(2026, 1, 1), "a/old"))
    write(folder, one_row(date(2026, 1, 2), "a/new", dependants=7))
    found = query(relation(folder).query)
    assert dict(zip(found.columns, map(str, found.types), strict=True)) == {
        "snapshot_date": "DATE",
        "model_id": "VARCHAR",
        "dependants": "BIGINT",
    }
    rows = found.project("snapshot_date, model_id, dependants").fetchall()
    assert sorted(rows) == [(date(2026, 1, 1), "a/old", None), (date(2026, 1, 2), "a/new", 7)]


def test_the_files_are_those_of_the_version_and_only_these(tmp_path: Path) -> None:
    write(tmp_path, one_row(date(2026, 1, 1), "a/one"))
    before = relation(tmp_path)
    write(tmp_path, one_row(date(2026, 1, 1), "a/two"))
    assert [row[1] for row in query(before.query).fetchall()] == ["a/one"]
    assert len(before.files) == 1
    assert len(relation(tmp_path).files) == 2


@pytest.mark.parametrize("table", TABLES.values(), ids=list(TABLES))
def test_every_declared_table_has_a_relation_even_without_rows(table: Table, tmp_path: Path) -> None:
    schema = arrow_schema(table)
    DeltaTable.create(table.path(str(tmp_path)), schema, partition_by=list(table.partitioned_by))
    found = query(relation(tmp_path, table).query)
    assert found.columns == schema.names
    assert found.fetchall() == []
