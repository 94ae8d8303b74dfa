"""The Hub's HTTP API as a crawler uses it: URLs, pagination, rate-limit headers.

Pure functions over text and bytes. They validate everything that the Hub sends, and raise InvalidResponse for what cannot be right.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from urllib.parse import parse_qs, parse_qsl, quote, urlencode, urljoin, urlsplit

from hublake.lake.errors import WrongUse

REPO_PATHS: Mapping[str, str] = {"model": "models", "dataset": "datasets", "space": "spaces"}
REPO_TYPES: Mapping[str, str] = {path: repo_type for repo_type, path in REPO_PATHS.items()}
# Path prefix of a repository's files: models are at the root, datasets and Spaces below the name of their kind.
FILE_PREFIXES: Mapping[str, str] = {"model": "", "dataset": "datasets/", "space": "spaces/"}

# Every `expand` value that the Hub's own Python client types for models (ModelInfo of huggingface_hub 2.4), and
# xetEnabled, which the Hub names in its own error message. A value that a listing rejects is dropped: see rejected_expands.
MODEL_EXPANDS = (
    "author", "baseModels", "cardData", "childrenModelCount", "config", "createdAt", "disabled", "downloads",
    "downloadsAllTime", "evalResults", "gated", "gguf", "inference", "inferenceProviderMapping", "lastModified",
    "library_name", "likes", "mask_token", "model-index", "pipeline_tag", "private", "resourceGroup", "safetensors",
    "sha", "siblings", "spaces", "tags", "transformersInfo", "trendingScore", "usedStorage", "widgetData", "xetEnabled",
)  # fmt: skip

# The same for datasets and Spaces (DatasetInfo, SpaceInfo).
DATASET_EXPANDS = (
    "author", "cardData", "citation", "createdAt", "description", "disabled", "downloads", "downloadsAllTime", "gated", "lastModified",
    "likes", "mainSize", "paperswithcode_id", "private", "resourceGroup", "sha", "siblings", "tags", "trendingScore", "usedStorage",
)  # fmt: skip
SPACE_EXPANDS = (
    "author", "cardData", "createdAt", "datasets", "disabled", "lastModified", "likes", "models", "private", "region", "resourceGroup",
    "runtime", "sdk", "sha", "siblings", "subdomain", "tags", "trendingScore", "usedStorage",
)  # fmt: skip

CARD_FILE = "README.md"
ACCOUNT_PATHS: Mapping[str, str] = {"user": "users", "organisation": "organizations"}
DEFAULT_PORTS = {"http": 80, "https": 443}


class InvalidResponse(Exception):
    """A response that the Hub cannot have intended: truncated, garbled, or pointing elsewhere. A retry may help."""


@dataclass(frozen=True, slots=True)
class RateLimit:
    """The state of one quota bucket according to a response's headers; quota and window are None if no policy was sent."""

    bucket: str
    left: int
    reset_seconds: float
    quota: int | None = None
    window_seconds: float | None = None


def normalize_endpoint(endpoint: str) -> str:
    """Return the endpoint without a trailing slash. Raises WrongUse unless it is an http(s) URL without credentials."""
    parts = urlsplit(endpoint)
    try:
        is_url = parts.scheme in DEFAULT_PORTS and bool(parts.hostname) and parts.port != 0
    except ValueError:  # the port is not a number
        is_url = False
    if not is_url or parts.username is not None or parts.query or parts.fragment:
        shown = repr(endpoint) if parts.username is None else "a URL that contains a user name"
        raise WrongUse(f"endpoint: {shown} is not a hub's address. Give it as https://host[:port] (--endpoint, HF_ENDPOINT)")
    return endpoint.rstrip("/")


def origin_of(url: str) -> tuple[str, str, int | None]:
    """Return (scheme, host, port), which decides who may see the token. A URL that cannot be parsed equals no other origin."""
    parts = urlsplit(url)
    try:
        return parts.scheme, parts.hostname or "", parts.port or DEFAULT_PORTS.get(parts.scheme)
    except ValueError:
        return parts.scheme, "", None


def listing_url(
    endpoint: str, repo_type: str, expands: Iterable[str], limit: int, *, sort: str = "createdAt", is_descending: bool = False
) -> str:
    """Return the URL of a listing's first page. Oldest first is the only order that stays stable while it is paged through."""
    direction = "-1" if is_descending else "1"
    query = [("sort", sort), ("direction", direction), ("limit", str(limit)), *(("expand[]", name) for name in expands)]
    return f"{endpoint}/api/{REPO_PATHS[repo_type]}?{urlencode(query)}"


def card_url(endpoint: str, repo_type: str, repo_id: str, revision: str | None) -> str:
    """Return the URL of a repository's card at a commit, or at the head of main if none is known."""
    return f"{endpoint}/{FILE_PREFIXES[repo_type]}{quote(repo_id, safe='/')}/resolve/{quote(revision or 'main', safe='')}/{CARD_FILE}"


def repo_url(endpoint: str, repo_type: str, repo_id: str) -> str:
    """Return the URL of one repository's metadata."""
    return f"{endpoint}/api/{REPO_PATHS[repo_type]}/{quote(repo_id, safe='/')}"


def cached_card_url(endpoint: str, repo_type: str, repo_id: str, sha: str) -> str:
    """Return the URL that /resolve/ redirects to for a plain git file: immutable, by a commit of 40 hex digits."""
    return f"{endpoint}/api/resolve-cache/{REPO_PATHS[repo_type]}/{quote(repo_id, safe='/')}/{sha}/{CARD_FILE}"


def cards_arguments(repo_path: str) -> str:
    """Return the arguments of `hublake crawl` that fetch the cards of a listing.

    >>> cards_arguments("models"), cards_arguments("datasets")
    ('cards', 'cards --of datasets')
    """
    return "cards" if repo_path == "models" else f"cards --of {repo_path}"


def page_limit(url: str) -> int | None:
    """Return the page size that a URL requests."""
    limit = parse_qs(urlsplit(url).query).get("limit", [""])[0]
    return int(limit) if limit.isascii() and limit.isdigit() and len(limit) < 10 else None


def with_page_limit(url: str, limit: int) -> str:
    """Return the URL of the same page with fewer items: a cursor marks the item before the page, not the page's length."""
    parts = urlsplit(url)
    query = [(name, str(limit) if name == "limit" else value) for name, value in parse_qsl(parts.query, keep_blank_values=True)]
    return parts._replace(query=urlencode(query)).geturl()


def account_url(endpoint: str, kind: str, account: str) -> str:
    """Return the URL of the public overview of a user or an organisation."""
    return f"{endpoint}/api/{ACCOUNT_PATHS[kind]}/{quote(account, safe='')}/overview"


LINK = re.compile(r"<([^<>]*)>([^<>]*)")
NEXT = re.compile(r';\s*rel\s*=\s*"?(?:[^";,]*\s)?next(?=[\s";,]|$)', re.IGNORECASE)


def next_page(link_header: str | None, page_url: str, seen: Iterable[str] = ()) -> str | None:
    """Return the URL of the next page, or None after the last. `seen` are the cursors of the pages so far.

    Raises InvalidResponse for a link to another host or scheme, which would leak our position and lead away, and for a cursor that was
    followed before, which would loop for ever.
    """
    for target, parameters in LINK.findall(link_header or ""):
        if not NEXT.search(parameters):
            continue
        url: str = urljoin(page_url, target.strip())
        if origin_of(url) != origin_of(page_url):
            raise InvalidResponse(f"next page is on another host ({urlsplit(url).netloc[:100]})")
        if cursor_of(url) in seen:
            raise InvalidResponse("next page repeats a cursor that was followed before")
        return url
    return None


def may_be_truncated(items: int, page_size: int, *, has_next: bool) -> bool:
    """Whether a page may have lost items or its link on the way: it is full without a next page, or it has one and is not full."""
    return (items >= page_size) != has_next


def cursor_of(url: str) -> str:
    """Return the page's cursor, or the complete query if there is none."""
    query = urlsplit(url).query
    cursors: list[str] = parse_qs(query).get("cursor", [])
    return cursors[0] if cursors else query


def has_cursor(url: str) -> bool:
    """Whether a URL leads into the middle of a listing."""
    return "cursor" in parse_qs(urlsplit(url).query)


QUOTED = re.compile(r'"([^"]*)"')
PARAMETER = re.compile(r"(?:^|;)\s*([a-zA-Z]+)\s*=\s*([0-9]{1,15}(?:\.[0-9]{1,6})?)(?=\s*(?:;|,|$))")


def parse_rate_limit(ratelimit: str | None, policy: str | None) -> RateLimit | None:
    """Parse the headers `ratelimit` and `ratelimit-policy` (IETF draft 9); None if they lack r and t.

    >>> parse_rate_limit('"api";r=489;t=189', '"fixed window";"api";q=500;w=300')
    RateLimit(bucket='api', left=489, reset_seconds=189.0, quota=500, window_seconds=300.0)
    """
    for item in (ratelimit or "").split(","):
        names, values = QUOTED.findall(item), dict(PARAMETER.findall(item))
        if names and {"r", "t"} <= values.keys():
            quota, window = _policy_of(names[0], policy)
            return RateLimit(names[0], int(float(values["r"])), float(values["t"]), quota, window)
    return None


def _policy_of(bucket: str, policy: str | None) -> tuple[int | None, float | None]:
    for item in (policy or "").split(","):
        values = dict(PARAMETER.findall(item))
        if bucket in QUOTED.findall(item) and {"q", "w"} <= values.keys() and float(values["w"]) > 0:
            return int(float(values["q"])), float(values["w"])
    return None, None


def parse_retry_after(value: str | None, now: datetime) -> float | None:
    """Return the seconds of a Retry-After header, given in seconds or as an HTTP date; None if it is neither."""
    text = (value or "").strip()
    if re.fullmatch(r"[0-9]{1,9}", text):
        return float(text)
    try:
        moment = parsedate_to_datetime(text)
    except (TypeError, ValueError):
        return None
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=UTC)
    return max(0.0, (moment - now).total_seconds())


# The quota bucket of each route, from the Hub's page on rate limits; a response's own headers take precedence.
BUCKETS: Mapping[str, str] = {"api": "api", "resolve": "resolvers", "resolve-cache": "resolvers", "pages": "pages"}


def route_of(url: str, endpoint: str) -> str | None:
    """Return which of BUCKETS' routes a request takes; None for a host that is not the endpoint."""
    if origin_of(url) != origin_of(endpoint):
        return None
    path = urlsplit(url).path.removeprefix(urlsplit(endpoint).path.rstrip("/"))
    if path.startswith("/api/resolve-cache/"):
        return "resolve-cache"
    if path.startswith("/api/"):
        return "api"
    return "resolve" if "/resolve/" in path else "pages"


def ignore_number(_number: str) -> None:
    """Decode a JSON number to None. No number is needed here, and a number of 5,000 digits cannot be converted to an int."""


def rejected_expands(message: str, requested: Iterable[str]) -> set[str]:
    """Return the requested `expand` values that a response with status 400 rejects: those missing from the valid values that it lists.

    Empty if the message lists no valid values: it is then about something else.
    """
    _, found, listed = message.partition("expected one of")
    valid = set(QUOTED.findall(listed.replace('\\"', '"')))
    return {name for name in requested if name not in valid} if found and valid else set()
