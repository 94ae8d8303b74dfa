"""`hublake check`: run all expectations on published tables, in a Spark session of its own."""

from collections.abc import Sequence
from datetime import date
from functools import partial

from pyspark.sql import DataFrame

from hublake.expectations.gate import Gate
from hublake.lake.errors import GateClosed, MissingTable
from hublake.lake.schema import TABLES, Table, find_table
from hublake.lake.settings import Settings
from hublake.spark_jobs.engine.progress import ConsoleProgress
from hublake.spark_jobs.engine.quarantine import summarize_quarantine
from hublake.spark_jobs.engine.snapshots import select_snapshot
from hublake.spark_jobs.engine.warehouse import Warehouse
from hublake.spark_jobs.engine.warehouse_session import warehouse_session


def run_check(settings: Settings, tables: Sequence[Table], as_of: str | None) -> None:
    """Run every expectation of the tables (all existing ones if none is given) on their newest snapshot, or that of `as_of`.

    Raises GateClosed if a critical expectation is broken, MissingTable if there is no table.
    """
    with ConsoleProgress() as progress, warehouse_session(settings) as warehouse:
        gate = Gate(warehouse.address)
        day = select_snapshot(warehouse, as_of) if as_of else None
        verdicts = []
        for table in tables or [table for table in TABLES.values() if warehouse.has_table(table)]:
            progress(f"checking {table.full_name}")
            verdicts.append(gate.validate(warehouse.read_as_of(table, day), table, partial(_find_snapshot, warehouse, day)))
            progress.show_verdict(verdicts[-1])
        progress.show_quarantine(summarize_quarantine(warehouse, day))
        progress.show_docs(gate.write_docs())
    if not verdicts:
        raise MissingTable(f"the warehouse {settings.warehouse} has no table. Fill it: hublake crawl models")
    closed = [verdict for verdict in verdicts if verdict.critical]
    if closed:
        raise GateClosed(
            f"{len(closed)} of {len(verdicts)} tables break a critical expectation: {', '.join(v.table.full_name for v in closed)}"
        )


def _find_snapshot(warehouse: Warehouse, day: date | None, name: str) -> DataFrame | None:
    table = find_table(name)
    return warehouse.read_as_of(table, day) if warehouse.has_table(table) else None
