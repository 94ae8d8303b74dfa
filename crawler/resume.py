"""Which crawl a run belongs to: one that stands unfinished in bronze, or a new one.

A listing stands where the last commit of its rows says; cards stand where their rows are. Neither needs a file beside the tables.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from hublake.crawler.shards import Shard, is_covered
from hublake.lake.delta.tables import commit_history, open_table
from hublake.lake.schema.bronze import CRAWL_FAILURES, CRAWL_RUNS, LISTINGS
from hublake.lake.settings import Settings

# Outcomes after which a listing has nothing left to ask for, and those after which a later run asks for what was given up.
LISTED = ("finished", "limited")
ROUND_ENDED = (*LISTED, "incomplete")
LONGEST_LOOK_BACK = timedelta(days=30)  # no older commit is read: Delta may have cleaned the log there


@dataclass(frozen=True)
class Place:
    """Where a walk stands: what the commit that holds its last rows says of it. `next_url` is empty after the last page."""

    crawl_id: str
    started_at: datetime
    batch: int
    walk: int
    next_url: str
    page: int
    items: int
    is_cut: bool
    bounds: tuple[str, str]

    @classmethod
    def read(cls, commit: Mapping[str, Any]) -> "Place":
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


def runs_of(config: Settings, spider: str) -> list[dict[str, Any]]:
    """The rows of bronze.crawl_runs of that spider; none where there is no such table."""
    table = open_table(config.location, CRAWL_RUNS)
    rows: list[dict[str, Any]] = [] if table is None else table.to_pyarrow_table(filters=[("spider", "=", spider)]).to_pylist()
    return rows


def given_up(config: Settings, crawl_id: str) -> frozenset[str]:
    """Addresses that a crawl has given up so far."""
    table = open_table(config.location, CRAWL_FAILURES)
    if table is None:
        return frozenset()
    return frozenset(table.to_pyarrow_table(columns=["url"], filters=[("crawl_id", "=", crawl_id)]).column("url").to_pylist())


def unfinished_listing(config: Settings, spider: str, asked: str) -> Place | None:
    """Where the newest crawl by the same command stands; None where it came to its end, began too long ago, or there is none."""
    table = open_table(config.location, LISTINGS)
    if table is None:
        return None
    oldest = (datetime.now(UTC) - LONGEST_LOOK_BACK).timestamp() * 1000
    for commit in commit_history(table):
        if commit["timestamp"] < oldest:
            return None
        if commit.get("spider") == spider and commit.get("asked") == asked and "next_url" in commit:
            place = Place.read(commit)
            is_young = datetime.now(UTC) - place.started_at < timedelta(hours=config.crawl.resume_hours)
            ended = {run["crawl_id"] for run in runs_of(config, spider) if run["outcome"] in LISTED}
            return place if is_young and place.crawl_id not in ended else None
    return None


def crawl_of_cards(
    listing_id: str, kind: str, shards: Sequence[Shard], runs: Sequence[Mapping[str, Any]], *, is_new: bool
) -> tuple[str, list[Shard]]:
    """(crawl, those of the shards that have work in it): named after its listing and counted, so that hosts agree without a word.

    The newest round goes on until all these shards have ended in it, or others that make a whole have; then a new one begins.

    >>> run = {"crawl_id": "L-cards-1", "shard": "0/2", "outcome": "finished"}
    >>> [crawl_of_cards("L", "cards", [Shard(i, 2)], [run], is_new=False)[0] for i in (0, 1)]
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
    left = [shard for shard in shards if str(shard) not in ended]
    if is_new or not left or is_covered(ended):
        return f"{prefix}{newest + 1}", list(shards)
    return f"{prefix}{newest}", left
