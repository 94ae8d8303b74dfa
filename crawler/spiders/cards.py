"""The cards that the newest listing promises, several at once."""

import asyncio
from collections.abc import AsyncIterator
from hashlib import blake2b
from typing import Any, Self

from scrapy import Request, signals
from scrapy.crawler import Crawler
from scrapy.exceptions import StopDownload
from scrapy.http import Headers, Response

from hublake.crawler.card_answer import TELLING_STATUSES, CardTarget, bare_etag, fault_of_card, text_encoding
from hublake.crawler.direct import DirectCards
from hublake.crawler.frontier import Listing, newest_listing, targets
from hublake.crawler.held import Held, held_in_bronze
from hublake.crawler.hub_api import REPO_TYPES, cached_card_url, card_url, typed_cards
from hublake.crawler.items import Rows
from hublake.crawler.resume import crawl_of_cards, runs_of
from hublake.crawler.spider import HubSpider, Output, utc_now
from hublake.lake.delta.tables import BatchWriter
from hublake.lake.errors import WrongUse
from hublake.lake.schema.bronze import CARDS, CRAWL_FAILURES


class CardsSpider(HubSpider):
    """A card is asked for at the commit that was listed, so that listing and card belong together. `of` says whose cards."""

    name = "cards"
    main_bucket = "resolvers"
    can_split = True
    listing: Listing
    direct: DirectCards

    def __init__(self, crawl_id: str | None = None, of: str = "models", **kwargs: Any) -> None:
        """`crawl_id` is settled by whoever starts several shards together; one alone finds it out."""
        super().__init__(**kwargs)
        if of not in REPO_TYPES:
            raise WrongUse(f"of={of} is no listing. There are: {', '.join(REPO_TYPES)}")
        self.repo_type, self.counted_in = REPO_TYPES[of], f"listed {of}"
        self.typed = typed_cards(of)
        self._given_id = crawl_id
        self._held = Held()

    @classmethod
    def from_crawler(cls, crawler: Crawler, *args: Any, **kwargs: Any) -> Self:
        spider = super().from_crawler(crawler, *args, **kwargs)
        spider.direct = DirectCards(spider.config.crawl.direct_cards)
        crawler.signals.connect(spider._count_from_zero, signals.headers_received)
        crawler.signals.connect(spider._stop_at_bound, signals.bytes_received)
        return spider

    def take_up(self) -> None:
        """Join the crawl of the newest listing's cards that this shard has not ended yet."""
        self.listing = newest_listing(self.config, self.repo_type)
        self.crawl_id = self._given_id or self._own_id()
        self.snapshot_date = self.listing.newest.snapshot_date
        self.total = self.part.share_of(self.listing.whole.items)
        self.appends = BatchWriter(self.config.location, self.identity)
        self.appends.begin(CARDS, CRAWL_FAILURES)  # before the frontier is read

    def _own_id(self) -> str:
        kind = f"{self.name}-full" if self.is_full else self.name
        runs = runs_of(self.config, self.name)
        return crawl_of_cards(self.listing.newest.crawl_id, kind, [self.part], runs, is_new=self.is_new)[0]

    async def start(self) -> AsyncIterator[Request]:
        """Requests as the downloader has room for them: the frontier is never in memory."""
        # What was refused is asked for again behind each whole listing, not day by day behind those of changes.
        how = {"again": self.is_full, "with_refusals": bool(self.listing.changes)}
        self._held = await asyncio.to_thread(held_in_bronze, self.config, self.repo_type, self.crawl_id, self.part, **how)
        self.taken_up = self._held.rows
        self.crawler.stats.inc_value("hublake/failures", self._held.failures)
        told = (self.crawl_id, self.shard, len(self._held.commits), self._held.rows)
        self.logger.info("crawl %s, shard %s: %d cards are here already, %d rows are of this crawl", *told)
        found = targets(self.config, self.listing, self.repo_type, self.part, self._held)
        asked = self._held.rows + self._held.failures
        while (step := await asyncio.to_thread(next, found, None)) is not None:
            passed, batch = step
            for place, target in batch:
                if asked == self.limit:
                    self.is_cut = True
                    return
                while self.crawler.engine.needs_backout():
                    await self.crawler.signals.wait_for(signals.scheduler_empty)
                asked += 1
                self.done = place
                yield self._card(target)
            self.done = passed

    def _card(self, target: CardTarget) -> Request:
        etags = self._held.etags_of(target.hub_id)
        by_resolve = card_url(self.config.endpoint, self.repo_type, target.repo_id, target.sha)
        is_direct = self.direct.suits(target)
        url = cached_card_url(self.config.endpoint, self.repo_type, target.repo_id, target.sha or "") if is_direct else by_resolve
        return Request(
            url,
            headers={"If-None-Match": ", ".join(f'"{etag}"' for etag in etags)} if etags else None,
            callback=self.parse_card,
            errback=self.failed,
            cb_kwargs={"target": target},
            meta={"hub_id": target.hub_id, **({"by_resolve": by_resolve} if is_direct else {})},
            dont_filter=True,
        )

    def parse_card(self, response: Response, target: CardTarget) -> Output:
        """The card's row, or that of a telling refusal, or a further try."""
        request = response.request
        assert request is not None  # Scrapy's own: every response of the downloader has one
        if again := self._by_resolve(response, request):
            yield again
        elif response.status in TELLING_STATUSES or self._is_unchanged(response, request):
            yield Rows(CARDS, [self._row(response, target)])
        elif response.status != 200:
            yield from self.ask_again(request, f"status {response.status} is neither a card nor a refusal", status=response.status)
        elif fault := self._fault(response, request):
            seen = request.replace(meta={**request.meta, "seen": blake2b(response.body).digest()})
            yield from self.ask_again(seen, fault, status=response.status)
        else:
            yield self._card_row(response, target)

    def _is_unchanged(self, response: Response, request: Request) -> bool:
        """A 304 that names one of the ETags we sent: then bronze has the bytes."""
        asked = _text(request.headers, "If-None-Match") or ""
        return response.status == 304 and f'"{self._etag(response)}"' in asked

    def _by_resolve(self, response: Response, request: Request) -> Request | None:
        """The same card by the longer way, where the cache did not serve it."""
        etag = _text(response.headers, "ETag")
        if "by_resolve" in request.meta:
            if self.direct.served(response.status, response.body, etag, is_whole=_is_whole(response)):
                return None
            meta = {name: value for name, value in request.meta.items() if name in ("hub_id", "faults", "refusals")}
            return request.replace(url=request.meta["by_resolve"], meta={**meta, "was_direct": True})
        if response.status == 200 and request.meta.pop("was_direct", False):
            self.direct.missed()
        return None

    def _fault(self, response: Response, request: Request) -> str | None:
        """Why the answer is no card. The same bytes a second time are one: then it is the ETag that names something else."""
        if request.meta.get("seen") == blake2b(response.body).digest() and not _is_html(response):
            return None
        return fault_of_card(
            response.body,
            self._etag(response),
            _text(response.headers, "Content-Type") or "",
            has_commit="X-Repo-Commit" in response.headers,
            is_whole=_is_whole(response),
        )

    def _card_row(self, response: Response, target: CardTarget) -> Rows:
        bound = self.config.crawl.max_card_bytes
        body = response.body[:bound]
        is_whole = _is_whole(response) and len(response.body) <= bound
        card = {
            "card_bytes": len(response.body) if _is_whole(response) else max(len(response.body), _announced_bytes(response)),
            "encoding": text_encoding(body, is_whole=is_whole),
            "is_truncated": not is_whole,
            "body": body,
        }
        return Rows(CARDS, [self._row(response, target) | card], len(body))

    def _row(self, response: Response, target: CardTarget) -> dict[str, Any]:
        """All columns but those of the card's bytes: an error's body is never kept."""
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
        """The file's own: that of an LFS file stands on the redirect to its bytes."""
        linked = response.request.meta.get("linked_etag") if response.request else None
        return bare_etag(linked or _text(response.headers, "ETag"))

    def _count_from_zero(self, request: Request) -> None:
        request.meta["received"] = 0

    def _stop_at_bound(self, data: bytes, request: Request) -> None:
        """Keep what came so far of an overlong card and hang up: it may have no end."""
        request.meta["received"] += len(data)
        if request.meta["received"] > self.config.crawl.max_card_bytes:
            raise StopDownload(fail=False)


def _text(headers: Headers, name: str) -> str | None:
    value = headers.get(name)
    return None if value is None else value.decode("latin-1")


def _is_html(response: Response) -> bool:
    return (_text(response.headers, "Content-Type") or "").lower().startswith("text/html")


def _is_whole(response: Response) -> bool:
    return "download_stopped" not in response.flags


def _announced_bytes(response: Response) -> int:
    """What Content-Length says of a body that was cut; 0 where it is missing or counts packed bytes."""
    length = _text(response.headers, "Content-Length") or ""
    return int(length) if length.isdecimal() and len(length) < 16 and "decoded" not in response.flags else 0
