"""Metrics of Spark's event log, summed by the table that was being built."""

from pathlib import Path
from typing import Any

from pyspark.sql import SparkSession

from hublake.spark_jobs.engine.event_log import NO_TABLE, format_metrics, metrics_by_table, read_events


def job_start(stages: list[int], table: str | None) -> dict[str, Any]:
    return {"Event": "SparkListenerJobStart", "Stage IDs": stages, "Properties": {"spark.jobGroup.id": table} if table else {}}


def task_end(stage: int, milliseconds: int, read: int = 0, spilled: int = 0) -> dict[str, Any]:
    metrics = {
        "Executor Run Time": milliseconds,
        "Disk Bytes Spilled": spilled,
        "Input Metrics": {"Bytes Read": read},
        "Output Metrics": {"Bytes Written": 1},
        "Shuffle Write Metrics": {"Shuffle Bytes Written": 2},
    }
    return {"Event": "SparkListenerTaskEnd", "Stage ID": stage, "Task Metrics": metrics}


def test_a_task_counts_for_the_table_of_its_job() -> None:
    events = [
        job_start([0, 1], "silver.models"),
        task_end(0, 500, read=10),
        task_end(1, 1500, spilled=7),
        job_start([2], None),
        task_end(2, 100),
    ]
    found = metrics_by_table(events)
    assert (found["silver.models"].tasks, found["silver.models"].core_seconds) == (2, 2.0)
    assert (found["silver.models"].read_bytes, found["silver.models"].spilled_bytes, found["silver.models"].shuffled_bytes) == (10, 7, 4)
    assert found[NO_TABLE].tasks == 1
    assert format_metrics(found).splitlines()[1].startswith("silver.models ")


def test_a_task_that_never_ran_and_a_half_written_line_are_skipped(tmp_path: Path) -> None:
    (tmp_path / "events_1_app").write_text('{"Event": "SparkListenerTaskEnd", "Stage ID": 0}\n{"Event": "Spar', "utf-8")
    assert metrics_by_table(read_events(tmp_path)) == {}


def test_the_event_log_of_a_real_session_can_be_read(spark: SparkSession) -> None:
    folder = Path((spark.conf.get("spark.eventLog.dir") or "").removeprefix("file:"))
    spark.sparkContext.setJobGroup("gold.built_here", "")
    spark.range(100).repartition(2).count()
    spark.sparkContext.setJobGroup("gold.after", "")
    spark.range(1).count()
    (application,) = folder.iterdir()
    built = metrics_by_table(read_events(application))["gold.built_here"]
    assert built.tasks > 2
    assert built.shuffled_bytes > 0
