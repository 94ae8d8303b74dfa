"""Which cards to fetch: those that the newest listing in bronze promises and that are not in bronze yet.

The listing is streamed; what stays in memory is 16 bytes for each card that is already there.
"""

from bisect import bisect_left
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from hashlib import blake2b
from typing import Any

import pyarrow.compute as pc
from deltalake import DeltaTable

from crawler.card_answer import CardTarget, card_target
from crawler.delta import batches, existing, opened
from crawler.hub_api import REPO_PATHS
from lake.errors import MissingTable
from lake.opt_out import opted_out
from lake.settings import Settings
from lake.tables.bronze import CARDS, CRAWL_RUNS, LISTINGS

DIGEST_BYTES = 16


@dataclass(frozen=True)
class Listing:
    """One crawl of a listing that bronze holds; `items` are its rows."""

    crawl_id: str
    snapshot_date: date
    items: int
    is_whole: bool


def newest_listing(config: Settings, repo_type: str) -> Listing:
    """The newest listing that was finished; where none was, the newest at all. MissingTable where there is none."""
    listings = existing(config, LISTINGS, remedy(repo_type))
    runs = opened(config, CRAWL_RUNS)
    recorded = [] if runs is None else [run for run in runs.to_pyarrow_table().to_pylist() if _listed(run, repo_type)]
    if recorded:
        best = max(recorded, key=lambda run: (run["outcome"] == "finished", run["started_at"]))
        return Listing(best["crawl_id"], best["snapshot_date"], best["items"], best["outcome"] == "finished")
    return _newest_unrecorded(listings, repo_type, config)


def remedy(repo_type: str) -> str:
    """What to do where a listing is missing."""
    return f"List the hub first: hublake crawl {REPO_PATHS[repo_type]}"


def _listed(run: dict[str, Any], repo_type: str) -> bool:
    return bool(run["spider"] == REPO_PATHS[repo_type] and run["items"])


def _newest_unrecorded(listings: DeltaTable, repo_type: str, config: Settings) -> Listing:
    """A listing whose run was killed before it could write its row of crawl_runs."""
    rows: Counter[tuple[str, date]] = Counter()
    for batch in batches(listings, ("crawl_id", "snapshot_date"), pc.field("repo_type") == repo_type):
        rows.update(zip(batch.column("crawl_id").to_pylist(), batch.column("snapshot_date").to_pylist(), strict=True))
    if not rows:
        raise MissingTable(f"{LISTINGS.full_name} in {config.warehouse} holds no {repo_type}. {remedy(repo_type)}")
    crawl_id, snapshot_date = max(rows)
    return Listing(crawl_id, snapshot_date, rows[crawl_id, snapshot_date], is_whole=False)


def targets(config: Settings, listing: Listing, repo_type: str, fetched: "Fetched") -> Iterator[tuple[int, list[CardTarget]]]:
    """(listed items passed so far, the cards to fetch among the last few hundred of them), batch by batch."""
    table = existing(config, LISTINGS, remedy(repo_type))
    of_listing = (
        (pc.field("snapshot_date") == listing.snapshot_date)
        & (pc.field("crawl_id") == listing.crawl_id)
        & (pc.field("repo_type") == repo_type)
    )
    passed, out = 0, opted_out()
    for batch in batches(table, ("hub_id", "repo_id", "body"), of_listing):
        columns = (batch.column(name).to_pylist() for name in ("hub_id", "repo_id", "body"))
        promised = (card_target(*item) for item in zip(*columns, strict=True))
        passed += batch.num_rows
        yield passed, [target for target in promised if target is not None and target not in fetched and target.repo_id not in out]


class Fetched:
    """The cards that bronze holds with status 200, by repository and commit.

    Digests of 16 bytes in one sorted run: 29 MB for 1.8 million cards, where a set of strings takes 400. Two of them
    being equal by chance is less likely than 1 in 10^25.
    """

    def __init__(self, digests: Sequence[bytes] = ()) -> None:
        self._sorted = b"".join(sorted(digests))

    @classmethod
    def in_bronze(cls, config: Settings, repo_type: str) -> "Fetched":
        """Those of every crawl so far; none where the table is not there yet."""
        table = opened(config, CARDS)
        if table is None:
            return cls()
        is_card = (pc.field("status") == 200) & (pc.field("repo_type") == repo_type)
        return cls(
            [
                _digest(hub_id, sha)
                for batch in batches(table, ("hub_id", "sha"), is_card)
                for hub_id, sha in zip(batch.column("hub_id").to_pylist(), batch.column("sha").to_pylist(), strict=True)
                if sha is not None
            ]
        )

    def __len__(self) -> int:
        return len(self._sorted) // DIGEST_BYTES

    def __getitem__(self, index: int) -> bytes:
        return self._sorted[index * DIGEST_BYTES : (index + 1) * DIGEST_BYTES]

    def __contains__(self, target: CardTarget) -> bool:
        """Whether this commit's card is there; without a known commit it never is."""
        if target.sha is None:
            return False
        digest = _digest(target.hub_id, target.sha)
        place = bisect_left(self, digest)
        return place < len(self) and self[place] == digest


def _digest(hub_id: str, sha: str) -> bytes:
    return blake2b(f"{hub_id} {sha}".encode(), digest_size=DIGEST_BYTES).digest()
