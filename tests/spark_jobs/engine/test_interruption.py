"""After Ctrl-C a build says what it has published."""

from datetime import date
from pathlib import Path

import pytest

from hublake.lake.delta.builds import BuildLog, PublishPlan
from hublake.lake.errors import BuildInterrupted
from hublake.lake.paths import Location
from hublake.spark_jobs.engine.interruption import report_interruption

PLANS = [PublishPlan(name, str(date(2026, 1, 1)), (), (), {}) for name in ("silver.models", "gold.families")]


@pytest.mark.parametrize(
    ("states", "message"),
    [
        ((), "Nothing of this build is published, and readers stay on the last one. Start it again: hublake build --warehouse "),
        (("published",), "Nothing of this build is published"),
        (("staged",), "The build was being published, and readers stay on the last one until it is: complete it with hublake build"),
        (("staged", "published"), "All 2 tables of this build are published. Nothing is left to do"),
    ],
)
def test_the_message_follows_the_build_log(tmp_path: Path, states: tuple[str, ...], message: str) -> None:
    log = BuildLog(Location(str(tmp_path)))
    for state in ("staged", "published"):
        log.record("earlier", state, [(plan, 1) for plan in PLANS])
    with pytest.raises(BuildInterrupted, match=f"^interrupted. {message}"), report_interruption(Location(str(tmp_path))):
        for state in states:
            log.record("this", state, [(plan, 2) for plan in PLANS])
        raise KeyboardInterrupt


def test_other_errors_pass(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="other"), report_interruption(Location(str(tmp_path))):
        raise ValueError("other")
