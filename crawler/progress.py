"""What the operator sees: a bar on a terminal, else a line a minute in the log."""

import asyncio
import logging
import sys
from time import monotonic
from typing import Any, Self

from rich.console import Console
from rich.progress import BarColumn, Progress, TaskID, TextColumn
from scrapy import Request, Spider, signals
from scrapy.crawler import Crawler
from scrapy.http import Response
from scrapy.logformatter import LogFormatter, LogFormatterResult

from crawler.middlewares import PacingMiddleware
from crawler.spider import HubSpider, spider_of

logger = logging.getLogger(__name__)
BAR_SECONDS = 0.5
FIRST_LINE_SECONDS, LINE_SECONDS = 10.0, 60.0


class ProgressReport:
    """Extension: done, to do, rate, share of the quota, time left."""

    def __init__(self, crawler: Crawler) -> None:
        self._crawler = crawler
        self._started_at = monotonic()
        self._task: asyncio.Task[None] | None = None
        crawler.signals.connect(self._open, signals.spider_opened)
        crawler.signals.connect(self._close, signals.spider_closed)

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        return cls(crawler)

    def _open(self) -> None:
        self._started_at = monotonic()
        # A bar and log lines on one screen spoil each other.
        has_bar = sys.stderr.isatty() and bool(self._crawler.settings.get("LOG_FILE"))
        self._task = asyncio.create_task(self._bar() if has_bar else self._lines())

    def _close(self) -> None:
        if self._task is not None:
            self._task.cancel()

    async def _lines(self) -> None:
        await asyncio.sleep(FIRST_LINE_SECONDS)
        while True:
            logger.info("%s", self._words())
            await asyncio.sleep(LINE_SECONDS)

    async def _bar(self) -> None:
        spider = spider_of(self._crawler)
        columns = (TextColumn("{task.description}"), BarColumn(bar_width=24))
        with Progress(*columns, console=Console(stderr=True), transient=True) as progress:
            bar = progress.add_task(self._words())
            while True:
                self._draw(progress, bar, spider)
                await asyncio.sleep(BAR_SECONDS)

    def _draw(self, progress: Progress, bar: TaskID, spider: HubSpider) -> None:
        progress.update(bar, description=self._words(), completed=spider.done, total=spider.total)

    def _words(self) -> str:
        spider, stats = spider_of(self._crawler), self._crawler.stats
        pacing = self._crawler.get_downloader_middleware(PacingMiddleware)
        return describe(
            f"{spider.name}: {spider.done:,}",
            spider.counted_in,
            done=spider.done,
            total=spider.total,
            seconds=monotonic() - self._started_at,
            share=pacing.share_used(spider.main_bucket) if pacing else None,
            given_up=stats.get_value("hublake/failures", 0),
        )


def describe(head: str, counted_in: str, *, done: int, total: int | None, seconds: float, share: float | None, given_up: int) -> str:
    """The state of a crawl in one line; what is unknown is left out.

    >>> describe("cards: 50", "listed models", done=50, total=200, seconds=10, share=0.96, given_up=0)
    'cards: 50 of 200 listed models, 5.0 a second, 96 % of the quota, 0:00:30 left'
    """
    rate = done / seconds if seconds > 0 else 0.0
    parts = [f"{head} of {total:,} {counted_in}" if total else f"{head} {counted_in}", f"{rate:,.1f} a second"]
    if share is not None:
        parts.append(f"{share:.0%} of the quota".replace("%", " %"))
    if total and rate:
        left = int(max(0, total - done) / rate)
        parts.append(f"{left // 3600}:{left // 60 % 60:02}:{left % 60:02} left")
    if given_up:
        parts.append(f"{given_up:,} given up")
    return ", ".join(parts)


class QuietLogFormatter(LogFormatter):
    """No line for each answer and item, and never a body in one."""

    def crawled(self, request: Request, response: Response, spider: Spider) -> LogFormatterResult:
        return None  # type: ignore[return-value]  # Scrapy skips the line then

    def scraped(self, item: Any, response: Any, spider: Spider) -> LogFormatterResult:
        return None  # type: ignore[return-value]
