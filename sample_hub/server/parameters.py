"""Reads the parameters of requests: tokens, repositories, switches, fields and page sizes."""

from collections.abc import Mapping, Sequence

from aiohttp import web

from hublake.sample_hub.server.responses import Refused, invalid, require_one_of
from hublake.sample_hub.store import RepoRecord, RepoType, Store

MAX_PAGE = 1000
UNKNOWN_CALLER = "Invalid credentials in Authorization header"
_TRUE_VALUES = ("true", "True", "1")
_TYPES: Mapping[str, RepoType] = {"models": "model", "datasets": "dataset", "spaces": "space"}


def token_of(request: web.Request) -> str | None:
    """The bearer token. Raises Refused where it does not have the form of a Hub token."""
    kind, _, token = request.headers.get("Authorization", "").partition(" ")
    if kind.lower() != "bearer" or not token:
        return None
    if not token.startswith("hf_"):
        raise Refused(401, UNKNOWN_CALLER)
    return token


def refuse_anonymous() -> Refused:
    """The response to a client without a token, for what it may not see or what does not exist. The Hub sends no error code with it."""
    headers = {"WWW-Authenticate": 'Bearer realm="Authentication required", charset="UTF-8"'}
    return Refused(401, "Invalid username or password.", headers=headers)


def repo_type_of(request: web.Request) -> RepoType:
    """The repository type in the path; models where the path has none, as in the addresses of their files."""
    return _TYPES[request.match_info.get("kind", "models")]


def find_repo(request: web.Request, store: Store, repo_id: str) -> RepoRecord:
    """The repository of that name, which may be an old one or in another letter case. Raises Refused where there is none."""
    repo_type = repo_type_of(request)
    repo = store.find(repo_id, repo_type) or store.find(store.current_name(repo_id, repo_type) or "", repo_type)
    if repo and not repo.is_gone:
        return repo
    raise Refused(404, "Repository not found", "RepoNotFound") if token_of(request) else refuse_anonymous()


def is_set(request: web.Request, name: str) -> bool:
    """Whether a boolean parameter is set, in any of the spellings that clients use."""
    return request.query.get(name) in _TRUE_VALUES


def expand_names(request: web.Request, valid: Sequence[str]) -> list[str]:
    """The fields requested by `expand` or `expand[]`. An invalid name is refused with the list of valid ones."""
    names = [*request.query.getall("expand", []), *request.query.getall("expand[]", [])]
    for position, name in enumerate(names):
        require_one_of(name, valid, f"expand[{position}]" if len(names) > 1 else "expand")
    return names


def page_limit(request: web.Request) -> int:
    """The requested page size, up to the Hub's maximum."""
    limit = request.query.get("limit", str(MAX_PAGE))
    if not limit.isascii() or not limit.isdigit() or int(limit) < 1:
        raise invalid("✖ Invalid input: expected number >= 1\n  → at limit")
    return min(int(limit), MAX_PAGE)
