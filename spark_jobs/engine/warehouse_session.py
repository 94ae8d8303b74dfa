"""A warehouse with a Spark session: one that this process starts, or that of spark-submit."""

import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from deltalake.exceptions import DeltaError

from hublake.lake.delta.tables import open_table, row_count
from hublake.lake.paths import Location, is_local, log_folder, require_warehouse
from hublake.lake.schema import TABLES, Table
from hublake.lake.settings import Settings
from hublake.spark_jobs.engine.object_store import translate_spark_store_errors
from hublake.spark_jobs.engine.session import join_submitted_session, start_local_session
from hublake.spark_jobs.engine.warehouse import Warehouse

SMALL_WAREHOUSE_ROWS = 40_000  # of bronze: some 20,000 models with their cards


@contextmanager
def warehouse_session(settings: Settings, *extra_conf: str) -> Iterator[Warehouse]:
    """The warehouse of the settings with a session that ends with the block; `extra_conf` are files of conf/spark that it takes besides.

    Raises MissingTable where there is no such folder, StoreUnreachable where its object store does not answer.
    """
    address = settings.warehouse
    require_warehouse(address)
    if is_local(address):
        address = str(Path(address).resolve())
    with tempfile.TemporaryDirectory(prefix="hublake-", ignore_cleanup_errors=True) as scratch, translate_spark_store_errors(address):
        if "PYSPARK_GATEWAY_PORT" in os.environ:  # spark-submit has started the JVM and chosen master, memory and jars
            spark = join_submitted_session(settings, address, extra_conf)
        else:
            logs = log_folder(address)
            logs.mkdir(parents=True, exist_ok=True)
            is_small = count_bronze_rows(Location(address, settings.storage)) < SMALL_WAREHOUSE_ROWS
            spark = start_local_session(settings, Path(scratch), logs / "spark.log", is_small=is_small, extra_conf=extra_conf)
        try:
            yield Warehouse(spark, address, settings.storage)
        finally:
            spark.stop()


def count_bronze_rows(location: Location) -> int:
    """Rows of the bronze tables, as their logs tell it: for a folder and an object store alike, without reading a file.

    Rows and not bytes: cards that resemble each other, as those of a made hub, take next to no room.
    """
    return sum(_rows_of(location, table) for table in TABLES.values() if table.layer == "bronze")


def _rows_of(location: Location, table: Table) -> int:
    """0 also for a table that cannot be read: who reads it will say so."""
    with suppress(DeltaError):
        if found := open_table(location, table):
            return row_count(found) or 0
    return 0
