"""Responses in the Hub's formats: errors with their codes, redirects, and bodies compressed on request."""

import base64
import gzip
import re
from collections.abc import Mapping, Sequence
from hashlib import sha1
from typing import Any

import orjson
from aiohttp import web

from hublake.sample_hub.server.quota import bucket_of

_COMPRESS_FROM_BYTES = 200
VALID_OPTIONS = re.compile(r"expected one of (?P<names>\S+)\n  → at (?P<parameter>\w+)")  # in the message of require_one_of


class Refused(Exception):
    """Ends a request with an error response. A handler raises it as soon as it must not continue."""

    def __init__(self, status: int, message: str, code: str | None = None, headers: Mapping[str, str] | None = None) -> None:
        super().__init__(message)
        self.status, self.message = status, message
        self._headers = {**(headers or {}), **({"X-Error-Code": code} if code else {})}

    def response(self, request: web.BaseRequest) -> web.Response:
        """The message in body and header, and the Hub's error code where the Hub sends one. Only the API responds in JSON."""
        shown = self.message.encode("ascii", "replace").decode().replace("\n", " ")
        headers = {"X-Error-Message": shown, **self._headers}
        if bucket_of(request.rel_url.raw_path) == "api":
            body = orjson.dumps({"error": self.message})
            return web.Response(status=self.status, body=body, content_type="application/json", headers=headers)
        body = self.message.encode()
        return web.Response(status=self.status, body=body, content_type="text/plain", headers={**headers, "ETag": weak_etag(body)})


def invalid(message: str) -> Refused:
    """A validation error of a parameter, in the wording of the Hub's validator."""
    return Refused(400, message)


def require_one_of(value: str, names: Sequence[str], parameter: str) -> None:
    """Refuse a value that is not in `names`; the error lists all of them."""
    if value not in names:
        raise invalid("✖ Invalid option: expected one of " + "|".join(f'"{name}"' for name in names) + f"\n  → at {parameter}")


def weak_etag(body: bytes) -> str:
    """The ETag of a response that is not a file: its length in hex, and 27 characters of the base64 of its sha1."""
    digest = base64.b64encode(sha1(body, usedforsecurity=False).digest()).decode()[:27]
    return f'W/"{len(body):x}-{digest}"'


def compressed(request: web.Request, body: bytes, content_type: str, headers: Mapping[str, str] | None = None) -> web.Response:
    """A text response. If the client accepts gzip it is compressed and chunked, without a length; else it is plain, with its length."""
    all_headers = {**(headers or {}), "Content-Type": content_type}
    if len(body) < _COMPRESS_FROM_BYTES or "gzip" not in request.headers.get("Accept-Encoding", ""):
        return _varying(web.Response(body=body, headers=all_headers))
    response = web.Response(body=gzip.compress(body, 1, mtime=0), headers={**all_headers, "Content-Encoding": "gzip"})
    response.enable_chunked_encoding()
    return _varying(response)


def as_json(request: web.Request, value: Any, headers: Mapping[str, str] | None = None) -> web.Response:
    """A JSON response."""
    body = orjson.dumps(value)
    return compressed(request, body, "application/json; charset=utf-8", {**(headers or {}), "ETag": weak_etag(body)})


def redirect(location: str, status: int = 307, headers: Mapping[str, str] | None = None) -> web.Response:
    """A redirect. The Hub's Location headers are relative."""
    word = "Temporary Redirect" if status == 307 else "Found"
    all_headers = {"Location": location, "Vary": "Origin, Accept", **(headers or {})}
    return web.Response(status=status, text=f"{word}. Redirecting to {location}", headers=all_headers)


def missing_file(sha: str, message: str = "Entry not found") -> Refused:
    """No such file at that revision: a text of fifteen bytes. Crawlers that ignore the status store it as a card."""
    return Refused(404, message, "EntryNotFound", {"X-Repo-Commit": sha})


def _varying(response: web.Response) -> web.Response:
    """The Hub sends this header in two lines."""
    response.headers.add("Vary", "Origin")
    response.headers.add("Vary", "Accept-Encoding")
    return response
