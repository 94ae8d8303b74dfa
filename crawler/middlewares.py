"""Downloader middlewares: the token, redirects, further tries, and the pace. Each does one thing to every request."""

import asyncio
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from time import monotonic
from typing import Self

from scrapy import Request
from scrapy.crawler import Crawler
from scrapy.downloadermiddlewares.redirect import RedirectMiddleware as FrameworkRedirects
from scrapy.exceptions import IgnoreRequest
from scrapy.http import Response
from scrapy.utils.misc import load_object

from hublake.crawler.budget import Budget, Ticket
from hublake.crawler.hub_api import BUCKETS, origin_of, rate_limit, retry_after, route_of
from hublake.crawler.outage import Outage
from hublake.crawler.retry import Interrupted
from hublake.crawler.spider import HubSpider, spider_of
from hublake.crawler.token import find_token

RETRIED_STATUSES = frozenset({408, 429, 500, 502, 503, 504, 520, 521, 522, 523, 524})  # 52x: the CDN cannot reach its origin
WALL_STATUSES = frozenset({403, 405})  # with an HTML page that is not the hub's: a firewall that thinks us a robot, for a while
REDIRECTS = frozenset({301, 302, 303, 307, 308})
LOOPBACK = frozenset({"127.0.0.1", "::1", "localhost"})
SLICE_SECONDS = 0.25  # how soon a waiting request notices that the crawl is to end


def header(response: Response, name: str) -> str | None:
    """A header as text; None where the answer has none."""
    value = response.headers.get(name)
    return None if value is None else value.decode("latin-1")


class TokenMiddleware:
    """Shows the token to the endpoint's own scheme, host and port, and to nobody else: not after a redirect either."""

    def __init__(self, endpoint: str, token: str | None) -> None:
        self._origin = origin_of(endpoint)
        self._authorization = None if token is None else f"Bearer {token}"

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        return cls(spider_of(crawler).config.endpoint, find_token())

    def process_request(self, request: Request) -> None:
        request.headers.pop("Authorization", None)
        if self._authorization is not None and origin_of(request.url) == self._origin:
            request.headers["Authorization"] = self._authorization


class RedirectMiddleware(FrameworkRedirects):
    """Follows redirects on the endpoint, and to other hosts over https only; takes along an LFS file's own ETag."""

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
    """Whether a redirect stays on its host or goes over https; a hub on this machine may name a file server beside it."""
    here, there = origin_of(url), origin_of(target)
    return here == there or there[0] == "https" or (here[1] in LOOPBACK and there[1] in LOOPBACK)


class RetryMiddleware:
    """Asks again after faults of the way (statuses, broken connections, time-outs); spiders do so for faults of content.

    While the hub as a whole is out, requests wait here, and what they tried meanwhile does not count.
    """

    def __init__(self, crawler: Crawler) -> None:
        self._spider = spider_of(crawler)
        self._crawler = crawler
        self._exceptions = tuple(load_object(name) for name in crawler.settings.getlist("RETRY_EXCEPTIONS"))
        patience = self._spider.config.crawl.outage_seconds
        self._outage = Outage(self._probed, lambda: self._spider.is_ending, patience)

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        return cls(crawler)

    @property
    def waiting(self) -> str:
        """Why nothing is asked for, in words; empty while requests may leave."""
        return self._outage.waiting

    async def process_request(self, request: Request) -> None:
        if "is_probe" in request.meta:
            return
        not_before = request.meta.pop("not_before", 0.0)
        while (left := not_before - monotonic()) > 0:
            refuse_if_ending(self._spider)
            await asyncio.sleep(min(left, SLICE_SECONDS))
        if await self._outage.passed():
            request.meta.pop("faults", None)
        refuse_if_ending(self._spider)

    def process_response(self, request: Request, response: Response) -> Request | Response:
        if "is_probe" in request.meta:
            return response
        if response.status in RETRIED_STATUSES:
            return self._again(request, f"status {response.status}", response.status)
        if is_wall(response) and response.status in WALL_STATUSES:
            return self._again(request, f"an HTML page with status {response.status}", response.status)
        if is_wall(response):  # with 200; the spider says what is wrong with it
            self._outage.failed("an HTML page instead of an answer")
        elif response.status not in REDIRECTS:
            self._spider.retries.answered()
            self._outage.answered(request.url)
        return response

    def process_exception(self, request: Request, exception: Exception) -> Request | None:
        if "is_probe" not in request.meta and isinstance(exception, self._exceptions) and not isinstance(exception, IgnoreRequest):
            return self._again(request, f"{type(exception).__name__}: {str(exception)[:200]}", None)
        return None

    def _again(self, request: Request, reason: str, status: int | None) -> Request:
        if self._outage.is_suspected:
            return request.replace(dont_filter=True)
        if status != 429:  # that one says that the hub is well
            self._outage.failed(reason)
        return self._spider.retries.again(request, reason, status=status)

    async def _probed(self, url: str) -> bool:
        """Whether the hub gives a proper answer to a request that it answered before."""
        try:
            response = await self._crawler.engine.download_async(Request(url, meta={"is_probe": True}))
        except Exception:  # whatever it was, it was no answer
            return False
        return not is_wall(response) and (response.status == 429 or response.status not in RETRIED_STATUSES)


def is_wall(response: Response) -> bool:
    """Whether something between us and the hub answered: an HTML page that bears none of the hub's own marks."""
    is_html = (header(response, "Content-Type") or "").lower().startswith("text/html")
    return is_html and not any(name in response.headers for name in ("X-Repo-Commit", "X-Error-Code", "ETag"))


@dataclass(frozen=True, slots=True)
class Paid:
    """What a request on its way took: by which route, from which bucket."""

    route: str
    name: str
    ticket: Ticket


@dataclass
class Bucket:
    """One bucket's budget and the requests that queue for it."""

    budget: Budget
    turn: asyncio.Lock = field(default_factory=asyncio.Lock)  # first come, first served
    news: asyncio.Event = field(default_factory=asyncio.Event)


class PacingMiddleware:
    """Holds each request until its bucket's budget lets it go. Nearest to the wire: it sees every hop and every answer."""

    def __init__(self, spider: HubSpider, crawler: Crawler) -> None:
        crawl = spider.config.crawl
        self._spider, self._stats = spider, crawler.stats
        self._endpoint = spider.config.endpoint
        quotas = {"api": crawl.api_quota, "resolvers": crawl.resolvers_quota, "pages": crawl.pages_quota}
        self._buckets = {name: Bucket(Budget(quota, crawl.window_seconds)) for name, quota in quotas.items()}
        self._name_by_route = dict(BUCKETS)

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        return cls(spider_of(crawler), crawler)

    async def process_request(self, request: Request) -> None:
        route = route_of(request.url, self._endpoint)
        if route is not None:  # a file server that a redirect named has no quota of ours
            name = self._name_by_route[route]
            request.meta["paid"] = Paid(route, name, await self._let_go(self._buckets[name]))
        self._stats.inc_value("hublake/requests")

    def process_response(self, request: Request, response: Response) -> Response:
        if response.status == 429:
            self._stats.inc_value("hublake/refused")
        paid: Paid | None = request.meta.pop("paid", None)
        if paid is not None:
            self._settle(paid, response)
        return response

    def process_exception(self, request: Request, exception: Exception) -> None:
        paid: Paid | None = request.meta.pop("paid", None)
        if paid is not None:
            self._buckets[paid.name].budget.lost(paid.ticket)
            self._buckets[paid.name].news.set()

    def share_used(self, name: str) -> float | None:
        """Part of that bucket's quota that this run spent; None where the server announced none."""
        budget = self._buckets[name].budget
        return budget.share_used() if budget.is_announced else None

    async def _let_go(self, bucket: Bucket) -> Ticket:
        async with bucket.turn:
            bucket.news.clear()
            while (wait := bucket.budget.wait_seconds()) > 0:
                refuse_if_ending(self._spider)
                await _news_or_timeout(bucket.news, min(wait, SLICE_SECONDS))
                bucket.news.clear()
            return bucket.budget.sent()

    def _settle(self, paid: Paid, response: Response) -> None:
        bucket = self._buckets[paid.name]
        limit = rate_limit(header(response, "RateLimit"), header(response, "RateLimit-Policy"))
        if response.status == 429:
            asked = retry_after(header(response, "Retry-After"), datetime.now(UTC))
            bucket.budget.refused(paid.ticket, limit, asked)
        elif limit is not None and limit.bucket != paid.name and limit.bucket in self._buckets:
            self._name_by_route[paid.route] = limit.bucket
            bucket.budget.moved_to(self._buckets[limit.bucket].budget, paid.ticket, limit)
            self._buckets[limit.bucket].news.set()
        else:
            bucket.budget.answered(paid.ticket, limit)
        bucket.news.set()


def refuse_if_ending(spider: HubSpider) -> None:
    """Raise Interrupted once the crawl has been told to end."""
    if spider.is_ending:
        raise Interrupted("the crawl is ending")


async def _news_or_timeout(news: asyncio.Event, seconds: float) -> None:
    with suppress(asyncio.TimeoutError):
        await asyncio.wait_for(news.wait(), seconds)
