"""hublake optimise --keep-snapshots: which snapshots go, and what readers and builds see afterwards."""

from datetime import date, timedelta
from pathlib import Path

import pytest
from click.testing import CliRunner
from deltalake import DeltaTable

from hublake.lake.commands import optimise
from hublake.lake.delta.builds import BuildLog, PublishPlan
from hublake.lake.delta.integrity import inspect_table
from hublake.lake.delta.repair import RepairPlan, require_sound
from hublake.lake.delta.retention import drop_snapshots, superseded_days
from hublake.lake.delta.tables import append, open_table
from hublake.lake.errors import HublakeError
from hublake.lake.paths import Location
from hublake.lake.schema import Table
from hublake.lake.schema.gold.lineage import NETWORK_METRICS
from hublake.lake.schema.operations import BUILDS
from hublake.lake.schema.silver.models import MODELS
from hublake.lake.schema.silver.timeline import MODEL_HISTORY, MODEL_METRICS
from hublake.serving.reader import PublishedTables
from hublake.spark_jobs.engine.build_command import with_missing_inputs

DAYS = [date(2026, 1, 30) + timedelta(n) for n in range(6)]  # the last of them is 4 February
KEPT = [date(2026, 1, 31), date(2026, 2, 3), date(2026, 2, 4)]  # of January the last, and the newest two


@pytest.fixture
def warehouse(tmp_path: Path) -> Location:
    """Three published tables with six snapshots each."""
    location = Location(str(tmp_path))
    rows: dict[Table, dict[str, object]] = {
        NETWORK_METRICS: {"metric": "m", "value": 1.0},
        MODEL_METRICS: {"hub_id": "h"},
        MODEL_HISTORY: {"hub_id": "h"},
    }
    for table, row in rows.items():
        for version, day in enumerate(DAYS, 1):
            snapshot: dict[str, object] = {} if table.is_history else {"snapshot_date": day}
            append(location, table, [{**row, **snapshot}], {})
            _publish(location, table, day, version)
    return location


def _publish(location: Location, table: Table, day: date, version: int) -> None:
    BuildLog(location).record(f"run {day}", "published", [(PublishPlan(table.full_name, str(day), (), (), {"fingerprint": "f"}), version)])


def drop(warehouse: Location, keep: int = 2) -> str:
    done = CliRunner().invoke(optimise, ["--keep-snapshots", str(keep), "--warehouse", warehouse.address], catch_exceptions=False)
    assert done.exit_code == 0
    return done.output


def days_of(warehouse: Location, table: Table) -> list[date]:
    return [row[0] for row in PublishedTables(warehouse.address, {}).rows(f"SELECT snapshot_date FROM {table.full_name} ORDER BY 1")]


def test_the_newest_snapshots_and_the_last_of_each_month_stay() -> None:
    year = [date(2025, 1, 1) + timedelta(n) for n in range(365)]
    left = [day for day in year if day not in superseded_days(year, 30)]
    assert len(left) == 30 + 11
    assert superseded_days(left, 30) == []
    assert superseded_days(DAYS[:2], 2) == superseded_days([], 1) == []


def test_old_snapshots_disappear_for_all_readers_and_histories_keep_every_day(warehouse: Location) -> None:
    assert "gold.network_metrics: dropped 3 snapshots, 2026-01-30 to 2026-02-02" in drop(warehouse)
    assert days_of(warehouse, NETWORK_METRICS) == KEPT
    newest = DeltaTable(NETWORK_METRICS.path(warehouse.address)).to_pyarrow_table()
    assert sorted(newest["snapshot_date"].to_pylist()) == KEPT
    assert days_of(warehouse, MODEL_METRICS) == DAYS
    history = open_table(warehouse, MODEL_HISTORY)
    assert history is not None
    assert history.to_pyarrow_table().num_rows == len(DAYS)
    assert require_sound(warehouse, [NETWORK_METRICS, MODEL_METRICS]) == [], "a build takes the commit for one of ours"
    assert "dropped" not in drop(warehouse)


def test_a_build_finds_the_snapshots_that_are_left_and_those_that_were_dropped(warehouse: Location) -> None:
    drop(warehouse)
    history = BuildLog(warehouse).history()
    assert history.days("gold.network_metrics") == KEPT
    assert history.dropped_days("gold.network_metrics") == [day for day in DAYS if day not in KEPT]
    assert history.published("gold.network_metrics", DAYS[0]) == {}
    assert history.last_published("gold.network_metrics")["snapshot_date"] == DAYS[-1]


def test_a_snapshot_of_silver_stays_until_the_histories_have_read_it(warehouse: Location) -> None:
    for version, day in enumerate(DAYS, 1):
        append(warehouse, MODELS, [{"snapshot_date": day, "hub_id": "h"}], {})
        _publish(warehouse, MODELS, day, version)
    rows = BuildLog(warehouse).history().rows.to_pylist()
    oldest = [row for row in rows if (row["table_name"], row["snapshot_date"]) == (MODELS.full_name, DAYS[0])]
    again = {"version": len(DAYS), "run_id": "again", "fingerprint": "of other rows"}
    append(warehouse, BUILDS, [{**row, **again, "committed_at": row["committed_at"] + timedelta(hours=1)} for row in oldest], {})
    drop(warehouse)
    assert days_of(warehouse, MODELS) == [DAYS[0], *KEPT]


@pytest.mark.parametrize(("as_of", "dropped"), [("2026-01-30", "2026-01-30"), ("2026-02-02", "2026-02-02"), ("2026-02-01", "2026-02-01")])
def test_a_dropped_day_is_refused_with_the_reason(warehouse: Location, as_of: str, dropped: str) -> None:
    drop(warehouse)
    with pytest.raises(HublakeError, match=f"the snapshot of {dropped} was dropped by .* hublake build --as-of {dropped}"):
        PublishedTables(warehouse.address, {}, as_of)
    assert PublishedTables(warehouse.address, {}, "2026-01-31").day == date(2026, 1, 31)
    assert PublishedTables(warehouse.address, {}, "2026-03-01").day == date(2026, 3, 1)


def test_a_call_that_is_killed_before_it_deletes_hides_nothing_from_builds_and_is_completed_by_the_next(
    warehouse: Location, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as patched, pytest.raises(KeyboardInterrupt):
        patched.setattr(DeltaTable, "delete", lambda *_, **__: (_ for _ in ()).throw(KeyboardInterrupt))
        list(drop_snapshots(warehouse, [NETWORK_METRICS], 2))
    assert BuildLog(warehouse).history().days("gold.network_metrics") == KEPT
    later = DAYS[-1] + timedelta(1)
    append(warehouse, NETWORK_METRICS, [{"snapshot_date": later, "metric": "m", "value": 1.0}], {})
    _publish(warehouse, NETWORK_METRICS, later, len(DAYS) + 1)
    assert set(BuildLog(warehouse).history().days("gold.network_metrics")) <= set(days_of(warehouse, NETWORK_METRICS))
    drop(warehouse)
    assert days_of(warehouse, NETWORK_METRICS) == [KEPT[0], *KEPT[2:], later]
    assert "dropped" not in drop(warehouse)


def test_the_snapshot_before_the_newest_is_never_dropped(warehouse: Location) -> None:
    done = CliRunner().invoke(optimise, ["--keep-snapshots", "1", "--warehouse", warehouse.address])
    assert (done.exit_code, "1 is not in the range x>=2" in done.output) == (2, True)


def test_a_dropped_snapshot_that_is_built_again_is_published_again(warehouse: Location) -> None:
    drop(warehouse)
    append(warehouse, NETWORK_METRICS, [{"snapshot_date": DAYS[0], "metric": "m", "value": 1.0}], {})
    table = open_table(warehouse, NETWORK_METRICS)
    assert table is not None
    _publish(warehouse, NETWORK_METRICS, DAYS[0], table.version())
    assert DAYS[0] in BuildLog(warehouse).history().days("gold.network_metrics")
    assert PublishedTables(warehouse.address, {}, str(DAYS[0])).day == DAYS[0]
    assert inspect_table(warehouse, NETWORK_METRICS, table.version()).is_sound


def test_a_repair_of_a_history_computes_dropped_snapshots_again(warehouse: Location) -> None:
    for version, day in enumerate(DAYS, 1):
        append(warehouse, MODELS, [{"snapshot_date": day, "hub_id": "h"}], {})
        _publish(warehouse, MODELS, day, version)
    drop(warehouse)
    history = BuildLog(warehouse).history()
    plan = RepairPlan({MODEL_HISTORY.full_name: [DAYS[-1]], MODEL_METRICS.full_name: DAYS[:2]}, frozenset({MODEL_HISTORY.full_name}))
    found = with_missing_inputs(plan, history)
    assert found.rebuild[MODELS.full_name] == [day for day in DAYS if day not in KEPT]
    assert found.rebuild[MODEL_METRICS.full_name] == DAYS[:2]
    assert with_missing_inputs(RepairPlan({MODELS.full_name: KEPT}), history).rebuild == {MODELS.full_name: KEPT}
