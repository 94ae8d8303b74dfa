"""The rows of a Delta table's version as an SQL relation of DuckDB.

DuckDB reads the Parquet files of a local warehouse itself: it finds one model among millions twenty times as fast as through Arrow,
because it reads the other columns only of rows that it has found. It would need an extension for object stores: these are read through
Arrow.
"""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple
from urllib.parse import unquote

from deltalake import DeltaTable
from deltalake.schema import ArrayType, Field, PrimitiveType

from hublake.lake.paths import Location
from hublake.lake.schema import Table

DUCKDB_TYPES: Mapping[str, str] = {
    "string": "VARCHAR",
    "binary": "BLOB",
    "boolean": "BOOLEAN",
    "integer": "INTEGER",
    "long": "BIGINT",
    "double": "DOUBLE",
    "date": "DATE",
    "timestamp": "TIMESTAMPTZ",
}


def quote(text: str) -> str:
    """The text as an SQL literal."""
    return "'" + text.replace("'", "''") + "'"


class Arm(NamedTuple):
    """Files of a table with the same partition values, and how they are read."""

    partition: Mapping[str, Any]
    files: Sequence[str]
    columns: str
    schema: str

    def query(self) -> str:
        """All rows."""
        return f"SELECT {self.columns} FROM {self._read(self.files)}"

    def rows(self, file: str, numbers: Sequence[int]) -> str:
        """The rows of a file at these places, from 0; DuckDB skips all pages without any of them."""
        places = ", ".join(map(str, numbers))
        return f"SELECT {self.columns} FROM {self._read([file], ', file_row_number = true')} WHERE file_row_number IN ({places})"

    def _read(self, files: Sequence[str], option: str = "") -> str:
        return f"read_parquet([{', '.join(map(quote, files))}], schema = MAP {{{self.schema}}}{option})"


class FileRelation(NamedTuple):
    """A query of all rows of a table, and the files that it reads."""

    query: str
    arms: Sequence[Arm]

    @property
    def files(self) -> list[str]:
        """Paths of all files."""
        return [file for arm in self.arms for file in arm.files]


def relation_of_files(found: DeltaTable, location: Location, table: Table) -> FileRelation | None:
    """A query of all rows, with the columns of the table's Delta schema; None if it has a type that no declared column has.

    It names every file, with one arm for each combination of partition values. DuckDB opens no file before a query needs it, because the
    schema comes from the Delta log; a column that a file lacks is null.
    """
    fields = found.schema().fields
    types = {field.name: duckdb_type(field) for field in fields}
    if None in types.values():
        return None
    partitions = found.metadata().partition_columns
    folder = Path(location.path_of(table)).resolve()
    by_partition: dict[tuple[Any, ...], list[str]] = {}
    actions = found.get_add_actions(flatten=True)
    values = [actions[f"partition.{name}"].to_pylist() for name in partitions]
    for row, path in enumerate(actions["path"].to_pylist()):
        by_partition.setdefault(tuple(column[row] for column in values), []).append(str(folder / unquote(path)))
    if not by_partition:
        nothing = ", ".join(f'NULL::{type_} AS "{name}"' for name, type_ in types.items())
        return FileRelation(f"SELECT {nothing} WHERE FALSE", [])
    schema = ", ".join(_schema_entry(name, str(type_)) for name, type_ in types.items() if name not in partitions)
    arms = []
    for key, paths in sorted(by_partition.items(), key=str):
        partition = dict(zip(partitions, key, strict=True))
        arms.append(Arm(partition, sorted(paths), _columns(types, partition), schema))
    return FileRelation(" UNION ALL ".join(arm.query() for arm in arms), arms)


def duckdb_type(field: Field) -> str | None:
    """DuckDB's name of a column's type; None for types that no declared column has."""
    kind = field.type
    if isinstance(kind, ArrayType) and isinstance(kind.element_type, PrimitiveType):
        element = DUCKDB_TYPES.get(kind.element_type.type)
        return f"{element}[]" if element else None
    return DUCKDB_TYPES.get(kind.type) if isinstance(kind, PrimitiveType) else None


def _schema_entry(name: str, type_: str) -> str:
    return f"{quote(name)}: {{'name': {quote(name)}, 'type': {quote(type_)}, 'default_value': NULL}}"


def _columns(types: Mapping[str, str | None], partition: Mapping[str, Any]) -> str:
    return ", ".join(
        f'{"NULL" if partition[name] is None else quote(str(partition[name]))}::{type_} AS "{name}"' if name in partition else f'"{name}"'
        for name, type_ in types.items()
    )
