"""Bronze tables on disk, through delta-rs alone: the Arrow schema of a declaration, appends, and streaming reads."""

import random
import secrets
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import pyarrow as pa
import pyarrow.dataset as ds
import pyarrow.parquet as pq
from deltalake import CommitProperties, DeltaTable, Transaction, WriterProperties, write_deltalake
from deltalake.exceptions import CommitFailedError, TableNotFoundError

from hublake.lake.errors import MissingTable, ShardTaken
from hublake.lake.schema import Table
from hublake.lake.settings import Settings

ARROW_TYPES: Mapping[str, pa.DataType] = {
    "string": pa.string(),
    "binary": pa.binary(),
    "boolean": pa.bool_(),
    "integer": pa.int32(),
    "long": pa.int64(),
    "double": pa.float64(),
    "date": pa.date32(),
    "timestamp": pa.timestamp("us", tz="UTC"),
    "array<string>": pa.list_(pa.string()),
    "array<long>": pa.list_(pa.int64()),
}

# Appends never contradict each other: a conflict only means that another worker's commit came first.
COMMIT_ATTEMPTS = 8
READ_ROWS = 512  # of a batch: bodies of some 34 kB make 17 MB
READ_BYTES = 1 << 20  # of a column at a time
CONDITIONS = ("crawl_id", "snapshot_date", "repo_type", "status")  # columns by which rows are chosen

Row = Mapping[str, Any]


def arrow_schema(table: Table) -> pa.Schema:
    """Columns of the declaration with their comments; all nullable, since the gate, not the file format, refuses nulls."""
    return pa.schema([pa.field(c.name, ARROW_TYPES[c.type], metadata={b"comment": c.comment.encode()}) for c in table])


@dataclass(frozen=True)
class Batch:
    """One append among those of one writer, numbered from 1. `run` tells processes apart that write as the same writer."""

    writer: str
    number: int
    run: str


def append(config: Settings, table: Table, rows: Sequence[Row], metadata: Mapping[str, str], batch: Batch | None = None) -> None:
    """Add the rows in one commit that carries `metadata`; makes the table where it is missing.

    With `batch` the rows land one time, however often this is called: the commit moves the writer's Delta transaction on by one.
    Raises ShardTaken where another process has already done so.
    """
    data = pa.Table.from_pylist([dict(row) for row in rows], schema=arrow_schema(table))
    for attempt in range(COMMIT_ATTEMPTS):
        try:
            into = _made(config, table)  # which two may do at once
            if batch is None or not _has_landed(into, batch):
                _write(into, data, metadata, batch)
            return
        except CommitFailedError:
            if attempt + 1 == COMMIT_ATTEMPTS:
                raise
            time.sleep(random.uniform(0.1, 0.2 * 2**attempt))  # noqa: S311  # no secret


def _write(into: DeltaTable, data: pa.Table, metadata: Mapping[str, str], batch: Batch | None) -> None:
    known = {field.name for field in into.schema().fields}
    told = dict(metadata) if batch is None else {**metadata, "batch": str(batch.number), "run": batch.run}
    write_deltalake(
        into,
        data,
        mode="append",
        schema_mode=None if known >= set(data.column_names) else "merge",  # a warehouse older than a column of the declaration
        writer_properties=WriterProperties(compression="ZSTD"),
        commit_properties=CommitProperties(
            custom_metadata=told,
            max_commit_retries=15,
            app_transactions=None if batch is None else [Transaction(batch.writer, batch.number)],
        ),
    )


def _has_landed(table: DeltaTable, batch: Batch) -> bool:
    """Whether this very batch is in the table, as after a commit whose answer was lost; ShardTaken where it is another process's."""
    if (table.transaction_version(batch.writer) or 0) < batch.number:
        return False
    if any(commit.get("run") == batch.run and commit.get("batch") == str(batch.number) for commit in commits(table)):
        return True
    raise ShardTaken(f"another process writes as {batch.writer}. Let one of the two end; what they stored is whole.")


def commits(table: DeltaTable) -> Iterator[Mapping[str, Any]]:
    """What each commit says of itself, newest first; reads no more of the log than is asked for."""
    done, limit = 0, 8
    while True:
        found = table.history(limit)
        yield from found[done:]
        if len(found) < limit:
            return
        done, limit = limit, limit * 4


class Appends:
    """The appends of one run, by table: each batch lands once, whatever becomes of an answer, and no other process comes between."""

    def __init__(self, config: Settings, metadata: Mapping[str, str], last: Mapping[Table, int] | None = None) -> None:
        """`metadata` names crawl, spider and shard; `last` are batches that the caller has read beside what they hold."""
        self._config, self._metadata = config, metadata
        self._writer = "/".join((metadata["crawl_id"], metadata["spider"], metadata["shard"]))
        self._run = secrets.token_hex(8)
        self._last = dict(last or {})

    def begin(self, *tables: Table) -> None:
        """Note how far the tables are. Call it before reading what they hold: what comes after is then another process's."""
        for table in tables:
            found = opened(self._config, table)
            self._last.setdefault(table, 0 if found is None else found.transaction_version(self._writer) or 0)

    def append(self, table: Table, rows: Sequence[Row], place: Mapping[str, str]) -> None:
        """The next batch, with the crawl's place once its rows are there."""
        self.begin(table)
        number = self._last[table] + 1
        append(self._config, table, rows, {**self._metadata, **place}, Batch(self._writer, number, self._run))
        self._last[table] = number


def _made(config: Settings, table: Table) -> DeltaTable:
    path = table.path(config.warehouse)
    found = opened(config, table)
    if found is not None:
        return found
    bodyless = [c.name for c in table if c.name != "body" and c.name not in table.partitioned_by]
    return DeltaTable.create(
        path,
        arrow_schema(table),
        mode="ignore",
        partition_by=list(table.partitioned_by),
        name=table.name,
        description=table.comment,
        # The smallest and largest body of a file tell nobody anything and would swell the log.
        configuration={"delta.dataSkippingStatsColumns": ",".join(bodyless)},
        storage_options=dict(config.storage) or None,
    )


def opened(config: Settings, table: Table) -> DeltaTable | None:
    """The table at its last version; None where the warehouse holds none."""
    try:
        return DeltaTable(table.path(config.warehouse), storage_options=dict(config.storage) or None)
    except TableNotFoundError:
        return None


def existing(config: Settings, table: Table, remedy: str) -> DeltaTable:
    """The table at its last version, or MissingTable with what to do about it."""
    found = opened(config, table)
    if found is None:
        raise MissingTable(f"{table.full_name} is not in the warehouse {config.warehouse}. {remedy}")
    return found


def batches(table: DeltaTable, columns: Sequence[str], where: ds.Expression | None = None) -> Iterator[pa.RecordBatch]:
    """The rows, a few hundred at a time, each read when it is asked for; `where` may speak of CONDITIONS alone.

    Memory does not grow with the table, and a reader may stop half-way: nothing is read ahead. Arrow's scanner does that in threads
    that need the interpreter, and a scan that is dropped waits for them while it holds the interpreter itself: sometimes for ever.
    """
    dataset = table.to_pyarrow_dataset()
    schema = dataset.schema
    read = pa.schema([schema.field(name) for name in dict.fromkeys((*columns, *CONDITIONS)) if name in schema.names])
    for fragment in dataset.get_fragments(where):
        for batch in _batches_of(fragment, read):
            found = pa.Table.from_batches([batch])
            yield from (found if where is None else found.filter(where)).select(list(columns)).to_batches()


def _batches_of(fragment: ds.ParquetFileFragment, schema: pa.Schema) -> Iterator[pa.RecordBatch]:
    """The rows of one file: columns that it is older than are null, those that it is partitioned by stand in its path."""
    fixed = ds.get_partition_keys(fragment.partition_expression)
    with fragment.filesystem.open_input_file(fragment.path) as source:
        file = pq.ParquetFile(source, buffer_size=READ_BYTES)
        there = [name for name in schema.names if name in file.schema_arrow.names]
        for batch in file.iter_batches(READ_ROWS, columns=there, use_threads=False):
            absent = {field: pa.scalar(fixed.get(field.name), field.type) for field in schema if field.name not in there}
            for field, value in absent.items():
                batch = batch.append_column(field, pa.repeat(value, batch.num_rows))
            yield batch.select(schema.names).cast(schema)
