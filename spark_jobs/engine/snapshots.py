"""Select the snapshot to build, and find the snapshots that a history has not merged."""

from collections.abc import Callable
from datetime import UTC, date, datetime

from hublake.lake.delta.builds import BuildHistory
from hublake.lake.errors import HublakeError, WrongUse
from hublake.lake.schema.bronze import CRAWL_RUNS
from hublake.rules.listings.snapshot_crawls import CrawlRun, future_runs, parse_as_of_date, snapshot_runs
from hublake.spark_jobs.engine.results import Notice
from hublake.spark_jobs.engine.warehouse import Warehouse
from hublake.spark_jobs.job import Job


def select_snapshot(
    warehouse: Warehouse, as_of: str | None, report: Callable[[str], None] = lambda _: None, now: datetime | None = None
) -> date:
    """The day of the newest completed listing, of the newest up to a day (YYYY-MM-DD), or of a crawl_id.

    A listing of changes counts if a full listing precedes it. A listing from the future counts only if `as_of` is its crawl_id; `report`
    gets a warning. Raises HublakeError if no listing was completed, WrongUse if `as_of` matches none.
    """
    runs = snapshot_runs([CrawlRun(**row) for row in warehouse.read_small_table(CRAWL_RUNS, *CrawlRun._fields)], "models")
    ignored = [run for run in future_runs(runs, now or datetime.now(UTC)) if run.crawl_id != as_of]
    if ignored:
        newest = max(ignored, key=lambda run: run.started_at)
        started = f"{newest.started_at:%Y-%m-%d %H:%M} UTC"
        report(Notice(f"warning: ignored a listing from the future: crawl {newest.crawl_id} started at {started}"))
        runs = [run for run in runs if run not in ignored]
    crawl_of = {run.snapshot_date: run.crawl_id for run in runs}  # the last of several crawls on one day
    if not crawl_of:
        raise HublakeError(f"{warehouse.address}: no crawl of the listing was completed. Run: hublake crawl models")
    if as_of is None:
        return max(crawl_of)
    days = {run.crawl_id: run.snapshot_date for run in runs}
    day = days.get(as_of)
    if day is not None:
        if crawl_of[day] != as_of:
            raise WrongUse(
                f"crawl {as_of} was followed by {crawl_of[day]} on the same day, {day}: a snapshot is the last completed crawl of its day"
            )
        return day
    earlier = [day for day in crawl_of if day <= parse_as_of_date(as_of)]
    if not earlier:
        raise WrongUse(f"no listing was completed up to {as_of}. There are: {', '.join(map(str, sorted(crawl_of)))}")
    return max(earlier)


def unmerged_snapshots(history: BuildHistory, job: Job) -> list[date]:
    """Published snapshots of the inputs of a history table that it has not merged, or that were rebuilt after it merged them."""
    inputs = [table.full_name for table in job.reads if table.layer != "bronze"]
    days = {day for name in inputs for day in history.days(name)}
    return [day for day in sorted(days) if any(_is_newer(history, name, job.name, day) for name in inputs)]


def _is_newer(history: BuildHistory, source: str, target: str, day: date) -> bool:
    built, merged = history.published(source, day), history.published(target, day)
    if not built or not merged:
        return bool(built)
    return built["run_id"] != merged["run_id"] and bool(built["committed_at"] > merged["committed_at"])
