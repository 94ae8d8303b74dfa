"""`hublake optimise`: small files into large ones, old files away, a line of figures per table. Through delta-rs, without a JVM."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from uuid import uuid4

import click
from deltalake import CommitProperties, DeltaTable
from deltalake.exceptions import CommitFailedError
from rich.console import Console
from rich.table import Table as Grid

from lake import settings as layers
from lake.errors import HublakeError, MissingTable
from lake.options import WAREHOUSE
from lake.places import require_warehouse
from lake.tables import TABLES, Table, find_table
from spark_jobs.journal import Journal, Plan
from spark_jobs.records import Storage, opened

ATTEMPTS = 3
WEEK_HOURS = 7 * 24  # readers that began on an older version, and crawls that are still writing, end well within it


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


@click.command(short_help="Small files into large ones, old files away.")
@click.argument("tables", nargs=-1, metavar="[TABLE]...")
@WAREHOUSE
@click.option(
    "--keep-hours",
    default=WEEK_HOURS,
    show_default=True,
    type=click.IntRange(WEEK_HOURS),
    help="Files that no version of the last hours needs go.",
)
def optimise(tables: tuple[str, ...], warehouse: str | None, keep_hours: int) -> None:
    """Compact the named tables (all if none is named), remove files that no reader can need any more, and say what is there.

    \b
    Example:
      hublake optimise listings cards --warehouse demo/warehouse
    """
    wanted = [find_table(name) for name in tables]
    settings = layers.load(flags={"warehouse": warehouse})
    require_warehouse(settings.warehouse)
    grid = Grid("table", "version", "rows", "files", "MB", "files made one", "files removed", box=None, header_style="bold")
    for done in cared(settings.warehouse, settings.storage, wanted or list(TABLES.values()), keep_hours, must_be_there=bool(wanted)):
        counts = (done.version, done.rows, done.files, round(done.stored_bytes / 1e6, 1), done.compacted, done.removed)
        grid.add_row(done.table.full_name, *[f"{count:,}" for count in counts])
    Console(highlight=False).print(grid)


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
