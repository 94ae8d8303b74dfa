"""Open, create and append to the Delta tables of a warehouse through delta-rs, without Spark."""

import json
import random
import secrets
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any, TypeVar
from urllib.parse import unquote

import pyarrow as pa
from deltalake import CommitProperties, DeltaTable, Transaction, WriterProperties, write_deltalake
from deltalake.exceptions import CommitFailedError, TableNotFoundError

from hublake.lake.delta.arrow import arrow_schema
from hublake.lake.delta.damage import damaged, reading, report_damage
from hublake.lake.errors import HublakeError, MissingTable, ShardTaken
from hublake.lake.paths import Location, is_local
from hublake.lake.schema import Table

Row = Mapping[str, Any]
Result = TypeVar("Result")

COMMIT_ATTEMPTS = 8  # ours, with a pause between them
COMMIT_RETRIES = 15  # within one attempt, by delta-rs itself
FIRST_PAUSE_SECONDS = 0.1  # upper bound; it doubles with each attempt
LARGE_COLUMNS = frozenset({"body", "plan"})
MAINTENANCE = ("OPTIMIZE", "VACUUM")  # the operations that change a table's files, but no rows, begin with these words
HISTORY_PAGE = 8  # commits; each further page of the history is four times as long
STEP = "step"  # a key in the userMetadata of each of our commits to a published table
FIND_LIMIT = 100  # newest commits that find_commit searches


def our_commit(step: str, **properties: Any) -> CommitProperties:
    """Properties of a commit that changes no rows, or back to published rows: they mark it as one of Hublake's."""
    return CommitProperties(custom_metadata={"userMetadata": json.dumps({STEP: step})}, **properties)


def open_table(location: Location, table: Table, *, version: int | None = None, folder: str = "") -> DeltaTable | None:
    """Open a table at its latest version unless another is given; None if it does not exist.

    `folder` opens a Delta table staged in a folder below the table. The function does not call `DeltaTable.is_deltatable`
    first: that call blocks all Python threads for as long as an object store keeps it waiting.

    Raises DamagedTable if the log is damaged or gone, UnusableWarehouse if this user may not read it.
    """
    path = f"{location.path_of(table)}/{folder}".rstrip("/")
    with report_damage(location.address, table):
        try:
            return DeltaTable(path, version=version, storage_options=dict(location.storage))
        except TableNotFoundError:
            pass
    if is_local(location.address) and not folder:
        _require_no_remains(location, table, Path(path))
    return None


def _require_no_remains(location: Location, table: Table, path: Path) -> None:
    """Raise DamagedTable if there is no Delta log but a file in place of the table, or data files that a log once named."""
    if path.is_file() or path.is_symlink():
        raise damaged(table, location.address, f"{path} is a {'file' if path.is_file() else 'link to nothing'} instead of a folder")
    staged = path / "staged"  # files of builds that have not been published
    if any(staged not in file.parents for file in path.rglob("*.parquet")):
        raise damaged(table, location.address, f"{path} has data files but no Delta log")


def require_table(location: Location, table: Table, remedy: str) -> DeltaTable:
    """Open a table at its latest version. Raises MissingTable with the `remedy` if it does not exist."""
    found = open_table(location, table)
    if found is None:
        raise MissingTable(f"{table.full_name} is not in the warehouse {location.address}. {remedy}")
    return found


def open_or_create(location: Location, table: Table) -> DeltaTable:
    """Open a table, or create it empty from its declaration. Raises CommitFailedError if another writer creates it first."""
    found = open_table(location, table)
    if found is not None:
        return found
    # The minimum and maximum of a large value help no reader and would bloat the log.
    has_large_column = any(column.name in LARGE_COLUMNS for column in table)
    indexed = [c.name for c in table if c.name not in LARGE_COLUMNS and c.name not in table.partitioned_by]
    return DeltaTable.create(
        location.path_of(table),
        arrow_schema(table),
        mode="ignore",
        partition_by=list(table.partitioned_by),
        name=table.name,
        description=table.comment,
        configuration={"delta.dataSkippingStatsColumns": ",".join(indexed)} if has_large_column else None,
        storage_options=dict(location.storage),
    )


def file_paths(found: DeltaTable, location: Location, day: date | None = None) -> list[str]:
    """The data files of a table's version, of one snapshot if given: as paths on a local disk, as addresses in an object store."""
    files = found.file_uris(file_pruning_predicate=None if day is None else [("snapshot_date", "=", str(day))])
    return [unquote(file) for file in files] if is_local(location.address) else files  # delta-rs quotes blanks, for example


def row_count(table: DeltaTable) -> int | None:
    """Return the number of rows that the Delta log records; None if any file lacks the figure."""
    if not table.file_uris():
        return 0
    counts = list(table.get_add_actions(flatten=True)["num_records"].to_pylist())
    return None if None in counts else int(sum(counts))


def retry_commit(table: Table, commit: Callable[[], Result], remedy: str = "Run the command again") -> Result:
    """Call `commit` until it meets no conflict with another writer, with growing random pauses.

    This is the one retry policy for commits through delta-rs. Raises HublakeError with the `remedy` after COMMIT_ATTEMPTS conflicts.
    """
    for attempt in range(COMMIT_ATTEMPTS):
        try:
            return commit()
        except CommitFailedError as error:
            if attempt + 1 == COMMIT_ATTEMPTS:
                raise HublakeError(
                    f"{table.full_name}: other writers committed first, {COMMIT_ATTEMPTS} times: {error}. {remedy}"
                ) from error
            pause = FIRST_PAUSE_SECONDS * 2**attempt
            time.sleep(random.uniform(pause / 2, pause))  # noqa: S311  # not a secret
    raise AssertionError("the last attempt returns or raises")


def compact(found: DeltaTable, table: Table) -> int:
    """Merge small files into large ones; returns how many files were replaced."""

    def commit() -> int:
        found.update_incremental()
        metrics = found.optimize.compact(commit_properties=our_commit("compact", max_commit_retries=COMMIT_RETRIES))
        return int(metrics["numFilesRemoved"])

    return retry_commit(table, commit, "Run hublake optimise again once nothing else writes to it")


@dataclass(frozen=True)
class Batch:
    """One append of a writer, numbered from 1. `run` distinguishes processes that write under the same writer name."""

    writer: str
    number: int
    run: str


def append(location: Location, table: Table, rows: Sequence[Row], metadata: Mapping[str, str], batch: Batch | None = None) -> None:
    """Append rows in one commit that carries `metadata`; creates the table if it does not exist.

    Appends never contradict each other: a conflict only means that another commit came first, so it is retried. With `batch`,
    the append is idempotent: the commit advances the writer's Delta transaction by one, so the rows are stored once however often
    this is called. Raises ShardTaken if another process has advanced the same transaction.
    """
    data = pa.Table.from_pylist([dict(row) for row in rows], schema=arrow_schema(table))

    def commit() -> None:
        target = open_or_create(location, table)  # two writers may create it at the same time
        if batch is None or not _is_stored(target, batch):
            _write(target, data, metadata, batch)

    with report_damage(location.address, table):
        retry_commit(table, commit)


def _write(target: DeltaTable, data: pa.Table, metadata: Mapping[str, str], batch: Batch | None) -> None:
    present = {field.name for field in target.schema().fields}
    custom = dict(metadata) if batch is None else {**metadata, "batch": str(batch.number), "run": batch.run}
    write_deltalake(
        target,
        data,
        mode="append",
        schema_mode=None if present >= set(data.column_names) else "merge",  # the warehouse is older than a declared column
        writer_properties=WriterProperties(compression="ZSTD"),
        commit_properties=CommitProperties(
            custom_metadata=custom,
            max_commit_retries=COMMIT_RETRIES,
            app_transactions=None if batch is None else [Transaction(batch.writer, batch.number)],
        ),
    )


def _is_stored(table: DeltaTable, batch: Batch) -> bool:
    """Whether the table already contains this batch, because a commit succeeded whose response was lost.

    Raises ShardTaken if another process wrote the batch of that number.
    """
    if (table.transaction_version(batch.writer) or 0) < batch.number:
        return False
    if any(commit.get("run") == batch.run and commit.get("batch") == str(batch.number) for commit in commit_history(table)):
        return True
    raise ShardTaken(f"another process writes as {batch.writer}. Stop one of the two; the rows that both stored are complete.")


def commit_history(table: DeltaTable) -> Iterator[Mapping[str, Any]]:
    """Yield the metadata of each commit, newest first; reads only as much of the log as the caller consumes."""
    done, limit = 0, HISTORY_PAGE
    while True:
        with reading(table):
            found = table.history(limit)
        yield from found[done:]
        if len(found) < limit:
            return
        done, limit = limit, limit * 4


def rows_version(table: DeltaTable) -> int:
    """Return the version of the last commit that changed rows: OPTIMIZE and VACUUM change only files."""
    commits = (commit for commit in commit_history(table) if not str(commit.get("operation")).startswith(MAINTENANCE))
    return next((int(commit["version"]) for commit in commits), table.version())


def rows_identity(table: DeltaTable) -> str:
    """Identifies the rows of a table: a table that replaces a damaged one counts its versions from 0, but has another id."""
    return f"{table.metadata().id} {rows_version(table)}"


def find_commit(location: Location, table: Table, token: str) -> int | None:
    """Return the newest version whose commit has `token` in its userMetadata; None if the last FIND_LIMIT commits do not."""
    found = open_table(location, table)
    with report_damage(location.address, table):
        commits = [] if found is None else found.history(FIND_LIMIT)
    return next((int(commit["version"]) for commit in commits if token in (commit.get("userMetadata") or "")), None)


class BatchWriter:
    """Idempotent appends of one run, to any number of tables.

    Each batch is stored once, even if the response to its commit is lost. If a second process uses the same writer name, one of the
    two fails with ShardTaken.
    """

    def __init__(self, location: Location, identity: Mapping[str, str], last: Mapping[Table, int] | None = None) -> None:
        """`identity` names crawl, spider and shard; `last` is the number of the last batch of each table that the caller has read."""
        self._location, self._identity = location, identity
        self._writer = "/".join((identity["crawl_id"], identity["spider"], identity["shard"]))
        self._run = secrets.token_hex(8)
        self._last = dict(last or {})

    def begin(self, *tables: Table) -> None:
        """Record the last batch of each table. Call it before reading the tables: a later batch proves a second writer of this name."""
        for table in tables:
            found = open_table(self._location, table)
            self._last.setdefault(table, 0 if found is None else found.transaction_version(self._writer) or 0)

    def append(self, table: Table, rows: Sequence[Row], checkpoint: Mapping[str, str]) -> None:
        """Append the next batch; `checkpoint` is the state of the crawl once its rows are stored, and goes into the same commit."""
        self.begin(table)
        number = self._last[table] + 1
        append(self._location, table, rows, {**self._identity, **checkpoint}, Batch(self._writer, number, self._run))
        self._last[table] = number
