"""What a build prints at its end."""

from concurrent.futures import Future
from datetime import date
from pathlib import Path
from threading import Event

import pytest

from hublake.expectations.gate import CheckResult, Verdict
from hublake.lake.schema.gold.impact import MODEL_IMPACT
from hublake.lake.schema.gold.lineage import FAMILIES
from hublake.spark_jobs.engine.gate_runner import GateRun
from hublake.spark_jobs.engine.progress import ConsoleProgress
from hublake.spark_jobs.engine.results import PendingResult, TableResult
from hublake.spark_jobs.engine.running_steps import RunningSteps
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


def test_the_line_of_a_table_ends_with_how_it_was_computed(capsys: pytest.CaptureFixture[str]) -> None:
    ConsoleProgress()(TableResult(MODEL_IMPACT, "built", 1.0, 9, notes=("graph in one task: 7 pairs",)))
    assert capsys.readouterr().out.split() == ["built", "gold.model_impact", "9", "rows", "1.0", "s", *"graph in one task: 7 pairs".split()]


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


class Clock:
    """A clock that is set by hand."""

    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now


def test_a_log_says_which_steps_run_for_how_long_and_how_much_they_have_read(capsys: pytest.CaptureFixture[str]) -> None:
    clock, rows = Clock(), {"silver.models": 1_200_000, "bronze.cards": 0}
    steps, progress = RunningSteps(rows.__getitem__, clock), ConsoleProgress()
    progress.show_running(steps)
    with steps.running("silver.models", "silver.models"):
        clock.now = 30
        with steps.running("gate of bronze.cards", "bronze.cards"):
            clock.now = 42
            progress.show_running(steps)
        progress.show_running(steps)
    progress.show_running(steps)
    assert capsys.readouterr().out.splitlines() == [
        "building silver.models 42 s, 1,200,000 rows read; gate of bronze.cards 12 s ...",
        "building silver.models 42 s, 1,200,000 rows read ...",
    ]


def test_a_step_that_takes_ten_times_its_last_duration_is_reported_once(capsys: pytest.CaptureFixture[str]) -> None:
    clock = Clock()
    steps = RunningSteps(lambda _: 0, clock)
    slow = "silver.models has been running for {} s; the last build needed {} s"
    for usual, seconds, expected in (
        (20.0, 199, []),
        (20.0, 200, [slow.format(200, 20.0)]),
        (0.5, 59, []),  # ten times as long, but soon over
        (0.5, 60, [slow.format(60, 0.5)]),
        (None, 3600, []),
    ):
        clock.now = 0
        with steps.running("silver.models", "silver.models", usual):
            clock.now = seconds
            assert list(steps.newly_slow()) == expected
            assert list(steps.newly_slow()) == []


def test_running_steps_are_reported_until_the_build_ends(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("hublake.spark_jobs.engine.progress.LOG_SECONDS", 0.001)
    shown, steps = Event(), RunningSteps(lambda _: 7)
    monkeypatch.setattr(ConsoleProgress, "show_running", lambda _, running: shown.set() if running is steps else None)
    with ConsoleProgress().following(steps):
        assert shown.wait(10)
    shown.clear()
    assert not shown.wait(0.05)
