"""Compare a table with what Hublake published: every file present and whole, and no commit of anyone else. No JVM, no data read."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from urllib.parse import unquote

from deltalake import DeltaTable
from deltalake.fs import DeltaStorageHandler
from pyarrow import fs

from hublake.lake.delta.damage import remedy, report_damage
from hublake.lake.delta.tables import STEP, commit_history, open_table
from hublake.lake.errors import DamagedTable, MissingTable, UnusableWarehouse
from hublake.lake.paths import Location, is_local
from hublake.lake.schema import Table

# Operations that change no row, in every engine.
SAME_ROWS = frozenset({"OPTIMIZE", "VACUUM START", "VACUUM END"})
PARQUET_MAGIC = b"PAR1"  # the first and the last four bytes of a Parquet file


@dataclass(frozen=True)
class ForeignCommit:
    """A commit to a published table that no command of Hublake made."""

    version: int
    operation: str
    author: str
    time: datetime

    @property
    def changes_rows(self) -> bool:
        return self.operation not in SAME_ROWS

    def __str__(self) -> str:
        return f"version {self.version} ({self.operation} by {self.author} at {self.time:%Y-%m-%d %H:%M} UTC)"


@dataclass(frozen=True)
class WrongFile:
    """A data file that the log names and that is missing or not as it was written; `rows` is null where the log does not say."""

    path: str
    problem: str
    rows: int | None


@dataclass(frozen=True)
class Condition:
    """The state of a table: `damage` in words, empty if the published rows are complete, and later commits of others."""

    table: Table
    published: int | None
    damage: str = ""
    foreign: tuple[ForeignCommit, ...] = ()

    @property
    def is_sound(self) -> bool:
        return not self.damage and not self.changes

    @property
    def changes(self) -> tuple[ForeignCommit, ...]:
        """The commits of others that may have changed rows or columns."""
        return tuple(commit for commit in self.foreign if commit.changes_rows)

    def problem(self) -> str:
        """What is wrong, in a sentence without remedy; for a sound table what others did with it."""
        if self.damage:
            return f"{self.table.full_name} is damaged: {self.damage}"
        commits = ", ".join(map(str, self.changes or self.foreign))
        return f"{self.table.full_name} has commits that are not Hublake's: {commits}"

    def error(self, address: str) -> DamagedTable:
        return DamagedTable(f"{self.problem()}. {remedy(self.table, address)}")


def inspect_table(location: Location, table: Table, published: int | None) -> Condition:
    """Compare a table with its published version; None for a table that no build publishes, which is compared with its own log.

    Raises UnusableWarehouse if this user may not read it.
    """
    try:
        latest = open_table(location, table)
        if latest is None:
            return Condition(table, published, "" if published is None else f"it is missing from {location.path_of(table)}")
        if published is None or published == latest.version():
            return Condition(table, published, _file_damage(latest, location, table))
        if published > latest.version():
            ends = f"its log at {location.path_of(table)} ends at version {latest.version()}, but version {published} was published"
            return Condition(table, published, ends)
        foreign = tuple(foreign_commits(latest, published))
        at_published = open_table(location, table, version=published)
        assert at_published is not None
        return Condition(table, published, _file_damage(at_published, location, table), foreign)
    except UnusableWarehouse:
        raise
    except (DamagedTable, MissingTable) as error:
        return Condition(table, published, f"{error.__cause__ or error}".partition("\n")[0][:200])


def foreign_commits(latest: DeltaTable, published: int) -> Iterator[ForeignCommit]:
    """The commits after the published version that are not ours, newest first."""
    for commit in commit_history(latest):
        if commit["version"] <= published:
            return
        if not _is_ours(commit):
            author = commit.get("userName") or commit.get("engineInfo") or commit.get("clientVersion") or "an engine that gives no name"
            time = datetime.fromtimestamp(commit.get("timestamp", 0) / 1000, UTC)
            yield ForeignCommit(commit["version"], str(commit.get("operation", "unknown operation")), str(author), time)


def _is_ours(commit: Mapping[str, Any]) -> bool:
    return f'"{STEP}"' in str(commit.get("userMetadata") or "")


def _file_damage(found: DeltaTable, location: Location, table: Table) -> str:
    with report_damage(location.address, table):
        next(commit_history(found), None)  # delta-rs reads the rows of a table without noticing a commit that is not one
        sizes = _stored_sizes(found)
        wrong = [*_empty_commits(sizes), *_wrong_files(found, sizes, location, table)]
    if not wrong:
        return ""
    others = f" and {len(wrong) - 1} more" if len(wrong) > 1 else ""
    return f"{location.path_of(table)}/{wrong[0].path} {wrong[0].problem}{others}"


def wrong_files(found: DeltaTable, location: Location, table: Table) -> list[WrongFile]:
    """The files of a table's version that are missing, or whose size or, on a local disk, first or last bytes are not a Parquet file's."""
    return list(_wrong_files(found, _stored_sizes(found), location, table))


def _stored_sizes(found: DeltaTable) -> dict[str, int]:
    """The size of each file below a table's folder, by its path in there."""
    files = fs.PyFileSystem(DeltaStorageHandler.from_table(found._table))
    return {info.path: info.size for info in files.get_file_info(fs.FileSelector("", recursive=True)) if info.is_file}


def _empty_commits(sizes: Mapping[str, int]) -> Iterator[WrongFile]:
    """Commits of no bytes: delta-rs skips them, with the rows that they added."""
    commits = sorted(path for path in sizes if path.startswith("_delta_log/") and path.endswith(".json"))
    return (WrongFile(path, "is empty", None) for path in commits if sizes[path] == 0)


def _wrong_files(found: DeltaTable, sizes: Mapping[str, int], location: Location, table: Table) -> Iterator[WrongFile]:
    actions = found.get_add_actions(flatten=True)
    named = zip(actions["path"].to_pylist(), actions["size_bytes"].to_pylist(), actions["num_records"].to_pylist(), strict=True)
    folder = Path(location.path_of(table)) if is_local(location.address) else None
    checked = ((path := unquote(name), _file_problem(path, sizes.get(path), size, folder), rows) for name, size, rows in named)
    return (WrongFile(path, problem, rows) for path, problem, rows in checked if problem)


def _file_problem(path: str, size: int | None, logged: int, folder: Path | None) -> str:
    """What is wrong with a data file; empty if nothing is."""
    if size is None:
        return "is missing"
    if size != logged:
        return f"has {size:,} bytes instead of {logged:,}"
    if folder is not None and not _has_parquet_frame(folder / path):
        return "is not a Parquet file"
    return ""


def _has_parquet_frame(path: Path) -> bool:
    with path.open("rb") as file:
        begin = file.read(len(PARQUET_MAGIC))
        file.seek(-len(PARQUET_MAGIC), 2)
        return begin == file.read() == PARQUET_MAGIC
