"""The gates of a build, beside its jobs: while one table is looked at, the next is made. Publishing waits for all of them."""

import time
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from datetime import date
from functools import partial
from types import TracebackType

from pyspark.sql import DataFrame

from hublake.expectations.gate import Gate, Verdict
from hublake.lake.schema import Table
from hublake.spark_jobs.engine.quality_results import QualityResults
from hublake.spark_jobs.engine.staging import StagingArea


@dataclass(frozen=True)
class GateRun:
    """One table that the gate looks at, or has looked at."""

    future: Future[tuple[Verdict, float]]

    @property
    def is_done(self) -> bool:
        return self.future.done()

    @property
    def seconds(self) -> float:
        """What the gate took. Waits for it."""
        return self.future.result()[1]

    def verdict(self) -> Verdict:
        """What it found. Waits for it; raises GateClosed."""
        verdict = self.future.result()[0]
        verdict.raise_if_closed()
        return verdict


@dataclass
class GateRunner:
    """The gate in a thread of its own: one, since a table is judged in the order in which it was made.

    Leaving the block drops what the gate has not begun and waits for what it has.
    """

    gate: Gate
    candidates: StagingArea
    quality: QualityResults
    begun: list[GateRun] = field(default_factory=list)
    _thread: ThreadPoolExecutor = field(default_factory=lambda: ThreadPoolExecutor(1, "gate"))

    def __enter__(self) -> "GateRunner":
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self._thread.shutdown(cancel_futures=True)

    def begin(self, frame: DataFrame, table: Table, day: date) -> GateRun:
        """Have the gate look at a table as soon as it is through with those before; beside it, it sees the tables that are there now."""
        now = replace(self.candidates, frames=dict(self.candidates.frames))
        look = partial(now.look, day=day)
        self.begun.append(GateRun(self._thread.submit(self._judged, frame, table, day, look, now.about(table, day))))
        return self.begun[-1]

    def raise_if_closed(self) -> None:
        """GateClosed where a table is refused of those begun so far. Waits for all of them."""
        for inspected in self.begun:
            inspected.verdict()

    def seconds(self) -> float:
        """What the gate took so far, of its own thread's time."""
        return sum(inspected.seconds for inspected in self.begun if inspected.is_done)

    def _judged(
        self, frame: DataFrame, table: Table, day: date, look: Callable[[str], DataFrame | None], about: int | None
    ) -> tuple[Verdict, float]:
        """What the gate says, noted for gold.quality_results, and the seconds that took."""
        begin = time.monotonic()
        frame.sparkSession.sparkContext.setJobGroup(table.full_name, f"gate of {table.full_name}")
        verdict = self.gate.validate(frame, table, look, self.quality.past(table, day), about)
        self.quality.note(verdict, day)
        return verdict, time.monotonic() - begin
