"""Stream the rows of a Delta table in small batches, in constant memory and without reading ahead."""

from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager
from urllib.parse import unquote

import pyarrow as pa
import pyarrow.dataset as ds
import pyarrow.parquet as pq
from deltalake import DeltaTable

from hublake.lake.delta.damage import report_damage
from hublake.lake.schema import TABLES

BATCH_ROWS = 512  # card bodies of about 34 kB make batches of 17 MB
BUFFER_BYTES = 1 << 20  # read from a column in one request
FILTER_COLUMNS = ("crawl_id", "snapshot_date", "repo_type", "status", "run_id")  # columns that a filter may use


def scan_batches(table: DeltaTable, columns: Sequence[str], where: ds.Expression | None = None) -> Iterator[pa.RecordBatch]:
    """Yield the rows in batches of at most BATCH_ROWS; `where` may use FILTER_COLUMNS only.

    Memory does not grow with the table, and a caller may stop early, because nothing is read ahead. Arrow's own scanner reads ahead in
    threads that need the lock of the Python interpreter. Dropping such a scan waits for these threads while holding that lock: it can
    deadlock, or abort a process that is about to exit.

    Raises DamagedTable if a file cannot be read.
    """
    with reading(table):
        yield from _scan(table, columns, where)


def reading(table: DeltaTable) -> AbstractContextManager[None]:
    """`report_damage` for a block that reads an open table."""
    address, layer, name = unquote(table.table_uri).removeprefix("file://").rstrip("/").rsplit("/", 2)
    return report_damage(address, TABLES.get(f"{layer}.{name}"))


def _scan(table: DeltaTable, columns: Sequence[str], where: ds.Expression | None) -> Iterator[pa.RecordBatch]:
    dataset = table.to_pyarrow_dataset()
    schema = dataset.schema
    wanted = dict.fromkeys((*columns, *(FILTER_COLUMNS if where is not None else ())))
    read = pa.schema([schema.field(name) for name in wanted if name in schema.names])
    for fragment in dataset.get_fragments(where):
        for batch in _fragment_batches(fragment, read):
            found = pa.Table.from_batches([batch])
            yield from (found if where is None else found.filter(where)).select(list(columns)).to_batches()


def _fragment_batches(fragment: ds.ParquetFileFragment, schema: pa.Schema) -> Iterator[pa.RecordBatch]:
    """Yield the rows of one file. Columns that were added later than the file are null; partition columns are taken from its path."""
    partition_values = ds.get_partition_keys(fragment.partition_expression)
    with fragment.filesystem.open_input_file(fragment.path) as source:
        file = pq.ParquetFile(source, buffer_size=BUFFER_BYTES)
        stored = [name for name in schema.names if name in file.schema_arrow.names]
        for batch in file.iter_batches(BATCH_ROWS, columns=stored, use_threads=False):
            absent = {field: pa.scalar(partition_values.get(field.name), field.type) for field in schema if field.name not in stored}
            for field, value in absent.items():
                batch = batch.append_column(field, pa.repeat(value, batch.num_rows))
            yield batch.select(schema.names).cast(schema)
