"""CSV with a header. Every value is quoted, and lists are JSON text."""

from hublake.lake.schema import Column
from hublake.serving.export.table_format import TableFormat, select_iso_timestamps


def _select(column: Column) -> str:
    if column.type.startswith("array"):
        return f"to_json({column.name}) AS {column.name}"
    return select_iso_timestamps(column)


FORMAT = TableFormat("all values quoted", "csv", "FORMAT csv, HEADER, FORCE_QUOTE *", _select)
