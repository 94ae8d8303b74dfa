"""What a build did with each table."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from hublake.lake.schema import Table

if TYPE_CHECKING:  # a build imports Great Expectations while the JVM starts
    from hublake.spark_jobs.engine.gate_runner import GateRun


class Notice(str):
    """A text about a build that stays on the console."""

    __slots__ = ()


@dataclass(frozen=True)
class TableResult:
    """The outcome for one table: `rows` are in the snapshot, `quarantined` are not."""

    table: Table
    status: str  # checked, built, current
    seconds: float
    rows: int = 0
    quarantined: int = 0
    warnings: Sequence[str] = ()  # of the gate
    carried: int = 0  # of the rows, those of the last snapshot
    notes: Sequence[str] = ()  # of the job, on its method


@dataclass(frozen=True)
class PendingResult:
    """A table that is staged while its gate may still run. `on_passed` are called with its number of rows once the gate has passed it."""

    table: Table
    status: str
    seconds: float
    gate_runs: Sequence["GateRun"]  # of the table, then of its quarantine records
    quarantined: int = 0
    on_passed: Sequence[Callable[[int], None]] = ()
    carried: int = 0
    notes: Sequence[str] = ()

    @property
    def is_done(self) -> bool:
        return all(run.is_done for run in self.gate_runs)

    def result(self) -> TableResult:
        """Wait for the gate. Raises GateClosed."""
        verdict, *_ = [run.verdict() for run in self.gate_runs]
        for call in self.on_passed:
            call(verdict.rows)
        seconds = self.seconds + sum(run.seconds for run in self.gate_runs)
        warnings = [f"{found.name}: {found.summary}" for found in verdict.warnings]
        figures = (verdict.rows, self.quarantined, warnings, self.carried, self.notes)
        return TableResult(self.table, self.status, seconds, *figures)
