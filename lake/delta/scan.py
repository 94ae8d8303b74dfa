"""Stream the rows of a Delta table in small batches, in constant memory and without reading ahead."""

from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING
from urllib.parse import unquote

import pyarrow as pa
import pyarrow.fs as fs
import pyarrow.parquet as pq
from deltalake import DeltaTable
from deltalake.fs import DeltaStorageHandler

from hublake.lake.delta.damage import reading
from hublake.lake.delta.dataset import require_readable

if TYPE_CHECKING:
    import pyarrow.dataset as ds  # imports pandas, which takes longer than to read the build log

BATCH_ROWS = 512  # card bodies of about 34 kB make batches of 17 MB
BUFFER_BYTES = 1 << 20  # read from a column in one request
FILTER_COLUMNS = ("crawl_id", "snapshot_date", "repo_type", "status", "run_id")  # columns that a filter may use


def scan_batches(table: DeltaTable, columns: Sequence[str], where: "ds.Expression | None" = None) -> Iterator[pa.RecordBatch]:
    """Yield the rows in batches of at most BATCH_ROWS; `where` may use FILTER_COLUMNS only.

    Memory does not grow with the table, and a caller may stop early, because nothing is read ahead. Arrow's own scanner reads ahead in
    threads that need the lock of the Python interpreter. Dropping such a scan waits for these threads while holding that lock: it can
    deadlock, or abort a process that is about to exit.

    Raises DamagedTable if a file cannot be read.
    """
    with reading(table):
        yield from _scan(table, columns, where)


def _scan(table: DeltaTable, columns: Sequence[str], where: "ds.Expression | None") -> Iterator[pa.RecordBatch]:
    schema = pa.schema(table.schema().to_arrow())
    wanted = dict.fromkeys((*columns, *(FILTER_COLUMNS if where is not None else ())))
    read = pa.schema([schema.field(name) for name in wanted if name in schema.names])
    files = _all_files(table) if where is None else _matching_files(table, where, schema)
    for store, path, partition in files:
        for batch in _file_batches(store, path, partition, read):
            found = pa.Table.from_batches([batch])
            yield from (found if where is None else found.filter(where)).select(list(columns)).to_batches()


_File = tuple[fs.FileSystem, str, Mapping[str, pa.Scalar]]  # with the values of its partition columns


def _all_files(table: DeltaTable) -> Iterator[_File]:
    """What `to_pyarrow_dataset` does without a filter, but for the import of pyarrow.dataset."""
    require_readable(table)
    known_sizes = table._table.get_add_file_sizes()
    store = fs.PyFileSystem(DeltaStorageHandler.from_table(table._table, table._storage_options, known_sizes))
    actions = pa.RecordBatchReader.from_stream(table.get_add_actions(flatten=True)).read_all()
    partitions = {name: actions[f"partition.{name}"] for name in table.metadata().partition_columns}
    for row, path in enumerate(actions["path"].to_pylist()):
        yield store, unquote(path), {name: values[row] for name, values in partitions.items()}


def _matching_files(table: DeltaTable, where: "ds.Expression", schema: pa.Schema) -> Iterator[_File]:
    """The files that may have rows for the filter by their partition and their statistics."""
    from pyarrow.dataset import get_partition_keys

    for fragment in table.to_pyarrow_dataset().get_fragments(where):
        values = get_partition_keys(fragment.partition_expression)
        partition = {name: pa.scalar(values.get(name), schema.field(name).type) for name in table.metadata().partition_columns}
        yield fragment.filesystem, fragment.path, partition


def _file_batches(store: fs.FileSystem, path: str, partition: Mapping[str, pa.Scalar], schema: pa.Schema) -> Iterator[pa.RecordBatch]:
    """Yield the rows of one file. Columns that were added later than the file are null."""
    with store.open_input_file(path) as source:
        file = pq.ParquetFile(source, buffer_size=BUFFER_BYTES)
        stored = [name for name in schema.names if name in file.schema_arrow.names]
        for batch in file.iter_batches(BATCH_ROWS, columns=stored, use_threads=False):
            for field in (field for field in schema if field.name not in stored):
                rows, value = batch.num_rows, partition.get(field.name)
                batch = batch.append_column(field, pa.nulls(rows, field.type) if value is None else pa.repeat(value, rows))
            yield batch.select(schema.names).cast(schema)
