"""`hublake build` and `hublake check`; spark-submit runs the same two through spark_jobs/__main__.py."""

import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import date
from functools import partial
from pathlib import Path

import click
from deltalake.exceptions import DeltaError
from pyspark.sql import DataFrame
from pyspark.sql import functions as F

from expectations.gate import Gate
from lake import settings as layers
from lake.errors import GateClosed, MissingTable
from lake.options import AS_OF, WAREHOUSE
from lake.places import is_local, log_folder, require_warehouse
from lake.settings import Settings
from lake.tables import TABLES, find_table
from lake.tables.silver import QUARANTINE
from spark_jobs.object_store import store_waited_for
from spark_jobs.records import Storage, rows_told
from spark_jobs.records import opened as opened_table
from spark_jobs.runner import Build
from spark_jobs.session import local_session, submitted_session
from spark_jobs.snapshots import chosen_snapshot
from spark_jobs.storage import Warehouse
from spark_jobs.told import Told

SMALL_ROWS = 40_000  # of bronze: some 20,000 models with their cards
MASTER = click.option("--master", help="Spark master.  [default: build.master of conf/, local[*]]")


@click.command(short_help="Bronze to silver to gold, through the gates.")
@click.argument("tables", nargs=-1, metavar="[TABLE]...")
@WAREHOUSE
@MASTER
@AS_OF
@click.option("--again", is_flag=True, help="Make tables again that are current.")
def build(tables: tuple[str, ...], warehouse: str | None, master: str | None, as_of: str | None, again: bool) -> None:
    """Make the named tables and all they need (all tables if none is named) from what was crawled.

    A table whose inputs, code and parameters have not changed is left alone. Exit code 3: a gate is closed, its table
    was not published and readers stay on the last good version.

    \b
    Example:
      hublake build model_impact --warehouse demo/warehouse
    """
    wanted = [find_table(name) for name in tables]
    settings = layers.load(flags={"warehouse": warehouse, "build.master": master})
    with opened(settings) as (lake, gate, told):
        run = Build(lake, settings, gate, as_of, told)
        try:
            told.snapshot(run.snapshot)
            steps = run.run(wanted, again=again)
        finally:
            told.docs(gate.write_docs())
        told.summary(steps)


@click.command(short_help="Expectations on what is published; writes Data Docs.")
@click.argument("tables", nargs=-1, metavar="[TABLE]...")
@WAREHOUSE
@MASTER
@AS_OF
def check(tables: tuple[str, ...], warehouse: str | None, master: str | None, as_of: str | None) -> None:
    """Run every expectation of the named tables (all published ones if none is named) on their newest snapshot, and show what
    builds have set aside.

    \b
    Example:
      hublake check model_impact models --warehouse demo/warehouse
    """
    wanted = [find_table(name) for name in tables]
    settings = layers.load(flags={"warehouse": warehouse, "build.master": master})
    with opened(settings) as (lake, gate, told):
        day = chosen_snapshot(lake, as_of) if as_of else None
        verdicts = []
        for table in wanted or [table for table in TABLES.values() if lake.holds(table)]:
            told(f"checking {table.full_name}")
            verdicts.append(gate.judge(lake.read_as_of(table, day), table, partial(_look, lake, day)))
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
    return lake.read_as_of(table, day) if lake.holds(table) else None


def _set_aside(lake: Warehouse, day: date | None) -> list[tuple[str, str, int, str]]:
    """(table, rule, records, example) of the snapshot's quarantine."""
    if not lake.holds(QUARANTINE):
        return []
    of_rule = lake.read_as_of(QUARANTINE, day).groupBy("table_name", "rule")
    found = of_rule.agg(F.count("*"), F.min("reason")).orderBy("table_name", "rule").collect()
    return [(row[0], row[1], row[2], row[3]) for row in found]


@contextmanager
def opened(settings: Settings) -> Iterator[tuple[Warehouse, Gate, Told]]:
    """The warehouse of the settings with a session and a gate. Raises MissingTable where there is no such folder."""
    with Told() as told:
        told("starting Spark")
        with session_of(settings) as lake:
            yield lake, Gate(lake.address), told


@contextmanager
def session_of(settings: Settings, *on_top: str) -> Iterator[Warehouse]:
    """The warehouse of the settings with a session that ends with the block; `on_top` are files of conf/spark that it takes besides.

    Raises MissingTable where there is no such folder, StoreUnreachable where its object store does not answer.
    """
    address = settings.warehouse
    require_warehouse(address)
    if is_local(address):
        address = str(Path(address).resolve())
    with tempfile.TemporaryDirectory(prefix="hublake-", ignore_cleanup_errors=True) as scratch, store_waited_for(address):
        if "PYSPARK_GATEWAY_PORT" in os.environ:  # spark-submit has started the JVM and chosen master, memory and jars
            spark = submitted_session(settings, address, on_top)
        else:
            logs = log_folder(address)
            logs.mkdir(parents=True, exist_ok=True)
            is_small = bronze_rows(address, settings.storage) < SMALL_ROWS
            spark = local_session(settings, Path(scratch), logs / "spark.log", is_small=is_small, on_top=on_top)
        try:
            yield Warehouse(spark, address, settings.storage)
        finally:
            spark.stop()


def bronze_rows(address: str, storage: Storage) -> int:
    """Rows of the bronze tables, as their logs tell it: for a folder and an object store alike, without reading a file.

    Rows and not bytes: cards that resemble each other, as those of a made hub, take next to no room.
    """
    return sum(_rows_of(table.path(address), storage) for table in TABLES.values() if table.layer == "bronze")


def _rows_of(path: str, storage: Storage) -> int:
    """0 also for a table that cannot be read: who reads it will say so."""
    with suppress(DeltaError):
        if table := opened_table(path, storage):
            return rows_told(table) or 0
    return 0
