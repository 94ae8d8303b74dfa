"""SQL clients: JDBC clients of the Thrift server, the same queries in DuckDB, and passwords beyond loopback."""

import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import Any

import pyspark
import pytest
from pyhive import hive
from pyspark.sql import SparkSession
from TCLIService import ttypes
from thrift.transport.TTransport import TTransportException

from benchmarks.bi_questions import free_port
from hublake.lake.errors import WrongUse
from hublake.lake.schema.gold.impact import MODEL_IMPACT
from hublake.serving.reader import PublishedTables
from hublake.spark_jobs.engine.published_views import LAYER_COMMENTS, PublishedViews
from hublake.spark_jobs.engine.results import TableResult
from hublake.spark_jobs.engine.server_options import hive_options
from hublake.spark_jobs.engine.sql_server import thrift_server
from hublake.spark_jobs.engine.warehouse import Warehouse
from tools.dist import ROOT

QUESTIONS = sorted((ROOT / "docs" / "questions").glob("*.sql"))
ANYONE, READER = "anyone", "reader"
PASSWORD = "open sesame"  # two words: the first space of the line ends the user name


@pytest.fixture(scope="module")
def warehouse(spark: SparkSession, built: tuple[PublishedTables, list[TableResult]]) -> Iterator[Warehouse]:
    yield Warehouse(spark, built[0].address)
    for layer in LAYER_COMMENTS:
        spark.sql(f"DROP SCHEMA IF EXISTS {layer} CASCADE")


@pytest.fixture(scope="module")
def server(warehouse: Warehouse) -> Iterator[tuple[int, PublishedViews]]:
    """The port and the views of a server as `hublake serve` starts it on loopback."""
    port = free_port()
    with thrift_server(warehouse, hive_options("127.0.0.1", port, None)) as views:
        yield port, views


@pytest.fixture(scope="module")
def port(server: tuple[int, PublishedViews]) -> int:
    return server[0]


def cursor(port: int, user: str = ANYONE, password: str = "any") -> Any:
    return hive.connect("127.0.0.1", port, username=user, password=password, auth="CUSTOM").cursor()


def run_query(port: int, query: str) -> list[tuple[Any, ...]]:
    cursor_ = cursor(port)
    try:
        cursor_.execute(query)
        return [tuple(row) for row in cursor_.fetchall()]
    finally:
        cursor_.close()


def remarks_of(port: int, schema: str) -> dict[str, str]:
    """What a BI tool requests to show its tree of tables: name and remark of each."""
    request = partial(ttypes.TGetTablesReq, schemaName=schema, tableName="%")
    columns = metadata(port, lambda client, session: client.GetTables(request(sessionHandle=session)))
    return dict(zip(columns[2], columns[4], strict=True))


def columns_of(port: int, schema: str, table: str) -> dict[str, str]:
    """What a BI tool requests to show the columns of a table: name and remark of each."""
    request = partial(ttypes.TGetColumnsReq, schemaName=schema, tableName=table)
    columns = metadata(port, lambda client, session: client.GetColumns(request(sessionHandle=session)))
    return dict(zip(columns[3], columns[11], strict=True))


def metadata(port: int, request: Callable[[Any, Any], Any]) -> list[list[str]]:
    """The columns of a metadata request's result; empty lists for those that are not text."""
    connection = hive.connect("127.0.0.1", port, username=ANYONE, password="any", auth="CUSTOM")
    handle = request(connection.client, connection.sessionHandle).operationHandle
    fetched = connection.client.FetchResults(ttypes.TFetchResultsReq(handle, ttypes.TFetchOrientation.FETCH_NEXT, 1000)).results
    connection.close()
    return [column.stringVal.values if column.stringVal else [] for column in fetched.columns]


@pytest.mark.parametrize("question", QUESTIONS, ids=lambda path: path.stem)
def test_a_query_has_the_same_result_over_jdbc_and_in_duckdb(
    port: int, built: tuple[PublishedTables, list[TableResult]], question: Path
) -> None:
    query = question.read_text("utf-8")
    over_jdbc, in_duckdb = run_query(port, query), built[0].rows(query)
    assert over_jdbc
    assert [_plain(row) for row in over_jdbc] == [_plain(row) for row in in_duckdb]


def _plain(row: tuple[Any, ...]) -> tuple[Any, ...]:
    """Decimals and floats of both clients as floats."""
    return tuple(value if isinstance(value, str | int | None) else float(value) for value in row)


def test_there_are_ten_questions_and_each_states_in_its_first_line_what_it_asks() -> None:
    assert len(QUESTIONS) == 10
    assert all(question.read_text("utf-8").startswith("-- ") for question in QUESTIONS)


def test_every_table_is_in_the_schema_of_its_layer_with_its_comments(port: int, built: tuple[PublishedTables, list[TableResult]]) -> None:
    shown = {f"{row[0]}.{row[1]}" for layer in LAYER_COMMENTS for row in run_query(port, f"SHOW TABLES IN {layer}")}
    assert shown == set(built[0].tables)
    columns = {name: comment for name, _, comment in run_query(port, f"DESCRIBE {MODEL_IMPACT.full_name}")}
    assert columns["descendants"] == MODEL_IMPACT.by_name["descendants"].comment
    assert remarks_of(port, "gold")["model_impact"] == f"{MODEL_IMPACT.comment}; {MODEL_IMPACT.grain}"


def test_a_refresh_without_a_new_build_changes_no_view(server: tuple[int, PublishedViews]) -> None:
    assert server[1].refresh() == []


def test_a_bi_tool_is_shown_the_columns_of_a_table_with_their_comments(port: int) -> None:
    assert columns_of(port, "gold", "model_impact") == {column.name: column.comment for column in MODEL_IMPACT}


def test_beeline_reads_a_table(port: int, built: tuple[PublishedTables, list[TableResult]], tmp_path: Path) -> None:
    home = Path(pyspark.__file__).parent
    command = [
        str(home / "bin" / "beeline"),
        "-u",
        f"jdbc:hive2://127.0.0.1:{port}/gold",
        "-n",
        ANYONE,
        "--outputformat=csv2",
        "--silent=true",
    ]
    environment = {**os.environ, "SPARK_HOME": str(home), "HOME": str(tmp_path)}
    query = [*command, "-e", "SELECT count(*) AS models FROM model_impact"]
    done = subprocess.run(query, env=environment, cwd=tmp_path, capture_output=True, text=True, timeout=120, check=False)
    assert done.stdout.split()[-2:] == ["models", str(built[0].value("SELECT count(*) FROM gold.model_impact"))], done.stderr[-2000:]


def test_a_restarted_server_works_and_accepts_the_right_password_only(warehouse: Warehouse, tmp_path: Path) -> None:
    port, users = free_port(), tmp_path / "users"
    users.write_text(f"{READER} {PASSWORD}\n", "utf-8")
    for _ in range(2):
        with thrift_server(warehouse, hive_options("127.0.0.1", port, users)):
            connected = cursor(port, READER, PASSWORD)
            connected.execute("SHOW SCHEMAS")
            assert set(LAYER_COMMENTS) <= {row[0] for row in connected.fetchall()}
            connected.close()
            for user, password in ((READER, "open"), (ANYONE, PASSWORD), (READER, "")):
                with pytest.raises(TTransportException, match="Error validating the login"):
                    cursor(port, user, password)


def test_ctrl_c_stops_a_server_without_an_error_message(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "hublake.lake.cli", "serve", "--warehouse", str(tmp_path), "--port", str(free_port())]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as server:
        assert server.stdout is not None
        assert server.stdout.readline().startswith("jdbc:hive2://127.0.0.1:")
        server.send_signal(signal.SIGINT)
        _, errors = server.communicate(timeout=60)
    assert (server.returncode, errors) == (0, "")


@pytest.mark.parametrize(
    ("host", "is_refused"), [("0.0.0.0", True), ("::", True), ("lake.example", True), ("127.0.0.1", False), ("::1", False)]
)
def test_beyond_loopback_a_password_is_required(host: str, is_refused: bool, tmp_path: Path) -> None:
    if is_refused:
        with pytest.raises(WrongUse, match="--users"):
            hive_options(host, 10000, None)
    assert hive_options(host, 10000, tmp_path / "users")["hive.server2.authentication"] == "CUSTOM"
    assert is_refused or hive_options(host, 10000, None)["hive.server2.authentication"] == "NONE"


def test_an_option_without_a_value_is_refused() -> None:
    with pytest.raises(WrongUse, match="NAME=VALUE"):
        hive_options("127.0.0.1", 10000, None, ("hive.server2.use.SSL",))
