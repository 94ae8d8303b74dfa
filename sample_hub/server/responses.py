"""Responses in the Hub's formats: errors with their codes, redirects, and bodies compressed on request."""

import gzip
import re
from collections.abc import Mapping, Sequence
from hashlib import sha1
from typing import Any

import orjson
from aiohttp import web

_COMPRESS_FROM_BYTES = 200
VALID_OPTIONS = re.compile(r"expected one of (?P<names>\S+)\n  → at (?P<parameter>\w+)")  # in the message of require_one_of


class Refused(Exception):
    """Ends a request with an error response. A handler raises it as soon as it must not continue."""

    def __init__(self, response: web.Response) -> None:
        self.response = response


def refused(status: int, message: str, code: str | None = None, headers: Mapping[str, str] | None = None) -> Refused:
    """An error with its message in body and header, and with the Hub's error code where the Hub sends one."""
    all_headers = {"X-Error-Message": message.encode("ascii", "replace").decode().replace("\n", " "), **(headers or {})}
    if code:
        all_headers["X-Error-Code"] = code
    body = orjson.dumps({"error": message})
    return Refused(web.Response(status=status, body=body, content_type="application/json", headers=all_headers))


def invalid(message: str) -> Refused:
    """A validation error of a parameter, in the wording of the Hub's validator."""
    return refused(400, message)


def require_one_of(value: str, names: Sequence[str], parameter: str) -> None:
    """Refuse a value that is not in `names`; the error lists all of them."""
    if value not in names:
        raise invalid("✖ Invalid option: expected one of " + "|".join(f'"{name}"' for name in names) + f"\n  → at {parameter}")


def compressed(request: web.Request, body: bytes, content_type: str, headers: Mapping[str, str] | None = None) -> web.Response:
    """A text response. If the client accepts gzip it is compressed and chunked, without a length; else it is plain, with its length."""
    all_headers = dict(headers or {})
    if len(body) < _COMPRESS_FROM_BYTES or "gzip" not in request.headers.get("Accept-Encoding", ""):
        return web.Response(body=body, headers={**all_headers, "Content-Type": content_type})
    all_headers |= {"Content-Type": content_type, "Content-Encoding": "gzip", "Vary": "Origin, Accept, Accept-Encoding"}
    response = web.Response(body=gzip.compress(body, 1, mtime=0), headers=all_headers)
    response.enable_chunked_encoding()
    return response


def as_json(request: web.Request, value: Any, headers: Mapping[str, str] | None = None) -> web.Response:
    """A JSON response."""
    return compressed(request, orjson.dumps(value), "application/json; charset=utf-8", headers)


def redirect(location: str, status: int = 307, headers: Mapping[str, str] | None = None) -> web.Response:
    """A redirect. The Hub's Location headers are relative."""
    word = "Temporary Redirect" if status == 307 else "Found"
    all_headers = {"Location": location, "Vary": "Origin, Accept", **(headers or {})}
    return web.Response(status=status, text=f"{word}. Redirecting to {location}", headers=all_headers)


def missing_file(sha: str, is_head: bool = False) -> Refused:
    """No such file at that revision: a text body of fifteen bytes. Crawlers that ignore the status store it as a card."""
    etag = sha1(b"Entry not found", usedforsecurity=False).hexdigest()
    headers = {"X-Error-Code": "EntryNotFound", "X-Error-Message": "Entry not found", "X-Repo-Commit": sha, "ETag": f'W/"f-{etag}"'}
    return Refused(web.Response(status=404, text="" if is_head else "Entry not found", headers=headers))
