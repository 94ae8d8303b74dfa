"""`hublake build`, `hublake check` and `hublake serve`. Spark is imported when a command runs."""

from pathlib import Path

import click

from hublake.lake.options import AS_OF, MASTER, WAREHOUSE
from hublake.lake.schema import find_table
from hublake.lake.settings import load


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
    from hublake.spark_jobs.engine.run import build as run

    wanted = [find_table(name) for name in tables]
    run(load(flags={"warehouse": warehouse, "build.master": master}), wanted, as_of, again=again)


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
    from hublake.spark_jobs.engine.run import check as run

    wanted = [find_table(name) for name in tables]
    run(load(flags={"warehouse": warehouse, "build.master": master}), wanted, as_of)


@click.command(short_help="The tables over JDBC and ODBC.")
@WAREHOUSE
@MASTER
@click.option("--host", default="127.0.0.1", show_default=True, help="Address to listen on; beyond loopback only with --users.")
@click.option("--port", type=click.IntRange(1, 65535), default=10000, show_default=True, help="Port to listen on.")
@click.option(
    "--users", type=click.Path(exists=True, dir_okay=False, path_type=Path), help="File of lines 'user password' of who may come in."
)
@click.option("--set", "options", multiple=True, metavar="NAME=VALUE", help="An option of HiveServer2, as hive.server2.use.SSL=true.")
def serve(warehouse: str | None, master: str | None, host: str, port: int, users: Path | None, options: tuple[str, ...]) -> None:
    """Serve bronze, silver and gold to BI tools until Ctrl-C: jdbc:hive2://HOST:PORT/gold

    \b
    Example:
      hublake serve --warehouse demo/warehouse
    """
    from hublake.spark_jobs.engine.sql_server import serve as run

    run(load(flags={"warehouse": warehouse, "build.master": master}), host, port, users, options)
