"""Listings that can be compared with the one before: with `full`, whatever has gone or was renamed is found and looked at by itself."""

import asyncio
import json
from collections.abc import AsyncIterator
from typing import Any

from scrapy import Request
from scrapy.http import Response

from hublake.crawler.comparison import Differences, differences
from hublake.crawler.frontier import Crawl, Listing, known_listing
from hublake.crawler.hub_api import repo_url, unread
from hublake.crawler.items import Rows
from hublake.crawler.listing_spider import ListingSpider
from hublake.crawler.spider import Output, utc_now
from hublake.lake.errors import MissingTable
from hublake.lake.schema.bronze import REPO_CHECKS

NOT_KNOWN = (401, 404, 410)  # what the Hub says of a repository that is not there, or not for us to see
WITHHELD = (403, 451)
LOOKS = 2  # that must find nothing before a repository is called removed


class WholeListingSpider(ListingSpider):
    """With `full` the walk is compared with the listing before: whatever is missing is looked at by itself."""

    async def start(self) -> AsyncIterator[Request | Rows]:  # type: ignore[override]  # Scrapy takes items here too
        async for request in super().start():
            yield request
        if not self.is_full or not await self.is_walked_to_end():
            return
        found = await asyncio.to_thread(self._compared)
        self.logger.info("not listed any more: %d; renamed: %d", len(found.absent), len(found.renamed))
        for hub_id, (old, new) in found.renamed.items():
            yield self._checked(hub_id, old, "renamed", None, new)
        for hub_id, repo_id in found.absent.items():
            yield self._look(hub_id, repo_id)

    def _compared(self) -> Differences:
        try:
            before = known_listing(self.config, self.repo_type)
        except MissingTable:  # the first listing of all
            return Differences({}, {})
        now = Listing(Crawl(self.crawl_id, self.snapshot_date, self.began_at, self.done, is_finished=True))
        return differences(self.config, before, now, self.repo_type)

    def _look(self, hub_id: str, repo_id: str) -> Request:
        told = {"hub_id": hub_id, "repo_id": repo_id, "look": 1}
        url = repo_url(self.config.endpoint, self.repo_type, repo_id)
        return Request(url, self.parse_look, errback=self.failed, cb_kwargs=told, meta={"hub_id": hub_id}, dont_filter=True)

    def parse_look(self, response: Response, hub_id: str, repo_id: str, look: int) -> Output:
        """The row that says what became of a repository, or a second look before it is called removed."""
        request = response.request
        assert request is not None  # Scrapy's own: every response of the downloader has one
        if response.status in NOT_KNOWN and look < LOOKS:
            yield request.replace(cb_kwargs={**request.cb_kwargs, "look": look + 1}, priority=-look, dont_filter=True)
        elif response.status in NOT_KNOWN:
            yield self._checked(hub_id, repo_id, "removed", response.status)
        elif response.status in WITHHELD:
            yield self._checked(hub_id, repo_id, "present", response.status)
        elif response.status == 200 and (seen := _ids(response.body)) is not None:
            seen_id, seen_name = seen
            finding = "removed" if seen_id != hub_id else "present" if seen_name == repo_id else "renamed"
            yield self._checked(hub_id, repo_id, finding, 200, seen_name if finding == "renamed" else None)
        else:
            yield from self.ask_again(request, f"status {response.status} does not say what became of it", status=response.status)

    def _checked(self, hub_id: str, repo_id: str, finding: str, status: int | None, new_repo_id: str | None = None) -> Rows:
        row = {
            "crawl_id": self.crawl_id,
            "snapshot_date": self.snapshot_date,
            "repo_type": self.repo_type,
            "hub_id": hub_id,
            "repo_id": repo_id,
            "finding": finding,
            "new_repo_id": new_repo_id,
            "status": status,
            "looked_at": utc_now(),
        }
        return Rows(REPO_CHECKS, [row])


def _ids(body: bytes) -> tuple[Any, Any] | None:
    """(`_id`, `id`) of a repository's own answer; None where it is no such answer."""
    try:
        told = json.loads(body, parse_int=unread)
    except (ValueError, RecursionError):
        return None
    return (told["_id"], told["id"]) if isinstance(told, dict) and {"_id", "id"} <= told.keys() else None
