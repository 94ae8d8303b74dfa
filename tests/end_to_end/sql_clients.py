"""`hublake serve` as a process of its own, and clients of it."""

import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psutil
from pyhive import exc, hive
from TCLIService import ttypes

from benchmarks.bi_questions import free_port

HOST = "127.0.0.1"
ANYONE = "anyone"
SECRETS = {
    "HF_TOKEN": "hf_planted",
    "HUGGING_FACE_HUB_TOKEN": "hub_planted",
    "AWS_ACCESS_KEY_ID": "key_planted",
    "AWS_SECRET_ACCESS_KEY": "secret_planted",
    "SOME_PASSWORD": "password_planted",
}
LISTEN_EVERYWHERE = {"HIVE_SERVER2_THRIFT_BIND_HOST": "0.0.0.0"}  # HiveServer2 would prefer it to its option


@dataclass(frozen=True)
class SqlServer:
    """A server that runs; `folder` is its working folder and its home."""

    port: int
    process: subprocess.Popen[str]
    folder: Path
    warehouse: str

    def connect(self, user: str = ANYONE, password: str = "any", **options: Any) -> Any:
        return hive.connect(HOST, self.port, username=user, password=password, auth="CUSTOM", **options)

    def rows(self, query: str, connection: Any = None) -> list[tuple[Any, ...]]:
        cursor = (connection or self.connect()).cursor()
        try:
            cursor.execute(query)
            return [tuple(row) for row in cursor.fetchall()]
        finally:
            cursor.close()

    def error(self, statement: str, connection: Any = None) -> str | None:
        """The message of the error that a statement ends with; None if it runs."""
        cursor = (connection or self.connect()).cursor()
        try:
            cursor.execute(statement)
        except exc.OperationalError as error:
            return str(error.args[0].status.errorMessage)
        finally:
            cursor.close()
        return None

    def metadata(self, request: Callable[[Any, Any], Any]) -> list[list[str]]:
        """The columns of a metadata request's result; empty lists for those that are not text."""
        connection = self.connect()
        handle = request(connection.client, connection.sessionHandle).operationHandle
        fetched = connection.client.FetchResults(ttypes.TFetchResultsReq(handle, ttypes.TFetchOrientation.FETCH_NEXT, 10_000)).results
        connection.close()
        return [column.stringVal.values if column.stringVal else [] for column in fetched.columns]

    def environments_and_arguments(self) -> list[bytes]:
        """Of the server and of each process that it started, except short-lived ones that end while this reads them."""
        server = psutil.Process(self.process.pid)
        found = []
        for process in (server, *server.children(recursive=True)):
            with suppress(FileNotFoundError, ProcessLookupError):
                found.append(b"".join(Path(f"/proc/{process.pid}/{file}").read_bytes() for file in ("environ", "cmdline")))
        return found


@contextmanager
def serving(folder: Path, warehouse: str | Path, *arguments: str, before: Sequence[str] = (), **environment: str) -> Iterator[SqlServer]:
    """A server on the warehouse until the end of the block; `before` is a command that starts it, such as setpriv."""
    folder.mkdir(exist_ok=True)
    port = free_port()
    command = [*before, sys.executable, "-m", "hublake.lake.cli", "serve", "--warehouse", str(warehouse), "--port", str(port), *arguments]
    environ = {**os.environ, "HOME": str(folder), **environment}
    with subprocess.Popen(command, cwd=folder, env=environ, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        try:
            if not process.stdout.readline().startswith("jdbc:hive2://"):
                raise AssertionError(process.stderr.read())
            yield SqlServer(port, process, folder, str(warehouse))
        finally:
            process.send_signal(signal.SIGINT)
            process.communicate(timeout=60)
