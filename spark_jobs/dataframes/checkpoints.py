"""Checkpoints of rows that are computed once and read several times."""

from pyspark import StorageLevel
from pyspark.sql import DataFrame


def lazy_checkpoint(frame: DataFrame) -> DataFrame:
    """The same rows, computed by the first action that reads them and then stored on the executors' disks.

    `persist` is not reliable here: when a gate that runs in parallel drops a view of a table, Spark removes the cached plans that read
    that table, even one that is just being computed, and computes it again for the next reader.
    """
    return frame.localCheckpoint(eager=False, storageLevel=StorageLevel.DISK_ONLY)
