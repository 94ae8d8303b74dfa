"""Base of the listing spiders: each page leads to the next, and rows and checkpoint are stored in one commit."""

import asyncio
import json
import re
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from scrapy import Request
from scrapy.http import Response
from twisted.python.failure import Failure

from hublake.crawler.checkpoint import ListingCheckpoint, failed_urls, find_unfinished_listing, read_verdict
from hublake.crawler.crawl_ids import utc_now
from hublake.crawler.hub_api import (
    InvalidResponse,
    cursor_of,
    ignore_number,
    listing_url,
    may_be_truncated,
    next_page,
    page_limit,
    with_page_limit,
)
from hublake.crawler.items import Rows
from hublake.crawler.listings.certificate import Certificate, Recheck, compare_page, reaches_newest, read_stored_pages, sample_pages
from hublake.crawler.listings.page import ListedItem, split_page
from hublake.crawler.listings.seen_items import SeenItems
from hublake.crawler.listings.stored import finished_listing, newest_hub_id, object_id_of
from hublake.crawler.response_headers import list_header
from hublake.crawler.retry import GivenUp
from hublake.crawler.spiders.base import HubSpider, Output, parses
from hublake.lake.delta.tables import BatchWriter
from hublake.lake.expands import KNOWN_GOOD, accepted_expands, narrowed_expands, requested_expands, with_expands
from hublake.lake.opt_out import load_opt_out
from hublake.lake.repo_ids import parse_time
from hublake.lake.schema.bronze import LISTING_CERTIFICATES, LISTINGS

SMALLEST_PAGE = 250  # items; a page that times out is halved down to this size
NO_LIMIT = 1_000_000_000  # items: more than any page has
MOST_STALLED_PAGES = 3  # in a row without a new item; an honest page may be empty, or repeat the one before
OLD_ITEMS_AT_END = 5  # at the end of a page that a traversal ends with: one item with an odd date or id does not end it


@dataclass(frozen=True)
class Traversal:
    """One pass through a listing, in one order. It ends at items older than `known_id` or `changed_after`, without them at the end."""

    sort: str = "createdAt"
    is_descending: bool = False
    known_id: str = ""
    changed_after: str = ""

    def is_past(self, item: ListedItem) -> bool:
        """Whether the traversal has reached what was known before; an item without `_id` or `lastModified` never counts as known."""
        if self.known_id:
            return item.hub_id is not None and OBJECT_ID.fullmatch(item.hub_id) is not None and item.hub_id < self.known_id
        if self.changed_after and (changed_at := _last_modified(item)) is not None:
            return changed_at < datetime.fromisoformat(self.changed_after)
        return False


OBJECT_ID = re.compile("[0-9a-f]{24}")


def _last_modified(item: ListedItem) -> datetime | None:
    try:
        fields = json.loads(item.text, parse_int=ignore_number)
    except (ValueError, RecursionError):
        return None
    value = fields.get("lastModified") if isinstance(fields, dict) else None
    return parse_time(value) if isinstance(value, str) else None


class ListingSpider(HubSpider):
    """Requests pages one by one; their rows are stored while the next is fetched. A subclass names the listing and its `expands`."""

    expands: tuple[str, ...] = ()  # values that the server rejects are left out

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._cursors: set[str] = set()  # about 3,000 for the complete Hub
        self._page_urls: dict[int, str] = {}  # of the pages that this run has stored
        self._seen = SeenItems()  # of the current traversal
        self._stalled_pages = 0
        self._full_page = 0  # items on a full page, if the server gives fewer than requested
        self._checkpoint: ListingCheckpoint | None = None
        self._bounds = ("", "")
        self._traversal_ended: asyncio.Event = asyncio.Event()
        self._is_complete = False
        self._is_certified = False
        self._opt_out = load_opt_out()

    def resume(self) -> None:
        """Continue the last crawl by the same command, unless it has ended or `new` is set."""
        self._checkpoint = None if self.is_new else find_unfinished_listing(self.config, self.name, self._command)
        last_batches = {}
        if self._checkpoint is not None:
            self.crawl_id, self.resumed_rows = self._checkpoint.crawl_id, self._checkpoint.items
            self.snapshot_date, self.done = self._checkpoint.started_at.date(), self._checkpoint.items
            self._bounds, self.is_cut = self._checkpoint.bounds, self._checkpoint.is_cut
            last_batches = {LISTINGS: self._checkpoint.batch}
            self.recorded_failures = failed_urls(self.config, self.crawl_id)
            self._is_certified = read_verdict(self.config, self.crawl_id) is not None
            self.logger.info("resuming crawl %s after page %d", self.crawl_id, self._checkpoint.page - 1)
        elif self.is_changed:
            self._bounds = self._change_bounds()
        self.crawl_started_at = self._checkpoint.started_at if self._checkpoint else self.started_at
        self.writer = BatchWriter(self.config.location, self.identity, last_batches)

    @property
    def _command(self) -> str:
        """The options that decide what the listing contains: only a crawl with the same ones is resumed. This is a storage format."""
        kind = "changed" if self.is_changed else "full" if self.is_full else "whole"
        return f"{self.config.endpoint} {kind} limit={self.limit}"

    def _change_bounds(self) -> tuple[str, str]:
        """Return the oldest `_id` and the earliest change that previous listings may have missed."""
        known = finished_listing(self.config, self.repo_type)
        overlap = self.config.crawl.overlap_seconds
        newest = newest_hub_id(self.config, known, self.repo_type)
        known_id = object_id_of(int(newest[:8], 16) - overlap)
        return known_id, (known.newest.started_at - timedelta(seconds=overlap)).isoformat()

    @property
    def traversals(self) -> Sequence[Traversal]:
        """The passes through the listing.

        A full listing takes one, oldest first: the only order that is stable. Changes take two: the newest, then the last changed.
        """
        if not self.is_changed:
            return (Traversal(),)
        known_id, changed_after = self._bounds
        return (
            Traversal(is_descending=True, known_id=known_id),
            Traversal("lastModified", is_descending=True, changed_after=changed_after),
        )

    async def start(self) -> AsyncIterator[Request | Rows]:
        size = self.config.crawl.page_size
        self._page_size = size if self.limit is None else min(size, self.limit)  # requested
        if self._checkpoint is None:
            yield self._first_page(0, 0)
        elif self._checkpoint.next_url:
            self._page_size = page_limit(self._checkpoint.next_url) or self._page_size
            self._cursors.add(cursor_of(self._checkpoint.next_url))
            yield self._page(self._checkpoint.next_url, self._checkpoint.traversal, self._checkpoint.page)
        else:
            self._end_traversals(is_complete=not self.is_cut)
        if not self.is_changed and not self._is_certified and await self.wait_until_stored():
            for output in await self._certify():
                yield output
            await self.wait_until_processed()

    async def _certify(self) -> list[Rows]:
        """Return the row of the certificate, and that of a failure if it contradicts the listing's completeness."""
        last = max(self._page_urls, default=self._checkpoint.page - 1 if self._checkpoint else 0)
        self._page_urls.setdefault(0, self._first_page(0, 0).url)
        sampled = sample_pages(sorted(self._page_urls))
        stored = await self.in_thread(read_stored_pages, self.config, self.crawl_id, self.repo_type, {*sampled, last - 1})
        begin = self.crawl_started_at.timestamp()
        recheck = Recheck()
        for page in sampled:
            if (listed := await self._list_ids(self._page_urls[page])) is not None:
                recheck += compare_page(stored, page, listed, begin)
        newest_url = listing_url(self.config.endpoint, self.repo_type, self.expands, self._page_size, is_descending=True)
        newest = await self._list_ids(newest_url)
        tail = {page: stored.ids.get(page, set()) for page in (last - 1, last)}
        if self.is_stopping:  # the rest of the recheck has no answers: the next run certifies
            return []
        certificate = Certificate(stored, recheck, None if newest is None else reaches_newest(tail, newest, begin))
        self._is_complete = certificate.is_complete
        self.crawler.stats.set_value("hublake/certificate", certificate.describe())
        common = {"crawl_id": self.crawl_id, "snapshot_date": self.snapshot_date, "repo_type": self.repo_type}
        row = {**common, **certificate.columns(), "certified_at": utc_now()}
        failed = GivenUp(f"{certificate.describe()}; the next run starts again", status=200, attempts=1, is_outage=False)
        failures = [] if certificate.is_complete else self.give_up(Request(newest_url), failed)
        return [Rows(LISTING_CERTIFICATES, [row]), *(output for output in failures if isinstance(output, Rows))]

    async def _list_ids(self, url: str) -> list[str | None] | None:
        """Return the ids on a page now, without what opted out; None if the hub does not answer with a page."""
        request = Request(with_expands(url, ("createdAt",)) if self.expands else url, dont_filter=True)
        try:
            response = await self.crawler.engine.download_async(request)
            items = split_page(response.body, is_final=True) if response.status == 200 else None
        except Exception as problem:  # of any kind: the listing itself is stored
            self.logger.info("cannot recheck %s: %s", request.url.split("?")[0], problem)
            return None
        return None if items is None else [item.hub_id for item in items if item.repo_id not in self._opt_out]

    def _end_traversals(self, *, is_complete: bool) -> None:
        self._is_complete = is_complete
        self._traversal_ended.set()

    async def wait_until_stored(self) -> bool:
        """Wait until the last page has arrived and its rows are stored; False if the listing was cut short or given up."""
        await self._traversal_ended.wait()
        while self._is_complete and not self.is_stopping and self._stored() < self.done:
            await self.flush()
            await asyncio.sleep(0.05)  # the last rows may still be on their way to the pipeline
        return self._is_complete and not self.is_stopping

    async def wait_until_processed(self) -> None:
        """Wait for the pipeline to take what start() yielded: if that is still under way at its end, Scrapy ends five seconds later."""
        slot = self.crawler.engine.scraper.slot
        while slot is not None and not slot.is_idle() and not self.is_stopping:
            await asyncio.sleep(0.01)

    def _stored(self) -> int:
        stats = self.crawler.stats
        return self.resumed_rows + int(stats.get_value("hublake/items", 0)) + int(stats.get_value("hublake/rejected", 0))

    def give_up(self, request: Request, problem: GivenUp) -> Output:
        if request.callback == self.parse_page:
            self._end_traversals(is_complete=False)
        return super().give_up(request, problem)

    def handle_failure(self, failure: Failure) -> Output:
        """Before a page that the server cannot produce in time is given up, request it with fewer items."""
        request: Request = failure.request  # type: ignore[attr-defined]  # Scrapy adds it
        smaller = max(SMALLEST_PAGE, self._page_size // 2)
        is_timeout = isinstance(failure.value, GivenUp) and failure.value.status == 504 and request.callback == self.parse_page
        if not is_timeout or smaller >= self._page_size:
            yield from super().handle_failure(failure)
            return
        self.logger.info("pages of %d items time out; requesting %d items", self._page_size, smaller)
        self._page_size, self._full_page = smaller, 0
        kept = {name: value for name, value in request.meta.items() if name == "hub_id"}
        yield request.replace(url=with_page_limit(request.url, smaller), meta=kept, dont_filter=True)

    def _first_page(self, traversal: int, number: int) -> Request:
        order = self.traversals[traversal]
        url = listing_url(
            self.config.endpoint, self.repo_type, self.expands, self._page_size, sort=order.sort, is_descending=order.is_descending
        )
        return self._page(url, traversal, number)

    def _page(self, url: str, traversal: int, number: int) -> Request:
        arguments = {"traversal": traversal, "number": number}
        return Request(url, callback=self.parse_page, errback=self.handle_failure, cb_kwargs=arguments, dont_filter=True)

    @parses
    def parse_page(self, response: Response, traversal: int, number: int) -> Output:
        """Yield the rows of the page and the request for the next one, or a retry."""
        request = response.request
        assert request is not None  # Scrapy sets it on every response of the downloader
        if response.status == 400 and (following := self._after_400(response, request, number)):
            yield following
        elif response.status != 200:
            # A refused first page means that this is not a hub, or that we may not read it: no other request would succeed either.
            remedy = " The hub may demand a token: set HF_TOKEN." if response.status == 401 else ""
            reason = f"status {response.status}: {response.body[:200].decode('utf-8', 'replace')}{remedy}"
            if number:  # the hub listed before: it may do so again
                yield from self.retry(request, reason, status=response.status)
            else:
                yield from self.give_up(request, GivenUp(reason, status=response.status, attempts=1, is_outage=True))
        else:
            yield from self._rows_and_next(response, request, traversal, number)

    def _after_400(self, response: Response, request: Request, number: int) -> Request | None:
        """Return the request for the same page with fewer fields; None if no field is left to go without.

        A later page had its fields accepted before. Unless the message names them, it is requested once more with all of them.
        """
        message = response.body.decode("utf-8", "replace")
        if number and "was_refused" not in request.meta and not accepted_expands(message):
            return request.replace(meta={**request.meta, "was_refused": True}, dont_filter=True)
        requested = requested_expands(request.url)
        names = narrowed_expands(message, requested, KNOWN_GOOD[self.repo_type])
        if names is None:
            return None
        self.warn(f"the listing refuses fields, which are not stored: {', '.join(sorted({*requested} - {*names}))}")
        self.expands = names
        return request.replace(url=with_expands(request.url, names), dont_filter=True)

    def _rows_and_next(self, response: Response, request: Request, traversal: int, number: int) -> Output:
        try:
            items = split_page(response.body, is_final="is_unreadable" in request.meta)
            following = next_page(list_header(response.headers, "Link"), response.url, self._cursors)
        except InvalidResponse as fault:
            again = request.replace(meta={**request.meta, "is_unreadable": True})
            yield from self.retry(again, str(fault), status=response.status)
            return
        full_page = self._full_page or self._page_size
        is_suspicious = may_be_truncated(len(items), full_page, has_next=following is not None)
        if is_suspicious and self._remaining() > len(items) and request.meta.get("items") != len(items):
            again = request.replace(meta={**request.meta, "items": len(items)}, dont_filter=True)  # two responses must agree
            if "items" in request.meta:
                reason = f"the page has {len(items)} items and had {request.meta['items']} before"
                yield from self.retry(again, reason, status=response.status)
            else:
                yield again
            return
        if is_suspicious and following is not None:  # the server's pages are smaller than requested
            self._full_page = max(self._full_page, len(items))
        new_items = self._seen.count_new(items)
        self._stalled_pages = 0 if new_items or following is None else self._stalled_pages + 1
        if self._stalled_pages > MOST_STALLED_PAGES:
            reason = f"{self._stalled_pages} pages in a row contain no new item, and each names another one"
            yield from self.give_up(request, GivenUp(reason, status=response.status, attempts=1, is_outage=False))
            return
        yield from self._store_page(items if new_items else [], following, request.url, traversal, number)

    def _store_page(self, items: list[ListedItem], following: str | None, url: str, traversal: int, number: int) -> Output:
        """Yield the rows of an accepted page, none if all of its items are stored already, and the request for the next one."""
        unknown = self._until_known(items, self.traversals[traversal])
        allowed = [item for item in unknown if item.repo_id not in self._opt_out]
        self.crawler.stats.inc_value("hublake/opted_out", len(unknown) - len(allowed))
        kept = allowed[: self._remaining()]
        self.done += len(kept)
        if kept:  # a page of which nothing is stored shows nothing when it is requested again
            self._page_urls[number] = url
        is_last = following is None or len(unknown) < len(items)
        upcoming = self._next_request(None if is_last else following, traversal, number + 1)
        self.is_cut = self._remaining() == 0 and (upcoming is not None or len(kept) < len(allowed))
        upcoming = None if self.is_cut else upcoming
        yield self._rows(kept, number, upcoming)
        if upcoming is not None:
            yield upcoming
        else:
            self._end_traversals(is_complete=not self.is_cut)

    def _until_known(self, items: list[ListedItem], traversal: Traversal) -> list[ListedItem]:
        """Return the items before those that were known before; all of them unless the page ends with such items."""
        is_past = [traversal.is_past(item) for item in items]
        at_end = max(1, min(OLD_ITEMS_AT_END, len(items) // 10))
        if not items or not all(is_past[-at_end:]):
            return items
        return items[: max((index for index, past in enumerate(is_past) if not past), default=-1) + 1]

    def _next_request(self, following: str | None, traversal: int, number: int) -> Request | None:
        """Return the request for the next page: of the same traversal, or the first of the next one; None after the last of all."""
        if following is not None:
            self._cursors.add(cursor_of(following))
            return self._page(following, traversal, number)
        self._seen, self._stalled_pages = SeenItems(), 0
        return self._first_page(traversal + 1, number) if traversal + 1 < len(self.traversals) else None

    def _remaining(self) -> int:
        """Return how many items the limit still allows."""
        return NO_LIMIT if self.limit is None else self.limit - self.done

    def _rows(self, items: list[ListedItem], number: int, upcoming: Request | None) -> Rows:
        common = {
            "crawl_id": self.crawl_id,
            "snapshot_date": self.snapshot_date,
            "repo_type": self.repo_type,
            "page": number,
            "fetched_at": utc_now(),
        }
        rows = [
            {**common, "position": position, "hub_id": item.hub_id, "repo_id": item.repo_id, "body": item.text}
            for position, item in enumerate(items)
        ]
        return Rows(LISTINGS, rows, sum(len(item.text) for item in items), self._checkpoint_after(upcoming, number))

    def _checkpoint_after(self, upcoming: Request | None, number: int) -> dict[str, str]:
        """Return the commit metadata that ListingCheckpoint.from_commit reads."""
        known_id, changed_after = self._bounds
        return {
            "asked": self._command,
            "began_at": self.crawl_started_at.isoformat(),
            "walk": str(upcoming.cb_kwargs["traversal"]) if upcoming else "",
            "next_url": upcoming.url if upcoming else "",
            "next_page": str(number + 1),
            "items": str(self.done),
            "is_cut": "yes" if self.is_cut else "no",
            "known_id": known_id,
            "changed_after": changed_after,
        }
