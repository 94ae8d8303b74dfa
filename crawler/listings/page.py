"""Splits a page of a listing into its items, each with the exact text that the Hub sent."""

import json
import re
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

import msgspec

from hublake.crawler.hub_api import InvalidResponse, ignore_number


@dataclass(frozen=True, slots=True)
class ListedItem:
    """One item of a listing: `text` is its JSON, character for character; an id is None if the item lacks it."""

    hub_id: str | None
    repo_id: str | None
    text: str


SURROGATE = re.compile("[\ud800-\udfff]")
TOKEN = re.compile(rb'"(?:[^"\\]++|\\.)*+"?|[\[\]{},:]', re.DOTALL)  # strings, whole, and what gives JSON its structure
BLANKS = b" \t\r\n"
OPENING, CLOSING = (b"[", b"{"), (b"]", b"}")


class _Ids(msgspec.Struct, rename={"hub_id": "_id", "repo_id": "id", "model_id": "modelId"}):
    hub_id: Any = None
    repo_id: Any = None
    model_id: Any = None


PAGE = msgspec.json.Decoder(list[msgspec.Raw])
IDS = msgspec.json.Decoder(_Ids)


def split_page(body: bytes, *, is_final: bool = False) -> list[ListedItem]:
    """Return the items of a page, each with its exact text. Raises InvalidResponse unless the page is one complete JSON array.

    Items are sliced out without decoding their contents. If the slicer rejects the page, its brackets are counted instead and each item
    is decoded alone, so that an item nested too deeply to decode is kept. An item that is not JSON makes the page invalid, because it may
    have been damaged on the way; with `is_final`, after another response of the same kind, it is kept as it is, for silver to quarantine.
    """
    try:
        return [_sliced(raw) for raw in PAGE.decode(body)]
    except (msgspec.MsgspecError, ValueError, RecursionError):
        return [_decoded(part, is_final=is_final) for part in _array_items(body)]


def _sliced(raw: msgspec.Raw) -> ListedItem:
    ids = IDS.decode(raw)
    return ListedItem(_name(ids.hub_id), _name(ids.repo_id) or _name(ids.model_id), str(memoryview(raw), "utf-8"))


def _decoded(part: bytes, *, is_final: bool) -> ListedItem:
    try:
        value = json.loads(part.decode("utf-8"), parse_int=ignore_number, parse_float=ignore_number)
        ids = value if isinstance(value, dict) else {}
    except RecursionError:
        ids = dict(_outer_texts(part))
    except ValueError as problem:
        if not is_final:
            raise InvalidResponse(f"page is not a JSON array of items: {str(problem)[:120]}") from None
        ids = dict(_outer_texts(part))
    return ListedItem(_name(ids.get("_id")), _name(ids.get("id")) or _name(ids.get("modelId")), part.decode("utf-8", "replace"))


def _array_items(body: bytes) -> list[bytes]:
    """Return the text of each item of a JSON array, by its brackets alone: of any depth, in linear time."""
    text = body.strip(BLANKS)
    if not text.startswith(b"["):
        raise InvalidResponse(f"page is not a JSON array of items: it does not start with [, {len(body)} bytes")
    parts: list[bytes] = []
    depth, start = 0, 1
    for token in TOKEN.finditer(text):
        mark = token[0]
        if mark in OPENING:
            depth += 1
        elif mark in CLOSING:
            depth -= 1
        if (mark == b"," and depth == 1) or depth == 0:
            parts.append(text[start : token.start()].strip(BLANKS))
            start = token.end()
        if depth == 0:
            break
    if depth or start != len(text) or not text.endswith(b"]"):
        raise InvalidResponse(f"page is not a JSON array of items: its brackets do not match, {len(body)} bytes")
    if parts == [b""]:
        return []
    if b"" in parts:
        raise InvalidResponse(f"page is not a JSON array of items: an item is missing, {len(body)} bytes")
    return parts


def _outer_texts(part: bytes) -> Iterator[tuple[Any, Any]]:
    """Yield the keys of an object whose values are texts, without decoding what is nested in it."""
    depth, previous, key = 0, b"", b""
    for token in TOKEN.finditer(part):
        mark = token[0]
        depth += (mark in OPENING) - (mark in CLOSING)
        if depth == 1 and mark == b":":
            key = previous
        elif depth == 1 and key and mark.startswith(b'"'):
            with suppress(ValueError):
                yield json.loads(key), json.loads(mark)
            key = b""
        elif mark != b":":
            key = b""
        previous = mark


def _name(value: Any) -> str | None:
    """Return an id if it can be stored: it is text without unpaired surrogates."""
    return value if isinstance(value, str) and value and not SURROGATE.search(value) else None
