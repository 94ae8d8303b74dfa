"""Clients of the SQL server read the published versions: nothing of a build before the build log records all of it."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from pyspark.errors import AnalysisException
from pyspark.sql import SparkSession

from hublake.lake.schema.bronze import LISTINGS
from hublake.lake.schema.silver.models import MODELS
from hublake.spark_jobs.engine import publish as publishing
from hublake.spark_jobs.engine.published_views import LAYER_COMMENTS, PublishedViews
from hublake.spark_jobs.engine.warehouse import Warehouse
from tests.spark_jobs.engine.test_publish import BUILT_TABLES, LISTED, NEW, OLD, Killed, killing
from tests.spark_jobs.silver.test_model_history import write_bronze
from tests.spark_jobs.warehouses import build_of


@pytest.fixture
def warehouse(spark: SparkSession, tmp_path: Path) -> Iterator[Warehouse]:
    """A warehouse with two crawls and no build."""
    yield Warehouse(spark, write_bronze(tmp_path, {day: dict(LISTED[day]) for day in LISTED}))
    for layer in LAYER_COMMENTS:
        spark.sql(f"DROP SCHEMA IF EXISTS {layer} CASCADE")


def newest(client: SparkSession) -> dict[str, str]:
    """What a client sees of the tables that builds of this test publish."""
    columns = {"models": "snapshot_date", "model_metrics": "snapshot_date", "model_history": "coalesce(valid_to, valid_from)"}
    return {name: str(client.sql(f"SELECT max({column}) FROM silver.{name}").collect()[0][0]) for name, column in columns.items()}


def publish_half(warehouse: Warehouse, monkeypatch: pytest.MonkeyPatch, as_of: str | None = None) -> None:
    """A build that ends, as if killed, after it has committed one of its tables."""
    with monkeypatch.context() as patched, pytest.raises(Killed):
        patched.setattr(publishing, "commit", killing(publishing.commit, 1))
        build_of(warehouse, as_of=as_of).run(BUILT_TABLES)


def test_half_of_a_build_is_not_served_and_all_of_it_once_the_build_log_says_published(
    warehouse: Warehouse, monkeypatch: pytest.MonkeyPatch
) -> None:
    build_of(warehouse, as_of=str(OLD)).run(BUILT_TABLES)
    views, client = PublishedViews(warehouse), warehouse.spark.newSession()
    views.refresh()
    assert set(newest(client).values()) == {str(OLD)}
    publish_half(warehouse, monkeypatch)
    assert views.refresh() == []
    assert set(newest(client).values()) == {str(OLD)}, "one of the tables has a newer version already"
    publishing.roll_forward(warehouse)
    assert set(newest(client).values()) == {str(OLD)}, "a view keeps its version until the next refresh"
    assert {"silver.models", "silver.model_metrics", "silver.model_history"} <= set(views.refresh())
    assert set(newest(client).values()) == {str(NEW)}
    assert views.refresh() == []


def test_a_table_of_an_unfinished_first_build_is_not_served(warehouse: Warehouse, monkeypatch: pytest.MonkeyPatch) -> None:
    publish_half(warehouse, monkeypatch)
    views = PublishedViews(warehouse)
    assert LISTINGS.full_name in views.refresh()
    assert not [name for name in views.versions if name.startswith("silver.")]
    publishing.roll_forward(warehouse)
    assert MODELS.full_name in views.refresh()


def test_bronze_is_served_at_its_latest_version(warehouse: Warehouse) -> None:
    views = PublishedViews(warehouse)
    views.refresh()
    before = warehouse.spark.sql("SELECT count(*) FROM bronze.listings").collect()[0][0]
    warehouse.spark.read.format("delta").load(LISTINGS.path(warehouse.address)).write.format("delta").mode("append").save(
        LISTINGS.path(warehouse.address)
    )
    assert warehouse.spark.sql("SELECT count(*) FROM bronze.listings").collect()[0][0] == 2 * before


def test_if_one_new_version_cannot_be_read_no_view_changes(warehouse: Warehouse, monkeypatch: pytest.MonkeyPatch) -> None:
    build_of(warehouse, as_of=str(OLD)).run(BUILT_TABLES)
    views, client = PublishedViews(warehouse), warehouse.spark.newSession()
    views.refresh()
    build_of(warehouse).run(BUILT_TABLES)
    current = views._published_versions()
    broken = {table: 999 if table.name == "model_metrics" else version for table, version in current.items()}
    monkeypatch.setattr(PublishedViews, "_published_versions", returning(broken))
    with pytest.raises(AnalysisException):
        views.refresh()
    assert set(newest(client).values()) == {str(OLD)}
    monkeypatch.setattr(PublishedViews, "_published_versions", returning(current))
    views.refresh()
    assert set(newest(client).values()) == {str(NEW)}


def returning(value: Any) -> Callable[[PublishedViews], Any]:
    return lambda _: value
