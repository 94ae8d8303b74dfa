"""The Hub's HTTP API as a crawler uses it: URLs of listings, pagination.

Pure functions over text and bytes. They validate everything that the Hub sends, and raise InvalidResponse for what cannot be right.
"""

from collections.abc import Iterable, Mapping
from urllib.parse import parse_qs, parse_qsl, quote, unquote, urlencode, urljoin, urlsplit

from hublake.lake.hub_requests import CARD_FILE, REPO_PATHS, origin_of, path_of
from hublake.lake.link_header import next_targets

ACCOUNT_PATHS: Mapping[str, str] = {"user": "users", "organisation": "organizations"}
LONGEST_URL = 65_536  # characters, with a cursor in it


class InvalidResponse(Exception):
    """A response that the Hub cannot have intended: truncated, garbled, or pointing elsewhere. A retry may help."""


def listing_url(
    endpoint: str, repo_type: str, expands: Iterable[str], limit: int, *, sort: str = "createdAt", is_descending: bool = False
) -> str:
    """Return the URL of a listing's first page. Oldest first is the only order that stays stable while it is paged through."""
    direction = "-1" if is_descending else "1"
    query = [("sort", sort), ("direction", direction), ("limit", str(limit)), *(("expand[]", name) for name in expands)]
    return f"{endpoint}/api/{REPO_PATHS[repo_type]}?{urlencode(query)}"


def cached_card_url(endpoint: str, repo_type: str, repo_id: str, sha: str) -> str:
    """Return the URL that /resolve/ redirects to for a plain git file: immutable, by a commit of 40 hex digits."""
    return f"{endpoint}/api/resolve-cache/{REPO_PATHS[repo_type]}/{path_of(repo_id)}/{sha}/{CARD_FILE}"


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


def next_page(link_header: str | None, page_url: str, seen: Iterable[str] = ()) -> str | None:
    """Return the URL of the next page, or None after the last. `seen` are the cursors of the pages so far.

    Raises InvalidResponse for a link to another host, scheme or path, which would leak our position and lead away, and for a cursor that
    was followed before, which would loop for ever.
    """
    target = next(next_targets(link_header or ""), None)
    if target is None:
        return None
    try:
        url: str = urljoin(page_url, target)
        parts = urlsplit(url)
    except ValueError as problem:
        raise InvalidResponse(f"the address of the next page cannot be parsed: {problem}") from None
    if origin_of(url) != origin_of(page_url) or parts.username is not None:
        raise InvalidResponse(f"next page is on another host ({parts.netloc.rpartition('@')[2][:100]})")
    if unquote(parts.path) != unquote(urlsplit(page_url).path):
        raise InvalidResponse(f"next page is not a page of this listing ({parts.path[:100]})")
    if len(url) > LONGEST_URL:
        raise InvalidResponse(f"the address of the next page has {len(url)} characters")
    if cursor_of(url) in seen:
        raise InvalidResponse("next page repeats a cursor that was followed before")
    return url


def may_be_truncated(items: int, page_size: int, *, has_next: bool) -> bool:
    """Whether a page may have lost items or its link on the way: it is full without a next page, or it has one and is not full."""
    return (items >= page_size) != has_next


def cursor_of(url: str) -> str:
    """Return the page's cursor, or the complete query if there is none."""
    query = urlsplit(url).query
    cursors: list[str] = parse_qs(query).get("cursor", [])
    return cursors[0] if cursors else query


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
