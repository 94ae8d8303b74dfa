"""Run gates in parallel with jobs: while a gate checks one table, the next is computed. Publishing waits for all gates."""

import time
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from datetime import date
from functools import partial
from types import TracebackType

from pyspark.sql import DataFrame

from hublake.expectations.gate import Gate, Verdict
from hublake.expectations.sampled_figures import ReadColumns
from hublake.lake.schema import Table
from hublake.spark_jobs.engine.quality_results import QualityResults
from hublake.spark_jobs.engine.running_steps import RunningSteps, label_spark_jobs
from hublake.spark_jobs.engine.staging import StagingArea


@dataclass(frozen=True)
class GateRun:
    """The check of one table, queued, running or done."""

    future: Future[tuple[Verdict, float]]

    @property
    def is_done(self) -> bool:
        return self.future.done()

    @property
    def seconds(self) -> float:
        """How long the gate took. Waits for it."""
        return self.future.result()[1]

    def verdict(self) -> Verdict:
        """The verdict. Waits for it; raises GateClosed."""
        verdict = self.future.result()[0]
        verdict.raise_if_closed()
        return verdict


@dataclass
class GateRunner:
    """Runs the gate in one thread, so that tables are checked in the order in which they were staged.

    At the end of the `with` block, queued checks are cancelled and a running one is waited for.
    """

    gate: Gate
    staging: StagingArea
    results: QualityResults
    steps: RunningSteps
    runs: list[GateRun] = field(default_factory=list)
    _thread: ThreadPoolExecutor = field(default_factory=lambda: ThreadPoolExecutor(1, "gate"))

    def __enter__(self) -> "GateRunner":
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self._thread.shutdown(cancel_futures=True)

    def submit(
        self,
        frame: DataFrame,
        table: Table,
        day: date,
        estimated_rows: int | None,
        scope: str = "all_rows",
        rows_identity: str | None = None,
    ) -> GateRun:
        """Queue the check of a table. It sees other tables as they are staged now.

        `estimated_rows` is 0 only if the frame is empty. `scope` is one of hublake.lake.enums.CHECK_SCOPES. `rows_identity` identifies the
        version of a bronze table that contains the rows.
        """
        staged_now = replace(self.staging, frames=dict(self.staging.frames))
        find_snapshot = partial(staged_now.find_snapshot, day=day)
        read_columns = self.staging.column_reader(table, day)
        add = partial(self.results.add, day=day, scope=scope, rows_identity=rows_identity)
        check = self._thread.submit(self._check, frame, table, day, find_snapshot, estimated_rows, read_columns, add)
        self.runs.append(GateRun(check))
        return self.runs[-1]

    def raise_if_closed(self) -> None:
        """Wait for all submitted checks. Raises GateClosed if a table breaks a critical expectation."""
        for run in self.runs:
            run.verdict()

    def seconds(self) -> float:
        """How long the finished checks took in the gate's thread."""
        return sum(run.seconds for run in self.runs if run.is_done)

    def _check(
        self,
        frame: DataFrame,
        table: Table,
        day: date,
        find_snapshot: Callable[[str], DataFrame | None],
        estimated_rows: int | None,
        read_columns: ReadColumns | None,
        add: Callable[[Verdict], None],
    ) -> tuple[Verdict, float]:
        """The verdict, which `add` records in gold.quality_results, and the seconds it took."""
        begin = time.monotonic()
        label_spark_jobs(frame.sparkSession.sparkContext, table.full_name, f"gate of {table.full_name}")
        with self.steps.running(f"gate of {table.full_name}", table.full_name):
            past = self.results.previous_figures(table, day)
            verdict = self.gate.validate(frame, table, find_snapshot, past, estimated_rows, read_columns)
        add(verdict)
        return verdict, time.monotonic() - begin
