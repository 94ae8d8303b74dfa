"""An S3 server behind a gate that can answer 503 for a while, in a process of its own.

Apart from the tests, since some calls of delta-rs let no other thread of Python run while they wait for an answer. It says its port
on its first line; then each line it reads is how many seconds it is to refuse, and each line it says how often it has refused so far.
"""

import logging
import subprocess
import sys
import threading
import time
from collections.abc import Mapping
from http.client import HTTPConnection
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from typing import IO, Self

from moto.server import ThreadedMotoServer

from tools.dist import ROOT

OF_THE_CONNECTION = ("connection", "transfer-encoding", "content-length")


class Gate(ThreadingHTTPServer):
    """Hands everything on to the store behind it, but before `ends_at`."""

    daemon_threads = True

    def __init__(self, behind: tuple[str, int]) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.behind = behind
        self.ends_at = 0.0
        self.refused = 0


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: Gate

    def handed_on(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        if time.monotonic() < self.server.ends_at:
            self.server.refused += 1
            self._answer(503, {}, b"")
            return
        connection = HTTPConnection(*self.server.behind, timeout=30)
        connection.request(self.command, self.path, body, dict(self.headers))
        answer = connection.getresponse()
        self._answer(answer.status, dict(answer.getheaders()), answer.read())
        connection.close()

    for verb in ("GET", "HEAD", "PUT", "POST", "DELETE"):
        vars()[f"do_{verb}"] = handed_on

    def _answer(self, status: int, headers: Mapping[str, str], body: bytes) -> None:
        told = {name.lower(): value for name, value in headers.items()}
        length = told.get("content-length", "0") if self.command == "HEAD" else str(len(body))
        self.send_response_only(status)
        for name, value in told.items():
            if name not in OF_THE_CONNECTION:
                self.send_header(name, value)
        self.send_header("Content-Length", length)
        self.end_headers()
        self.wfile.write(b"" if self.command == "HEAD" else body)

    def log_message(self, format: str, *args: object) -> None:
        pass


class Store:
    """The server's process, while the `with` block lasts."""

    def __enter__(self) -> Self:
        command = [sys.executable, "-m", "tests.cluster.store"]
        self.process = subprocess.Popen(command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        self.url = f"http://127.0.0.1:{int(self._answers().readline())}"
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        with self.process:  # closes its pipes and waits
            self.process.terminate()

    def refuse(self, seconds: float) -> int:
        """Answer 503 from now on for so long; how many requests it has refused so far, in all outages."""
        assert self.process.stdin
        self.process.stdin.write(f"{seconds}\n")
        self.process.stdin.flush()
        return int(self._answers().readline())

    @property
    def refused(self) -> int:
        return self.refuse(0)

    def _answers(self) -> IO[str]:
        assert self.process.stdout
        return self.process.stdout


def main() -> None:
    logging.getLogger("werkzeug").setLevel(logging.ERROR)  # else a line for each request
    store = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    store.start()
    gate = Gate(store.get_host_and_port())
    threading.Thread(target=gate.serve_forever, daemon=True).start()
    print(gate.server_port, flush=True)
    for line in sys.stdin:
        if seconds := float(line):
            gate.ends_at = time.monotonic() + seconds
        print(gate.refused, flush=True)


if __name__ == "__main__":
    main()
