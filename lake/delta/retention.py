"""Drop old snapshots of published tables, so that a warehouse does not grow with every day. Bronze and the histories keep every day."""

from collections.abc import Iterator, Sequence
from datetime import date
from uuid import uuid4

from hublake.lake.delta.builds import BuildHistory, BuildLog, PublishPlan
from hublake.lake.delta.damage import report_damage
from hublake.lake.delta.integrity import inspect_table
from hublake.lake.delta.maintenance import require_finished
from hublake.lake.delta.repair import PUBLISHED, stored_days
from hublake.lake.delta.tables import open_table, our_commit
from hublake.lake.paths import Location
from hublake.lake.schema import TABLES, Table

# Tables that keep every day: a snapshot of silver is dropped only after they were computed from it.
KEEPERS = [table for table in TABLES.values() if table.is_history or table.keeps_snapshots]


def superseded_days(days: Sequence[date], keep: int) -> list[date]:
    """The snapshots to drop: all but the newest `keep` and the last one of each month.

    >>> days = [date(2026, 1, 30), date(2026, 1, 31), date(2026, 2, 1), date(2026, 2, 2), date(2026, 2, 3)]
    >>> [str(day) for day in superseded_days(days, 2)]
    ['2026-01-30', '2026-02-01']
    """
    last_of_month = {(day.year, day.month): day for day in sorted(days)}
    kept = {*sorted(days)[-keep:], *last_of_month.values()}
    return [day for day in sorted(days) if day not in kept]


def drop_snapshots(location: Location, tables: Sequence[Table], keep: int) -> Iterator[tuple[Table, list[date]]]:
    """Drop all but the newest `keep` snapshots and the last of each month, and yield which were dropped from each table.

    Leaves out bronze, histories and tables that keep their snapshots, and snapshots of silver that these have not read yet. Files
    disappear with the next VACUUM that may remove them. Raises DamagedTable, and HublakeError if an interrupted build waits to be
    published.

    The build log records the snapshots as dropped before their rows are deleted: a build never takes for published what is gone. If it is
    killed in between, the next call deletes the rows.
    """
    log = BuildLog(location)
    for table in tables:
        history = log.history()
        require_finished(location, history)
        if table not in PUBLISHED or table.is_history or table.keeps_snapshots or "snapshot_date" not in table.partitioned_by:
            continue
        days = superseded_days(history.days(table.full_name), keep)
        if table.layer == "silver":
            days = [day for day in days if all(_has_read(history, keeper, table, day) for keeper in KEEPERS)]
        left = set(history.dropped_days(table.full_name)).intersection(stored_days(location, table))
        if dropped := sorted({*days, *left}):
            _require_sound(location, table, history.versions[table.full_name])
            _record(log, table, days, history.versions[table.full_name])
            _delete(location, log, table, dropped)
            yield table, dropped


def _has_read(history: BuildHistory, keeper: Table, table: Table, day: date) -> bool:
    """Whether a table that keeps every day was computed from the present rows of a snapshot."""
    kept = history.published(keeper.full_name, day)
    if not kept:
        return False
    computed = history.computed(table.full_name, day)
    is_of_same_build = history.computed(keeper.full_name, day)["run_id"] == computed["run_id"]
    return is_of_same_build or bool(kept["committed_at"] >= computed["committed_at"])


def _require_sound(location: Location, table: Table, published: int) -> None:
    condition = inspect_table(location, table, published)
    if not condition.is_sound:
        raise condition.error(location.address)


def _record(log: BuildLog, table: Table, days: Sequence[date], published: int) -> None:
    plans = [PublishPlan(table.full_name, str(day), (), (), {"fingerprint": ""}) for day in days]
    if plans:
        log.record(uuid4().hex[:12], "dropped", [(plan, published) for plan in plans])


def _delete(location: Location, log: BuildLog, table: Table, days: Sequence[date]) -> None:
    found = open_table(location, table)
    assert found is not None
    with report_damage(location.address, table):
        found.delete(" OR ".join(f"snapshot_date = '{day}'" for day in days), commit_properties=our_commit("drop"))
    log.record_version(table, found.version())
