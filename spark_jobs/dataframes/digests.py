"""Digests of rows, by which two snapshots are compared without shuffling the values."""

from pyspark.sql import Column
from pyspark.sql import functions as F


def row_digest(*columns: str) -> Column:
    """A 64-bit hash of the columns; two different rows have the same one with a probability of 1 in 2**64.

    The column numbers in the hash distinguish a value that moves from one column to the next, since nulls do not count.
    """
    return F.xxhash64(*[part for number, name in enumerate(columns) for part in (F.lit(number), F.col(name))])
