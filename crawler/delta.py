"""Bronze tables on disk, through delta-rs alone: the Arrow schema of a declaration, appends, and streaming reads."""

import random
import time
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import pyarrow as pa
import pyarrow.dataset as ds
from deltalake import CommitProperties, DeltaTable, WriterProperties, write_deltalake
from deltalake.exceptions import CommitFailedError, TableNotFoundError

from lake.errors import MissingTable
from lake.settings import Settings
from lake.tables import Table

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

Row = Mapping[str, Any]


def arrow_schema(table: Table) -> pa.Schema:
    """Columns of the declaration with their comments; all nullable, since the gate, not the file format, refuses nulls."""
    return pa.schema([pa.field(c.name, ARROW_TYPES[c.type], metadata={b"comment": c.comment.encode()}) for c in table])


def append(config: Settings, table: Table, rows: Sequence[Row], metadata: Mapping[str, str]) -> None:
    """Add the rows in one commit that carries `metadata`; makes the table where it is missing."""
    data = pa.Table.from_pylist([dict(row) for row in rows], schema=arrow_schema(table))
    for attempt in range(COMMIT_ATTEMPTS):
        try:
            write_deltalake(
                _made(config, table),
                data,
                mode="append",
                writer_properties=WriterProperties(compression="ZSTD"),
                commit_properties=CommitProperties(custom_metadata=dict(metadata), max_commit_retries=15),
            )
            return
        except CommitFailedError:
            if attempt + 1 == COMMIT_ATTEMPTS:
                raise
            time.sleep(random.uniform(0.1, 0.2 * 2**attempt))  # noqa: S311  # no secret


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
    """The rows, a few hundred at a time and few files ahead, so that memory does not grow with the table."""
    scan_options = ds.ParquetFragmentScanOptions(use_buffered_stream=True, pre_buffer=False)
    scanner = table.to_pyarrow_dataset().scanner(
        columns=list(columns),
        filter=where,
        batch_size=READ_ROWS,
        batch_readahead=1,
        fragment_readahead=1,
        fragment_scan_options=scan_options,
        use_threads=False,
    )
    yield from scanner.to_batches()
