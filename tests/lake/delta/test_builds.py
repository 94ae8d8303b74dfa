"""The build log: what it returns, and how much of it is read."""

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from hublake.lake.delta import builds
from hublake.lake.delta.builds import MANY_FILES, BuildLog, PublishPlan
from hublake.lake.delta.scan import scan_batches
from hublake.lake.delta.tables import open_table
from hublake.lake.paths import Location
from hublake.lake.schema.operations import BUILDS

FIRST_DAY = date(2026, 1, 1)
TABLES = ("silver.models", "gold.model_impact", "gold.families")


def plans(day: date, rows: int = 1) -> list[PublishPlan]:
    where = (("snapshot_date", "=", str(day)),)
    return [PublishPlan(name, str(day), (f"staged/{day}",), where, {"rows": rows, "fingerprint": f"{name} {rows}"}) for name in TABLES]


def publish(log: BuildLog, day: date, version: int, rows: int = 1) -> None:
    log.record(f"run {version}", "staged", [(plan, None) for plan in plans(day, rows)])
    log.record(f"run {version}", "published", [(plan, version) for plan in plans(day, rows)])


@pytest.fixture
def location(tmp_path: Path) -> Location:
    return Location(str(tmp_path))


@pytest.fixture
def reads(monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, ...]]:
    """The columns of each scan of the log, in order."""
    scans: list[tuple[str, ...]] = []

    def counted(table: Any, columns: tuple[str, ...], where: Any = None) -> Iterator[Any]:
        scans.append(tuple(columns))
        return scan_batches(table, columns, where)

    monkeypatch.setattr("hublake.lake.delta.builds.scan_batches", counted)
    return scans


def test_a_log_that_does_not_exist_is_empty(location: Location) -> None:
    history = BuildLog(location).history()
    assert (history.versions, history.unfinished, history.days("silver.models")) == ({}, {}, [])
    assert history.published("silver.models", FIRST_DAY) == {}


def test_readers_see_the_last_published_version_and_the_last_record_of_each_snapshot(location: Location) -> None:
    log = BuildLog(location)
    next_day = FIRST_DAY + timedelta(1)
    publish(log, FIRST_DAY, 1)
    publish(log, next_day, 2)
    publish(log, FIRST_DAY, 3, rows=7)  # the older snapshot is rebuilt
    history = log.history()
    assert history.versions == dict.fromkeys(TABLES, 3)
    assert history.days("gold.families") == [FIRST_DAY, next_day]
    assert [history.published("gold.families", day)["row_count"] for day in (FIRST_DAY, next_day)] == [7, 1]
    assert history.last_published("gold.families")["snapshot_date"] == FIRST_DAY


def test_the_duration_of_a_job_is_that_of_the_last_build_which_recorded_one(location: Location) -> None:
    log = BuildLog(location)
    assert log.last_seconds() == {}
    publish(log, FIRST_DAY, 1)  # a build that did not record durations
    assert log.last_seconds() == {}
    for run, name, seconds in (("2", "silver.models", 2.5), ("3", "silver.models", 3.5), ("4", "gold.families", 0.5)):
        plan = PublishPlan(name, str(FIRST_DAY), (), (), {"seconds": seconds})
        log.record(run, "staged", [(plan, None)])
        log.record(run, "published", [(plan, int(run))])
    assert log.last_seconds() == {"silver.models": 3.5, "gold.families": 0.5}


def test_the_plans_of_a_run_come_back_until_it_ends(location: Location) -> None:
    log = BuildLog(location)
    publish(log, FIRST_DAY, 1)
    recorded = log.record("killed", "staged", [(plan, None) for plan in plans(FIRST_DAY, 5)])
    assert log.history().unfinished == {"killed": plans(FIRST_DAY, 5)}
    assert log.history_at(recorded - 1).unfinished == {}
    log.record("killed", "withdrawn", [(plan, None) for plan in plans(FIRST_DAY, 5)])
    assert log.history().unfinished == {}
    assert log.history().versions == dict.fromkeys(TABLES, 1)


def test_a_log_of_many_days_is_read_once_however_many_tables_are_opened(location: Location, reads: list[tuple[str, ...]]) -> None:
    writer = BuildLog(location)
    days = [FIRST_DAY + timedelta(n) for n in range(40)]
    for version, day in enumerate(days):
        publish(writer, day, version)
    reads.clear()
    log = BuildLog(location)
    for _ in range(34):
        assert log.history().versions == dict.fromkeys(TABLES, 39)
        assert log.history().days("silver.models") == days
    assert len(reads) == 1
    assert "plan" not in reads[0], "the plans of published runs are never read"


def test_a_log_is_read_again_only_after_it_has_changed(location: Location, reads: list[tuple[str, ...]]) -> None:
    log, other = BuildLog(location), BuildLog(location)
    publish(other, FIRST_DAY, 1)
    assert log.history().versions == dict.fromkeys(TABLES, 1)
    reads.clear()
    publish(other, FIRST_DAY, 2)
    for _ in range(3):
        assert log.history().versions == dict.fromkeys(TABLES, 2)
    assert len(reads) == 1


def test_a_long_log_compacts_its_own_files_and_keeps_its_rows(location: Location) -> None:
    log = BuildLog(location)
    runs = MANY_FILES // 2 + 1  # two files each
    for version in range(runs):
        publish(log, FIRST_DAY + timedelta(version), version)
    table = open_table(location, BUILDS)
    assert table is not None
    assert len(table.file_uris()) < MANY_FILES
    history = BuildLog(location).history()
    assert history.rows.num_rows == 2 * len(TABLES) * runs
    assert history.versions == dict.fromkeys(TABLES, runs - 1)


def test_the_last_record_of_a_table_counts_even_if_its_version_is_lower_or_a_clock_was_ahead(
    location: Location, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Ahead(datetime):
        @classmethod
        def now(cls, tz: Any = None) -> "Ahead":
            return cls(2999, 1, 1, tzinfo=tz)

    with monkeypatch.context() as patched:
        patched.setattr(builds, "datetime", Ahead)
        publish(BuildLog(location), FIRST_DAY, 7)
    publish(BuildLog(location), FIRST_DAY, 0)
    assert BuildLog(location).history().versions == dict.fromkeys(TABLES, 0), "a table that was repaired begins again at version 0"


def test_of_two_snapshots_of_one_run_the_higher_version_counts(location: Location) -> None:
    days = [FIRST_DAY, FIRST_DAY + timedelta(1)]
    BuildLog(location).record("run", "published", [(plans(day)[0], 5 - number) for number, day in enumerate(days)])
    assert BuildLog(location).history().versions == {TABLES[0]: 5}
