"""Which rows of bronze a build has to check: those of crawls that have added files since a build last checked the table.

Rows of bronze never change, and each key contains the crawl. All rows are checked again when an expectation has changed, and by
`hublake check` and `hublake build --again`.
"""

from collections.abc import Collection, Iterable
from datetime import UTC, date, datetime
from typing import NamedTuple

from deltalake import DeltaTable

from hublake.rules.listings.snapshot_crawls import CLOCK_TOLERANCE

MARGIN = CLOCK_TOLERANCE  # files that are older by this are surely older: crawlers and builds may run on different machines


class BronzeFile(NamedTuple):
    """A data file of a bronze table, with the crawls of its first and last rows in order of their ids; None if they are unknown."""

    snapshot_date: date
    modified_at: datetime
    first_crawl_id: str | None
    last_crawl_id: str | None


class PassedCheck(NamedTuple):
    """The last check of a table that passed: of rows up to which snapshot, when, and by which expectations (digests)."""

    snapshot_date: date
    checked_at: datetime
    configurations: frozenset[str]


def crawls_to_check(files: Iterable[BronzeFile], last: PassedCheck | None, configurations: Collection[str]) -> list[str] | None:
    """The crawls whose rows have to be checked; None if all rows have to be.

    That is so without an earlier check by equal expectations, if no file is new, and if a new file has rows of several
    crawls, as after a compaction.
    """
    if last is None or last.configurations != frozenset(configurations):
        return None
    new = [file for file in files if file.snapshot_date > last.snapshot_date or file.modified_at > last.checked_at - MARGIN]
    crawls = {file.first_crawl_id for file in new}
    if not new or any(file.first_crawl_id != file.last_crawl_id for file in new):
        return None
    return None if None in crawls else sorted(filter(None, crawls))


def bronze_files(table: DeltaTable) -> list[BronzeFile]:
    """The data files of a bronze table that is partitioned by snapshot_date, by its log alone."""
    actions = table.get_add_actions(flatten=True)
    missing = [None] * actions.num_rows
    crawls = [actions[name].to_pylist() if name in actions.schema.names else missing for name in ("min.crawl_id", "max.crawl_id")]
    times = [datetime.fromtimestamp(time / 1000, UTC) for time in actions["modification_time"].to_pylist()]
    return [BronzeFile(*file) for file in zip(actions["partition.snapshot_date"].to_pylist(), times, *crawls, strict=True)]
