"""Datasets of a local warehouse are read without the Python interpreter."""

from datetime import date
from pathlib import Path

import pyarrow.fs as fs
import pytest

from hublake.lake.delta.dataset import open_dataset
from hublake.lake.delta.tables import append, open_table
from hublake.lake.paths import Location
from hublake.lake.schema.bronze import CARDS

ROW = {
    "crawl_id": "c",
    "snapshot_date": date(2026, 11, 30),
    "repo_type": "model",
    "hub_id": "1",
    "repo_id": "a/b",
    "status": 200,
    "body": b"\xff",
}


@pytest.mark.parametrize("folder", ["warehouse", "a b", "ä'b"])
def test_a_local_table_is_read_by_arrow_itself_with_the_same_rows(folder: str, tmp_path: Path) -> None:
    location = Location(str(tmp_path / folder))
    append(location, CARDS, [ROW], {})
    found = open_table(location, CARDS)
    assert found is not None
    dataset = open_dataset(found, location, CARDS)
    assert not isinstance(dataset.filesystem, fs.PyFileSystem)
    assert dataset.to_table().to_pylist() == found.to_pyarrow_dataset().to_table().to_pylist() != []
