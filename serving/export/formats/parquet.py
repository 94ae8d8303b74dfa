"""Parquet, compressed with Zstandard."""

from hublake.lake.schema import Column
from hublake.serving.export.table_format import TableFormat


def _select(column: Column) -> str:
    return column.name


FORMAT = TableFormat("typed columns, Zstandard", "parquet", "FORMAT parquet, COMPRESSION zstd", _select)
