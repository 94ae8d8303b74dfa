"""What goes wrong on the way, by a plan: the same seed, request and attempt always meet the same fault.

A request is served at the latest after `MAX_FAULTS` faults, so a crawler that tries again gets everything.
"""

import asyncio
import gzip
import socket
import struct
from collections.abc import Callable
from dataclasses import dataclass, field
from hashlib import blake2b
from typing import cast

import orjson
from aiohttp import web

MAX_FAULTS = 3  # in a row, for one request
STATUSES = ("408", "429", "500", "502", "503", "504")
BODIES = ("slow_body", "cut_body", "reset", "html")
NEED_BODY = ("slow_body", "cut_body", "endless_body")
LISTING = ("wrong_json", "repeated_cursor", "foreign_link", "shrunk_page")
KINDS = (*STATUSES, *BODIES, "405", "redirected", *LISTING)
# Only a client's own patience ends these, so they are no part of KINDS: a crawl with the usual time-outs would take hours.
ENDLESS = ("stall", "endless_body")
_ENDLESS_SECONDS = 600.0
_FOREIGN = "http://elsewhere.invalid/api/models?cursor=1"

_PAGE = b"<!doctype html><html><head><title>One moment</title></head><body>Checking that you are not a robot.</body></html>"


@dataclass
class Faults:
    """The plan: `share` of first attempts meet one of `kinds`; those of listings only where a list is asked for."""

    share: float = 0.0
    seed: int = 0
    kinds: tuple[str, ...] = KINDS
    slow_seconds: float = 0.5
    _attempts: dict[str, int] = field(default_factory=dict)  # only of requests that are failing now

    def next(self, method: str, path: str, is_listing: bool) -> str | None:
        """The fault that this attempt meets, if any; a request that is served starts anew the next time."""
        attempt = self._attempts.pop(f"{method} {path}", 0)
        kind = self.planned(method, path, attempt, is_listing)
        if kind:
            self._attempts[f"{method} {path}"] = attempt + 1
        return kind

    def planned(self, method: str, path: str, attempt: int, is_listing: bool) -> str | None:
        """What the plan says of the attempt-th try (from 0) of a request; `path` with its query."""
        without = (() if is_listing else LISTING) + (NEED_BODY if method == "HEAD" else ())
        kinds = [kind for kind in self.kinds if kind not in without]
        if attempt >= MAX_FAULTS or not kinds:
            return None
        digest = blake2b(f"{self.seed} {attempt} {method} {path}".encode(), digest_size=12).digest()
        if int.from_bytes(digest[:8], "big") >= self.share * 2**64:
            return None
        return kinds[int.from_bytes(digest[8:], "big") % len(kinds)]


def refused(kind: str, path: str) -> web.Response | None:
    """The answer of a fault that comes instead of any other: a status, a page by something in between, a way that leads back here."""
    if kind == "html":
        return web.Response(body=_PAGE, content_type="text/html")
    if kind == "405":
        return web.Response(status=405, body=_PAGE, content_type="text/html")
    if kind == "redirected":
        return web.Response(status=307, headers={"Location": path})
    if kind == "429":
        # An action's own limit may be used up while the bucket is not.
        return web.json_response({"error": "Too many requests of this kind."}, status=429, headers={"retry-after": "1"})
    return web.Response(status=int(kind), body=_PAGE, content_type="text/html") if kind in STATUSES else None


async def spoilt(kind: str, request: web.Request, answer: web.Response, slow_seconds: float) -> web.StreamResponse:
    """An answer that was right, as it arrives after the fault."""
    if kind == "wrong_json":
        return _changed(answer, lambda body: body[: len(body) // 2])
    if kind == "shrunk_page":
        return _changed(answer, _first_half)
    if kind in ("repeated_cursor", "foreign_link"):
        answer.headers["Link"] = f'<{_FOREIGN if kind == "foreign_link" else request.url}>; rel="next"'
        return answer
    if kind == "stall":
        await asyncio.sleep(_ENDLESS_SECONDS)
        return answer
    if kind == "endless_body":
        return await _without_end(request, answer, slow_seconds)
    if kind == "reset":
        _reset(request)
        return answer
    return await _in_pieces(kind, request, answer, slow_seconds)


def _changed(answer: web.Response, change: Callable[[bytes], bytes]) -> web.Response:
    """The answer with another body, packed as it was."""
    is_packed = answer.headers.get("Content-Encoding") == "gzip"
    body = change(gzip.decompress(_bytes(answer)) if is_packed else _bytes(answer))
    answer.body = gzip.compress(body, 1) if is_packed else body
    return answer


def _first_half(page: bytes) -> bytes:
    """A page that lost its last items: whole JSON, and its link still leads behind them."""
    items = orjson.loads(page)
    return orjson.dumps(items[: len(items) // 2]) if isinstance(items, list) else page


async def _without_end(request: web.Request, answer: web.Response, slow_seconds: float) -> web.StreamResponse:
    """The body drop by drop and then blanks, as long as anybody listens."""
    kept = {name: value for name, value in answer.headers.items() if name not in ("Content-Length", "Content-Encoding")}
    stream = web.StreamResponse(status=answer.status, headers=kept)
    await stream.prepare(request)
    for _ in range(int(_ENDLESS_SECONDS / slow_seconds)):
        await stream.write(b" ")
        await asyncio.sleep(slow_seconds)
    return stream


async def _in_pieces(kind: str, request: web.Request, answer: web.Response, slow_seconds: float) -> web.StreamResponse:
    body = _bytes(answer)
    stream = web.StreamResponse(status=answer.status, headers=answer.headers)
    stream.content_length = len(body)
    await stream.prepare(request)
    if kind == "cut_body":
        await stream.write(body[: len(body) // 2])
        if request.transport:
            request.transport.close()  # what was written still leaves; the rest never comes
        return stream
    for start in range(0, len(body), len(body) // 4 + 1):
        await stream.write(body[start : start + len(body) // 4 + 1])
        await asyncio.sleep(slow_seconds / 4)
    await stream.write_eof()
    return stream


def _reset(request: web.Request) -> None:
    """Close with RST instead of FIN: lingering for no time throws away what is unsent."""
    if request.transport is not None:
        connection = cast(socket.socket, request.transport.get_extra_info("socket"))
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        request.transport.abort()


def _bytes(answer: web.Response) -> bytes:
    return bytes(answer.body) if isinstance(answer.body, bytes | bytearray) else b""
