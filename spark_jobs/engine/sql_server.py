"""`hublake serve`: the warehouse over JDBC and ODBC, by Spark's Thrift server (the protocol of HiveServer2)."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from ipaddress import ip_address
from pathlib import Path

import click

from hublake.lake.errors import WrongUse
from hublake.lake.settings import Settings
from hublake.lake.signals import stop_event
from hublake.spark_jobs.engine.catalog import register_tables
from hublake.spark_jobs.engine.warehouse import Warehouse
from hublake.spark_jobs.engine.warehouse_session import warehouse_session

LOOK_SECONDS = 60  # how often tables that were not there before are looked for
SERVE_CONF = "serve.conf"
PASSWORD_CLASS = "hublake.PasswordFile"  # spark_jobs/engine/PasswordFile.scala  # noqa: S105


def serve(settings: Settings, host: str, port: int, users: Path | None, others: tuple[str, ...]) -> None:
    """Serve the warehouse of the settings until Ctrl-C."""
    wanted = hive_options(host, port, users, others)
    # In this order: a session that begins takes Ctrl-C for itself.
    with warehouse_session(settings, SERVE_CONF) as lake, stop_event() as is_told, thrift_server(lake, wanted):
        click.echo(f"jdbc:hive2://{host}:{port}/gold   Ctrl-C ends it.")
        while not is_told.wait(LOOK_SECONDS):
            register_tables(lake)


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
    register_tables(warehouse)
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
