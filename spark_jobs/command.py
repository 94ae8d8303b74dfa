"""`hublake build` and `hublake check`; spark-submit runs the same two through spark_jobs/__main__.py."""

import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, datetime
from pathlib import Path

import click

from expectations.gate import Gate, Verdict
from lake import settings as layers
from lake.errors import GateClosed, MissingTable
from lake.options import WAREHOUSE
from lake.places import is_local, log_folder
from lake.settings import Settings
from lake.tables import TABLES, Table, find_table
from spark_jobs.runner import Build
from spark_jobs.session import local_session, submitted_session
from spark_jobs.storage import Warehouse
from spark_jobs.told import Told

SMALL_BYTES = 64_000_000  # of bronze: some 20,000 models with their cards
MASTER = click.option("--master", help="Spark master.  [default: build.master of conf/, local[*]]")


@click.command(short_help="Bronze to silver to gold, through the gates.")
@click.argument("tables", nargs=-1, metavar="[TABLE]...")
@WAREHOUSE
@MASTER
@click.option("--snapshot", type=click.DateTime(["%Y-%m-%d"]), help="Day of the listing crawl.  [default: the newest whole one]")
@click.option("--again", is_flag=True, help="Make tables again that are current.")
def build(tables: tuple[str, ...], warehouse: str | None, master: str | None, snapshot: datetime | None, again: bool) -> None:
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
        run = Build(lake, settings, gate, snapshot.date() if snapshot else None, told)
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
def check(tables: tuple[str, ...], warehouse: str | None, master: str | None) -> None:
    """Run every expectation of the named tables (all published ones if none is named) on their newest snapshot.

    \b
    Example:
      hublake check model_impact models --warehouse demo/warehouse
    """
    wanted = [find_table(name) for name in tables]
    settings = layers.load(flags={"warehouse": warehouse, "build.master": master})
    with opened(settings) as (lake, gate, told):
        verdicts = []
        for table in wanted or [table for table in TABLES.values() if lake.holds(table)]:
            told(f"checking {table.full_name}")
            verdicts.append(_judged(lake, gate, table))
            told.verdict(verdicts[-1])
        told.docs(gate.write_docs())
    if not verdicts:
        raise MissingTable(f"the warehouse {settings.warehouse} holds no table. Fill it: hublake crawl models")
    closed = [verdict for verdict in verdicts if verdict.critical]
    if closed:
        raise GateClosed(
            f"{len(closed)} of {len(verdicts)} tables break a critical expectation: {', '.join(v.table.full_name for v in closed)}"
        )


def _judged(lake: Warehouse, gate: Gate, table: Table) -> Verdict:
    frame = lake.read(table)
    newest: date | None = frame.selectExpr("max(snapshot_date)").collect()[0][0]
    return gate.judge(frame.where(frame.snapshot_date == newest) if newest else frame, table)


@contextmanager
def opened(settings: Settings) -> Iterator[tuple[Warehouse, Gate, Told]]:
    """The warehouse of the settings with a session and a gate. Raises MissingTable where there is no such folder."""
    with Told() as told:
        told("starting Spark")
        with session_of(settings) as lake:
            yield lake, Gate(lake.address), told


@contextmanager
def session_of(settings: Settings) -> Iterator[Warehouse]:
    """The warehouse of the settings with a session that ends with the block. Raises MissingTable where there is no such folder."""
    address = settings.warehouse
    if is_local(address):
        if not Path(address).is_dir():
            raise MissingTable(f"there is no warehouse at {Path(address).resolve()}. Fill one: hublake crawl models --warehouse {address}")
        address = str(Path(address).resolve())
    with tempfile.TemporaryDirectory(prefix="hublake-", ignore_cleanup_errors=True) as scratch:
        if "PYSPARK_GATEWAY_PORT" in os.environ:  # spark-submit has started the JVM and chosen master, memory and jars
            spark = submitted_session(settings, address)
        else:
            logs = log_folder(address)
            logs.mkdir(parents=True, exist_ok=True)
            is_small = is_local(address) and _bytes_below(Path(address) / "bronze") < SMALL_BYTES
            spark = local_session(settings, Path(scratch), logs / "spark.log", is_small=is_small)
        try:
            yield Warehouse(spark, address)
        finally:
            spark.stop()


def _bytes_below(folder: Path) -> int:
    return sum(file.stat().st_size for file in folder.rglob("*.parquet"))
