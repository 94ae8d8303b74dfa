"""Rows on standard output or in a file: as a grid for people, as CSV, JSON Lines or Parquet for programs."""

import csv
import json
import sys
from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, date, datetime
from itertools import islice
from pathlib import Path
from typing import Any, BinaryIO, TextIO

import pyarrow as pa
import pyarrow.parquet as pq
from rich.table import Table as Grid
from rich.text import Text

from hublake.lake.console import cell, open_console
from hublake.lake.terminal import json_text, notice, printable
from hublake.serving.export.files import Written, replace_file
from hublake.serving.export.formats.csv import FORMULA_STARTS

READABLE = 16  # characters of a value
EXTENSIONS = {"csv": "csv", "json": "jsonl", "parquet": "parquet"}
ROW_GROUP = 100_000  # rows


def write_rows(
    columns: Sequence[str], rows: Iterable[Sequence[Any]], output_format: str, *, limit: int | None = None, raw: bool = False
) -> int:
    """Print rows as `text`, `csv` or `json`, at most `limit`; returns the number of rows. Text says when there are more.

    Text for a terminal escapes control characters; where a grid would break the names of columns, each row is a list of values. CSV
    protects spreadsheets from formulas unless `raw`. JSON is one object per line.
    """
    if output_format == "text":
        return _print_grid(columns, rows, limit)
    first = islice(rows, limit)
    return _write_csv(columns, first, sys.stdout, raw=raw) if output_format == "csv" else _write_json(columns, first, sys.stdout)


def save_rows(columns: Sequence[str], rows: Iterable[Sequence[Any]], output_format: str, folder: Path, name: str, *, raw: bool) -> Written:
    """Write rows as `csv` or `json` to folder/name. The file is complete or does not exist."""

    def write(partial: Path) -> int:
        with partial.open("w", encoding="utf-8", newline="") as file:
            return _write_csv(columns, rows, file, raw=raw) if output_format == "csv" else _write_json(columns, rows, file)

    return replace_file(folder / f"{name}.{EXTENSIONS[output_format]}", write)


def save_parquet(batches: Iterable[pa.RecordBatch], schema: pa.Schema, folder: Path, name: str) -> Written:
    """Write Arrow batches to folder/name.parquet. The file is complete or does not exist."""

    def write(partial: Path) -> int:
        with partial.open("wb") as file:
            return _write_parquet(batches, schema, file)

    return replace_file(folder / f"{name}.parquet", write)


def print_parquet(batches: Iterable[pa.RecordBatch], schema: pa.Schema) -> None:
    """Write Arrow batches to standard output."""
    _write_parquet(batches, schema, sys.stdout.buffer)


def is_terminal() -> bool:
    """Whether standard output is a terminal."""
    return sys.stdout.isatty()


def _write_parquet(batches: Iterable[pa.RecordBatch], schema: pa.Schema, file: BinaryIO) -> int:
    """Write row groups of ROW_GROUP rows, so that memory does not grow with the number of rows."""
    count, waiting = 0, list[pa.RecordBatch]()
    with pq.ParquetWriter(file, schema, compression="zstd") as writer:
        for batch in batches:
            waiting.append(batch.cast(schema))
            count += batch.num_rows
            if sum(part.num_rows for part in waiting) >= ROW_GROUP:
                writer.write_table(pa.Table.from_batches(waiting))
                waiting = []
        if waiting:
            writer.write_table(pa.Table.from_batches(waiting))
    return count


def _write_csv(columns: Sequence[str], rows: Iterable[Sequence[Any]], file: TextIO, *, raw: bool) -> int:
    writer = csv.writer(file, lineterminator="\n", quoting=csv.QUOTE_NOTNULL if hasattr(csv, "QUOTE_NOTNULL") else csv.QUOTE_ALL)
    writer.writerow(columns)
    count = 0
    for count, row in enumerate(rows, start=1):  # noqa: B007  # the number of rows is the result
        writer.writerow([_csv_value(value, raw=raw) for value in row])
    return count


def _csv_value(value: Any, *, raw: bool) -> Any:
    plain = plain_value(value)
    if isinstance(plain, str):
        shown = printable(plain) if sys.stdout.isatty() else plain
        return shown if raw or not shown.startswith(tuple(FORMULA_STARTS)) else f"'{shown}"
    return json.dumps(plain, ensure_ascii=False) if isinstance(plain, list | dict) else plain


def _write_json(columns: Sequence[str], rows: Iterable[Sequence[Any]], file: TextIO) -> int:
    count = 0
    for count, row in enumerate(rows, start=1):  # noqa: B007
        file.write(json_text(dict(zip(columns, map(plain_value, row), strict=True))) + "\n")
    return count


def _print_grid(columns: Sequence[str], rows: Iterable[Sequence[Any]], limit: int | None) -> int:
    found = iter(rows)
    shown = list(islice(found, limit))
    console = open_console()
    if shown and console.is_terminal and not _fits(columns, shown, console.width):
        console.print(*_records(columns, shown), sep="\n")
    else:
        console.print(_grid(columns, shown))
    more = sum(1 for _ in found)
    if more:
        notice(f"... and {more:,} more rows: --limit shows more, --format csv or json all of them")
    return len(shown) + more


def _grid(columns: Sequence[str], rows: Sequence[Sequence[Any]]) -> Grid:
    grid = Grid(box=None, header_style="bold", padding=(0, 1), show_edge=False)
    for number, name in enumerate(columns):
        is_figure = any(isinstance(row[number], int | float) and not isinstance(row[number], bool) for row in rows)
        grid.add_column(cell(name), justify="right" if is_figure else "left", overflow="fold")
    for row in rows:
        grid.add_row(*(cell(_text(value)) for value in row))
    return grid


def _fits(columns: Sequence[str], rows: Sequence[Sequence[Any]], width: int) -> bool:
    """Whether a grid shows every name of a column, and READABLE characters of its values, without a break."""
    longest = (max([len(name), *(min(len(_text(row[number])), READABLE) for row in rows)]) for number, name in enumerate(columns))
    return sum(letters + 2 for letters in longest) <= width


def _records(columns: Sequence[str], rows: Sequence[Sequence[Any]]) -> Iterator[Text]:
    """One line for each value that is not empty, and an empty line between rows."""
    name_width = max(map(len, columns))
    for number, row in enumerate(rows):
        if number:
            yield Text()
        for name, value in zip(columns, row, strict=True):
            if text := _text(value):
                yield Text.assemble((printable(name.ljust(name_width)), "bold"), "  ", printable(text))


def _text(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, int):
        return f"{value:,}" if abs(value) >= 10_000 else str(value)  # a year has no separator
    if isinstance(value, float):
        return f"{value:,.6g}"
    if isinstance(value, list):
        return ", ".join(map(_text, value))
    plain = plain_value(value)
    return plain if isinstance(plain, str) else json.dumps(plain, ensure_ascii=False)


def plain_value(value: Any) -> Any:
    """The value as JSON can express it: timestamps in ISO 8601 and UTC, binary values as hexadecimal digits."""
    if isinstance(value, datetime):
        in_utc = value.astimezone(UTC) if value.tzinfo else value
        return in_utc.strftime("%Y-%m-%dT%H:%M:%S.%f") + "Z" * (value.tzinfo is not None)
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, list | tuple):
        return [plain_value(item) for item in value]
    if isinstance(value, dict):
        return {str(key): plain_value(item) for key, item in value.items()}
    if isinstance(value, bytes):
        return value.hex()
    if isinstance(value, float) and value != value:  # JSON has no NaN
        return None
    return value if value is None or isinstance(value, bool | int | float | str) else str(value)
