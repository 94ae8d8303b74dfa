"""Crawls of a hub that does everything wrong at once: none hangs, loses a row, stops a page or prints a traceback."""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from subprocess import CompletedProcess
from typing import Any

import pytest

from tests.crawler.crawl_runner import crawl, rows
from tests.crawler.hostile.test_hostile_records import NAMES, RECORDS
from tests.crawler.scripted_hub import Answer, ReceivedRequest, card_answer, json_answer, model, scripted_hub

HTML = {"Content-Type": "text/html"}
STYLE = '<https://cdn.example/s.css>; rel="preload"; as="style"'
FAST = {"HUBLAKE_CRAWL_MAX_ATTEMPTS": "4"}
Lines = str | tuple[str, ...]


@dataclass(frozen=True)
class Page:
    """A page of a listing: its items, `faults` that come first, and the lines of its Link header, with {} for the next URL."""

    items: bytes
    faults: tuple[Answer, ...] = ()
    link: Lines = '<{}>; rel="next"'
    headers: Mapping[str, Lines] | None = None


def items(*numbers: int) -> bytes:
    return json.dumps([model(number) for number in numbers]).encode()


def refused(retry_after: str) -> Answer:
    return Answer(429, b"slow down", {"Retry-After": retry_after})


ODD = f"[{','.join(text for text, _ in RECORDS.values())}]".encode()
SPOILT = b'[{"_id":"%s","id":"a/spoilt","t":"\n\xff"}]' % (b"f" * 24)

# Page by page, what a hub does that means no good; each page is named for it.
PAGES: dict[str, Page] = {
    "two lines of Link, next first": Page(items(0, 1), link=('<{}>; rel="next"', STYLE)),
    "two lines of Link, next last": Page(items(2, 3), link=(STYLE, '<{}>; rel="next"')),
    "48,000 blanks in Link": Page(items(4, 5), link="<{}>;" + (" " * 12_000 + "\r\n") * 4 + ' rel="next"'),
    "a 429 until year 99999999": Page(items(6, 7), (refused("Sat, 03 Oct 99999999 12:00:30 GMT"),)),
    "a 429 until year 1": Page(items(8, 9), (refused("Mon, 01 Jan 0001 00:00:00 +2359"),)),
    "a next page that cannot be parsed": Page(items(10, 11), (Answer(200, items(10, 11), {"Link": '<http://[::1/x>; rel="next"'}),)),
    "a 400 in words that nobody knows": Page(items(12, 13), (Answer(400, b"Non."),)),
    "a quota of 31 million years": Page(items(14, 15), headers={"RateLimit": '"api";r=0;t=999999999999999'}),
    "a cached quota of nothing": Page(items(16, 17), headers={"RateLimit": '"api";r=0;t=300', "X-Cache": "Hit from cloudfront"}),
    "an aged quota of nothing": Page(items(18, 19), headers={"RateLimit": '"api";r=0;t=300', "Age": "29"}),
    "all records of the other table": Page(ODD),
    "a damaged record": Page(SPOILT),
    "an empty page": Page(b"[]"),
    "the page before the one before": Page(items(18, 19)),
    "two empty pages": Page(b" [ ] "),
    "a redirect to itself": Page(items(20, 21), (Answer(307, b"", {"Location": "/api/models?cursor=15"}),)),
    "half of a page": Page(items(22, 23), (Answer(200, items(22, 23)[:40]),)),
    "an HTML page": Page(items(24, 25), (Answer(200, b"<html>[]</html>", HTML),)),
    "bytes that are no gzip": Page(items(26, 27), (Answer(200, b"[]", {"Content-Encoding": "gzip"}),)),
    "an ETag of 10,000 letters": Page(items(28, 29), headers={"ETag": "x" * 10_000}),
    "a date of no calendar": Page(items(30, 31), headers={"X-Date": "Sat, 99 Nonember"}),
    "a full page at the end": Page(items(32, 33), link=STYLE),
}


def hostile_listing(pages: list[Page]) -> Callable[[ReceivedRequest], Answer]:
    """Return the route of a listing in which each page gives its faults first, the first time it is requested."""
    served: dict[int, int] = {}

    def route(request: ReceivedRequest) -> Answer:
        number = int(request.query.get("cursor", ["0"])[0])
        page = pages[number]
        served[number] = served.get(number, -1) + 1
        if served[number] < len(page.faults):
            return page.faults[served[number]]
        following = f"http://{request.headers['Host']}{request.path}?limit=2&cursor={number + 1}"
        lines = (page.link,) if isinstance(page.link, str) else page.link
        return Answer(200, page.items, {"Link": tuple(line.replace("{}", following) for line in lines), **(page.headers or {})})

    return route


def has_ended(done: CompletedProcess[str], code: int) -> bool:
    """Whether a crawl ended with this code, one message and no traceback."""
    return done.returncode == code and "Traceback" not in done.stdout + done.stderr and "\x1b" not in done.stdout + done.stderr


def test_a_listing_of_hostile_pages_is_complete(tmp_path: Path) -> None:
    with scripted_hub(hostile_listing(list(PAGES.values()))) as hub:
        done = crawl(tmp_path, hub.url, "models", HUBLAKE_CRAWL_PAGE_SIZE="2", **FAST)
    assert has_ended(done, 0), done.stderr
    stored = sorted(rows(tmp_path, "listings"), key=lambda row: (row["page"], row["position"]))
    kept = [json.dumps(model(n)) for n in range(20)] + [text for text, _ in RECORDS.values()] + [SPOILT[1:-1].decode("utf-8", "replace")]
    assert [row["body"] for row in stored] == [*kept, *(json.dumps(model(n)) for n in range(20, 34))]
    (run,) = rows(tmp_path, "crawl_runs")
    assert (run["outcome"], run["failures"], run["refused"]) == ("finished", 0, 2)
    (certificate,) = rows(tmp_path, "listing_certificates")
    assert (certificate["items"], certificate["is_complete"], certificate["is_ascending"]) == (len(stored), True, False)


# A hub that never ends or never begins -> (exit code, what the message says, rows stored).
def endless(page: Callable[[int], bytes]) -> Callable[[ReceivedRequest], Answer]:
    def route(request: ReceivedRequest) -> Answer:
        number = int(request.query.get("cursor", ["0"])[0])
        return Answer(200, page(number), {"Link": f'</api/models?limit=2&cursor={number + 1}>; rel="next"'})

    return route


WALKS: dict[str, tuple[Callable[[ReceivedRequest], Answer], int, str, int]] = {
    "two pages in turn": (endless(lambda number: items(2 * (number % 2), 2 * (number % 2) + 1)), 1, "contain no new item", 4),
    "HTML instead of a hub": (lambda _: Answer(200, b"<html>Welcome</html>", HTML), 1, "gave no usable answer", 0),
    "JSON, but no listing": (lambda _: json_answer({"hello": "world"}), 1, "gave no usable answer", 0),
    "a 400 for every question": (lambda _: Answer(400, b"No \x1b[2J"), 1, "status 400: No", 0),
    "a listing that ends too early": (
        lambda request: json_answer([model(9), model(8)] if request.query.get("direction") == ["-1"] else [model(1)]),
        1,
        "the hub's newest items are missing",
        1,
    ),
    "a redirect to half of an address": (lambda _: Answer(307, b"", {"Location": "http://[::1/x"}), 1, "cannot be parsed", 0),
}


@pytest.mark.parametrize("case", WALKS)
def test_a_walk_that_never_ends_or_begins_ends_with_a_message(case: str, tmp_path: Path) -> None:
    route, code, message, stored = WALKS[case]
    with scripted_hub(route) as hub:
        done = crawl(tmp_path, hub.url, "models", HUBLAKE_CRAWL_PAGE_SIZE="2")
    assert has_ended(done, code), done.stderr
    assert message in done.stderr
    assert len(rows(tmp_path, "listings")) == stored
    assert len(hub.requests) < 30


def test_a_refused_token_is_named_and_no_card_is_stored_as_refused(tmp_path: Path) -> None:
    def route(request: ReceivedRequest) -> Answer:
        is_refused = is_expired and "Authorization" in request.headers
        if is_refused:
            return json_answer({"error": "Invalid credentials in Authorization header"}, 401)
        return json_answer([model(n) for n in range(3)]) if request.path == "/api/models" else card_answer(b"# x")

    is_expired = False
    with scripted_hub(route) as hub:
        listed = crawl(tmp_path, hub.url, "models", HF_TOKEN="geheim")
        is_expired = True
        refused = [crawl(tmp_path, hub.url, spider, HF_TOKEN="geheim") for spider in ("cards", "models")]
        is_expired = False
        fetched = crawl(tmp_path, hub.url, "cards", HF_TOKEN="geheim")
    assert (listed.returncode, fetched.returncode) == (0, 0), listed.stderr + fetched.stderr
    for done in refused:
        assert has_ended(done, 1), done.stderr
        assert "refuses the token" in done.stderr
        assert "geheim" not in done.stderr
    assert [row["status"] for row in rows(tmp_path, "cards")] == [200, 200, 200]


def test_a_card_of_any_name_is_stored_or_given_up(tmp_path: Path) -> None:
    models = [{**model(n), "id": name} for n, name in enumerate(NAMES)]

    def route(request: ReceivedRequest) -> Answer:
        return json_answer(models) if request.path == "/api/models" else card_answer(b"# x")

    with scripted_hub(route) as hub:
        done = [crawl(tmp_path, hub.url, spider) for spider in ("models", "cards")]
    assert all(has_ended(run, 0) for run in done), done[1].stderr
    assert {row["repo_id"] for row in rows(tmp_path, "cards") if row["status"] == 200} == set(NAMES)


def test_a_hub_that_knows_none_of_a_hundred_accounts_has_no_overviews(tmp_path: Path) -> None:
    models: list[dict[str, Any]] = [{**model(n), "id": f"owner-{n}/x"} for n in range(120)]
    with scripted_hub(lambda request: json_answer(models) if request.path == "/api/models" else Answer(404)) as hub:
        assert crawl(tmp_path, hub.url, "models").returncode == 0
        done = crawl(tmp_path, hub.url, "accounts")
    assert has_ended(done, 1), done.stderr
    assert "knows none of 100 accounts (status 404)" in done.stderr
    assert rows(tmp_path, "accounts") == []


def test_accounts_are_counted_by_what_became_of_them_once_the_hub_knows_one(tmp_path: Path) -> None:
    models: list[dict[str, Any]] = [{**model(n), "id": f"owner-{n}/x"} for n in range(3)]

    def route(request: ReceivedRequest) -> Answer:
        if request.path == "/api/models":
            return json_answer(models)
        return json_answer({"name": "owner-2"}) if knows_one and request.path == "/api/users/owner-2/overview" else Answer(404)

    knows_one = False
    with scripted_hub(route) as hub:
        assert crawl(tmp_path, hub.url, "models").returncode == 0
        failed = crawl(tmp_path, hub.url, "accounts")
        assert rows(tmp_path, "accounts") == []
        knows_one = True
        done = crawl(tmp_path, hub.url, "accounts")
    assert has_ended(failed, 1), failed.stderr
    assert "knows none of 3 accounts (status 404)" in failed.stderr
    assert done.stdout.startswith("1 accounts stored in ")
    assert "2 refused (404: 2)" in done.stdout
    assert sorted((row["account"], row["status"]) for row in rows(tmp_path, "accounts")) == [
        ("owner-0", 404), ("owner-1", 404), ("owner-2", 200),
    ]  # fmt: skip


def test_an_empty_listing_is_complete(tmp_path: Path) -> None:
    with scripted_hub(lambda _: json_answer([])) as hub:
        done = crawl(tmp_path, hub.url, "models")
    assert has_ended(done, 0), done.stderr
    assert "certificate: 0 items on 0 pages" in done.stdout


def test_a_clock_that_is_days_from_the_hubs_is_reported(tmp_path: Path) -> None:
    with scripted_hub(lambda _: json_answer([model(1)], Date="Mon, 30 Nov 2020 12:00:00 GMT")) as hub:
        done = crawl(tmp_path, hub.url, "models")
    assert has_ended(done, 0), done.stderr
    assert "warning: this machine's clock shows" in done.stdout
