"""Maintenance of a warehouse: compact small files into large ones (OPTIMIZE) and remove unused files (VACUUM)."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from deltalake import DeltaTable

from hublake.lake.delta.builds import BuildHistory, BuildLog
from hublake.lake.delta.damage import missing, report_damage
from hublake.lake.delta.integrity import inspect_table
from hublake.lake.delta.tables import compact, open_table, our_commit
from hublake.lake.errors import HublakeError
from hublake.lake.paths import Location
from hublake.lake.schema import Table


@dataclass(frozen=True)
class OptimisedTable:
    """A table after its maintenance, and how many files were compacted and removed."""

    table: Table
    version: int
    files: int
    stored_bytes: int
    rows: int
    compacted: int
    removed: int


def optimise_tables(location: Location, tables: Sequence[Table], keep_hours: int, *, must_exist: bool = False) -> Iterator[OptimisedTable]:
    """Compact and vacuum each table, and yield its state afterwards. Readers that use the build log move on to the compacted version.

    Raises HublakeError if an interrupted build is not finished yet: its tables belong together; DamagedTable if files are damaged or
    another engine has changed rows, which must not be published. With `must_exist`, raises MissingTable for a table that the warehouse
    lacks.
    """
    log = BuildLog(location)
    require_finished(location, log.history())
    for table in tables:
        found = open_table(location, table)
        if found is None:
            if must_exist:
                raise missing(table, location.address)
            continue
        with report_damage(location.address, table):
            yield _optimise(location, table, found, log, keep_hours)


def require_finished(location: Location, history: BuildHistory) -> None:
    """Raise HublakeError if an interrupted build waits to be published."""
    if history.unfinished:
        raise HublakeError(f"{location.address}: an interrupted build waits to be published. Finish it first: hublake build")


def _optimise(location: Location, table: Table, found: DeltaTable, log: BuildLog, keep_hours: int) -> OptimisedTable:
    published = log.history().versions.get(table.full_name)
    condition = inspect_table(location, table, published)
    if not condition.is_sound:
        raise condition.error(location.address)
    compacted = compact(found, table)
    if published is not None and published != found.version():
        log.record_version(table, found.version())
    removed = found.vacuum(retention_hours=keep_hours, dry_run=False, full=True, commit_properties=our_commit("vacuum"))
    actions = found.get_add_actions(flatten=True)
    sizes, rows = actions["size_bytes"].to_pylist(), actions["num_records"].to_pylist()
    return OptimisedTable(table, found.version(), len(sizes), sum(sizes), sum(rows), compacted, len(removed))
