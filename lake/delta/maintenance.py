"""Maintenance of a warehouse: compact small files into large ones (OPTIMIZE) and remove unused files (VACUUM)."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from uuid import uuid4

from hublake.lake.delta.builds import BuildLog, PublishPlan
from hublake.lake.delta.tables import compact, open_table
from hublake.lake.errors import HublakeError, MissingTable
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

    Raises HublakeError if an interrupted build is not finished yet: its tables belong together. With `must_exist`, raises MissingTable
    for a table that the warehouse lacks.
    """
    log = BuildLog(location)
    if log.history().unfinished:
        raise HublakeError(f"{location.address}: an interrupted build waits to be published. Finish it first: hublake build")
    for table in tables:
        found = open_table(location, table)
        if found is None:
            if must_exist:
                raise MissingTable(f"{table.full_name} is not in the warehouse {location.address}. Build it: hublake build")
            continue
        compacted = compact(found, table)
        published = log.history().versions.get(table.full_name)
        if published is not None and published != found.version():
            _record_version(log, table, found.version())
        removed = found.vacuum(retention_hours=keep_hours, dry_run=False, full=True)
        actions = found.get_add_actions(flatten=True)
        sizes, rows = actions["size_bytes"].to_pylist(), actions["num_records"].to_pylist()
        yield OptimisedTable(table, found.version(), len(sizes), sum(sizes), sum(rows), compacted, len(removed))


def _record_version(log: BuildLog, table: Table, version: int) -> None:
    """Publish the compacted version. The rows are the same in other files, so the table's last build is recorded again."""
    last = log.history().last_published(table.full_name)
    commit = {"rows": last["row_count"], "set_aside": last["set_aside"], "fingerprint": last["fingerprint"]}
    plan = PublishPlan(table.full_name, str(last["snapshot_date"]), (), (), commit)
    log.record(uuid4().hex[:12], "published", [(plan, version)])
