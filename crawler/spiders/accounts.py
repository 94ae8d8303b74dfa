"""The overviews of the users and organisations that own models of the newest listing."""

from collections.abc import AsyncIterator
from typing import Any, Self

import pyarrow as pa
from scrapy import Request, signals
from scrapy.crawler import Crawler
from scrapy.http import Response

from hublake.crawler.account_frontier import account_frontier, model_owners, parse_overview, stored_accounts, stored_kinds
from hublake.crawler.cards.response import REFUSAL_STATUSES
from hublake.crawler.crawl_ids import utc_now
from hublake.crawler.hub_api import InvalidResponse, account_url
from hublake.crawler.items import Rows
from hublake.crawler.listings.stored import StoredListing, newest_listing
from hublake.crawler.spiders.base import HubSpider, Output, parses
from hublake.lake.enums import ACCOUNT_KINDS
from hublake.lake.opt_out import load_opt_out
from hublake.lake.schema.bronze import ACCOUNTS

UNKNOWN_AT_FIRST = 100  # accounts; if the hub knows none of these, it has no overviews


class AccountsSpider(HubSpider):
    """Looks up each account by the route of users or of organisations; if one route does not know it, the other is tried.

    A name does not show which of the two it is. Most owners are users, so that route comes first, except for names that an earlier
    crawl or another user's overview has shown to be organisations. Nearly all accounts therefore take one request.
    """

    name = "accounts"
    counted_in = "accounts"
    listing: StoredListing

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._kinds: dict[str, str] = {}  # by name in lower case, of accounts whose kind is known without a request
        self._knows_any = False  # whether the hub has served any overview
        self._unknown: list[tuple[Response, str]] = []  # 404 before that

    @classmethod
    def from_crawler(cls, crawler: Crawler, *args: Any, **kwargs: Any) -> Self:
        spider = super().from_crawler(crawler, *args, **kwargs)
        crawler.signals.connect(spider._fail_without_overviews, signals.spider_idle)
        return spider

    def resume(self) -> None:
        """Start a crawl of what bronze lacks: the frontier alone decides, so no run depends on the previous one."""
        self.listing = newest_listing(self.config, "model")
        self.snapshot_date = self.listing.newest.snapshot_date
        super().resume()
        self.writer.begin(ACCOUNTS)  # before the frontier is read

    async def start(self) -> AsyncIterator[Request]:
        frontier = await self.in_thread(self._frontier)
        self.total = len(frontier)
        for account in frontier:
            if self.done == self.limit:
                self.is_cut = True
                return
            while self.crawler.engine.needs_backout():
                await self.crawler.signals.wait_for(signals.scheduler_empty)
            self.done += 1
            first = self._kinds.pop(account.lower(), "user")
            yield self._request(account, (first, *(kind for kind in ACCOUNT_KINDS if kind != first)))

    def _frontier(self) -> list[str]:
        """Return the accounts to look up; all of them with `full`."""
        owners = model_owners(self.config, self.listing)
        kinds = stored_kinds(self.config)
        self._knows_any = bool(kinds)
        if self.is_full:
            self._kinds = {account.lower(): kind for account, kind in kinds.items()}
        stored = pa.array([], pa.string()) if self.is_full else stored_accounts(self.config, self.snapshot_date)
        self.logger.info("accounts of listing %s: %d owners, %d stored", self.listing.newest.crawl_id, len(owners), len(stored))
        return account_frontier(owners, stored, load_opt_out())

    def _request(self, account: str, kinds: tuple[str, ...]) -> Request:
        return Request(
            account_url(self.config.endpoint, kinds[0], account),
            callback=self.parse_account,
            errback=self.handle_failure,
            cb_kwargs={"account": account, "kinds": kinds},
            dont_filter=True,
        )

    @parses
    def parse_account(self, response: Response, account: str, kinds: tuple[str, ...]) -> Output:
        """Yield the account's row, the request to the other route, or a retry; `kinds` are the routes from this response's on."""
        request = response.request
        assert request is not None  # Scrapy sets it on every response of the downloader
        if response.status == 404 and len(kinds) > 1:
            yield self._request(account, kinds[1:])
        elif response.status == 404 and not self._knows_any:
            self._buffer_unknown(response, account)
        elif response.status in REFUSAL_STATUSES:
            yield Rows(ACCOUNTS, [self._row(response, account)])
        elif response.status != 200:
            yield from self.retry(request, f"status {response.status} is neither an account nor a refusal", status=response.status)
        else:
            yield from self._found(response, request, account, kinds[0])

    def _found(self, response: Response, request: Request, account: str, kind: str) -> Output:
        try:
            text, organisations = parse_overview(response.body)
        except InvalidResponse as fault:
            yield from self.retry(request, str(fault), status=response.status)
            return
        self._kinds.update((name.lower(), "organisation") for name in organisations)
        yield Rows(ACCOUNTS, [self._row(response, account) | {"kind": kind, "body": text}], len(text))
        self._knows_any = True
        unknown, self._unknown = self._unknown, []
        if unknown:
            yield Rows(ACCOUNTS, [self._row(*buffered) for buffered in unknown])

    def _buffer_unknown(self, response: Response, account: str) -> None:
        """Keep a 404 until the hub knows any account: one without these routes says nothing about accounts."""
        self._unknown.append((response, account))
        if len(self._unknown) >= UNKNOWN_AT_FIRST:
            self._fail_without_overviews()

    def _fail_without_overviews(self) -> None:
        """End the crawl if every account so far was unknown; called for the last time when nothing is left to request."""
        if self._unknown and not self._knows_any:
            number = len(self._unknown)
            self._unknown = []
            self.fail(f"{self.config.endpoint} knows none of {number} accounts (status 404): it serves no overviews, or these are all gone")

    def _row(self, response: Response, account: str) -> dict[str, Any]:
        self.count_status(response)
        return {
            "crawl_id": self.crawl_id,
            "snapshot_date": self.snapshot_date,
            "account": account,
            "status": response.status,
            "fetched_at": utc_now(),
        }
