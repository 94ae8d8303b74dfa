"""The descriptions of file formats for tables."""

from collections.abc import Callable
from dataclasses import dataclass

from hublake.lake.schema import Column

Select = Callable[[Column], str]


def select_iso_timestamps(column: Column) -> str:
    """The SQL expression of a column, with timestamps as ISO 8601 text in UTC."""
    if column.type == "timestamp":
        return f"strftime({column.name}, '%Y-%m-%dT%H:%M:%S.%fZ') AS {column.name}"
    return column.name


@dataclass(frozen=True)
class TableFormat:
    """A format that DuckDB's COPY writes. `select` returns the SQL expression of a column in the file.

    `select_raw` is the same without the protection of spreadsheets; None if the format needs none. `has_inferred_types`: readers infer
    the types of the columns from the first rows, so rows come first that together have a value in every column.
    """

    summary: str  # for the help of --format
    extension: str
    copy_options: str
    select: Select = select_iso_timestamps
    select_raw: Select | None = None
    has_inferred_types: bool = False


@dataclass(frozen=True)
class GraphFormat:
    """A format for the graph of lineage. Its module in hublake.serving.export.graphs writes the files."""

    summary: str  # for the help of --format
    module: str


@dataclass(frozen=True)
class DatabaseFormat:
    """A format that writes all tables into one file."""

    summary: str  # for the help of --format


@dataclass(frozen=True)
class PictureFormat:
    """A picture or a page of the graph of lineage (hublake.serving.export.pictures)."""

    summary: str  # for the help of --format
    extension: str


FileFormat = TableFormat | GraphFormat | DatabaseFormat | PictureFormat
