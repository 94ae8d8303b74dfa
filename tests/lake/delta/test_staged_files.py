"""Parquet files that others wrote become a Delta table with row counts."""

from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from deltalake import DeltaTable

from hublake.lake.delta.staged_files import log_files
from hublake.lake.delta.tables import row_count

SCHEMA = pa.schema([pa.field("model_id", pa.string(), metadata={b"comment": b"name"})])


@pytest.mark.parametrize("name", ["staged", "wäre house's (1), 2+2=4", "snapshot_date=2026-01-02"])
def test_the_log_names_the_files_with_rows_and_counts_them(tmp_path: Path, name: str) -> None:
    folder = tmp_path / name
    folder.mkdir()
    for number, ids in enumerate((["a/x", "a/y"], [], ["b/z"])):
        pq.write_table(pa.table({"model_id": pa.array(ids, pa.string())}), folder / f"part-{number}.parquet")
    (folder / "_SUCCESS").touch()
    log_files(folder, SCHEMA)
    found = DeltaTable(str(folder))
    assert (len(found.file_uris()), row_count(found)) == (2, 3)
    assert sorted(found.to_pyarrow_table()["model_id"].to_pylist()) == ["a/x", "a/y", "b/z"]


def test_a_folder_without_rows_is_an_empty_table(tmp_path: Path) -> None:
    log_files(tmp_path, SCHEMA)
    assert row_count(DeltaTable(str(tmp_path))) == 0
