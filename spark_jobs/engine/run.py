"""What `hublake build` and `hublake check` do, each in a Spark session of its own."""

from collections.abc import Sequence
from datetime import date
from functools import partial

from pyspark.sql import DataFrame
from pyspark.sql import functions as F

from hublake.expectations.gate import Gate
from hublake.lake.errors import GateClosed, MissingTable
from hublake.lake.schema import TABLES, Table, find_table
from hublake.lake.schema.operations import QUARANTINE
from hublake.lake.settings import Settings
from hublake.spark_jobs.engine.build import Build
from hublake.spark_jobs.engine.progress import ConsoleProgress
from hublake.spark_jobs.engine.snapshots import select_snapshot
from hublake.spark_jobs.engine.warehouse import Warehouse
from hublake.spark_jobs.engine.warehouse_session import warehouse_session


def build(settings: Settings, wanted: Sequence[Table], as_of: str | None, *, again: bool) -> None:
    """Build the wanted tables in a session of their own, and print what is done. Raises what `Build.run` raises."""
    with ConsoleProgress() as told:
        told("starting Spark")
        with warehouse_session(settings) as lake:
            gate = Gate(lake.address)
            run = Build(lake, settings, gate, as_of, told)
            try:
                told.snapshot(run.snapshot)
                steps = run.run(wanted, again=again)
            finally:
                told.docs(gate.write_docs())
            told.summary(steps)


def check(settings: Settings, wanted: Sequence[Table], as_of: str | None) -> None:
    """Run every expectation of the wanted tables, or of all published ones, on their newest snapshot or that of `as_of`.

    Raises GateClosed where a critical one is broken, MissingTable where there is no table.
    """
    with ConsoleProgress() as told, warehouse_session(settings) as lake:
        gate = Gate(lake.address)
        day = select_snapshot(lake, as_of) if as_of else None
        verdicts = []
        for table in wanted or [table for table in TABLES.values() if lake.has_table(table)]:
            told(f"checking {table.full_name}")
            verdicts.append(gate.validate(lake.read_as_of(table, day), table, partial(_look, lake, day)))
            told.verdict(verdicts[-1])
        told.set_aside(_set_aside(lake, day))
        told.docs(gate.write_docs())
    if not verdicts:
        raise MissingTable(f"the warehouse {settings.warehouse} holds no table. Fill it: hublake crawl models")
    closed = [verdict for verdict in verdicts if verdict.critical]
    if closed:
        raise GateClosed(
            f"{len(closed)} of {len(verdicts)} tables break a critical expectation: {', '.join(v.table.full_name for v in closed)}"
        )


def _look(lake: Warehouse, day: date | None, name: str) -> DataFrame | None:
    table = find_table(name)
    return lake.read_as_of(table, day) if lake.has_table(table) else None


def _set_aside(lake: Warehouse, day: date | None) -> list[tuple[str, str, int, str]]:
    """(table, rule, records, example) of the snapshot's quarantine."""
    if not lake.has_table(QUARANTINE):
        return []
    of_rule = lake.read_as_of(QUARANTINE, day).groupBy("table_name", "rule")
    found = of_rule.agg(F.count("*"), F.min("reason")).orderBy("table_name", "rule").collect()
    return [(row[0], row[1], row[2], row[3]) for row in found]
