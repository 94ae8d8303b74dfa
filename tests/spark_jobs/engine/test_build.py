"""A build: what it publishes, what it leaves as it is, what it quarantines, and what closes a gate."""

import json
import shutil
import time
from dataclasses import replace
from importlib.resources import files
from pathlib import Path

import pytest
from deltalake import DeltaTable
from pyspark.sql import DataFrame, SparkSession
from pyspark.sql import functions as F

from hublake.lake.errors import DamagedTable, GateClosed, HublakeError, SchemaMismatch
from hublake.lake.schema import Table
from hublake.lake.schema.bronze import CRAWL_RUNS, LISTINGS
from hublake.lake.schema.gold.lineage import NETWORK_METRICS
from hublake.lake.schema.operations import QUARANTINE
from hublake.lake.schema.silver.lineage import LINEAGE_EDGES
from hublake.lake.schema.silver.models import MODELS
from hublake.lake.schema.silver.timeline import MODEL_HISTORY
from hublake.spark_jobs.engine import job_sources
from hublake.spark_jobs.engine import publish as publishing
from hublake.spark_jobs.engine.build import Build
from hublake.spark_jobs.engine.discovery import all_jobs
from hublake.spark_jobs.engine.job_sources import Module, SourceTree
from hublake.spark_jobs.engine.results import TableResult
from hublake.spark_jobs.engine.warehouse import Warehouse
from hublake.spark_jobs.job import Job
from tests.drawn import drawn
from tests.spark_jobs.warehouses import DAY, build_of, listed

GOOD = ['{"id": "a/x"}', '{"id": "a/y"}', '{"id": "a/z"}']


@pytest.fixture(scope="module")
def built(spark: SparkSession, tmp_path_factory: pytest.TempPathFactory) -> tuple[Build, list[TableResult]]:
    """One build of three valid models, for tests that only read."""
    build = build_of(listed(spark, tmp_path_factory.mktemp("built"), GOOD))
    return build, build.run([MODELS])


def test_a_second_build_of_the_same_snapshot_changes_nothing(built: tuple[Build, list[TableResult]]) -> None:
    first, steps = built
    rows = first.warehouse.rows_identity(MODELS)
    second = build_of(first.warehouse).run([MODELS])
    assert [step.status for step in steps] == ["checked", "checked", "built"]
    assert [step.status for step in second] == ["current"]
    assert first.warehouse.rows_identity(MODELS) == rows


@pytest.mark.parametrize("package", ["hublake.serving.", "hublake.rules."])
def test_an_edit_makes_a_table_stale_only_if_its_job_imports_the_module(
    built: tuple[Build, list[TableResult]], monkeypatch: pytest.MonkeyPatch, package: str
) -> None:
    sources, job = SourceTree(files("hublake")), all_jobs()[MODELS.full_name]
    imported = sources.needed_by(job.module)
    edited = next((name for name in imported if name.startswith(package)), f"{package}report")
    monkeypatch.setitem(sources._modules, edited, Module("edited", frozenset(), frozenset()))
    monkeypatch.setattr(job_sources, "installed_sources", lambda: sources)
    planner = build_of(built[0].warehouse).planner
    assert planner.is_stale(job, planner.fingerprints([job])[job.name]) == (edited in imported)


def test_changed_comments_are_published_without_a_new_computation(
    spark: SparkSession, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    warehouse = listed(spark, tmp_path, GOOD)
    build_of(warehouse).run([MODELS])
    columns = tuple(replace(column, comment="Owner of the model") if column.name == "author" else column for column in MODELS)
    reworded = replace(MODELS, comment="Models as listed", columns=columns)
    monkeypatch.setitem(all_jobs(), MODELS.full_name, replace(all_jobs()[MODELS.full_name], writes=reworded))
    monkeypatch.setattr(publishing, "find_table", lambda _: reworded)
    before = DeltaTable(MODELS.path(warehouse.address)).file_uris()
    assert [result.status for result in build_of(warehouse).run([reworded])] == ["current"]
    version = warehouse.build_history().versions[MODELS.full_name]
    published = DeltaTable(MODELS.path(warehouse.address), version=version)
    assert {field.name: field.metadata["comment"] for field in published.schema().fields}["author"] == "Owner of the model"
    assert published.metadata().description == "Models as listed"
    assert published.file_uris() == before
    assert [result.status for result in build_of(warehouse).run([reworded])] == ["current"]
    assert warehouse.build_history().versions[MODELS.full_name] == version


def test_a_commit_records_what_its_rows_were_computed_from(built: tuple[Build, list[TableResult]]) -> None:
    build, _ = built
    commit = json.loads(DeltaTable(MODELS.path(build.warehouse.address)).history(1)[0]["userMetadata"])
    assert commit["run_id"] == build.run_id
    assert commit["reads"] == ["bronze.listings", "bronze.crawl_runs"]
    assert {"git_sha", "hublake", "code", "params", "rows"} <= set(commit)


def test_comments_are_stored_in_the_delta_log(built: tuple[Build, list[TableResult]]) -> None:
    fields = {f.name: f for f in DeltaTable(MODELS.path(built[0].warehouse.address)).schema().fields}
    assert fields["author"].metadata["comment"] == MODELS.by_name["author"].comment


def test_an_invalid_item_is_quarantined_with_its_body_until_it_is_corrected(spark: SparkSession, tmp_path: Path) -> None:
    warehouse = listed(spark, tmp_path, [*GOOD, '{"id": 5}'])
    (*_, step) = build_of(warehouse).run([MODELS])
    assert (step.rows, step.quarantined) == (3, 1)
    (record,) = warehouse.read(QUARANTINE).collect()
    assert (record.table_name, record.rule, record.body) == ("silver.models", "no_name", '{"id": 5}')
    listed(spark, tmp_path, [*GOOD, '{"id": "a/five"}'])
    (*_, step) = build_of(warehouse).run([MODELS])
    assert (step.rows, step.quarantined) == (4, 0)
    assert warehouse.read(QUARANTINE).isEmpty()


def test_too_many_invalid_items_close_the_gate_and_readers_keep_the_last_version(spark: SparkSession, tmp_path: Path) -> None:
    warehouse = listed(spark, tmp_path, GOOD)
    build_of(warehouse).run([MODELS])
    listed(spark, tmp_path, ['{"id": "a/x"}', "{1}", "{2}", "{3}"])
    with pytest.raises(GateClosed, match=r"3 of 4 rows break a rule(.|\n)*not_json") as closed:
        build_of(warehouse, build__few_quarantined=2).run([MODELS])
    assert closed.value.exit_code == 3
    assert warehouse.read(MODELS).count() == 3


def test_a_bronze_table_that_breaks_its_declaration_stops_the_build(spark: SparkSession, tmp_path: Path) -> None:
    warehouse = listed(spark, tmp_path, GOOD)
    rows = warehouse.read(LISTINGS)
    warehouse.overwrite(rows.withColumn("position", F.lit(0)), LISTINGS, {"snapshot_date": DAY}, {})
    with pytest.raises(GateClosed, match=r"bronze\.listings is closed(.|\n)*the grain: one row per listed item per crawl"):
        build_of(warehouse).run([MODELS])
    assert not warehouse.has_table(MODELS)


def test_an_interrupted_listing_is_not_built(spark: SparkSession, tmp_path: Path) -> None:
    warehouse = listed(spark, tmp_path, GOOD)
    runs = warehouse.read(CRAWL_RUNS)
    warehouse.overwrite(runs.withColumn("outcome", F.lit("interrupted")), CRAWL_RUNS, {"snapshot_date": DAY}, {})
    with pytest.raises(HublakeError, match="no crawl of the listing was completed"):
        build_of(warehouse).run([MODELS])


def test_a_frame_that_differs_from_the_declaration_is_refused(spark: SparkSession, tmp_path: Path) -> None:
    warehouse = listed(spark, tmp_path, GOOD)
    frame = drawn(spark, NETWORK_METRICS, "metric | value\n nodes | 1", with_snapshot=True).withColumnRenamed("value", "worth")
    with pytest.raises(SchemaMismatch, match=r"lacks \['value'\] and has \['worth'\]"):
        warehouse.overwrite(frame, NETWORK_METRICS, {"snapshot_date": DAY}, {})
    assert not warehouse.has_table(NETWORK_METRICS)


def test_a_half_written_table_is_reported(spark: SparkSession, tmp_path: Path) -> None:
    warehouse = listed(spark, tmp_path, GOOD)
    shutil.rmtree(tmp_path / "bronze" / "crawl_runs" / "_delta_log")
    with pytest.raises(
        DamagedTable, match=r"bronze\.crawl_runs is damaged: .* has data files but no Delta log.*--repair bronze\.crawl_runs"
    ):
        build_of(warehouse).run([MODELS])


def _not_called(*_: object) -> DataFrame:
    raise AssertionError("without input rows, the transform is not called")


@pytest.mark.parametrize("name", ["silver.accounts", "silver.datasets", "silver.model_cards", "silver.card_sections"])
def test_a_table_of_items_that_were_never_crawled_is_published_empty_without_its_transform(
    spark: SparkSession, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    job = all_jobs()[name]
    monkeypatch.setitem(all_jobs(), name, replace(job, transform=_not_called))
    build = build_of(listed(spark, tmp_path, GOOD))
    steps = {step.table.full_name: step for step in build.run([job.writes])}
    assert (steps[name].status, steps[name].rows) == ("built", 0)
    assert build.warehouse.read_snapshot(job.writes, DAY).isEmpty()
    assert [step.status for step in build_of(build.warehouse).run([job.writes])][-1] == "current"


@pytest.mark.parametrize("job", [job for job in all_jobs().values() if job.requires_rows_of], ids=lambda job: job.name)
def test_a_job_computes_no_rows_if_a_required_table_is_empty(spark: SparkSession, tmp_path: Path, job: Job) -> None:
    warehouse = Warehouse(spark, str(tmp_path))
    for missing in job.requires_rows_of:
        frames = [_some(spark, table) if table != missing else warehouse.empty_frame(table) for table in job.reads]
        hidden = [frame if table.layer == "bronze" else frame.drop("snapshot_date") for table, frame in zip(job.reads, frames, strict=True)]
        assert job.transform(*hidden).isEmpty()


def test_if_a_job_fails_the_jobs_that_run_in_parallel_are_cancelled(
    spark: SparkSession, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    slow, bad = "silver.lineage_edges", "silver.model_history"
    tracker = spark.sparkContext.statusTracker()
    earlier = set(tracker.getJobIdsForGroup(slow))

    def states() -> set[str]:
        return {info.status for job in set(tracker.getJobIdsForGroup(slow)) - earlier if (info := tracker.getJobInfo(job))}

    def endless(*_: object) -> DataFrame:
        spark.range(10**15).where("id % 7 = -1").count()
        raise AssertionError("the query does not end unless it is cancelled")

    def failing(*_: object, **__: object) -> DataFrame:
        while "RUNNING" not in states():
            time.sleep(0.01)
        raise HublakeError("no such history")

    for name, transform in ((slow, endless), (bad, failing)):
        monkeypatch.setitem(all_jobs(), name, replace(all_jobs()[name], transform=transform))
    warehouse = listed(spark, tmp_path, GOOD)
    with pytest.raises(HublakeError, match="no such history"):
        build_of(warehouse).run([LINEAGE_EDGES, MODEL_HISTORY])
    assert states() == {"FAILED"}
    assert not warehouse.has_table(MODELS)


def _some(spark: SparkSession, table: Table) -> DataFrame:
    """A row of a table in which every required text is x."""
    named = {column.name: "x" for column in table if column.type == "string" and column.required}
    rows = " | ".join(named) + "\n" + " | ".join(named.values())
    return drawn(spark, table, rows, with_snapshot=True)
