"""GET /api/models/{id} and its file tree; the same for datasets and spaces."""

import base64
import binascii
from collections.abc import Iterable
from dataclasses import dataclass
from hashlib import sha1, sha256
from typing import Any
from urllib.parse import quote

import orjson
from aiohttp import web

from hublake.sample_hub.server import fields
from hublake.sample_hub.server.parameters import MAX_PAGE, expand_names, find_repo, is_set, page_limit, token_of
from hublake.sample_hub.server.responses import Refused, as_json, invalid, missing_file, redirect
from hublake.sample_hub.store import File, RepoRecord, Store

_WEIGHTS = (".safetensors", ".bin", ".gguf", ".pt", ".pth", ".onnx", ".h5", ".msgpack", ".zip", ".flac")
_MASK = "*" * 64
_MAX_EXPANDED_PAGE = 50


def show_repo(request: web.Request, store: Store, granted: frozenset[str]) -> web.Response:
    """One repository. An old name, and a name in another letter case, redirect to the repository's name."""
    repo = find_repo(request, store, request.match_info["id"])
    if repo.repo_id != request.match_info["id"]:
        return _redirect_to(request, repo, *(["revision", request.match_info["rev"]] if "rev" in request.match_info else []))
    check_revision(repo, request.match_info.get("rev", "main"))
    item = orjson.loads(store.item(repo.hub_id))
    item["disabled"] = repo.is_disabled
    if repo.repo_type != "space":
        item["gated"] = repo.gated or False
    names = expand_names(request, fields.OF_TYPE[repo.repo_type].expandable)
    if "childrenModelCount" in names:
        item["childrenModelCount"] = store.children_by_relation(repo.repo_id)
    if isinstance(item.get("inferenceProviderMapping"), list):
        item["inferenceProviderMapping"] = {entry["provider"]: entry for entry in item["inferenceProviderMapping"]}
    response = fields.expanded(item, names) if names else fields.detailed(item, repo.repo_type)
    if is_set(request, "blobs"):
        files = _Files(store, repo, bool(repo.gated) and token_of(request) not in granted)
        response["siblings"] = [files.blob(sibling["rfilename"]) for sibling in item.get("siblings", ())]
    return as_json(request, response)


def show_tree(request: web.Request, store: Store, granted: frozenset[str]) -> web.Response:
    """Files and folders of a revision, in pages."""
    repo = find_repo(request, store, request.match_info["id"])
    revision, folder = request.match_info["rev"], request.match_info.get("path", "").strip("/")
    if repo.repo_id != request.match_info["id"]:
        return _redirect_to(request, repo, "tree", revision, *folder.split("/"))
    check_revision(repo, revision)
    siblings = orjson.loads(store.item(repo.hub_id)).get("siblings") or ()
    inside = [name["rfilename"] for name in siblings if not folder or name["rfilename"].startswith(f"{folder}/")]
    if folder and not inside:
        raise missing_file(repo.sha, f'{folder} does not exist on "{revision}"')
    entries = _entries(inside, folder, is_set(request, "recursive"))
    return _tree_page(request, _Files(store, repo, bool(repo.gated) and token_of(request) not in granted), entries)


def check_revision(repo: RepoRecord, revision: str) -> None:
    """Refuse every revision but the head, which is found by name or by sha."""
    if revision not in ("main", "HEAD", repo.sha):
        raise Refused(404, f"Invalid rev id: {revision}", "RevisionNotFound")


def stored_file(store: Store, repo: RepoRecord, path: str) -> File | None:
    """A file with content: one in the store, or a configuration whose content is part of the item."""
    file = store.file(repo.hub_id, path)
    if file or path not in ("config.json", "adapter_config.json"):
        return file
    item = orjson.loads(store.item(repo.hub_id))
    config = item.get("config") or {}
    content = (
        config.get("peft") if path == "adapter_config.json" else {k: v for k, v in config.items() if k not in ("peft", "tokenizer_config")}
    )
    is_listed = any(sibling["rfilename"] == path for sibling in item.get("siblings") or ())
    return File(path, orjson.dumps(content, option=orjson.OPT_INDENT_2)) if content and is_listed else None


def _redirect_to(request: web.Request, repo: RepoRecord, *rest: str) -> web.Response:
    """To the same route of the repository's current name; `rest` are the further parts of the path."""
    path = "/".join(["/api", request.match_info["kind"], quote(repo.repo_id), *(quote(part, safe="") for part in rest if part)])
    query = request.rel_url.raw_query_string
    return redirect(f"{path}?{query}" if query else path)


@dataclass(frozen=True)
class _Files:
    """Metadata of a repository's files. Hashes of large files are masked where the caller has no access to a gated repository."""

    store: Store
    repo: RepoRecord
    is_masked: bool

    def metadata(self, path: str) -> dict[str, Any]:
        """Size and object ids: the true ones of a stored file, else stable ones derived from its name."""
        file = stored_file(self.store, self.repo, path)
        if file and not file.is_lfs:
            return {"oid": file.etag, "size": len(file.body)}
        oid = sha1(f"{self.repo.hub_id} {path}".encode(), usedforsecurity=False).hexdigest()
        if not file and not path.endswith(_WEIGHTS):
            return {"oid": oid, "size": int(oid[:3], 16)}
        sha, size = (file.etag, len(file.body)) if file else (sha256(oid.encode()).hexdigest(), int(oid[:7], 16))
        return {"oid": oid, "size": size, "lfs": {"oid": _MASK if self.is_masked else sha, "size": size, "pointerSize": 134}}

    def blob(self, path: str) -> dict[str, Any]:
        """A sibling with its blob, as `blobs=true` returns it."""
        metadata = self.metadata(path)
        blob = {"rfilename": path, "blobId": metadata["oid"], "size": metadata["size"]}
        if "lfs" in metadata:
            blob["lfs"] = {"sha256": metadata["lfs"]["oid"], "size": metadata["lfs"]["size"], "pointerSize": metadata["lfs"]["pointerSize"]}
        return blob

    def entry(self, path: str, kind: str) -> dict[str, Any]:
        """An entry of the tree."""
        if kind == "file":
            return {"type": "file", **self.metadata(path), "path": path}
        oid = sha1(f"{self.repo.sha} {path}".encode(), usedforsecurity=False).hexdigest()
        return {"type": "directory", "oid": oid, "size": 0, "path": path}


def _entries(names: Iterable[str], folder: str, is_recursive: bool) -> list[tuple[str, str]]:
    """(path, type) of the entries of a folder, sorted; with `is_recursive` also of its subfolders."""
    entries: set[tuple[str, str]] = set()
    for name in names:
        parts = name.removeprefix(f"{folder}/" if folder else "").split("/")
        parents = [f"{folder}/" * bool(folder) + "/".join(parts[:depth]) for depth in range(1, len(parts))]
        entries |= {(path, "directory") for path in (parents if is_recursive else parents[:1])}
        if is_recursive or len(parts) == 1:
            entries.add((name, "file"))
    return sorted(entries)


def _tree_page(request: web.Request, files: _Files, entries: list[tuple[str, str]]) -> web.Response:
    limit = min(page_limit(request), _MAX_EXPANDED_PAGE if is_set(request, "expand") else MAX_PAGE)
    rest = [entry for entry in entries if entry[0] > _tree_position(request.query.get("cursor"))]
    page = [files.entry(path, kind) for path, kind in rest[:limit]]
    link = {}
    if len(rest) > limit:
        position = orjson.dumps({"file_name": page[-1]["path"], "tree_oid": files.repo.sha})
        cursor = base64.b64encode(base64.b64encode(position) + b":%d" % limit).decode()
        link = {"Link": f'<{request.url.update_query(cursor=cursor)}>; rel="next"'}
    return as_json(request, page, link)


def _tree_position(cursor: str | None) -> str:
    try:
        position, _, _ = base64.b64decode(cursor or "").partition(b":")
        return str(orjson.loads(base64.b64decode(position))["file_name"]) if cursor else ""
    except (binascii.Error, ValueError, KeyError, TypeError) as error:
        raise invalid("Invalid cursor") from error
