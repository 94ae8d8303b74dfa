"""Rows that are computed once and read several times."""

from pyspark import StorageLevel
from pyspark.sql import DataFrame


def lazy_checkpoint(frame: DataFrame) -> DataFrame:
    """The same rows, made once, by whoever asks first, and kept on the executors' disks.

    `persist` would not do: when a gate beside it drops a view of a table, Spark forgets what it is just caching of plans that read that
    table, and makes it anew for the next who asks.
    """
    return frame.localCheckpoint(eager=False, storageLevel=StorageLevel.DISK_ONLY)
