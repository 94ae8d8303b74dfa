"""What a hub's answers to a probe mean: pure functions from responses to sentences, and the cost of a crawl that follows from them."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

from scrapy.http import Response

from hublake.crawler.cards.response import bare_etag, card_target, is_content_digest, matches_etag
from hublake.crawler.listings.page import ListedItem
from hublake.crawler.response_headers import header, is_cached, list_header
from hublake.lake.rate_limits import RateLimit, parse_rate_limit

# A census of the public models, and their growth since (docs/crawling.md): what a complete listing is assumed to have.
CENSUS_MODELS, CENSUS_DATE, MODELS_PER_DAY = 3_117_871, date(2026, 10, 3), 3_600
HOUR = 3600.0


@dataclass(frozen=True)
class Finding:
    """The answer to one question of a probe; `status` is that of the response, or None if no single response answers it."""

    question: str
    answer: str
    status: int | None = None


@dataclass
class Measured:
    """What the cost of a crawl follows from. The first page holds the oldest models, so shares of it are rough."""

    items_per_page: int = 0
    page_bytes: int = 0
    has_next: bool = False
    card_share: float = 0.0
    requests_per_card: int = 2
    quotas: dict[str, RateLimit] = field(default_factory=dict)

    def seconds(self, bucket: str, requests: float, default: tuple[int, float]) -> float:
        """Return how long requests take at the bucket's full quota; `default` is (quota, window) if the hub announced none."""
        limit = self.quotas.get(bucket)
        quota, window = (limit.quota, limit.window_seconds) if limit and limit.quota and limit.window_seconds else default
        return requests / quota * window if quota else 0.0


def ascending(ids: Sequence[str | None]) -> bool:
    """Whether all ids are there and rise strictly."""
    named = [hub_id for hub_id in ids if hub_id is not None]
    return len(named) == len(ids) and named == sorted(set(named))


def describe_quota(response: Response) -> str:
    """Say what a response's headers reveal about its quota."""
    limit = parse_rate_limit(list_header(response.headers, "RateLimit"), list_header(response.headers, "RateLimit-Policy"))
    if limit is None:
        return "no RateLimit headers: the crawl keeps to the configured quota"
    policy = f", {limit.quota:,} in {limit.window_seconds:g} s" if limit.quota and limit.window_seconds else ""
    foreign = "; from a cache, so it is ignored" if is_cached(response.headers) else ""
    return f"bucket {limit.bucket}{policy}; {limit.left:,} left for {limit.reset_seconds:g} s{foreign}"


def describe_page(items: Sequence[ListedItem], size: int, body_bytes: int, *, has_next: bool) -> str:
    """Say what a listing's first page is like."""
    order = "ids ascending" if ascending([item.hub_id for item in items]) else "ids not ascending, so a walk may miss some"
    end = "with a next page" if has_next else "and no next page"
    return f"{len(items):,} items for {size:,} requested, {body_bytes:,} bytes, {order}, {end}"


def describe_cache(response: Response) -> tuple[str, bool]:
    """Say whether the resolve cache serves cards; the flag is whether a crawl uses it."""
    etag = bare_etag(header(response.headers, "ETag"))
    if response.status != 200:
        return f"not served: status {response.status}; each card takes the requests of /resolve/", False
    if not is_content_digest(etag) or not matches_etag(response.body, etag):
        return "served, but its ETag does not name the bytes; each card takes the requests of /resolve/", False
    return "served, and its ETag names the bytes: one request for each card", True


def card_share(items: Sequence[ListedItem]) -> float:
    """Return the share of items that list a card."""
    return sum(card_target(item.hub_id, item.repo_id, item.text) is not None for item in items) / len(items) if items else 0.0


def cost_findings(measured: Measured, known_models: int | None, today: date, defaults: Mapping[str, tuple[int, float]]) -> list[Finding]:
    """Return what a crawl of the listing and of its cards would cost."""
    if not measured.items_per_page:
        return []
    models, source = _models(measured, known_models, today)
    pages = math.ceil(models / measured.items_per_page)
    hours = measured.seconds("api", pages, defaults["api"]) / HOUR
    size = models * measured.page_bytes / measured.items_per_page
    cards = round(models * measured.card_share)
    card_requests = cards * measured.requests_per_card
    card_hours = measured.seconds("resolvers", card_requests, defaults["resolvers"]) / HOUR
    return [
        Finding("models", f"{models:,} ({source})"),
        Finding("cost of the listing", f"{pages:,} requests, {hours:,.1f} hours at the full quota, {size / 1e9:,.1f} GB"),
        Finding(
            "cost of the cards",
            f"{cards:,} cards ({measured.card_share:.0%} of the first page), {card_requests:,} requests, {card_hours:,.1f} hours",
        ),
    ]


def _models(measured: Measured, known_models: int | None, today: date) -> tuple[int, str]:
    if not measured.has_next:
        return measured.items_per_page, "counted: they are all on one page"
    if known_models is not None:
        return known_models, "in the newest listing of this warehouse"
    grown = CENSUS_MODELS + max(0, (today - CENSUS_DATE).days) * MODELS_PER_DAY
    return grown, f"assumed: a census of {CENSUS_DATE} and {MODELS_PER_DAY:,} more each day"
