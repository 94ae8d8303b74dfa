"""Pages of a listing that contradict themselves: what the spider requests next, without a hub."""

import asyncio
from collections.abc import Callable
from pathlib import Path

import pytest
from scrapy import Request
from scrapy.http import Response, TextResponse
from scrapy.statscollectors import MemoryStatsCollector
from scrapy.utils.test import get_crawler

from hublake.crawler.items import Rows
from hublake.crawler.listings.certificate import Recheck, StoredPages, compare_page
from hublake.crawler.retry import RetryPolicy
from hublake.crawler.spiders.models import ModelsSpider
from hublake.lake.expands import KNOWN_GOOD, MODEL_EXPANDS, requested_expands
from hublake.lake.schema.bronze import CRAWL_FAILURES, LISTING_CERTIFICATES
from hublake.lake.settings import Settings

URL = "http://hub.example/api/models?limit=9"


@pytest.fixture
def spider() -> ModelsSpider:
    spider = ModelsSpider()
    spider.crawler = get_crawler()
    spider.crawler.stats = MemoryStatsCollector(spider.crawler)
    spider.config, spider.retry_policy = Settings(), RetryPolicy(8, spider.crawler)
    spider.retry_policy.record_answer()
    spider._page_size = 9
    return spider


def test_a_page_whose_length_always_changes_is_given_up(spider: ModelsSpider) -> None:
    output: Request | Rows = Request(URL)
    sent = 0
    while isinstance(output, Request) and sent < 100:
        sent += 1
        body = b"[%s]" % b",".join([b'{"_id":"1"}'] * (1 + sent % 2))
        response = TextResponse(URL, body=body, headers={"Link": f'<{URL}&cursor=b>; rel="next"'}, request=output)
        (output,) = spider.parse_page(response, traversal=0, number=3)
    assert isinstance(output, Rows)
    assert output.table is CRAWL_FAILURES
    assert sent == 9  # the first is repeated without using up an attempt
    assert "had" in output.rows[0]["reason"]


# Pages of two ids each, by their number -> how many of them are stored before the listing is given up.
ENDLESS: dict[str, tuple[Callable[[int], bytes], int]] = {
    "empty pages": (lambda _: b"[]", 0),
    "the same page": (lambda _: b'[{"_id":"1"},{"_id":"2"}]', 1),
    "two pages in turn": (lambda number: b'[{"_id":"%d"},{"_id":"%d"}]' % (number % 2, 2 + number % 2), 2),
    "pages without an id": (lambda _: b'[{"id":"a/b"},{"id":"a/c"}]', 1),
}


@pytest.mark.parametrize("case", ENDLESS)
def test_a_listing_without_end_is_given_up_after_four_pages_without_a_new_item(case: str, spider: ModelsSpider) -> None:
    page, stored = ENDLESS[case]
    spider._page_size, spider.crawl_started_at = 2, spider.started_at
    todo, found = [spider._first_page(0, 0)], list[Rows]()
    while todo and len(found) < 20:
        request = todo.pop()
        number = request.cb_kwargs["number"]
        link = f'<{URL.replace("http://hub.example", spider.config.endpoint)}&cursor={number + 1}>; rel="next"'
        response = TextResponse(request.url, body=page(number), headers={"Link": link}, request=request)
        for output in spider.parse_page(response, **request.cb_kwargs):
            (todo if isinstance(output, Request) else found).append(output)  # type: ignore[arg-type]
    *pages, failure = found
    assert (failure.table, len(pages), sum(bool(rows.rows) for rows in pages)) == (CRAWL_FAILURES, stored + 3, stored)
    assert "4 pages in a row contain no new item" in failure.rows[0]["reason"]


def test_a_hub_that_demands_a_token_is_named_as_such(spider: ModelsSpider) -> None:
    request = spider._first_page(0, 0)
    response = TextResponse(request.url, status=401, body=b'{"error":"Invalid username or password."}', request=request)
    (failure,) = spider.parse_page(response, **request.cb_kwargs)
    assert isinstance(failure, Rows)
    assert "set HF_TOKEN" in failure.rows[0]["reason"]


# The number of a page and the message of its 400 -> how many fields the next request has, and the one after the same answer again.
FIELDS = [
    (0, b"Non.", (len(KNOWN_GOOD["model"]), 0)),
    (3, b"Non.", (len(MODEL_EXPANDS), len(KNOWN_GOOD["model"]))),
    (3, b'"expand" must be one of [sha, siblings]', (2, 0)),
]


@pytest.mark.parametrize(("number", "message", "expected"), FIELDS)
def test_a_later_page_loses_fields_only_if_it_is_refused_twice(
    number: int, message: bytes, expected: tuple[int, int], spider: ModelsSpider
) -> None:
    request: Request | Rows = Request(f"{URL}&{'&'.join(f'expand[]={name}' for name in MODEL_EXPANDS)}")
    fields = []
    for _ in expected:
        assert isinstance(request, Request)
        response: Response = TextResponse(request.url, status=400, body=message, request=request)
        (request,) = spider.parse_page(response, traversal=0, number=number)
        assert isinstance(request, Request)
        fields.append(len(requested_expands(request.url)))
    assert tuple(fields) == expected


# Ids listed now -> what a recheck of page 0 finds, with a and c stored from it, and e from the next page.
PAGES = {
    "the same": (["a", "c"], Recheck(1, 2, 0, 0)),
    "one gone, so one moves up": (["a", "e"], Recheck(1, 2, 1, 0)),
    "one between": (["a", "b", "c"], Recheck(1, 3, 0, 1)),
    "a longer page than then": (["a", "c", "e", "f", "g"], Recheck(1, 5, 0, 0)),
    "one between the pages": (["a", "c", "d", "e"], Recheck(1, 4, 0, 1)),
    "nothing": ([], Recheck(1, 0, 0, 0)),
}


@pytest.mark.parametrize("case", PAGES)
def test_a_recheck_compares_a_page_with_its_rows_and_the_next_ones(case: str) -> None:
    listed, expected = PAGES[case]
    stored = StoredPages(ids={0: {of("a"), of("c")}, 1: {of("e")}})
    assert compare_page(stored, 0, [of(letter) for letter in listed], 1.0) == expected


def test_nothing_follows_the_last_page_so_all_that_is_listed_after_it_was_missed() -> None:
    stored = StoredPages(ids={5: {of("a")}})
    assert compare_page(stored, 5, [of("a"), of("b"), of("c")], 1.0) == Recheck(1, 3, 0, 2)


# Whether the hub's newest item is stored, and whether the crawl is being stopped -> the tables that get a row.
CERTIFICATES = {
    "nothing newer": (None, False, [LISTING_CERTIFICATES]),
    "a newer item": ("a", False, [LISTING_CERTIFICATES, CRAWL_FAILURES]),
    "a crawl that is being stopped": ("a", True, []),
}


@pytest.mark.parametrize("case", CERTIFICATES)
def test_only_a_listing_that_nothing_contradicts_is_complete(
    case: str, spider: ModelsSpider, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    newest, is_stopping, tables = CERTIFICATES[case]

    async def list_ids(url: str) -> list[str | None] | None:
        return [of(newest)] if newest and "direction=-1" in url else []

    monkeypatch.setattr(spider, "_list_ids", list_ids)
    spider.config, spider.crawl_started_at = Settings(warehouse=str(tmp_path)), spider.started_at
    spider.crawler.crawling, spider._is_complete = not is_stopping, True
    outputs = asyncio.run(spider._certify())
    assert [output.table for output in outputs] == tables
    assert (spider._is_complete and not spider.is_stopping) is (case == "nothing newer"), "else --full would check all that is missing"


def of(letter: str) -> str:
    """An `_id` of the first second."""
    return letter.encode().hex().rjust(24, "0")
