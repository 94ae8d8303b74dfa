"""Downloader middlewares: the token, redirects, retries and pacing. Each does one thing to every request."""

import asyncio
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from time import monotonic
from typing import Self

from scrapy import Request
from scrapy.crawler import Crawler
from scrapy.downloadermiddlewares.redirect import RedirectMiddleware as ScrapyRedirectMiddleware
from scrapy.exceptions import IgnoreRequest
from scrapy.http import Response
from scrapy.utils.misc import load_object

from hublake.crawler.http.circuit_breaker import CircuitBreaker
from hublake.crawler.http.quota_pacer import QuotaPacer, Ticket
from hublake.crawler.http.token import find_token
from hublake.crawler.hub_api import BUCKETS, origin_of, parse_rate_limit, parse_retry_after, route_of
from hublake.crawler.retry import Interrupted
from hublake.crawler.spiders.base import HubSpider, hub_spider

RETRIED_STATUSES = frozenset({408, 429, 500, 502, 503, 504, 520, 521, 522, 523, 524})  # 52x: the CDN cannot reach its origin
FIREWALL_STATUSES = frozenset({403, 405})  # with a foreign HTML page: a firewall has blocked us temporarily as a bot
REDIRECTS = frozenset({301, 302, 303, 307, 308})
LOOPBACK = frozenset({"127.0.0.1", "::1", "localhost"})
POLL_SECONDS = 0.25  # how soon a waiting request notices that the crawl is stopping


def header(response: Response, name: str) -> str | None:
    """Return a header as text; None if the response lacks it."""
    value = response.headers.get(name)
    return None if value is None else value.decode("latin-1")


class TokenMiddleware:
    """Sends the token to the endpoint's own scheme, host and port only, also after a redirect."""

    def __init__(self, endpoint: str, token: str | None) -> None:
        self._origin = origin_of(endpoint)
        self._authorization = None if token is None else f"Bearer {token}"

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        return cls(hub_spider(crawler).config.endpoint, find_token())

    def process_request(self, request: Request) -> None:
        request.headers.pop("Authorization", None)
        if self._authorization is not None and origin_of(request.url) == self._origin:
            request.headers["Authorization"] = self._authorization


class RedirectMiddleware(ScrapyRedirectMiddleware):
    """Follows redirects within the endpoint, and to other hosts over https only; keeps the ETag of an LFS file."""

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        middleware = cls(crawler.settings)
        middleware.crawler = crawler
        return middleware

    def handle_referer(self, request: Request, response: Response) -> None:
        request.headers.pop("Referer", None)

    def process_response(self, request: Request, response: Response) -> Request | Response:  # type: ignore[override]
        followed = super().process_response(request, response)
        if isinstance(followed, Request):
            if not may_follow(request.url, followed.url):
                raise IgnoreRequest(f"a redirect to another host without https ({origin_of(followed.url)[1][:100]}) is not followed")
            if linked := header(response, "X-Linked-ETag"):
                followed.meta["linked_etag"] = linked
        return followed


def may_follow(url: str, target: str) -> bool:
    """Whether a redirect stays on its host or uses https; a hub on this machine may refer to a local file server."""
    source, destination = origin_of(url), origin_of(target)
    is_local = source[1] in LOOPBACK and destination[1] in LOOPBACK
    return source == destination or destination[0] == "https" or is_local


class RetryMiddleware:
    """Retries after transport faults (statuses, broken connections, time-outs); spiders retry after faults of content.

    During an outage of the whole hub, requests wait here; waiting uses up no attempts.
    """

    def __init__(self, crawler: Crawler) -> None:
        self._spider = hub_spider(crawler)
        self._crawler = crawler
        self._exceptions = tuple(load_object(name) for name in crawler.settings.getlist("RETRY_EXCEPTIONS"))
        patience = self._spider.config.crawl.outage_seconds
        self._breaker = CircuitBreaker(self._probe, lambda: self._spider.is_stopping, patience)

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        return cls(crawler)

    @property
    def wait_reason(self) -> str:
        """Why no requests are sent, for the operator; empty while requests may leave."""
        return self._breaker.wait_reason

    async def process_request(self, request: Request) -> None:
        if "is_probe" in request.meta:
            return
        not_before = request.meta.pop("not_before", 0.0)
        while (left := not_before - monotonic()) > 0:
            raise_if_stopping(self._spider)
            await asyncio.sleep(min(left, POLL_SECONDS))
        if await self._breaker.wait_until_closed():
            request.meta.pop("faults", None)
        raise_if_stopping(self._spider)

    def process_response(self, request: Request, response: Response) -> Request | Response:
        if "is_probe" in request.meta:
            return response
        if response.status in RETRIED_STATUSES:
            return self._retry(request, f"status {response.status}", response.status)
        if is_foreign_page(response) and response.status in FIREWALL_STATUSES:
            return self._retry(request, f"an HTML page with status {response.status}", response.status)
        if is_foreign_page(response):  # with status 200; the spider reports what is wrong with it
            self._breaker.record_failure("an HTML page instead of an answer")
        elif response.status not in REDIRECTS:
            self._spider.retry_policy.record_answer()
            self._breaker.record_answer(request.url)
        return response

    def process_exception(self, request: Request, exception: Exception) -> Request | None:
        if "is_probe" not in request.meta and isinstance(exception, self._exceptions) and not isinstance(exception, IgnoreRequest):
            return self._retry(request, f"{type(exception).__name__}: {str(exception)[:200]}", None)
        return None

    def _retry(self, request: Request, reason: str, status: int | None) -> Request:
        if self._breaker.is_open:
            return request.replace(dont_filter=True)
        if status != 429:  # a 429 shows that the hub is healthy
            self._breaker.record_failure(reason)
        return self._spider.retry_policy.reschedule(request, reason, status=status)

    async def _probe(self, url: str) -> bool:
        """Whether the hub gives a proper answer to a request that it answered before."""
        try:
            response = await self._crawler.engine.download_async(Request(url, meta={"is_probe": True}))
        except Exception:  # of any kind: there was no answer
            return False
        return not is_foreign_page(response) and (response.status == 429 or response.status not in RETRIED_STATUSES)


def is_foreign_page(response: Response) -> bool:
    """Whether something between us and the hub responded: an HTML page without any of the headers that mark the hub's own responses."""
    is_html = (header(response, "Content-Type") or "").lower().startswith("text/html")
    return is_html and not any(name in response.headers for name in ("X-Repo-Commit", "X-Error-Code", "ETag"))


@dataclass(frozen=True, slots=True)
class Payment:
    """The quota that a request in flight has taken: its route, its bucket, and the bucket's ticket."""

    route: str
    bucket: str
    ticket: Ticket


@dataclass
class Bucket:
    """One bucket's pacer and the queue of its requests."""

    pacer: QuotaPacer
    turn: asyncio.Lock = field(default_factory=asyncio.Lock)  # first come, first served
    news: asyncio.Event = field(default_factory=asyncio.Event)


class PacingMiddleware:
    """Holds each request until its bucket's pacer lets it leave. Nearest to the network: it sees every hop and every response."""

    def __init__(self, spider: HubSpider, crawler: Crawler) -> None:
        crawl = spider.config.crawl
        self._spider, self._stats = spider, crawler.stats
        self._endpoint = spider.config.endpoint
        quotas = {"api": crawl.api_quota, "resolvers": crawl.resolvers_quota, "pages": crawl.pages_quota}
        self._buckets = {name: Bucket(QuotaPacer(quota, crawl.window_seconds)) for name, quota in quotas.items()}
        self._bucket_by_route = dict(BUCKETS)

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        return cls(hub_spider(crawler), crawler)

    async def process_request(self, request: Request) -> None:
        route = route_of(request.url, self._endpoint)
        if route is not None:  # redirects to a file server use no quota of the Hub
            name = self._bucket_by_route[route]
            request.meta["payment"] = Payment(route, name, await self._acquire(self._buckets[name]))
        self._stats.inc_value("hublake/requests")

    def process_response(self, request: Request, response: Response) -> Response:
        if response.status == 429:
            self._stats.inc_value("hublake/refused")
        payment: Payment | None = request.meta.pop("payment", None)
        if payment is not None:
            self._settle(payment, response)
        return response

    def process_exception(self, request: Request, exception: Exception) -> None:
        payment: Payment | None = request.meta.pop("payment", None)
        if payment is not None:
            self._buckets[payment.bucket].pacer.record_loss(payment.ticket)
            self._buckets[payment.bucket].news.set()

    def share_used(self, name: str) -> float | None:
        """Return the part of a bucket's quota that this run spent; None if the server announced no quota."""
        pacer = self._buckets[name].pacer
        return pacer.share_used() if pacer.is_announced else None

    async def _acquire(self, bucket: Bucket) -> Ticket:
        """Wait until the bucket lets a request leave."""
        async with bucket.turn:
            bucket.news.clear()
            while (wait := bucket.pacer.wait_seconds()) > 0:
                raise_if_stopping(self._spider)
                await _wait_for_news(bucket.news, min(wait, POLL_SECONDS))
                bucket.news.clear()
            return bucket.pacer.send()

    def _settle(self, payment: Payment, response: Response) -> None:
        bucket = self._buckets[payment.bucket]
        limit = parse_rate_limit(header(response, "RateLimit"), header(response, "RateLimit-Policy"))
        if response.status == 429:
            seconds = parse_retry_after(header(response, "Retry-After"), datetime.now(UTC))
            bucket.pacer.record_refusal(payment.ticket, limit, seconds)
        elif limit is not None and limit.bucket != payment.bucket and limit.bucket in self._buckets:
            self._bucket_by_route[payment.route] = limit.bucket
            bucket.pacer.transfer(self._buckets[limit.bucket].pacer, payment.ticket, limit)
            self._buckets[limit.bucket].news.set()
        else:
            bucket.pacer.record_answer(payment.ticket, limit)
        bucket.news.set()


def raise_if_stopping(spider: HubSpider) -> None:
    """Raise Interrupted once the crawl has been requested to stop."""
    if spider.is_stopping:
        raise Interrupted("the crawl is stopping")


async def _wait_for_news(news: asyncio.Event, seconds: float) -> None:
    with suppress(asyncio.TimeoutError):
        await asyncio.wait_for(news.wait(), seconds)
