"""Prepare a warehouse for `hublake build --repair`: undo commits of others, move damaged tables away, and say what a build must rebuild.

No JVM. Nothing is deleted: damaged files and folders are moved to `_damaged/<time>/` in the warehouse.
"""

import shlex
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from pathlib import Path
from urllib.parse import unquote

import pyarrow as pa
import pyarrow.parquet as pq
from deltalake import DeltaTable
from deltalake.fs import DeltaStorageHandler
from pyarrow import fs

from hublake.lake.delta.builds import BuildHistory, BuildLog, PublishPlan
from hublake.lake.delta.damage import crawled_by, explain, report_damage
from hublake.lake.delta.integrity import Condition, WrongFile, inspect_table, wrong_files
from hublake.lake.delta.tables import open_table, our_commit
from hublake.lake.errors import DamagedTable
from hublake.lake.paths import Location, is_local
from hublake.lake.schema import TABLES, Table
from hublake.lake.schema.operations import BUILDS, QUALITY_RESULTS, QUARANTINE

# The tables that jobs write: what a build can compute again.
COMPUTED = tuple(table for table in TABLES.values() if table.layer != "bronze" and table not in (BUILDS, QUALITY_RESULTS, QUARANTINE))
PUBLISHED = (*COMPUTED, QUARANTINE)


@dataclass(frozen=True)
class RepairPlan:
    """What a build must rebuild: full name of each table -> its snapshots. Of tables in `lost` no row is left."""

    rebuild: Mapping[str, Sequence[date]] = field(default_factory=dict)
    lost: frozenset[str] = frozenset()


def require_sound(location: Location, tables: Iterable[Table]) -> list[Condition]:
    """Return the sound tables that others compacted. Raises DamagedTable for tables that are not what Hublake wrote, with all of them."""
    conditions = inspect_tables(location, tables)
    unsound = [condition for condition in conditions if not condition.is_sound]
    if unsound:
        others = "".join(f".\n{condition.problem()}" for condition in unsound[1:])
        every = f"{others}.\nRepair all: hublake build --repair --warehouse {shlex.quote(location.address)}" if others else ""
        raise DamagedTable(f"{unsound[0].error(location.address)}{every}")
    return [condition for condition in conditions if condition.foreign]


def inspect_tables(location: Location, tables: Iterable[Table]) -> list[Condition]:
    """The condition of each table, and of the build log. Raises UnusableWarehouse."""
    condition = _build_log_condition(location)
    if not condition.is_sound:
        return [condition]
    versions = BuildLog(location).history().versions
    return [inspect_table(location, table, versions.get(table.full_name)) for table in tables if table != BUILDS]


def _build_log_condition(location: Location) -> Condition:
    condition = inspect_table(location, BUILDS, None)
    if condition.is_sound and open_table(location, BUILDS) is None:
        orphan = next((table for table in COMPUTED if _exists(location, table)), None)
        if orphan is not None:
            return Condition(BUILDS, None, f"it is missing from {location.path_of(BUILDS)}, but {orphan.full_name} exists")
    return condition


def _exists(location: Location, table: Table) -> bool:
    try:
        return open_table(location, table) is not None
    except DamagedTable:
        return True


@dataclass
class Repair:
    """One repair of a warehouse. `chosen` are the tables that the user named, `involved` those that are inspected beside them."""

    location: Location
    chosen: Sequence[Table]
    involved: Sequence[Table]
    notify: Callable[[str], None]
    begun: datetime = field(default_factory=lambda: datetime.now(UTC))
    rebuild: dict[str, Sequence[date]] = field(default_factory=dict)
    lost: set[str] = field(default_factory=set)

    def prepare(self) -> RepairPlan:
        """Repair what needs no build, and return what a build has to do. Raises DamagedTable for bronze that the user did not name."""
        tables = list(dict.fromkeys((*self.chosen, *self.involved)))
        log = _build_log_condition(self.location)
        if log.damage or BUILDS in self.chosen:
            self._replace_build_log(log)
            tables = [table for table in tables if table not in PUBLISHED]
        history = BuildLog(self.location).history()
        conditions = [self._inspect(table, history) for table in tables if table != BUILDS]
        for condition in conditions:
            if condition.table.layer == "bronze" and condition.damage and condition.table not in self.chosen:
                raise condition.error(self.location.address)
        needed = [condition for condition in conditions if not condition.is_sound or condition.foreign or condition.table in self.chosen]
        self._withdraw(history, {condition.table.full_name for condition in needed})
        for condition in needed:
            self._repair(condition, history)
        return RepairPlan(self.rebuild, frozenset(self.lost))

    def _inspect(self, table: Table, history: BuildHistory) -> Condition:
        return inspect_table(self.location, table, history.versions.get(table.full_name))

    def _withdraw(self, history: BuildHistory, names: set[str]) -> None:
        """Withdraw interrupted builds of these tables: their staged rows may be damaged too, and the build computes them again.

        What such a build has committed to other tables is undone: the next build would publish it.
        """
        for run_id, plans in history.unfinished.items():
            if names & {plan.table for plan in plans}:
                for name in sorted({plan.table for plan in plans} - names):
                    self._take_back(TABLES[name], history.versions.get(name))
                BuildLog(self.location).record(run_id, "withdrawn", [(plan, None) for plan in plans])
                self.notify(f"withdrew the interrupted build {run_id}")

    def _take_back(self, table: Table, published: int | None) -> None:
        """Undo commits to a sound table that were never published."""
        found = open_table(self.location, table)
        if published is None:
            self._move_table(table)
        elif found is not None and found.version() > published:
            self._restore(table, published)

    def _repair(self, condition: Condition, history: BuildHistory) -> None:
        table = condition.table
        if table.layer == "bronze":
            self._repair_bronze(condition)
        elif condition.foreign and not condition.damage:
            self._undo(condition)
        elif table == QUALITY_RESULTS:
            self._move_table(table)
            self.notify(f"{_reason(condition)}. Lost: the results of earlier checks; bounds of drift are learned again")
        elif condition.published is not None:
            self._rebuild(table, history)
            self.notify(f"{_reason(condition)}. It is rebuilt")
        elif condition.damage:
            self._move_table(table)
            self.notify(f"{condition.problem()}. It was never published and is built")

    def _rebuild(self, table: Table, history: BuildHistory) -> None:
        self._move_table(table)
        self.lost.add(table.full_name)
        # The records in quarantine are written by the jobs of the tables that they were meant for.
        sources = [source for source in COMPUTED if source.layer == "silver"] if table == QUARANTINE else [table]
        for source in sources:
            if days := history.days(source.full_name):
                self.rebuild[source.full_name] = days

    def _undo(self, condition: Condition) -> None:
        """Make the published version the newest one again: a commit that restores its files, its columns and its comments."""
        table, published = condition.table, condition.published
        assert published is not None
        version = self._restore(table, published)
        self.notify(f"{condition.problem()}. Undone: version {version} has the rows of version {published} again")

    def _restore(self, table: Table, published: int) -> int:
        """Publish a commit that restores a version of a table; returns its version."""
        with report_damage(self.location.address, table):
            found = DeltaTable(self.location.path_of(table), storage_options=dict(self.location.storage))
            found.restore(published, commit_properties=our_commit("restore"))
            found.update_incremental()
        BuildLog(self.location).record_version(table, found.version())
        return found.version()

    def _replace_build_log(self, condition: Condition) -> None:
        """Move the build log and all tables away whose versions it recorded; they are rebuilt for every snapshot that they contain.

        A new log names these snapshots before the tables are moved, so that a repair that is killed can be run again.
        """
        stored = {table: stored_days(self.location, table) for table in COMPUTED}
        days = sorted({day for of_table in stored.values() for day in of_table})
        lost_versions = {table: _next_version(self.location, table) for table in PUBLISHED if _exists(self.location, table)}
        self._move_table(BUILDS)
        lost = [(table, day) for table in lost_versions for day in stored.get(table) or days]
        if lost:
            plans = [(PublishPlan(table.full_name, str(day), (), (), {}), lost_versions[table]) for table, day in lost]
            BuildLog(self.location).record(f"lost {self.begun:%Y%m%dT%H%M%S}", "published", plans)
        for table in PUBLISHED:
            self._move_table(table)
        self.rebuild |= {table.full_name: of_table or days for table, of_table in stored.items()}
        self.lost |= {table.full_name for table in PUBLISHED}
        self.notify(f"{_reason(condition)}. All tables of silver and gold are rebuilt")

    def _repair_bronze(self, condition: Condition) -> None:
        """Keep the intact files of a bronze table, and say what is lost."""
        table = condition.table
        try:
            found = open_table(self.location, table)
            with report_damage(self.location.address, table):
                wrong = (
                    [] if found is None else [*wrong_files(found, self.location, table), *_unreadable_files(found, self.location, table)]
                )
                if found is not None and wrong:
                    self._remove_files(found, table, wrong)
        except DamagedTable:
            self._move_table(table)
            lost = "all its rows"
        else:
            if not wrong:
                self.notify(f"{table.full_name}: every file can be read, nothing is lost")
                return
            rows = sum(file.rows or 0 for file in {file.path: file for file in wrong}.values())
            lost = f"{rows:,} rows in {len({file.path for file in wrong})} file(s), {wrong[0].path} for one"
        self.notify(
            f"{table.full_name}: lost are {lost}. What is left of them is in {self._folder}."
            f" Fetch the present state before the next build: hublake crawl {crawled_by(table)}"
        )

    def _remove_files(self, found: DeltaTable, table: Table, wrong: Sequence[WrongFile]) -> None:
        """Move files away, and have the log forget them."""
        path = f"{table.layer}/{table.name}"
        for file in wrong:
            self._move(f"{path}/{file.path}")
        found.repair(commit_properties=our_commit("repair"))

    @property
    def _folder(self) -> str:
        return f"_damaged/{self.begun:%Y%m%dT%H%M%S%fZ}"

    def _move_table(self, table: Table) -> None:
        self._move(f"{table.layer}/{table.name}")

    def _move(self, path: str) -> None:
        """Move a file or folder of the warehouse to the folder of damaged ones, if it exists."""
        with report_damage(self.location.address):
            if is_local(self.location.address):
                source, target = Path(self.location.address) / path, Path(self.location.address) / self._folder / path
                if source.exists() or source.is_symlink():
                    target.parent.mkdir(parents=True, exist_ok=True)
                    source.rename(target)
                return
            store = fs.PyFileSystem(DeltaStorageHandler(self.location.address, dict(self.location.storage)))
            names = [info.path for info in store.get_file_info(fs.FileSelector(path, recursive=True, allow_not_found=True)) if info.is_file]
            # The log last: a table with half of its files and no log would pass for one that never existed.
            for name in sorted(names, key=lambda name: name.startswith(f"{path}/_delta_log/")) or [path]:
                if store.get_file_info(name).is_file:
                    store.move(name, f"{self._folder}/{name}")


def _reason(condition: Condition) -> str:
    return condition.problem() if condition.damage else f"{condition.table.full_name} was named"


def stored_days(location: Location, table: Table) -> list[date]:
    """The snapshots in a table, from its log; none if it cannot be read or has no such partitions."""
    try:
        found = open_table(location, table)
        with report_damage(location.address, table):
            partitions = found.partitions() if found is not None and "snapshot_date" in table.partitioned_by else []
    except DamagedTable:
        return []
    return sorted({date.fromisoformat(str(partition["snapshot_date"])) for partition in partitions})


def _next_version(location: Location, table: Table) -> int:
    """A version that a table does not have: recorded as published, it marks the table as lost."""
    try:
        found = open_table(location, table)
    except DamagedTable:
        return 0
    return 0 if found is None else found.version() + 1


def _unreadable_files(found: DeltaTable, location: Location, table: Table) -> list[WrongFile]:
    """The files of a table that cannot be read to their end. Reads the whole table.

    Other errors of reading pass through: a file that this user may not read, or a store that does not respond, is no damage.
    """
    files = fs.PyFileSystem(DeltaStorageHandler.from_table(found._table))
    actions = found.get_add_actions(flatten=True)
    wrong = []
    for name, rows in zip(actions["path"].to_pylist(), actions["num_records"].to_pylist(), strict=True):
        path = unquote(name)
        try:
            with files.open_input_file(path) as source:
                for _ in pq.ParquetFile(source).iter_batches():
                    pass
        except (pa.ArrowException, OSError) as error:
            if not isinstance(explain(error, location.address, table), DamagedTable):
                raise
            wrong.append(WrongFile(path, str(error), rows))
    return wrong
