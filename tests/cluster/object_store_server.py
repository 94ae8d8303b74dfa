"""An S3 server behind a proxy that can respond with 503 for a while, in a process of its own.

It runs in another process than the tests because some calls of delta-rs block all Python threads while they wait for a response. The
process prints its port on the first line. Each line that it reads is a number of seconds for which to refuse requests; for each it prints
how many requests it has refused so far.
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

HOP_BY_HOP_HEADERS = ("connection", "transfer-encoding", "content-length")


class OutageProxy(ThreadingHTTPServer):
    """Forwards requests to the store, except before `outage_ends_at`."""

    daemon_threads = True

    def __init__(self, store: tuple[str, int]) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.store = store
        self.outage_ends_at = 0.0
        self.refused = 0


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: OutageProxy

    def forward(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        if time.monotonic() < self.server.outage_ends_at:
            self.server.refused += 1
            self._respond(503, {}, b"")
            return
        connection = HTTPConnection(*self.server.store, timeout=30)
        connection.request(self.command, self.path, body, dict(self.headers))
        response = connection.getresponse()
        self._respond(response.status, dict(response.getheaders()), response.read())
        connection.close()

    for verb in ("GET", "HEAD", "PUT", "POST", "DELETE"):
        vars()[f"do_{verb}"] = forward

    def _respond(self, status: int, headers: Mapping[str, str], body: bytes) -> None:
        sent = {name.lower(): value for name, value in headers.items()}
        length = sent.get("content-length", "0") if self.command == "HEAD" else str(len(body))
        self.send_response_only(status)
        for name, value in sent.items():
            if name not in HOP_BY_HOP_HEADERS:
                self.send_header(name, value)
        self.send_header("Content-Length", length)
        self.end_headers()
        self.wfile.write(b"" if self.command == "HEAD" else body)

    def log_message(self, format: str, *args: object) -> None:
        pass


class ObjectStoreServer:
    """The server process; runs until the end of the `with` block."""

    def __enter__(self) -> Self:
        command = [sys.executable, "-m", "tests.cluster.object_store_server"]
        self.process = subprocess.Popen(command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        self.url = f"http://127.0.0.1:{int(self._output().readline())}"
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        with self.process:  # closes its pipes and waits
            self.process.terminate()

    def refuse(self, seconds: float) -> int:
        """Respond with 503 for some seconds from now on; returns the number of requests refused so far, in all outages."""
        assert self.process.stdin
        self.process.stdin.write(f"{seconds}\n")
        self.process.stdin.flush()
        return int(self._output().readline())

    @property
    def refused(self) -> int:
        return self.refuse(0)

    def _output(self) -> IO[str]:
        assert self.process.stdout
        return self.process.stdout


def main() -> None:
    logging.getLogger("werkzeug").setLevel(logging.ERROR)  # otherwise it logs each request
    store = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    store.start()
    proxy = OutageProxy(store.get_host_and_port())
    threading.Thread(target=proxy.serve_forever, daemon=True).start()
    print(proxy.server_port, flush=True)
    for line in sys.stdin:
        if seconds := float(line):
            proxy.outage_ends_at = time.monotonic() + seconds
        print(proxy.refused, flush=True)


if __name__ == "__main__":
    main()
