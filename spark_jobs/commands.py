"""`hublake build`, `hublake check` and `hublake serve`. Spark is imported when a command runs."""

import os
from pathlib import Path

import click

from hublake.lake.options import AS_OF, MASTER, WAREHOUSE
from hublake.lake.paths import require_tables
from hublake.lake.schema import find_table
from hublake.lake.settings import Settings, load
from hublake.spark_jobs.engine.master import require_master


def _settings(warehouse: str | None, master: str | None) -> Settings:
    """The settings with the flags. Raises WrongUse for a master that does not work, before Spark is imported and retries for a minute."""
    settings = load(flags={"warehouse": warehouse, "build.master": master})
    if "PYSPARK_GATEWAY_PORT" not in os.environ:  # otherwise spark-submit has chosen the master
        require_master(settings.build.master)
    return settings


@click.command(short_help="Bronze to silver to gold, through the gates.")
@click.argument("tables", nargs=-1, metavar="[TABLE]...")
@WAREHOUSE
@MASTER
@AS_OF
@click.option("--again", is_flag=True, help="Rebuild tables that are current, too.")
@click.option("--repair", is_flag=True, help="First repair the named tables, or all damaged ones; then build.")
@click.option(
    "--expect",
    type=click.IntRange(min=1),
    metavar="MODELS",
    help="Start Spark for about this many models, and build when standard input has a line: a crawl may run meanwhile.",
)
def build(
    tables: tuple[str, ...], warehouse: str | None, master: str | None, as_of: str | None, again: bool, repair: bool, expect: int | None
) -> None:
    """Build the named tables and everything they are computed from (all tables if none is named) from what was crawled.

    A table is current, and left as it is, if its inputs, the code and curated lists of its job, its settings and its declaration have not
    changed. Exit code 3: a gate is closed, nothing was published and readers stay on the last good version.

    A build refuses tables that are damaged or that another program has changed. --repair undoes commits of others, and rebuilds every
    snapshot of a damaged table. A bronze table is repaired only if it is named: what cannot be read is lost, and the command says what.

    \b
    Examples:
      hublake build model_impact --warehouse demo/warehouse
      hublake build --repair --warehouse demo/warehouse
    """
    selected, settings = [find_table(name) for name in tables], _settings(warehouse, master)
    if expect is None:
        require_tables(settings.warehouse)  # before Spark is imported
    from hublake.spark_jobs.engine.interruption import report_interruption

    with report_interruption(settings.location):
        from hublake.spark_jobs.engine.build_command import run_build  # imports Spark, which takes seconds

        run_build(settings, selected, as_of, rebuild=again, repair=repair, expected_models=expect)


@click.command(short_help="Expectations on published tables; writes Data Docs.")
@click.argument("tables", nargs=-1, metavar="[TABLE]...")
@WAREHOUSE
@MASTER
@AS_OF
def check(tables: tuple[str, ...], warehouse: str | None, master: str | None, as_of: str | None) -> None:
    """Run every expectation of the named tables (all published ones if none is named) on their newest snapshot, and show the records
    that builds have quarantined.

    \b
    Example:
      hublake check model_impact models --warehouse demo/warehouse
    """
    selected, settings = [find_table(name) for name in tables], _settings(warehouse, master)
    require_tables(settings.warehouse)
    from hublake.spark_jobs.engine.check_command import run_check

    run_check(settings, selected, as_of)


@click.command(short_help="The tables over JDBC and ODBC.")
@WAREHOUSE
@MASTER
@click.option("--host", default="127.0.0.1", show_default=True, help="Address to listen on; beyond loopback only with --users.")
@click.option("--port", type=click.IntRange(1, 65535), default=10000, show_default=True, help="Port to listen on.")
@click.option(
    "--users",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="File of lines 'user password': who may log in. Other users must not be able to read it.",
)
@click.option(
    "--set",
    "options",
    multiple=True,
    metavar="NAME=VALUE",
    help="An option of HiveServer2, such as hive.server2.use.SSL=true; a password as NAME=@FILE.",
)
def serve(warehouse: str | None, master: str | None, host: str, port: int, users: Path | None, options: tuple[str, ...]) -> None:
    """Serve the published tables to BI tools until Ctrl-C: jdbc:hive2://HOST:PORT/gold

    \b
    Example:
      hublake serve --warehouse demo/warehouse
    """
    settings = _settings(warehouse, master)
    from hublake.spark_jobs.engine.sql_server import serve as run_server

    run_server(settings, host, port, users, options)
