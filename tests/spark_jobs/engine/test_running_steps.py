"""The rows that a running step has read, as Spark reports them."""

import time
from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Thread

import pyarrow as pa
from pyspark.sql import SparkSession

from hublake.spark_jobs.engine.running_steps import label_spark_jobs, rows_read_by_spark

WAIT_SECONDS = 60


def test_the_rows_of_a_running_stage_are_counted_for_its_job_group_only(spark: SparkSession, tmp_path: Path) -> None:
    """The second of two tasks waits for a file, while the first has read its three rows."""
    folder, release = str(tmp_path / "rows"), tmp_path / "release"
    spark.range(0, 6, 1, numPartitions=2).write.parquet(folder)

    def wait_with_the_last_rows(batches: Iterator[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
        for batch in batches:
            deadline = time.monotonic() + WAIT_SECONDS
            while 5 in batch["id"].to_pylist() and not release.exists() and time.monotonic() < deadline:
                time.sleep(0.01)
            yield batch

    def run() -> None:
        label_spark_jobs(spark.sparkContext, "the step", "two files")
        spark.read.parquet(folder).repartitionByRange(2, "id").mapInArrow(wait_with_the_last_rows, "id long").collect()

    thread = Thread(target=run)
    thread.start()
    deadline, found = time.monotonic() + WAIT_SECONDS, 0
    while not found and time.monotonic() < deadline:
        found = rows_read_by_spark(spark.sparkContext, "the step")
    assert 0 < found <= 6
    assert rows_read_by_spark(spark.sparkContext, "another step") == 0
    release.touch()
    thread.join()
    assert rows_read_by_spark(spark.sparkContext, "the step") == 0


def test_spark_takes_the_call_site_from_the_label(spark: SparkSession) -> None:
    def call_site() -> tuple[str, str]:
        label_spark_jobs(spark.sparkContext, "the step", "two files")
        found = spark.sparkContext._jsc.sc().getCallSite()
        return found.shortForm(), found.longForm()

    with ThreadPoolExecutor(1) as thread:  # the label is that of a thread
        assert thread.submit(call_site).result() == ("the step", "the step")


def test_a_table_does_not_wait_for_all_tasks_of_another(spark: SparkSession, tmp_path: Path) -> None:
    """On one thread: the second task of the long table would wait for the short table, which would wait for it (first in, first out)."""
    begun, submitted, release = tmp_path / "begun", tmp_path / "submitted", tmp_path / "release"

    def wait_for(file: Path) -> None:
        deadline = time.monotonic() + WAIT_SECONDS
        while not file.exists() and time.monotonic() < deadline:
            time.sleep(0.01)

    def long_task(index: int, _: Iterable[int]) -> Iterable[int]:
        begun.touch()
        wait_for(release if index else submitted)
        return [index]

    def run_long() -> list[int]:
        label_spark_jobs(spark.sparkContext, "b long", "two tasks")
        return spark.sparkContext.parallelize(range(2), 2).mapPartitionsWithIndex(long_task).collect()

    def run_short() -> int:
        label_spark_jobs(spark.sparkContext, "a short", "one task")
        return spark.sparkContext.parallelize([0], 1).count()

    with ThreadPoolExecutor(2) as threads:
        long = threads.submit(run_long)
        wait_for(begun)
        short = threads.submit(run_short)
        deadline = time.monotonic() + WAIT_SECONDS
        while len(spark.sparkContext.statusTracker().getActiveJobsIds()) < 2 and time.monotonic() < deadline:
            time.sleep(0.01)
        submitted.touch()
        assert short.result(WAIT_SECONDS / 2) == 1
        release.touch()
        assert long.result(WAIT_SECONDS) == [0, 1]
