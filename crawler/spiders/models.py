"""The whole listing of models, oldest first, each item with everything that the listing gives."""

from collections.abc import AsyncIterator
from typing import Any

from scrapy import Request
from scrapy.http import Response

from crawler.hub_api import MODEL_EXPANDS, HubFault, ListedItem, cursor_of, is_doubtful, items_of, listing_url, next_page, refused_expands
from crawler.items import Rows
from crawler.retry import GivenUp
from crawler.spider import HubSpider, Output, utc_now
from lake.tables.bronze import LISTINGS


class ModelsSpider(HubSpider):
    """One page leads to the next, so pages come one by one; their rows land while the next is fetched."""

    name = "models"

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._expands: tuple[str, ...] = MODEL_EXPANDS
        self._cursors: set[str] = set()  # some 3,000 for the whole Hub

    async def start(self) -> AsyncIterator[Request]:
        yield self._first_page()

    def _first_page(self) -> Request:
        size = self.config.crawl.page_size
        self._page_size = size if self.limit is None else min(size, self.limit)
        return self._page(listing_url(self.config.endpoint, self.repo_type, self._expands, self._page_size), 0)

    def _page(self, url: str, number: int) -> Request:
        return Request(url, callback=self.parse_page, errback=self.failed, cb_kwargs={"number": number}, dont_filter=True)

    def parse_page(self, response: Response, number: int) -> Output:
        """Rows of the page and the request for the next one, or a further try."""
        request = response.request
        assert request is not None  # Scrapy's own: every response of the downloader has one
        if response.status == 400 and number == 0 and self._drop_refused_expands(response):
            yield self._first_page()
        elif response.status != 200:
            # The first page refused means that this is no hub, or not ours to read: nothing else would be answered either.
            reason = f"status {response.status}: {response.body[:200].decode('utf-8', 'replace')}"
            yield from self.give_up(request, GivenUp(reason, status=response.status, attempts=1, is_outage=number == 0))
        else:
            yield from self._rows_and_next(response, request, number)

    def _drop_refused_expands(self, response: Response) -> bool:
        refused = refused_expands(response.body.decode("utf-8", "replace"), self._expands)
        self._expands = tuple(name for name in self._expands if name not in refused)
        if refused:
            self.logger.info("the listing does not take expand=%s; asking without", ", ".join(sorted(refused)))
        return bool(refused) and bool(self._expands)

    def _rows_and_next(self, response: Response, request: Request, number: int) -> Output:
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
        if is_doubted and number == 0 and following is not None:  # the server's pages are smaller than we asked for
            self._page_size = len(items)
        kept = items[: self._left()]
        self.done += len(kept)
        yield self._rows(kept, number)
        self.is_cut = self._left() == 0 and (following is not None or len(kept) < len(items))
        if following is not None and not self.is_cut:
            self._cursors.add(cursor_of(following))
            yield self._page(following, number + 1)

    def _left(self) -> int:
        """How many items the limit still allows; without a limit, more than any page holds."""
        return 1_000_000_000 if self.limit is None else self.limit - self.done

    def _rows(self, items: list[ListedItem], number: int) -> Rows:
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
        return Rows(LISTINGS, rows, sum(len(item.text) for item in items))
