"""Small tables that the runner keeps itself (gold.builds, gold.quality_results): read and appended through delta-rs, without Spark."""

import random
import time
from collections.abc import Mapping, Sequence
from typing import Any

import pyarrow as pa
from deltalake import CommitProperties, DeltaTable, write_deltalake
from deltalake.exceptions import CommitFailedError, TableNotFoundError

from hublake.lake.delta.tables import arrow_schema
from hublake.lake.errors import HublakeError
from hublake.lake.schema import Table

Storage = Mapping[str, str]
Row = dict[str, Any]
ATTEMPTS = 8


def opened(path: str, storage: Storage, version: int | None = None) -> DeltaTable | None:
    """The Delta table at a path, at its last version unless one is named; None where there is none.

    `DeltaTable.is_deltatable` is not asked first: it lets no other thread of Python run while a store keeps it waiting.
    """
    try:
        return DeltaTable(path, version=version, storage_options=dict(storage))
    except TableNotFoundError:
        return None


def rows_told(table: DeltaTable) -> int | None:
    """How many rows the log says that a table has; None where it does not say it of every file."""
    if not table.file_uris():
        return 0
    counts = list(table.get_add_actions(flatten=True)["num_records"].to_pylist())
    return None if None in counts else int(sum(counts))


def append(address: str, storage: Storage, table: Table, rows: Sequence[Row], token: str) -> int:
    """Add rows in one commit that carries `token`; answers its version. Appends never contradict each other: a conflict is tried again."""
    path = table.path(address)
    data = pa.Table.from_pylist(list(rows), schema=arrow_schema(table))
    for attempt in range(ATTEMPTS):
        try:
            if opened(path, storage) is None:
                DeltaTable.create(
                    path, arrow_schema(table), mode="ignore", name=table.name, description=table.comment, storage_options=dict(storage)
                )
            commit = CommitProperties(custom_metadata={"userMetadata": token}, max_commit_retries=15)
            write_deltalake(path, data, mode="append", commit_properties=commit, storage_options=dict(storage))
            return version_of(path, storage, token)
        except CommitFailedError as error:
            if attempt + 1 == ATTEMPTS:
                raise HublakeError(f"{table.full_name}: others wrote first, {ATTEMPTS} times: {error}. Run the command again") from error
            time.sleep(random.uniform(0.05, 0.1 * 2**attempt))  # noqa: S311  # no secret
    raise AssertionError("the last attempt returns or raises")


def version_of(path: str, storage: Storage, token: str) -> int:
    """The newest version of a table whose commit carries `token` as its userMetadata; -1 where none of the last hundred does."""
    table = opened(path, storage)
    commits = [] if table is None else table.history(100)
    return next((int(commit["version"]) for commit in commits if token in (commit.get("userMetadata") or "")), -1)
