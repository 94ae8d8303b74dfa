"""`hublake crawl models --probe`: what this hub answers to some ten polite requests, and what a crawl of it would cost."""

from collections.abc import AsyncIterator, Mapping
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from scrapy import Request
from scrapy.crawler import CrawlerProcess
from scrapy.http import Response
from scrapy.settings import Settings as ScrapySettings

from hublake.crawler.account_frontier import parse_overview
from hublake.crawler.cards.response import CardTarget, card_target
from hublake.crawler.crawl_ids import utc_now
from hublake.crawler.hub_api import InvalidResponse, account_url, cached_card_url, listing_url, next_page
from hublake.crawler.listings.page import ListedItem, split_page
from hublake.crawler.listings.stored import finished_listing
from hublake.crawler.probe_findings import (
    Finding,
    Measured,
    ascending,
    card_share,
    cost_findings,
    describe_cache,
    describe_page,
    describe_quota,
)
from hublake.crawler.response_headers import header, is_cached, list_header
from hublake.crawler.retry import GivenUp, RetryPolicy
from hublake.crawler.settings import EXTENSIONS
from hublake.crawler.spiders.base import HubSpider
from hublake.lake.delta.tables import append
from hublake.lake.enums import ACCOUNT_KINDS
from hublake.lake.errors import HublakeError, HubUnreachable
from hublake.lake.expands import (
    DATASET_EXPANDS,
    KNOWN_GOOD,
    MODEL_EXPANDS,
    SPACE_EXPANDS,
    accepted_expands,
    narrowed_expands,
    with_expands,
)
from hublake.lake.hub_requests import card_url, normalize_endpoint
from hublake.lake.paths import is_local
from hublake.lake.rate_limits import parse_rate_limit
from hublake.lake.schema.bronze import HUB_PROBES
from hublake.lake.settings import Settings, load

ATTEMPTS = 2  # of each request: a probe reports a fault and does not wait it out
SHOWN_CHARACTERS = 200


class _NoWaiting(RetryPolicy):
    """Takes a 429 for an answer: the pause that it demands may last an hour."""

    def reschedule(self, request: Request, reason: str, *, status: int | None = None) -> Request:
        if status == 429:
            raise GivenUp(reason, status=status, attempts=1, is_outage=False)
        return super().reschedule(request, reason, status=status)


class ProbeSpider(HubSpider):
    """Sends the requests of a probe one after the other, with the headers, the pace and the time-outs of a crawl."""

    name = "probe"

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.findings: list[Finding] = []
        self.measured = Measured()
        self._is_over_quota = False  # then nothing else is requested

    def resume(self) -> None:
        super().resume()
        self.retry_policy = _NoWaiting(ATTEMPTS, self.crawler)

    async def start(self) -> AsyncIterator[Request]:
        items = await self._probe_listing()
        target = next((found for item in items if (found := card_target(item.hub_id, item.repo_id, item.text)) and _is_plain(found)), None)
        if target is not None:
            await self._probe_card(target)
            await self._probe_account(target.repo_id.split("/", maxsplit=1)[0])
        if items:
            for repo_type, expands in (("dataset", DATASET_EXPANDS), ("space", SPACE_EXPANDS)):
                await self._probe_fields(repo_type, expands, 1)
        for request in list[Request]():  # none is left to Scrapy, which requires a generator
            yield request

    async def _get(self, question: str, url: str, **headers: str) -> Response | None:
        """Return the hub's own answer, not that after a redirect; record why if there is none."""
        if self._is_over_quota:
            return None
        request = Request(url, headers=headers or None, meta={"dont_redirect": True}, dont_filter=True)
        try:
            response: Response = await self.crawler.engine.download_async(request)
        except Exception as problem:  # of any kind: that is the finding
            self._is_over_quota = isinstance(problem, GivenUp) and problem.status == 429
            reason = "429, the quota is used up; probe again later" if self._is_over_quota else str(problem)[:SHOWN_CHARACTERS]
            self.findings.append(Finding(question, f"no answer: {reason}"))
            return None
        self.retry_policy.record_answer()
        limit = parse_rate_limit(list_header(response.headers, "RateLimit"), list_header(response.headers, "RateLimit-Policy"))
        if limit is not None and not is_cached(response.headers):  # else it is another client's
            self.measured.quotas[limit.bucket] = limit
            self._is_over_quota = limit.left == 0
        if self._is_over_quota:
            self.findings.append(Finding("quota", "used up by this probe or others: nothing more is requested; probe again later"))
        return response

    async def _probe_fields(self, repo_type: str, expands: tuple[str, ...], size: int) -> Response | None:
        """Return the first page with as many fields as the hub gives, and record which it refuses and how."""
        question = f"fields of {repo_type}s"
        names = expands
        url, wordings = listing_url(self.config.endpoint, repo_type, expands, size), list[str]()
        while True:
            response = await self._get(question, with_expands(url, names))
            if response is None:
                return None
            if response.status != 400:
                break
            message = response.body.decode("utf-8", "replace")
            is_read = "read" if accepted_expands(message) else "not understood"
            wordings.append(f"400, {is_read}: {' '.join(message[:SHOWN_CHARACTERS].split())}")
            narrowed = narrowed_expands(message, names, KNOWN_GOOD[repo_type])
            if narrowed is None:
                break
            names = narrowed
        refused = sorted({*expands} - {*names})
        given = f"{len(names)} of {len(expands)} given" if response.status == 200 else f"status {response.status}"
        details = [given, *([f"refused: {', '.join(refused)}"] if refused else []), *wordings]
        self.findings.append(Finding(question, "; ".join(details), response.status))
        return response if response.status == 200 else None

    async def _probe_listing(self) -> list[ListedItem]:
        size = self.config.crawl.page_size
        response = await self._probe_fields("model", MODEL_EXPANDS, size)
        if response is None:
            return []
        try:
            items = split_page(response.body)
            following = next_page(list_header(response.headers, "Link"), response.url)
        except InvalidResponse as problem:
            self.findings.append(Finding("first page", str(problem), response.status))
            return []
        measured = self.measured
        measured.items_per_page, measured.page_bytes, measured.has_next = len(items), len(response.body), following is not None
        measured.card_share = card_share(items)
        page = describe_page(items, size, len(response.body), has_next=following is not None)
        self.findings += [Finding("first page", page, response.status), Finding("quota of listings", describe_quota(response))]
        if following is not None:
            await self._probe_next(following, items)
        await self._probe_newest()
        return items

    async def _probe_next(self, url: str, items: list[ListedItem]) -> None:
        ids = await self._ids("next page", with_expands(url, ("createdAt",)))
        if ids is not None:
            continues = ascending([*(item.hub_id for item in items), *ids])
            answer = "continues after the first" if continues else "does not continue after the first"
            self.findings.append(Finding("next page", answer, 200))

    async def _probe_newest(self) -> None:
        ids = await self._ids("newest first", listing_url(self.config.endpoint, "model", ("createdAt",), 10, is_descending=True))
        if ids is not None:
            is_descending = ascending(ids[::-1])
            answer = "descending: a listing can be certified to reach the newest" if is_descending else "not in descending order"
            self.findings.append(Finding("newest first", answer, 200))

    async def _ids(self, question: str, url: str) -> list[str | None] | None:
        response = await self._get(question, url)
        if response is None:
            return None
        try:
            return [item.hub_id for item in split_page(response.body)]
        except InvalidResponse as problem:
            self.findings.append(Finding(question, str(problem), response.status))
            return None

    async def _probe_card(self, target: CardTarget) -> None:
        endpoint, sha = self.config.endpoint, target.sha or ""
        if (response := await self._get("card by /resolve/", card_url(endpoint, "model", target.repo_id, sha))) is not None:
            location = urlsplit(header(response.headers, "Location") or "").path
            answer = f"redirects to {location[:SHOWN_CHARACTERS]}" if location else f"status {response.status}"
            self.findings += [Finding("card by /resolve/", answer, response.status), Finding("quota of cards", describe_quota(response))]
            self.measured.requests_per_card = 2 if location else 1
        cached = cached_card_url(endpoint, "model", target.repo_id, sha)
        if (response := await self._get("card by the resolve cache", cached)) is not None:
            answer, is_used = describe_cache(response)
            self.findings.append(Finding("card by the resolve cache", answer, response.status))
            if is_used:
                self.measured.requests_per_card = 1
                etag = header(response.headers, "ETag") or ""
                again = await self._get("unchanged card", cached, **{"If-None-Match": etag})
                if again is not None:
                    answer = "304: it costs a request, but no bytes" if again.status == 304 else "sent again with its bytes"
                    self.findings.append(Finding("unchanged card", answer, again.status))

    async def _probe_account(self, owner: str) -> None:
        for kind in ACCOUNT_KINDS:
            question = f"overview of an account as {kind}"
            response = await self._get(question, account_url(self.config.endpoint, kind, owner))
            if response is None:
                continue
            try:
                answer = "served" if response.status == 200 and parse_overview(response.body) else f"status {response.status}"
            except InvalidResponse as problem:
                answer = str(problem)
            self.findings.append(Finding(question, answer, response.status))
            if answer == "served":
                return


def _is_plain(target: CardTarget) -> bool:
    """Whether a card can be requested from the resolve cache."""
    return target.sha is not None and len(target.sha) == 40 and "/" in target.repo_id and not target.is_gated


def probe(endpoint: str | None, warehouse: str | None) -> str:
    """Probe the hub, keep the findings in the warehouse if there is one, and return them as text. Raises HubUnreachable without any."""
    flags: dict[str, Any] = {name: value for name, value in (("endpoint", endpoint), ("warehouse", warehouse)) if value is not None}
    config = load(flags=flags)
    normalize_endpoint(config.endpoint)
    spider = _run({**flags, "crawl.outage_seconds": 0.0})
    if not any(finding.status for finding in spider.findings):
        problem = spider.crawler.stats.get_value("hublake/problem")
        cause = problem or next((found.answer for found in spider.findings), "no answer")
        raise HubUnreachable(f"{config.endpoint} gave no usable answer: {cause.rstrip('.')}. Check --endpoint (HF_ENDPOINT).")
    crawl = config.crawl
    defaults = {"api": (crawl.api_quota, crawl.window_seconds), "resolvers": (crawl.resolvers_quota, crawl.window_seconds)}
    costs = cost_findings(spider.measured, _known_models(config), utc_now().date(), defaults)
    findings = [*spider.findings, *costs]
    width = max(len(finding.question) for finding in findings)
    lines = [f"{finding.question:<{width}}  {finding.answer}" for finding in findings]
    requests = spider.crawler.stats.get_value("hublake/requests", 0)
    return "\n".join([f"{config.endpoint}, by {requests} requests:", *lines, _keep(config, findings)])


def _run(flags: Mapping[str, Any]) -> ProbeSpider:
    settings = ScrapySettings()
    settings.setmodule("hublake.crawler.settings", priority="project")
    without_records = {name: None if name.startswith("hublake.") else order for name, order in EXTENSIONS.items()}
    own = {"HUBLAKE_FLAGS": dict(flags), "LOG_ENABLED": False, "ITEM_PIPELINES": {}, "EXTENSIONS": without_records}
    settings.setdict(own, priority="cmdline")
    process = CrawlerProcess(settings)
    crawler = process.create_crawler(ProbeSpider)
    problems: list[Any] = []
    process.crawl(crawler).addErrback(problems.append)
    process.start()
    if problems or not isinstance(crawler.spider, ProbeSpider):
        raise HublakeError(f"the probe did not start: {problems[0].value if problems else 'no spider'}")
    return crawler.spider


def _known_models(config: Settings) -> int | None:
    try:
        return finished_listing(config, "model").full.items
    except HublakeError:  # there is none, or it cannot be read: _keep says so
        return None


def _keep(config: Settings, findings: list[Finding]) -> str:
    """Store the findings if the warehouse exists, and say so: a probe needs none, and creates none."""
    if is_local(config.warehouse) and not Path(config.warehouse).is_dir():
        return f"Not stored: there is no warehouse at {config.warehouse}."
    now = utc_now()
    common = {"snapshot_date": now.date(), "probed_at": now, "endpoint": config.endpoint}
    rows = [
        {**common, "position": position, "question": finding.question, "answer": finding.answer, "status": finding.status}
        for position, finding in enumerate(findings)
    ]
    try:
        append(config.location, HUB_PROBES, rows, {})
    except HublakeError as problem:
        return f"Not stored: {problem}"
    return f"Stored in {HUB_PROBES.full_name} of {config.warehouse}."
