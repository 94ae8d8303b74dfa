"""Tables on disk, without a JVM."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path
from time import sleep
from typing import Any

import pyarrow.compute as pc
import pytest
from deltalake import TableFeatures
from deltalake.fs import DeltaStorageHandler

from hublake.lake.delta.arrow import arrow_schema
from hublake.lake.delta.scan import BATCH_ROWS, scan_batches
from hublake.lake.delta.tables import Batch, BatchWriter, append, commit_history, open_table, require_table
from hublake.lake.errors import DamagedTable, MissingTable, ShardTaken
from hublake.lake.schema import TABLES
from hublake.lake.schema.bronze import CARDS, CRAWL_RUNS, LISTINGS
from hublake.lake.schema.operations import QUARANTINE
from hublake.lake.settings import Settings

DAY = date(2026, 8, 21)
FEATURES = {"deletionVectors": TableFeatures.DeletionVectors, "columnMapping": TableFeatures.ColumnMapping}


def listed(position: int, crawl_id: str = "c1", day: date = DAY) -> dict[str, Any]:
    return {
        "crawl_id": crawl_id, "snapshot_date": day, "repo_type": "model", "page": 0, "position": position,
        "hub_id": str(position), "repo_id": f"a/{position}", "fetched_at": datetime(2026, 8, 21, tzinfo=UTC), "body": "{}",
    }  # fmt: skip


@pytest.fixture
def config(tmp_path: Path) -> Settings:
    return Settings(warehouse=str(tmp_path))


@pytest.mark.parametrize("table", TABLES.values(), ids=TABLES.keys())
def test_every_declaration_has_an_arrow_schema_with_its_comments(table: Any) -> None:
    schema = arrow_schema(table)
    assert schema.names == list(table.column_names)
    assert [schema.field(c.name).metadata[b"comment"].decode() for c in table] == [c.comment for c in table]


def test_rows_are_read_as_they_were_written(config: Settings) -> None:
    row = {
        "crawl_id": "c1", "snapshot_date": DAY, "repo_type": "model", "hub_id": "1", "repo_id": "a/b", "sha": None, "status": 200,
        "etag": "e", "fetched_at": datetime(2026, 8, 21, 1, 2, 3, 456789, tzinfo=UTC), "card_bytes": 3, "encoding": "unknown",
        "is_truncated": False, "body": b"\0\xff\n",
    }  # fmt: skip
    append(config.location, CARDS, [row], {})
    assert require_table(config.location, CARDS, "").to_pyarrow_table().to_pylist() == [row]


def test_concurrent_writers_lose_nothing_even_if_the_table_is_new(config: Settings) -> None:
    with ThreadPoolExecutor(6) as pool:
        list(pool.map(lambda n: append(config.location, LISTINGS, [listed(n)], {"crawl_id": "c1"}), range(12)))
    table = require_table(config.location, LISTINGS, "")
    assert sorted(row["position"] for row in table.to_pyarrow_table().to_pylist()) == list(range(12))


def test_scans_stream_small_batches_and_filter(config: Settings) -> None:
    append(config.location, LISTINGS, [listed(n) for n in range(3 * BATCH_ROWS)], {})
    append(config.location, LISTINGS, [listed(7, "c2"), listed(8, "c1", date(2026, 8, 22))], {})
    where = (pc.field("crawl_id") == "c1") & (pc.field("snapshot_date") == DAY)
    read = list(scan_batches(require_table(config.location, LISTINGS, ""), ("position",), where))
    assert max(batch.num_rows for batch in read) <= BATCH_ROWS
    assert [row["position"] for batch in read for row in batch.to_pylist()] == list(range(3 * BATCH_ROWS))


def test_a_scan_may_stop_early_because_no_file_is_read_ahead(config: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    for n in range(4):
        append(config.location, LISTINGS, [listed(n)], {})
    opened: list[str] = []
    real = DeltaStorageHandler.open_input_file

    def counted(self: DeltaStorageHandler, path: str) -> Any:
        opened.append(path)
        return real(self, path)

    monkeypatch.setattr(DeltaStorageHandler, "open_input_file", counted)
    found = scan_batches(require_table(config.location, LISTINGS, ""), ("position",))
    next(found)
    sleep(0.2)  # in which read-ahead threads would continue
    assert len(opened) == 1
    assert len(list(found)) == 3


def test_columns_that_a_file_is_too_old_to_have_are_null(config: Settings) -> None:
    older = replace(CRAWL_RUNS, columns=tuple(column for column in CRAWL_RUNS if column.name not in ("kind", "crawl_items")))
    append(config.location, older, [{"crawl_id": "old", "snapshot_date": DAY}], {})
    append(config.location, CRAWL_RUNS, [{"crawl_id": "new", "kind": "changed", "snapshot_date": DAY}], {})
    columns = ("crawl_id", "kind", "crawl_items", "snapshot_date")
    rows = [
        tuple(row.values()) for batch in scan_batches(require_table(config.location, CRAWL_RUNS, ""), columns) for row in batch.to_pylist()
    ]
    assert sorted(rows) == [("new", "changed", None, DAY), ("old", None, None, DAY)]


def test_partition_columns_have_the_values_of_the_log_however_paths_are_escaped(config: Settings) -> None:
    names = ["silver.models", "a b/ä", "50%25=x", None]
    append(config.location, QUARANTINE, [{"snapshot_date": DAY, "table_name": name, "record_id": str(name)} for name in names], {})
    table = require_table(config.location, QUARANTINE, "")
    for where in (None, pc.field("snapshot_date") == DAY):
        rows = [row for batch in scan_batches(table, ("record_id", "table_name", "snapshot_date"), where) for row in batch.to_pylist()]
        found = sorted((tuple(row.values()) for row in rows), key=str)
        assert found == sorted(((str(name), name, DAY) for name in names), key=str)


@pytest.mark.parametrize("where", [None, pc.field("crawl_id") == "c1"])
@pytest.mark.parametrize("name", FEATURES)
def test_a_table_whose_files_do_not_show_its_rows_is_not_scanned(config: Settings, name: str, where: Any) -> None:
    append(config.location, LISTINGS, [listed(1)], {"crawl_id": "c1"})
    require_table(config.location, LISTINGS, "").alter.add_feature(FEATURES[name], allow_protocol_versions_increase=True)
    with pytest.raises(DamagedTable, match=rf"bronze\.listings.*{name}"):
        list(scan_batches(require_table(config.location, LISTINGS, ""), ("position",), where))


def test_a_table_that_does_not_exist_is_missing(config: Settings) -> None:
    assert open_table(config.location, CARDS) is None
    with pytest.raises(MissingTable, match=r"bronze\.cards is not in the warehouse .*Do this"):
        require_table(config.location, CARDS, "Do this.")


def test_a_batch_is_stored_once_however_often_it_is_written(config: Settings) -> None:
    for _ in range(3):  # as after commits whose responses were lost
        append(config.location, LISTINGS, [listed(1)], {"crawl_id": "c1"}, Batch("c1/models/0/1", 1, run="this"))
    assert require_table(config.location, LISTINGS, "").to_pyarrow_table().num_rows == 1


def test_two_processes_that_write_the_same_shard_store_nothing_twice(config: Settings) -> None:
    first, second = (BatchWriter(config.location, {"crawl_id": "c1", "spider": "cards", "shard": "0/4"}) for _ in range(2))
    first.begin(LISTINGS)
    second.begin(LISTINGS)
    first.append(LISTINGS, [listed(1)], {})
    with pytest.raises(ShardTaken, match="another process writes as c1/cards/0/4"):
        second.append(LISTINGS, [listed(1)], {})
    first.append(LISTINGS, [listed(2)], {"position": "after 2"})
    third = BatchWriter(config.location, {"crawl_id": "c1", "spider": "cards", "shard": "0/4"})  # the next run of the shard
    third.append(LISTINGS, [listed(3)], {})
    table = require_table(config.location, LISTINGS, "")
    assert sorted(row["position"] for row in table.to_pyarrow_table().to_pylist()) == [1, 2, 3]
    assert [(commit.get("batch"), commit.get("position")) for commit in commit_history(table)][:3] == [
        ("3", None),
        ("2", "after 2"),
        ("1", None),
    ]


def test_a_table_older_than_a_declared_column_gains_it(config: Settings) -> None:
    older = replace(CRAWL_RUNS, columns=tuple(column for column in CRAWL_RUNS if column.name not in ("kind", "crawl_items")))
    append(config.location, older, [{"crawl_id": "old"}], {})
    append(config.location, CRAWL_RUNS, [{"crawl_id": "new", "kind": "changed"}], {})
    rows = require_table(config.location, CRAWL_RUNS, "").to_pyarrow_table().to_pylist()
    assert sorted((row["crawl_id"], row["kind"]) for row in rows) == [("new", "changed"), ("old", None)]
