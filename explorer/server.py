"""The local server: files of the page and of its data, and answers from the tables, for a browser on this machine only.

It listens on 127.0.0.1 and refuses every request that names another host, so that no web page can reach it under a name of its own
(DNS rebinding), and every request to api/ that a page of another site sends.
"""

import gzip
import json
import mimetypes
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from functools import partial
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from socket import SO_REUSEADDR, SOL_SOCKET, socket
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import hublake
from hublake.explorer.api import Answer
from hublake.explorer.data.files import json_bytes
from hublake.explorer.data.model_index import INDEX
from hublake.explorer.data.store import MANIFEST
from hublake.lake.errors import HublakeError, UnknownModel, WrongUse

HOST = "127.0.0.1"
STATIC = Path(hublake.__file__).parent / "explorer" / "static"
POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data: blob:; connect-src 'self'; worker-src 'self';"
    " base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)
HEADERS = {
    "Content-Security-Policy": POLICY,
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Cache-Control": "no-cache",
}
TYPES = {".js": "text/javascript; charset=utf-8", ".json": "application/json", ".html": "text/html; charset=utf-8"}
LONGEST_TARGET = 32_000  # characters of a request's address
MOST_FIELDS = 32
COMPRESSED_FROM = 2_000  # bytes of an answer
SECONDS_PER_REQUEST = 30  # for a client to send its request


class Refused(Exception):
    """A request that is answered with a status and a sentence."""

    def __init__(self, status: HTTPStatus, sentence: str) -> None:
        super().__init__(sentence)
        self.status = status


class ExplorerServer(ThreadingHTTPServer):
    """Serves the static page, the files of `data` and the answers by name, on a port of 127.0.0.1; 0 takes any free one.

    Raises WrongUse where the port is taken.
    """

    daemon_threads = True

    def __init__(self, data: Path, answers: Mapping[str, Answer], port: int) -> None:
        self.answers = answers
        shown = {f"data/{name}": path for name, path in files_below(data).items() if not name.startswith(f"{INDEX}/")}
        self.files = {**files_below(STATIC), **shown}
        self.manifest = json_bytes(json.loads((data / MANIFEST).read_text("utf-8")) | {"server": True})
        with _reported(port):
            super().__init__((HOST, port), Handler)
        self.hosts = {f"{name}:{self.server_port}" for name in (HOST, "localhost")}

    @property
    def url(self) -> str:
        """The address of the first page."""
        return f"http://{HOST}:{self.server_port}/"

    def handle_error(self, request: socket | tuple[bytes, socket], client_address: Any) -> None:
        """A connection that broke is not reported: browsers drop requests whenever the user leaves a page."""


def require_free(port: int) -> None:
    """Raise WrongUse where a port is taken, before anything else is done that takes long."""
    with _reported(port), socket() as tried:
        tried.setsockopt(SOL_SOCKET, SO_REUSEADDR, 1)
        tried.bind((HOST, port))


@contextmanager
def _reported(port: int) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise WrongUse(f"port {port} of {HOST} cannot be used: {error.strerror}. Choose another --port, or 0 for a free one") from error


class Handler(BaseHTTPRequestHandler):
    """Answers one request."""

    server: ExplorerServer
    protocol_version = "HTTP/1.1"
    server_version, sys_version = "hublake", ""
    timeout = SECONDS_PER_REQUEST

    def __getattr__(self, name: str) -> Callable[[], None]:
        """Any method but GET and HEAD is refused in the same form as all else."""
        if name.startswith("do_"):
            return partial(self._send_error, Refused(HTTPStatus.METHOD_NOT_ALLOWED, "the explorer only reads: GET and HEAD"))
        raise AttributeError(name)

    def do_GET(self) -> None:
        """Send a file or an answer."""
        try:
            self._require_own_page()
            parts = urlsplit(self.path)
            path = parts.path.removeprefix("/") or "index.html"
            if path.startswith("api/"):
                content = json_bytes(self._answer(path.removeprefix("api/"), parts.query))
                self._send(HTTPStatus.OK, content, "application/json", cache="no-store")
            elif path == f"data/{MANIFEST}":
                self._send(HTTPStatus.OK, self.server.manifest, "application/json")
            else:
                self._send_file(path)
        except Refused as refused:
            self._send_error(refused)

    do_HEAD = do_GET  # noqa: N815  # likewise

    def _require_own_page(self) -> None:
        if len(self.path) > LONGEST_TARGET:
            raise Refused(HTTPStatus.REQUEST_URI_TOO_LONG, f"the address has more than {LONGEST_TARGET:,} characters")
        if self.headers.get("Host") not in self.server.hosts:
            raise Refused(HTTPStatus.FORBIDDEN, f"this server answers only at {self.server.url}")
        is_foreign = self.headers.get("Sec-Fetch-Site", "none") not in ("none", "same-origin")
        if is_foreign and self.headers.get("Sec-Fetch-Mode") != "navigate":
            raise Refused(HTTPStatus.FORBIDDEN, "pages of other sites may not read from this server")
        if self.path.startswith("/api/") and is_foreign:
            raise Refused(HTTPStatus.FORBIDDEN, "pages of other sites may not query this server")

    def _answer(self, name: str, query: str) -> Any:
        answer = self.server.answers.get(name)
        if answer is None:
            raise Refused(HTTPStatus.NOT_FOUND, f"there is no api/{name[:100]}. There are: {', '.join(sorted(self.server.answers))}")
        try:
            fields = parse_qsl(query, keep_blank_values=True, strict_parsing=bool(query), errors="strict", max_num_fields=MOST_FIELDS)
        except ValueError as error:
            raise Refused(HTTPStatus.BAD_REQUEST, f"the query of the address cannot be read: {error}") from error
        if len(dict(fields)) < len(fields):
            raise Refused(HTTPStatus.BAD_REQUEST, "the query of the address has a field twice")
        try:
            return answer(dict(fields))
        except UnknownModel as error:
            raise Refused(HTTPStatus.NOT_FOUND, error.fact) from error
        except WrongUse as error:
            raise Refused(HTTPStatus.BAD_REQUEST, str(error)) from error
        except HublakeError as error:
            raise Refused(HTTPStatus.UNPROCESSABLE_ENTITY, str(error)) from error
        except Exception as error:  # a defect ends this answer, not the server; the page shows the sentence
            sentence = f"{type(error).__name__}: {' '.join(str(error).split())[:300]}. This is a defect of Hublake"
            raise Refused(HTTPStatus.INTERNAL_SERVER_ERROR, sentence) from error

    def _send_file(self, name: str) -> None:
        path = self.server.files.get(name)
        if path is None:
            raise Refused(HTTPStatus.NOT_FOUND, f"there is no {name[:100]}")
        kind = TYPES.get(path.suffix) or mimetypes.guess_type(path.name)[0] or "application/octet-stream"
        self._send(HTTPStatus.OK, path.read_bytes(), "application/gzip" if path.suffix == ".gz" else kind)

    def _send_error(self, refused: Refused) -> None:
        self.close_connection = True
        self._send(refused.status, json_bytes({"error": str(refused)}), "application/json", cache="no-store")

    def _send(self, status: HTTPStatus, content: bytes, kind: str, cache: str = HEADERS["Cache-Control"]) -> None:
        accepts = "gzip" in self.headers.get("Accept-Encoding", "") if self.headers else False
        is_compressed = accepts and len(content) >= COMPRESSED_FROM and kind != "application/gzip" and not kind.startswith("image/png")
        body = gzip.compress(content, 1) if is_compressed else content
        self.send_response(status)
        for name, value in (HEADERS | {"Cache-Control": cache, "Content-Type": kind, "Content-Length": str(len(body))}).items():
            self.send_header(name, value)
        if is_compressed:
            self.send_header("Content-Encoding", "gzip")
        if self.close_connection:
            self.send_header("Connection", "close")
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)

    def log_message(self, format: str, *args: Any) -> None:
        """Requests are not logged."""


def files_below(folder: Path) -> dict[str, Path]:
    """Path below the folder -> file. Only these are served: no name from outside becomes a path."""
    return {path.relative_to(folder).as_posix(): path for path in sorted(folder.rglob("*")) if path.is_file()}
