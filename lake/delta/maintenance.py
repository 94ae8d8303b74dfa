"""Compaction and VACUUM of a warehouse: small files into large ones, old files away."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from uuid import uuid4

from deltalake import CommitProperties, DeltaTable
from deltalake.exceptions import CommitFailedError

from hublake.lake.delta.builds import Journal, Plan
from hublake.lake.delta.records import Storage, opened
from hublake.lake.errors import HublakeError, MissingTable
from hublake.lake.schema import Table

ATTEMPTS = 3


@dataclass(frozen=True)
class Cared:
    """One table afterwards: its version, files and rows, and what was done to it."""

    table: Table
    version: int
    files: int
    stored_bytes: int
    rows: int
    compacted: int
    removed: int


def cared(address: str, storage: Storage, tables: Sequence[Table], keep_hours: int, *, must_be_there: bool = False) -> Iterator[Cared]:
    """Each table as it is after its care; readers by gold.builds go on to the compacted version.

    Raises HublakeError where a build that was interrupted waits to be finished: its tables belong together.
    """
    journal = Journal(address, storage)
    if journal.unfinished():
        raise HublakeError(f"{address}: an interrupted build waits to be published. Finish it first: hublake build")
    for table in tables:
        found = opened(table.path(address), storage)
        if found is None:
            if must_be_there:
                raise MissingTable(f"{table.full_name} is not in the warehouse {address}. Make it: hublake build")
            continue
        compacted = _compacted(found, table)
        version, known = found.version(), journal.versions()
        if table.full_name in known and known[table.full_name] != version:
            _note(journal, table, version)
        removed = found.vacuum(retention_hours=keep_hours, dry_run=False, full=True)
        actions = found.get_add_actions(flatten=True)
        sizes, rows = actions["size_bytes"].to_pylist(), actions["num_records"].to_pylist()
        yield Cared(table, version, len(sizes), sum(sizes), sum(rows), compacted, len(removed))


def _compacted(found: DeltaTable, table: Table) -> int:
    """How many files became fewer; another writer at the same moment is waited out."""
    for attempt in range(ATTEMPTS):
        try:
            return int(found.optimize.compact(commit_properties=CommitProperties(max_commit_retries=5))["numFilesRemoved"])
        except CommitFailedError as error:
            if attempt + 1 == ATTEMPTS:
                raise HublakeError(f"{table.full_name} is being written: {error}. Run hublake optimise again afterwards") from error
            found.update_incremental()
    raise AssertionError("the last attempt returns or raises")


def _note(journal: Journal, table: Table, version: int) -> None:
    """The rows are the same, in other files: the last build of the table is told again, at the new version."""
    last = [row for row in journal.rows if row["table_name"] == table.full_name and row["state"] == "published"][-1]
    told = {"rows": last["row_count"], "set_aside": last["set_aside"], "fingerprint": last["fingerprint"]}
    plan = Plan(table.full_name, str(last["snapshot_date"]), (), (), told)
    journal.note(uuid4().hex[:12], "published", [(plan, version)])
