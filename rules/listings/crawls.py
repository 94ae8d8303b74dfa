"""Which crawls count: what the rows of bronze.crawl_runs say of the listings."""

from collections.abc import Iterable
from datetime import date, datetime
from typing import NamedTuple

from hublake.lake.errors import WrongUse

# A listing that was cut short by its operator is still what the operator asked for; one that lost pages is not.
WHOLE = ("finished", "limited")


class Run(NamedTuple):
    """A row of bronze.crawl_runs."""

    crawl_id: str
    spider: str
    outcome: str
    kind: str | None
    snapshot_date: date
    started_at: datetime


def whole_listings(runs: Iterable[Run], spider: str) -> list[Run]:
    """Runs that listed all they were asked for, from end to end, in the order in which they began."""
    return [run for run in _ended_well(runs, spider) if run.kind != "changed"]


def snapshots(runs: Iterable[Run], spider: str) -> list[Run]:
    """Whole listings, and listings of changes behind the first of them: each of their days is a snapshot."""
    ended = _ended_well(runs, spider)
    first = min((run.started_at for run in ended if run.kind != "changed"), default=None)
    return [run for run in ended if first is not None and (run.kind != "changed" or run.started_at > first)]


def newest_crawls(runs: Iterable[Run], spider: str) -> list[str]:
    """crawl_ids of the newest whole listing and of the listings of changes since; none where there was no whole one."""
    ended = _ended_well(runs, spider)
    whole = max((run for run in ended if run.kind != "changed"), key=lambda run: (run.snapshot_date, run.started_at), default=None)
    if whole is None:
        return []
    return [whole.crawl_id, *(run.crawl_id for run in ended if run.kind == "changed" and run.started_at > whole.started_at)]


def _ended_well(runs: Iterable[Run], spider: str) -> list[Run]:
    """Listings of what was asked for: of all, or of changes, which are a snapshot only on top of a whole one."""
    return sorted((run for run in runs if run.spider == spider and run.outcome in WHOLE), key=lambda run: run.started_at)


def parsed_day(as_of: str) -> date:
    """A day. Raises WrongUse for a text that is none."""
    try:
        return date.fromisoformat(as_of)
    except ValueError:
        raise WrongUse(f"--as-of {as_of}: neither a day (YYYY-MM-DD) nor the crawl_id of a whole listing in bronze.crawl_runs") from None
