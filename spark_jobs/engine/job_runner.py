"""Run one job: read its inputs, call the transform, quarantine rows, stage the others and submit them to the gate."""

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property, partial
from typing import Any

from pyspark.sql import DataFrame
from pyspark.sql import functions as F

from hublake.expectations.gate import configurations_of
from hublake.lake.delta.tables import open_table
from hublake.lake.schema import Table
from hublake.lake.schema.bronze import CRAWL_RUNS
from hublake.lake.schema.columns import BY_SNAPSHOT
from hublake.lake.schema.operations import QUARANTINE
from hublake.lake.settings import Settings
from hublake.spark_jobs.engine.bronze_checks import bronze_files, crawls_to_check, files_of
from hublake.spark_jobs.engine.carrying import CarriedRows, Carrying, Changed, with_carried
from hublake.spark_jobs.engine.fingerprints import Fingerprint
from hublake.spark_jobs.engine.gate_runner import GateRunner
from hublake.spark_jobs.engine.planning import Planner
from hublake.spark_jobs.engine.quarantine import SplitRows, StagedQuarantine, split_quarantined
from hublake.spark_jobs.engine.results import PendingResult, TableResult
from hublake.spark_jobs.engine.running_steps import label_spark_jobs
from hublake.spark_jobs.engine.shared_passes import SharedPasses
from hublake.spark_jobs.engine.staging import StagingArea
from hublake.spark_jobs.engine.warehouse import Warehouse
from hublake.spark_jobs.job import Execution, Facet, Job


@dataclass
class JobRunner:
    """Runs the jobs of one build. Threads may share it; `running` names the tables that are being computed."""

    warehouse: Warehouse
    settings: Settings
    planner: Planner
    staging: StagingArea
    quarantine: StagedQuarantine
    gates: GateRunner
    passes: SharedPasses
    carrying: Carrying
    report: Callable[[str], None]
    running: list[str] = field(default_factory=list)

    @cached_property
    def usual_seconds(self) -> Mapping[str, float]:
        """What the jobs took in the last build of their tables."""
        return self.warehouse.build_log.last_seconds()

    def run(self, job: Job, day: date, fingerprint: Fingerprint) -> PendingResult:
        """Compute and stage a snapshot. If an executor was lost meanwhile, run the job again: its local checkpoints are lost too."""
        executors = self.warehouse.executors()
        try:
            return self._run_once(job, day, fingerprint)
        except Exception:
            if executors <= self.warehouse.executors():
                raise
            self.report(f"a worker was lost; running {job.name} again")
            return self.run(job, day, fingerprint)

    def cancel(self) -> None:
        """Have Spark cancel the running jobs."""
        for name in self.running.copy():
            self.warehouse.spark.sparkContext.cancelJobGroup(name)

    def check_bronze(self, table: Table) -> PendingResult | TableResult:
        """Submit a bronze table, which crawlers write, to the gate while jobs read it: the rows that no build has checked yet, if any."""
        day = self.planner.snapshot
        rows, estimated = self.staging.read_snapshot(table, day), self.staging.estimated_rows(table, day)
        crawls = self._unchecked_crawls(table, estimated)
        if crawls is None:
            run = self.gates.submit(rows, table, day, estimated, rows_identity=self.planner.bronze_version(table))
        elif crawls:
            rows = rows.where(F.col("crawl_id").isin(crawls))
            run = self.gates.submit(rows, table, day, None, "new_crawls", self.planner.bronze_version(table))
        else:
            return TableResult(table, "current", 0.0, estimated or 0)
        return PendingResult(table, "checked", 0.0, [run])

    def _unchecked_crawls(self, table: Table, rows: int | None) -> list[str] | None:
        """None if all rows of a bronze table have to be checked."""
        is_small = rows is not None and rows < self.settings.build.carry_over_min_rows
        if is_small or not self.planner.carries or "crawl_id" not in table.key or table.partitioned_by != BY_SNAPSHOT:
            return None
        stored = open_table(self.warehouse.location, table)
        files = [] if stored is None else [file for file in bronze_files(stored) if file.snapshot_date <= self.planner.snapshot]
        last = self.gates.results.last_passed(table)
        checked = None if last is None else files_of(self.warehouse.location, table, last.rows_identity)
        return crawls_to_check(files, last, checked, configurations_of(table))

    def _run_once(self, job: Job, day: date, fingerprint: Fingerprint) -> PendingResult:
        self.running.append(job.name)
        self.report(f"building {', '.join(self.running)}")
        label_spark_jobs(self.warehouse.spark.sparkContext, job.name, job.question)
        begin = time.monotonic()
        try:
            with self.gates.steps.running(job.name, job.name, self.usual_seconds.get(job.name)):
                return self._merge(job, fingerprint, begin) if job.writes.is_history else self._replace(job, day, fingerprint, begin)
        finally:
            self.running.remove(job.name)

    def _replace(self, job: Job, day: date, fingerprint: Fingerprint, begin: float) -> PendingResult:
        """Compute a snapshot that replaces the published one."""
        if self._has_no_input(job, day):
            return self._pending(job, day, fingerprint, begin, self.staging.stage_empty(job.writes, day))
        arguments: dict[str, Any] = {} if job.params is None else {"params": job.params}
        if job.takes_day:
            arguments["day"] = day
        notes: list[str] = []
        if job.takes_execution:
            arguments["execution"] = Execution(self.settings.graph.max_pairs_in_one_task, notes.append)
        frames = [self.staging.read_snapshot(table, day) for table in job.reads]
        frames += [self.staging.read_previous(table, self.planner.previous_snapshot(job, day), day) for table in job.reads_previous]
        frames += [self.staging.read_earlier(table, day) for table in job.reads_earlier]
        facet = job.transform if isinstance(job.transform, Facet) else None
        if facet:
            rows, changed = self.passes.rows(facet, day, frames)
        else:
            changed = self.carrying.changed(job, day, frames)
            rows = self._transform(job, frames, arguments, changed)
        is_whole = changed is None or (job.carries is not None and job.carries.revises)
        carried = None if changed is None or is_whole else self.carrying.carried(job.writes, day, changed)
        if job.writes.layer != "silver":
            staged = self.staging.stage(with_carried(rows, carried), job.writes, day)
            return self._pending(job, day, fingerprint, begin, staged, carried=carried, notes=notes)
        split = split_quarantined(rows, job.writes, is_stored=facet is not None)
        staged = self.staging.stage(with_carried(split.valid, carried), job.writes, day)
        pending = self._pending(job, day, fingerprint, begin, staged, split, carried, notes)
        if facet:
            self.passes.staged(facet, day)
        return pending

    def _transform(self, job: Job, frames: list[DataFrame], arguments: dict[str, Any], changed: Changed | None) -> DataFrame:
        """The rows of a job, or those of the changed values alone."""
        if changed is None or job.carries is None:
            return job.transform(*frames, **arguments)
        if job.carries.changed or job.carries.selects:
            arguments["only"] = changed.frame(self.warehouse.spark)
        else:
            frames = [changed.only(frame) if changed.column in frame.columns else frame for frame in frames]
        if job.carries.revises:
            arguments["kept"] = changed.without(self.warehouse.read_snapshot(job.writes, changed.base))
        return job.transform(*frames, **arguments)

    def _has_no_input(self, job: Job, day: date) -> bool:
        """Whether the snapshot is empty, because a required table is or because a required spider has never run."""
        if job.requires_spider and {"spider": job.requires_spider} not in self.warehouse.read_small_table(CRAWL_RUNS, "spider"):
            return True
        return any(self.staging.is_known_empty(table, day) for table in job.requires_rows_of)

    def _pending(
        self,
        job: Job,
        day: date,
        fingerprint: Fingerprint,
        begin: float,
        staged: DataFrame,
        split: SplitRows | None = None,
        carried: CarriedRows | None = None,
        notes: Sequence[str] = (),
    ) -> PendingResult:
        """Submit a staged snapshot to the gate; of a silver table its quarantine records too."""
        kept = carried.count if carried else 0
        quarantined = split.quarantined(self.settings.build, kept) if split else 0
        runs = [self.gates.submit(staged, job.writes, day, self.staging.estimated_rows(job.writes, day))]
        if job.writes.layer == "silver":
            records = self.quarantine.replace(job.writes, day, split, quarantined)
            if records is not None:
                runs.append(self.gates.submit(records, QUARANTINE, day, quarantined))
        seconds = time.monotonic() - begin
        metadata = {"fingerprint": str(fingerprint), "set_aside": quarantined, "carried": kept, "seconds": seconds}
        complete = partial(self.staging.complete, job, day, metadata | ({"method": "; ".join(notes)} if notes else {}))
        return PendingResult(job.writes, "built", seconds, runs, quarantined, [complete], kept, notes)

    def _merge(self, job: Job, fingerprint: Fingerprint, begin: float) -> PendingResult:
        """Compute the changes of a history, and check the history as it will be after their merge."""
        snapshot = self.planner.snapshot
        days = sorted({*self.planner.unmerged_snapshots(job), snapshot})
        merged = [day for day in self.planner.merged_snapshots(job) if day not in days]
        published = self.staging.read_published(job.writes)
        frames = [self.staging.read_all_snapshots(table) for table in job.reads]
        changes = job.transform(*frames, history=published, days=days, is_last=not merged or max(merged) < min(days))
        staged = self.staging.stage_changes(changes, job.writes, snapshot)
        rows = self.staging.merge_changes(published, staged, job.writes)
        run = self.gates.submit(rows, job.writes, snapshot, self.staging.estimated_rows(job.writes, snapshot))
        # Other days are recorded as merged without a fingerprint: a build of such a day runs the job again.
        fingerprints = {day: str(fingerprint) if day == snapshot else "" for day in days}
        seconds = time.monotonic() - begin
        metadata = [(day, {"fingerprint": text, "seconds": seconds}) for day, text in fingerprints.items()]
        complete = [partial(self.staging.complete, job, day, of_day) for day, of_day in metadata]
        return PendingResult(job.writes, "built", seconds, [run], on_passed=complete)
