"""A small hub on loopback, for protocol cases: real HTTP, with responses scripted by each test."""

import gzip
import hashlib
import json
import socket
import struct
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit


@dataclass
class Answer:
    """A response; a header whose value is a tuple is sent in several lines. `cut` sends only that many bytes of the announced body, `is_reset` closes the connection without a response,
    `is_endless` sends spaces after the body, without a length, until the client closes the connection."""

    status: int = 200
    body: bytes = b""
    headers: Mapping[str, str | tuple[str, ...]] = field(default_factory=dict)
    cut: int | None = None
    is_reset: bool = False
    is_packed: bool = False
    is_endless: bool = False
    delay_seconds: float = 0.0


def json_answer(value: Any, status: int = 200, **headers: str) -> Answer:
    return Answer(
        status, json.dumps(value).encode(), {"Content-Type": "application/json", **{k.replace("_", "-"): v for k, v in headers.items()}}
    )


def card_answer(body: bytes, **headers: str) -> Answer:
    etag = hashlib.sha1(b"blob %d\0" % len(body) + body).hexdigest()
    return Answer(200, body, {"ETag": f'"{etag}"', "X-Repo-Commit": "c" * 40, "Content-Type": "text/plain; charset=utf-8", **headers})


def model(number: int, *, card: bool = True, **fields: Any) -> dict[str, Any]:
    files = [{"rfilename": ".gitattributes"}, *([{"rfilename": "README.md"}] if card else [])]
    return {"_id": f"{number:024x}", "id": f"owner{number % 3}/model-{number}", "sha": f"{number:040x}", "siblings": files, **fields}


Route = Callable[["ReceivedRequest"], Answer]


@dataclass(frozen=True)
class ReceivedRequest:
    """A request as received; `nth` counts the requests to the same target, from 0."""

    target: str
    headers: Mapping[str, str]
    nth: int

    @property
    def path(self) -> str:
        return urlsplit(self.target).path

    @property
    def query(self) -> dict[str, list[str]]:
        return parse_qs(urlsplit(self.target).query)


class ScriptedHub:
    """Serves `route` and records the requests."""

    def __init__(self, route: Route) -> None:
        self.route = route
        self.requests: list[ReceivedRequest] = []
        self._counts: dict[str, int] = {}
        self._lock = threading.Lock()
        hub = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_GET(self) -> None:
                hub.serve(self)

            def log_message(self, format: str, *args: Any) -> None:
                return

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        self.url = f"http://127.0.0.1:{self._server.server_address[1]}"
        self._thread = threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)

    def serve(self, handler: BaseHTTPRequestHandler) -> None:
        with self._lock:
            nth = self._counts.get(handler.path, 0)
            self._counts[handler.path] = nth + 1
            request = ReceivedRequest(handler.path, dict(handler.headers), nth)
            self.requests.append(request)
        answer = self.route(request)
        time.sleep(answer.delay_seconds)
        if answer.is_reset:
            handler.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            handler.connection.close()
            handler.close_connection = True
            return
        self._send(handler, answer)

    def _send(self, handler: BaseHTTPRequestHandler, answer: Answer) -> None:
        body = gzip.compress(answer.body) if answer.is_packed else answer.body
        handler.send_response(answer.status)
        for name, value in answer.headers.items():
            for line in (value,) if isinstance(value, str) else value:
                handler.send_header(name, line)
        if answer.is_packed:
            handler.send_header("Content-Encoding", "gzip")
        if not answer.is_endless:
            handler.send_header("Content-Length", str(len(body)))
        handler.end_headers()
        try:
            handler.wfile.write(body if answer.cut is None else body[: answer.cut])
            while answer.is_endless:
                time.sleep(0.1)
                handler.wfile.write(b" ")
        except ConnectionError:  # the crawler closed the connection on an overlong card
            handler.close_connection = True
        if answer.cut is not None or answer.is_endless:
            handler.close_connection = True

    def paths(self) -> list[str]:
        return [request.path for request in self.requests]

    def __enter__(self) -> "ScriptedHub":
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._server.server_close()


@contextmanager
def scripted_hub(route: Route) -> Iterator[ScriptedHub]:
    with ScriptedHub(route) as hub:
        yield hub


def listing(models: list[Any], page_size: int = 1000, faults: Mapping[tuple[int, int], Answer] | None = None) -> Route:
    """Return a route that lists `models` in pages; `faults` replace the response to the n-th request of a page: {(page, n): answer}."""

    def route(request: ReceivedRequest) -> Answer:
        page = int(request.query.get("cursor", ["0"])[0])
        is_recheck = request.query.get("expand[]") == ["createdAt"]  # for the certificate of a listing
        if not is_recheck and (fault := (faults or {}).get((page, request.nth))):
            return fault
        items = models[page * page_size : (page + 1) * page_size]
        if (page + 1) * page_size >= len(models):
            return json_answer(items)
        here = f"http://{request.headers['Host']}{request.path}?cursor={page + 1}"
        return json_answer(items, Link=f'<{here}>; rel="next"')

    return route
