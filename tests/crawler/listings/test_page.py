"""Items of a page: sliced exactly as sent, and only from a complete page."""

import json

import pytest

from hublake.crawler.hub_api import InvalidResponse
from hublake.crawler.listings.page import ListedItem, split_page


@pytest.mark.parametrize(
    "text",
    [
        '{"_id": "1", "id": "a/b"}',
        '{"_id":"1","id":"a/b","parameters":19980000000000001,"x":1e400}',  # beyond the range of a double
        '{"_id": "1",\n\t"id": "a/b", "t": "\\u00e9\\ud83d\\ude00 \\/", "k": 1, "k": 2}',  # escapes, duplicate keys
        '{"_id": "1", "id": "a/b", "n": ' + "9" * 5000 + "}",
        '{"_id": "1", "id": "a/b", "s": "],[{"}',
        '{"_id": "1", "id": "a/b", "text": "日本 😀 \u200b"}',
        '{"_id": "1", "id": "a/b", "half": "\\ud800"}',  # which the slicer rejects
        '{"_id": "1", "id": "a/b", "x": [NaN, Infinity]}',
        '{"_id": "0", "id": "a/a", "_id": "1", "id": "a/b"}',  # the last key counts
        '{"_id": "1", "id": "a/b", "deep": ' + "[" * 200 + "]" * 200 + "}",
    ],
)
def test_an_item_is_kept_character_for_character(text: str) -> None:
    body = f" [\n{text} , {text}]\n".encode()
    assert split_page(body) == [ListedItem("1", "a/b", text)] * 2


@pytest.mark.parametrize(
    ("text", "hub_id", "repo_id"),
    [
        ('{"_id": "1", "modelId": "a/b"}', "1", "a/b"),  # listings of 2022
        ('{"id": "a/b"}', None, "a/b"),
        ('{"_id": "1"}', "1", None),
        ('{"_id": 7, "id": null}', None, None),
        ('{"_id": "", "id": "\\ud800"}', None, None),
        ("null", None, None),
        ('"text"', None, None),
        ("{}", None, None),
    ],
)
def test_an_item_without_ids_is_kept(text: str, hub_id: str | None, repo_id: str | None) -> None:
    assert split_page(f"[{text}]".encode()) == [ListedItem(hub_id, repo_id, text)]


def test_an_empty_page_has_no_items() -> None:
    assert split_page(b" [ ] ") == []


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"<html>checking your browser</html>",
        b'[{"_id": "1"}',
        b'[{"_id": "1"},]',
        b'[{"_id": "1"} {"_id": "2"}]',
        b'[{"_id": "1',
        b'{"error": "x"}',
        b'[{"_id": "1"}] trailing',
        b"[\xff]",
        b'[{"_id": "1", "text": "\xff"}]',
        b'[{"_id": "1", "text": "\xed\xa0\x80"}]',
        b"[" * 100_000,
        json.dumps([{"id": "a"}]).encode("utf-16"),
    ],
)
def test_a_page_that_is_not_one_complete_array_is_invalid(body: bytes) -> None:
    with pytest.raises(InvalidResponse):
        split_page(body)
