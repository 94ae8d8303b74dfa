"""Two warehouses beside each other, table by table: what must be equal wherever a build runs."""

import math
from collections.abc import Collection, Iterator, Mapping
from itertools import zip_longest
from typing import Any

from lake.tables import TABLES, Table
from lake.tables.operations import BUILDS, QUALITY_RESULTS
from spark_jobs.export.published import Published

RELATIVE = 1e-9  # a sum over two machines adds in another order
# What belongs to the run and not to its result.
OF_THE_RUN: Mapping[Table, Collection[str]] = {
    BUILDS: {"run_id", "committed_at", "plan"},  # the plan names staged folders by the run's id
    QUALITY_RESULTS: {"run_id", "checked_at"},
}


def differences(one: Published, other: Published) -> dict[str, str]:
    """The first difference of each table that is not the same in both, by the table's name."""
    found = {name: _difference(one, other, table) for name, table in TABLES.items() if name in one.tables and name in other.tables}
    absent = dict.fromkeys(one.tables.keys() ^ other.tables.keys(), "is in one of them alone")
    return absent | {name: difference for name, difference in found.items() if difference}


def _difference(one: Published, other: Published, table: Table) -> str:
    pairs = zip_longest(_rows(one, table), _rows(other, table))
    return next((f"{left} is {right} in the other" for left, right in pairs if not _is_same(left, right)), "")


def _rows(published: Published, table: Table) -> Iterator[dict[str, Any]]:
    columns = [name for name in table.column_names if name not in OF_THE_RUN.get(table, ())]
    order = [name for name in table.key if name in columns]
    for row in published.rows(f"SELECT {', '.join(columns)} FROM {table.full_name} ORDER BY {', '.join(order)}"):
        yield dict(zip(columns, row, strict=True))


def _is_same(one: Any, other: Any) -> bool:
    match one, other:
        case float(), float():
            return math.isclose(one, other, rel_tol=RELATIVE)
        case dict(), dict():
            return all(_is_same(value, other[name]) for name, value in one.items())
        case _:
            return bool(one == other)
