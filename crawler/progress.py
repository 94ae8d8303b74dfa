"""What the operator sees: a bar on a terminal, and a line a minute in the log."""

import asyncio
import logging
import sys
from collections.abc import Iterable
from dataclasses import dataclass
from time import monotonic
from types import TracebackType
from typing import Any, Self

from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn
from scrapy import Request, Spider, signals
from scrapy.crawler import Crawler
from scrapy.http import Response
from scrapy.logformatter import LogFormatter, LogFormatterResult

from hublake.crawler.middlewares import PacingMiddleware, RetryMiddleware
from hublake.crawler.sink import DeltaSink
from hublake.crawler.spider import HubSpider, spider_of

logger = logging.getLogger(__name__)
LOOK_SECONDS = 0.5
FIRST_LINE_SECONDS, LINE_SECONDS = 10.0, 60.0


@dataclass(frozen=True)
class State:
    """How far a run is. `total` is None where nobody knows; `share` is the part of the quota that it used; `waiting` says why it rests."""

    name: str
    counted_in: str
    done: int
    total: int | None
    share: float | None
    given_up: int
    waiting: str = ""


def summed(states: Iterable[State]) -> State:
    """Several runs as one. Their shares add up: they spend one quota."""
    each = list(states)
    totals, shares = [s.total for s in each if s.total is not None], [s.share for s in each if s.share is not None]
    total = sum(totals) if totals else None
    share = min(1.0, sum(shares)) if shares else None
    waiting = next((s.waiting for s in each if s.waiting), "")
    return State(each[0].name, each[0].counted_in, sum(s.done for s in each), total, share, sum(s.given_up for s in each), waiting)


class Screen:
    """Shows states: as a bar where `has_bar`, and as log lines after ten seconds and then every minute."""

    def __init__(self, *, has_bar: bool) -> None:
        self._bar = Progress(
            TextColumn("{task.description}", markup=False), BarColumn(bar_width=24), console=Console(stderr=True), transient=True
        )
        self._task = self._bar.add_task("") if has_bar else None
        self._began_at = monotonic()
        self._line_at = self._began_at + FIRST_LINE_SECONDS

    def __enter__(self) -> Self:
        if self._task is not None:
            self._bar.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        if self._task is not None:
            self._bar.stop()

    def show(self, state: State) -> None:
        words = describe(state, monotonic() - self._began_at)
        if self._task is not None:
            self._bar.update(self._task, description=words, completed=state.done, total=state.total)
        if monotonic() >= self._line_at:
            self._line_at = monotonic() + LINE_SECONDS
            logger.info("%s", words)


class ProgressReport:
    """Extension: done, to do, rate, share of the quota, time left; to the screen, or to whoever started the run as one of several."""

    def __init__(self, crawler: Crawler) -> None:
        self._crawler = crawler
        self._task: asyncio.Task[None] | None = None
        crawler.signals.connect(self._open, signals.spider_opened)
        crawler.signals.connect(self._close, signals.spider_closed)

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        return cls(crawler)

    def _open(self) -> None:
        self._task = asyncio.create_task(self._show(spider_of(self._crawler)))

    def _close(self) -> None:
        if self._task is not None:
            self._task.cancel()

    async def _show(self, spider: HubSpider) -> None:
        # A bar and log lines on one screen spoil each other.
        has_bar = sys.stderr.isatty() and bool(self._crawler.settings.get("LOG_FILE")) and spider.report is None
        with Screen(has_bar=has_bar) as screen:
            while True:
                screen.show(self._state(spider))
                if spider.report is not None and self._crawler.engine.running:  # before that, Scrapy loses a signal to end
                    spider.report(self._state(spider))
                await asyncio.sleep(LOOK_SECONDS)

    def _state(self, spider: HubSpider) -> State:
        pacing = self._crawler.get_downloader_middleware(PacingMiddleware)
        tries = self._crawler.get_downloader_middleware(RetryMiddleware)
        sink = self._crawler.get_item_pipeline(DeltaSink)
        waiting = (tries.waiting if tries else "") or (sink.waiting if sink else "")
        share = pacing.share_used(spider.main_bucket) if pacing else None
        given_up = self._crawler.stats.get_value("hublake/failures", 0)
        return State(spider.name, spider.counted_in, spider.done, spider.total, share, given_up, waiting)


def describe(state: State, seconds: float) -> str:
    """The state of a crawl in one line; what is unknown is left out, and so is the rate of one that waits.

    >>> describe(State("cards", "listed models", done=50, total=200, share=0.96, given_up=0), 10)
    'cards: 50 of 200 listed models, 5.0 a second, 96 % of the quota, 0:00:30 left'
    """
    done, total = state.done, state.total
    rate = done / seconds if seconds > 0 else 0.0
    counted = f"{done:,} of {total:,} {state.counted_in}" if total else f"{done:,} {state.counted_in}"
    parts = [f"{state.name}: {counted}", state.waiting or f"{rate:,.1f} a second"]
    if state.share is not None:
        parts.append(f"{state.share:.0%} of the quota".replace("%", " %"))
    if total and rate and not state.waiting:
        left = int(max(0, total - done) / rate)
        parts.append(f"{left // 3600}:{left // 60 % 60:02}:{left % 60:02} left")
    if state.given_up:
        parts.append(f"{state.given_up:,} given up")
    return ", ".join(parts)


class QuietLogFormatter(LogFormatter):
    """No line for each answer and item, and never a body in one."""

    def crawled(self, request: Request, response: Response, spider: Spider) -> LogFormatterResult:
        return None  # type: ignore[return-value]  # Scrapy skips the line then

    def scraped(self, item: Any, response: Any, spider: Spider) -> LogFormatterResult:
        return None  # type: ignore[return-value]
