"""What a build has made and nobody sees yet: rows staged below their tables, and how later jobs of the build read them."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from pyspark.sql import DataFrame
from pyspark.sql import functions as F

from hublake.lake.delta.builds import PublishPlan
from hublake.lake.schema import Table, find_table
from hublake.lake.schema.operations import QUARANTINE
from hublake.spark_jobs.engine.warehouse import Warehouse
from hublake.spark_jobs.job import IS_DELETED, Job

Key = tuple[str, date]


@dataclass
class StagingArea:
    """The staged tables of one run; a table that is not staged is read as it is published, bronze as it was when it was first asked for."""

    warehouse: Warehouse
    run_id: str
    bronze: dict[str, DataFrame] = field(default_factory=dict)
    frames: dict[Key, DataFrame] = field(default_factory=dict)
    folders: dict[Key, list[str]] = field(default_factory=dict)
    notes: dict[Key, tuple[Job, dict[str, Any]]] = field(default_factory=dict)
    emptied: dict[date, list[str]] = field(default_factory=dict)

    def snapshot(self, table: Table, day: date) -> DataFrame:
        """The rows of one day, without snapshot_date; of bronze those up to the day, none where it may be empty and was never written."""
        if table.layer == "bronze":
            return self._bronze(table).where(F.col("snapshot_date") <= day)
        if (table.full_name, day) in self.frames:
            return self.frames[table.full_name, day].drop("snapshot_date")
        return self.warehouse.read_snapshot(table, day)

    def look(self, name: str, day: date) -> DataFrame | None:
        """The rows of a day of the table of that name, without its layer; None where there are none."""
        table = find_table(name)
        is_there = (table.full_name, day) in self.frames or self.warehouse.has_table(table)
        return self.snapshot(table, day) if is_there and not table.is_history else None

    def before(self, table: Table, earlier: date | None, day: date) -> DataFrame:
        """The rows of the snapshot before `day`, with `days_before`; none where it is the first."""
        rows = self.warehouse.empty_frame(table).drop("snapshot_date") if earlier is None else self.snapshot(table, earlier)
        return rows.withColumn("days_before", F.lit((day - earlier).days if earlier else None).cast("long"))

    def all_snapshots(self, table: Table) -> DataFrame:
        """All rows, those that are staged in place of published ones."""
        staged = {day: frame for (name, day), frame in list(self.frames.items()) if name == table.full_name}
        if table.layer == "bronze":
            return self._bronze(table)
        rows = self.published(table)
        for day, frame in staged.items():
            rows = rows.where(F.col("snapshot_date") != day).unionByName(frame)
        return rows

    def _bronze(self, table: Table) -> DataFrame:
        """All rows of a bronze table; none where it may be empty and was never written. Raises MissingTable where it may not."""
        if table.full_name not in self.bronze:
            self.bronze[table.full_name] = (
                self.warehouse.empty_frame(table) if self._was_never_written(table) else self.warehouse.read(table)
            )
        return self.bronze[table.full_name]

    def _was_never_written(self, table: Table) -> bool:
        """Of a bronze table that may be empty."""
        return not table.at_least_rows and not self.warehouse.has_table(table)

    def published(self, table: Table) -> DataFrame:
        """All rows of a table as it is published; none before the first build."""
        return self.warehouse.read(table) if self.warehouse.has_table(table) else self.warehouse.empty_frame(table)

    def merged(self, history: DataFrame, changes: DataFrame, table: Table) -> DataFrame:
        """A history as it will be with the changes."""
        kept = history.join(changes.select(*table.key), list(table.key), how="left_anti")
        return kept.unionByName(changes.where(~F.col(IS_DELETED)).drop(IS_DELETED))

    def is_empty(self, table: Table, day: date) -> bool:
        """Whether it is known without a look that a table has no row on that day: it was never crawled, or made without one."""
        if table.layer == "bronze":
            return self._was_never_written(table)
        return (table.full_name, day) in self.frames and (table.full_name, day) not in self.folders

    def about(self, table: Table, day: date) -> int | None:
        """About how many rows a table has on a day, by the logs alone: those that other days or a merge leave out are counted, too.

        0 only where there is none; None where no log says it.
        """
        if self.is_empty(table, day):
            return 0
        counts = [self.warehouse.logged_row_count(table, folder) for folder in self.folders.get((table.full_name, day), ())]
        if table.layer == "bronze" or (table.is_history and self.warehouse.has_table(table)):
            counts.append(self.warehouse.logged_row_count(table))
        return None if None in counts or not counts else sum(count or 0 for count in counts)

    def stage_nothing(self, table: Table, day: date) -> DataFrame:
        """No rows for a day: what was there goes when this is published."""
        self.frames[table.full_name, day] = self.warehouse.empty_frame(table)
        return self.frames[table.full_name, day]

    def stage(self, frame: DataFrame, table: Table, day: date, *, of: Table | None = None) -> DataFrame:
        """Write the rows of a day, without the columns that the table is partitioned by, where nobody sees them.

        `of` names the table that records of quarantine were meant for.
        """
        values = {"snapshot_date": str(day), "table_name": of.full_name if of else ""}
        partition = "/".join(f"{name}={values[name]}" for name in table.partitioned_by)
        folder = f"staged/{self.run_id}/{partition or day}"
        staged = self.warehouse.stage(frame, table, folder)
        folders = self.folders.setdefault((table.full_name, day), [])
        if folder not in folders:  # as it is where a table is made once more
            folders.append(folder)
        if of is None:
            self.frames[table.full_name, day] = staged
        return staged

    def stage_changes(self, changes: DataFrame, table: Table, day: date) -> DataFrame:
        """Write the changes of a history; of a table that is not there yet they are all its rows."""
        if not self.warehouse.has_table(table):
            rows = self.stage(changes.where(~F.col(IS_DELETED)).drop(IS_DELETED), table, day)
            return rows.withColumn(IS_DELETED, F.lit(False))
        folder = f"staged/{self.run_id}/{day}"
        staged = self.warehouse.stage(changes, table, folder)
        if not staged.isEmpty():
            self.folders[table.full_name, day] = [folder]
        return staged

    def note(self, job: Job, day: date, told: dict[str, Any], rows: int) -> None:
        """Remember what is to be said of a table that is ready."""
        self.notes[job.name, day] = (job, {**told, "rows": rows})

    def empties(self, table: Table, day: date) -> None:
        """From now on the quarantine of this table holds what was staged for it, and nothing else."""
        self.emptied.setdefault(day, []).append(table.full_name)

    def plans(self, commit: Callable[[Job | None, date, dict[str, Any]], dict[str, Any]]) -> list[PublishPlan]:
        """All that is ready, as it will be published."""
        found = []
        for (name, day), (job, told) in self.notes.items():
            folders = tuple(self.folders.get((name, day), ()))
            is_merge = job.writes.is_history and self.warehouse.has_table(job.writes) and bool(folders)
            where = () if job.writes.is_history else (("snapshot_date", "=", str(day)),)
            found.append(PublishPlan(name, str(day), folders, where, commit(job, day, told), is_merge))
        return found + [self._quarantine(day, tables, commit) for day, tables in self.emptied.items() if self._has_records(day)]

    def _has_records(self, day: date) -> bool:
        return (QUARANTINE.full_name, day) in self.folders or self.warehouse.has_table(QUARANTINE)

    def _quarantine(self, day: date, tables: list[str], commit: Callable[..., dict[str, Any]]) -> PublishPlan:
        rows = sum(told.get("set_aside", 0) for (_, of_day), (_, told) in self.notes.items() if of_day == day)
        where = (("snapshot_date", "=", str(day)), ("table_name", "in", tables))
        return PublishPlan(
            QUARANTINE.full_name,
            str(day),
            tuple(self.folders.get((QUARANTINE.full_name, day), ())),
            where,
            commit(None, day, {"rows": rows, "fingerprint": ""}),
        )
