"""`hublake check`: run all expectations on published tables, in a Spark session of its own."""

from collections.abc import Collection, Sequence
from datetime import date
from functools import partial

from pyspark.sql import DataFrame

from hublake.expectations.gate import Gate
from hublake.lake.delta.repair import inspect_tables
from hublake.lake.delta.store_errors import report_unreachable_store
from hublake.lake.errors import GateClosed, MissingTable
from hublake.lake.paths import require_warehouse
from hublake.lake.schema import TABLES, Table, find_table
from hublake.lake.schema.operations import BUILDS, QUARANTINE
from hublake.lake.settings import Settings
from hublake.spark_jobs.engine.progress import ConsoleProgress
from hublake.spark_jobs.engine.quarantine import summarize_quarantine
from hublake.spark_jobs.engine.results import Notice
from hublake.spark_jobs.engine.snapshots import select_snapshot
from hublake.spark_jobs.engine.warehouse import Warehouse
from hublake.spark_jobs.engine.warehouse_session import warehouse_session


def run_check(settings: Settings, tables: Sequence[Table], as_of: str | None) -> None:
    """Run every expectation of the tables (all existing ones if none is given) on their newest snapshot, or that of `as_of`.

    Raises DamagedTable if a table is damaged or has commits of others, GateClosed if a critical expectation is broken, MissingTable if
    there is no table.
    """
    require_warehouse(settings.warehouse)
    with ConsoleProgress(is_result=True) as progress:
        with report_unreachable_store(settings.warehouse):
            conditions = inspect_tables(settings.location, tables or TABLES.values())
        unsound = [condition for condition in conditions if not condition.is_sound]
        for condition in conditions:
            if condition.foreign or not condition.is_sound:
                progress(Notice(condition.problem()))
        damaged = {condition.table for condition in unsound if condition.damage}
        if BUILDS not in damaged and not (tables and damaged >= set(tables)):
            _check(settings, tables, as_of, damaged, progress)
    if unsound:
        raise unsound[0].error(settings.warehouse)


def _check(settings: Settings, tables: Sequence[Table], as_of: str | None, damaged: Collection[Table], progress: ConsoleProgress) -> None:
    with warehouse_session(settings) as warehouse:
        gate = Gate(warehouse.address)
        day = select_snapshot(warehouse, as_of) if as_of else None
        if day is not None:
            warehouse.build_history().require_kept(day)
        verdicts = []
        readable = tables or [table for table in TABLES.values() if warehouse.has_table(table)]
        for table in (table for table in readable if table not in damaged):
            progress(f"checking {table.full_name}")
            verdicts.append(gate.validate(warehouse.read_as_of(table, day), table, partial(_find_snapshot, warehouse, day, damaged)))
            progress.show_verdict(verdicts[-1])
        if QUARANTINE not in damaged:
            progress.show_quarantine(summarize_quarantine(warehouse, day))
        progress.show_docs(gate.write_docs())
    if not verdicts and not damaged:
        raise MissingTable(f"the warehouse {settings.warehouse} has no table. Fill it: hublake crawl models")
    closed = [verdict for verdict in verdicts if verdict.critical]
    if closed:
        raise GateClosed(
            f"{len(closed)} of {len(verdicts)} tables break a critical expectation: {', '.join(v.table.full_name for v in closed)}"
        )


def _find_snapshot(warehouse: Warehouse, day: date | None, damaged: Collection[Table], name: str) -> DataFrame | None:
    table = find_table(name)
    return warehouse.read_as_of(table, day) if table not in damaged and warehouse.has_table(table) else None
