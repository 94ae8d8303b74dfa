"""Prefilters of large tables by 64-bit hashes, which Spark brings together by name and NumPy sorts.

To group or to join the rows by name, Spark would build a hash table or sort rows: three to five times the CPU, for each check again.
"""

from collections.abc import Iterator, Sequence

import numpy as np
import pyarrow as pa
from pyspark.sql import DataFrame
from pyspark.sql import functions as F

from hublake.lake.schema import Table

MIN_ROWS = 100_000  # of fewer rows, Spark counts the groups sooner than a Python worker starts

LISTED, ROW, CHOSEN = 0, 1, 2  # a name of the other table; a row; a row that meets the condition
DUPLICATES, UNLISTED, NOT_ONE = "duplicates", "unlisted", "not_one"
FIGURES = pa.schema([(name, pa.int64()) for name in (DUPLICATES, UNLISTED, NOT_ONE)])


def key_of(table: Table) -> list[str]:
    """The key of a row within a snapshot."""
    return [name for name in table.key if name != "snapshot_date"]


def count_by_hash(
    frame: DataFrame, names: Sequence[str], key: Sequence[str], listed: DataFrame | None = None, condition: str = "FALSE"
) -> DataFrame:
    """(duplicates, unlisted, not_one) for parts of a table, each 0 in all parts if the rule is met.

    `duplicates`: rows whose key another row has. `unlisted`: names, the values of the columns `names` of the key, whose hash is not in the
    only column of `listed`. `not_one`: parts in which not exactly one row of each name meets the condition. Where hashes collide or names
    are null, a figure may be too large.

    Cost: one shuffle of 17 bytes per row, and one sort of each column. Spark chooses the number of parts by their bytes: one of 64 MB has
    some four million rows and takes 200 MB in a Python worker.
    """
    kind = f"CAST(IF({condition}, {CHOSEN}, {ROW}) AS BYTE) AS kind"
    hashed = frame.selectExpr(f"xxhash64({', '.join(names)}) AS name", f"xxhash64({', '.join(key)}) AS key", kind)
    if listed is not None:
        name = F.col(listed.columns[0])
        hashed = hashed.union(listed.select(name, name, F.lit(LISTED).cast("byte")))
    return hashed.repartition("name").mapInArrow(_count, ", ".join(f"{figure} long" for figure in FIGURES.names))


def _count(batches: Iterator[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
    found = list(batches)
    if found:
        names, keys, kinds = (column.to_numpy() for column in pa.Table.from_batches(found).columns)
        yield pa.RecordBatch.from_pylist([figures(names, keys, kinds)], FIGURES)


def figures(names: np.ndarray, keys: np.ndarray, kinds: np.ndarray) -> dict[str, int]:
    """The figures of one part.

    >>> figures(np.array([7, 7, 9, 7]), np.array([1, 2, 3, 7]), np.array([ROW, CHOSEN, ROW, LISTED]))
    {'duplicates': 0, 'unlisted': 1, 'not_one': 1}
    """
    is_row = kinds != LISTED
    ordered, present = np.sort(keys[is_row]), _distinct(names[is_row])
    return {
        DUPLICATES: int((ordered[1:] == ordered[:-1]).sum()),
        UNLISTED: len(present) - _common(present, np.sort(names[~is_row])),
        NOT_ONE: int(not np.array_equal(np.sort(names[kinds == CHOSEN]), present)),
    }


def _distinct(values: np.ndarray) -> np.ndarray:
    """The distinct values in order, found by sorting: `np.unique` takes eight times as long."""
    ordered = np.sort(values)
    is_first = np.ones(len(ordered), bool)
    is_first[1:] = ordered[1:] != ordered[:-1]
    return ordered[is_first]


def _common(present: np.ndarray, listed: np.ndarray) -> int:
    """How many of the present values are listed. Both are sorted."""
    if not len(listed):
        return 0
    places = np.minimum(np.searchsorted(listed, present), len(listed) - 1)
    return int((listed[places] == present).sum())
