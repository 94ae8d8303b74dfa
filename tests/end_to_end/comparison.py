"""Compare the tables of two warehouses: they must be equal wherever the build ran, except for columns of the run."""

import math
from collections.abc import Iterator, Mapping
from itertools import zip_longest
from typing import Any

from hublake.lake.schema import TABLES, Table
from hublake.lake.schema.operations import BUILDS, QUALITY_RESULTS
from hublake.serving.reader import PublishedTables

RELATIVE_TOLERANCE = 1e-9  # two machines add the values of a sum in another order
# Values that identify the run and are not compared: column -> condition.
RUN_COLUMNS: Mapping[Table, Mapping[str, str]] = {
    BUILDS: {"run_id": "TRUE", "committed_at": "TRUE", "plan": "TRUE"},  # the plan names staged folders, which contain the run's id
    QUALITY_RESULTS: {
        "run_id": "TRUE",
        "checked_at": "TRUE",
        # Estimates by Spark's percentile_approx, which depend on the order in which partitions are merged.
        "observed": "expectation LIKE 'drift of the median: %' OR expectation LIKE 'drift of the upper tenth: %'",
    },
}


def differences(one: PublishedTables, other: PublishedTables) -> dict[str, str]:
    """The first difference of each table that differs, by the name of the table."""
    absent = dict.fromkeys(one.tables.keys() ^ other.tables.keys(), "exists in one of them only")
    found = {name: _difference(one, other, TABLES[name]) for name in one.tables.keys() & other.tables.keys()}
    return absent | {name: difference for name, difference in found.items() if difference}


def _difference(one: PublishedTables, other: PublishedTables, table: Table) -> str:
    pairs = zip_longest(_rows(one, table), _rows(other, table))
    return next((f"{left} in one is {right} in the other" for left, right in pairs if not _is_same(left, right)), "")


def _rows(published: PublishedTables, table: Table) -> Iterator[dict[str, Any]]:
    """The rows in the order of their key; values that identify the run are null."""
    own = RUN_COLUMNS.get(table, {})
    columns = ", ".join(f"CASE WHEN NOT ({own[name]}) THEN {name} END" if name in own else name for name in table.column_names)
    order = ", ".join(name for name in table.key if own.get(name) != "TRUE")
    for row in published.rows(f"SELECT {columns} FROM {table.full_name} ORDER BY {order}"):
        yield dict(zip(table.column_names, row, strict=True))


def _is_same(one: Any, other: Any) -> bool:
    match one, other:
        case float(), float():
            return math.isclose(one, other, rel_tol=RELATIVE_TOLERANCE)
        case dict(), dict():
            return all(_is_same(value, other[name]) for name, value in one.items())
        case _:
            return bool(one == other)
