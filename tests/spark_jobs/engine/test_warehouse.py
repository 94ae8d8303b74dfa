"""Reading and staging rows of a warehouse, and checkpoints."""

import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path
from threading import Event

import pytest
from pyspark.sql import SparkSession
from pyspark.sql.types import LongType, StructType

from hublake.lake.schema.bronze import LISTINGS
from hublake.lake.schema.silver.licenses import MODEL_LICENSES
from hublake.spark_jobs.dataframes.arrow_functions import Record, map_records
from hublake.spark_jobs.dataframes.checkpoints import lazy_checkpoint
from hublake.spark_jobs.engine import warehouse as storage
from hublake.spark_jobs.engine.warehouse import Warehouse
from tests.drawn import drawn
from tests.spark_jobs.warehouses import listed


def _count_call(file: Path, row: Record) -> Iterator[Record]:
    time.sleep(0.02)  # views are created and dropped while only the first half is computed
    with file.open("a") as notes:
        notes.write("once\n")
    yield {"number": row["id"]}


def test_checkpointed_rows_are_computed_once_although_views_are_created_and_dropped_meanwhile(spark: SparkSession, tmp_path: Path) -> None:
    spark.range(100).write.parquet(f"{tmp_path}/numbers")
    source, notes = spark.read.parquet(f"{tmp_path}/numbers"), tmp_path / "notes"
    frame = lazy_checkpoint(map_records(source, partial(_count_call, notes), StructType().add("number", LongType())))
    assert not notes.exists()

    def create_and_drop_views() -> None:
        while not done.wait(0.2):
            spark.sql("SELECT count(*) FROM {numbers}", numbers=source).collect()

    done = Event()
    with ThreadPoolExecutor(1) as gate:
        other = gate.submit(create_and_drop_views)
        try:
            assert frame.groupBy("number").count().count() == 100
        finally:
            done.set()
        other.result()
    assert frame.count() == 100
    assert notes.read_text().splitlines() == ["once"] * 100


@pytest.mark.parametrize("few", [0, 300], ids=["through Delta", "as Parquet files"])
def test_bronze_has_the_same_rows_through_delta_and_as_parquet_files(
    spark: SparkSession, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, few: int
) -> None:
    warehouse = listed(spark, tmp_path, ['{"id": "a/x"}', '{"id": "a/y"}'])
    monkeypatch.setattr(storage, "FEW_FILES", few)
    rows = warehouse.read(LISTINGS)
    assert set(rows.columns) == set(LISTINGS.column_names)
    found = sorted((str(row["snapshot_date"]), row["hub_id"], row["body"]) for row in rows.collect())
    assert found == [("2026-01-02", "h0", '{"id": "a/x"}'), ("2026-01-02", "h1", '{"id": "a/y"}')]


def test_staged_rows_have_the_partition_values_of_their_folder(spark: SparkSession, tmp_path: Path) -> None:
    folder = tmp_path / "a=b"  # the address of the warehouse may look like a partition
    rows = drawn(spark, MODEL_LICENSES, "model_id | license | source | confidence\n a/x | mit | tag | 0.95")
    staged = Warehouse(spark, str(folder)).write_staged(rows, MODEL_LICENSES, "staged/run/snapshot_date=2026-01-02")
    assert staged.columns == list(MODEL_LICENSES.column_names)
    assert [(str(row["snapshot_date"]), row["license"]) for row in staged.collect()] == [("2026-01-02", "mit")]


def test_a_small_session_joins_and_counts_stored_rows_in_one_stage(spark: SparkSession, tmp_path: Path) -> None:
    rows = drawn(spark, MODEL_LICENSES, "model_id | license | source | confidence\n a/x | mit | tag | 0.95\n a/y | mit | tag | 0.95")
    warehouse, folder = Warehouse(spark, str(tmp_path)), "staged/run/snapshot_date=2026-01-02"
    stored = warehouse.write_staged(rows.repartition(2), MODEL_LICENSES, folder)
    assert len(list((Path(MODEL_LICENSES.path(str(tmp_path))) / folder).glob("*.parquet"))) == 2
    counted = stored.join(stored.select("model_id").distinct(), "model_id").groupBy("license").count()
    assert [tuple(row) for row in counted.collect()] == [("mit", 2)]
    assert "Exchange" not in counted._jdf.queryExecution().executedPlan().toString()


def test_spark_knows_that_an_empty_frame_is_empty_without_running_a_job(spark: SparkSession, tmp_path: Path) -> None:
    empty = Warehouse(spark, str(tmp_path)).empty_frame(MODEL_LICENSES)
    joined = empty.join(spark.range(9).selectExpr("CAST(id AS STRING) AS model_id"), "model_id", how="left_semi")
    assert set(joined.columns) == set(MODEL_LICENSES.column_names)
    assert "LocalTableScan <empty>" in joined._jdf.queryExecution().executedPlan().toString()
