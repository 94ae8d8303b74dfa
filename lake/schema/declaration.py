"""How a table is declared: once. Everything else derives from the declaration.

The Spark schema, the Arrow schema, the comments in the Delta log, the declared expectations and the generated table pages
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
    """One column: its meaning, and the constraints on its values.

    `required` forbids nulls. `at_least` and `at_most` are inclusive bounds for numbers; `values` is a closed set.
    A null satisfies bounds and sets. `unit` is empty if the name or the type implies it.
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
    """One table of the lakehouse: `grain` in words, `key` the columns that identify a row.

    `at_least_rows` applies per snapshot, in bronze to the whole table; with fewer rows the gate closes. `partitioned_by` names
    columns with few distinct values only. If `is_history`, the rows are validity periods over all snapshots (valid_from, valid_to),
    maintained by MERGE on the key. Other silver and gold tables replace all rows of a snapshot at once. If
    `has_every_model`, the table has one row for each listed model, which the last column of its key names. If `counts_guesses`, its
    figures count edges of silver.lineage_edges that nobody declared (enums.GUESSED_EVIDENCE). If `keeps_snapshots`,
    `hublake optimise --keep-snapshots` drops none of its snapshots.
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
    counts_guesses: bool = False
    keeps_snapshots: bool = False
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
        """Return the table's path in a warehouse, which is a folder or an object-store address."""
        return f"{warehouse.rstrip('/')}/{self.layer}/{self.name}"
