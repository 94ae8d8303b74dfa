"""Writes published tables, and the descendants or ancestors of a model, to files."""

import os
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import duckdb

from hublake.lake.errors import HublakeError
from hublake.lake.schema import Table
from hublake.lake.schema.silver.lineage import LINEAGE_EDGES
from hublake.serving.export.table_format import TableFormat
from hublake.serving.kin import Direction, find_kin
from hublake.serving.reader import PublishedTables


def export_tables(
    published: PublishedTables, selected: Sequence[Table], file_format: TableFormat, folder: Path
) -> Iterator[tuple[Path, int]]:
    """Write the selected tables (default: all of gold and the lineage edges). Yields path and number of rows of each file."""
    default = [table for table in published.tables.values() if table.layer == "gold" or table == LINEAGE_EDGES]
    for table in selected or default:
        yield write_table(published, table, file_format, folder)


def export_kin(published: PublishedTables, root_id: str, direction: Direction, file_format: TableFormat, folder: Path) -> tuple[Path, int]:
    """Write all descendants or ancestors of a model or dataset to folder/<direction>.<extension>. Raises what `find_kin` raises."""
    find_kin(published, root_id, direction)
    return write_query(published, "SELECT * FROM kin ORDER BY steps, model_id", direction, file_format, folder)


def write_table(published: PublishedTables, table: Table, file_format: TableFormat, folder: Path) -> tuple[Path, int]:
    """Write the newest snapshot of a table (all rows of a history) to folder/<layer>.<table>.<extension>; return path and number of rows.

    Raises MissingTable where the table is not published, and what `write_query` raises.
    """
    published.require(table)
    parameters = {} if table.is_history else {"day": published.value(f"SELECT max(snapshot_date) FROM {table.full_name}")}
    columns = ", ".join(file_format.select(column) for column in table)
    where = "" if table.is_history else "WHERE snapshot_date = $day"
    query = f"SELECT {columns} FROM {table.full_name} {where} ORDER BY ALL"
    return write_query(published, query, table.full_name, file_format, folder, **parameters)


def write_query(
    published: PublishedTables, query: str, name: str, file_format: TableFormat, folder: Path, **parameters: Any
) -> tuple[Path, int]:
    """Write the rows of a query to folder/<name>.<extension>; return path and number of rows. The file is complete or does not exist.

    Raises HublakeError where the folder cannot be written.
    """
    target = folder / f"{name}.{file_format.extension}"
    partial = target.with_name(f".{target.name}.{os.getpid()}")
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise HublakeError(f"cannot create {folder}: {error.strerror}. Choose another --out.") from error
    escaped = str(partial).replace("'", "''")
    try:
        rows = published.value(f"COPY ({query}) TO '{escaped}' ({file_format.copy_options})", **parameters)
        partial.replace(target)
    except (OSError, duckdb.IOException) as error:
        raise HublakeError(f"cannot write {target}: {error}. Choose another --out.") from error
    finally:
        partial.unlink(missing_ok=True)
    return target, int(rows)
