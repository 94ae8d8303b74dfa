"""What every spider of the Hub shares: its run's identity, and what becomes of a request that failed."""

import asyncio
import secrets
from collections.abc import Iterator
from datetime import UTC, date, datetime
from typing import Any, Self

from scrapy import Request, Spider
from scrapy.crawler import Crawler
from scrapy.exceptions import DownloadCancelledError, IgnoreRequest
from scrapy.settings import BaseSettings
from twisted.python.failure import Failure

from crawler.hub_api import checked_endpoint
from crawler.items import Rows
from crawler.retry import GivenUp, Interrupted, Retries
from crawler.settings import derived
from lake.errors import WrongUse
from lake.settings import Settings, load
from lake.tables.bronze import CRAWL_FAILURES

Output = Iterator[Request | Rows]


def utc_now() -> datetime:
    """Now, with its zone, as every `_at` column holds it."""
    return datetime.now(UTC)


def new_crawl_id(started_at: datetime) -> str:
    """Sorts by start; the random end keeps two crawls of one second apart."""
    return f"{started_at:%Y%m%dT%H%M%SZ}-{secrets.token_hex(3)}"


class HubSpider(Spider):
    """Base of the spiders. Arguments as `scrapy crawl NAME -a limit=10 -a full=1` gives them, as text."""

    repo_type = "model"
    main_bucket = "api"
    shard = "0/1"
    counted_in = "models"  # what `done` and `total` count

    config: Settings
    retries: Retries

    def __init__(self, limit: str | int | None = None, full: str | bool = False, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.limit = None if limit is None else _positive("limit", limit)
        self.is_full = str(full).lower() in ("1", "true", "yes")
        self.started_at = utc_now()
        self.crawl_id = new_crawl_id(self.started_at)
        self.snapshot_date: date = self.started_at.date()
        self.done = 0
        self.total: int | None = None  # None where nobody knows
        self.is_cut = False  # whether the limit left something out
        self.typed = self.name  # what follows `hublake crawl` on the command line
        self._ending: asyncio.Future[None] | None = None

    @classmethod
    def update_settings(cls, settings: BaseSettings) -> None:
        super().update_settings(settings)
        settings.setdict(derived(cls._config(settings)), priority="spider")

    @classmethod
    def from_crawler(cls, crawler: Crawler, *args: Any, **kwargs: Any) -> Self:
        spider = super().from_crawler(crawler, *args, **kwargs)
        spider.config = cls._config(crawler.settings)
        spider.retries = Retries(spider.config.crawl.max_attempts, crawler)
        return spider

    @staticmethod
    def _config(settings: BaseSettings) -> Settings:
        config = load(flags=settings.getdict("HUBLAKE_FLAGS"))
        return load(flags={**settings.getdict("HUBLAKE_FLAGS"), "endpoint": checked_endpoint(config.endpoint)})

    @property
    def is_ending(self) -> bool:
        """Whether nothing more shall be sent: the operator said stop, or the crawl did."""
        return self._ending is not None or not self.crawler.crawling

    def end(self, reason: str) -> None:
        """Close the crawl: what waits is dropped, what is on the way arrives and is stored."""
        if not self.is_ending:
            self._ending = asyncio.ensure_future(self.crawler.engine.close_spider_async(reason=reason))

    def ask_again(self, request: Request, reason: str, *, status: int | None = None) -> Output:
        """A further try after an answer that was not what was asked for, or the row that says it was given up."""
        try:
            yield self.retries.again(request, reason, status=status)
        except GivenUp as problem:
            yield from self.give_up(request, problem)

    def failed(self, failure: Failure) -> Output:
        """The errback of every request."""
        request: Request = failure.request  # type: ignore[attr-defined]  # Scrapy adds it
        match failure.value:
            case Interrupted():
                return
            case GivenUp() as problem:
                yield from self.give_up(request, problem)
            case IgnoreRequest() | DownloadCancelledError() as problem:  # refused by a rule of ours: asking again is no use
                tries = request.meta.get("faults", 0) + 1
                yield from self.give_up(request, GivenUp(str(problem)[:500], status=None, attempts=tries, is_outage=False))
            case problem:  # a body that cannot be unpacked, and the like
                yield from self.ask_again(request, f"{type(problem).__name__}: {str(problem)[:200]}")

    def give_up(self, request: Request, problem: GivenUp) -> Output:
        """The row of crawl_failures; ends the crawl where it was not this request but the hub that failed."""
        self.crawler.stats.inc_value("hublake/failures")
        self.crawler.stats.set_value("hublake/last_failure", f"{request.url.split('?')[0]}: {problem.reason}")
        row = {
            "crawl_id": self.crawl_id,
            "snapshot_date": self.snapshot_date,
            "spider": self.name,
            "hub_id": request.meta.get("hub_id"),
            "url": request.url,
            "status": problem.status,
            "reason": problem.reason,
            "attempts": problem.attempts,
            "last_at": utc_now(),
        }
        yield Rows(CRAWL_FAILURES, [row])
        if problem.is_outage:
            self.end("unreachable")


def spider_of(crawler: Crawler) -> HubSpider:
    """The crawl's spider, for components that only work with ours."""
    if not isinstance(crawler.spider, HubSpider):
        raise TypeError(f"{crawler.spider!r} is no HubSpider")
    return crawler.spider


def _positive(name: str, value: str | int) -> int:
    try:
        number = int(value)
    except ValueError:
        number = 0
    if number < 1:
        raise WrongUse(f"{name}={value} is not a whole number above 0")
    return number
