"""Runs jobs: read, transform, set aside, stage; gates look at what is staged while others are made; when all are open, publish.

All I/O of a build is here.
"""

import time
import uuid
from collections.abc import Callable, Iterable, Sequence
from contextlib import closing
from dataclasses import asdict, dataclass, field, fields, replace
from datetime import date
from functools import cached_property, partial
from typing import Any

from pyspark.sql import DataFrame

from hublake.expectations.gate import Gate
from hublake.lake.delta.builds import BuildHistory
from hublake.lake.errors import GateClosed
from hublake.lake.schema import TABLES, Table
from hublake.lake.schema.bronze import CRAWL_RUNS
from hublake.lake.schema.operations import QUARANTINE
from hublake.lake.settings import Settings
from hublake.spark_jobs.engine.discovery import jobs_needed_for
from hublake.spark_jobs.engine.gate_runner import GateRun, GateRunner
from hublake.spark_jobs.engine.provenance import code_version, fingerprint
from hublake.spark_jobs.engine.publish import publish, roll_forward
from hublake.spark_jobs.engine.quality_results import QualityResults
from hublake.spark_jobs.engine.quarantine import split_quarantined
from hublake.spark_jobs.engine.scheduler import run_in_parallel
from hublake.spark_jobs.engine.snapshots import select_snapshot, unmerged_snapshots
from hublake.spark_jobs.engine.staging import StagingArea
from hublake.spark_jobs.engine.warehouse import Warehouse
from hublake.spark_jobs.job import Job


@dataclass(frozen=True)
class TableResult:
    """What happened to one table: `rows` are in the snapshot, `quarantined` are not."""

    table: Table
    status: str  # checked, built, current
    seconds: float
    rows: int = 0
    quarantined: int = 0
    warnings: int = 0


@dataclass(frozen=True)
class Made:
    """A table that is staged and that the gate may still be looking at; `notes` are told its rows once it has been."""

    table: Table
    status: str
    seconds: float
    looked_at: Sequence[GateRun]  # the table, then what of it went to quarantine
    set_aside: int = 0
    notes: Sequence[Callable[[int], None]] = ()

    @property
    def is_judged(self) -> bool:
        return all(inspected.is_done for inspected in self.looked_at)

    def step(self) -> TableResult:
        """Wait for the verdict. Raises GateClosed."""
        verdict, *_ = [inspected.verdict() for inspected in self.looked_at]
        for note in self.notes:
            note(verdict.rows)
        seconds = self.seconds + sum(inspected.seconds for inspected in self.looked_at)
        return TableResult(self.table, self.status, seconds, verdict.rows, self.set_aside, len(verdict.warnings))


@dataclass
class Build:
    """One build of one snapshot. `as_of` is a day or a crawl; `report` is told before a step (what is done) and after it (the Step)."""

    warehouse: Warehouse
    settings: Settings
    gate: Gate
    as_of: str | None = None
    report: Callable[[str | TableResult], None] = lambda _: None
    run_id: str = field(default_factory=lambda: uuid.uuid4().hex[:12])
    in_the_making: list[str] = field(default_factory=list)

    @cached_property
    def snapshot(self) -> date:
        """The snapshot to build: the newest whole one, or that of `as_of`. Raises HublakeError where there is none."""
        return select_snapshot(self.warehouse, self.as_of)

    @cached_property
    def journal(self) -> BuildHistory:
        """What was published when this build began, after what an earlier one had left half done."""
        for run_id in roll_forward(self.warehouse):
            self.report(f"finished build {run_id}, which was interrupted while it published")
        return self.warehouse.build_history()

    @cached_property
    def candidates(self) -> StagingArea:
        return StagingArea(self.warehouse, self.run_id)

    @cached_property
    def quality(self) -> QualityResults:
        return QualityResults(self.warehouse.address, self.warehouse.storage, self.run_id)

    @cached_property
    def inspection(self) -> GateRunner:
        return GateRunner(self.gate, self.candidates, self.quality)

    def run(self, wanted: Iterable[Table] = (), *, again: bool = False) -> list[TableResult]:
        """Make the wanted tables and what they need, in order; what is current is left alone unless `again`.

        Readers see all of it at its end, at once. Raises GateClosed as soon as a table is seen to break a critical expectation:
        then they see none of it.
        """
        try:
            with self.inspection:
                return self._run([self._configured(job) for job in jobs_needed_for(wanted)], again)
        finally:
            self.quality.write()

    def _run(self, jobs: list[Job], again: bool) -> list[TableResult]:
        prints = self._fingerprints(jobs)
        last = {job.name: self.journal.published(job.name, self.snapshot) for job in jobs}
        stale = {job.name for job in jobs if again or self._is_stale(job, prints[job.name], last[job.name])}
        steps = [TableResult(job.writes, "current", 0, last[job.name]["row_count"]) for job in jobs if job.name not in stale]
        for step in steps:
            self.report(step)
        if not stale:
            return steps
        made = [self._to_be_checked(table) for table in self._bronze_to_check()]
        try:
            steps += self._made_and_judged([job for job in jobs if job.name in stale], prints, made)
            made += self._following(jobs, prints)
        except GateClosed:
            raise
        except Exception:
            self.inspection.raise_if_closed()  # what a gate refuses may be why a later job cannot go on
            raise
        self.report("waiting for the gates")
        steps += self._judged(made, is_waiting=True)
        self.report("publishing")
        publish(self.warehouse, self.run_id, self.candidates.plans(self._commit), self.journal)
        return steps

    def _made_and_judged(self, jobs: list[Job], prints: dict[str, str], made: list[Made]) -> list[TableResult]:
        """Make tables and add them to `made`, from which those go that the gate is through with meanwhile. Raises GateClosed."""
        steps = []

        def make(job: Job) -> Made:
            return self._made(job, self.snapshot, prints[job.name])

        with closing(run_in_parallel(jobs, make, self.settings.build.tables_at_once, self._stop)) as finished:
            for one in finished:
                made.append(one)
                steps += self._judged(made, is_waiting=False)
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
        return [table for table in bronze if table.at_least_rows or self.warehouse.has_table(table)]

    def _fingerprints(self, jobs: list[Job]) -> dict[str, str]:
        prints = {t.full_name: str(self.warehouse.latest_version(t)) for t in self._bronze_to_check() if self.warehouse.has_table(t)}
        for job in jobs:
            prints[job.name] = self._print(job, self.snapshot, prints)
        return prints

    def _print(self, job: Job, day: date, prints: dict[str, str]) -> str:
        inputs = {table.full_name: prints.get(table.full_name, "none") for table in job.reads}
        earlier = self._snapshot_before(job, day)
        for table in job.reads_previous if earlier else ():
            known = prints if earlier == self.snapshot else {table.full_name: self._recorded(table, earlier)}
            inputs[f"{table.full_name} before"] = known[table.full_name]
        return fingerprint(job, inputs)

    def _recorded(self, table: Table, day: date | None) -> str:
        return str(self.journal.published(table.full_name, day).get("fingerprint", "none")) if day else "none"

    def _snapshot_before(self, job: Job, day: date) -> date | None:
        """The last snapshot before a day of the tables that a job looks back to."""
        days = {day for table in job.reads_previous for day in self.journal.days(table.full_name)} | {self.snapshot}
        return max((earlier for earlier in days if earlier < day), default=None)

    def _is_stale(self, job: Job, print_: str, last: dict[str, Any]) -> bool:
        return last.get("fingerprint") != print_ or (job.writes.is_history and bool(unmerged_snapshots(self.journal, job)))

    def _following(self, jobs: list[Job], prints: dict[str, str]) -> list[Made]:
        """Tables of the next snapshot that look back to this one, where they were made before it."""
        made = []
        for job in (job for job in jobs if job.reads_previous):
            later = min((day for day in self.journal.days(job.name) if day > self.snapshot), default=None)
            if later is None:
                continue
            known = {table.full_name: self._recorded(table, later) for table in job.reads}
            print_ = self._print(
                job, later, {**known, **{t.full_name: prints[t.full_name] for t in job.reads_previous if t not in job.reads}}
            )
            if self.journal.published(job.name, later)["fingerprint"] != print_:
                made.append(self._made(job, later, print_))
        return made

    def _judged(self, made: list[Made], *, is_waiting: bool) -> list[TableResult]:
        """Take tables that the gate is through with from the list, in order, and say what became of each. Raises GateClosed."""
        steps = []
        while made and (is_waiting or made[0].is_judged):
            steps.append(made.pop(0).step())
            self.report(steps[-1])
        return steps

    def _to_be_checked(self, table: Table) -> Made:
        """Bronze is written by the crawler: what it left is looked at beside what is made of it."""
        looked_at = self.inspection.begin(self.candidates.snapshot(table, self.snapshot), table, self.snapshot)
        return Made(table, "checked", 0.0, [looked_at])

    def _stop(self) -> None:
        """Have Spark end what is being made."""
        for name in self.in_the_making.copy():
            self.warehouse.spark.sparkContext.cancelJobGroup(name)

    def _made(self, job: Job, day: date, print_: str) -> Made:
        """Make a table; again where a machine was lost meanwhile, since with it went what it held of a `localCheckpoint`."""
        there = self.warehouse.executors()
        try:
            return self._made_once(job, day, print_)
        except Exception:
            if there <= self.warehouse.executors():
                raise
            self.report(f"a worker was lost; once more: {job.name}")
            return self._made(job, day, print_)

    def _made_once(self, job: Job, day: date, print_: str) -> Made:
        self.in_the_making.append(job.name)
        self.report(f"making {', '.join(self.in_the_making)}")
        self.warehouse.spark.sparkContext.setJobGroup(job.name, job.question)
        begin = time.monotonic()
        try:
            return self._merged(job, print_, begin) if job.writes.is_history else self._replaced(job, day, print_, begin)
        finally:
            self.in_the_making.remove(job.name)

    def _replaced(self, job: Job, day: date, print_: str, begin: float) -> Made:
        """A table whose rows of the day are replaced as a whole."""
        has_never_run = job.requires_spider and {"spider": job.requires_spider} not in self.warehouse.read_small_table(CRAWL_RUNS, "spider")
        if has_never_run or any(self.candidates.is_empty(table, day) for table in job.requires_rows_of):
            return self._staged(job, day, print_, begin, self.candidates.stage_nothing(job.writes, day))
        arguments: dict[str, Any] = {} if job.params is None else {"params": job.params}
        frames = [self.candidates.snapshot(table, day) for table in job.reads]
        frames += [self.candidates.before(table, self._snapshot_before(job, day), day) for table in job.reads_previous]
        frame = job.transform(*frames, **arguments)
        if job.writes.layer != "silver":
            return self._staged(job, day, print_, begin, self.candidates.stage(frame, job.writes, day))
        parts = split_quarantined(frame, job.writes)
        kept = self.candidates.stage(parts.kept, job.writes, day)
        set_aside = parts.set_aside(self.settings.build)
        return self._staged(job, day, print_, begin, kept, set_aside, parts.records() if set_aside else None)

    def _staged(
        self, job: Job, day: date, print_: str, begin: float, kept: DataFrame, set_aside: int = 0, records: DataFrame | None = None
    ) -> Made:
        """Handed to the gate; `records` are the rows set aside, which are staged for the quarantine."""
        looked_at = [self.inspection.begin(kept, job.writes, day)]
        if records is not None:
            quarantined = self.candidates.stage(records.drop("table_name"), QUARANTINE, day, of=job.writes)
            looked_at.append(self.inspection.begin(quarantined, QUARANTINE, day))
        if job.writes.layer == "silver":
            self.candidates.empties(job.writes, day)
        note = partial(self.candidates.note, job, day, {"fingerprint": print_, "set_aside": set_aside})
        return Made(job.writes, "built", time.monotonic() - begin, looked_at, set_aside, [note])

    def _merged(self, job: Job, print_: str, begin: float) -> Made:
        """A history: the changes are staged, the gate sees what comes of them."""
        days = sorted({*unmerged_snapshots(self.journal, job), self.snapshot})
        merged = [day for day in self.journal.days(job.name) if day not in days]
        history = self.candidates.published(job.writes)
        frames = [self.candidates.all_snapshots(table) for table in job.reads]
        changes = job.transform(*frames, history=history, days=days, is_last=not merged or max(merged) < min(days))
        staged = self.candidates.stage_changes(changes, job.writes, self.snapshot)
        looked_at = self.inspection.begin(self.candidates.merged(history, staged, job.writes), job.writes, self.snapshot)
        notes = [partial(self.candidates.note, job, day, {"fingerprint": print_ if day == self.snapshot else ""}) for day in days]
        return Made(job.writes, "built", time.monotonic() - begin, [looked_at], notes=notes)

    def _commit(self, job: Job | None, day: date, told: dict[str, Any]) -> dict[str, Any]:
        """What the commit of a table carries."""
        made = {} if job is None else {"reads": [t.full_name for t in job.reads], "params": asdict(job.params) if job.params else {}}
        return {"run_id": self.run_id, "snapshot_date": str(day), **told, **made, **code_version()}
