"""SQL clients of `hublake serve`, the same queries in DuckDB, passwords, and a warehouse that the server cannot write."""

import os
import shutil
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from datetime import date
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from TCLIService import ttypes
from thrift.transport.TTransport import TTransportException

from benchmarks.bi_questions import free_port
from hublake.lake.schema.gold.impact import MODEL_IMPACT
from hublake.serving.reader import PublishedTables
from hublake.spark_jobs.engine.published_views import LAYER_COMMENTS
from hublake.spark_jobs.engine.results import TableResult
from tests.end_to_end.sql_clients import HOST, SqlServer, serving
from tools.dist import ROOT

Built = tuple[PublishedTables, list[TableResult]]

QUESTIONS = sorted((ROOT / "docs" / "questions").glob("*.sql"))
ANYONE, READER = "anyone", "reader"
PASSWORD = "open sesame"  # two words: the first space of the line ends the user name
NOBODY = 65534
MODELS = "SELECT count(*) AS models FROM gold.model_impact"


def remarks_of(server: SqlServer, schema: str) -> dict[str, str]:
    """What a BI tool requests to show its tree of tables: name and remark of each."""
    request = partial(ttypes.TGetTablesReq, schemaName=schema, tableName="%")
    columns = server.metadata(lambda client, session: client.GetTables(request(sessionHandle=session)))
    return dict(zip(columns[2], columns[4], strict=True))


@pytest.mark.parametrize("question", QUESTIONS, ids=lambda path: path.stem)
def test_a_query_has_the_same_result_over_jdbc_and_in_duckdb(sql_server: SqlServer, built: Built, question: Path) -> None:
    query = question.read_text("utf-8")
    over_jdbc, in_duckdb = sql_server.rows(query), built[0].rows(query)
    assert over_jdbc
    assert [_plain(row) for row in over_jdbc] == [_plain(row) for row in in_duckdb]


def _plain(row: tuple[Any, ...]) -> tuple[Any, ...]:
    """Decimals and floats of the two clients as one type, and days as text."""
    plain = (value.isoformat() if isinstance(value, date) else value for value in row)
    return tuple(value if isinstance(value, str | int | None) else float(value) for value in plain)


def test_questions_are_numbered_and_each_states_in_its_first_line_what_it_asks() -> None:
    numbers = [question.name[:3] for question in QUESTIONS]
    assert len(set(numbers)) == len(numbers) >= 16
    assert all(question.read_text("utf-8").startswith("-- ") for question in QUESTIONS)


def test_every_table_is_in_the_schema_of_its_layer_with_its_comments(sql_server: SqlServer, built: Built) -> None:
    shown = {f"{row[0]}.{row[1]}" for layer in LAYER_COMMENTS for row in sql_server.rows(f"SHOW TABLES IN {layer}")}
    assert shown == set(built[0].tables)
    columns = {name: comment for name, _, comment in sql_server.rows(f"DESCRIBE {MODEL_IMPACT.full_name}")}
    assert columns["descendants"] == MODEL_IMPACT.by_name["descendants"].comment
    assert remarks_of(sql_server, "gold")["model_impact"] == f"{MODEL_IMPACT.comment}; {MODEL_IMPACT.grain}"


def test_beeline_reads_a_table_without_spark_home(sql_server: SqlServer, built: Built, tmp_path: Path) -> None:
    beeline = [sys.executable, "-m", "hublake.spark_jobs.engine.beeline", "--outputformat=csv2", "--silent=true", "-n", ANYONE]
    environment = {name: value for name, value in os.environ.items() if name != "SPARK_HOME"} | {"HOME": str(tmp_path)}
    query = [*beeline, "-u", f"jdbc:hive2://{HOST}:{sql_server.port}/gold", "-e", MODELS]
    done = subprocess.run(
        query, env=environment, cwd=tmp_path, stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=120, check=False
    )
    assert done.stdout.split()[-2:] == ["models", str(built[0].value(MODELS))], done.stderr[-2000:]


def test_a_restarted_server_works_and_accepts_the_right_password_only(built: Built, tmp_path: Path) -> None:
    users = tmp_path / "users"
    users.touch(0o600)
    users.write_text(f"{READER} {PASSWORD}\n", "utf-8")
    for _ in range(2):
        with serving(tmp_path / "server", built[0].address, "--users", str(users)) as server:
            known = server.connect(READER, PASSWORD)
            assert set(LAYER_COMMENTS) <= {row[0] for row in server.rows("SHOW SCHEMAS", known)}
            for user, password in ((READER, "open"), (ANYONE, PASSWORD), (READER, "")):
                with pytest.raises(TTransportException, match="Error validating the login"):
                    server.connect(user, password)


@pytest.fixture
def open_folder() -> Iterator[Path]:
    """A temporary folder that other users may enter; pytest closes its own to them."""
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
        Path(folder).chmod(0o755)
        yield Path(folder)


def test_a_read_only_warehouse_is_served_and_logs_go_elsewhere(built: Built, open_folder: Path) -> None:
    warehouse, home = open_folder / "warehouse", open_folder / "home"
    shutil.copytree(built[0].address, warehouse)
    home.mkdir()
    before: list[str] = []
    if os.getuid() == 0:  # root can write everywhere, so another user starts the server
        if shutil.which("setpriv") is None:
            pytest.skip("root has no setpriv")
        before = ["setpriv", f"--reuid={NOBODY}", f"--regid={NOBODY}", "--clear-groups"]
        os.chown(home, NOBODY, NOBODY)
    folders = [warehouse, *(path for path in warehouse.rglob("*") if path.is_dir())]
    for folder in folders:
        folder.chmod(0o555)
    try:
        with serving(home, warehouse, before=before, XDG_STATE_HOME=str(home)) as server:
            assert server.rows(MODELS) == built[0].rows(MODELS)
            assert list((home / "hublake" / "logs").rglob("spark.log"))
    finally:
        for folder in folders:
            folder.chmod(0o755)


def test_ctrl_c_stops_a_server_without_an_error_message(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "hublake.lake.cli", "serve", "--warehouse", str(tmp_path), "--port", str(free_port())]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as server:
        assert server.stdout is not None
        assert server.stdout.readline().startswith("jdbc:hive2://127.0.0.1:")
        server.send_signal(signal.SIGINT)
        _, said = server.communicate(timeout=60)
    assert (server.returncode, said) == (0, "")


@pytest.mark.parametrize(
    "arguments", [("--set", "spark.sql.extensions=x"), ("--set", "hive.server2.keystore.password=changeit"), ("--users", "users")]
)
def test_an_unsafe_option_ends_with_2_before_anything_starts(tmp_path: Path, arguments: tuple[str, str]) -> None:
    (tmp_path / "users").touch(0o644)
    command = [sys.executable, "-m", "hublake.lake.cli", "serve", "--warehouse", str(tmp_path), *arguments]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, timeout=60, check=False)
    assert (done.returncode, done.stdout, done.stderr.count("\n")) == (2, "", 1)
