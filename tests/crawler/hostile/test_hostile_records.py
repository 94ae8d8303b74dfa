"""Records and names that no honest hub sends: each item of a page is kept, and each name is a harmless part of an address."""

import pytest

from hublake.crawler.account_frontier import parse_overview
from hublake.crawler.cards.response import card_target
from hublake.crawler.hub_api import InvalidResponse, account_url, cached_card_url, route_of
from hublake.crawler.listings.page import ListedItem, split_page
from hublake.crawler.listings.seen_items import SeenItems
from hublake.crawler.spiders.listing import Traversal
from hublake.crawler.spiders.reconciling import _parse_ids
from hublake.lake.expands import KNOWN_GOOD, MODEL_EXPANDS, narrowed_expands
from hublake.lake.hub_requests import card_url, origin_of, repo_url

HUB = "https://hub.example"
GOOD = '{"_id":"2","id":"a/good"}'
DEEP = 100_000  # levels

# The text of a record -> (hub_id, repo_id) by which it is kept between two good ones.
RECORDS = {
    "a thousand levels": ('{"_id":"1","id":"a/b","x":' + "[" * 1000 + "]" * 1000 + "}", ("1", "a/b")),
    "100,000 levels before the ids": ('{"x":' + '{"_id":' * DEEP + "1" + "}" * DEEP + ',"_id":"1","id":"a/b"}', ("1", "a/b")),
    "100,000 levels of which one is text": ('{"x":' + "[" * DEEP + '"]]}],[{"' + "]" * DEEP + ',"id":"a/b"}', (None, "a/b")),
    "a list": ("[" * 2000 + "]" * 2000, (None, None)),
    "ids of other types": ('{"_id":{"$oid":"1"},"id":["a/b"],"modelId":7}', (None, None)),
    "ids that are true": ('{"_id":true,"id":false}', (None, None)),
    "ids that are too large": ('{"_id":' + "9" * 5000 + ',"id":1e999}', (None, None)),
    "an id of 100,000 letters": ('{"_id":"1","id":"' + "x" * 100_000 + '"}', ("1", "x" * 100_000)),
    "half a surrogate pair": (r'{"_id":"1","id":"a/\ud800"}', ("1", None)),
    "an escaped NUL": (r'{"_id":"1","id":"a/\u0000"}', ("1", "a/\x00")),
    "a leading slash": ('{"_id":"1","id":"/a/b"}', ("1", "/a/b")),
    "a name like null": ('{"_id":"1","id":"null"}', ("1", "null")),
    "an empty id": ('{"_id":"","id":""}', (None, None)),
    "the year 1": ('{"_id":"1","id":"a/b","createdAt":"0001-01-01T00:00:00.000Z"}', ("1", "a/b")),
    "NaN": ('{"_id":"1","id":"a/b","likes":NaN,"downloads":-Infinity}', ("1", "a/b")),
    "a key twice": ('{"_id":"0","_id":"1","id":"a/b"}', ("1", "a/b")),
    "a key like a page": ('{"_id":"1","id":"a/b","],[{":"}]["}', ("1", "a/b")),
    "a string": ('"},{"', (None, None)),
}


@pytest.mark.parametrize("case", RECORDS)
def test_a_record_is_kept_as_sent_and_so_are_its_neighbours(case: str) -> None:
    text, ids = RECORDS[case]
    good = ListedItem("2", "a/good", GOOD)
    assert split_page(f"[{GOOD},\n{text} ,{GOOD}]".encode()) == [good, ListedItem(*ids, text), good]


# Records that may have been damaged on the way: they are kept only if the hub sends such a page twice. Bytes -> (hub_id, repo_id).
DAMAGED = {
    "a line break in a string": (b'{"_id":"1","id":"a/b","t":"\n"}', ("1", "a/b")),
    "bytes that are not UTF-8": (b'{"_id":"1","id":"a/b","t":"\xff\xfe"}', ("1", "a/b")),
    "bytes of a surrogate": (b'{"_id":"1","id":"a/\xed\xa0\x80"}', ("1", None)),
    "a word that is no value": (b'{"_id":"1","id":"a/b","likes":nope}', ("1", "a/b")),
    "no comma": (b'{"_id":"1" "id":"a/b"}', ("1", "a/b")),
    "single quotes": (b"{'_id':'1','id':'a/b'}", (None, None)),
}


@pytest.mark.parametrize("case", DAMAGED)
def test_a_damaged_record_is_requested_again_and_then_kept(case: str) -> None:
    text, ids = DAMAGED[case]
    page = b"[%s,%s]" % (text, GOOD.encode())
    with pytest.raises(InvalidResponse):
        split_page(page)
    damaged, good = split_page(page, is_final=True)
    assert (damaged.hub_id, damaged.repo_id, good) == (*ids, ListedItem("2", "a/good", GOOD))
    assert damaged.text == text.decode("utf-8", "replace")


BROKEN = {
    "an HTML page": b"<!doctype html><html>Checking your browser</html>",
    "an error": b'{"error":"[1]"}',
    "half of a page": b'[{"_id":"1"},{"_id":"2"',
    "a string that never ends": b'[{"_id":"1}]',
    "two pages": b"[1][2]",
    "brackets that do not match": b'[{"_id":"1"]}',
    "100,000 open brackets": b"[" * 100_000,
    "400,000 quotes": b'["' + b'"' * 400_000,
    "400,000 backslashes": b'["' + b"\\" * 400_001 + b'"]',
    "a missing item": b"[1,,2]",
    "nothing": b"",
}


@pytest.mark.parametrize("case", BROKEN)
@pytest.mark.parametrize("is_final", [False, True])
def test_what_is_not_a_complete_page_is_never_one(case: str, *, is_final: bool) -> None:
    with pytest.raises(InvalidResponse):
        split_page(BROKEN[case], is_final=is_final)


# A name -> the path of its card, which stays on the hub and below the repository.
NAMES = {
    "/leading": "/%2Fleading/resolve/1/README.md",
    "//evil.example/x": "/%2F%2Fevil%2Eexample%2Fx/resolve/1/README.md",
    "../../api/models": "/%2E%2E%2F%2E%2E%2Fapi%2Fmodels/resolve/1/README.md",
    "a/..": "/a%2F%2E%2E/resolve/1/README.md",
    "./.": "/%2E%2F%2E/resolve/1/README.md",
    "a//b": "/a%2F%2Fb/resolve/1/README.md",
    "a/b?x=1#y": "/a/b%3Fx%3D1%23y/resolve/1/README.md",
    "a/b\r\nHost: evil": "/a/b%0D%0AHost%3A%20evil/resolve/1/README.md",
    "\x1b]0;title\x07": "/%1B%5D0%3Btitle%07/resolve/1/README.md",
    "@evil.example/x": "/%40evil.example/x/resolve/1/README.md",
    "http://evil.example/x": "/http%3A%2F%2Fevil%2Eexample%2Fx/resolve/1/README.md",
    "\u202eodd/\u200b": "/%E2%80%AEodd/%E2%80%8B/resolve/1/README.md",
    "%2e%2e/x": "/%252e%252e/x/resolve/1/README.md",
}


@pytest.mark.parametrize("name", NAMES)
def test_a_name_is_a_harmless_part_of_an_address(name: str) -> None:
    assert card_url(HUB, "model", name, "1") == HUB + NAMES[name]
    for url in (repo_url(HUB, "model", name), cached_card_url(HUB, "model", name, "1"), account_url(HUB, "user", name)):
        assert origin_of(url) == origin_of(HUB)
        assert route_of(url, HUB) in ("api", "resolve-cache")


# Bodies of listed items -> whether a card is requested.
ITEMS = {
    '{"siblings":[{"rfilename":"README.md"}],"sha":7,"gated":{}}': True,
    '{"siblings":[null,7,[],{"rfilename":["README.md"]},{"rfilename":"README.md"}]}': True,
    '{"siblings":{"rfilename":"README.md"}}': False,
    '{"siblings":' + "[" * 1000 + "]" * 1000 + "}": False,
    "[]": False,
    "not JSON": False,
}


@pytest.mark.parametrize("body", ITEMS)
def test_the_card_of_any_item_is_requested_or_not(body: str) -> None:
    assert (card_target("1", "a/b", body) is not None) is ITEMS[body]


# Answers about one repository -> its ids, or None: it does not show what became of the repository.
CHECKS = {
    b'{"_id":"1","id":"a/b"}': ("1", "a/b"),
    b'{"_id":7,"id":"a/b"}': None,
    b'{"_id":"1","id":{"name":"a/b"}}': None,
    b'{"_id":"1","id":["a/b"]}': None,
    b'{"_id":"1"},{"id":"a/b"}': None,
    b'{"_id":"1","id":"a/b","x":' + b"[" * 1000 + b"]" * 1000 + b"}": ("1", "a/b"),
    b'[{"_id":"1","id":"a/b"}]': None,
    b"": None,
    b"<html>": None,
}


@pytest.mark.parametrize("body", CHECKS)
def test_a_check_finds_both_ids_or_neither(body: bytes) -> None:
    assert _parse_ids(body) == CHECKS[body]


@pytest.mark.parametrize(
    "body", [b"", b"[]", b"null", b"<html>", b"\xff", b'{"name":', b"[" * 100_000, b'{"a":' * 2000 + b"1" + b"}" * 2000]
)
def test_an_overview_that_cannot_be_read_is_an_invalid_response(body: bytes) -> None:
    with pytest.raises(InvalidResponse):
        parse_overview(body)


@pytest.mark.parametrize("orgs", ["null", "7", "{}", '["x"]', '[{"name":7}]', "[[]]", '[{"name":["x"]}]'])
def test_organisations_of_another_form_are_none(orgs: str) -> None:
    assert parse_overview(b'{"orgs":%s}' % orgs.encode())[1] == []


SMALL = tuple(name for name in MODEL_EXPANDS if name in KNOWN_GOOD["model"])
WITHOUT_SPACES = tuple(name for name in MODEL_EXPANDS if name != "spaces")
JSON_OF = '{{"error":"{}"}}'.format
# Messages of a 400 -> the fields to request next.
REFUSALS = {
    "the wording of 2026": (JSON_OF("* Invalid option: expected one of " + "|".join(rf"\"{n}\"" for n in WITHOUT_SPACES) + " * at expand[3]"), WITHOUT_SPACES),
    "the wording of 2024": (JSON_OF(rf"\"expand\" must be one of [{', '.join(WITHOUT_SPACES)}]"), WITHOUT_SPACES),
    "a wording about another parameter": ('expected one of "createdAt"|"likes" * at sort', SMALL),
    "both, the other parameter first": (
        'expected one of "likes" * at sort, expected one of ' + "|".join(f'"{n}"' for n in WITHOUT_SPACES) + " * at expand", WITHOUT_SPACES,
    ),
    "a wording that nobody knows": ("Le champ n'existe pas", SMALL),
    "a list without what cards need": ('"expand" must be one of [likes, downloads]', SMALL),
    "a list of everything": (f'"expand" must be one of [{", ".join(MODEL_EXPANDS)}]', SMALL),
    "a list that never ends": ('"expand" must be one of [' + "sha, " * 100_000, SMALL),
    "many lists": ("must be one of [" * 50_000, SMALL),
    "many quotes": ('expected one of "' + '"|"' * 100_000, SMALL),
    "HTML": ("<html>Bad Request</html>", SMALL),
    "nothing": ("", SMALL),
}  # fmt: skip


@pytest.mark.parametrize("case", REFUSALS)
def test_no_wording_decides_a_crawl(case: str) -> None:
    message, fields = REFUSALS[case]
    assert narrowed_expands(message, MODEL_EXPANDS, KNOWN_GOOD["model"]) == fields


@pytest.mark.parametrize("case", REFUSALS)
def test_however_often_a_listing_refuses_its_fields_the_attempts_end(case: str) -> None:
    fields: tuple[str, ...] | None = MODEL_EXPANDS
    for _ in range(4):
        fields = None if fields is None else narrowed_expands(REFUSALS[case][0], fields, KNOWN_GOOD["model"])
    assert fields is None


def page(*ids: str) -> list[ListedItem]:
    """Items by their ids; a capital letter is the name of an item without `_id`."""
    return [ListedItem(None if hub_id.isupper() else hub_id, hub_id, f"item {hub_id}") for hub_id in ids]


# Ids of consecutive pages -> how many items of each are new.
WALKS = {
    "ascending": (["ab", "cd", "ef"], [2, 2, 2]),
    "the same page again": (["ab", "ab", "ba"], [2, 0, 0]),
    "two pages in turn": (["ab", "cd", "ab", "cd"], [2, 2, 0, 0]),
    "pages that overlap": (["ab", "bc", "cd"], [2, 1, 1]),
    "descending": (["ef", "cd", "ab", "cd"], [2, 2, 2, 0]),
    "one item many times": (["aaaa", "a"], [1, 0]),
    "empty pages": (["", "", "a", ""], [0, 0, 1, 0]),
    "items without an id": (["aB", "cd", "B", "eBF", "gh"], [2, 2, 0, 2, 2]),
}


@pytest.mark.parametrize("case", WALKS)
def test_a_walk_counts_the_new_items_of_each_page(case: str) -> None:
    pages, expected = WALKS[case]
    seen = SeenItems()
    assert [seen.count_new(page(*ids)) for ids in pages] == expected


# Texts of items -> whether a crawl of changes ends there, with everything before 2026-01-01 known.
OLD = {
    '{"lastModified":"2025-12-31T00:00:00.000Z"}': True,
    '{"lastModified":"2026-01-01T00:00:00.000Z"}': False,
    '{"lastModified":"0001-01-01T00:00:00.000Z"}': True,
    '{"lastModified":"9999-12-31T23:59:59.999Z"}': False,
    '{"lastModified":"99999-12-31T23:59:59.999Z"}': False,
    '{"lastModified":7}': False,
    '{"lastModified":{}}': False,
    '{"x":' + "[" * 5000 + "]" * 5000 + "}": False,
    "not JSON": False,
}


@pytest.mark.parametrize("text", OLD)
def test_a_date_of_any_form_is_old_or_not(text: str) -> None:
    assert (
        Traversal("lastModified", is_descending=True, changed_after="2026-01-01T00:00:00+00:00").is_past(ListedItem("1", "a", text))
        is OLD[text]
    )


@pytest.mark.parametrize("hub_id", ["", "0", "\x00", "zzz", "0" * 23, "A" * 24, None])
def test_an_id_of_another_form_is_never_old(hub_id: str | None) -> None:
    assert not Traversal(is_descending=True, known_id="f" * 24).is_past(ListedItem(hub_id, "a", "{}"))
