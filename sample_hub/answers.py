"""Answers in the Hub's forms: refusals with their codes, redirects, and bodies packed as the client asked."""

import gzip
from collections.abc import Mapping, Sequence
from hashlib import sha1
from typing import Any

import orjson
from aiohttp import web

from hublake.sample_hub.store import Found, RepoType, Store

_WORTH_PACKING = 200  # bytes
_TYPES: Mapping[str, RepoType] = {"models": "model", "datasets": "dataset", "spaces": "space"}


class Refused(Exception):
    """Carries the answer that ends a request; raised wherever a handler finds that it must not go on."""

    def __init__(self, answer: web.Response) -> None:
        self.answer = answer


def refused(status: int, message: str, code: str | None = None, headers: Mapping[str, str] | None = None) -> Refused:
    """A refusal with the message in body and header, and the code where the Hub sends one."""
    told = {"X-Error-Message": message.encode("ascii", "replace").decode().replace("\n", " "), **(headers or {})}
    if code:
        told["X-Error-Code"] = code
    return Refused(web.Response(status=status, body=orjson.dumps({"error": message}), content_type="application/json", headers=told))


def invalid(message: str) -> Refused:
    """What validation says of a parameter, in the words of the Hub's validator."""
    return refused(400, message)


def one_of(value: str, names: Sequence[str], parameter: str) -> None:
    """Refuse a value that is none of the names, listing them all."""
    if value not in names:
        raise invalid("✖ Invalid option: expected one of " + "|".join(f'"{name}"' for name in names) + f"\n  → at {parameter}")


def packed(request: web.Request, body: bytes, content_type: str, headers: Mapping[str, str] | None = None) -> web.Response:
    """A text answer: gzip and chunked, so without a length, where the client takes gzip; as it is, with its length, where not."""
    told = dict(headers or {})
    if len(body) < _WORTH_PACKING or "gzip" not in request.headers.get("Accept-Encoding", ""):
        return web.Response(body=body, headers={**told, "Content-Type": content_type})
    told |= {"Content-Type": content_type, "Content-Encoding": "gzip", "Vary": "Origin, Accept, Accept-Encoding"}
    answer = web.Response(body=gzip.compress(body, 1, mtime=0), headers=told)
    answer.enable_chunked_encoding()
    return answer


def as_json(request: web.Request, value: Any, headers: Mapping[str, str] | None = None) -> web.Response:
    """A JSON answer."""
    return packed(request, orjson.dumps(value), "application/json; charset=utf-8", headers)


def moved(location: str, status: int = 307, headers: Mapping[str, str] | None = None) -> web.Response:
    """A redirect with a relative Location."""
    word = "Temporary Redirect" if status == 307 else "Found"
    told = {"Location": location, "Vary": "Origin, Accept", **(headers or {})}
    return web.Response(status=status, text=f"{word}. Redirecting to {location}", headers=told)


def entry_missing(sha: str, is_head: bool = False) -> Refused:
    """No such file at that revision: a text body of fifteen bytes, as crawlers that ignore the status store it."""
    etag = sha1(b"Entry not found", usedforsecurity=False).hexdigest()
    told = {"X-Error-Code": "EntryNotFound", "X-Error-Message": "Entry not found", "X-Repo-Commit": sha, "ETag": f'W/"f-{etag}"'}
    return Refused(web.Response(status=404, text="" if is_head else "Entry not found", headers=told))


def token_of(request: web.Request) -> str | None:
    """The bearer token. Raises Refused on one that cannot be the Hub's."""
    kind, _, token = request.headers.get("Authorization", "").partition(" ")
    if kind.lower() != "bearer" or not token:
        return None
    if not token.startswith("hf_"):
        raise refused(401, "Invalid credentials in Authorization header")
    return token


def repo_type_of(request: web.Request) -> RepoType:
    """What a route is about: the part of its path that says so; models where none does, as in the addresses of their files."""
    return _TYPES[request.match_info.get("kind", "models")]


def found_repo(request: web.Request, store: Store, repo_id: str) -> Found | str:
    """The repo, or the name that it has now. Raises Refused where the caller may not know whether there is one.

    RepoNotFound goes with the 401 too, which the Hub leaves bare: its client takes a bare one for a missing repo only over TLS.
    """
    token = token_of(request)
    repo_type = repo_type_of(request)
    found = store.find(repo_id, repo_type)
    if found and not found.is_gone:
        return found
    current = None if found else store.current_name(repo_id, repo_type)
    if current:
        return current
    if token:
        raise refused(404, "Repository not found", "RepoNotFound")
    told = {"WWW-Authenticate": 'Bearer realm="Authentication required", charset="UTF-8"'}
    raise refused(401, "Invalid username or password.", "RepoNotFound", told)
