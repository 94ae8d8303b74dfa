"""Runs jobs: read, transform, set aside, stage, gate; and when all gates are open, publish. All I/O of a build is here."""

import time
import uuid
from collections.abc import Callable, Iterable
from dataclasses import asdict, dataclass, field, fields, replace
from datetime import date
from functools import cached_property, partial
from typing import Any

from pyspark.sql import DataFrame
from pyspark.sql import functions as F

from expectations.gate import Gate, Verdict
from lake.settings import Settings
from lake.tables import TABLES, Table
from lake.tables.silver import QUARANTINE
from spark_jobs.candidates import Candidates
from spark_jobs.job import Job, jobs_for
from spark_jobs.journal import Journal
from spark_jobs.provenance import code_version, fingerprint
from spark_jobs.publishing import publish, roll_forward
from spark_jobs.quality import Quality
from spark_jobs.row_rules import with_reason
from spark_jobs.set_aside import sorted_out
from spark_jobs.snapshots import chosen_snapshot, unmerged_days
from spark_jobs.storage import Warehouse


@dataclass(frozen=True)
class Step:
    """What happened to one table: `rows` in the snapshot, `set_aside` of them not; `is_current`: it needed no work."""

    table: Table
    verb: str  # checked, built, current
    seconds: float
    rows: int = 0
    set_aside: int = 0
    warnings: int = 0


@dataclass
class Build:
    """One build of one snapshot. `as_of` is a day or a crawl; `report` is told before a step (what is done) and after it (the Step)."""

    warehouse: Warehouse
    settings: Settings
    gate: Gate
    as_of: str | None = None
    report: Callable[[str | Step], None] = lambda _: None
    run_id: str = field(default_factory=lambda: uuid.uuid4().hex[:12])
    gate_seconds: float = 0  # of the build's time that the gates took

    @cached_property
    def snapshot(self) -> date:
        """The snapshot to build: the newest whole one, or that of `as_of`. Raises HublakeError where there is none."""
        return chosen_snapshot(self.warehouse, self.as_of)

    @cached_property
    def journal(self) -> Journal:
        """What was published when this build began, after what an earlier one had left half done."""
        for run_id in roll_forward(self.warehouse):
            self.report(f"finished build {run_id}, which was interrupted while it published")
        return self.warehouse.journal()

    @cached_property
    def candidates(self) -> Candidates:
        return Candidates(self.warehouse, self.run_id)

    @cached_property
    def quality(self) -> Quality:
        return Quality(self.warehouse.address, self.warehouse.storage, self.run_id)

    def run(self, wanted: Iterable[Table] = (), *, again: bool = False) -> list[Step]:
        """Make the wanted tables and what they need, in order; what is current is left alone unless `again`.

        Readers see all of it at its end, at once. Raises GateClosed at the first table that breaks a critical expectation:
        then they see none of it.
        """
        try:
            return self._run([self._configured(job) for job in jobs_for(wanted)], again)
        finally:
            self.quality.write()

    def _run(self, jobs: list[Job], again: bool) -> list[Step]:
        prints = self._fingerprints(jobs)
        last = {job.name: self.journal.published(job.name, self.snapshot) for job in jobs}
        stale = {job.name for job in jobs if again or self._is_stale(job, prints[job.name], last[job.name])}
        steps = [self._checked(table) for table in self._bronze_to_check() if stale]
        for job in jobs:
            if job.name in stale:
                steps.append(self._made(job, self.snapshot, prints[job.name]))
            else:
                steps.append(Step(job.writes, "current", 0, last[job.name]["row_count"]))
            self.report(steps[-1])
        if stale:
            steps += self._following(jobs, prints)
            self.report("publishing")
            publish(self.warehouse, self.run_id, self.candidates.plans(self._commit), self.journal)
        return steps

    def _configured(self, job: Job) -> Job:
        """Parameters of a job that carry the name of a setting take its value."""
        if job.params is None:
            return job
        weights = asdict(self.settings.impact)
        chosen = {f.name: weights[f.name] for f in fields(job.params) if f.name in weights}
        return replace(job, params=replace(job.params, **chosen))

    def _bronze_to_check(self) -> list[Table]:
        bronze = [table for table in TABLES.values() if table.layer == "bronze"]
        return [table for table in bronze if table.at_least_rows or self.warehouse.holds(table)]

    def _fingerprints(self, jobs: list[Job]) -> dict[str, str]:
        prints = {t.full_name: str(self.warehouse.version(t)) for t in self._bronze_to_check() if self.warehouse.holds(t)}
        for job in jobs:
            prints[job.name] = self._print(job, self.snapshot, prints)
        return prints

    def _print(self, job: Job, day: date, prints: dict[str, str]) -> str:
        inputs = {table.full_name: prints.get(table.full_name, "none") for table in job.reads}
        earlier = self._snapshot_before(job, day)
        for table in job.before if earlier else ():
            known = prints if earlier == self.snapshot else {table.full_name: self._recorded(table, earlier)}
            inputs[f"{table.full_name} before"] = known[table.full_name]
        return fingerprint(job, inputs)

    def _recorded(self, table: Table, day: date | None) -> str:
        return str(self.journal.published(table.full_name, day).get("fingerprint", "none")) if day else "none"

    def _snapshot_before(self, job: Job, day: date) -> date | None:
        """The last snapshot before a day of the tables that a job looks back to."""
        days = {day for table in job.before for day in self.journal.days(table.full_name)} | {self.snapshot}
        return max((earlier for earlier in days if earlier < day), default=None)

    def _is_stale(self, job: Job, print_: str, last: dict[str, Any]) -> bool:
        return last.get("fingerprint") != print_ or (job.writes.is_history and bool(unmerged_days(self.journal, job)))

    def _following(self, jobs: list[Job], prints: dict[str, str]) -> list[Step]:
        """Tables of the next snapshot that look back to this one, where they were made before it."""
        steps = []
        for job in (job for job in jobs if job.before):
            later = min((day for day in self.journal.days(job.name) if day > self.snapshot), default=None)
            if later is None:
                continue
            known = {table.full_name: self._recorded(table, later) for table in job.reads}
            print_ = self._print(job, later, {**known, **{t.full_name: prints[t.full_name] for t in job.before if t not in job.reads}})
            if self.journal.published(job.name, later)["fingerprint"] != print_:
                steps.append(self._made(job, later, print_))
                self.report(steps[-1])
        return steps

    def _checked(self, table: Table) -> Step:
        """Bronze is written by the crawler: what it left is looked at before anything is made of it."""
        self.report(f"checking {table.full_name}")
        self.warehouse.spark.sparkContext.setJobGroup(table.full_name, f"gate of {table.full_name}")
        begin = time.monotonic()
        verdict = self._judged(self.candidates.snapshot(table, self.snapshot), table, self.snapshot)
        self.report(step := Step(table, "checked", time.monotonic() - begin, verdict.rows, warnings=len(verdict.warnings)))
        return step

    def _judged(self, frame: DataFrame, table: Table, day: date) -> Verdict:
        """What the gate says, noted for gold.quality_results. Raises GateClosed."""
        begin = time.monotonic()
        verdict = self.gate.judge(frame, table, partial(self.candidates.look, day=day), self.quality.past(table, day))
        self.quality.note(verdict, day)
        self.gate_seconds += time.monotonic() - begin
        verdict.raise_if_closed()
        return verdict

    def _made(self, job: Job, day: date, print_: str) -> Step:
        """Make a table; again where a machine was lost meanwhile, since with it went what it held of a `localCheckpoint`."""
        there = self.warehouse.executors()
        try:
            return self._made_once(job, day, print_)
        except Exception:
            if there <= self.warehouse.executors():
                raise
            self.report(f"a worker was lost; once more: {job.name}")
            return self._made(job, day, print_)

    def _made_once(self, job: Job, day: date, print_: str) -> Step:
        self.report(f"making {job.name}")
        self.warehouse.spark.sparkContext.setJobGroup(job.name, job.question)
        begin = time.monotonic()
        try:
            return self._merged(job, print_, begin) if job.writes.is_history else self._replaced(job, day, print_, begin)
        finally:
            self.warehouse.spark.catalog.clearCache()

    def _replaced(self, job: Job, day: date, print_: str, begin: float) -> Step:
        """A table whose rows of the day are replaced as a whole."""
        arguments: dict[str, Any] = {} if job.params is None else {"params": job.params}
        frames = [self.candidates.snapshot(table, day) for table in job.reads]
        frames += [self.candidates.before(table, self._snapshot_before(job, day), day) for table in job.before]
        frame = job.transform(*frames, **arguments)
        candidate = (with_reason(frame, job.writes) if job.writes.layer == "silver" else frame).persist()
        parts = sorted_out(candidate, job.writes, self.settings.build)
        on_day = F.lit(day).alias("snapshot_date")
        kept = self.candidates.stage(parts.kept.select("*", on_day), job.writes, day)
        verdict = self._judged(kept, job.writes, day)
        if job.writes.layer == "silver":
            self._quarantine(None if parts.records is None else parts.records.select("*", on_day), job.writes, day)
        self.candidates.note(job, day, {"fingerprint": print_, "rows": verdict.rows, "set_aside": parts.set_aside})
        return Step(job.writes, "built", time.monotonic() - begin, verdict.rows, parts.set_aside, len(verdict.warnings))

    def _quarantine(self, records: DataFrame | None, table: Table, day: date) -> None:
        if records is not None:
            self._judged(self.candidates.stage(records, QUARANTINE, day, of=table), QUARANTINE, day)
        self.candidates.empties(table, day)

    def _merged(self, job: Job, print_: str, begin: float) -> Step:
        """A history: the changes are staged, the gate sees what comes of them."""
        days = sorted({*unmerged_days(self.journal, job), self.snapshot})
        held = [day for day in self.journal.days(job.name) if day not in days]
        history = self.candidates.history(job.writes)
        frames = [self.candidates.all_snapshots(table) for table in job.reads]
        changes = job.transform(*frames, history=history, days=days, is_last=not held or max(held) < min(days)).persist()
        staged = self.candidates.stage_changes(changes, job.writes, self.snapshot)
        verdict = self._judged(self.candidates.merged(history, staged, job.writes), job.writes, self.snapshot)
        for day in days:
            self.candidates.note(job, day, {"fingerprint": print_ if day == self.snapshot else "", "rows": verdict.rows})
        return Step(job.writes, "built", time.monotonic() - begin, verdict.rows, warnings=len(verdict.warnings))

    def _commit(self, job: Job | None, day: date, told: dict[str, Any]) -> dict[str, Any]:
        """What the commit of a table carries."""
        made = {} if job is None else {"reads": [t.full_name for t in job.reads], "params": asdict(job.params) if job.params else {}}
        return {"run_id": self.run_id, "snapshot_date": str(day), **told, **made, **code_version()}
