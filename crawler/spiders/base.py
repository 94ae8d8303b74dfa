"""Base of all spiders of the Hub: the identity of a run, and the handling of failed requests."""

import asyncio
from collections.abc import Awaitable, Callable, Iterator
from datetime import date
from functools import wraps
from typing import Any, Self, TypeVar

from scrapy import Request, Spider
from scrapy.crawler import Crawler
from scrapy.exceptions import DownloadCancelledError, IgnoreRequest
from scrapy.http import Response
from scrapy.settings import BaseSettings
from twisted.python.failure import Failure

from hublake.crawler.crawl_ids import new_crawl_id, utc_now
from hublake.crawler.items import Rows
from hublake.crawler.retry import GivenUp, Interrupted, RetryPolicy
from hublake.crawler.settings import scrapy_settings
from hublake.crawler.shards import UNSHARDED, Shard
from hublake.lake.delta.tables import BatchWriter
from hublake.lake.errors import HublakeError, WrongUse
from hublake.lake.hub_requests import normalize_endpoint
from hublake.lake.schema.bronze import CRAWL_FAILURES
from hublake.lake.settings import Settings, load
from hublake.lake.terminal import printable

STATUS = "hublake/status/"  # in Crawler.stats: responses that became rows, by HTTP status
LONGEST_CAUSE = 600  # characters of an error in the closing message: a path, and the command that repairs
Output = Iterator[Request | Rows]
Result = TypeVar("Result")


def parses(method: Callable[..., Output]) -> Callable[..., Output]:
    """Decorate a callback: an error in it costs this one response, which is given up with the reason, and not the crawl."""

    @wraps(method)
    def wrapper(self: "HubSpider", response: Response, **arguments: Any) -> Output:
        try:
            for output in method(self, response, **arguments):
                if isinstance(output, Rows) and output.table is not CRAWL_FAILURES:
                    self.retry_policy.record_answer()
                yield output
        except Exception as problem:
            assert response.request is not None  # Scrapy sets it on every response of the downloader
            self.logger.error("cannot process %s", response.request.url.split("?")[0], exc_info=problem)
            reason = f"an error in the crawler: {type(problem).__name__}: {str(problem)[:200]}"
            yield from self.give_up(response.request, GivenUp(reason, status=response.status, attempts=1, is_outage=False))

    return wrapper


class HubSpider(Spider):
    """Base class of the spiders. Arguments are text, as in `scrapy crawl NAME -a limit=10 -a full=1 -a shard=0/4`."""

    repo_type = "model"
    main_bucket = "api"
    counted_in = "models"  # the unit of `done` and `total`
    can_split = False  # whether shards may share the work

    config: Settings
    retry_policy: RetryPolicy
    writer: BatchWriter
    flush: Callable[[], Awaitable[None]]  # writes what the item pipeline has buffered; set by the pipeline

    def __init__(
        self,
        limit: str | int | None = None,
        full: str | bool = False,
        changed: str | bool = False,
        new: str | bool = False,
        shard: str = UNSHARDED,
        report: Callable[[Any], None] | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(**kwargs)
        self.limit = None if limit is None else _parse_positive("limit", limit)
        self.is_full, self.is_changed, self.is_new = _parse_flag(full), _parse_flag(changed), _parse_flag(new)
        self.shard = Shard.parse(shard)
        self.report = report  # receives the progress twice a second if this run is one of several
        if self.shard.of > 1 and not self.can_split:
            raise WrongUse(f"shard={shard}: only cards are split, not {self.name}")
        if self.is_full and self.is_changed:
            raise WrongUse("full and changed exclude each other")
        self.started_at = utc_now()
        self.crawl_id = new_crawl_id(self.started_at)
        self.snapshot_date: date = self.started_at.date()
        self.done = 0
        self.total: int | None = None  # None if unknown
        self.recorded_failures: frozenset[str] = frozenset()  # URLs that an earlier run of this crawl gave up and recorded
        self.resumed_rows = 0  # rows of this crawl and shard that earlier runs stored
        self.is_cut = False  # whether the limit left something out
        self.arguments = self.name  # of `hublake crawl`
        self._stopping: asyncio.Future[None] | None = None

    @classmethod
    def update_settings(cls, settings: BaseSettings) -> None:
        super().update_settings(settings)
        settings.setdict(scrapy_settings(cls._config(settings)), priority="spider")

    @classmethod
    def from_crawler(cls, crawler: Crawler, *args: Any, **kwargs: Any) -> Self:
        spider = super().from_crawler(crawler, *args, **kwargs)
        spider.config = cls._config(crawler.settings)
        spider.retry_policy = RetryPolicy(spider.config.crawl.max_attempts, crawler)
        spider.resume()
        return spider

    def resume(self) -> None:
        """Decide which crawl this run belongs to, and create its writer. Here: a new crawl."""
        self.writer = BatchWriter(self.config.location, self.identity)

    @property
    def identity(self) -> dict[str, str]:
        """Metadata of each commit of the run."""
        return {"crawl_id": self.crawl_id, "spider": self.name, "shard": str(self.shard)}

    @staticmethod
    def _config(settings: BaseSettings) -> Settings:
        config = load(flags=settings.getdict("HUBLAKE_FLAGS"))
        return load(flags={**settings.getdict("HUBLAKE_FLAGS"), "endpoint": normalize_endpoint(config.endpoint)})

    @property
    def is_stopping(self) -> bool:
        """Whether no more requests may be sent, because the operator or the crawl itself stopped it."""
        return self._stopping is not None or not self.crawler.crawling

    def stop(self, reason: str) -> None:
        """Stop the crawl: waiting requests are dropped, responses in flight still arrive and are stored."""
        if not self.is_stopping:
            self._stopping = asyncio.ensure_future(self.crawler.engine.close_spider_async(reason=reason))

    def fail(self, what: str, problem: BaseException | None = None) -> None:
        """End the crawl as failed, and say why in the closing message; the log has the details of the `problem`."""
        cause = str(problem) if isinstance(problem, HublakeError) else f"{type(problem).__name__}: {problem}"
        message = what if problem is None else f"{what}: {_one_line(cause)[:LONGEST_CAUSE]}"
        self.logger.error("%s", message, exc_info=problem)
        if not self.crawler.stats.get_value("hublake/problem"):  # the first one caused the others
            self.crawler.stats.set_value("hublake/problem", message)
        self.stop("failed")

    def warn(self, message: str) -> None:
        """Log a warning, and repeat it below the closing message."""
        self.logger.warning("%s", message)
        self.crawler.stats.set_value("hublake/warnings", (*self.crawler.stats.get_value("hublake/warnings", ()), message))

    async def in_thread(self, function: Callable[..., Result], *args: Any) -> Result:
        """Run a function that reads tables outside the reactor's thread. If it fails, the closing message says so."""
        try:
            return await asyncio.to_thread(function, *args)
        except asyncio.CancelledError:
            raise
        except BaseException as problem:  # a panic of a compiled library is no Exception, and Scrapy would wait for ever
            self.fail("cannot read the warehouse", problem)
            raise Interrupted("the crawl is stopping") from problem

    def count_status(self, response: Response) -> None:
        """Count a response that becomes a row."""
        self.crawler.stats.inc_value(f"{STATUS}{response.status}")

    def retry(self, request: Request, reason: str, *, status: int | None = None) -> Output:
        """Yield the request again after an unusable response, or the row that records that it was given up."""
        try:
            yield self.retry_policy.reschedule(request, reason, status=status)
        except GivenUp as problem:
            yield from self.give_up(request, problem)

    def handle_failure(self, failure: Failure) -> Output:
        """Handle the failure of a request: the errback of all requests."""
        request: Request = failure.request  # type: ignore[attr-defined]  # Scrapy adds it
        match failure.value:
            case Interrupted():
                self.crawler.stats.set_value("hublake/interrupted", True)  # Scrapy calls a crawl that is stopped very early finished
            case GivenUp() as problem:
                yield from self.give_up(request, problem)
            case IgnoreRequest() | DownloadCancelledError() as problem:  # rejected by a rule of ours: a retry is pointless
                tries = request.meta.get("faults", 0) + 1
                yield from self.give_up(request, GivenUp(str(problem)[:500], status=None, attempts=tries, is_outage=False))
            case problem:  # such as a body that cannot be decompressed
                yield from self.retry(request, f"{type(problem).__name__}: {str(problem)[:200]}")

    def give_up(self, request: Request, problem: GivenUp) -> Output:
        """Yield the row of crawl_failures; stop the crawl if the hub as a whole failed, not just this request."""
        self.crawler.stats.inc_value("hublake/failures")
        self.crawler.stats.set_value("hublake/last_failure", f"{request.url.split('?')[0]}: {_one_line(problem.reason)}")
        row = {
            "crawl_id": self.crawl_id,
            "snapshot_date": self.snapshot_date,
            "spider": self.name,
            "hub_id": request.meta.get("hub_id"),
            "url": request.url,
            "status": problem.status,
            "reason": _one_line(problem.reason),
            "attempts": problem.attempts,
            "last_at": utc_now(),
        }
        if request.url not in self.recorded_failures:
            yield Rows(CRAWL_FAILURES, [row])
        if problem.is_outage:
            self.stop("unreachable")


def hub_spider(crawler: Crawler) -> HubSpider:
    """Return the crawl's spider, for components that work only with spiders of this project."""
    if not isinstance(crawler.spider, HubSpider):
        raise TypeError(f"{crawler.spider!r} is not a HubSpider")
    return crawler.spider


def _one_line(text: str) -> str:
    """Return text of the hub on one line that a terminal can show."""
    return printable(" ".join(text.split()))


def _parse_flag(value: str | bool) -> bool:
    return str(value).lower() in ("1", "true", "yes")


def _parse_positive(name: str, value: str | int) -> int:
    try:
        number = int(value)
    except ValueError:
        number = 0
    if number < 1:
        raise WrongUse(f"{name}={value} is not a whole number above 0")
    return number
