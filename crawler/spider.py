"""What every spider of the Hub shares: its run's identity, and what becomes of a request that failed."""

import asyncio
import secrets
from collections.abc import Awaitable, Callable, Iterator
from datetime import UTC, date, datetime
from typing import Any, Self

from scrapy import Request, Spider
from scrapy.crawler import Crawler
from scrapy.exceptions import DownloadCancelledError, IgnoreRequest
from scrapy.settings import BaseSettings
from twisted.python.failure import Failure

from hublake.crawler.hub_api import checked_endpoint
from hublake.crawler.items import Rows
from hublake.crawler.retry import GivenUp, Interrupted, Retries
from hublake.crawler.settings import derived
from hublake.crawler.shards import WHOLE, Shard
from hublake.lake.delta.tables import BatchWriter
from hublake.lake.errors import WrongUse
from hublake.lake.schema.bronze import CRAWL_FAILURES
from hublake.lake.settings import Settings, load

Output = Iterator[Request | Rows]


def utc_now() -> datetime:
    """Now, with its zone, as every `_at` column holds it."""
    return datetime.now(UTC)


def new_crawl_id(started_at: datetime) -> str:
    """Sorts by start; the random end keeps two crawls of one second apart."""
    return f"{started_at:%Y%m%dT%H%M%SZ}-{secrets.token_hex(3)}"


def began_at(crawl_id: str) -> datetime | None:
    """The start that a crawl's id tells; None where it tells none.

    >>> began_at("20260821T010203Z-a1b2c3")
    datetime.datetime(2026, 8, 21, 1, 2, 3, tzinfo=datetime.timezone.utc)
    """
    try:
        return datetime.strptime(crawl_id.partition("-")[0], "%Y%m%dT%H%M%SZ").replace(tzinfo=UTC)
    except ValueError:
        return None


class HubSpider(Spider):
    """Base of the spiders. Arguments as `scrapy crawl NAME -a limit=10 -a full=1 -a shard=0/4` gives them, as text."""

    repo_type = "model"
    main_bucket = "api"
    counted_in = "models"  # what `done` and `total` count
    can_split = False  # whether shards may share the work

    config: Settings
    retries: Retries
    appends: BatchWriter
    flush: Callable[[], Awaitable[None]]  # writes what the sink has gathered; the sink brings it

    def __init__(
        self,
        limit: str | int | None = None,
        full: str | bool = False,
        changed: str | bool = False,
        new: str | bool = False,
        shard: str = WHOLE,
        report: Callable[[Any], None] | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(**kwargs)
        self.limit = None if limit is None else _positive("limit", limit)
        self.is_full, self.is_changed, self.is_new = _flag(full), _flag(changed), _flag(new)
        self.part = Shard.read(shard)
        self.report = report  # hears how far the run is, twice a second, where it is one of several
        if self.part.of > 1 and not self.can_split:
            raise WrongUse(f"shard={shard}: only cards are split, not {self.name}")
        if self.is_full and self.is_changed:
            raise WrongUse("full and changed exclude each other")
        self.started_at = utc_now()
        self.crawl_id = new_crawl_id(self.started_at)
        self.snapshot_date: date = self.started_at.date()
        self.done = 0
        self.total: int | None = None  # None where nobody knows
        self.recorded: frozenset[str] = frozenset()  # addresses that an earlier run of this crawl gave up, and said so
        self.taken_up = 0  # rows of this crawl and shard that earlier runs stored
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
        spider.take_up()
        return spider

    def take_up(self) -> None:
        """Settle which crawl this run belongs to, and begin its appends. Here: a crawl of its own."""
        self.appends = BatchWriter(self.config.location, self.identity)

    @property
    def identity(self) -> dict[str, str]:
        """What each commit of the run says of it."""
        return {"crawl_id": self.crawl_id, "spider": self.name, "shard": self.shard}

    @property
    def shard(self) -> str:
        return str(self.part)

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
                self.crawler.stats.set_value("hublake/interrupted", True)  # Scrapy calls a crawl finished that was told to end very early
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
        if request.url not in self.recorded:
            yield Rows(CRAWL_FAILURES, [row])
        if problem.is_outage:
            self.end("unreachable")


def spider_of(crawler: Crawler) -> HubSpider:
    """The crawl's spider, for components that only work with ours."""
    if not isinstance(crawler.spider, HubSpider):
        raise TypeError(f"{crawler.spider!r} is no HubSpider")
    return crawler.spider


def _flag(value: str | bool) -> bool:
    return str(value).lower() in ("1", "true", "yes")


def _positive(name: str, value: str | int) -> int:
    try:
        number = int(value)
    except ValueError:
        number = 0
    if number < 1:
        raise WrongUse(f"{name}={value} is not a whole number above 0")
    return number
