"""GET /api/models/{id} and its tree; likewise of datasets and spaces."""

import base64
import binascii
from collections.abc import Iterable
from dataclasses import dataclass
from hashlib import sha1, sha256
from typing import Any
from urllib.parse import quote

import orjson
from aiohttp import web

from hublake.sample_hub import fields
from hublake.sample_hub.answers import as_json, entry_missing, found_repo, invalid, moved, refused, token_of
from hublake.sample_hub.listing import MAX_PAGE, expand_names, is_yes, page_limit
from hublake.sample_hub.store import File, Found, Store

_WEIGHTS = (".safetensors", ".bin", ".gguf", ".pt", ".pth", ".onnx", ".h5", ".msgpack", ".zip", ".flac")
_MASK = "*" * 64


def show_repo(request: web.Request, store: Store, granted: frozenset[str]) -> web.Response:
    """One repo; a renamed one by a redirect to its new name, another letter case by the true id inside."""
    found = found_repo(request, store, request.match_info["id"])
    if isinstance(found, str):
        return _moved_to(request, found, *(["revision", request.match_info["rev"]] if "rev" in request.match_info else []))
    check_revision(found, request.match_info.get("rev", "main"))
    item = orjson.loads(store.item(found.hub_id))
    item["disabled"] = found.is_disabled
    if found.repo_type != "space":
        item["gated"] = found.gated or False
    names = expand_names(request, fields.OF_TYPE[found.repo_type].expandable)
    if "childrenModelCount" in names:
        item["childrenModelCount"] = store.children_by_relation(found.repo_id)
    if isinstance(item.get("inferenceProviderMapping"), list):
        item["inferenceProviderMapping"] = {entry["provider"]: entry for entry in item["inferenceProviderMapping"]}
    answer = fields.expanded(item, names) if names else fields.detailed(item, found.repo_type)
    if is_yes(request, "blobs"):
        files = _Files(store, found, bool(found.gated) and token_of(request) not in granted)
        answer["siblings"] = [files.blob(sibling["rfilename"]) for sibling in item.get("siblings", ())]
    return as_json(request, answer)


def show_tree(request: web.Request, store: Store, granted: frozenset[str]) -> web.Response:
    """Files and folders of a revision, in pages."""
    found = found_repo(request, store, request.match_info["id"])
    if isinstance(found, str):
        return _moved_to(request, found, "tree", request.match_info["rev"])
    check_revision(found, request.match_info["rev"])
    siblings = orjson.loads(store.item(found.hub_id)).get("siblings") or ()
    folder = request.match_info.get("path", "").strip("/")
    inside = [name["rfilename"] for name in siblings if not folder or name["rfilename"].startswith(f"{folder}/")]
    if folder and not inside:
        raise entry_missing(found.sha)
    entries = _entries(inside, folder, is_yes(request, "recursive"))
    return _tree_page(request, _Files(store, found, bool(found.gated) and token_of(request) not in granted), entries)


def check_revision(found: Found, revision: str) -> None:
    """Only the head exists here, by its name or its sha."""
    if revision not in ("main", "HEAD", found.sha):
        raise refused(404, f"Invalid rev id: {revision}", "RevisionNotFound")


def kept_file(store: Store, found: Found, path: str) -> File | None:
    """A file whose bytes can be handed out: one that is kept, or a configuration that the item tells the content of."""
    file = store.file(found.hub_id, path)
    if file or path not in ("config.json", "adapter_config.json"):
        return file
    item = orjson.loads(store.item(found.hub_id))
    config = item.get("config") or {}
    content = (
        config.get("peft") if path == "adapter_config.json" else {k: v for k, v in config.items() if k not in ("peft", "tokenizer_config")}
    )
    is_listed = any(sibling["rfilename"] == path for sibling in item.get("siblings") or ())
    return File(path, orjson.dumps(content, option=orjson.OPT_INDENT_2)) if content and is_listed else None


def _moved_to(request: web.Request, repo_id: str, *rest: str) -> web.Response:
    path = "/".join(["/api", request.match_info["kind"], quote(repo_id), *(quote(part, safe="") for part in rest)])
    query = request.rel_url.raw_query_string
    return moved(f"{path}?{query}" if query else path)


@dataclass(frozen=True)
class _Files:
    """What a repo's files are like, with the hashes of large ones masked where the caller stands before a gate."""

    store: Store
    found: Found
    is_masked: bool

    def facts(self, path: str) -> dict[str, Any]:
        """Size and object ids: the true ones of a file that is kept, else stable ones that its name gives."""
        file = kept_file(self.store, self.found, path)
        if file and not file.is_lfs:
            return {"oid": file.etag, "size": len(file.body)}
        oid = sha1(f"{self.found.hub_id} {path}".encode(), usedforsecurity=False).hexdigest()
        if not file and not path.endswith(_WEIGHTS):
            return {"oid": oid, "size": int(oid[:3], 16)}
        sha, size = (file.etag, len(file.body)) if file else (sha256(oid.encode()).hexdigest(), int(oid[:7], 16))
        return {"oid": oid, "size": size, "lfs": {"oid": _MASK if self.is_masked else sha, "size": size, "pointerSize": 134}}

    def blob(self, path: str) -> dict[str, Any]:
        """A sibling with its blob, as `blobs=true` asks for it."""
        facts = self.facts(path)
        blob = {"rfilename": path, "blobId": facts["oid"], "size": facts["size"]}
        if "lfs" in facts:
            blob["lfs"] = {"sha256": facts["lfs"]["oid"], "size": facts["lfs"]["size"], "pointerSize": facts["lfs"]["pointerSize"]}
        return blob

    def entry(self, path: str, kind: str) -> dict[str, Any]:
        """A line of the tree."""
        if kind == "file":
            return {"type": "file", **self.facts(path), "path": path}
        oid = sha1(f"{self.found.sha} {path}".encode(), usedforsecurity=False).hexdigest()
        return {"type": "directory", "oid": oid, "size": 0, "path": path}


def _entries(names: Iterable[str], folder: str, is_recursive: bool) -> list[tuple[str, str]]:
    """(path, type) of what lies in the folder, sorted; with `is_recursive` also in the folders below it."""
    entries: set[tuple[str, str]] = set()
    for name in names:
        parts = name.removeprefix(f"{folder}/" if folder else "").split("/")
        above = [f"{folder}/" * bool(folder) + "/".join(parts[:depth]) for depth in range(1, len(parts))]
        entries |= {(path, "directory") for path in (above if is_recursive else above[:1])}
        if is_recursive or len(parts) == 1:
            entries.add((name, "file"))
    return sorted(entries)


def _tree_page(request: web.Request, files: _Files, entries: list[tuple[str, str]]) -> web.Response:
    limit = min(page_limit(request), 100 if is_yes(request, "expand") else MAX_PAGE)
    rest = [entry for entry in entries if entry[0] > _tree_place(request.query.get("cursor"))]
    page = [files.entry(path, kind) for path, kind in rest[:limit]]
    link = {}
    if len(rest) > limit:
        place = orjson.dumps({"file_name": page[-1]["path"], "tree_oid": files.found.sha})
        cursor = base64.b64encode(base64.b64encode(place)).decode()
        link = {"Link": f'<{request.url.update_query(cursor=cursor)}>; rel="next"'}
    return as_json(request, page, link)


def _tree_place(cursor: str | None) -> str:
    try:
        return str(orjson.loads(base64.b64decode(base64.b64decode(cursor)))["file_name"]) if cursor else ""
    except (binascii.Error, ValueError, KeyError, TypeError) as error:
        raise invalid("Invalid cursor") from error
