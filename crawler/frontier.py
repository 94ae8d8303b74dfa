"""Which cards to fetch: those that the newest listing in bronze promises and that are not in bronze yet.

The listing is streamed; what stays in memory is a few dozen bytes for each card that is already there (crawler/held.py).
"""

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

from hublake.crawler.card_answer import CardTarget, card_target
from hublake.crawler.held import Held, digest
from hublake.crawler.hub_api import REPO_PATHS
from hublake.crawler.resume import runs_of
from hublake.crawler.shards import Shard
from hublake.crawler.spider import began_at
from hublake.lake.delta.scan import scan_batches
from hublake.lake.delta.tables import require_table
from hublake.lake.errors import MissingTable
from hublake.lake.opt_out import opted_out
from hublake.lake.schema.bronze import LISTINGS
from hublake.lake.settings import Settings


@dataclass(frozen=True)
class Crawl:
    """One crawl of a listing that bronze holds; `items` are its rows."""

    crawl_id: str
    snapshot_date: date
    began_at: datetime
    items: int
    is_finished: bool


@dataclass(frozen=True)
class Listing:
    """What bronze knows of the hub: one crawl of everything, and those of changes since, oldest first."""

    whole: Crawl
    changes: tuple[Crawl, ...] = ()

    @property
    def newest(self) -> Crawl:
        return self.changes[-1] if self.changes else self.whole

    @property
    def crawls(self) -> tuple[Crawl, ...]:
        """Newest first: what the first of them says of a repository holds."""
        return (*reversed(self.changes), self.whole)


def newest_listing(config: Settings, repo_type: str) -> Listing:
    """The newest listing of everything that was finished; where none was, the newest at all. MissingTable where there is none."""
    listings = require_table(config.location, LISTINGS, remedy(repo_type))
    runs = [run for run in runs_of(config, REPO_PATHS[repo_type]) if run["items"]]
    wholes = [run for run in runs if run["kind"] != "changed"]
    if not wholes:
        return Listing(_newest_unrecorded(listings, repo_type, config))
    best = max(wholes, key=lambda run: (run["outcome"] == "finished", run["started_at"]))
    changes = [run for run in runs if run["kind"] == "changed" and run["started_at"] > best["started_at"]]
    newest_first = {run["crawl_id"]: _crawl(run) for run in sorted(changes, key=lambda run: run["started_at"])}
    return Listing(_crawl(best), tuple(newest_first.values()))


def remedy(repo_type: str) -> str:
    """What to do where a listing is missing."""
    return f"List the hub first: hublake crawl {REPO_PATHS[repo_type]}"


def known_listing(config: Settings, repo_type: str) -> Listing:
    """What is known for certain, to look for changes since: a finished whole listing and the finished changes behind it."""
    found = newest_listing(config, repo_type)
    if not found.whole.is_finished:
        raise MissingTable(f"{config.warehouse} holds no finished listing to compare with. {remedy(repo_type)}")
    return Listing(found.whole, tuple(crawl for crawl in found.changes if crawl.is_finished))


def _crawl(run: Mapping[str, Any]) -> Crawl:
    began = began_at(run["crawl_id"]) or run["started_at"]
    return Crawl(run["crawl_id"], run["snapshot_date"], began, run["crawl_items"] or run["items"], run["outcome"] == "finished")


def _newest_unrecorded(listings: DeltaTable, repo_type: str, config: Settings) -> Crawl:
    """A listing whose run was killed before it could write its row of crawl_runs."""
    rows: Counter[tuple[str, date]] = Counter()
    for batch in scan_batches(listings, ("crawl_id", "snapshot_date"), pc.field("repo_type") == repo_type):
        rows.update(zip(batch.column("crawl_id").to_pylist(), batch.column("snapshot_date").to_pylist(), strict=True))
    if not rows:
        raise MissingTable(f"{LISTINGS.full_name} in {config.warehouse} holds no {repo_type}. {remedy(repo_type)}")
    crawl_id, snapshot_date = max(rows)
    began = began_at(crawl_id) or datetime.combine(snapshot_date, time(), UTC)
    return Crawl(crawl_id, snapshot_date, began, rows[crawl_id, snapshot_date], is_finished=False)


def rows_of(crawls: tuple[Crawl, ...], repo_type: str) -> ds.Expression:
    """The condition that the listed rows of these crawls meet."""
    each = [(pc.field("snapshot_date") == crawl.snapshot_date) & (pc.field("crawl_id") == crawl.crawl_id) for crawl in crawls]
    return reduce(or_, each) & (pc.field("repo_type") == repo_type)


def newest_hub_id(config: Settings, listing: Listing, repo_type: str) -> str:
    """The largest `_id` that was listed: ids grow with the second of creation. All zeros where no id is of that form."""
    newest = "0" * 24
    for batch in scan_batches(require_table(config.location, LISTINGS, remedy(repo_type)), ("hub_id",), rows_of(listing.crawls, repo_type)):
        highest = pc.max(pc.filter(batch.column("hub_id"), pc.match_substring_regex(batch.column("hub_id"), "^[0-9a-f]{24}$")))
        newest = max(newest, highest.as_py() or newest)
    return newest


def targets(
    config: Settings, listing: Listing, repo_type: str, shard: Shard, held: Held
) -> Iterator[tuple[int, list[tuple[int, CardTarget]]]]:
    """(listed items of the shard passed so far, the cards to fetch among the last few hundred, each with the items before it), batch by
    batch.
    """
    passed, out = 0, opted_out()
    for items in known_items(config, listing, repo_type, ("hub_id", "repo_id", "body")):
        own = [item for item in items if (item[0] or "") in shard]
        promised = ((place, target) for place, item in enumerate(own, passed) if (target := card_target(*item)) is not None)
        wanted = [(place, target) for place, target in promised if target not in held and target.repo_id not in out]
        passed += len(own)
        yield passed, wanted


def known_items(config: Settings, listing: Listing, repo_type: str, columns: tuple[str, ...]) -> Iterator[list[tuple[Any, ...]]]:
    """The listed items, a few hundred at a time, of each repository what the newest crawl says; `columns` begin with hub_id."""
    table = require_table(config.location, LISTINGS, remedy(repo_type))
    newer: set[bytes] = set()  # repositories that a listing of changes told of: what older listings say of them is out of date
    for crawl in listing.crawls:
        here: set[bytes] = set()
        for batch in scan_batches(table, columns, rows_of((crawl,), repo_type)):
            items = list(zip(*(batch.column(name).to_pylist() for name in columns), strict=True))
            if newer:
                items = [item for item in items if digest(item[0] or "") not in newer]
            if crawl is not listing.whole:
                here.update(digest(item[0]) for item in items if item[0] is not None)
            yield items
        newer |= here
