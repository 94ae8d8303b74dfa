"""The result of a spider's run: its outcome, its row in bronze.crawl_runs, and the closing message."""

import asyncio
import logging
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Self

from scrapy import signals
from scrapy.crawler import Crawler
from scrapy.statscollectors import StatsCollector

from hublake.crawler.crawl_ids import utc_now
from hublake.crawler.http.middlewares import PacingMiddleware
from hublake.crawler.spiders.base import STATUS, HubSpider, hub_spider
from hublake.lake.enums import COMPLETE_OUTCOMES, CRAWL_OUTCOMES
from hublake.lake.errors import CrawlIncomplete, HublakeError, HubUnreachable
from hublake.lake.schema.bronze import CRAWL_RUNS

logger = logging.getLogger(__name__)
COUNTS_OF_RUN = ("requests", "items", "refused", "retries", "failures")


@dataclass(frozen=True)
class RunSummary:
    """The result of one run, or of several runs of one crawl; `problem` is what ended it, `last_failure` the last request given up."""

    spider: str
    crawl_id: str
    warehouse: str
    endpoint: str
    outcome: str = "finished"
    items: int = 0
    failures: int = 0
    unwritten: int = 0
    problem: str = ""
    last_failure: str = ""
    is_shard_taken: bool = False
    arguments: str = ""  # of `hublake crawl`; empty if that is just the spider's name
    statuses: Mapping[int, int] = field(default_factory=dict)  # HTTP statuses of the stored responses, with their numbers
    certificate: str = ""  # of a listing
    warnings: tuple[str, ...] = ()

    @classmethod
    def of(cls, spider: HubSpider, stats: StatsCollector) -> Self:
        return cls(
            spider.name,
            spider.crawl_id,
            spider.config.warehouse,
            spider.config.endpoint,
            stats.get_value("hublake/outcome", "interrupted"),  # missing if a signal came while the outcome was being written
            stats.get_value("hublake/items", 0),
            stats.get_value("hublake/failures", 0),
            stats.get_value("hublake/unwritten", 0),
            stats.get_value("hublake/problem") or "",
            stats.get_value("hublake/last_failure") or "",
            stats.get_value("hublake/is_shard_taken", False),
            spider.arguments,
            {int(name.removeprefix(STATUS)): number for name, number in stats.get_stats().items() if name.startswith(STATUS)},
            stats.get_value("hublake/certificate") or "",
            stats.get_value("hublake/warnings") or (),
        )

    @property
    def stored(self) -> str:
        """What was stored; answers that are neither a card nor an account are counted by their status."""
        refusals = {status: number for status, number in sorted(self.statuses.items()) if status not in (200, 304)}
        unchanged = self.statuses.get(304, 0)
        found = max(0, self.items - unchanged - sum(refusals.values()))
        parts = [f"{found:,} {self.spider} stored in {self.warehouse} (crawl {self.crawl_id})"]
        parts += [f"{unchanged:,} unchanged"] if unchanged else []
        if refusals:
            by_status = ", ".join(f"{status}: {number:,}" for status, number in refusals.items())
            parts.append(f"{sum(refusals.values()):,} refused ({by_status})")
        return ", ".join(parts)


def combine_summaries(runs: Sequence[RunSummary]) -> RunSummary:
    """Combine several runs into one: the sums, the worst outcome, and the messages of the worst run."""
    worst = max(runs, key=lambda run: CRAWL_OUTCOMES.index(run.outcome))
    return replace(
        worst,
        items=sum(run.items for run in runs),
        failures=sum(run.failures for run in runs),
        unwritten=sum(run.unwritten for run in runs),
        problem=worst.problem or next((run.problem for run in runs if run.problem), ""),
        statuses=sum((Counter(run.statuses) for run in runs), Counter()),
        warnings=tuple(dict.fromkeys(warning for run in runs for warning in run.warnings)),
        last_failure=worst.last_failure or next((run.last_failure for run in runs if run.last_failure), ""),
    )


class RunRecorder:
    """Scrapy extension: writes the run's row once the spider has closed and its rows are stored."""

    def __init__(self, crawler: Crawler) -> None:
        self._crawler = crawler
        crawler.signals.connect(self._write, signals.spider_closed)

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        return cls(crawler)

    async def _write(self, reason: str) -> None:
        spider, stats = hub_spider(self._crawler), self._crawler.stats
        outcome = run_outcome(reason, stats, is_cut=spider.is_cut)
        stats.set_value("hublake/outcome", outcome)
        row = self._row(spider, outcome) | {name: stats.get_value(f"hublake/{name}", 0) for name in COUNTS_OF_RUN}
        row["crawl_items"] = spider.resumed_rows + row["items"]
        try:
            await asyncio.to_thread(spider.writer.append, CRAWL_RUNS, [row], {})
        except asyncio.CancelledError:
            raise
        except BaseException as problem:  # of any kind: nothing more can be stored, but it can be reported
            logger.error("cannot write %s", CRAWL_RUNS.full_name, exc_info=problem)
            stats.set_value("hublake/outcome", "failed")
            stats.set_value("hublake/problem", f"cannot write {CRAWL_RUNS.full_name}: {str(problem)[:300]}")
        message = closing_message(RunSummary.of(spider, stats))
        logger.log(logging.ERROR if isinstance(message, HublakeError) else logging.INFO, "%s", message)

    def _row(self, spider: HubSpider, outcome: str) -> dict[str, Any]:
        pacing = self._crawler.get_downloader_middleware(PacingMiddleware)
        return {
            "crawl_id": spider.crawl_id,
            "snapshot_date": spider.snapshot_date,
            "spider": spider.name,
            "shard": str(spider.shard),
            "started_at": spider.started_at,
            "finished_at": utc_now(),
            "outcome": outcome,
            "kind": "changed" if spider.is_changed else "whole",
            "budget_share": pacing.share_used(spider.main_bucket) if pacing else None,
        }


def run_outcome(reason: str, stats: StatsCollector, *, is_cut: bool) -> str:
    """Return the outcome of a run (hublake.lake.enums.CRAWL_OUTCOMES), from Scrapy's reason and the stats."""
    has_failed = stats.get_value("spider_exceptions/count") or stats.get_value("hublake/problem")
    if has_failed or reason not in ("finished", "shutdown"):
        return "failed"
    if reason == "shutdown" or stats.get_value("hublake/interrupted"):
        return "interrupted"
    if stats.get_value("hublake/failures") or stats.get_value("hublake/rejected"):
        return "incomplete"
    return "limited" if is_cut else "finished"


def closing_message(run: RunSummary) -> str | HublakeError:
    """Return the operator's closing message, with the certificate of a listing and warnings on lines of their own."""
    message = _result(run)
    certificate = [f"certificate: {run.certificate}"] if run.certificate and isinstance(message, str) else []
    extra = [*certificate, *(f"warning: {warning}" for warning in run.warnings)]
    lines = "\n".join([str(message), *extra])
    return lines if isinstance(message, str) else type(message)(lines)


def _result(run: RunSummary) -> str | HublakeError:
    """Return the operator's closing message: a line about what was stored, or the error that says what was not stored and why."""
    stored = run.stored
    if run.outcome in COMPLETE_OUTCOMES:
        return stored + (", ended by --limit" if run.outcome == "limited" else "")
    resume = f"Run `hublake crawl {run.arguments or run.spider}` again to fetch the rest"
    if run.outcome == "interrupted":
        return CrawlIncomplete(f"interrupted; {stored}. {resume}.")
    cause = (run.problem or run.last_failure or "an error in the crawler; see the log").rstrip(".")
    if run.unwritten:
        return HublakeError(f"{cause}. {run.unwritten:,} rows are not stored; {stored}. {resume}.")
    if run.outcome == "failed" and run.failures and not run.problem:
        return HubUnreachable(f"{run.endpoint} gave no usable answer: {cause}. {stored}. Check --endpoint (HF_ENDPOINT). {resume}.")
    if run.outcome == "incomplete":
        return CrawlIncomplete(f"requests given up: {run.failures:,} (last: {cause}); {stored}. Reasons: bronze.crawl_failures. {resume}.")
    return HublakeError(f"{cause}. {stored}. {resume}.")
