"""What a build says while it runs: a live line on a terminal, plain lines in a log."""

from collections import Counter
from datetime import date
from pathlib import Path
from types import TracebackType

from rich.console import Console

from hublake.expectations.gate import Verdict
from hublake.spark_jobs.engine.build import TableResult


class ConsoleProgress:
    """Calling it with a text shows what is being done now; with a Step, what was done."""

    def __init__(self) -> None:
        self.console = Console(highlight=False)
        self.status = self.console.status("")

    def __enter__(self) -> "ConsoleProgress":
        if self.console.is_terminal:
            self.status.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self.status.stop()

    def __call__(self, said: str | TableResult) -> None:
        if isinstance(said, str):
            self.status.update(f"{said} ...")
            return
        notes = [f"{said.quarantined:,} set aside"] * bool(said.quarantined) + [f"{said.warnings} warning(s)"] * bool(said.warnings)
        self.console.print(
            f"{said.status:>8}  {said.table.full_name:28} {said.rows:>12,} rows {said.seconds:>7.1f} s  {', '.join(notes)}".rstrip()
        )

    def snapshot(self, day: date) -> None:
        self.console.print(f"snapshot {day}")

    def verdict(self, verdict: Verdict) -> None:
        mark = "CLOSED" if verdict.critical else "ok"
        self.console.print(f"{mark:>8}  {verdict.table.full_name:28} {verdict.rows:>12,} rows")
        for finding in verdict.failures:
            self.console.print(f"            {finding.severity}: {finding}", markup=False)

    def set_aside(self, records: list[tuple[str, str, int, str]]) -> None:
        """What lies in quarantine, with an example of each rule."""
        for table, rule, count, example in records:
            self.console.print(f"{'aside':>8}  {table:28} {count:>12,} {rule}: {example[:160]}", markup=False)

    def docs(self, page: Path) -> None:
        self.console.print(f"Data Docs: {page}", markup=False, soft_wrap=True)

    def summary(self, steps: list[TableResult]) -> None:
        verbs = Counter(step.status for step in steps)
        set_aside = sum(step.quarantined for step in steps)
        where = " (silver.quarantine)" if set_aside else ""
        self.console.print(f"{verbs['built']} tables built, {verbs['current']} current, {set_aside:,} records set aside{where}")
