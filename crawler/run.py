"""One run of a spider: how it ended, its row in bronze.crawl_runs, and its last words."""

import asyncio
import logging
from typing import Any, Self

from scrapy import signals
from scrapy.crawler import Crawler
from scrapy.statscollectors import StatsCollector

from crawler.middlewares import PacingMiddleware
from crawler.spider import HubSpider, spider_of, utc_now
from lake.errors import CrawlIncomplete, HublakeError, HubUnreachable
from lake.tables.bronze import CRAWL_RUNS

logger = logging.getLogger(__name__)
COUNTED = ("requests", "items", "refused", "retries", "failures")


class RunRecord:
    """Extension: writes the run's row when the spider has closed and its rows are on disk."""

    def __init__(self, crawler: Crawler) -> None:
        self._crawler = crawler
        crawler.signals.connect(self._write, signals.spider_closed)

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        return cls(crawler)

    async def _write(self, reason: str) -> None:
        spider, stats = spider_of(self._crawler), self._crawler.stats
        outcome = outcome_of(reason, stats, is_cut=spider.is_cut)
        stats.set_value("hublake/outcome", outcome)
        row = self._row(spider, outcome) | {name: stats.get_value(f"hublake/{name}", 0) for name in COUNTED}
        row["crawl_items"] = spider.taken_up + row["items"]
        try:
            await asyncio.to_thread(spider.appends.append, CRAWL_RUNS, [row], {})
        except Exception as problem:  # nothing more can be stored, but it can be said
            logger.error("cannot write %s", CRAWL_RUNS.full_name, exc_info=problem)
            stats.set_value("hublake/outcome", "failed")
            stats.set_value("hublake/problem", f"cannot write {CRAWL_RUNS.full_name}: {str(problem)[:300]}")
        words = last_words(spider, stats)
        logger.log(logging.ERROR if isinstance(words, HublakeError) else logging.INFO, "%s", words)

    def _row(self, spider: HubSpider, outcome: str) -> dict[str, Any]:
        pacing = self._crawler.get_downloader_middleware(PacingMiddleware)
        return {
            "crawl_id": spider.crawl_id,
            "snapshot_date": spider.snapshot_date,
            "spider": spider.name,
            "shard": spider.shard,
            "started_at": spider.started_at,
            "finished_at": utc_now(),
            "outcome": outcome,
            "kind": "changed" if spider.is_changed else "whole",
            "budget_share": pacing.share_used(spider.main_bucket) if pacing else None,
        }


def outcome_of(reason: str, stats: StatsCollector, *, is_cut: bool) -> str:
    """One word for how a run ended (lake.vocabulary.CRAWL_OUTCOMES), from Scrapy's reason and what was counted."""
    has_failed = stats.get_value("spider_exceptions/count") or stats.get_value("hublake/problem")
    if has_failed or reason not in ("finished", "shutdown"):
        return "failed"
    if reason == "shutdown":
        return "interrupted"
    if stats.get_value("hublake/failures"):
        return "incomplete"
    return "limited" if is_cut else "finished"


def last_words(spider: HubSpider, stats: StatsCollector) -> str | HublakeError:
    """What the operator reads at the end: a line on what was stored, or the error that says what was not, and why."""
    outcome = stats.get_value("hublake/outcome", "failed")
    items, failures = stats.get_value("hublake/items", 0), stats.get_value("hublake/failures", 0)
    stored = f"{items:,} {spider.name} stored in {spider.config.warehouse} (crawl {spider.crawl_id})"
    if outcome in ("finished", "limited"):
        return stored + (", ended by --limit" if outcome == "limited" else "")
    again = f"`hublake crawl {spider.typed}` again takes up what is missing"
    if outcome == "interrupted":
        return CrawlIncomplete(f"interrupted; {stored}. {again}.")
    why = stats.get_value("hublake/problem") or stats.get_value("hublake/last_failure") or "an error in the crawler; see the log"
    why = why.rstrip(".")
    unwritten = stats.get_value("hublake/unwritten", 0)
    if unwritten:
        return HublakeError(f"{why}. {unwritten:,} rows are not stored; {stored}. {again}.")
    if outcome == "failed" and failures and not stats.get_value("hublake/problem"):
        return HubUnreachable(f"{spider.config.endpoint} gave no usable answer: {why}. {stored}. Check --endpoint (HF_ENDPOINT); {again}.")
    if outcome == "incomplete":
        return CrawlIncomplete(f"requests given up: {failures:,} (last: {why}); {stored}. Reasons: bronze.crawl_failures. {again}.")
    return HublakeError(f"{why}. {stored}. {again}.")
