"""Checkpoints: which crawl a run belongs to, an unfinished one in bronze or a new one.

The position of a listing crawl is in the last commit of its rows. The position of a card crawl follows from its rows. Neither needs a
file besides the tables.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from hublake.crawler.shards import Shard, covers_everything
from hublake.lake.delta.damage import reading
from hublake.lake.delta.tables import commit_history, open_table
from hublake.lake.enums import COMPLETE_OUTCOMES
from hublake.lake.schema.bronze import CRAWL_FAILURES, CRAWL_RUNS, LISTING_CERTIFICATES, LISTINGS
from hublake.lake.settings import Settings

ROUND_ENDED = (*COMPLETE_OUTCOMES, "incomplete")  # outcomes that end a round of cards: the next round requests again what was given up
LONGEST_LOOKBACK = timedelta(days=30)  # older commits are not read: Delta may have removed them from the log


@dataclass(frozen=True)
class ListingCheckpoint:
    """The position of a listing crawl, from the commit of its last rows. `next_url` is empty after the last page.

    `traversal` is the index of the current traversal: a crawl of changes goes through the listing twice, in two orders.
    """

    crawl_id: str
    started_at: datetime
    batch: int
    traversal: int
    next_url: str
    page: int
    items: int
    is_cut: bool
    bounds: tuple[str, str]

    @classmethod
    def from_commit(cls, commit: Mapping[str, Any]) -> "ListingCheckpoint":
        """Read what `ListingSpider` writes into a commit; the keys are a storage format, which an interrupted crawl relies on."""
        return cls(
            commit["crawl_id"],
            datetime.fromisoformat(commit["began_at"]),
            int(commit["batch"]),
            int(commit["walk"] or 0),
            commit["next_url"],
            int(commit["next_page"]),
            int(commit["items"]),
            commit["is_cut"] == "yes",
            (commit["known_id"], commit["changed_after"]),
        )


def crawl_runs(config: Settings, spider: str) -> list[dict[str, Any]]:
    """Return the rows of bronze.crawl_runs of a spider; none if the table does not exist."""
    table = open_table(config.location, CRAWL_RUNS)
    if table is None:
        return []
    with reading(table):
        return list(table.to_pyarrow_table(filters=[("spider", "=", spider)]).to_pylist())


def failed_urls(config: Settings, crawl_id: str) -> frozenset[str]:
    """Return the URLs that a crawl has given up so far."""
    table = open_table(config.location, CRAWL_FAILURES)
    if table is None:
        return frozenset()
    with reading(table):
        return frozenset(table.to_pyarrow_table(columns=["url"], filters=[("crawl_id", "=", crawl_id)]).column("url").to_pylist())


def find_unfinished_listing(config: Settings, spider: str, command: str) -> ListingCheckpoint | None:
    """Return the position of the newest crawl by the same command; None if it has finished, started too long ago, or does not exist."""
    table = open_table(config.location, LISTINGS)
    if table is None:
        return None
    oldest = (datetime.now(UTC) - LONGEST_LOOKBACK).timestamp() * 1000
    for commit in commit_history(table):
        if commit["timestamp"] < oldest:
            return None
        if commit.get("spider") == spider and commit.get("asked") == command and "next_url" in commit:
            checkpoint = ListingCheckpoint.from_commit(commit)
            is_recent = abs(datetime.now(UTC) - checkpoint.started_at) < timedelta(hours=config.crawl.resume_hours)
            ended = {run["crawl_id"] for run in crawl_runs(config, spider) if run["outcome"] in COMPLETE_OUTCOMES}
            is_open = checkpoint.crawl_id not in ended and read_verdict(config, checkpoint.crawl_id) is not False
            return checkpoint if is_recent and is_open else None
    return None


def read_verdict(config: Settings, crawl_id: str) -> bool | None:
    """Return whether a listing is complete by its certificate; if not, resuming it would add nothing. None without a certificate."""
    table = open_table(config.location, LISTING_CERTIFICATES)
    if table is None:
        return None
    with reading(table):
        found = table.to_pyarrow_table(columns=["is_complete"], filters=[("crawl_id", "=", crawl_id)]).column("is_complete").to_pylist()
    return all(found) if found else None


def assign_card_crawl(
    listing_id: str, kind: str, shards: Sequence[Shard], runs: Sequence[Mapping[str, Any]], *, is_new: bool
) -> tuple[str, list[Shard]]:
    """Return (crawl id, those of the shards that have work in it).

    A card crawl is named after its listing, with a round number, so that hosts agree on it without communicating. The newest round
    continues until all these shards, or others that cover everything, have ended in it. Then a new round starts.

    >>> run = {"crawl_id": "L-cards-1", "shard": "0/2", "outcome": "finished"}
    >>> [assign_card_crawl("L", "cards", [Shard(i, 2)], [run], is_new=False)[0] for i in (0, 1)]
    ['L-cards-2', 'L-cards-1']
    """
    prefix = f"{listing_id}-{kind}-"
    rounds: dict[int, set[str]] = {}
    for run in runs:
        number = run["crawl_id"].removeprefix(prefix)
        if run["crawl_id"].startswith(prefix) and number.isdecimal():
            rounds.setdefault(int(number), set()).update([run["shard"]] if run["outcome"] in ROUND_ENDED else [])
    newest = max(rounds, default=1)
    ended = rounds.get(newest, set())
    remaining = [shard for shard in shards if str(shard) not in ended]
    if is_new or not remaining or covers_everything(ended):
        return f"{prefix}{newest + 1}", list(shards)
    return f"{prefix}{newest}", remaining
