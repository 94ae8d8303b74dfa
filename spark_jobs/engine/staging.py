"""The tables that a build has written but not published: staged below their tables, and read by later jobs of the same build."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import date
from functools import partial
from pathlib import Path
from typing import Any

from pyspark.sql import DataFrame
from pyspark.sql import functions as F

from hublake.expectations.sampled_figures import ReadColumns
from hublake.lake.delta.builds import PublishPlan
from hublake.lake.delta.staged_files import read_columns
from hublake.lake.paths import is_local
from hublake.lake.schema import Table, find_table
from hublake.spark_jobs.engine.warehouse import Warehouse, history_as_of
from hublake.spark_jobs.job import IS_DELETED, Job

Snapshot = tuple[str, date]  # full name of a table, day


@dataclass
class StagingArea:
    """The staged snapshots of one build. Other tables are read at their published version, bronze as it was at the first read."""

    warehouse: Warehouse
    run_id: str
    bronze: dict[str, DataFrame] = field(default_factory=dict)
    frames: dict[Snapshot, DataFrame] = field(default_factory=dict)
    folders: dict[Snapshot, list[str]] = field(default_factory=dict)
    histories: dict[str, DataFrame] = field(default_factory=dict)  # as they will be after the merge of this build
    completed: dict[Snapshot, tuple[Job, dict[str, Any]]] = field(default_factory=dict)  # with the metadata of their commit

    def read_snapshot(self, table: Table, day: date) -> DataFrame:
        """The rows of a snapshot without snapshot_date; of a bronze table all rows up to the day, with snapshot_date.

        Of a history the periods as known on the day, after the merge of this build.
        """
        if table.layer == "bronze":
            return self._read_bronze(table).where(F.col("snapshot_date") <= day)
        if table.is_history:
            merged = self.histories.get(table.full_name)
            return history_as_of(self.read_published(table) if merged is None else merged, day)
        if (table.full_name, day) in self.frames:
            return self.frames[table.full_name, day].drop("snapshot_date")
        return self.warehouse.read_snapshot(table, day)

    def find_snapshot(self, name: str, day: date) -> DataFrame | None:
        """The snapshot of the table of that name, with or without its layer; None for a history or a table that does not exist."""
        table = find_table(name)
        exists = (table.full_name, day) in self.frames or self.warehouse.has_table(table)
        return self.read_snapshot(table, day) if exists and not table.is_history else None

    def read_previous(self, table: Table, previous: date | None, day: date) -> DataFrame:
        """The rows of the snapshot before `day`, with `days_before`; no rows if there is none."""
        rows = self.warehouse.empty_frame(table).drop("snapshot_date") if previous is None else self.read_snapshot(table, previous)
        return rows.withColumn("days_before", F.lit((day - previous).days if previous else None).cast("long"))

    def read_earlier(self, table: Table, day: date) -> DataFrame:
        """The rows of all snapshots before `day`, with `days_before`; no rows if there is none."""
        days = {*self.warehouse.build_history().days(table.full_name), *(staged for name, staged in self.frames if name == table.full_name)}
        known = self.read_all_snapshots(table) if min(days, default=day) < day else self.warehouse.empty_frame(table)
        rows = known.where(F.col("snapshot_date") < day)
        return rows.withColumn("days_before", F.date_diff(F.lit(day), "snapshot_date").cast("long")).drop("snapshot_date")

    def read_all_snapshots(self, table: Table) -> DataFrame:
        """All rows of a table: staged snapshots replace published ones."""
        staged = {day: frame for (name, day), frame in list(self.frames.items()) if name == table.full_name}
        if table.layer == "bronze":
            return self._read_bronze(table)
        rows = self.read_published(table)
        for day, frame in staged.items():
            rows = rows.where(F.col("snapshot_date") != day).unionByName(frame)
        return rows

    def read_published(self, table: Table) -> DataFrame:
        """All published rows of a table; no rows before its first build."""
        return self.warehouse.read(table) if self.warehouse.has_table(table) else self.warehouse.empty_frame(table)

    def _read_bronze(self, table: Table) -> DataFrame:
        """All rows of a bronze table; no rows if it is optional and was never written. Raises MissingTable if it is required."""
        if table.full_name not in self.bronze:
            read = self.warehouse.empty_frame if self._was_never_written(table) else self.warehouse.read
            self.bronze[table.full_name] = read(table)
        return self.bronze[table.full_name]

    def _was_never_written(self, table: Table) -> bool:
        """Whether an optional bronze table does not exist."""
        return not table.at_least_rows and not self.warehouse.has_table(table)

    def is_known_empty(self, table: Table, day: date) -> bool:
        """Whether a snapshot is empty without a query to find out: the table was never crawled, or `stage_empty` staged it."""
        if table.layer == "bronze":
            return self._was_never_written(table)
        return (table.full_name, day) in self.frames and (table.full_name, day) not in self.folders

    def estimated_rows(self, table: Table, day: date) -> int | None:
        """An upper bound of a snapshot's rows from the Delta logs alone: it includes rows of other days, and rows that a merge replaces.

        0 only if there are none; None if a log does not record row counts.
        """
        if self.is_known_empty(table, day):
            return 0
        counts = [self.warehouse.logged_row_count(table, folder) for folder in self.folders.get((table.full_name, day), ())]
        if table.layer == "bronze" or (table.is_history and self.warehouse.has_table(table)):
            counts.append(self.warehouse.logged_row_count(table))
        return None if None in counts or not counts else sum(count or 0 for count in counts)

    def column_reader(self, table: Table, day: date) -> ReadColumns | None:
        """Reads columns of a staged snapshot without Spark; None for other rows, such as those of a history, and in an object store."""
        folders = self.folders.get((table.full_name, day))
        if not folders or table.is_history or not is_local(self.warehouse.address):
            return None
        return partial(read_columns, Path(table.path(self.warehouse.address), folders[0]))

    def stage_empty(self, table: Table, day: date) -> DataFrame:
        """Stage a snapshot without rows; publishing it removes the rows that were there."""
        self.frames[table.full_name, day] = self.warehouse.empty_frame(table)
        return self.frames[table.full_name, day]

    def stage(self, frame: DataFrame, table: Table, day: date) -> DataFrame:
        """Write the rows of a snapshot, without snapshot_date, where no reader sees them. Returns them, read back."""
        partition = f"snapshot_date={day}" if "snapshot_date" in table.partitioned_by else str(day)
        folder = f"staged/{self.run_id}/{partition}"
        self.frames[table.full_name, day] = self.warehouse.write_staged(frame, table, folder)
        self.folders[table.full_name, day] = [folder]
        return self.frames[table.full_name, day]

    def stage_changes(self, changes: DataFrame, table: Table, day: date) -> DataFrame:
        """Write the changes of a history; for a table that does not exist yet they are all its rows."""
        if not self.warehouse.has_table(table):
            rows = self.stage(changes.where(~F.col(IS_DELETED)).drop(IS_DELETED), table, day)
            return rows.withColumn(IS_DELETED, F.lit(False))
        folder = f"staged/{self.run_id}/{day}"
        staged = self.warehouse.write_staged(changes, table, folder)
        if not staged.isEmpty():
            self.folders[table.full_name, day] = [folder]
        return staged

    def merge_changes(self, history: DataFrame, changes: DataFrame, table: Table) -> DataFrame:
        """The rows of a history after its changes have been merged; later jobs of this build read them."""
        kept = history.join(changes.select(*table.key), list(table.key), how="left_anti")
        self.histories[table.full_name] = kept.unionByName(changes.where(~F.col(IS_DELETED)).drop(IS_DELETED))
        return self.histories[table.full_name]

    def complete(self, job: Job, day: date, metadata: dict[str, Any], rows: int) -> None:
        """Mark a snapshot as ready to be published, with the metadata of its commit."""
        self.completed[job.name, day] = (job, {**metadata, "rows": rows})

    def publish_plans(self, commit_metadata: Callable[[Job, date, dict[str, Any]], dict[str, Any]]) -> Iterator[PublishPlan]:
        """One plan for each completed snapshot."""
        for (name, day), (job, metadata) in self.completed.items():
            folders = tuple(self.folders.get((name, day), ()))
            is_merge = job.writes.is_history and self.warehouse.has_table(job.writes) and bool(folders)
            where = () if job.writes.is_history else (("snapshot_date", "=", str(day)),)
            yield PublishPlan(name, str(day), folders, where, commit_metadata(job, day, metadata), is_merge)
