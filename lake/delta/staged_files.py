"""Folders of Parquet files that something else has written: their Delta log, and their columns."""

from collections.abc import Mapping
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
from deltalake.schema import Schema
from deltalake.transaction import AddAction, create_table_with_add_actions


def log_files(folder: Path, schema: pa.Schema) -> None:
    """Make the Parquet files of a local folder a Delta table with that schema and with row counts. Files without rows are left out."""
    actions = []
    for file in sorted(folder.glob("*.parquet")):
        if rows := pq.read_metadata(file).num_rows:
            status = file.stat()
            actions.append(AddAction(file.name, status.st_size, {}, int(status.st_mtime * 1000), True, f'{{"numRecords": {rows}}}'))
    create_table_with_add_actions(str(folder), Schema.from_arrow(schema), actions)


def read_columns(folder: Path, columns: Mapping[str, bool]) -> pa.Table:
    """Columns of all files of a local folder. For a name with the value true the column is a flag: true or, without a value, null."""
    import pyarrow.compute as pc
    import pyarrow.dataset as ds  # imports pandas, which takes longer than to read the build log

    absent = pa.scalar(None, pa.bool_())
    flags = {name: pc.if_else(ds.field(name).is_valid(), True, absent) for name, is_flag in columns.items() if is_flag}
    files = ds.dataset(sorted(map(str, folder.glob("*.parquet"))))
    return files.to_table(columns={name: flags.get(name, ds.field(name)) for name in columns}, use_threads=False)
