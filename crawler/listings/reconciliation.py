"""Compares a new full listing with the previous one: which repositories it lacks, and which have another name.

Both listings are streamed. Memory holds 24 bytes per repository, and the differences.
"""

from collections.abc import Mapping
from dataclasses import dataclass

import pyarrow.compute as pc

from hublake.crawler.listings.stored import StoredListing, open_listings, rows_filter, stored_items
from hublake.crawler.packed_records import DIGEST_BYTES, PackedRecords, digest
from hublake.lake.delta.scan import scan_batches
from hublake.lake.delta.tables import open_table
from hublake.lake.opt_out import load_opt_out
from hublake.lake.schema.bronze import REPO_CHECKS
from hublake.lake.settings import Settings

NAME_BYTES = 8  # of a name's digest, which is compared with only one other digest


@dataclass(frozen=True)
class ListingDiff:
    """By `_id`: the names of repositories that are no longer listed, and the (old, new) names of renamed ones."""

    absent: Mapping[str, str]
    renamed: Mapping[str, tuple[str, str]]


def compare_listings(config: Settings, before: StoredListing, now: StoredListing, repo_type: str) -> ListingDiff:
    """Return how `now` differs from `before`, without what this crawl has already checked. Items without id or name are ignored."""
    names = _packed_names(config, now, repo_type)
    absent: dict[str, str] = {}
    old_names: dict[str, str] = {}
    for items in stored_items(config, before, repo_type, ("hub_id", "repo_id")):
        for hub_id, repo_id in items:
            if hub_id is None or repo_id is None:
                continue
            found = next(names.with_prefix(digest(hub_id)), None)
            if found is None:
                absent[hub_id] = repo_id
            elif found[DIGEST_BYTES:] != _name_digest(repo_id):
                old_names[hub_id] = repo_id
    checked = _checked(config, now)
    renamed = {
        hub_id: (old_names[hub_id], repo_id)
        for items in stored_items(config, now, repo_type, ("hub_id", "repo_id"))
        for hub_id, repo_id in items
        if hub_id in old_names and hub_id not in checked and repo_id is not None
    }
    opt_out = load_opt_out()  # a repository that opted out is left out of the listing, but not gone
    return ListingDiff({hub_id: name for hub_id, name in absent.items() if hub_id not in checked and name not in opt_out}, renamed)


def _name_digest(repo_id: str) -> bytes:
    return digest(repo_id)[:NAME_BYTES]


def _packed_names(config: Settings, listing: StoredListing, repo_type: str) -> PackedRecords:
    """Return the digest of each `_id`, followed by that of its name."""
    buffer = bytearray()
    for batch in scan_batches(open_listings(config, repo_type), ("hub_id", "repo_id"), rows_filter(listing.crawls, repo_type)):
        pairs = zip(batch.column("hub_id").to_pylist(), batch.column("repo_id").to_pylist(), strict=True)
        buffer += b"".join(digest(hub_id) + _name_digest(repo_id or "") for hub_id, repo_id in pairs if hub_id is not None)
    return PackedRecords(buffer, DIGEST_BYTES + NAME_BYTES)


def _checked(config: Settings, now: StoredListing) -> set[str]:
    table = open_table(config.location, REPO_CHECKS)
    if table is None:
        return set()
    batches = scan_batches(table, ("hub_id",), pc.field("crawl_id") == now.newest.crawl_id)
    return {hub_id for batch in batches for hub_id in batch.column("hub_id").to_pylist()}
