"""Runs jobs: read, transform, set aside, gate, publish. All I/O of a build is here."""

import time
import uuid
from collections.abc import Callable, Iterable
from dataclasses import asdict, dataclass, field, fields, replace
from datetime import date
from functools import cached_property
from typing import Any

from pyspark.sql import DataFrame
from pyspark.sql import functions as F

from expectations.gate import Gate
from lake.errors import GateClosed, HublakeError
from lake.settings import Settings
from lake.tables import TABLES, Table
from lake.tables.bronze import CRAWL_RUNS
from lake.tables.silver import QUARANTINE
from spark_jobs.job import SET_ASIDE_BODY, SET_ASIDE_REASON, Job, jobs_for
from spark_jobs.provenance import code_version, fingerprint
from spark_jobs.row_rules import quarantined, with_reason
from spark_jobs.schema import spark_schema
from spark_jobs.silver.models import whole_model_listings
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
    """One build of one snapshot. `report` is told before a step (verb and table) and after it (the Step)."""

    warehouse: Warehouse
    settings: Settings
    gate: Gate
    wanted_snapshot: date | None = None
    report: Callable[[str | Step], None] = lambda _: None
    run_id: str = field(default_factory=lambda: uuid.uuid4().hex[:12])

    @cached_property
    def snapshot(self) -> date:
        """The wanted snapshot, else the newest whole one. Raises HublakeError where no listing crawl has come to its end."""
        runs = whole_model_listings(self.warehouse.read(CRAWL_RUNS)).select("snapshot_date").distinct().collect()
        found = sorted(row["snapshot_date"] for row in runs)
        if not found:
            raise HublakeError(f"{self.warehouse.address}: no crawl of the listing has come to its end. Run: hublake crawl models")
        if self.wanted_snapshot and self.wanted_snapshot not in found:
            raise HublakeError(f"no whole listing of {self.wanted_snapshot}. There are: {', '.join(map(str, found))}")
        return self.wanted_snapshot or found[-1]

    def run(self, wanted: Iterable[Table] = (), *, again: bool = False) -> list[Step]:
        """Make the wanted tables and what they need, in order; what is current is left alone unless `again`.

        Raises GateClosed at the first table that breaks a critical expectation: it and all after it stay as they were.
        """
        jobs = [self._configured(job) for job in jobs_for(wanted)]
        prints = self._fingerprints(jobs)
        last = {job.name: self.warehouse.last_commit(job.writes, self.snapshot) for job in jobs}
        stale = {job.name for job in jobs if again or last[job.name].get("fingerprint") != prints[job.name]}
        steps = [self._checked(table) for table in self._bronze_to_check() if stale]
        for job in jobs:
            step = self._made(job, prints[job.name]) if job.name in stale else Step(job.writes, "current", 0, last[job.name].get("rows", 0))
            self.report(step)
            steps.append(step)
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
            prints[job.name] = fingerprint(job, {t.full_name: prints.get(t.full_name, "none") for t in job.reads})
        return prints

    def _checked(self, table: Table) -> Step:
        """Bronze is written by the crawler: what it left is looked at before anything is made of it."""
        self.report(f"checking {table.full_name}")
        self.warehouse.spark.sparkContext.setJobGroup(table.full_name, f"gate of {table.full_name}")
        begin = time.monotonic()
        frame = self._input(table)
        verdict = self.gate.judge(frame, table)
        step = Step(table, "checked", time.monotonic() - begin, verdict.rows, warnings=len(verdict.warnings))
        self.report(step)
        verdict.raise_if_closed()
        return step

    def _input(self, table: Table) -> DataFrame:
        if table.layer == "bronze":
            return self._bronze(table)
        return self.warehouse.read_snapshot(table, self.snapshot)

    def _bronze(self, table: Table) -> DataFrame:
        """Rows up to the snapshot; none where a table that may be empty was never written (a hub without cards)."""
        if not table.at_least_rows and not self.warehouse.holds(table):
            return self.warehouse.spark.createDataFrame([], spark_schema(table))
        return self.warehouse.read(table).where(F.col("snapshot_date") <= self.snapshot)

    def _made(self, job: Job, print_: str) -> Step:
        """Make a table; again where a machine was lost meanwhile, since with it went what it held of a `localCheckpoint`."""
        there = self.warehouse.executors()
        try:
            return self._made_once(job, print_)
        except Exception:
            if there <= self.warehouse.executors():
                raise
            self.report(f"a worker was lost; once more: {job.name}")
            return self._made(job, print_)

    def _made_once(self, job: Job, print_: str) -> Step:
        self.report(f"making {job.name}")
        self.warehouse.spark.sparkContext.setJobGroup(job.name, job.question)
        begin = time.monotonic()
        arguments: dict[str, Any] = {} if job.params is None else {"params": job.params}
        frame = job.transform(*[self._input(table) for table in job.reads], **arguments)
        candidate = with_reason(frame, job.writes) if job.writes.layer == "silver" else frame
        candidate = candidate.persist()
        try:
            return self._published(job, candidate, print_, begin)
        finally:
            candidate.unpersist()
            self.warehouse.spark.catalog.clearCache()

    def _published(self, job: Job, candidate: DataFrame, print_: str, begin: float) -> Step:
        set_aside = self._set_aside(job.writes, candidate)
        kept = candidate
        if SET_ASIDE_REASON in candidate.columns:
            kept = candidate.where(F.col(SET_ASIDE_REASON).isNull()).drop(SET_ASIDE_REASON, SET_ASIDE_BODY)
        kept = kept.withColumn("snapshot_date", F.lit(self.snapshot))
        verdict = self.gate.judge(kept, job.writes)
        verdict.raise_if_closed()
        commit = self._commit(job.name, print_, verdict.rows, set_aside) | {
            "params": {} if job.params is None else asdict(job.params),
            "reads": [table.full_name for table in job.reads],
        }
        self.warehouse.publish(kept, job.writes, {"snapshot_date": self.snapshot}, commit)
        return Step(job.writes, "built", time.monotonic() - begin, verdict.rows, set_aside, len(verdict.warnings))

    def _commit(self, name: str, print_: str, rows: int, set_aside: int) -> dict[str, Any]:
        return {
            "run_id": self.run_id,
            "table": name,
            "snapshot_date": str(self.snapshot),
            "fingerprint": print_,
            "rows": rows,
            "set_aside": set_aside,
            **code_version(),
        }

    def _set_aside(self, table: Table, candidate: DataFrame) -> int:
        """Put the rows with a reason into quarantine, in place of those of the last build; answers how many there are.

        Raises GateClosed where their share is above build.max_quarantine_share: then a rule is wrong, or the crawl.
        """
        if SET_ASIDE_REASON not in candidate.columns:
            return 0
        counted = (
            candidate.groupBy(F.substring_index(SET_ASIDE_REASON, ":", 1).alias("rule"))
            .agg(F.count("*"), F.min(SET_ASIDE_REASON))
            .collect()
        )
        total = sum(int(row[1]) for row in counted)
        rules = {row[0]: (int(row[1]), row[2]) for row in counted if row[0] is not None}
        bad = sum(count for count, _ in rules.values())
        limit = self.settings.build.max_quarantine_share
        if bad > max(limit * total, self.settings.build.few_quarantined):
            examples = "".join(f"\n  {count:>9,}  {example}" for count, example in rules.values())
            raise GateClosed(
                f"{table.full_name}: {bad:,} of {total:,} rows break a rule, more than build.max_quarantine_share = {limit}."
                f" Nothing was published.{examples}"
            )
        where = {"snapshot_date": self.snapshot, "table_name": table.full_name}
        if bad or self._has_quarantine(where):
            records = quarantined(candidate, table).withColumn("snapshot_date", F.lit(self.snapshot)).persist()
            self.gate.judge(records, QUARANTINE).raise_if_closed()
            self.warehouse.publish(records, QUARANTINE, where, self._commit(QUARANTINE.full_name, "", bad, 0))
            records.unpersist()
        return bad

    def _has_quarantine(self, where: dict[str, Any]) -> bool:
        if not self.warehouse.holds(QUARANTINE):
            return False
        rows = self.warehouse.read(QUARANTINE)
        for column, value in where.items():
            rows = rows.where(F.col(column) == F.lit(value))
        return not rows.isEmpty()
