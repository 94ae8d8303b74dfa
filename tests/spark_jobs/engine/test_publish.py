"""Readers see all of a build or nothing of it, wherever it is killed."""

from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from pyspark.sql import SparkSession
from pyspark.sql import functions as F

from hublake.expectations.builders import expect_no_rows
from hublake.expectations.checks.silver import models as checks_of_models
from hublake.lake.delta.builds import PublishPlan
from hublake.lake.errors import GateClosed, HublakeError, SchemaMismatch
from hublake.lake.schema import Column, Table
from hublake.lake.schema.bronze import CRAWL_RUNS, LISTINGS
from hublake.lake.schema.operations import QUALITY_RESULTS
from hublake.lake.schema.silver.models import MODELS
from hublake.lake.schema.silver.timeline import MODEL_HISTORY, MODEL_METRICS
from hublake.serving.reader import PublishedTables
from hublake.spark_jobs.engine import build as building
from hublake.spark_jobs.engine import publish as publishing
from hublake.spark_jobs.engine.warehouse import Warehouse
from tests.spark_jobs.silver.test_model_history import write_bronze
from tests.spark_jobs.warehouses import build_of

OLD, NEW = date(2026, 3, 1), date(2026, 3, 2)
LISTED = {
    OLD: {"h1": {"id": "a/x", "tags": []}, "h2": {"id": "a/y", "tags": []}},
    NEW: {"h1": {"id": "a/z", "tags": []}, "h3": {"id": "a/new", "tags": []}},
}
BUILT_TABLES = [MODEL_HISTORY, MODEL_METRICS]


class Killed(BaseException):
    """Ends the build as SIGKILL would: nothing that follows is executed."""


@pytest.fixture(scope="module")
def built(spark: SparkSession, tmp_path_factory: pytest.TempPathFactory) -> Warehouse:
    """A warehouse with two crawls, of which the older one is built."""
    warehouse = Warehouse(spark, write_bronze(tmp_path_factory.mktemp("killed"), {day: dict(LISTED[day]) for day in LISTED}))
    build_of(warehouse, as_of=str(OLD)).run(BUILT_TABLES)
    return warehouse


def killing(call: Callable[..., Any], after: int) -> Callable[..., Any]:
    """Wrap a function so that it works `after` times and then raises Killed."""
    left: Iterator[int] = iter(range(after))

    def called(*arguments: Any) -> Any:
        if next(left, None) is None:
            raise Killed
        return call(*arguments)

    return called


def seen(warehouse: Warehouse) -> str:
    """Which build a reader sees: old, new, or a mixture."""
    published = PublishedTables(warehouse.address, {})
    newest = {
        str(published.value("SELECT max(snapshot_date) FROM silver.models")),
        str(published.value("SELECT max(snapshot_date) FROM silver.model_metrics")),
        str(published.value("SELECT max(coalesce(valid_to, valid_from)) FROM silver.model_history")),
    }
    by_spark = str(warehouse.read(MODELS).agg(F.max("snapshot_date")).collect()[0][0])
    return {str(OLD): "old", str(NEW): "new"}[newest.pop()] if newest == {by_spark} else f"mixed: {newest} {by_spark}"


def test_readers_see_all_or_nothing_of_a_build_that_is_killed_at_any_point(built: Warehouse, monkeypatch: pytest.MonkeyPatch) -> None:
    with monkeypatch.context() as patched, pytest.raises(Killed):
        patched.setattr(building, "publish", killing(publishing.publish, 0))
        build_of(built).run(BUILT_TABLES)
    assert seen(built) == "old", "killed with all tables staged and nothing recorded"
    with monkeypatch.context() as patched, pytest.raises(Killed):
        patched.setattr(publishing, "commit", killing(publishing.commit, 0))
        build_of(built).run(BUILT_TABLES)
    assert seen(built) == "old", "killed with the plans recorded"
    for after in (1, 2):
        with monkeypatch.context() as patched, pytest.raises(Killed):
            patched.setattr(publishing, "commit", killing(publishing.commit, after))
            publishing.roll_forward(built)
        assert seen(built) == "old", f"killed after {after} of the tables"
    assert [step.status for step in build_of(built).run(BUILT_TABLES)] == ["current"] * 3, (
        "the next build completes it, and has nothing else to do"
    )
    assert seen(built) == "new"
    current = PublishedTables(built.address, {}).rows("SELECT hub_id, model_id FROM silver.model_history WHERE is_current ORDER BY 1")
    assert current == [("h1", "a/z"), ("h3", "a/new")]


def test_a_warehouse_can_be_read_as_of_an_older_crawl(built: Warehouse) -> None:
    build_of(built).run(BUILT_TABLES)
    then = PublishedTables(built.address, {}, as_of=f"crawl-{OLD}")
    assert then.rows("SELECT hub_id, model_id, valid_to, is_current FROM silver.model_history ORDER BY 1") == [
        ("h1", "a/x", None, True),
        ("h2", "a/y", None, True),
    ]
    assert then.value("SELECT max(snapshot_date) FROM silver.models") == OLD
    assert built.read_as_of(MODELS, OLD).count() == 2


def test_of_two_concurrent_builds_the_second_publishes_nothing_and_reports_it(built: Warehouse) -> None:
    slow = build_of(built)
    assert slow.history.versions
    build_of(built).run([MODELS], rebuild=True)
    with pytest.raises(HublakeError, match=r"another build of .* published while this one ran"):
        slow.run([MODELS], rebuild=True)
    assert built.build_history().unfinished == {}


def test_a_closed_gate_publishes_nothing_but_the_results_of_the_gates(
    spark: SparkSession, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    planted = expect_no_rows("planted", "SELECT model_id FROM {batch}", guards_against="nothing: it always fails")
    monkeypatch.setattr(checks_of_models, "CHECKS", [*checks_of_models.CHECKS, planted])
    items = {"h1": {"id": "a/x", "tags": []}}
    warehouse = Warehouse(spark, write_bronze(tmp_path, {OLD: items}))
    with pytest.raises(GateClosed, match="planted"):
        build_of(warehouse).run(BUILT_TABLES)
    assert set(PublishedTables(warehouse.address, {}).tables) == {LISTINGS.full_name, CRAWL_RUNS.full_name, QUALITY_RESULTS.full_name}
    broken = warehouse.read(QUALITY_RESULTS).where("outcome = 'broken' AND severity = 'critical'").collect()
    assert [(row.table_name, row.expectation) for row in broken] == [("silver.models", "planted")]
    assert "a/x" in broken[0].examples[0]


def declared(*columns: Column) -> Table:
    return Table(MODEL_METRICS.name, "silver", "c", "one row per x", ("snapshot_date", "hub_id"), columns, ("snapshot_date",))


def test_a_new_column_appears_with_its_comment_and_a_changed_type_is_refused(built: Warehouse, monkeypatch: pytest.MonkeyPatch) -> None:
    known = tuple(MODEL_METRICS)
    wider = declared(*known, Column("followers", "long", "People who follow it"))
    frame = built.read_snapshot(MODEL_METRICS, OLD).withColumn("snapshot_date", F.lit(OLD)).withColumn("followers", F.lit(7).cast("long"))
    built.write_staged(frame, wider, "staged/wider/x")
    monkeypatch.setattr(publishing, "find_table", lambda _: wider)
    plan = PublishPlan(wider.full_name, str(OLD), ("staged/wider/x",), (("snapshot_date", "=", str(OLD)),), {"run_id": "wider"})
    publishing.commit(built, "wider", plan)
    fields = {f.name: f for f in built.spark.read.format("delta").load(wider.path(built.address)).schema.fields}
    assert fields["followers"].metadata["comment"] == "People who follow it"
    other = declared(*[column if column.name != "likes" else Column("likes", "string", "Likes") for column in known])
    with pytest.raises(SchemaMismatch, match=r"likes is bigint in the warehouse and string in lake/schema/.*move\s+the folder"):
        built.write_staged(frame, other, "staged/other/x")
