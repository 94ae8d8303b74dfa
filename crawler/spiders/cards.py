"""The cards of the newest listing, several requests at a time."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from hashlib import blake2b
from typing import Any, Self

from scrapy import Request, signals
from scrapy.crawler import Crawler
from scrapy.exceptions import StopDownload
from scrapy.http import Response

from hublake.crawler.cards.frontier import card_frontier
from hublake.crawler.cards.resolve_cache import ResolveCache
from hublake.crawler.cards.response import REFUSAL_STATUSES, CardTarget, bare_etag, card_fault, detect_encoding
from hublake.crawler.cards.stored import StoredCards, load_stored_cards
from hublake.crawler.checkpoint import assign_card_crawl, crawl_runs
from hublake.crawler.crawl_ids import utc_now
from hublake.crawler.hub_api import cached_card_url, cards_arguments
from hublake.crawler.items import Rows
from hublake.crawler.listings.stored import StoredListing, newest_listing
from hublake.crawler.response_headers import header
from hublake.crawler.spiders.base import HubSpider, Output, parses
from hublake.lake.delta.tables import BatchWriter
from hublake.lake.errors import WrongUse
from hublake.lake.hub_requests import REPO_TYPES, card_url
from hublake.lake.schema.bronze import CARDS, CRAWL_FAILURES


class CardsSpider(HubSpider):
    """Requests each card at its listed commit, so that listing and card match. `of` selects models, datasets or Spaces."""

    name = "cards"
    main_bucket = "resolvers"
    can_split = True
    listing: StoredListing
    cache: ResolveCache

    def __init__(self, crawl_id: str | None = None, of: str = "models", **kwargs: Any) -> None:
        """`crawl_id` is given if a parent process starts several shards; a single run determines it itself."""
        super().__init__(**kwargs)
        if of not in REPO_TYPES:
            raise WrongUse(f"of={of} is not a listing. Valid: {', '.join(REPO_TYPES)}")
        self.repo_type, self.counted_in = REPO_TYPES[of], of
        self.arguments = cards_arguments(of)
        self._given_id = crawl_id
        self._stored = StoredCards()

    @classmethod
    def from_crawler(cls, crawler: Crawler, *args: Any, **kwargs: Any) -> Self:
        spider = super().from_crawler(crawler, *args, **kwargs)
        spider.cache = ResolveCache(spider.config.crawl.direct_cards)
        crawler.signals.connect(spider._reset_received, signals.headers_received)
        crawler.signals.connect(spider._stop_if_too_long, signals.bytes_received)
        return spider

    def resume(self) -> None:
        """Continue this shard's unfinished crawl of the newest listing's cards, or start one."""
        self.listing = newest_listing(self.config, self.repo_type)
        self.crawl_id = self._given_id or self._assigned_id()
        self.snapshot_date = self.listing.newest.snapshot_date
        self.writer = BatchWriter(self.config.location, self.identity)
        self.writer.begin(CARDS, CRAWL_FAILURES)  # before the frontier is read

    def _assigned_id(self) -> str:
        kind = f"{self.name}-full" if self.is_full else self.name
        runs = crawl_runs(self.config, self.name)
        return assign_card_crawl(self.listing.newest.crawl_id, kind, [self.shard], runs, is_new=self.is_new)[0]

    async def start(self) -> AsyncIterator[Request]:
        """Yield requests as the downloader has room for them: the complete frontier is never in memory."""
        self._stored = await self.in_thread(self._load_stored)
        self.resumed_rows = self._stored.rows
        self.crawler.stats.inc_value("hublake/failures", self._stored.failures)
        figures = (self.crawl_id, self.shard, len(self._stored.commits), self._stored.rows)
        self.logger.info("crawl %s, shard %s: %d cards are stored already, %d rows belong to this crawl", *figures)
        counting = asyncio.create_task(self._count_frontier())
        try:
            async for request in self._requests():
                yield request
        finally:
            counting.cancel()

    async def _requests(self) -> AsyncIterator[Request]:
        settled, frontier = self._settled(), self._frontier()
        while (batch := await self.in_thread(next, frontier, None)) is not None:
            for target in batch:
                if settled + self.done == self.limit:
                    self.is_cut = True
                    return
                while self.crawler.engine.needs_backout():
                    await self.crawler.signals.wait_for(signals.scheduler_empty)
                self.done += 1
                yield self._request(target)

    def _frontier(self) -> Iterator[list[CardTarget]]:
        return card_frontier(self.config, self.listing, self.repo_type, self.shard, self._stored)

    def _settled(self) -> int:
        """The number of repositories that earlier runs of this crawl have settled, which count for the limit."""
        return self._stored.rows + self._stored.failures

    async def _count_frontier(self) -> None:
        """Set the total by a pass of its own over the frontier, which is never in memory."""
        frontier, total = self._frontier(), 0
        while (batch := await asyncio.to_thread(next, frontier, None)) is not None:
            total += len(batch)
        self.total = total if self.limit is None else min(total, self.limit - self._settled())

    def _load_stored(self) -> StoredCards:
        # A refused card is requested again after each full listing, not every day after a listing of changes.
        with_refusals = bool(self.listing.changes)
        return load_stored_cards(
            self.config, self.repo_type, self.crawl_id, self.shard, own_crawl_only=self.is_full, with_refusals=with_refusals
        )

    def _request(self, target: CardTarget) -> Request:
        etags = self._stored.etags_of(target.hub_id)
        resolve_url = card_url(self.config.endpoint, self.repo_type, target.repo_id, target.sha)
        is_cached = self.cache.accepts(target)
        url = cached_card_url(self.config.endpoint, self.repo_type, target.repo_id, target.sha or "") if is_cached else resolve_url
        return Request(
            url,
            headers={"If-None-Match": ", ".join(f'"{etag}"' for etag in etags)} if etags else None,
            callback=self.parse_card,
            errback=self.handle_failure,
            cb_kwargs={"target": target},
            meta={"hub_id": target.hub_id, **({"resolve_url": resolve_url} if is_cached else {})},
            dont_filter=True,
        )

    @parses
    def parse_card(self, response: Response, target: CardTarget) -> Output:
        """Yield the row of the card or of a refusal, or a retry."""
        request = response.request
        assert request is not None  # Scrapy sets it on every response of the downloader
        if fallback := self._resolve_request(response, request):
            yield fallback
        elif response.status in REFUSAL_STATUSES or self._is_unchanged(response, request):
            yield Rows(CARDS, [self._row(response, target)])
        elif response.status != 200:
            yield from self.retry(request, f"status {response.status} is neither a card nor a refusal", status=response.status)
        elif fault := self._fault(response, request):
            seen = request.replace(meta={**request.meta, "seen": blake2b(response.body).digest()})
            yield from self.retry(seen, fault, status=response.status)
        else:
            yield self._card_rows(response, target)

    def _is_unchanged(self, response: Response, request: Request) -> bool:
        """Whether a 304 names one of the ETags that we sent, so bronze already has this card."""
        sent = header(request.headers, "If-None-Match") or ""
        return response.status == 304 and f'"{self._etag(response)}"' in sent

    def _resolve_request(self, response: Response, request: Request) -> Request | None:
        """Return the request for the same card to /resolve/, if the cache did not serve it."""
        etag = header(response.headers, "ETag")
        if "resolve_url" in request.meta:
            if self.cache.is_hit(response.status, response.body, etag, is_complete=_is_complete(response)):
                return None
            meta = {name: value for name, value in request.meta.items() if name in ("hub_id", "faults", "refusals")}
            return request.replace(url=request.meta["resolve_url"], meta={**meta, "is_fallback": True})
        if response.status == 200 and request.meta.pop("is_fallback", False):
            self.cache.record_miss()
        return None

    def _fault(self, response: Response, request: Request) -> str | None:
        """Return why the response is not a card. If a retry gives the same bytes, accept them: the ETag is not a hash of this file."""
        if request.meta.get("seen") == blake2b(response.body).digest() and not _is_html(response):
            return None
        return card_fault(
            response.body,
            self._etag(response),
            header(response.headers, "Content-Type") or "",
            has_commit="X-Repo-Commit" in response.headers,
            is_complete=_is_complete(response),
        )

    def _card_rows(self, response: Response, target: CardTarget) -> Rows:
        bound = self.config.crawl.max_card_bytes
        body = response.body[:bound]
        is_complete = _is_complete(response) and len(response.body) <= bound
        card = {
            "card_bytes": len(response.body) if _is_complete(response) else max(len(response.body), _announced_bytes(response)),
            "encoding": detect_encoding(body, is_complete=is_complete),
            "is_truncated": not is_complete,
            "body": body,
        }
        return Rows(CARDS, [self._row(response, target) | card], len(body))

    def _row(self, response: Response, target: CardTarget) -> dict[str, Any]:
        """Return all columns except those of the card's bytes: the body of an error is never stored."""
        self.count_status(response)
        return {
            "crawl_id": self.crawl_id,
            "snapshot_date": self.snapshot_date,
            "repo_type": self.repo_type,
            "hub_id": target.hub_id,
            "repo_id": target.repo_id,
            "sha": target.sha,
            "status": response.status,
            "etag": self._etag(response) if response.status in (200, 304) else None,
            "fetched_at": utc_now(),
            "is_truncated": False,
        }

    def _etag(self, response: Response) -> str | None:
        """Return the file's own ETag; an LFS file has it on the redirect to its bytes."""
        linked = response.request.meta.get("linked_etag") if response.request else None
        return bare_etag(linked or header(response.headers, "ETag"))

    def _reset_received(self, request: Request) -> None:
        request.meta["received"] = 0

    def _stop_if_too_long(self, data: bytes, request: Request) -> None:
        """Keep what has arrived of an overlong card and close the connection: the card may have no end."""
        request.meta["received"] += len(data)
        if request.meta["received"] > self.config.crawl.max_card_bytes:
            raise StopDownload(fail=False)


def _is_html(response: Response) -> bool:
    return (header(response.headers, "Content-Type") or "").lower().startswith("text/html")


def _is_complete(response: Response) -> bool:
    return "download_stopped" not in response.flags


def _announced_bytes(response: Response) -> int:
    """Return the Content-Length of a truncated body; 0 if it is missing or counts compressed bytes."""
    length = header(response.headers, "Content-Length") or ""
    return int(length) if length.isdecimal() and len(length) < 16 and "decoded" not in response.flags else 0
