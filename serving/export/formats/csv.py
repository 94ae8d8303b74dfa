"""CSV with a header. Every value is quoted, and lists are JSON text."""

from hublake.lake.schema import Column
from hublake.serving.export.table_format import TableFormat, select_iso_timestamps

# Spreadsheets run a cell that begins so as a formula, whatever its quotes; some also with the full-width signs.
FORMULA_STARTS = "=+-@\t\r\n\uff1d\uff0b\uff0d\uff20"
FORMULA = "^[" + "".join(f"\\x{{{ord(character):X}}}" for character in FORMULA_STARTS) + "]"  # for DuckDB


def _select_raw(column: Column) -> str:
    if column.type.startswith("array"):
        return f"to_json({column.name}) AS {column.name}"
    return select_iso_timestamps(column)


def _select(column: Column) -> str:
    """Text that a spreadsheet would run as a formula gets an apostrophe before it, so that it is shown as text."""
    if column.type != "string":
        return _select_raw(column)
    name = column.name
    return f"CASE WHEN regexp_matches({name}, '{FORMULA}') THEN '''' || {name} ELSE {name} END AS {name}"


FORMAT = TableFormat("all values quoted, formulas as text", "csv", "FORMAT csv, HEADER, FORCE_QUOTE *", _select, _select_raw)
