"""Downloader middlewares: the token, redirects, retries and pacing. Each does one thing to every request."""

import asyncio
import inspect
import logging
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import wraps
from time import monotonic
from typing import Any, Self

from scrapy import Request
from scrapy.crawler import Crawler
from scrapy.downloadermiddlewares.redirect import RedirectMiddleware as ScrapyRedirectMiddleware
from scrapy.exceptions import IgnoreRequest
from scrapy.http import Response
from scrapy.utils.misc import load_object

from hublake.crawler.http.circuit_breaker import CircuitBreaker
from hublake.crawler.http.quota_pacer import QuotaPacer, Ticket
from hublake.crawler.hub_api import BUCKETS, listing_url, route_of
from hublake.crawler.response_headers import header, is_cached, list_header
from hublake.crawler.retry import FIREWALL_STATUSES, RETRIED_STATUSES, Interrupted
from hublake.crawler.spiders.base import HubSpider, hub_spider
from hublake.lake.hub_requests import origin_of
from hublake.lake.hub_token import find_token
from hublake.lake.rate_limits import parse_http_date, parse_rate_limit, parse_retry_after
from hublake.rules.listings.snapshot_crawls import CLOCK_TOLERANCE

logger = logging.getLogger(__name__)

REDIRECTS = frozenset({301, 302, 303, 307, 308})
LOOPBACK = frozenset({"127.0.0.1", "::1", "localhost"})
POLL_SECONDS = 0.25  # how soon a waiting request notices that the crawl is stopping
TOKEN_TRUST_SECONDS = 60.0  # after the hub has accepted the token, a 401 is believed for this long
HOW_TO_RENEW = "HF_TOKEN or the token file of huggingface_hub: renew it, or unset it"
SHOWN_WAIT_SECONDS = 5.0  # shorter pauses belong to the pace


def ends_crawl_on_error(method: Callable[..., Any]) -> Callable[..., Any]:
    """Decorate a method of a middleware: an error of ours, of whatever kind, ends the crawl with a message.

    A request whose middleware fails would otherwise disappear, and the crawl would wait for it for ever.
    """
    is_async = inspect.iscoroutinefunction(method)

    def end(middleware: Any, problem: BaseException) -> Interrupted:
        hub_spider(middleware.crawler).fail(f"an error in {type(middleware).__name__}", problem)
        return Interrupted("the crawl is stopping")

    @wraps(method)
    def wrapper(self: Any, *args: Any, **kwargs: Any) -> Any:
        try:
            return method(self, *args, **kwargs)
        except (IgnoreRequest, KeyboardInterrupt, SystemExit):
            raise
        except BaseException as problem:  # a panic of a compiled library is no Exception
            raise end(self, problem) from problem

    @wraps(method)
    async def async_wrapper(self: Any, *args: Any, **kwargs: Any) -> Any:
        try:
            return await method(self, *args, **kwargs)
        except (IgnoreRequest, KeyboardInterrupt, SystemExit, asyncio.CancelledError, GeneratorExit):
            raise
        except BaseException as problem:
            raise end(self, problem) from problem

    return async_wrapper if is_async else wrapper


class TokenMiddleware:
    """Sends the token to the endpoint's own scheme, host and port only, also after a redirect; notices if the hub refuses it.

    The Hub answers 401 to every request with an invalid token, also for what anybody may read: those are not answers about
    repositories, and must not be stored as such. With a valid token it says 403 or 404, or explains a 401 by X-Error-Code.
    """

    def __init__(self, crawler: Crawler, endpoint: str, token: str | None) -> None:
        self.crawler = crawler
        self._endpoint, self._origin = endpoint, origin_of(endpoint)
        self._authorization = None if token is None else f"Bearer {token}"
        self._check = asyncio.Lock()
        self._accepted_at = -TOKEN_TRUST_SECONDS

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        return cls(crawler, hub_spider(crawler).config.endpoint, find_token())

    @ends_crawl_on_error
    def process_request(self, request: Request) -> None:
        request.headers.pop("Authorization", None)
        if self._authorization is not None and origin_of(request.url) == self._origin:
            request.headers["Authorization"] = self._authorization

    @ends_crawl_on_error
    async def process_response(self, request: Request, response: Response) -> Response:
        is_doubtful = response.status == 401 and "Authorization" in request.headers and "X-Error-Code" not in response.headers
        if is_doubtful and "is_probe" not in request.meta and not await self._is_accepted():
            hub_spider(self.crawler).fail(f"{self._endpoint} refuses the token ({HOW_TO_RENEW})")
            raise Interrupted("the crawl is stopping")
        return response

    async def _is_accepted(self) -> bool:
        """Whether the hub serves its public listing with this token."""
        async with self._check:
            raise_if_stopping(hub_spider(self.crawler))  # another request found that the token is refused
            now = monotonic()
            if now - self._accepted_at >= TOKEN_TRUST_SECONDS:
                url = listing_url(self._endpoint, "model", (), 1)
                try:
                    response = await self.crawler.engine.download_async(Request(url, meta={"is_probe": True}))
                except Exception:  # of any kind: there was no answer, so nothing is known
                    return True
                if response.status == 401:
                    return False
                self._accepted_at = now
            return True


class RedirectMiddleware(ScrapyRedirectMiddleware):
    """Follows redirects within the endpoint, and to other hosts over https only; keeps the ETag of an LFS file."""

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        middleware = cls(crawler.settings)
        middleware.crawler = crawler
        return middleware

    def handle_referer(self, request: Request, response: Response) -> None:
        request.headers.pop("Referer", None)

    @ends_crawl_on_error
    def process_response(self, request: Request, response: Response) -> Request | Response:
        try:
            followed = super().process_response(request, response)
        except ValueError as problem:
            raise IgnoreRequest(f"a redirect to an address that cannot be parsed: {problem}") from problem
        if isinstance(followed, Request):
            if not may_follow(request.url, followed.url):
                raise IgnoreRequest(f"a redirect to another host without https ({origin_of(followed.url)[1][:100]}) is not followed")
            if linked := header(response.headers, "X-Linked-ETag"):
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
        self.crawler = crawler
        self._is_clock_checked = False
        self._exceptions = tuple(load_object(name) for name in crawler.settings.getlist("RETRY_EXCEPTIONS"))
        patience = self._spider.config.crawl.outage_seconds
        self._breaker = CircuitBreaker(self._probe, lambda: self._spider.is_stopping, patience)

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        return cls(crawler)

    @property
    def wait_reason(self) -> str:
        """Why no requests are sent, for the operator; empty while requests may leave."""
        return self._breaker.wait_reason or self._spider.retry_policy.wait_reason

    @ends_crawl_on_error
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

    @ends_crawl_on_error
    def process_response(self, request: Request, response: Response) -> Request | Response:
        if "is_probe" in request.meta:
            return response
        self._check_clock(response)
        if response.status in RETRIED_STATUSES:
            return self._retry(request, f"status {response.status}", response.status)
        if is_foreign_page(response) and response.status in FIREWALL_STATUSES:
            return self._retry(request, f"an HTML page with status {response.status}", response.status)
        if is_foreign_page(response):  # with status 200; the spider reports what is wrong with it
            self._breaker.record_failure("an HTML page instead of an answer")
        elif response.status not in REDIRECTS:
            self._breaker.record_answer(request.url)
        return response

    @ends_crawl_on_error
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

    def _check_clock(self, response: Response) -> None:
        """Warn if this machine's clock and the hub's are days apart: all dates of the crawl come from ours."""
        date = None if self._is_clock_checked or is_cached(response.headers) else parse_http_date(header(response.headers, "Date"))
        if date is None:
            return
        self._is_clock_checked = True
        now = datetime.now(UTC)
        if abs(now - date) > CLOCK_TOLERANCE:
            self._spider.warn(f"this machine's clock shows {now:%Y-%m-%d %H:%M} UTC, the hub's {date:%Y-%m-%d %H:%M}; set the clock")

    async def _probe(self, url: str) -> bool:
        """Whether the hub gives a proper answer to a request that it answered before."""
        try:
            response = await self.crawler.engine.download_async(Request(url, meta={"is_probe": True}))
        except Exception:  # of any kind: there was no answer
            return False
        return not is_foreign_page(response) and (response.status == 429 or response.status not in RETRIED_STATUSES)


def is_foreign_page(response: Response) -> bool:
    """Whether something between us and the hub responded: an HTML page without any of the headers that mark the hub's own responses."""
    is_html = (header(response.headers, "Content-Type") or "").lower().startswith("text/html")
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
        self.crawler = crawler
        self._spider, self._stats = spider, crawler.stats
        self._endpoint = spider.config.endpoint
        quotas = {"api": crawl.api_quota, "resolvers": crawl.resolvers_quota, "pages": crawl.pages_quota}
        self._buckets = {name: Bucket(QuotaPacer(quota, crawl.window_seconds)) for name, quota in quotas.items()}
        self._bucket_by_route = dict(BUCKETS)

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        return cls(hub_spider(crawler), crawler)

    @property
    def wait_reason(self) -> str:
        """Why no requests are sent, for the operator; empty unless the hub demanded a long pause."""
        seconds = max(bucket.pacer.blocked_seconds() for bucket in self._buckets.values())
        return f"the hub demands a pause (429), {seconds:.0f} s left" if seconds >= SHOWN_WAIT_SECONDS else ""

    @ends_crawl_on_error
    async def process_request(self, request: Request) -> None:
        route = route_of(request.url, self._endpoint)
        if route is not None:  # redirects to a file server use no quota of the Hub
            name = self._bucket_by_route[route]
            request.meta["payment"] = Payment(route, name, await self._acquire(self._buckets[name]))
        self._stats.inc_value("hublake/requests")

    @ends_crawl_on_error
    def process_response(self, request: Request, response: Response) -> Response:
        if response.status == 429:
            self._stats.inc_value("hublake/refused")
        payment: Payment | None = request.meta.pop("payment", None)
        if payment is not None:
            self._settle(payment, response)
        return response

    @ends_crawl_on_error
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
        headers = response.headers
        is_foreign = is_cached(headers)  # then the quota in it is that of another client
        quota = None if is_foreign else list_header(headers, "RateLimit")
        limit = parse_rate_limit(quota, list_header(headers, "RateLimit-Policy"), payment.bucket)
        if response.status == 429:
            seconds = parse_retry_after(header(headers, "Retry-After"), datetime.now(UTC))
            bucket.pacer.record_refusal(payment.ticket, limit, seconds)
        elif is_foreign:
            bucket.pacer.record_cached_answer(payment.ticket)
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
