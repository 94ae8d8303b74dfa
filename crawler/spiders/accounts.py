"""The users and organisations that own models of the newest listing, each by its overview."""

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import pyarrow as pa
from scrapy import Request, signals
from scrapy.http import Response

from hublake.crawler.accounts import known_accounts, known_kinds, overview_of, owners, wanted
from hublake.crawler.card_answer import TELLING_STATUSES
from hublake.crawler.frontier import Listing, newest_listing
from hublake.crawler.hub_api import HubFault, account_url
from hublake.crawler.items import Rows
from hublake.crawler.spider import HubSpider, Output, utc_now
from hublake.lake.enums import ACCOUNT_KINDS
from hublake.lake.opt_out import opted_out
from hublake.lake.schema.bronze import ACCOUNTS


class AccountsSpider(HubSpider):
    """A name does not tell whether it is a user's or an organisation's: where one route does not know it, the other is asked.

    Most owners are users, so that route comes first, but for names that an earlier crawl or another user's overview has shown to be
    organisations: one request for nearly all.
    """

    name = "accounts"
    counted_in = "accounts"
    listing: Listing

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._kinds: dict[str, str] = {}  # by name in lower case, of those that are known without asking

    def take_up(self) -> None:
        """What bronze does not hold is what is left, so that no run needs to know of the one before."""
        self.listing = newest_listing(self.config, "model")
        self.snapshot_date = self.listing.newest.snapshot_date
        super().take_up()
        self.appends.begin(ACCOUNTS)  # before the frontier is read

    async def start(self) -> AsyncIterator[Request]:
        frontier = await asyncio.to_thread(self._frontier)
        self.total = len(frontier)
        for account in frontier:
            if self.done == self.limit:
                self.is_cut = True
                return
            while self.crawler.engine.needs_backout():
                await self.crawler.signals.wait_for(signals.scheduler_empty)
            self.done += 1
            first = self._kinds.pop(account.lower(), "user")
            yield self._look_up(account, (first, *(kind for kind in ACCOUNT_KINDS if kind != first)))

    def _frontier(self) -> list[str]:
        """The accounts still to be looked up; all of them with `full`."""
        every = owners(self.config, self.listing)
        if self.is_full:
            self._kinds = {account.lower(): kind for account, kind in known_kinds(self.config).items()}
        known = pa.array([], pa.string()) if self.is_full else known_accounts(self.config, self.snapshot_date)
        self.logger.info("accounts of listing %s: %d owners, %d known", self.listing.newest.crawl_id, len(every), len(known))
        return wanted(every, known, opted_out())

    def _look_up(self, account: str, kinds: tuple[str, ...]) -> Request:
        return Request(
            account_url(self.config.endpoint, kinds[0], account),
            callback=self.parse_account,
            errback=self.failed,
            cb_kwargs={"account": account, "kinds": kinds},
            dont_filter=True,
        )

    def parse_account(self, response: Response, account: str, kinds: tuple[str, ...]) -> Output:
        """The account's row, or the other route, or a further try; `kinds` are the routes not asked before this answer."""
        request = response.request
        assert request is not None  # Scrapy's own: every response of the downloader has one
        if response.status == 404 and len(kinds) > 1:
            yield self._look_up(account, kinds[1:])
        elif response.status in TELLING_STATUSES:
            yield Rows(ACCOUNTS, [self._row(response, account)])
        elif response.status != 200:
            yield from self.ask_again(request, f"status {response.status} is neither an account nor a refusal", status=response.status)
        else:
            yield from self._found(response, request, account, kinds[0])

    def _found(self, response: Response, request: Request, account: str, kind: str) -> Output:
        try:
            text, organisations = overview_of(response.body)
        except HubFault as fault:
            yield from self.ask_again(request, str(fault), status=response.status)
            return
        self._kinds.update((name.lower(), "organisation") for name in organisations)
        yield Rows(ACCOUNTS, [self._row(response, account) | {"kind": kind, "body": text}], len(text))

    def _row(self, response: Response, account: str) -> dict[str, Any]:
        return {
            "crawl_id": self.crawl_id,
            "snapshot_date": self.snapshot_date,
            "account": account,
            "status": response.status,
            "fetched_at": utc_now(),
        }
