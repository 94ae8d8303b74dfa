"""Decide which tables a build has to compute: those whose fingerprint differs from the published one."""

from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass, field, fields, replace
from datetime import date
from functools import cached_property

from hublake.lake.delta.builds import BuildHistory
from hublake.lake.delta.repair import RepairPlan
from hublake.lake.schema import TABLES, Table
from hublake.lake.settings import Settings
from hublake.spark_jobs.engine.fingerprints import UNKNOWN, Fingerprint, compute_fingerprint, method_of
from hublake.spark_jobs.engine.snapshots import unmerged_snapshots
from hublake.spark_jobs.engine.warehouse import Warehouse
from hublake.spark_jobs.job import Job


@dataclass
class Planner:
    """Compares the jobs of a build with `history`, the build log at its start."""

    warehouse: Warehouse
    history: BuildHistory
    snapshot: date
    repair: RepairPlan = field(default_factory=RepairPlan)
    carries: bool = True  # false if all rows have to be computed and checked again
    recomputed: dict[tuple[str, date], Fingerprint] = field(default_factory=dict)  # by `repair_steps` and `next_snapshot`

    @cached_property
    def bronze_tables(self) -> list[Table]:
        """The bronze tables that the build reads and checks: those that exist, and required ones even if they are missing."""
        bronze = [table for table in TABLES.values() if table.layer == "bronze"]
        return [table for table in bronze if table.at_least_rows or self.warehouse.has_table(table)]

    def fingerprints(self, jobs: list[Job]) -> dict[str, Fingerprint]:
        """The fingerprint of the snapshot for each job; `jobs` are in an order in which they can run."""
        found: dict[str, Fingerprint] = {}
        for job in jobs:
            inputs = {t: found[t.full_name].rows if t.full_name in found else self.bronze_version(t) for t in job.reads}
            found[job.name] = self._fingerprint(job, self.snapshot, inputs)
        return found

    def is_stale(self, job: Job, fingerprint: Fingerprint) -> bool:
        """Whether the published rows of the snapshot differ from what the job would compute now."""
        if job.name in self.repair.rebuild or job.name in self.repair.lost:
            return True
        published = Fingerprint.parse(self.history.published(job.name, self.snapshot).get("fingerprint", ""))
        return published.rows != fingerprint.rows or (job.writes.is_history and bool(self.unmerged_snapshots(job)))

    def has_new_comments(self, job: Job, fingerprint: Fingerprint) -> bool:
        """Whether the declared comments differ from the published ones."""
        return Fingerprint.parse(self.history.published(job.name, self.snapshot)["fingerprint"]).comments != fingerprint.comments

    def unmerged_snapshots(self, job: Job) -> list[date]:
        """Published snapshots that a history table has to merge: all of them if nothing is left of it."""
        if job.name in self.repair.lost:
            return sorted({day for table in job.reads if table.layer != "bronze" for day in self._days(table.full_name)})
        return unmerged_snapshots(self.history, job)

    def merged_snapshots(self, job: Job) -> list[date]:
        """The snapshots that a history table has merged."""
        return [] if job.name in self.repair.lost else self.history.days(job.name)

    def repair_steps(self, jobs: list[Job]) -> Iterator[tuple[Job, date, Fingerprint]]:
        """The snapshots beside that of this build that a repair rebuilds, oldest first; a history merges all of them at once.

        Run each step before asking for the next: later ones are computed from its rows.
        """
        for day, of_day in self.repairs(jobs).items():
            for job in of_day:
                inputs = {t: self.bronze_version(t) if t.layer == "bronze" else self._published_rows(t, day) for t in job.reads}
                fingerprint = self._fingerprint(job, day, inputs)
                self.recomputed[job.name, day] = fingerprint
                yield job, day, fingerprint

    def repairs(self, jobs: list[Job]) -> dict[date, list[Job]]:
        """Those of the jobs that a repair runs for snapshots beside that of this build, oldest first."""
        days = sorted({day for of_table in self.repair.rebuild.values() for day in of_table if day != self.snapshot})
        rebuilt = self.repair.rebuild
        return {day: [job for job in jobs if day in rebuilt.get(job.name, ()) and not job.writes.is_history] for day in days}

    def _days(self, name: str) -> set[date]:
        """The snapshots of a table that are published or that a repair rebuilds."""
        return {*self.history.days(name), *self.repair.rebuild.get(name, ())}

    def previous_snapshot(self, job: Job, day: date) -> date | None:
        """The last snapshot before a day of the tables in `reads_previous`."""
        days = {day for table in job.reads_previous for day in self._days(table.full_name)} | {self.snapshot}
        return max((earlier for earlier in days if earlier < day), default=None)

    def carry_base(self, job: Job, day: date) -> date | None:
        """The published snapshot, the last one up to a day, from which rows may be carried over: the job would compute the same rows now.

        Of a job that reads bronze only the method is compared: the job itself finds what has changed in bronze. None if there is none.
        """
        base = max((earlier for earlier in self.history.days(job.name) if earlier <= day), default=None)
        if base is None or not self.carries:
            return None
        published = Fingerprint.parse(self.history.published(job.name, base)["fingerprint"])
        if any(table.layer == "bronze" for table in job.reads):
            return base if published.method == method_of(job) else None
        if any(not self.history.published(table.full_name, base) for table in job.reads):
            return None
        inputs = {table: self._published_rows(table, base) for table in job.reads}
        return base if published.rows == self._fingerprint(job, base, inputs).rows else None

    def inputs_at(self, job: Job, day: date) -> str:
        """What identifies the inputs of a published snapshot."""
        return Fingerprint.parse(self.history.published(job.name, day)["fingerprint"]).inputs

    def next_snapshot(self, job: Job, fingerprints: dict[str, Fingerprint]) -> tuple[date, Fingerprint] | None:
        """The next published snapshot, with its new fingerprint, if it has to be rebuilt because it reads this one as an earlier one."""
        later = min((day for day in self.history.days(job.name) if day > self.snapshot), default=None)
        if later is None or not (job.reads_previous or job.reads_earlier) or job.name in self.repair.rebuild:
            return None
        if any(table.layer != "bronze" and not self.history.published(table.full_name, later) for table in job.reads):
            return None  # an input of that snapshot was dropped: what was computed from it stays
        inputs = {t: self.bronze_version(t) if t.layer == "bronze" else self._published_rows(t, later) for t in job.reads}
        fingerprint = self._fingerprint(job, later, inputs, fingerprints)
        published = Fingerprint.parse(self.history.published(job.name, later)["fingerprint"])
        if published.rows == fingerprint.rows:
            return None
        self.recomputed[job.name, later] = fingerprint  # what is computed from it differs, too
        return later, fingerprint

    def _fingerprint(
        self, job: Job, day: date, inputs: Mapping[Table, str], of_snapshot: Mapping[str, Fingerprint] | None = None
    ) -> Fingerprint:
        """`inputs` are versions and fingerprints of what the job reads, `of_snapshot` the fingerprints of the snapshot of this build."""
        found = {table.full_name: rows for table, rows in inputs.items()}
        if not job.writes.is_history:
            found |= {f"earlier snapshots of {table.full_name}": self._merged_before(table, day) for table in job.reads if table.is_history}

        def rows_of(table: Table, earlier: date) -> str:
            is_of_build = of_snapshot is not None and earlier == self.snapshot and table.full_name in of_snapshot
            return of_snapshot[table.full_name].rows if of_snapshot is not None and is_of_build else self._published_rows(table, earlier)

        previous = self.previous_snapshot(job, day)
        if previous:
            found |= {f"{table.full_name} of the previous snapshot": rows_of(table, previous) for table in job.reads_previous}
        for table in job.reads_earlier:
            days = sorted(earlier for earlier in self._days(table.full_name) | {self.snapshot} if earlier < day)
            found |= {f"{table.full_name} of {earlier}": rows_of(table, earlier) for earlier in days}
        return compute_fingerprint(job, found)

    def _merged_before(self, history: Table, day: date) -> str:
        """What identifies the earlier snapshots in a history: it also changes if one of them is merged or rebuilt later."""
        earlier = sorted(merged for merged in self._days(history.full_name) if merged < day)
        return " ".join(f"{merged} {self._published_rows(history, merged)}" for merged in earlier)

    def bronze_version(self, table: Table) -> str:
        """What identifies the rows of a bronze table at the start of the build."""
        return self._bronze_versions.get(table.full_name, UNKNOWN)

    @cached_property
    def _bronze_versions(self) -> dict[str, str]:
        existing = [table for table in self.bronze_tables if self.warehouse.has_table(table)]
        return {table.full_name: self.warehouse.rows_identity(table) for table in existing}

    def _published_rows(self, table: Table, day: date | None) -> str:
        if day and (table.full_name, day) in self.recomputed:
            return self.recomputed[table.full_name, day].rows
        if table.is_history and table.full_name in self.repair.lost:
            return UNKNOWN  # a repair merges it last: what it computes before then is computed again by the next build of that day
        published = self.history.published(table.full_name, day) if day else {}
        return Fingerprint.parse(published["fingerprint"]).rows if published else UNKNOWN


def configure_job(job: Job, settings: Settings) -> Job:
    """Set those parameters of a job that have the name of a setting."""
    if job.params is None:
        return job
    weights = asdict(settings.impact)
    chosen = {f.name: weights[f.name] for f in fields(job.params) if f.name in weights}
    return replace(job, params=replace(job.params, **chosen))
