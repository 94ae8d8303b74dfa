"""`hublake serve`: the warehouse over JDBC and ODBC, with Spark's Thrift server (the protocol of HiveServer2)."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from deltalake.exceptions import DeltaError
from py4j.protocol import Py4JJavaError
from pyspark.errors import PySparkException

from hublake.lake.errors import HublakeError
from hublake.lake.settings import Settings
from hublake.lake.signals import stop_event
from hublake.lake.terminal import echo
from hublake.spark_jobs.engine.published_views import LAYER_COMMENTS, PublishedViews
from hublake.spark_jobs.engine.server_environment import pass_credentials, without_secrets
from hublake.spark_jobs.engine.server_options import hive_options
from hublake.spark_jobs.engine.warehouse import Warehouse
from hublake.spark_jobs.engine.warehouse_session import warehouse_session

REFRESH_SECONDS = 10  # how often the build log is checked for newly published versions
SERVE_CONF = "serve.conf"
UNREADABLE = (HublakeError, DeltaError, OSError, Py4JJavaError, PySparkException)  # such as an object store that does not respond
DEFAULT_SCHEMA = "default"  # of Spark; always empty, and what many clients name when they log in


def serve(settings: Settings, host: str, port: int, users: Path | None, hive_settings: tuple[str, ...]) -> None:
    """Serve the warehouse of the settings until Ctrl-C."""
    options = hive_options(host, port, users, hive_settings)
    settings = without_secrets(settings)
    # In this order: a session that starts installs its own handler of Ctrl-C.
    with warehouse_session(settings, SERVE_CONF) as warehouse, stop_event() as stop, thrift_server(warehouse, options) as views:
        echo(f"jdbc:hive2://{host}:{port}/gold   Ctrl-C ends it.")
        while not stop.wait(REFRESH_SECONDS):
            try:
                views.refresh()
            except (
                HublakeError,
                DeltaError,
                OSError,
                Py4JJavaError,
                PySparkException,
            ) as error:  # such as an object store that does not respond
                first_line = str(error).strip().partition("\n")[0][:300]
                echo(f"hublake: cannot read newly published versions, serving the earlier ones: {first_line}", err=True)


@contextmanager
def thrift_server(warehouse: Warehouse, options: Mapping[str, str]) -> Iterator[PublishedViews]:
    """Run Spark's Thrift server in this session, with views of all published tables, until the end of the `with` block.

    Its clients only read (spark_jobs/engine/ReadOnlySql.scala); this session, which creates the views, may write.
    HiveServer2 reads its options, including those of authentication, from the JVM's system properties.
    """
    pass_credentials(warehouse.spark, warehouse.storage)
    views = PublishedViews(warehouse)
    views.refresh()
    java = warehouse.spark._jvm
    assert java is not None
    for name, value in options.items():
        java.java.lang.System.setProperty(name, value)
    java.org.apache.hadoop.hive.ql.session.SessionState.detachSession()  # it would keep the options of an earlier server
    schemas = ",".join([*LAYER_COMMENTS, DEFAULT_SCHEMA])
    server = java.org.apache.spark.sql.hive.thriftserver.SqlServer.serve(warehouse.spark._jsparkSession, warehouse.address, schemas)
    try:
        yield views
    finally:
        server.stop()
        java.hublake.ReadOnlySql.unprotect()
        for name in options:
            java.java.lang.System.clearProperty(name)
