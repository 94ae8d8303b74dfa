"""hublake build --repair: after damage the tables are equal to what they were, for Hublake's readers and for other engines."""

import shutil
import subprocess
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from deltalake import DeltaTable
from pyspark.sql import SparkSession

from hublake.lake.delta.builds import BuildLog
from hublake.lake.delta.damage import report_damage
from hublake.lake.delta.repair import Repair, require_sound
from hublake.lake.errors import DamagedTable, UnusableWarehouse
from hublake.lake.schema import TABLES, Table
from hublake.lake.schema.operations import BUILDS, QUARANTINE
from hublake.lake.schema.silver.models import MODELS
from hublake.lake.schema.silver.timeline import MODEL_HISTORY, MODEL_METRICS
from hublake.serving.reader import PublishedTables
from hublake.spark_jobs.engine.published_views import LAYER_COMMENTS, PublishedViews
from hublake.spark_jobs.engine.warehouse import Warehouse
from tests.spark_jobs.silver.test_model_history import write_bronze
from tests.spark_jobs.warehouses import build_of

OLD, NEW = date(2026, 3, 1), date(2026, 3, 2)
LISTED: dict[date, Mapping[str, Mapping[str, Any]]] = {
    OLD: {"h1": {"id": "a/x", "tags": []}, "h2": {"id": "a/y", "tags": []}, "h4": {"id": "", "tags": []}},
    NEW: {"h1": {"id": "a/z", "tags": []}, "h3": {"id": "a/new", "tags": []}},
}
ODD_NAME = "wäre house's (1), 2+2=4"  # of the warehouse's folder: characters that engines quote
BUILT = (MODELS, MODEL_HISTORY, MODEL_METRICS)


@pytest.fixture(scope="module")
def built(spark: SparkSession, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two published snapshots."""
    folder = tmp_path_factory.mktemp("sound") / ODD_NAME
    warehouse = Warehouse(spark, write_bronze(folder, LISTED))
    for day in (OLD, NEW):
        build_of(warehouse, as_of=str(day)).run(BUILT)
    return folder


@pytest.fixture
def warehouse(spark: SparkSession, built: Path, tmp_path: Path) -> Warehouse:
    """A copy of `built` to damage."""
    return Warehouse(spark, str(shutil.copytree(built, tmp_path / ODD_NAME)))


def rows_for_hublake(address: str | Path) -> dict[str, list[Any]]:
    published = PublishedTables(str(address), {})
    return {table.full_name: published.rows(f"SELECT * FROM {table.full_name} ORDER BY ALL") for table in (*BUILT, QUARANTINE)}


def rows_for_others(address: str | Path) -> dict[str, list[Any]]:
    """What an engine reads that opens the folders at their latest version."""
    found = {}
    for table in (*BUILT, QUARANTINE):
        rows = DeltaTable(table.path(str(address))).to_pyarrow_table().select(list(table.column_names)).to_pylist()
        found[table.full_name] = sorted((tuple(row.values()) for row in rows), key=repr)
    return found


def repair(warehouse: Warehouse, *chosen: Table) -> tuple[list[str], list[str]]:
    """Repair and build; returns the notices, and the tables that were computed."""
    notices: list[str] = []
    plan = Repair(warehouse.location, chosen, list(TABLES.values()), notices.append).prepare()
    build = build_of(warehouse)
    build.repair = plan
    return notices, [result.table.full_name for result in build.run(BUILT) if result.status == "built"]


def data_file(warehouse: Warehouse, table: Table) -> Path:
    return next(iter(sorted(Path(table.path(warehouse.address)).rglob("*.parquet"))))


def test_lost_truncated_and_unreadable_tables_are_rebuilt_for_all_their_snapshots(built: Path, warehouse: Warehouse) -> None:
    shutil.move(MODELS.path(warehouse.address), f"{warehouse.address}/elsewhere")
    (Path(MODEL_METRICS.path(warehouse.address)) / "_delta_log" / f"{0:020}.json").write_text("garbage", "utf-8")
    history = data_file(warehouse, MODEL_HISTORY)
    history.write_bytes(history.read_bytes()[:-100])
    with pytest.raises(DamagedTable, match=r"silver\.models is damaged: it is missing") as problem:
        require_sound(warehouse.location, TABLES.values())
    assert len(str(problem.value).splitlines()) == 4

    notices, computed = repair(warehouse)
    assert len(notices) == 3
    assert sorted(computed) == sorted(
        ["silver.models", "silver.models", "silver.model_metrics", "silver.model_metrics", "silver.model_history"]
    )
    assert rows_for_hublake(warehouse.address) == rows_for_hublake(built)
    assert rows_for_others(warehouse.address) == rows_for_others(built)
    assert require_sound(warehouse.location, TABLES.values()) == []
    assert [result.status for result in build_of(warehouse).run(BUILT)] == ["current"] * 3
    assert warehouse.read(MODELS).count() == 4, "Spark reads the new table, not what it remembers of the old one"


@pytest.mark.parametrize(
    ("damage", "is_killed"), [(shutil.rmtree, False), (lambda path: (path / "_delta_log" / f"{1:020}.json").write_text("{", "utf-8"), True)]
)
def test_without_a_readable_build_log_everything_is_rebuilt_even_by_a_second_repair(
    built: Path, warehouse: Warehouse, damage: Callable[[Path], object], is_killed: bool
) -> None:
    damage(Path(BUILDS.path(warehouse.address)))
    with pytest.raises(DamagedTable, match=r"gold\.builds is damaged: .*hublake build --repair gold\.builds"):
        require_sound(warehouse.location, [MODELS])
    if is_killed:
        Repair(warehouse.location, [], list(TABLES.values()), lambda _: None).prepare()
    repair(warehouse)
    assert rows_for_hublake(warehouse.address) == rows_for_hublake(built)
    assert BuildLog(warehouse.location).history().days("silver.models") == [OLD, NEW]


def test_lost_quarantine_records_are_computed_again(built: Path, warehouse: Warehouse) -> None:
    assert rows_for_hublake(built)["silver.quarantine"], "the listing has an item that is quarantined"
    shutil.rmtree(QUARANTINE.path(warehouse.address))
    repair(warehouse, QUARANTINE)
    assert rows_for_hublake(warehouse.address)["silver.quarantine"] == rows_for_hublake(built)["silver.quarantine"]
    assert rows_for_others(warehouse.address) == rows_for_others(built)


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A disk of two megabytes; skips the test if this user may not mount one."""
    disk = tmp_path / "disk"
    disk.mkdir()
    mount = shutil.which("mount")
    if mount is None or subprocess.run([mount, "-t", "tmpfs", "-o", "size=2m", "tmpfs", disk], check=False, capture_output=True).returncode:
        pytest.skip("this user cannot mount a small disk")
    yield disk
    subprocess.run(["umount", "-l", disk], check=True)


def test_a_build_on_a_full_disk_says_so_and_readers_stay_on_the_last_one(built: Path, spark: SparkSession, small_disk: Path) -> None:
    warehouse = Warehouse(spark, str(shutil.copytree(built, small_disk / "w")))
    before = rows_for_hublake(warehouse.address)
    filler = small_disk / "filler"
    with suppress(OSError), filler.open("wb") as file:
        for _ in range(3000):
            file.write(bytes(1024))
            file.flush()
    with pytest.raises(UnusableWarehouse, match=r"a disk is full, .* run the same command again"), report_damage(warehouse.address):
        build_of(warehouse).run(BUILT, rebuild=True)
    assert rows_for_hublake(warehouse.address) == before
    filler.unlink()
    assert len(build_of(warehouse).run(BUILT, rebuild=True)) > 3
    assert rows_for_hublake(warehouse.address)["silver.models"] == before["silver.models"]


@pytest.fixture
def views(warehouse: Warehouse) -> Iterator[PublishedViews]:
    yield PublishedViews(warehouse)
    for layer in LAYER_COMMENTS:
        warehouse.spark.sql(f"DROP SCHEMA IF EXISTS {layer} CASCADE")


def test_a_server_follows_to_a_table_that_was_made_again_with_the_same_version(warehouse: Warehouse, views: PublishedViews) -> None:
    views.refresh()
    client = warehouse.spark.newSession()
    assert client.sql("SELECT count(*) FROM silver.models").collect()[0][0] == 4
    before = views.versions["silver.models"]
    shutil.rmtree(MODELS.path(warehouse.address))
    repair(warehouse, MODELS)
    changed = views.refresh()
    assert "silver.models" in changed
    assert views.versions["silver.models"] == before
    assert client.sql("SELECT count(*) FROM silver.models").collect()[0][0] == 4
    assert views.refresh() == []
