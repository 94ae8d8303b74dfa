"""A build: run the jobs of stale tables, check every table in the gate, and publish all of them as one change."""

import uuid
from collections.abc import Callable, Iterable
from contextlib import closing
from dataclasses import asdict, dataclass, field
from datetime import date
from functools import cached_property, partial
from typing import Any

from hublake.expectations.gate import Gate
from hublake.lake.delta.builds import BuildHistory, PublishPlan
from hublake.lake.delta.repair import RepairPlan
from hublake.lake.errors import GateClosed
from hublake.lake.schema import Table
from hublake.lake.settings import Settings
from hublake.spark_jobs.engine.carrying import Carrying
from hublake.spark_jobs.engine.discovery import jobs_needed_for
from hublake.spark_jobs.engine.fingerprints import Fingerprint
from hublake.spark_jobs.engine.gate_runner import GateRunner
from hublake.spark_jobs.engine.job_runner import JobRunner
from hublake.spark_jobs.engine.job_sources import job_digest
from hublake.spark_jobs.engine.planning import Planner, configure_job
from hublake.spark_jobs.engine.provenance import code_version
from hublake.spark_jobs.engine.publish import publish, roll_forward
from hublake.spark_jobs.engine.quality_results import QualityResults
from hublake.spark_jobs.engine.quarantine import StagedQuarantine
from hublake.spark_jobs.engine.results import Notice, PendingResult, TableResult
from hublake.spark_jobs.engine.running_steps import RunningSteps, rows_read_by_spark
from hublake.spark_jobs.engine.scheduler import run_in_parallel
from hublake.spark_jobs.engine.shared_passes import SharedPasses
from hublake.spark_jobs.engine.snapshots import select_snapshot
from hublake.spark_jobs.engine.staging import StagingArea
from hublake.spark_jobs.engine.warehouse import Warehouse
from hublake.spark_jobs.job import Job


@dataclass
class Build:
    """One build of one snapshot. `as_of` is a day or a crawl_id; `report` gets a text before a step and a TableResult after it.

    `repair` names snapshots to rebuild that are lost or damaged; the warehouse was prepared for it.
    """

    warehouse: Warehouse
    settings: Settings
    gate: Gate
    as_of: str | None = None
    report: Callable[[str | TableResult], None] = lambda _: None
    repair: RepairPlan = field(default_factory=RepairPlan)
    run_id: str = field(default_factory=lambda: uuid.uuid4().hex[:12])

    @cached_property
    def snapshot(self) -> date:
        """The snapshot to build: the newest completed one, or that of `as_of`. Raises HublakeError if there is none."""
        return select_snapshot(self.warehouse, self.as_of, self.report)

    @cached_property
    def history(self) -> BuildHistory:
        """The build log at the start of this build, after interrupted builds have been published."""
        for run_id in roll_forward(self.warehouse):
            self.report(Notice(f"published build {run_id}, which had been interrupted while it published"))
        return self.warehouse.build_history()

    @cached_property
    def staging(self) -> StagingArea:
        return StagingArea(self.warehouse, self.run_id)

    @cached_property
    def quarantine(self) -> StagedQuarantine:
        return StagedQuarantine(self.warehouse, self.run_id)

    @cached_property
    def quality_results(self) -> QualityResults:
        return QualityResults(self.warehouse.location, self.run_id)

    @cached_property
    def gates(self) -> GateRunner:
        return GateRunner(self.gate, self.staging, self.quality_results, self.steps)

    @cached_property
    def planner(self) -> Planner:
        return Planner(self.warehouse, self.history, self.snapshot, self.repair)

    @cached_property
    def runner(self) -> JobRunner:
        return JobRunner(
            self.warehouse,
            self.settings,
            self.planner,
            self.staging,
            self.quarantine,
            self.gates,
            self.passes,
            self.carrying,
            self.report,
        )

    @cached_property
    def steps(self) -> RunningSteps:
        """What runs at the moment, for progress reports."""
        return RunningSteps(partial(rows_read_by_spark, self.warehouse.spark.sparkContext))

    @cached_property
    def passes(self) -> SharedPasses:
        return SharedPasses(self.warehouse, self.carrying.changed_in_pass)

    @cached_property
    def carrying(self) -> Carrying:
        return Carrying(self.warehouse, self.planner, self.staging, self.settings.build.carry_over_min_rows)

    def run(self, tables: Iterable[Table] = (), *, rebuild: bool = False) -> list[TableResult]:
        """Build the tables (all if none is given) and everything they are computed from.

        Tables that are up to date are skipped unless `rebuild`. Readers see all changes at once, at the end.
        Raises GateClosed as soon as a table breaks a critical expectation: then readers see no change.
        """
        try:
            with self.gates:
                return self._run([configure_job(job, self.settings) for job in jobs_needed_for(tables)], rebuild)
        finally:
            self.quality_results.write()

    def _run(self, jobs: list[Job], rebuild: bool) -> list[TableResult]:
        self.planner.carries = not (rebuild or self.repair.rebuild or self.repair.lost)
        fingerprints = self.planner.fingerprints(jobs)
        stale = [job for job in jobs if rebuild or self.planner.is_stale(job, fingerprints[job.name])]
        current = [job for job in jobs if job not in stale]
        results = [self._report_current(job) for job in current]
        if stale:
            results += self._build_stale(jobs, stale, fingerprints)
        plans = [*self._comment_plans(current, fingerprints), *self.staged_plans()]
        if plans:
            self.report("publishing")
            publish(self.warehouse, self.run_id, plans, self.history)
        return results

    def _report_current(self, job: Job) -> TableResult:
        result = TableResult(job.writes, "current", 0, self.history.published(job.name, self.snapshot)["row_count"])
        self.report(result)
        return result

    def _build_stale(self, jobs: list[Job], stale: list[Job], fingerprints: dict[str, Fingerprint]) -> list[TableResult]:
        """Run the jobs of stale tables, and of next snapshots that depend on them, while the gate checks bronze and what is staged."""
        bronze = [self.runner.check_bronze(table) for table in self.planner.bronze_tables]
        unchanged = [result for result in bronze if isinstance(result, TableResult)]
        pending = [result for result in bronze if isinstance(result, PendingResult)]
        for result in unchanged:
            self.report(result)
        try:
            for day, of_day in self.planner.repairs(jobs).items():
                self.passes.plan(of_day, day)
            pending += [self.runner.run(*step) for step in self.planner.repair_steps(jobs)]
            results = self._run_jobs(stale, fingerprints, pending)
            pending += self._rebuild_next_snapshots(jobs, fingerprints)
        except GateClosed:
            raise
        except Exception:
            self.gates.raise_if_closed()  # a job may fail because of what a gate rejects: then the gate's reason is the one to show
            raise
        self.report("waiting for the gates")
        return [*unchanged, *results, *self.collect(pending, wait=True)]

    def _run_jobs(self, jobs: list[Job], fingerprints: dict[str, Fingerprint], pending: list[PendingResult]) -> list[TableResult]:
        """Run jobs in parallel. Staged tables join `pending`; tables that the gate has passed leave it and are returned."""
        results = []
        self.passes.plan(jobs, self.snapshot)

        def run(job: Job) -> PendingResult:
            return self.runner.run(job, self.snapshot, fingerprints[job.name])

        with closing(run_in_parallel(jobs, run, self.settings.build.tables_at_once, self.runner.cancel)) as finished:
            for staged in finished:
                pending.append(staged)
                results += self.collect(pending, wait=False)
        return results

    def _rebuild_next_snapshots(self, jobs: list[Job], fingerprints: dict[str, Fingerprint]) -> list[PendingResult]:
        """Rebuild later snapshots that were computed from an older state of this one: tables that read the previous snapshot."""
        found = [(job, self.planner.next_snapshot(job, fingerprints)) for job in jobs]
        return [self.runner.run(job, *needed) for job, needed in found if needed is not None]

    def collect(self, pending: list[PendingResult], *, wait: bool) -> list[TableResult]:
        """Remove tables that the gate has passed from the list, in order, and report them. Raises GateClosed."""
        results = []
        while pending and (wait or pending[0].is_done):
            results.append(pending.pop(0).result())
            self.report(results[-1])
        return results

    def staged_plans(self) -> list[PublishPlan]:
        """The plans of all staged tables and of their quarantine records."""
        return [*self.staging.publish_plans(self.commit_metadata), *self.quarantine.publish_plans(self._run_metadata)]

    def _comment_plans(self, current: list[Job], fingerprints: dict[str, Fingerprint]) -> list[PublishPlan]:
        """Plans without rows, for current tables whose declared comments differ from the published ones."""
        plans = []
        for job in current:
            if self.planner.has_new_comments(job, fingerprints[job.name]):
                published = self.history.published(job.name, self.snapshot)
                metadata = {"rows": published["row_count"], "set_aside": published["set_aside"], "fingerprint": str(fingerprints[job.name])}
                plans.append(PublishPlan(job.name, str(self.snapshot), (), (), self.commit_metadata(job, self.snapshot, metadata)))
        return plans

    def commit_metadata(self, job: Job, day: date, metadata: dict[str, Any]) -> dict[str, Any]:
        """What the commit of a table records of its origin."""
        params = asdict(job.params) if job.params else {}
        origin = {"snapshot_date": str(day), "reads": [table.full_name for table in job.reads], "params": params}
        return self._run_metadata({**metadata, **origin, "code": job_digest(job.module)})

    def _run_metadata(self, metadata: dict[str, Any]) -> dict[str, Any]:
        return {"run_id": self.run_id, **metadata, **code_version()}
