"""A Delta table as an Arrow dataset, for readers that hand it to Arrow's scanner or to DuckDB."""

from pathlib import Path
from typing import TYPE_CHECKING

import pyarrow.fs as fs
from deltalake import DeltaTable

from hublake.lake.paths import Location, is_local
from hublake.lake.schema import Table

if TYPE_CHECKING:
    import pyarrow.dataset as ds  # imports pandas

FEATURES_SINCE = 3  # the reader version of Delta's protocol from which a table lists the features that a reader needs


def require_readable(found: DeltaTable) -> None:
    """Check that the files have the rows of the table, for readers of the files alone.

    Raises DeltaProtocolError otherwise, as `to_pyarrow_dataset` does, for example where deletion vectors mark rows as deleted.
    """
    if found.protocol().min_reader_version >= FEATURES_SINCE:
        found.to_pyarrow_dataset()


def open_dataset(found: DeltaTable, location: Location, table: Table) -> "ds.Dataset":
    """Open the files of a table's version as a dataset.

    delta-rs implements the file system of a dataset in Python, so Arrow's threads, which read ahead, need the Python interpreter. A process
    that ends while they still read then hangs, or aborts with "terminate called without an active exception" after it has printed its
    result. Arrow reads a local warehouse through its own file system instead. For an object store, `hublake.lake.process.exit_process`
    ends the commands without the interpreter's shutdown.
    """
    if not is_local(location.address):
        return found.to_pyarrow_dataset()
    folder = str(Path(location.path_of(table)).resolve())
    return found.to_pyarrow_dataset(filesystem=fs.SubTreeFileSystem(folder, fs.LocalFileSystem()))
