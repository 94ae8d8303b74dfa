"""Two warehouses beside each other, table by table: what must be equal wherever a build runs."""

import math
from collections.abc import Iterator, Mapping
from itertools import zip_longest
from typing import Any

from hublake.lake.schema import TABLES, Table
from hublake.lake.schema.operations import BUILDS, QUALITY_RESULTS
from hublake.serving.reader import PublishedTables

RELATIVE = 1e-9  # a sum over two machines adds in another order
# What belongs to the run and not to its result: column -> when it does.
OF_THE_RUN: Mapping[Table, Mapping[str, str]] = {
    BUILDS: {"run_id": "TRUE", "committed_at": "TRUE", "plan": "TRUE"},  # the plan names staged folders by the run's id
    QUALITY_RESULTS: {
        "run_id": "TRUE",
        "checked_at": "TRUE",
        # Estimates of Spark's percentile_approx, which depend on the order in which parts are put together.
        "observed": "expectation LIKE 'drift of the median: %' OR expectation LIKE 'drift of the upper tenth: %'",
    },
}


def differences(one: PublishedTables, other: PublishedTables) -> dict[str, str]:
    """The first difference of each table that is not the same in both, by the table's name."""
    absent = dict.fromkeys(one.tables.keys() ^ other.tables.keys(), "is in one of them alone")
    found = {name: _difference(one, other, TABLES[name]) for name in one.tables.keys() & other.tables.keys()}
    return absent | {name: difference for name, difference in found.items() if difference}


def _difference(one: PublishedTables, other: PublishedTables, table: Table) -> str:
    pairs = zip_longest(_rows(one, table), _rows(other, table))
    return next((f"{left} is {right} in the other" for left, right in pairs if not _is_same(left, right)), "")


def _rows(published: PublishedTables, table: Table) -> Iterator[dict[str, Any]]:
    """In the order of their key; what is the run's own is null."""
    own = OF_THE_RUN.get(table, {})
    columns = ", ".join(f"CASE WHEN NOT ({own[name]}) THEN {name} END" if name in own else name for name in table.column_names)
    order = ", ".join(name for name in table.key if own.get(name) != "TRUE")
    for row in published.rows(f"SELECT {columns} FROM {table.full_name} ORDER BY {order}"):
        yield dict(zip(table.column_names, row, strict=True))


def _is_same(one: Any, other: Any) -> bool:
    match one, other:
        case float(), float():
            return math.isclose(one, other, rel_tol=RELATIVE)
        case dict(), dict():
            return all(_is_same(value, other[name]) for name, value in one.items())
        case _:
            return bool(one == other)
