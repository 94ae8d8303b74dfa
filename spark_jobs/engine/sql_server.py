"""`hublake serve`: the warehouse over JDBC and ODBC, with Spark's Thrift server (the protocol of HiveServer2)."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from ipaddress import ip_address
from pathlib import Path

import click
from deltalake.exceptions import DeltaError
from py4j.protocol import Py4JJavaError
from pyspark.errors import PySparkException

from hublake.lake.errors import WrongUse
from hublake.lake.settings import Settings
from hublake.lake.signals import stop_event
from hublake.spark_jobs.engine.published_views import PublishedViews
from hublake.spark_jobs.engine.warehouse import Warehouse
from hublake.spark_jobs.engine.warehouse_session import warehouse_session

REFRESH_SECONDS = 10  # how often the build log is checked for newly published versions
SERVE_CONF = "serve.conf"
PASSWORD_CLASS = "hublake.PasswordFile"  # spark_jobs/engine/PasswordFile.scala  # noqa: S105


def serve(settings: Settings, host: str, port: int, users: Path | None, hive_settings: tuple[str, ...]) -> None:
    """Serve the warehouse of the settings until Ctrl-C."""
    options = hive_options(host, port, users, hive_settings)
    # In this order: a session that starts installs its own handler of Ctrl-C.
    with warehouse_session(settings, SERVE_CONF) as warehouse, stop_event() as stop, thrift_server(warehouse, options) as views:
        click.echo(f"jdbc:hive2://{host}:{port}/gold   Ctrl-C ends it.")
        while not stop.wait(REFRESH_SECONDS):
            try:
                views.refresh()
            except (DeltaError, OSError, Py4JJavaError, PySparkException) as error:  # such as an object store that does not respond
                first_line = str(error).strip().partition("\n")[0][:300]
                click.echo(f"hublake: cannot read newly published versions, serving the earlier ones: {first_line}", err=True)


def hive_options(host: str, port: int, users: Path | None, hive_settings: tuple[str, ...] = ()) -> dict[str, str]:
    """Options of HiveServer2. Raises WrongUse if it would listen beyond loopback without passwords."""
    if users is None and not _is_loopback(host):
        raise WrongUse(f"--host {host} can be reached from other machines: name a file of users and passwords (--users), or use 127.0.0.1")
    invalid = [setting for setting in hive_settings if "=" not in setting]
    if invalid:
        raise WrongUse(f"--set {invalid[0]}: write NAME=VALUE, such as hive.server2.use.SSL=true")
    options = {
        "hive.server2.thrift.bind.host": host,
        "hive.server2.thrift.port": str(port),
        "hive.server2.transport.mode": "binary",
        "hive.server2.authentication": "NONE",
        # Otherwise HiveServer2 writes a log of every query below /tmp, which nothing reads.
        "hive.server2.logging.operation.enabled": "false",
    }
    if users is not None:
        options |= {"hive.server2.authentication": "CUSTOM", "hive.server2.custom.authentication.class": PASSWORD_CLASS}
        options["hublake.users"] = str(users.resolve())
    return options | dict(setting.split("=", 1) for setting in hive_settings)


def _is_loopback(host: str) -> bool:
    try:
        return host == "localhost" or ip_address(host).is_loopback
    except ValueError:
        return False


@contextmanager
def thrift_server(warehouse: Warehouse, options: Mapping[str, str]) -> Iterator[PublishedViews]:
    """Run Spark's Thrift server in this session, with views of all published tables, until the end of the `with` block.

    HiveServer2 reads its options, including those of authentication, from the JVM's system properties.
    """
    views = PublishedViews(warehouse)
    views.refresh()
    java = warehouse.spark._jvm
    assert java is not None
    for name, value in options.items():
        java.java.lang.System.setProperty(name, value)
    java.org.apache.hadoop.hive.ql.session.SessionState.detachSession()  # it would keep the options of an earlier server
    server = java.org.apache.spark.sql.hive.thriftserver.HiveThriftServer2.startWithSparkSession(warehouse.spark._jsparkSession, False)
    try:
        yield views
    finally:
        server.stop()
        for name in options:
            java.java.lang.System.clearProperty(name)
