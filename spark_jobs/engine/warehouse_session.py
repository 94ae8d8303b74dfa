"""Open a warehouse with a Spark session: a new local one, or the session of spark-submit."""

import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from hublake.lake.delta.damage import report_damage
from hublake.lake.delta.tables import open_table, row_count
from hublake.lake.errors import DamagedTable
from hublake.lake.paths import Location, is_local, log_folder, require_warehouse, writable_log_folder
from hublake.lake.schema import TABLES, Table
from hublake.lake.settings import Settings
from hublake.lake.terminal import notice
from hublake.spark_jobs.engine.object_store import report_unreachable_spark_store
from hublake.spark_jobs.engine.session import join_submitted_session, start_local_session
from hublake.spark_jobs.engine.warehouse import Warehouse

SMALL_WAREHOUSE_ROWS = 40_000  # of bronze: about 20,000 models with their cards
ROWS_PER_MODEL = 2


@contextmanager
def warehouse_session(settings: Settings, *extra_conf: str, expected_models: int | None = None) -> Iterator[Warehouse]:
    """The warehouse of the settings, with a session that ends with the `with` block; `extra_conf` names further files of conf/spark.

    The session is sized for the rows of bronze, or for the models that are expected in it.

    Raises MissingTable if the folder does not exist, StoreUnreachable if the object store does not respond, and DamagedTable or
    UnusableWarehouse for errors of Spark that mean so.
    """
    address = settings.warehouse
    require_warehouse(address)
    if is_local(address):
        address = str(Path(address).resolve())
    with (
        tempfile.TemporaryDirectory(prefix="hublake-", ignore_cleanup_errors=True) as scratch,
        report_damage(address),
        report_unreachable_spark_store(address),
    ):
        if "PYSPARK_GATEWAY_PORT" in os.environ:  # spark-submit has started the JVM and set master, memory and jars
            spark = join_submitted_session(settings, address, extra_conf)
        else:
            logs = writable_log_folder(address)
            if logs != log_folder(address):
                notice(f"hublake: logs go to {logs}, since {log_folder(address)} cannot be written")
            rows = max(count_bronze_rows(Location(address, settings.storage)), ROWS_PER_MODEL * (expected_models or 0))
            is_small = rows < SMALL_WAREHOUSE_ROWS
            spark = start_local_session(settings, Path(scratch), logs / "spark.log", is_small=is_small, extra_conf=extra_conf)
        try:
            yield Warehouse(spark, address, settings.storage)
        finally:
            spark.stop()


def count_bronze_rows(location: Location) -> int:
    """The number of rows of all bronze tables from their Delta logs, without reading a data file.

    Rows are a better measure than bytes: cards that resemble each other, such as those of a synthetic hub, compress to almost nothing.
    """
    return sum(_logged_rows(location, table) for table in TABLES.values() if table.layer == "bronze")


def _logged_rows(location: Location, table: Table) -> int:
    """0 for a table that does not exist or cannot be read; whatever reads such a table reports the error."""
    with suppress(DamagedTable), report_damage(location.address, table):
        if found := open_table(location, table):
            return row_count(found) or 0
    return 0
