"""Which crawls make up a snapshot, by the rows of bronze.crawl_runs."""

from collections.abc import Iterable
from datetime import date, datetime, timedelta
from typing import NamedTuple

from hublake.lake.enums import COMPLETE_OUTCOMES
from hublake.lake.errors import WrongUse

CLOCK_TOLERANCE = timedelta(days=1)  # clocks that differ by more are wrong, such as that of a run that starts later than now by more


class CrawlRun(NamedTuple):
    """A row of bronze.crawl_runs."""

    crawl_id: str
    spider: str
    outcome: str
    kind: str | None
    snapshot_date: date
    started_at: datetime


def future_runs(runs: Iterable[CrawlRun], now: datetime) -> list[CrawlRun]:
    """Runs that started in the future: they would be the newest until that day, and are ignored."""
    return [run for run in runs if run.started_at > now + CLOCK_TOLERANCE]


def full_listings(runs: Iterable[CrawlRun], spider: str) -> list[CrawlRun]:
    """Complete runs that listed all repositories, in order of their start."""
    return [run for run in _complete_runs(runs, spider) if run.kind != "changed"]


def snapshot_runs(runs: Iterable[CrawlRun], spider: str) -> list[CrawlRun]:
    """Full listings, and the listings of changes after the first of them: the date of each is a snapshot."""
    complete = _complete_runs(runs, spider)
    first = min((run.started_at for run in complete if run.kind != "changed"), default=None)
    return [run for run in complete if first is not None and (run.kind != "changed" or run.started_at > first)]


def latest_crawl_ids(runs: Iterable[CrawlRun], spider: str) -> list[str]:
    """crawl_ids of the newest full listing and of the listings of changes since then; empty without a full listing."""
    complete = _complete_runs(runs, spider)
    full = max((run for run in complete if run.kind != "changed"), key=lambda run: (run.snapshot_date, run.started_at), default=None)
    if full is None:
        return []
    return [full.crawl_id, *(run.crawl_id for run in complete if run.kind == "changed" and run.started_at > full.started_at)]


def _complete_runs(runs: Iterable[CrawlRun], spider: str) -> list[CrawlRun]:
    """Listings that fetched all that was requested: all repositories, or all changes, which need a full listing to build on."""
    return sorted((run for run in runs if run.spider == spider and run.outcome in COMPLETE_OUTCOMES), key=lambda run: run.started_at)


def parse_as_of_date(as_of: str) -> date:
    """Parse the value of --as-of as a date. Raises WrongUse for any other text."""
    try:
        return date.fromisoformat(as_of)
    except ValueError:
        raise WrongUse(f"--as-of {as_of}: neither a day (YYYY-MM-DD) nor the crawl_id of a full listing in bronze.crawl_runs") from None
