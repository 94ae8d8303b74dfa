"""What a build prints at its end."""

from concurrent.futures import Future
from datetime import date
from pathlib import Path

import pytest

from hublake.expectations.gate import CheckResult, Verdict
from hublake.lake.schema.gold.impact import MODEL_IMPACT
from hublake.lake.schema.gold.lineage import FAMILIES
from hublake.spark_jobs.engine.gate_runner import GateRun
from hublake.spark_jobs.engine.progress import ConsoleProgress
from hublake.spark_jobs.engine.results import PendingResult, TableResult
from tests.nasty_names import NASTY_NAMES


def passed_gate() -> GateRun:
    """A gate that has passed a table with one warning and one expectation that was met."""
    checks = [
        CheckResult("downloads do not fall", "rows", "warning", "broken", "3 of 9 rows, first 'a/b'", "a lost listing"),
        CheckResult("shares sum to 1", "rows", "critical", "met", "0 of 9 rows", "a wrong formula"),
    ]
    future: Future[tuple[Verdict, float]] = Future()
    future.set_result((Verdict(MODEL_IMPACT, 9, tuple(checks), Path("docs")), 1.0))
    return GateRun(future)


def test_the_last_lines_name_each_warning_of_a_gate(capsys: pytest.CaptureFixture[str]) -> None:
    warned = PendingResult(MODEL_IMPACT, "built", 1.0, [passed_gate()]).result()
    ConsoleProgress().show_summary([warned, TableResult(FAMILIES, "current", 0.0, 5)])
    assert capsys.readouterr().out.splitlines() == [
        " warning  gold.model_impact: downloads do not fall: 3 of 9 rows, first 'a/b'",
        "1 tables built, 1 current, 0 records quarantined",
    ]


def test_a_line_is_a_line_whatever_name_is_in_it(capsys: pytest.CaptureFixture[str]) -> None:
    progress = ConsoleProgress()
    progress.show_quarantine([("silver.models", "no_name", 1, name) for name in NASTY_NAMES])
    progress.show_summary([TableResult(MODEL_IMPACT, "built", 1.0, 9, 0, NASTY_NAMES)])
    lines = capsys.readouterr().out.splitlines()
    assert len(lines) == 2 * len(NASTY_NAMES) + 1
    assert [line for line in lines if not line.isprintable()] == []


def test_the_snapshot_is_the_first_line(capsys: pytest.CaptureFixture[str]) -> None:
    ConsoleProgress().show_snapshot(date(2026, 1, 2))
    assert capsys.readouterr().out == "snapshot 2026-01-02\n"
