"""Unions of several frames."""

from collections.abc import Iterable
from functools import partial, reduce

from pyspark.sql import DataFrame


def union_by_name(frames: Iterable[DataFrame], *, may_lack_columns: bool = False) -> DataFrame:
    """The rows of all frames; a column that a frame lacks is null in its rows if that is allowed, otherwise an error of Spark."""
    return reduce(partial(DataFrame.unionByName, allowMissingColumns=may_lack_columns), frames)
