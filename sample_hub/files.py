"""Files: /resolve/ with its redirects, the immutable resolve-cache, /raw/, and the store of large files."""

from urllib.parse import quote, urlencode

from aiohttp import web

from hublake.sample_hub.answers import entry_missing, found_repo, moved, packed, refused, token_of
from hublake.sample_hub.repos import check_revision, kept_file
from hublake.sample_hub.store import File, Found, Store

# Root files of a gated repo that anybody may read by /resolve/, in this very case.
_OPEN_ON_GATED = ("README.md", "LICENSE", "LICENSE.md", "LICENSE.txt")
_CACHE = "/api/resolve-cache"
_OTHER_NAME = {"localhost": "127.0.0.1", "127.0.0.1": "localhost"}


def resolve(request: web.Request, store: Store, granted: frozenset[str]) -> web.Response:
    """A file at a revision: mostly by a redirect to the cache, 302 where it is large, at once where neither can be."""
    found = found_repo(request, store, request.match_info["id"])
    path, revision = request.match_info["path"], request.match_info["rev"]
    if isinstance(found, str):
        return moved(f"/{_prefix(request)}{quote(found)}/resolve/{quote(revision, safe='')}/{quote(path)}")
    has_access = _check_access(request, found, path, granted)
    check_revision(found, revision)
    file = kept_file(store, found, path)
    if file is None:
        raise entry_missing(found.sha, request.method == "HEAD")
    if _is_known(request, file):
        return web.Response(status=304, headers=_headers(found, file))
    if file.is_lfs:
        return _elsewhere(request, found, file)
    if "/" not in found.repo_id or not file.body or (found.gated and has_access):
        return _content(request, found, file)
    query = urlencode({f"/{_prefix(request)}{found.repo_id}/resolve/{revision}/{path}": "", "etag": f'"{file.etag}"'})
    told = {"X-Repo-Commit": found.sha, "Accept-Ranges": "bytes"}
    return moved(f"{_CACHE}/{found.repo_type}s/{quote(found.repo_id)}/{found.sha}/{quote(path)}?{query}", headers=told)


def resolve_cache(request: web.Request, store: Store, granted: frozenset[str]) -> web.Response:
    """The same content by its commit: one request, and no race with a push."""
    found = found_repo(request, store, request.match_info["id"])
    path, sha = request.match_info["path"], request.match_info["sha"]
    if len(sha) != 40:
        raise refused(400, "Invalid commit: expected 40 hexadecimal digits")
    if isinstance(found, str):
        return moved(f"{_CACHE}/{request.match_info['kind']}/{quote(found)}/{sha}/{quote(path)}")
    _check_access(request, found, path, granted)
    check_revision(found, sha)
    file = kept_file(store, found, path)
    if file is None or file.is_lfs:
        raise entry_missing(found.sha, request.method == "HEAD")
    if _is_known(request, file):
        return web.Response(status=304, headers=_headers(found, file))
    return _content(request, found, file)


def raw(request: web.Request, store: Store, granted: frozenset[str]) -> web.Response:
    """What git holds: the pointer of a large file instead of the file; gated without exceptions, deaf to If-None-Match."""
    found = found_repo(request, store, request.match_info["id"])
    path = request.match_info["path"]
    if isinstance(found, str):
        return moved(f"/{_prefix(request)}{quote(found)}/raw/{quote(request.match_info['rev'], safe='')}/{quote(path)}")
    _check_access(request, found, path, granted, open_files=())
    check_revision(found, request.match_info["rev"])
    file = kept_file(store, found, path)
    if file is None:
        raise entry_missing(found.sha, request.method == "HEAD")
    if file.is_lfs:
        pointer = f"version https://git-lfs.github.com/spec/v1\noid sha256:{file.etag}\nsize {len(file.body)}\n"
        file = File(path, pointer.encode())
    return _content(request, found, file)


def large_file(request: web.Request, store: Store) -> web.Response:
    """Where a 302 leads; the address is signed with the content's hash."""
    file = store.file(request.match_info["hub_id"], request.match_info["path"])
    if file is None or request.query.get("sha256") != file.etag:
        raise refused(403, "Access denied")
    return web.Response(body=file.body, headers={"ETag": f'"{file.etag}"', "Content-Type": "application/octet-stream"})


def _prefix(request: web.Request) -> str:
    """What stands before the id in addresses of files: nothing for models."""
    kind = request.match_info.get("kind")
    return f"{kind}/" if kind else ""


def _elsewhere(request: web.Request, found: Found, file: File) -> web.Response:
    """To a signed address on another host, as large files lie with a CDN; here the other host is the same machine by its other name.

    Who asks from another machine knows one name only, and stays there.
    """
    host = request.url.host or ""
    other = request.url.with_host(_OTHER_NAME.get(host, host))
    signed = other.with_path(f"/lfs-store/{found.hub_id}/{file.path}").with_query(sha256=file.etag)
    linked = {"X-Linked-Size": str(len(file.body)), "X-Linked-ETag": f'"{file.etag}"', "X-Xet-Hash": file.etag}
    return moved(str(signed), 302, {"X-Repo-Commit": found.sha, **linked})


def _check_access(
    request: web.Request, found: Found, path: str, granted: frozenset[str], open_files: tuple[str, ...] = _OPEN_ON_GATED
) -> bool:
    """Whether the caller is on the list of a gated repo. The gate comes before any word on whether the file is there."""
    if found.is_disabled:
        raise refused(403, "Access to this resource is disabled.")
    token = token_of(request)
    if not found.gated or path in open_files or token in granted:
        return token in granted
    restricted = f"Access to {found.repo_type} {found.repo_id} is restricted"
    if token is None:
        message = f"{restricted}. You must have access to it and be authenticated to access it. Please log in."
        raise refused(401, message, "GatedRepo", {"WWW-Authenticate": "Bearer"})
    raise refused(403, f"{restricted} and you are not in the authorized list. Visit its page to ask for access.", "GatedRepo")


def _is_known(request: web.Request, file: File) -> bool:
    known = request.headers.get("If-None-Match", "")
    return file.etag in (tag.strip().removeprefix("W/").strip('"') for tag in known.split(","))


def _headers(found: Found, file: File) -> dict[str, str]:
    name = quote(file.path.split("/")[-1])
    return {
        "ETag": f'"{file.etag}"',
        "X-Repo-Commit": found.sha,
        "Content-Disposition": f"inline; filename*=UTF-8''{name}",
        "Content-Security-Policy": "default-src 'none'; sandbox",
    }


def _content(request: web.Request, found: Found, file: File) -> web.Response:
    return packed(request, file.body, "text/plain; charset=utf-8", _headers(found, file))
