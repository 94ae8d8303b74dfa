"""`hublake serve`: the warehouse over JDBC and ODBC, by Spark's Thrift server (the protocol of HiveServer2)."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from ipaddress import ip_address
from pathlib import Path

import click

from lake.ending import told_to_end
from lake.errors import WrongUse
from lake.options import WAREHOUSE
from lake.settings import load
from spark_jobs.catalog import registered
from spark_jobs.command import MASTER, session_of
from spark_jobs.storage import Warehouse

LOOK_SECONDS = 60  # how often tables that were not there before are looked for
SERVE_CONF = "serve.conf"
PASSWORD_CLASS = "hublake.PasswordFile"  # spark_jobs/PasswordFile.scala  # noqa: S105


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
    wanted = hive_options(host, port, users, options)
    settings = load(flags={"warehouse": warehouse, "build.master": master})
    # In this order: a session that begins takes Ctrl-C for itself.
    with session_of(settings, SERVE_CONF) as lake, told_to_end() as is_told, thrift_server(lake, wanted):
        click.echo(f"jdbc:hive2://{host}:{port}/gold   Ctrl-C ends it.")
        while not is_told.wait(LOOK_SECONDS):
            registered(lake)


def hive_options(host: str, port: int, users: Path | None, others: tuple[str, ...] = ()) -> dict[str, str]:
    """What HiveServer2 is told. Raises WrongUse where it would listen beyond loopback and let in anyone."""
    if users is None and not _is_loopback(host):
        raise WrongUse(f"--host {host} is reached from beyond this machine: name a file of who may come in (--users), or stay on 127.0.0.1")
    wrong = [option for option in others if "=" not in option]
    if wrong:
        raise WrongUse(f"--set {wrong[0]}: write NAME=VALUE, as hive.server2.use.SSL=true")
    told = {
        "hive.server2.thrift.bind.host": host,
        "hive.server2.thrift.port": str(port),
        "hive.server2.transport.mode": "binary",
        "hive.server2.authentication": "NONE",
        # A log of every query below /tmp that nobody reads.
        "hive.server2.logging.operation.enabled": "false",
    }
    if users is not None:
        told |= {"hive.server2.authentication": "CUSTOM", "hive.server2.custom.authentication.class": PASSWORD_CLASS}
        told["hublake.users"] = str(users.resolve())
    return told | dict(option.split("=", 1) for option in others)


def _is_loopback(host: str) -> bool:
    try:
        return host == "localhost" or ip_address(host).is_loopback
    except ValueError:
        return False


@contextmanager
def thrift_server(warehouse: Warehouse, options: Mapping[str, str]) -> Iterator[None]:
    """Spark's Thrift server in this very session, with every table registered; ends with the `with` block.

    HiveServer2 reads its options from the properties of the JVM, also those that say who may come in.
    """
    registered(warehouse)
    java = warehouse.spark._jvm
    assert java is not None
    for name, value in options.items():
        java.java.lang.System.setProperty(name, value)
    java.org.apache.hadoop.hive.ql.session.SessionState.detachSession()  # it would bring the options of an earlier server
    server = java.org.apache.spark.sql.hive.thriftserver.HiveThriftServer2.startWithSparkSession(warehouse.spark._jsparkSession, False)
    try:
        yield
    finally:
        server.stop()
        for name in options:
            java.java.lang.System.clearProperty(name)
