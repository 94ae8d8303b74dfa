"""How a table is declared: once, and everything else derives from it.

The Spark schema, the Arrow schema, the comments in the Delta log, the declared expectations and docs/tables.md
all come from these two classes.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Literal

Layer = Literal["bronze", "silver", "gold"]
Type = Literal["string", "binary", "boolean", "integer", "long", "double", "date", "timestamp", "array<string>", "array<long>"]
LAYERS: tuple[Layer, ...] = ("bronze", "silver", "gold")


@dataclass(frozen=True)
class Column:
    """One column: its meaning and what must hold for every value.

    `required` forbids nulls. `at_least` and `at_most` bound numbers (inclusive); `values` closes the set.
    A null passes bounds and sets. `unit` is empty where the name or type says it.
    """

    name: str
    type: Type
    comment: str
    unit: str = ""
    required: bool = False
    at_least: float | None = None
    at_most: float | None = None
    values: tuple[str, ...] = ()


@dataclass(frozen=True)
class Table:
    """One table of the lakehouse: `grain` in words, `key` the columns that name a row.

    `at_least_rows` is per snapshot (per table in bronze); below it the gate closes. `partitioned_by` holds columns
    of few values only. Of a table that `is_history` the rows are validities over all snapshots (valid_from, valid_to),
    kept by MERGE on the key; any other beyond bronze has its rows of one snapshot replaced as a whole. A table that
    `has_every_model` has one row for each listed model, named by the last column of its key.
    """

    name: str
    layer: Layer
    comment: str
    grain: str
    key: tuple[str, ...]
    columns: tuple[Column, ...]
    partitioned_by: tuple[str, ...] = ()
    at_least_rows: int = 0
    is_history: bool = False
    has_every_model: bool = False
    by_name: dict[str, Column] = field(init=False, repr=False, compare=False, hash=False)

    def __post_init__(self) -> None:
        by_name = {column.name: column for column in self.columns}
        if len(by_name) != len(self.columns):
            raise ValueError(f"{self.full_name}: a column is declared twice")
        unknown = [name for name in (*self.key, *self.partitioned_by) if name not in by_name]
        if unknown:
            raise ValueError(f"{self.full_name}: key or partition names no column: {', '.join(unknown)}")
        object.__setattr__(self, "by_name", by_name)

    def __iter__(self) -> Iterator[Column]:
        return iter(self.columns)

    @property
    def full_name(self) -> str:
        """`<layer>.<table>`, the name in a catalog and in every message."""
        return f"{self.layer}.{self.name}"

    @property
    def column_names(self) -> tuple[str, ...]:
        return tuple(column.name for column in self.columns)

    def path(self, warehouse: str) -> str:
        """Where the table lies below a warehouse, a folder or an object-store address."""
        return f"{warehouse.rstrip('/')}/{self.layer}/{self.name}"
