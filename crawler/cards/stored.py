"""What bronze already stores of the cards, packed into a few dozen bytes per card."""

import re
from dataclasses import dataclass, field

import pyarrow.compute as pc

from hublake.crawler.cards.response import CardTarget
from hublake.crawler.packed_records import DIGEST_BYTES, PackedRecords, digest
from hublake.crawler.shards import Shard
from hublake.lake.delta.scan import scan_batches
from hublake.lake.delta.tables import open_table
from hublake.lake.schema.bronze import CARDS, CRAWL_FAILURES
from hublake.lake.settings import Settings

ETAG_BYTES = 20
GIT_ETAG = re.compile("[0-9a-f]{40}")
MOST_ETAGS = 8  # in one request: the size of a header is limited


@dataclass
class StoredCards:
    """For one shard: the cards that bronze has at their commit, what this crawl has settled, and the ETags of earlier cards."""

    commits: PackedRecords = field(default_factory=PackedRecords)
    settled: PackedRecords = field(default_factory=PackedRecords)  # repositories with a response in this crawl, or given up by it
    etags: PackedRecords = field(default_factory=lambda: PackedRecords(width=DIGEST_BYTES + ETAG_BYTES))
    rows: int = 0  # of this crawl
    failures: int = 0  # of this crawl

    def __contains__(self, target: CardTarget) -> bool:
        """Whether no request is needed: the card at this commit is stored, or this crawl has settled the repository."""
        is_stored = target.sha is not None and digest(target.hub_id, target.sha) in self.commits
        return is_stored or digest(target.hub_id) in self.settled

    def etags_of(self, hub_id: str) -> list[str]:
        """Return the ETags of a repository's stored cards, for If-None-Match."""
        found = [record[DIGEST_BYTES:].hex() for record in self.etags.with_prefix(digest(hub_id))]
        return list(dict.fromkeys(found))[:MOST_ETAGS]


def load_stored_cards(
    config: Settings, repo_type: str, crawl_id: str, shard: Shard, *, own_crawl_only: bool = False, with_refusals: bool = False
) -> StoredCards:
    """Load what all crawls so far have stored of a shard.

    With `own_crawl_only`, only the rows of this crawl count, so that all other cards are fetched again. With `with_refusals`, a commit
    whose card was refused (gated, gone ...) is not requested again either.
    """
    failed = _failed(config, crawl_id, shard)
    commits, settled, etags = bytearray(), bytearray().join(failed), bytearray()  # lists of two million would take a gigabyte
    rows = 0
    table = open_table(config.location, CARDS)
    columns = ("crawl_id", "hub_id", "sha", "status", "etag")
    for batch in scan_batches(table, columns, pc.field("repo_type") == repo_type) if table else ():
        for card in batch.to_pylist():
            if card["hub_id"] not in shard:
                continue
            if card["crawl_id"] == crawl_id:
                rows += 1
                settled += digest(card["hub_id"])
            if not own_crawl_only and card["sha"] is not None and (with_refusals or card["status"] in (200, 304)):
                commits += digest(card["hub_id"], card["sha"])
            if not own_crawl_only and card["status"] == 200 and GIT_ETAG.fullmatch(card["etag"] or ""):
                etags += digest(card["hub_id"]) + bytes.fromhex(card["etag"])
    packed_etags = PackedRecords(etags, DIGEST_BYTES + ETAG_BYTES)
    return StoredCards(PackedRecords(commits), PackedRecords(settled), packed_etags, rows, len(failed))


def _failed(config: Settings, crawl_id: str, shard: Shard) -> list[bytes]:
    """Return the digests of the shard's repositories that this crawl has given up."""
    table = open_table(config.location, CRAWL_FAILURES)
    if table is None:
        return []
    rows = (row for batch in scan_batches(table, ("hub_id",), pc.field("crawl_id") == crawl_id) for row in batch.to_pylist())
    return [digest(row["hub_id"]) for row in rows if row["hub_id"] is not None and row["hub_id"] in shard]
