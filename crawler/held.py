"""What bronze already holds of the cards, packed: a few dozen bytes a card, where sets of strings take hundreds.

Digests are 16 bytes: two of two million being equal by chance is less likely than 1 in 10^25.
"""

import re
from bisect import bisect_left
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from hashlib import blake2b

import pyarrow as pa
import pyarrow.compute as pc

from hublake.crawler.card_answer import CardTarget
from hublake.crawler.shards import Shard
from hublake.lake.delta.scan import scan_batches
from hublake.lake.delta.tables import open_table
from hublake.lake.schema.bronze import CARDS, CRAWL_FAILURES
from hublake.lake.settings import Settings

DIGEST_BYTES, ETAG_BYTES = 16, 20
GIT_ETAG = re.compile("[0-9a-f]{40}")
MOST_ETAGS = 8  # named in one request; a header has its bounds


def digest(*parts: str) -> bytes:
    """Of ids and commits, which hold no blanks."""
    return blake2b(" ".join(parts).encode(), digest_size=DIGEST_BYTES).digest()


class Packed(Sequence[bytes]):
    """Byte strings of one width, sorted, in one run of memory."""

    def __init__(self, run: bytes | bytearray = b"", width: int = DIGEST_BYTES) -> None:
        """`run` holds the records one behind the other, in any order."""
        self._width = width
        found = pa.Array.from_buffers(pa.binary(width), len(run) // width, [None, pa.py_buffer(run)])
        records = found.take(pc.sort_indices(found))
        self._count = len(records)
        self._run = memoryview(records.buffers()[1] or b"")  # Arrow's own memory: no copy

    def __len__(self) -> int:
        return self._count

    def __getitem__(self, index: int) -> bytes:  # type: ignore[override]  # nobody slices it
        if not 0 <= index < self._count:
            raise IndexError(index)
        return bytes(self._run[index * self._width : (index + 1) * self._width])

    def __contains__(self, record: object) -> bool:
        return isinstance(record, bytes) and next(iter(self.starting_with(record)), None) is not None

    def starting_with(self, start: bytes) -> Iterator[bytes]:
        """All records that begin so."""
        place = bisect_left(self, start)
        while place < self._count and self[place].startswith(start):
            yield self[place]
            place += 1


@dataclass
class Held:
    """Of one shard: the cards that bronze has at their commit, what this crawl has settled, and ETags of earlier cards."""

    commits: Packed = field(default_factory=Packed)
    settled: Packed = field(default_factory=Packed)  # repositories that this crawl has an answer of, or has given up
    etags: Packed = field(default_factory=lambda: Packed(width=DIGEST_BYTES + ETAG_BYTES))
    rows: int = 0  # of this crawl
    failures: int = 0  # of this crawl

    def __contains__(self, target: CardTarget) -> bool:
        """Whether nothing is to be asked: the card at this commit is there, or this crawl is through with the repository."""
        is_here = target.sha is not None and digest(target.hub_id, target.sha) in self.commits
        return is_here or digest(target.hub_id) in self.settled

    def etags_of(self, hub_id: str) -> list[str]:
        """Those of the cards that bronze has of a repository, for If-None-Match."""
        found = [record[DIGEST_BYTES:].hex() for record in self.etags.starting_with(digest(hub_id))]
        return list(dict.fromkeys(found))[:MOST_ETAGS]


def held_in_bronze(
    config: Settings, repo_type: str, crawl_id: str, shard: Shard, *, again: bool = False, with_refusals: bool = False
) -> Held:
    """What all crawls so far left of that shard.

    With `again` only what this crawl did, so that all others are fetched anew; with `with_refusals` a commit whose card was
    refused (gated, gone ...) is not asked for again either.
    """
    failed = _failed(config, crawl_id, shard)
    commits, settled, etags = bytearray(), bytearray().join(failed), bytearray()  # not lists: of two million they would take a gigabyte
    rows = 0
    table = open_table(config.location, CARDS)
    for batch in scan_batches(table, ("crawl_id", "hub_id", "sha", "status", "etag"), pc.field("repo_type") == repo_type) if table else ():
        for card in batch.to_pylist():
            if card["hub_id"] not in shard:
                continue
            if card["crawl_id"] == crawl_id:
                rows += 1
                settled += digest(card["hub_id"])
            if not again and card["sha"] is not None and (with_refusals or card["status"] in (200, 304)):
                commits += digest(card["hub_id"], card["sha"])
            if not again and card["status"] == 200 and GIT_ETAG.fullmatch(card["etag"] or ""):
                etags += digest(card["hub_id"]) + bytes.fromhex(card["etag"])
    packed_etags = Packed(etags, DIGEST_BYTES + ETAG_BYTES)
    return Held(Packed(commits), Packed(settled), packed_etags, rows, len(failed))


def _failed(config: Settings, crawl_id: str, shard: Shard) -> list[bytes]:
    table = open_table(config.location, CRAWL_FAILURES)
    if table is None:
        return []
    asked = [row["hub_id"] for batch in scan_batches(table, ("hub_id",), pc.field("crawl_id") == crawl_id) for row in batch.to_pylist()]
    return [digest(hub_id) for hub_id in asked if hub_id is not None and hub_id in shard]
