"""The build log, gold.builds: it makes a build one atomic change of many tables, and gives readers matching versions. No JVM.

A Delta commit is atomic for one table only. A build therefore writes its rows where no reader sees them. It then records in one commit
of the build log what remains to be done (`staged`), does it, and records in one more commit the versions that belong together
(`published`). Readers that open these versions see either all of a build or nothing of it, at whatever moment the build is killed.
"""

import json
from collections.abc import Iterable, Mapping
from contextlib import suppress
from dataclasses import asdict, dataclass, field
from datetime import UTC, date, datetime, timedelta
from functools import cached_property
from itertools import takewhile
from threading import Lock
from typing import Any
from uuid import uuid4

import pyarrow as pa
import pyarrow.compute as pc
from deltalake import DeltaTable

from hublake.lake.delta.arrow import arrow_schema
from hublake.lake.delta.damage import report_damage
from hublake.lake.delta.scan import scan_batches
from hublake.lake.delta.tables import append, compact, find_commit, open_table
from hublake.lake.errors import HublakeError
from hublake.lake.paths import Location
from hublake.lake.schema import Table
from hublake.lake.schema.operations import BUILDS

# The columns that every reader of the log needs. The plan, by far the largest column, is read of unfinished runs only.
STATE_COLUMNS = tuple(name for name in BUILDS.column_names if name != "plan")
LAST_TIME = "max.committed_at"  # a statistic of each file in the Delta log
MANY_FILES = 64  # each commit adds a file; reading one takes about 1.5 ms, whatever its size


@dataclass(frozen=True)
class PublishPlan:
    """One staged table of a run: the rows in `folders` replace the rows that `where` selects.

    Without `where` they replace all rows. With `is_merge` they are changes to be merged on the key.
    """

    table: str
    snapshot_date: str
    folders: tuple[str, ...]
    where: tuple[tuple[str, str, Any], ...]
    commit: dict[str, Any]
    is_merge: bool = False

    @staticmethod
    def from_json(text: str) -> "PublishPlan":
        fields = json.loads(text)
        where = tuple((column, operator, value) for column, operator, value in fields["where"])
        return PublishPlan(**{**fields, "folders": tuple(fields["folders"]), "where": where})


@dataclass(frozen=True, eq=False)
class BuildHistory:
    """The contents of the build log at one Delta version: `rows` without plans, and the plans of unfinished runs."""

    rows: pa.Table = field(default_factory=lambda: _state_rows([]))
    unfinished: Mapping[str, list[PublishPlan]] = field(default_factory=dict)  # run_id -> plans: publishing began and did not end

    @cached_property
    def versions(self) -> dict[str, int]:
        """Full name of each published table -> the version that readers see."""
        oldest_first = self._visible
        return dict(zip(oldest_first["table_name"].to_pylist(), oldest_first["version"].to_pylist(), strict=True))

    def published(self, table_name: str, day: date) -> dict[str, Any]:
        """Return the last record of a table's snapshot; empty if it was never published."""
        return self._latest.get(table_name, {}).get(day, {})

    def computed(self, table_name: str, day: date) -> dict[str, Any]:
        """Return the record of the build that computed the present rows of a published snapshot; later ones compacted or restored them."""
        newest_first = self._records[table_name][day][::-1]
        return list(takewhile(lambda row: row["fingerprint"] == newest_first[0]["fingerprint"], newest_first))[-1]

    def days(self, table_name: str) -> list[date]:
        """Return the published snapshots of a table, in order."""
        return sorted(self._latest.get(table_name, {}))

    def last_published(self, table_name: str) -> dict[str, Any]:
        """Return the most recent record of a table, of any snapshot; empty if it was never published."""
        return max(self._latest.get(table_name, {}).values(), key=lambda row: (row["committed_at"], row["version"]), default={})

    def dropped_days(self, table_name: str) -> list[date]:
        """The snapshots of a table that `hublake optimise --keep-snapshots` has dropped, in order."""
        return sorted(day for day, row in self._last_rows.get(table_name, {}).items() if row["state"] == "dropped")

    def require_kept(self, day: date) -> None:
        """Raise HublakeError if the last snapshot up to a day was dropped: what is left would show an older state as that of the day."""
        for name in self._last_rows:
            kept, dropped = self.days(name), self.dropped_days(name)
            last = max((of_table for of_table in (*kept, *dropped) if of_table <= day), default=None)
            if last in dropped:
                raise HublakeError(
                    f"the snapshot of {last} was dropped by hublake optimise --keep-snapshots."
                    f" Snapshots that were kept: {', '.join(map(str, kept))}. Compute it again from bronze: hublake build --as-of {last}"
                )

    @cached_property
    def _visible(self) -> pa.Table:
        """The rows that give the version which readers see, oldest first."""
        has_version = _has_state(self.rows, "published|dropped")
        return self.rows.filter(has_version).sort_by([("committed_at", "ascending"), ("version", "ascending")])

    @cached_property
    def _records(self) -> dict[str, dict[date, list[dict[str, Any]]]]:
        """Table -> snapshot -> its records, published or dropped, oldest first."""
        found: dict[str, dict[date, list[dict[str, Any]]]] = {}
        for row in self._visible.to_pylist():
            found.setdefault(row["table_name"], {}).setdefault(row["snapshot_date"], []).append(row)
        return found

    @cached_property
    def _last_rows(self) -> dict[str, dict[date, dict[str, Any]]]:
        """Table -> snapshot -> its last record, published or dropped."""
        return {name: {day: rows[-1] for day, rows in of_table.items()} for name, of_table in self._records.items()}

    @cached_property
    def _latest(self) -> dict[str, dict[date, dict[str, Any]]]:
        """Table -> snapshot that is in the table -> its last record."""
        return {
            name: {day: row for day, row in of_table.items() if row["state"] == "published"} for name, of_table in self._last_rows.items()
        }


class BuildLog:
    """The build log of one warehouse. It is read once, and again only after its Delta version has changed; threads may share it."""

    def __init__(self, location: Location) -> None:
        self._location = location
        self._lock = Lock()
        self._table: DeltaTable | None = None
        self._cached: tuple[int, BuildHistory] | None = None

    def history(self) -> BuildHistory:
        """Return the current contents of the log."""
        with self._lock, report_damage(self._location.address, BUILDS):
            if self._table is None:
                self._table = open_table(self._location, BUILDS)
            else:
                self._table.update_incremental()
            return BuildHistory() if self._table is None else self._read(self._table)

    def history_at(self, version: int) -> BuildHistory:
        """Return the contents of the log at a Delta version of it."""
        with self._lock:
            if self._cached is not None and self._cached[0] == version:
                return self._cached[1]
        table = open_table(self._location, BUILDS, version=version)
        return BuildHistory() if table is None else _contents(table)

    def last_seconds(self) -> dict[str, float]:
        """Return for each published table how long its job ran when it was last built; tables built before this was recorded have none."""
        history = self.history()
        runs = {row["run_id"] for name in history.versions if (row := history.last_published(name))}
        with report_damage(self._location.address, BUILDS):
            table = open_table(self._location, BUILDS)
            plans = _plans_of(table, pa.array(sorted(runs), pa.string())) if table is not None and runs else {}
        seconds = {plan.table: plan.commit.get("seconds") for of_run in plans.values() for plan in of_run}
        return {name: float(found) for name, found in seconds.items() if found is not None}

    def _read(self, table: DeltaTable) -> BuildHistory:
        version = table.version()
        if self._cached is None or self._cached[0] != version:
            self._cached = version, _contents(table)
        return self._cached[1]

    def record(self, run_id: str, state: str, plans: Iterable[tuple[PublishPlan, int | None]]) -> int:
        """Add one row per plan and its published version, all in one commit; returns the version of the log."""
        begin = self._next_time()
        rows = [
            {
                "snapshot_date": date.fromisoformat(plan.snapshot_date),
                "run_id": run_id,
                "table_name": plan.table,
                "state": state,
                "version": version,
                "row_count": plan.commit.get("rows", 0),
                "set_aside": plan.commit.get("set_aside", 0),
                "fingerprint": plan.commit.get("fingerprint", ""),
                "plan": json.dumps(asdict(plan), sort_keys=True, default=str) if state == "staged" else None,
                "committed_at": begin + timedelta(microseconds=number),
            }
            for number, (plan, version) in enumerate(sorted(plans, key=lambda step: step[1] or 0))
        ]
        token = f"{run_id} {state}"
        append(self._location, BUILDS, rows, {"userMetadata": token})
        recorded = find_commit(self._location, BUILDS, token)
        assert recorded is not None  # others would have to add FIND_LIMIT commits within milliseconds
        self._compact_if_many()
        return recorded

    def _next_time(self) -> datetime:
        """Now, or just after the last row: the published version of a table is that of its last row, even if a clock was wrong."""
        now, table = datetime.now(UTC), open_table(self._location, BUILDS)
        actions = None if table is None else table.get_add_actions(flatten=True)
        if actions is None or LAST_TIME not in actions.schema.names:
            return now
        times: list[datetime] = [time for time in actions[LAST_TIME].to_pylist() if time is not None]
        return max([now, *(time + timedelta(milliseconds=1) for time in times)])  # a statistic may be rounded down to milliseconds

    def record_version(self, table: Table, version: int) -> None:
        """Publish another version of a table. Its rows are the same, so the table's last build is recorded again."""
        last = self.history().last_published(table.full_name)
        commit = {"rows": last["row_count"], "set_aside": last["set_aside"], "fingerprint": last["fingerprint"]}
        plan = PublishPlan(table.full_name, str(last["snapshot_date"]), (), (), commit)
        self.record(uuid4().hex[:12], "published", [(plan, version)])

    def _compact_if_many(self) -> None:
        table = open_table(self._location, BUILDS)
        if table is not None and len(table.file_uris()) > MANY_FILES:
            with suppress(HublakeError):  # others are writing: the next build tries again
                compact(table, BUILDS)


def _contents(table: DeltaTable) -> BuildHistory:
    rows = _state_rows(scan_batches(table, STATE_COLUMNS))
    is_staged = _has_state(rows, "staged")
    ended = rows.filter(pc.invert(is_staged))["run_id"].unique()
    staged = rows.filter(is_staged)["run_id"].unique()
    unfinished = staged.filter(pc.invert(pc.is_in(staged, ended)))
    return BuildHistory(rows, _plans_of(table, unfinished) if len(unfinished) else {})


def _state_rows(batches: Iterable[pa.RecordBatch]) -> pa.Table:
    schema = arrow_schema(BUILDS)
    return pa.Table.from_batches(list(batches), pa.schema([schema.field(name) for name in STATE_COLUMNS]))


def _has_state(rows: pa.Table, states: str) -> pa.ChunkedArray:
    """Whether each row has one of the states, separated by |. Arrow compares with Python values only after it has imported pandas: .2 s."""
    return pc.match_substring_regex(rows["state"], f"^({states})$")


def _plans_of(table: DeltaTable, runs: pa.Array) -> dict[str, list[PublishPlan]]:
    """Return the plans of these runs, in the order in which they were recorded."""
    batches = scan_batches(table, ("run_id", "plan", "committed_at"), pc.field("run_id").isin(runs))
    found: dict[str, list[PublishPlan]] = {}
    for row in pa.Table.from_batches(list(batches)).sort_by("committed_at").to_pylist():
        if row["plan"] is not None:
            found.setdefault(row["run_id"], []).append(PublishPlan.from_json(row["plan"]))
    return found
