"""The listings that bronze stores: which is the newest, and its items, streamed."""

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from functools import reduce
from operator import or_
from typing import Any

import pyarrow.compute as pc
import pyarrow.dataset as ds
from deltalake import DeltaTable

from hublake.crawler.checkpoint import crawl_runs
from hublake.crawler.crawl_ids import crawl_start, is_in_future, utc_now
from hublake.crawler.packed_records import digest
from hublake.lake.delta.scan import scan_batches
from hublake.lake.delta.tables import require_table
from hublake.lake.errors import MissingTable
from hublake.lake.hub_requests import REPO_PATHS
from hublake.lake.schema.bronze import LISTINGS
from hublake.lake.settings import Settings
from hublake.rules.listings.snapshot_crawls import CLOCK_TOLERANCE


@dataclass(frozen=True)
class ListingCrawl:
    """One crawl of a listing that bronze stores; `items` is the number of its rows."""

    crawl_id: str
    snapshot_date: date
    started_at: datetime
    items: int
    is_finished: bool


@dataclass(frozen=True)
class StoredListing:
    """What bronze stores of the hub's repositories: one crawl of the full listing, and later crawls of changes, oldest first."""

    full: ListingCrawl
    changes: tuple[ListingCrawl, ...] = ()

    @property
    def newest(self) -> ListingCrawl:
        return self.changes[-1] if self.changes else self.full

    @property
    def crawls(self) -> tuple[ListingCrawl, ...]:
        """Newest first: the first crawl that contains a repository is authoritative for it."""
        return (*reversed(self.changes), self.full)


def newest_listing(config: Settings, repo_type: str) -> StoredListing:
    """Return the newest finished full listing, or the newest of any state if none is finished. Raises MissingTable if there is none.

    Listings from the future, made under a wrong clock, do not count.
    """
    listings = open_listings(config, repo_type)
    runs = [run for run in crawl_runs(config, REPO_PATHS[repo_type]) if run["items"] and not is_in_future(run["started_at"])]
    full = [run for run in runs if run["kind"] != "changed"]
    if not full:
        return StoredListing(_newest_unrecorded(listings, repo_type, config))
    best = max(full, key=lambda run: (run["outcome"] == "finished", run["started_at"]))
    changes = [run for run in runs if run["kind"] == "changed" and run["started_at"] > best["started_at"]]
    by_crawl = {run["crawl_id"]: _listing_crawl(run) for run in sorted(changes, key=lambda run: run["started_at"])}
    return StoredListing(_listing_crawl(best), tuple(by_crawl.values()))


def open_listings(config: Settings, repo_type: str) -> DeltaTable:
    """Open bronze.listings. Raises MissingTable with the command that fills it."""
    return require_table(config.location, LISTINGS, _remedy(repo_type))


def _remedy(repo_type: str) -> str:
    return f"List the hub first: hublake crawl {REPO_PATHS[repo_type]}"


def finished_listing(config: Settings, repo_type: str) -> StoredListing:
    """Return the finished full listing, with the finished crawls of changes after it, as the base for finding later changes.

    Raises MissingTable if no full listing is finished.
    """
    found = newest_listing(config, repo_type)
    if not found.full.is_finished:
        raise MissingTable(f"{config.warehouse} has no finished listing to compare with. {_remedy(repo_type)}")
    return StoredListing(found.full, tuple(crawl for crawl in found.changes if crawl.is_finished))


def _listing_crawl(run: Mapping[str, Any]) -> ListingCrawl:
    started_at = crawl_start(run["crawl_id"]) or run["started_at"]
    return ListingCrawl(run["crawl_id"], run["snapshot_date"], started_at, run["crawl_items"] or run["items"], run["outcome"] == "finished")


def _newest_unrecorded(listings: DeltaTable, repo_type: str, config: Settings) -> ListingCrawl:
    """Return the newest listing whose run was killed before it could write its row of crawl_runs."""
    rows: Counter[tuple[str, date]] = Counter()
    for batch in scan_batches(listings, ("crawl_id", "snapshot_date"), pc.field("repo_type") == repo_type):
        rows.update(zip(batch.column("crawl_id").to_pylist(), batch.column("snapshot_date").to_pylist(), strict=True))
    rows = Counter({listed: number for listed, number in rows.items() if not is_in_future(crawl_start(listed[0]))})
    if not rows:
        raise MissingTable(f"{LISTINGS.full_name} in {config.warehouse} contains no {repo_type}. {_remedy(repo_type)}")
    crawl_id, snapshot_date = max(rows)
    started_at = crawl_start(crawl_id) or datetime.combine(snapshot_date, time(), UTC)
    return ListingCrawl(crawl_id, snapshot_date, started_at, rows[crawl_id, snapshot_date], is_finished=False)


def rows_filter(crawls: tuple[ListingCrawl, ...], repo_type: str) -> ds.Expression:
    """Return the filter that selects the listed rows of these crawls."""
    each = [(pc.field("snapshot_date") == crawl.snapshot_date) & (pc.field("crawl_id") == crawl.crawl_id) for crawl in crawls]
    return reduce(or_, each) & (pc.field("repo_type") == repo_type)


def object_id_of(second: float) -> str:
    """Return the smallest `_id` of a Unix second: the first eight hex digits of an `_id` count seconds.

    >>> object_id_of(0x621FFDC1)
    '621ffdc10000000000000000'
    """
    return f"{max(0, int(second)):08x}{'0' * 16}"


def newest_hub_id(config: Settings, listing: StoredListing, repo_type: str) -> str:
    """Return the largest listed `_id`, since ids grow with the second of creation; all zeros if no id has that form.

    Ids from the future are left out: one of them would make everything that is new look old.
    """
    newest, bound = "0" * 24, object_id_of((utc_now() + CLOCK_TOLERANCE).timestamp())
    for batch in scan_batches(open_listings(config, repo_type), ("hub_id",), rows_filter(listing.crawls, repo_type)):
        ids = batch.column("hub_id")
        is_usable = pc.and_(pc.match_substring_regex(ids, "^[0-9a-f]{24}$"), pc.less(ids, bound))
        highest = pc.max(pc.filter(ids, is_usable))
        newest = max(newest, highest.as_py() or newest)
    return newest


def stored_items(config: Settings, listing: StoredListing, repo_type: str, columns: tuple[str, ...]) -> Iterator[list[tuple[Any, ...]]]:
    """Stream the listed items, a few hundred at a time; the newest crawl that contains a repository is authoritative for it.

    `columns` begin with hub_id.
    """
    table = open_listings(config, repo_type)
    superseded: set[bytes] = set()  # repositories in a newer crawl of changes: older items of them are out of date
    for crawl in listing.crawls:
        in_this_crawl: set[bytes] = set()
        for batch in scan_batches(table, columns, rows_filter((crawl,), repo_type)):
            items = list(zip(*(batch.column(name).to_pylist() for name in columns), strict=True))
            if superseded:
                items = [item for item in items if digest(item[0] or "") not in superseded]
            if crawl is not listing.full:
                in_this_crawl.update(digest(item[0]) for item in items if item[0] is not None)
            yield items
        superseded |= in_this_crawl
