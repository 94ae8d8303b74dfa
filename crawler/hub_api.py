"""What the Hub's HTTP API means to a crawler: which URL to ask, which comes next, how much quota is left.

Pure functions over text and bytes. Whatever the Hub sends is checked here; what cannot be right is a HubFault.
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
# Where a repository's files lie: models at the root, the others below the name of their kind.
FILE_PREFIXES: Mapping[str, str] = {"model": "", "dataset": "datasets/", "space": "spaces/"}

# Every `expand` value that the Hub's own Python client types for models (ModelInfo of huggingface_hub 2.4), and
# xetEnabled, which the Hub names in its own error message. One that a listing refuses is dropped: refused_expands.
MODEL_EXPANDS = (
    "author", "baseModels", "cardData", "childrenModelCount", "config", "createdAt", "disabled", "downloads",
    "downloadsAllTime", "evalResults", "gated", "gguf", "inference", "inferenceProviderMapping", "lastModified",
    "library_name", "likes", "mask_token", "model-index", "pipeline_tag", "private", "resourceGroup", "safetensors",
    "sha", "siblings", "spaces", "tags", "transformersInfo", "trendingScore", "usedStorage", "widgetData", "xetEnabled",
)  # fmt: skip

# Likewise for datasets and Spaces (DatasetInfo, SpaceInfo).
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


class HubFault(Exception):
    """An answer that cannot be what the Hub meant: cut, garbled, or leading astray. Asking again may help."""


@dataclass(frozen=True, slots=True)
class RateLimit:
    """One bucket as an answer's headers tell it; quota and window are None where no policy was sent."""

    bucket: str
    left: int
    reset_seconds: float
    quota: int | None = None
    window_seconds: float | None = None


def checked_endpoint(endpoint: str) -> str:
    """The endpoint without a trailing slash; WrongUse unless it is an http(s) address without credentials."""
    parts = urlsplit(endpoint)
    try:
        is_address = parts.scheme in DEFAULT_PORTS and bool(parts.hostname) and parts.port != 0
    except ValueError:  # a port that is no number
        is_address = False
    if not is_address or parts.username is not None or parts.query or parts.fragment:
        shown = endpoint if parts.username is None else "an address with a user name in it"
        raise WrongUse(f"endpoint: {shown!r} is not a hub's address. Give it as https://host[:port] (--endpoint, HF_ENDPOINT)")
    return endpoint.rstrip("/")


def origin_of(url: str) -> tuple[str, str, int | None]:
    """(scheme, host, port): what may see the token. An address that cannot be read has an origin like no other."""
    parts = urlsplit(url)
    try:
        return parts.scheme, parts.hostname or "", parts.port or DEFAULT_PORTS.get(parts.scheme)
    except ValueError:
        return parts.scheme, "", None


def listing_url(
    endpoint: str, repo_type: str, expands: Iterable[str], limit: int, *, sort: str = "createdAt", is_descending: bool = False
) -> str:
    """First page of a listing; oldest first is the one order that does not move while it is walked."""
    direction = "-1" if is_descending else "1"
    query = [("sort", sort), ("direction", direction), ("limit", str(limit)), *(("expand[]", name) for name in expands)]
    return f"{endpoint}/api/{REPO_PATHS[repo_type]}?{urlencode(query)}"


def card_url(endpoint: str, repo_type: str, repo_id: str, revision: str | None) -> str:
    """Where a repository's card is asked for, at a commit, or at the head of main where none is known."""
    return f"{endpoint}/{FILE_PREFIXES[repo_type]}{quote(repo_id, safe='/')}/resolve/{quote(revision or 'main', safe='')}/{CARD_FILE}"


def repo_url(endpoint: str, repo_type: str, repo_id: str) -> str:
    """What the Hub says of one repository."""
    return f"{endpoint}/api/{REPO_PATHS[repo_type]}/{quote(repo_id, safe='/')}"


def cached_card_url(endpoint: str, repo_type: str, repo_id: str, sha: str) -> str:
    """Where /resolve/ redirects to for a plain git file: immutable, by a commit of 40 digits."""
    return f"{endpoint}/api/resolve-cache/{REPO_PATHS[repo_type]}/{quote(repo_id, safe='/')}/{sha}/{CARD_FILE}"


def typed_cards(of: str) -> str:
    """How the cards of a listing are asked for on the command line.

    >>> typed_cards("models"), typed_cards("datasets")
    ('cards', 'cards --of datasets')
    """
    return "cards" if of == "models" else f"cards --of {of}"


def limit_of(url: str) -> int | None:
    """The size of page that an address asks for."""
    told = parse_qs(urlsplit(url).query).get("limit", [""])[0]
    return int(told) if told.isascii() and told.isdigit() and len(told) < 10 else None


def with_limit(url: str, limit: int) -> str:
    """The same page of the listing, cut smaller: a cursor says behind which item it begins, not how long it is."""
    parts = urlsplit(url)
    query = [(name, str(limit) if name == "limit" else value) for name, value in parse_qsl(parts.query, keep_blank_values=True)]
    return parts._replace(query=urlencode(query)).geturl()


def account_url(endpoint: str, kind: str, account: str) -> str:
    """Where the Hub says what is public of a user or an organisation."""
    return f"{endpoint}/api/{ACCOUNT_PATHS[kind]}/{quote(account, safe='')}/overview"


LINK = re.compile(r"<([^<>]*)>([^<>]*)")
NEXT = re.compile(r';\s*rel\s*=\s*"?(?:[^";,]*\s)?next(?=[\s";,]|$)', re.IGNORECASE)


def next_page(link_header: str | None, page_url: str, seen: Iterable[str] = ()) -> str | None:
    """Address of the next page, or None after the last. `seen` are the cursors that led to the pages so far.

    Raises HubFault for a link to another host or scheme (it would leak where we are, and lead away) and for a cursor
    that was followed before (the walk would turn in circles).
    """
    for target, parameters in LINK.findall(link_header or ""):
        if not NEXT.search(parameters):
            continue
        address: str = urljoin(page_url, target.strip())
        if origin_of(address) != origin_of(page_url):
            raise HubFault(f"next page lies on another host ({urlsplit(address).netloc[:100]})")
        if cursor_of(address) in seen:
            raise HubFault("next page repeats a cursor that was followed before")
        return address
    return None


def is_doubtful(items: int, page_size: int, *, has_next: bool) -> bool:
    """Whether a page may have lost something on its way: it is full and leads nowhere, or it leads on and is not full."""
    return (items >= page_size) != has_next


def cursor_of(url: str) -> str:
    """The page's cursor, or the whole query where there is none."""
    query = urlsplit(url).query
    named: list[str] = parse_qs(query).get("cursor", [])
    return named[0] if named else query


def has_cursor(url: str) -> bool:
    """Whether an address leads into the middle of a listing."""
    return "cursor" in parse_qs(urlsplit(url).query)


QUOTED = re.compile(r'"([^"]*)"')
PARAMETER = re.compile(r"(?:^|;)\s*([a-zA-Z]+)\s*=\s*([0-9]{1,15}(?:\.[0-9]{1,6})?)(?=\s*(?:;|,|$))")


def rate_limit(ratelimit: str | None, policy: str | None) -> RateLimit | None:
    """The bucket that `ratelimit` and `ratelimit-policy` speak of (IETF draft 9), or None where they do not say r and t.

    >>> rate_limit('"api";r=489;t=189', '"fixed window";"api";q=500;w=300')
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


def retry_after(value: str | None, now: datetime) -> float | None:
    """Seconds that a Retry-After header asks to wait, given as seconds or as an HTTP date; None where it says neither."""
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


# Whose quota a route spends, by the Hub's page on rate limits; an answer's own headers overrule it.
BUCKETS: Mapping[str, str] = {"api": "api", "resolve": "resolvers", "resolve-cache": "resolvers", "pages": "pages"}


def route_of(url: str, endpoint: str) -> str | None:
    """Which of BUCKETS' routes a request takes; None for a host that is not the endpoint."""
    if origin_of(url) != origin_of(endpoint):
        return None
    path = urlsplit(url).path.removeprefix(urlsplit(endpoint).path.rstrip("/"))
    if path.startswith("/api/resolve-cache/"):
        return "resolve-cache"
    if path.startswith("/api/"):
        return "api"
    return "resolve" if "/resolve/" in path else "pages"


def unread(_number: str) -> None:
    """For JSON decoders: nothing here needs a number, and one of 5,000 digits would not become an int."""


def refused_expands(message: str, asked: Iterable[str]) -> set[str]:
    """Which of the `expand` values asked for a 400 refuses: those missing from the valid ones that it lists.

    Empty where the message lists none: then it is about something else.
    """
    _, found, listed = message.partition("expected one of")
    valid = set(QUOTED.findall(listed.replace('\\"', '"')))
    return {name for name in asked if name not in valid} if found and valid else set()
