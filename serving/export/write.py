"""Published tables as files that anything can read."""

import os
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import duckdb

from hublake.lake.errors import HublakeError
from hublake.lake.schema import Column, Table
from hublake.lake.schema.silver.lineage import LINEAGE_EDGES
from hublake.serving.kin import Direction, find_kin
from hublake.serving.reader import PublishedTables

# JSON Lines, one object a line: a table of any size can be read line by line.
FILE_ENDING = {"csv": "csv", "json": "jsonl"}
COPY_OPTIONS = {"csv": "FORMAT csv, HEADER, FORCE_QUOTE *", "json": "FORMAT json"}


def export_tables(published: PublishedTables, wanted: Sequence[Table], form: str, folder: Path) -> Iterator[tuple[Path, int]]:
    """The wanted tables (all of gold and the lineage edges where none is named), one file each: its path and rows."""
    for table in wanted or [table for table in published.tables.values() if table.layer == "gold" or table == LINEAGE_EDGES]:
        yield write_file(published, table, form, folder)


def write_kin(published: PublishedTables, root_id: str, direction: Direction, form: str, folder: Path) -> tuple[Path, int]:
    """All descendants or ancestors of a model or dataset into folder/<direction>.<ending>. Raises what `find_kin` raises."""
    find_kin(published, root_id, direction)
    return write_rows(published, "SELECT * FROM kin ORDER BY steps, model_id", direction, form, folder)


def write_file(published: PublishedTables, table: Table, form: str, folder: Path) -> tuple[Path, int]:
    """One table's newest snapshot (of a history all rows) into folder/<layer>.<table>.<ending>; answers the path and the rows.

    The file appears whole or not at all. Times are ISO 8601 in UTC; in CSV every value is quoted and lists are JSON text.
    Raises HublakeError where the folder cannot be written.
    """
    published.require(table)
    values = {} if table.is_history else {"day": published.value(f"SELECT max(snapshot_date) FROM {table.full_name}")}
    columns = ", ".join(_selected(column, form) for column in table)
    where = "" if table.is_history else "WHERE snapshot_date = $day"
    selected = f"SELECT {columns} FROM {table.full_name} {where} ORDER BY ALL"
    return write_rows(published, selected, table.full_name, form, folder, **values)


def write_rows(published: PublishedTables, selected: str, name: str, form: str, folder: Path, **values: Any) -> tuple[Path, int]:
    """A query's rows into folder/<name>.<ending>; answers the path and the rows. The file appears whole or not at all."""
    target = folder / f"{name}.{FILE_ENDING[form]}"
    partial = target.with_name(f".{target.name}.{os.getpid()}")
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise HublakeError(f"cannot make {folder}: {error.strerror}. Choose another --out.") from error
    escaped = str(partial).replace("'", "''")
    try:
        rows = published.value(f"COPY ({selected}) TO '{escaped}' ({COPY_OPTIONS[form]})", **values)
        partial.replace(target)
    except (OSError, duckdb.IOException) as error:
        raise HublakeError(f"cannot write {target}: {error}. Choose another --out.") from error
    finally:
        partial.unlink(missing_ok=True)
    return target, int(rows)


def _selected(column: Column, form: str) -> str:
    if column.type == "timestamp":
        return f"strftime({column.name}, '%Y-%m-%dT%H:%M:%S.%fZ') AS {column.name}"
    if column.type.startswith("array") and form == "csv":
        return f"to_json({column.name}) AS {column.name}"
    return column.name
