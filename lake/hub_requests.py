"""Addresses of repositories in the Hub's API, for whatever sends requests to it."""

from collections.abc import Mapping
from urllib.parse import quote, urlsplit

from hublake.lake.errors import WrongUse

REPO_PATHS: Mapping[str, str] = {"model": "models", "dataset": "datasets", "space": "spaces"}
REPO_TYPES: Mapping[str, str] = {path: repo_type for repo_type, path in REPO_PATHS.items()}
# Path prefix of a repository's files: models are at the root, datasets and Spaces below the name of their kind.
FILE_PREFIXES: Mapping[str, str] = {"model": "", "dataset": "datasets/", "space": "spaces/"}

CARD_FILE = "README.md"
DEFAULT_PORTS = {"http": 80, "https": 443}


def normalize_endpoint(endpoint: str) -> str:
    """Return the endpoint without a trailing slash. Raises WrongUse unless it is an http(s) URL without credentials."""
    try:
        parts = urlsplit(endpoint)
        is_url = parts.scheme in DEFAULT_PORTS and bool(parts.hostname) and parts.port != 0 and not (parts.query or parts.fragment)
    except ValueError:  # such as a port that is not a number
        is_url = False
    has_user = "@" in endpoint
    if not is_url or has_user:
        shown = "a URL that contains a user name" if has_user else repr(endpoint)
        raise WrongUse(f"endpoint: {shown} is not a hub's address. Give it as https://host[:port] (--endpoint, HF_ENDPOINT)")
    return endpoint.rstrip("/")


def origin_of(url: str) -> tuple[str, str, int | None]:
    """Return (scheme, host, port), which decides who may see the token. A URL that cannot be parsed equals no other origin."""
    try:
        parts = urlsplit(url)
        return parts.scheme, parts.hostname or "", parts.port or DEFAULT_PORTS.get(parts.scheme)
    except ValueError:
        return "", url, None


def path_of(repo_id: str) -> str:
    """Return a repository's name as a part of a path. One that is not owner/name or name becomes a single segment, which leads nowhere.

    >>> path_of("google/gemma-2b"), path_of("a/x y"), path_of("../api/models"), path_of("/a")
    ('google/gemma-2b', 'a/x%20y', '%2E%2E%2Fapi%2Fmodels', '%2Fa')
    """
    parts = repo_id.split("/")
    if len(parts) <= 2 and not {"", ".", ".."} & set(parts):
        return "/".join(quote(part, safe="") for part in parts)
    return quote(repo_id, safe="").replace(".", "%2E")


def card_url(endpoint: str, repo_type: str, repo_id: str, revision: str | None) -> str:
    """Return the URL of a repository's card at a commit, or at the head of main if none is known."""
    return f"{endpoint}/{FILE_PREFIXES[repo_type]}{path_of(repo_id)}/resolve/{quote(revision or 'main', safe='')}/{CARD_FILE}"


def repo_url(endpoint: str, repo_type: str, repo_id: str) -> str:
    """Return the URL of one repository's metadata."""
    return f"{endpoint}/api/{REPO_PATHS[repo_type]}/{path_of(repo_id)}"
