"""Which snapshots there are, and which of them a history holds."""

from datetime import date

from hublake.lake.delta.builds import BuildHistory
from hublake.lake.errors import HublakeError, WrongUse
from hublake.lake.schema.bronze import CRAWL_RUNS
from hublake.rules.listings.snapshot_crawls import CrawlRun, parse_as_of_date, snapshot_runs
from hublake.spark_jobs.engine.warehouse import Warehouse
from hublake.spark_jobs.job import Job


def select_snapshot(warehouse: Warehouse, as_of: str | None) -> date:
    """The newest listing (whole, or of changes behind a whole one), or the newest up to a day (YYYY-MM-DD), or that of a crawl_id.

    Raises HublakeError where no listing has come to its end, WrongUse where none is meant by `as_of`.
    """
    runs = snapshot_runs([CrawlRun(**row) for row in warehouse.read_small_table(CRAWL_RUNS, *CrawlRun._fields)], "models")
    of_day = {run.snapshot_date: run.crawl_id for run in runs}  # of two crawls on a day the later one counts
    if not of_day:
        raise HublakeError(f"{warehouse.address}: no crawl of the listing has come to its end. Run: hublake crawl models")
    if as_of is None:
        return max(of_day)
    days = {run.crawl_id: run.snapshot_date for run in runs}
    day = days.get(as_of)
    if day is not None:
        if of_day[day] != as_of:
            raise WrongUse(
                f"crawl {as_of} was followed by {of_day[day]} on the same day, {day}: a snapshot is the last whole one of its day"
            )
        return day
    up_to = [day for day in of_day if day <= parse_as_of_date(as_of)]
    if not up_to:
        raise WrongUse(f"no whole listing up to {as_of}. There are: {', '.join(map(str, sorted(of_day)))}")
    return max(up_to)


def unmerged_snapshots(journal: BuildHistory, job: Job) -> list[date]:
    """Published snapshots of what a history is made from that it does not hold, or that were made again since."""
    sources = [table.full_name for table in job.reads if table.layer != "bronze"]
    days = {day for name in sources for day in journal.days(name)}
    return [day for day in sorted(days) if any(_is_newer(journal, name, job.name, day) for name in sources)]


def _is_newer(journal: BuildHistory, source: str, history: str, day: date) -> bool:
    made, merged = journal.published(source, day), journal.published(history, day)
    return bool(made) and (not merged or made["committed_at"] > merged["committed_at"])
