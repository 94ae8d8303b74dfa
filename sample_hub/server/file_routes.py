"""Files: /resolve/ with its redirects, the immutable resolve-cache, /raw/, and the storage of large files."""

from urllib.parse import quote, urlencode

from aiohttp import web

from hublake.sample_hub.server.parameters import find_repo, token_of
from hublake.sample_hub.server.repo_routes import check_revision, stored_file
from hublake.sample_hub.server.responses import Refused, compressed, missing_file, redirect
from hublake.sample_hub.store import File, RepoRecord, Store

# Root files of a gated repository that anybody may read through /resolve/. The letter case must match.
_OPEN_ON_GATED = ("README.md", "LICENSE", "LICENSE.md", "LICENSE.txt")
_CACHE = "/api/resolve-cache"
_SHORTEST_SHA = 7
_OTHER_NAME = {"localhost": "127.0.0.1", "127.0.0.1": "localhost"}


def resolve(request: web.Request, store: Store, granted: frozenset[str]) -> web.Response:
    """A file at a revision: usually a redirect to the cache, a 302 for a large file, else the content itself.

    An old name of the repository, or one in another letter case, leads to the same place without a redirect to the current name.
    """
    repo = find_repo(request, store, request.match_info["id"])
    path, revision = request.match_info["path"], request.match_info["rev"]
    has_access = _check_access(request, repo, path, granted)
    if len(revision) < _SHORTEST_SHA or not repo.sha.startswith(revision):
        check_revision(repo, revision)
    file = stored_file(store, repo, path)
    if file is None:
        raise missing_file(repo.sha)
    if _is_unchanged(request, file):
        return web.Response(status=304, headers=_headers(repo, file))
    if file.is_lfs:
        return _redirect_to_storage(request, repo, file)
    if "/" not in repo.repo_id or not file.body or (repo.gated and has_access):
        return _content(request, repo, file)
    query = urlencode({f"/{_prefix(request)}{repo.repo_id}/resolve/{revision}/{path}": "", "etag": f'"{file.etag}"'})
    headers = {"X-Repo-Commit": repo.sha, "X-Linked-ETag": f'"{file.etag}"', "Accept-Ranges": "bytes"}
    return redirect(f"{_CACHE}/{repo.repo_type}s/{quote(repo.repo_id)}/{repo.sha}/{quote(path)}?{query}", headers=headers)


def resolve_cache(request: web.Request, store: Store, granted: frozenset[str]) -> web.Response:
    """The same content by commit: one request, and no race with a push."""
    repo = find_repo(request, store, request.match_info["id"])
    path, sha = request.match_info["path"], request.match_info["sha"]
    if len(sha) != 40:
        raise Refused(400, "Invalid commit: expected 40 hexadecimal digits")
    if repo.repo_id.lower() != request.match_info["id"].lower():
        return redirect(f"{_CACHE}/{request.match_info['kind']}/{quote(repo.repo_id)}/{sha}/{quote(path)}")
    _check_access(request, repo, path, granted)
    check_revision(repo, sha)
    file = stored_file(store, repo, path)
    if file is None or file.is_lfs:
        raise missing_file(repo.sha)
    if _is_unchanged(request, file):
        return web.Response(status=304, headers=_headers(repo, file))
    return _content(request, repo, file)


def raw(request: web.Request, store: Store, granted: frozenset[str]) -> web.Response:
    """The content that git stores: a large file is a pointer. Gated without exceptions; ignores If-None-Match."""
    repo = find_repo(request, store, request.match_info["id"])
    path = request.match_info["path"]
    _check_access(request, repo, path, granted, open_files=())
    check_revision(repo, request.match_info["rev"])
    file = stored_file(store, repo, path)
    if file is None:
        raise missing_file(repo.sha)
    if file.is_lfs:
        pointer = f"version https://git-lfs.github.com/spec/v1\noid sha256:{file.etag}\nsize {len(file.body)}\n"
        file = File(path, pointer.encode())
    return _content(request, repo, file)


def large_file(request: web.Request, store: Store) -> web.Response:
    """The target of a 302. Its ETag is the Xet hash, which is no hash of the bytes: only X-Linked-ETag on the 302 identifies them."""
    file = store.large_file(request.match_info["hub_id"], request.match_info["xet_hash"])
    if file is None or request.query.get("Signature") != _signature(file):
        raise Refused(403, "Access denied")
    return web.Response(body=file.body, headers={"ETag": f'"{file.xet_hash}"', "Content-Type": "application/octet-stream"})


def _prefix(request: web.Request) -> str:
    """The path prefix of a repository's files; empty for models."""
    kind = request.match_info.get("kind")
    return f"{kind}/" if kind else ""


def _redirect_to_storage(request: web.Request, repo: RepoRecord, file: File) -> web.Response:
    """Redirect to a signed address on another host, as the Hub does: its large files are on a CDN.

    Here the other host is the other loopback name of this machine. Clients on other machines know one name only and keep it. The Hub
    also sends a Link to its Xet storage, from which clients then fetch; this hub has no such storage and sends none.
    """
    host = request.url.host or ""
    other = request.url.with_host(_OTHER_NAME.get(host, host))
    signed = other.with_path(f"/xet-bridge/{repo.hub_id}/{file.xet_hash}").with_query(Signature=_signature(file))
    linked = {"X-Linked-Size": str(len(file.body)), "X-Linked-ETag": f'"{file.etag}"', "X-Xet-Hash": file.xet_hash}
    return redirect(str(signed), 302, {"X-Repo-Commit": repo.sha, "Cache-Control": "no-store", **linked})


def _signature(file: File) -> str:
    return f"{file.etag[:16]}{file.xet_hash[:16]}"


def _check_access(
    request: web.Request, repo: RepoRecord, path: str, granted: frozenset[str], open_files: tuple[str, ...] = _OPEN_ON_GATED
) -> bool:
    """Whether the caller is authorized for a gated repository. Access is checked before the existence of the file is revealed."""
    if repo.is_disabled:
        raise Refused(403, "Access to this resource is disabled.")
    token = token_of(request)
    if not repo.gated or path in open_files or token in granted:
        return token in granted
    restricted = f"Access to {repo.repo_type} {repo.repo_id} is restricted"
    if token is None:
        message = f"{restricted}. You must have access to it and be authenticated to access it. Please log in."
        raise Refused(401, message, "GatedRepo", {"WWW-Authenticate": "Bearer"})
    raise Refused(403, f"{restricted} and you are not in the authorized list. Visit its page to ask for access.", "GatedRepo")


def _is_unchanged(request: web.Request, file: File) -> bool:
    known = request.headers.get("If-None-Match", "")
    return file.etag in (tag.strip().removeprefix("W/").strip('"') for tag in known.split(","))


def _headers(repo: RepoRecord, file: File) -> dict[str, str]:
    name = quote(file.path.split("/")[-1])
    return {
        "ETag": f'"{file.etag}"',
        "X-Repo-Commit": repo.sha,
        "Content-Disposition": f"inline; filename*=UTF-8''{name}",
        "Content-Security-Policy": "default-src 'none'; sandbox",
    }


def _content(request: web.Request, repo: RepoRecord, file: File) -> web.Response:
    return compressed(request, file.body, "text/plain; charset=utf-8", _headers(repo, file))
