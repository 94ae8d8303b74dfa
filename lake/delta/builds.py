"""gold.builds: the journal that makes a build one change, and what readers take from it. No JVM.

A Delta commit is atomic for one table only. A build therefore writes its rows where no reader sees them, notes in one
commit of this journal what is left to do (`staged`), does it, and notes in one more commit the versions that belong
together (`published`). Who reads by these versions sees all of a build or nothing of it, whenever it may be killed.
"""

import json
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from datetime import UTC, date, datetime
from typing import Any

from hublake.lake.delta.records import Row, Storage, append, opened
from hublake.lake.schema.operations import BUILDS


@dataclass(frozen=True)
class Plan:
    """One table of a run, ready to be published: the rows in `folders` take the place of those that `where` names.

    Without `where` they take the place of all rows; `is_merge`: they are changes, to be merged on the key.
    """

    table: str
    snapshot_date: str
    folders: tuple[str, ...]
    where: tuple[tuple[str, str, Any], ...]
    commit: dict[str, Any]
    is_merge: bool = False

    @staticmethod
    def read(text: str) -> "Plan":
        told = json.loads(text)
        where = tuple((column, how, value) for column, how, value in told["where"])
        return Plan(**{**told, "folders": tuple(told["folders"]), "where": where})


class Journal:
    """The journal of one warehouse, as it stood when it was read (`at`: after an earlier one of its own commits)."""

    def __init__(self, address: str, storage: Storage, at: int | None = None) -> None:
        self.address, self.storage = address, storage
        table = opened(BUILDS.path(address), storage, at)
        self.rows: list[Row] = [] if table is None else table.to_pyarrow_table().to_pylist()
        self.rows.sort(key=lambda row: (row["committed_at"], row["version"] or 0))

    def again(self) -> "Journal":
        """The journal as it is now."""
        return Journal(self.address, self.storage)

    def versions(self) -> dict[str, int]:
        """Full name of each published table -> the version that readers see."""
        found: dict[str, int] = {}
        for row in self.rows:
            if row["state"] == "published":
                found[row["table_name"]] = max(row["version"], found.get(row["table_name"], -1))
        return found

    def published(self, table_name: str, day: date) -> Row:
        """What was last noted of a table's snapshot; empty where it was never published."""
        return self._published().get((table_name, day), {})

    def days(self, table_name: str) -> list[date]:
        """Snapshots of a table that were published, in order."""
        return sorted(day for name, day in self._published() if name == table_name)

    def _published(self) -> Mapping[tuple[str, date], Row]:
        return {(row["table_name"], row["snapshot_date"]): row for row in self.rows if row["state"] == "published"}

    def unfinished(self) -> dict[str, list[Plan]]:
        """run_id -> plans of runs that began to publish and did not end."""
        ended = {row["run_id"] for row in self.rows if row["state"] != "staged"}
        found: dict[str, list[Plan]] = {}
        for row in self.rows:
            if row["state"] == "staged" and row["run_id"] not in ended:
                found.setdefault(row["run_id"], []).append(Plan.read(row["plan"]))
        return found

    def note(self, run_id: str, state: str, plans: Iterable[tuple[Plan, int | None]]) -> int:
        """Add one row per plan in one commit; answers its version."""
        now = datetime.now(UTC)
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
                "committed_at": now,
            }
            for plan, version in plans
        ]
        return append(self.address, self.storage, BUILDS, rows, f"{run_id} {state}")
