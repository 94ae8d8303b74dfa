"""Report the progress of a build on the console: a live status line on a terminal, plain lines in a log."""

from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from threading import Event, Thread
from types import TracebackType
from typing import TYPE_CHECKING

from hublake.lake.console import open_console
from hublake.lake.schema import TABLES
from hublake.lake.terminal import printable
from hublake.lake.verbosity import is_quiet, is_verbose
from hublake.spark_jobs.engine.results import Notice, TableResult
from hublake.spark_jobs.engine.running_steps import RunningSteps

if TYPE_CHECKING:  # a build imports Great Expectations while the JVM starts
    from hublake.expectations.gate import Verdict

NAME_WIDTH = max(map(len, TABLES))
STATUS_SECONDS = 1.0  # between two states of a terminal's status line
LOG_SECONDS = 60.0  # between two lines of a log that say what is running


class ConsoleProgress:
    """Prints one line for each finished table. Calling it with a text sets the status line, and prints it with --verbose.

    `is_result`: the lines are what the command is for, so that --quiet does not silence them.
    """

    def __init__(self, *, is_result: bool = False) -> None:
        self.console = open_console()
        self.console.quiet = is_quiet() and not is_result
        self.status = self.console.status("")

    def __enter__(self) -> "ConsoleProgress":
        self.show_status()
        return self

    def show_status(self) -> None:
        """Show the status line of a terminal, as the `with` block does until `hide_status`."""
        if self.console.is_terminal:
            self.status.start()

    def hide_status(self) -> None:
        """Remove the status line: another process writes to the terminal."""
        self.status.stop()

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self.status.stop()

    @contextmanager
    def following(self, steps: RunningSteps) -> Iterator[None]:
        """Report the running steps of a build as long as the block runs, and each that takes unusually long."""
        ended = Event()
        thread = Thread(target=self._follow, args=(steps, ended), name="progress", daemon=True)
        thread.start()
        try:
            yield
        finally:
            ended.set()
            thread.join()

    def _follow(self, steps: RunningSteps, ended: Event) -> None:
        while not ended.wait(STATUS_SECONDS if self.console.is_terminal else LOG_SECONDS):
            self.show_running(steps)

    def show_running(self, steps: RunningSteps) -> None:
        """The running steps: in the status line of a terminal, as a line of a log."""
        for sentence in steps.newly_slow():
            self(Notice(sentence))
        if running := steps.describe():
            self.status.update(f"building {running} ...")
            if not self.console.is_terminal:
                self.console.print(f"building {running} ...", markup=False, soft_wrap=True)

    def __call__(self, event: str | TableResult) -> None:
        if isinstance(event, Notice):
            self.console.print(event, markup=False, soft_wrap=True)
            return
        if isinstance(event, str):
            self.status.update(f"{event} ...")
            if is_verbose():
                self.console.print(f"{event} ...", markup=False, soft_wrap=True)
            return
        notes = [f"{event.carried:,} carried over"] * bool(event.carried)
        notes += [f"{event.quarantined:,} quarantined"] * bool(event.quarantined)
        notes += [f"{len(event.warnings)} warning(s)"] * bool(event.warnings)
        notes += event.notes
        figures = f"{event.rows:>12,} rows {event.seconds:>7.1f} s  {', '.join(notes)}"
        # Without soft_wrap, rich would break a long line at 80 characters in a log.
        self.console.print(f"{event.status:>8}  {event.table.full_name:{NAME_WIDTH}} {figures}".rstrip(), soft_wrap=True)

    def show_snapshot(self, day: date) -> None:
        self.console.print(f"snapshot {day}")

    def show_verdict(self, verdict: "Verdict") -> None:
        """One line for a table, and one for each broken expectation."""
        mark = "CLOSED" if verdict.critical else "ok"
        self.console.print(f"{mark:>8}  {verdict.table.full_name:{NAME_WIDTH}} {verdict.rows:>12,} rows")
        for finding in verdict.failures:
            self.console.print(f"            {finding.severity}: {finding}", markup=False)

    def show_quarantine(self, records: list[tuple[str, str, int, str]]) -> None:
        """For each table and rule the number of quarantined records, and an example."""
        for table, rule, count, example in records:
            self.console.print(f"{'rejected':>8}  {table:{NAME_WIDTH}} {count:>12,} {rule}: {printable(example[:160])}", markup=False)

    def show_docs(self, page: Path) -> None:
        self.console.print(f"Data Docs: {page}", markup=False, soft_wrap=True)

    def show_summary(self, results: list[TableResult]) -> None:
        """What the gates warn of, and what was done."""
        for result in results:
            for warning in result.warnings:
                self.console.print(f" warning  {result.table.full_name}: {printable(warning)}", markup=False, soft_wrap=True)
        statuses = Counter(result.status for result in results)
        quarantined = sum(result.quarantined for result in results)
        where = " (silver.quarantine)" if quarantined else ""
        self.console.print(
            f"{statuses['built']} tables built, {statuses['current']} current, {quarantined:,} records quarantined{where}", soft_wrap=True
        )
