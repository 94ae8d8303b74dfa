"""The Delta log of a folder of Parquet files that something else has written."""

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
