"""Faults injected by a deterministic plan: the same seed, request and attempt always get the same fault.

A request succeeds after at most `MAX_FAULTS` faults, so a crawler that retries gets everything.
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

from hublake.sample_hub.server.quota import bucket_of
from hublake.sample_hub.server.responses import VALID_OPTIONS, Refused

MAX_FAULTS = 3  # in a row, for one request
STATUSES = ("408", "429", "500", "502", "503", "504")
BODIES = ("slow_body", "cut_body", "reset", "html")
NEED_BODY = ("slow_body", "cut_body", "endless_body")
LISTING = ("wrong_json", "repeated_cursor", "foreign_link", "shrunk_page")
KINDS = (*STATUSES, *BODIES, "405", "redirected", *LISTING)
# The client must time out to end these. They are not in KINDS, because a crawl with the usual time-outs would take hours.
ENDLESS = ("stall", "endless_body")
# Correct responses in forms that a client can misread, all recorded from the real Hub. A test requests them by name.
WORDINGS = ("400_in_older_wording", "400_without_names")  # they change only a 400 that rejects a value
FOREIGN_QUOTA = "foreign_quota"  # a cached response with the rate-limit headers of the client for whom it was cached
_ENDLESS_SECONDS = 600.0
_FOREIGN = "http://elsewhere.invalid/api/models?cursor=1"
_CACHED = {"X-Cache": "Hit from cloudfront", "Age": "29"}

_PAGE = b"<!doctype html><html><head><title>One moment</title></head><body>Checking that you are not a robot.</body></html>"


@dataclass
class Faults:
    """The plan: `share` of the attempts get one of `kinds`. The kinds in LISTING apply only to requests for a listing."""

    share: float = 0.0
    seed: int = 0
    kinds: tuple[str, ...] = KINDS
    slow_seconds: float = 0.5
    _attempts: dict[str, int] = field(default_factory=dict)  # only of requests whose last attempt failed

    def next(self, method: str, path: str, is_listing: bool) -> str | None:
        """The fault of this attempt, if any. After a success the attempts of a request are counted from zero again."""
        attempt = self._attempts.pop(f"{method} {path}", 0)
        kind = self.planned(method, path, attempt, is_listing)
        if kind:
            self._attempts[f"{method} {path}"] = attempt + 1
        return kind

    def planned(self, method: str, path: str, attempt: int, is_listing: bool) -> str | None:
        """The planned fault of an attempt (from 0) of a request; `path` includes the query."""
        excluded = (() if is_listing else LISTING) + (NEED_BODY if method == "HEAD" else ())
        kinds = [kind for kind in self.kinds if kind not in excluded]
        if attempt >= MAX_FAULTS or not kinds:
            return None
        digest = blake2b(f"{self.seed} {attempt} {method} {path}".encode(), digest_size=12).digest()
        if int.from_bytes(digest[:8], "big") >= self.share * 2**64:
            return None
        return kinds[int.from_bytes(digest[8:], "big") % len(kinds)]


def error_response(kind: str, path: str) -> web.Response | None:
    """The response of a fault that replaces the real one: an error status, a page of a proxy or firewall, or a redirect to itself."""
    if kind == "html":
        return web.Response(body=_PAGE, content_type="text/html")
    if kind == "405":
        return web.Response(status=405, body=_PAGE, content_type="text/html")
    if kind == "redirected":
        return web.Response(status=307, headers={"Location": path})
    if kind == "429":
        # The limit of a single action can be exhausted while its bucket is not.
        return web.json_response({"error": "Too many requests of this kind."}, status=429, headers={"retry-after": "1"})
    return web.Response(status=int(kind), body=_PAGE, content_type="text/html") if kind in STATUSES else None


async def corrupt(kind: str, request: web.Request, response: web.Response, slow_seconds: float) -> web.StreamResponse:
    """A correct response, damaged in transit."""
    if kind == "wrong_json":
        return _change_body(response, lambda body: body[: len(body) // 2])
    if kind == "shrunk_page":
        return _change_body(response, _first_half)
    if kind in ("repeated_cursor", "foreign_link"):
        response.headers["Link"] = f'<{_FOREIGN if kind == "foreign_link" else request.url}>; rel="next"'
        return response
    if kind in WORDINGS:
        return _reword(request, response, kind)
    if kind == FOREIGN_QUOTA:
        bucket = bucket_of(request.rel_url.raw_path)
        limits = {"ratelimit": f'"{bucket}";r=0;t=224', "ratelimit-policy": f'"fixed window";"{bucket}";q=100;w=300'}
        response.headers.update({**_CACHED, **limits})
        return response
    if kind == "stall":
        await asyncio.sleep(_ENDLESS_SECONDS)
        return response
    if kind == "endless_body":
        return await _stream_endlessly(request, response, slow_seconds)
    if kind == "reset":
        _reset(request)
        return response
    return await _stream_in_pieces(kind, request, response, slow_seconds)


def _change_body(response: web.Response, change: Callable[[bytes], bytes]) -> web.Response:
    """Change the body and keep its compression."""
    is_compressed = response.headers.get("Content-Encoding") == "gzip"
    body = change(gzip.decompress(_bytes(response)) if is_compressed else _bytes(response))
    response.body = gzip.compress(body, 1) if is_compressed else body
    return response


def _reword(request: web.Request, response: web.Response, kind: str) -> web.Response:
    """The wording that the Hub used until 2026, with the names in brackets and without quotes; or a wording without any name."""
    error = orjson.loads(_bytes(response))["error"] if response.status == 400 else ""
    rejected = VALID_OPTIONS.search(error)
    if not rejected:
        return response
    names = rejected["names"].replace('"', "").replace("|", ", ")
    message = f'"{rejected["parameter"]}" must be one of [{names}]' if kind == "400_in_older_wording" else "Bad Request"
    return Refused(400, message).response(request)


def _first_half(page: bytes) -> bytes:
    """A page without its second half. It is valid JSON, and its link still leads to the items after the lost ones."""
    items = orjson.loads(page)
    return orjson.dumps(items[: len(items) // 2]) if isinstance(items, list) else page


async def _stream_endlessly(request: web.Request, response: web.Response, slow_seconds: float) -> web.StreamResponse:
    """Send blanks one by one for as long as the client listens."""
    headers = {name: value for name, value in response.headers.items() if name not in ("Content-Length", "Content-Encoding")}
    stream = web.StreamResponse(status=response.status, headers=headers)
    await stream.prepare(request)
    for _ in range(int(_ENDLESS_SECONDS / slow_seconds)):
        await stream.write(b" ")
        await asyncio.sleep(slow_seconds)
    return stream


async def _stream_in_pieces(kind: str, request: web.Request, response: web.Response, slow_seconds: float) -> web.StreamResponse:
    body = _bytes(response)
    stream = web.StreamResponse(status=response.status, headers=response.headers)
    stream.content_length = len(body)
    await stream.prepare(request)
    if kind == "cut_body":
        await stream.write(body[: len(body) // 2])
        if request.transport:
            request.transport.close()  # what was written is still sent; the rest is not
        return stream
    for start in range(0, len(body), len(body) // 4 + 1):
        await stream.write(body[start : start + len(body) // 4 + 1])
        await asyncio.sleep(slow_seconds / 4)
    await stream.write_eof()
    return stream


def _reset(request: web.Request) -> None:
    """Close with RST instead of FIN: a linger time of zero discards what is unsent."""
    if request.transport is not None:
        connection = cast(socket.socket, request.transport.get_extra_info("socket"))
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        request.transport.abort()


def _bytes(response: web.Response) -> bytes:
    return bytes(response.body) if isinstance(response.body, bytes | bytearray) else b""
