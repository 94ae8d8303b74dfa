"""Progress of a crawl: a bar on a terminal, and a line per minute in the log."""

import asyncio
import logging
import sys
from collections.abc import Iterable
from dataclasses import dataclass
from time import monotonic
from types import TracebackType
from typing import Any, Self

from rich.progress import BarColumn, Progress, TextColumn
from scrapy import Request, Spider, signals
from scrapy.crawler import Crawler
from scrapy.http import Response
from scrapy.logformatter import LogFormatter, LogFormatterResult

from hublake.crawler.http.middlewares import PacingMiddleware, RetryMiddleware
from hublake.crawler.pipeline import DeltaPipeline
from hublake.crawler.spiders.base import HubSpider, hub_spider
from hublake.lake.console import open_console
from hublake.lake.terminal import printable

logger = logging.getLogger(__name__)
UPDATE_SECONDS = 0.5
FIRST_LINE_SECONDS, LINE_SECONDS = 10.0, 60.0


@dataclass(frozen=True)
class CrawlProgress:
    """The progress of a run.

    `total` is None if unknown, `quota_share` is the part of the quota that the run used, and `wait_reason` says why it is waiting.
    """

    name: str
    counted_in: str
    done: int
    total: int | None
    quota_share: float | None
    given_up: int
    wait_reason: str = ""


def combine_progress(runs: Iterable[CrawlProgress]) -> CrawlProgress:
    """Combine the progress of several runs. Their quota shares add up, because they spend one quota."""
    each = list(runs)
    totals = [run.total for run in each if run.total is not None]
    shares = [run.quota_share for run in each if run.quota_share is not None]
    return CrawlProgress(
        each[0].name,
        each[0].counted_in,
        sum(run.done for run in each),
        sum(totals) if len(totals) == len(each) else None,
        min(1.0, sum(shares)) if shares else None,
        sum(run.given_up for run in each),
        next((run.wait_reason for run in each if run.wait_reason), ""),
    )


class ProgressDisplay:
    """Shows progress as a bar, with `has_bar`, and as log lines: the first after ten seconds, then one every minute."""

    def __init__(self, *, has_bar: bool) -> None:
        self._bar = Progress(
            TextColumn("{task.description}", markup=False), BarColumn(bar_width=24), console=open_console(stderr=True), transient=True
        )
        self._task = self._bar.add_task("") if has_bar else None
        self._started_at = monotonic()
        self._next_line_at = self._started_at + FIRST_LINE_SECONDS

    def __enter__(self) -> Self:
        if self._task is not None:
            self._bar.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        if self._task is not None:
            self._bar.stop()

    def show(self, progress: CrawlProgress) -> None:
        line = printable(format_progress(progress, monotonic() - self._started_at))
        if self._task is not None:
            self._bar.update(self._task, description=line, completed=progress.done, total=progress.total)
        if monotonic() >= self._next_line_at:
            self._next_line_at = monotonic() + LINE_SECONDS
            logger.info("%s", line)


class ProgressReporter:
    """Scrapy extension: reports progress to the display, or to the parent process if the run is one of several."""

    def __init__(self, crawler: Crawler) -> None:
        self._crawler = crawler
        self._task: asyncio.Task[None] | None = None
        crawler.signals.connect(self._open, signals.spider_opened)
        crawler.signals.connect(self._close, signals.spider_closed)

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        return cls(crawler)

    def _open(self) -> None:
        self._task = asyncio.create_task(self._show(hub_spider(self._crawler)))

    def _close(self) -> None:
        if self._task is not None:
            self._task.cancel()

    async def _show(self, spider: HubSpider) -> None:
        # A bar and log lines on one terminal overwrite each other.
        has_bar = sys.stderr.isatty() and bool(self._crawler.settings.get("LOG_FILE")) and spider.report is None
        with ProgressDisplay(has_bar=has_bar) as display:
            while True:
                display.show(self._progress(spider))
                if spider.report is not None and self._crawler.engine.running:  # before that, Scrapy loses a signal to stop
                    spider.report(self._progress(spider))
                await asyncio.sleep(UPDATE_SECONDS)

    def _progress(self, spider: HubSpider) -> CrawlProgress:
        pacing = self._crawler.get_downloader_middleware(PacingMiddleware)
        retries = self._crawler.get_downloader_middleware(RetryMiddleware)
        pipeline = self._crawler.get_item_pipeline(DeltaPipeline)
        reasons = (component.wait_reason for component in (retries, pacing, pipeline) if component)
        wait_reason = next((reason for reason in reasons if reason), "")
        share = pacing.share_used(spider.main_bucket) if pacing else None
        given_up = self._crawler.stats.get_value("hublake/failures", 0)
        return CrawlProgress(spider.name, spider.counted_in, spider.done, spider.total, share, given_up, wait_reason)


def format_progress(progress: CrawlProgress, seconds: float) -> str:
    """Format the progress as one line. Unknown figures are left out, and so is the rate of a run that is waiting.

    >>> format_progress(CrawlProgress("cards", "models", done=50, total=200, quota_share=0.96, given_up=0), 10)
    'cards: 50 of 200 models, 5.0 a second, 96 % of the quota, 0:00:30 left'
    """
    done, total = progress.done, progress.total
    rate = done / seconds if seconds > 0 else 0.0
    counted = f"{done:,} of {total:,} {progress.counted_in}" if total else f"{done:,} {progress.counted_in}"
    parts = [f"{progress.name}: {counted}", progress.wait_reason or f"{rate:,.1f} a second"]
    if progress.quota_share is not None:
        parts.append(f"{progress.quota_share:.0%} of the quota".replace("%", " %"))
    if total and rate and not progress.wait_reason:
        left = int(max(0, total - done) / rate)
        parts.append(f"{left // 3600}:{left // 60 % 60:02}:{left % 60:02} left")
    if progress.given_up:
        parts.append(f"{progress.given_up:,} given up")
    return ", ".join(parts)


class QuietLogFormatter(LogFormatter):
    """Logs no line per response or item, and never a body."""

    def crawled(self, request: Request, response: Response, spider: Spider) -> LogFormatterResult:
        return None  # type: ignore[return-value]  # Scrapy skips the line then

    def scraped(self, item: Any, response: Any, spider: Spider) -> LogFormatterResult:
        return None  # type: ignore[return-value]
