"""What a whole listing no longer holds of the one before, and what it names otherwise.

Both are streamed; what stays in memory is 24 bytes a repository, and the differences.
"""

from collections.abc import Mapping
from dataclasses import dataclass

import pyarrow.compute as pc

from hublake.crawler.frontier import Listing, known_items, remedy, rows_of
from hublake.crawler.held import DIGEST_BYTES, Packed, digest
from hublake.lake.delta.scan import scan_batches
from hublake.lake.delta.tables import open_table, require_table
from hublake.lake.opt_out import opted_out
from hublake.lake.schema.bronze import LISTINGS, REPO_CHECKS
from hublake.lake.settings import Settings

NAME_BYTES = 8  # of a name's digest: it is compared with one other only


@dataclass(frozen=True)
class Differences:
    """By `_id`: names of repositories that are not listed any more, and (old, new) names of those that are renamed."""

    absent: Mapping[str, str]
    renamed: Mapping[str, tuple[str, str]]


def differences(config: Settings, before: Listing, now: Listing, repo_type: str) -> Differences:
    """How `now` differs from `before`, but for what this crawl has looked at already. Items without id or name are left out."""
    names = _names(config, now, repo_type)
    absent: dict[str, str] = {}
    old_names: dict[str, str] = {}
    for items in known_items(config, before, repo_type, ("hub_id", "repo_id")):
        for hub_id, repo_id in items:
            if hub_id is None or repo_id is None:
                continue
            found = next(names.starting_with(digest(hub_id)), None)
            if found is None:
                absent[hub_id] = repo_id
            elif found[DIGEST_BYTES:] != _name_digest(repo_id):
                old_names[hub_id] = repo_id
    checked = _checked(config, now)
    renamed = {
        hub_id: (old_names[hub_id], repo_id)
        for items in known_items(config, now, repo_type, ("hub_id", "repo_id"))
        for hub_id, repo_id in items
        if hub_id in old_names and hub_id not in checked and repo_id is not None
    }
    out = opted_out()  # what is left out of the listing has not gone
    return Differences({hub_id: name for hub_id, name in absent.items() if hub_id not in checked and name not in out}, renamed)


def _name_digest(repo_id: str) -> bytes:
    return digest(repo_id)[:NAME_BYTES]


def _names(config: Settings, listing: Listing, repo_type: str) -> Packed:
    rows = scan_batches(
        require_table(config.location, LISTINGS, remedy(repo_type)), ("hub_id", "repo_id"), rows_of(listing.crawls, repo_type)
    )
    pairs = (zip(batch.column("hub_id").to_pylist(), batch.column("repo_id").to_pylist(), strict=True) for batch in rows)
    run = bytearray()
    for chunk in pairs:
        run += b"".join(digest(hub_id) + _name_digest(repo_id or "") for hub_id, repo_id in chunk if hub_id is not None)
    return Packed(run, DIGEST_BYTES + NAME_BYTES)


def _checked(config: Settings, now: Listing) -> set[str]:
    table = open_table(config.location, REPO_CHECKS)
    if table is None:
        return set()
    rows = scan_batches(table, ("hub_id",), pc.field("crawl_id") == now.newest.crawl_id)
    return {hub_id for batch in rows for hub_id in batch.column("hub_id").to_pylist()}
