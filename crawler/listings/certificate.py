"""The certificate of a finished listing: what bronze stores of it, and what a recheck of some of its pages found.

That every page had a next link until the last one is what the hub said. The certificate shows by the stored rows whether an id came twice,
and by repeated requests that pages still hold what was stored and that the listing ends where the hub ends.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from hublake.lake.delta.scan import scan_batches
from hublake.lake.delta.tables import open_table
from hublake.lake.schema.bronze import LISTINGS
from hublake.lake.settings import Settings

SAMPLED_PAGES = 3  # between the first and the last one
TOLERATED_SHARE = 0.01  # of the rechecked items: repositories become public while a crawl runs


@dataclass
class StoredPages:
    """One listing crawl as bronze stores it. `ids` holds the ids of the rechecked pages, and of their successors."""

    pages: int = 0
    items: int = 0
    unidentified_items: int = 0
    first_hub_id: str | None = None
    last_hub_id: str | None = None
    is_ascending: bool = True  # ids rise strictly from the first item to the last, so none came twice
    ids: dict[int, set[str]] = field(default_factory=dict)


@dataclass(frozen=True)
class Recheck:
    """Pages requested again: `gone` items are stored and no longer listed, `missed` ones older than the crawl and not stored."""

    pages: int = 0
    items: int = 0
    gone: int = 0
    missed: int = 0

    def __add__(self, other: "Recheck") -> "Recheck":
        return Recheck(self.pages + other.pages, self.items + other.items, self.gone + other.gone, self.missed + other.missed)


def sample_pages(known: Sequence[int]) -> list[int]:
    """Return the pages to recheck: the first, the last and a few at even distances.

    >>> sample_pages(range(3118)), sample_pages([0, 7]), sample_pages([])
    ([0, 779, 1558, 2337, 3117], [0, 7], [])
    """
    last = len(known) - 1
    steps = SAMPLED_PAGES + 1
    return [known[index] for index in sorted({last * step // steps for step in range(steps + 1)})] if known else []


def read_stored_pages(config: Settings, crawl_id: str, repo_type: str, wanted: Iterable[int]) -> StoredPages:
    """Read the ids of a crawl's rows; `wanted` are the pages whose ids are needed. Memory: five integers per page, and those ids."""
    found = StoredPages()
    kept = {number for page in wanted for number in (page, page + 1)}
    ends: dict[int, tuple[str, str]] = {}  # of each page: its first and its last id, in the order of positions
    where = (pc.field("crawl_id") == crawl_id) & (pc.field("repo_type") == repo_type)
    numbers: set[int] = set()
    table = open_table(config.location, LISTINGS)  # missing if the only listing so far was empty
    rows = scan_batches(table, ("page", "position", "hub_id"), where) if table is not None else ()
    for page, ids in _by_page(rows):
        numbers.add(page)
        found.items += len(ids)
        named = [hub_id for hub_id in ids if hub_id is not None]
        found.unidentified_items += len(ids) - len(named)
        found.is_ascending &= all(one < other for one, other in pairwise(named))
        if named:
            first, last = ends.get(page, (named[0], named[-1]))
            found.is_ascending &= page not in ends or last < named[0]
            ends[page] = (first, named[-1])
        if page in kept:
            found.ids.setdefault(page, set()).update(named)
    found.pages = len(numbers)
    ordered = [ends[page] for page in sorted(ends)]
    found.is_ascending &= all(one[1] < other[0] for one, other in pairwise(ordered))
    if ordered:
        found.first_hub_id, found.last_hub_id = ordered[0][0], ordered[-1][1]
    return found


def _by_page(batches: Iterable[pa.RecordBatch]) -> Iterator[tuple[int, list[str | None]]]:
    """Yield (page, ids) for each run of rows of one page; a page may come in several runs, in the order of its positions."""
    for batch in batches:
        columns = (batch.column(name).to_pylist() for name in ("page", "position", "hub_id"))
        rows = sorted(zip(*columns, strict=True), key=lambda row: row[:2])
        start = 0
        for index in range(1, len(rows) + 1):
            if index == len(rows) or rows[index][0] != rows[start][0]:
                yield rows[start][0], [row[2] for row in rows[start:index]]
                start = index


def compare_page(stored: StoredPages, page: int, listed: Sequence[str | None], newest_second: float) -> Recheck:
    """Compare a page with its rows. Items move up where others have gone, so those of the next page count as stored too.

    A page may also be longer now than when it was stored: what follows the next page's last item is not compared.
    """
    now = {hub_id for hub_id in listed if hub_id is not None}
    before, after = stored.ids.get(page, set()), stored.ids.get(page + 1, set())
    stop = max(after, default=None)
    compared = now if stop is None else {hub_id for hub_id in now if hub_id <= stop}
    missed = sum(_is_older(hub_id, newest_second) for hub_id in compared - before - after)
    end = max(now, default="")
    gone = sum(hub_id not in now and hub_id <= end for hub_id in before)
    return Recheck(1, len(now), gone, missed)


def reaches_newest(tail: Mapping[int, set[str]], listed: Sequence[str | None], newest_second: float) -> bool | None:
    """Whether the stored listing reaches the hub's newest items, given in descending order; None if that cannot be decided."""
    ids = [hub_id for hub_id in listed if hub_id is not None]
    older = [hub_id for hub_id in ids if _is_older(hub_id, newest_second)]
    if not older or ids != sorted(ids, reverse=True):
        return None
    return any(hub_id in known for known in tail.values() for hub_id in older)


def _is_older(hub_id: str, second: float) -> bool:
    """Whether an `_id` was made before a Unix second; False for ids of another form, which do not show it."""
    try:
        return len(hub_id) == 24 and int(hub_id[:8], 16) < second
    except ValueError:
        return False


@dataclass(frozen=True)
class Certificate:
    """What shows that a listing is complete. `reaches_newest` is None if the hub does not list in descending order."""

    stored: StoredPages
    recheck: Recheck
    reaches_newest: bool | None

    @property
    def is_complete(self) -> bool:
        """Whether nothing contradicts the listing's completeness."""
        return self.reaches_newest is not False and self.recheck.missed <= TOLERATED_SHARE * self.recheck.items

    def columns(self) -> dict[str, Any]:
        """Return the columns of bronze.listing_certificates, without those that name the crawl."""
        stored, recheck = self.stored, self.recheck
        return {
            **{
                name: getattr(stored, name)
                for name in ("pages", "items", "unidentified_items", "first_hub_id", "last_hub_id", "is_ascending")
            },
            "rechecked_pages": recheck.pages,
            "rechecked_items": recheck.items,
            "gone_items": recheck.gone,
            "missed_items": recheck.missed,
            "has_newest": self.reaches_newest,
            "is_complete": self.is_complete,
        }

    def describe(self) -> str:
        """Return the certificate in a sentence, for the closing message."""
        stored, recheck = self.stored, self.recheck
        order = "ids strictly ascending" if stored.is_ascending else "ids not in ascending order"
        end = {True: "; it reaches the newest", False: "; the hub's newest items are missing", None: ""}[self.reaches_newest]
        found = f"a recheck of {recheck.pages} pages found {recheck.missed} items missed and {recheck.gone} gone"
        return f"{stored.items:,} items on {stored.pages:,} pages, {order}; {found}{end}"
