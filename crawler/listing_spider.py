"""What every listing has in common: one page leads to the next, and rows and place land in one commit."""

import asyncio
import json
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from scrapy import Request
from scrapy.http import Response
from twisted.python.failure import Failure

from hublake.crawler.frontier import known_listing, newest_hub_id
from hublake.crawler.hub_api import (
    HubFault,
    cursor_of,
    has_cursor,
    is_doubtful,
    limit_of,
    listing_url,
    next_page,
    refused_expands,
    with_limit,
)
from hublake.crawler.items import Rows
from hublake.crawler.listing_page import ListedItem, items_of
from hublake.crawler.resume import Place, given_up, unfinished_listing
from hublake.crawler.retry import GivenUp
from hublake.crawler.spider import HubSpider, Output, utc_now
from hublake.lake.delta.tables import BatchWriter
from hublake.lake.opt_out import opted_out
from hublake.lake.repo_ids import parse_time
from hublake.lake.schema.bronze import LISTINGS

LEAST_PAGE = 250  # items; a page that does not come is halved down to this


@dataclass(frozen=True)
class Walk:
    """One order of a listing. `known_id` and `changed_after` end it where items get older than that; empty ones do not."""

    sort: str = "createdAt"
    is_descending: bool = False
    known_id: str = ""
    changed_after: str = ""

    def is_past(self, item: ListedItem) -> bool:
        """Whether the walk has come to what was known before; an item that does not say is no reason to stop."""
        if self.known_id and item.hub_id is not None:
            return item.hub_id < self.known_id
        if self.changed_after and (changed_at := _last_modified(item)) is not None:
            return changed_at < datetime.fromisoformat(self.changed_after)
        return False


def _last_modified(item: ListedItem) -> datetime | None:
    fields = json.loads(item.text, parse_int=str)
    told = fields.get("lastModified") if isinstance(fields, dict) else None
    return parse_time(told) if isinstance(told, str) else None


def object_id_of(second: float) -> str:
    """The smallest `_id` of that Unix second: its first eight hex digits count seconds.

    >>> object_id_of(0x621FFDC1)
    '621ffdc10000000000000000'
    """
    return f"{max(0, int(second)):08x}{'0' * 16}"


class ListingSpider(HubSpider):
    """Pages come one by one; their rows land while the next is fetched. A sub-class says which listing, and what to ask of it."""

    expands: tuple[str, ...] = ()  # one that the server refuses is left out

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._cursors: set[str] = set()  # some 3,000 for the whole Hub
        self._place: Place | None = None
        self._bounds = ("", "")
        self._walk_over: asyncio.Event = asyncio.Event()
        self._is_walked = False
        self._opted_out = opted_out()

    def take_up(self) -> None:
        """Go on where the last crawl by the same command stopped, unless it ended or `new` was said."""
        self._place = None if self.is_new else unfinished_listing(self.config, self.name, self._asked)
        last = {}
        if self._place is not None:
            self.crawl_id, self.taken_up = self._place.crawl_id, self._place.items
            self.snapshot_date, self.done = self._place.started_at.date(), self._place.items
            self._bounds, self.is_cut = self._place.bounds, self._place.is_cut
            last = {LISTINGS: self._place.batch}
            self.recorded = given_up(self.config, self.crawl_id)
            self.logger.info("taking up crawl %s behind page %d", self.crawl_id, self._place.page - 1)
        elif self.is_changed:
            self._bounds = self._known_before()
        self.began_at = self._place.started_at if self._place else self.started_at
        self.appends = BatchWriter(self.config.location, self.identity, last)

    @property
    def _asked(self) -> str:
        """The command, as far as it decides what the listing holds: only a crawl of the same one is taken up."""
        kind = "changed" if self.is_changed else "full" if self.is_full else "whole"
        return f"{self.config.endpoint} {kind} limit={self.limit}"

    def _known_before(self) -> tuple[str, str]:
        """The oldest `_id` and the earliest change that the listings before may not have seen yet."""
        known = known_listing(self.config, self.repo_type)
        overlap = self.config.crawl.overlap_seconds
        newest = newest_hub_id(self.config, known, self.repo_type)
        known_id = object_id_of(int(newest[:8], 16) - overlap)
        return known_id, (known.newest.began_at - timedelta(seconds=overlap)).isoformat()

    @property
    def walks(self) -> Sequence[Walk]:
        """One walk over everything, oldest first: the one order that does not move. For changes the newest, then the last changed."""
        if not self.is_changed:
            return (Walk(),)
        known_id, changed_after = self._bounds
        return (Walk(is_descending=True, known_id=known_id), Walk("lastModified", is_descending=True, changed_after=changed_after))

    async def start(self) -> AsyncIterator[Request]:
        size = self.config.crawl.page_size
        self._page_size = size if self.limit is None else min(size, self.limit)
        if self._place is None:
            yield self._first_page(0, 0)
        elif self._place.next_url:
            self._page_size = limit_of(self._place.next_url) or self._page_size
            self._cursors.add(cursor_of(self._place.next_url))
            yield self._page(self._place.next_url, self._place.walk, self._place.page)
        else:
            self._end_walk(is_whole=not self.is_cut)

    def _end_walk(self, *, is_whole: bool) -> None:
        self._is_walked = is_whole
        self._walk_over.set()

    async def is_walked_to_end(self) -> bool:
        """Wait until the last page has come and its rows are stored; False where the walk was cut or given up."""
        await self._walk_over.wait()
        while self._is_walked and not self.is_ending and self._stored() < self.done:
            await self.flush()
            await asyncio.sleep(0.05)  # the last rows may be on their way to the sink
        return self._is_walked and not self.is_ending

    def _stored(self) -> int:
        return self.taken_up + int(self.crawler.stats.get_value("hublake/items", 0))

    def give_up(self, request: Request, problem: GivenUp) -> Output:
        if request.callback == self.parse_page:
            self._end_walk(is_whole=False)
        return super().give_up(request, problem)

    def failed(self, failure: Failure) -> Output:
        """A page that the server cannot make in time is asked for smaller before it is given up."""
        request: Request = failure.request  # type: ignore[attr-defined]  # Scrapy adds it
        smaller = max(LEAST_PAGE, self._page_size // 2)
        is_too_slow = isinstance(failure.value, GivenUp) and failure.value.status == 504 and request.callback == self.parse_page
        if not is_too_slow or smaller >= self._page_size:
            yield from super().failed(failure)
            return
        self.logger.info("pages of %d items come too slowly; asking for %d", self._page_size, smaller)
        self._page_size = smaller
        kept = {name: value for name, value in request.meta.items() if name == "hub_id"}
        yield request.replace(url=with_limit(request.url, smaller), meta=kept, dont_filter=True)

    def _first_page(self, walk: int, number: int) -> Request:
        order = self.walks[walk]
        url = listing_url(
            self.config.endpoint, self.repo_type, self.expands, self._page_size, sort=order.sort, is_descending=order.is_descending
        )
        return self._page(url, walk, number)

    def _page(self, url: str, walk: int, number: int) -> Request:
        told = {"walk": walk, "number": number}
        return Request(url, callback=self.parse_page, errback=self.failed, cb_kwargs=told, dont_filter=True)

    def parse_page(self, response: Response, walk: int, number: int) -> Output:
        """Rows of the page and the request for the next one, or a further try."""
        request = response.request
        assert request is not None  # Scrapy's own: every response of the downloader has one
        if response.status == 400 and not has_cursor(request.url) and self._drop_refused_expands(response):
            yield self._first_page(walk, number)
        elif response.status != 200:
            # The first page refused means that this is no hub, or not ours to read: nothing else would be answered either.
            reason = f"status {response.status}: {response.body[:200].decode('utf-8', 'replace')}"
            yield from self.give_up(request, GivenUp(reason, status=response.status, attempts=1, is_outage=number == 0))
        else:
            yield from self._rows_and_next(response, request, walk, number)

    def _drop_refused_expands(self, response: Response) -> bool:
        refused = refused_expands(response.body.decode("utf-8", "replace"), self.expands)
        self.expands = tuple(name for name in self.expands if name not in refused)
        if refused:
            self.logger.info("the listing does not take expand=%s; asking without", ", ".join(sorted(refused)))
        return bool(refused) and bool(self.expands)

    def _rows_and_next(self, response: Response, request: Request, walk: int, number: int) -> Output:
        link = response.headers.get("Link")
        try:
            items = items_of(response.body)
            following = next_page(link.decode("latin-1") if link else None, response.url, self._cursors)
        except HubFault as fault:
            yield from self.ask_again(request, str(fault), status=response.status)
            return
        is_doubted = is_doubtful(len(items), self._page_size, has_next=following is not None)
        if is_doubted and self._left() > len(items) and request.meta.get("items") != len(items):
            yield request.replace(meta={**request.meta, "items": len(items)}, dont_filter=True)  # two answers must agree
            return
        if is_doubted and following is not None:  # the server's pages are smaller than we asked for
            self._page_size = len(items)
        unknown = self._until_known(items, self.walks[walk])
        allowed = [item for item in unknown if item.repo_id not in self._opted_out]
        self.crawler.stats.inc_value("hublake/opted_out", len(unknown) - len(allowed))
        kept = allowed[: self._left()]
        self.done += len(kept)
        is_walked = following is None or len(unknown) < len(items)
        upcoming = self._upcoming(None if is_walked else following, walk, number + 1)
        self.is_cut = self._left() == 0 and (upcoming is not None or len(kept) < len(allowed))
        upcoming = None if self.is_cut else upcoming
        yield self._rows(kept, number, upcoming)
        if upcoming is not None:
            yield upcoming
        else:
            self._end_walk(is_whole=not self.is_cut)

    def _until_known(self, items: list[ListedItem], walk: Walk) -> list[ListedItem]:
        past = next((place for place, item in enumerate(items) if walk.is_past(item)), len(items))
        return items[:past]

    def _upcoming(self, following: str | None, walk: int, number: int) -> Request | None:
        """The page after this one: of the same walk, or the first of the next; None after the last of all."""
        if following is not None:
            self._cursors.add(cursor_of(following))
            return self._page(following, walk, number)
        return self._first_page(walk + 1, number) if walk + 1 < len(self.walks) else None

    def _left(self) -> int:
        """How many items the limit still allows; without a limit, more than any page holds."""
        return 1_000_000_000 if self.limit is None else self.limit - self.done

    def _rows(self, items: list[ListedItem], number: int, upcoming: Request | None) -> Rows:
        shared = {
            "crawl_id": self.crawl_id,
            "snapshot_date": self.snapshot_date,
            "repo_type": self.repo_type,
            "page": number,
            "fetched_at": utc_now(),
        }
        rows = [
            {**shared, "position": position, "hub_id": item.hub_id, "repo_id": item.repo_id, "body": item.text}
            for position, item in enumerate(items)
        ]
        return Rows(LISTINGS, rows, sum(len(item.text) for item in items), self._place_before(upcoming, number))

    def _place_before(self, upcoming: Request | None, number: int) -> dict[str, str]:
        """What Place.read reads."""
        known_id, changed_after = self._bounds
        return {
            "asked": self._asked,
            "began_at": self.began_at.isoformat(),
            "walk": str(upcoming.cb_kwargs["walk"]) if upcoming else "",
            "next_url": upcoming.url if upcoming else "",
            "next_page": str(number + 1),
            "items": str(self.done),
            "is_cut": "yes" if self.is_cut else "no",
            "known_id": known_id,
            "changed_after": changed_after,
        }
