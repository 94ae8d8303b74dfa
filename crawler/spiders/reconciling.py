"""Base of listing spiders that, with `full`, compare the listing with the previous one to find removed and renamed repositories."""

from collections.abc import AsyncIterator

from scrapy import Request
from scrapy.http import Response

from hublake.crawler.crawl_ids import utc_now
from hublake.crawler.hub_api import InvalidResponse
from hublake.crawler.items import Rows
from hublake.crawler.listings.page import split_page
from hublake.crawler.listings.reconciliation import ListingDiff, compare_listings
from hublake.crawler.listings.stored import ListingCrawl, StoredListing, finished_listing
from hublake.crawler.spiders.base import Output, parses
from hublake.crawler.spiders.listing import ListingSpider
from hublake.lake.errors import MissingTable
from hublake.lake.hub_requests import repo_url
from hublake.lake.schema.bronze import REPO_CHECKS

NOT_FOUND = (401, 404, 410)  # the Hub's statuses for a repository that does not exist, or that we may not see
WITHHELD = (403, 451)
CHECKS = 2  # that must find nothing before a repository counts as removed


class ReconcilingListingSpider(ListingSpider):
    """With `full`, compares the listing with the previous one, and checks each missing repository by itself."""

    async def start(self) -> AsyncIterator[Request | Rows]:
        async for request in super().start():
            yield request
        if not self.is_full or not await self.wait_until_stored():
            return
        diff = await self.in_thread(self._compare)
        self.logger.info("not listed any more: %d; renamed: %d", len(diff.absent), len(diff.renamed))
        for hub_id, (old, new) in diff.renamed.items():
            yield self._finding(hub_id, old, "renamed", None, new)
        for hub_id, repo_id in diff.absent.items():
            yield self._check_request(hub_id, repo_id)
        await self.wait_until_processed()

    def _compare(self) -> ListingDiff:
        try:
            before = finished_listing(self.config, self.repo_type)
        except MissingTable:  # this is the first listing
            return ListingDiff({}, {})
        now = StoredListing(ListingCrawl(self.crawl_id, self.snapshot_date, self.crawl_started_at, self.done, is_finished=True))
        return compare_listings(self.config, before, now, self.repo_type)

    def _check_request(self, hub_id: str, repo_id: str) -> Request:
        arguments = {"hub_id": hub_id, "repo_id": repo_id, "check": 1}
        url = repo_url(self.config.endpoint, self.repo_type, repo_id)
        return Request(url, self.parse_check, errback=self.handle_failure, cb_kwargs=arguments, meta={"hub_id": hub_id}, dont_filter=True)

    @parses
    def parse_check(self, response: Response, hub_id: str, repo_id: str, check: int) -> Output:
        """Yield the row that records what became of a repository, or a second check before it counts as removed."""
        request = response.request
        assert request is not None  # Scrapy sets it on every response of the downloader
        if response.status in NOT_FOUND and check < CHECKS:
            yield request.replace(cb_kwargs={**request.cb_kwargs, "check": check + 1}, priority=-check, dont_filter=True)
        elif response.status in NOT_FOUND:
            yield self._finding(hub_id, repo_id, "removed", response.status)
        elif response.status in WITHHELD:
            yield self._finding(hub_id, repo_id, "present", response.status)
        elif response.status == 200 and (ids := _parse_ids(response.body)) is not None:
            current_id, current_name = ids
            finding = "removed" if current_id != hub_id else "present" if current_name == repo_id else "renamed"
            yield self._finding(hub_id, repo_id, finding, 200, current_name if finding == "renamed" else None)
        else:
            reason = f"status {response.status} does not show what became of the repository"
            yield from self.retry(request, reason, status=response.status)

    def _finding(self, hub_id: str, repo_id: str, finding: str, status: int | None, new_repo_id: str | None = None) -> Rows:
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


def _parse_ids(body: bytes) -> tuple[str, str] | None:
    """Return (`_id`, `id`) of a repository's metadata; None if the body does not have both as texts."""
    try:
        (item,) = split_page(b"[" + body + b"]")
    except (InvalidResponse, ValueError):  # no item, or several
        return None
    return (item.hub_id, item.repo_id) if item.hub_id is not None and item.repo_id is not None else None
