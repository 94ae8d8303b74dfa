"""Which snapshots a build computes, of tables that read the previous snapshot."""

from pathlib import Path

import pytest
from pyspark.sql import SparkSession

from hublake.lake.delta.maintenance import optimise_tables
from hublake.lake.schema import Table
from hublake.lake.schema.bronze import CRAWL_RUNS
from hublake.lake.schema.gold.timeline import POPULARITY_TRENDS
from hublake.lake.schema.silver.timeline import MODEL_METRICS
from hublake.spark_jobs.engine.warehouse import Warehouse
from tests.spark_jobs.engine.test_publish import LISTED, NEW, OLD
from tests.spark_jobs.silver.test_model_history import write_bronze
from tests.spark_jobs.warehouses import build_of


@pytest.fixture
def warehouse(spark: SparkSession, tmp_path: Path) -> Warehouse:
    return Warehouse(spark, write_bronze(tmp_path, {day: dict(LISTED[day]) for day in LISTED}))


def tables_built(warehouse: Warehouse, day: object, *, rebuild: bool = False, table: Table = MODEL_METRICS) -> list[str]:
    """The tables that a build computes; a table twice if its next snapshot is computed too."""
    results = build_of(warehouse, as_of=str(day)).run([table], rebuild=rebuild)
    return sorted(result.table.name for result in results if result.status == "built")


def test_a_snapshot_that_is_built_after_the_next_one_has_the_next_one_rebuilt(warehouse: Warehouse) -> None:
    assert tables_built(warehouse, NEW) == ["model_metrics", "models"]
    assert tables_built(warehouse, OLD) == ["model_metrics", "model_metrics", "models"]
    assert tables_built(warehouse, NEW) == []


def test_the_next_snapshot_is_left_as_it_is_if_its_previous_one_has_not_changed(warehouse: Warehouse) -> None:
    tables_built(warehouse, OLD)
    tables_built(warehouse, NEW)
    assert tables_built(warehouse, OLD, rebuild=True) == ["model_metrics", "models"]
    (runs,) = optimise_tables(warehouse.location, [CRAWL_RUNS], keep_hours=168)
    assert runs.compacted > 1
    assert tables_built(warehouse, NEW) == [], "the rows of bronze are the same in fewer files"


def test_a_table_of_all_earlier_snapshots_is_rebuilt_with_one_of_them(warehouse: Warehouse) -> None:
    trends = ["model_metrics", "models", "popularity_trends"]
    assert tables_built(warehouse, NEW, table=POPULARITY_TRENDS) == trends
    assert warehouse.read_snapshot(POPULARITY_TRENDS, NEW).isEmpty()
    assert tables_built(warehouse, OLD, table=POPULARITY_TRENDS) == ["model_metrics", *trends, "popularity_trends"]
    in_both = set(LISTED[OLD]) & set(LISTED[NEW])
    assert warehouse.read_snapshot(POPULARITY_TRENDS, NEW).count() == len(in_both) > 0
    assert tables_built(warehouse, NEW, table=POPULARITY_TRENDS) == []
