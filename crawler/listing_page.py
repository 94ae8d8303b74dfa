"""What a page of a listing holds: its items, each with the exact text it was sent as."""

import json
import re
from dataclasses import dataclass
from typing import Any

import msgspec

from hublake.crawler.hub_api import HubFault, unread


@dataclass(frozen=True, slots=True)
class ListedItem:
    """One item of a listing: `text` is its JSON character for character; the ids are None where it has none."""

    hub_id: str | None
    repo_id: str | None
    text: str


SURROGATE = re.compile("[\ud800-\udfff]")
DECODER = json.JSONDecoder(parse_int=unread, parse_float=unread)
BLANK = re.compile(r"[ \t\r\n]*")


class _Ids(msgspec.Struct, rename={"hub_id": "_id", "repo_id": "id", "model_id": "modelId"}):
    hub_id: Any = None
    repo_id: Any = None
    model_id: Any = None


PAGE = msgspec.json.Decoder(list[msgspec.Raw])
IDS = msgspec.json.Decoder(_Ids)


def items_of(body: bytes) -> list[ListedItem]:
    """The items of a page, each with the exact text it was sent as; HubFault unless the page is one whole JSON array.

    Items are sliced out without making objects of what is in them. Where the slicer sees an error, Python's own decoder has the
    last word: it takes halves of surrogate pairs and NaN.
    """
    try:
        return [_sliced(raw) for raw in PAGE.decode(body)]
    except (msgspec.MsgspecError, ValueError, RecursionError):
        return _read_items(body)


def _sliced(raw: msgspec.Raw) -> ListedItem:
    ids = IDS.decode(raw)
    return ListedItem(_name(ids.hub_id), _name(ids.repo_id) or _name(ids.model_id), str(memoryview(raw), "utf-8"))


def _read_items(body: bytes) -> list[ListedItem]:
    try:
        text = body.decode("utf-8")
        items, end = _array(text)
    except (ValueError, RecursionError) as problem:
        raise HubFault(f"page is not a JSON array of items: {str(problem)[:120]}, {len(body)} bytes") from None
    if end != len(text):
        raise HubFault(f"page goes on after its array, at character {end} of {len(text)}")
    return items


def _array(text: str) -> tuple[list[ListedItem], int]:
    """(items, where the array and the white space behind it end); ValueError where it is not one."""
    at = _skip_blank(text, 0)
    if text[at : at + 1] != "[":
        raise ValueError("does not start with [")
    items: list[ListedItem] = []
    at = _skip_blank(text, at + 1)
    while items or text[at : at + 1] != "]":
        value, end = DECODER.raw_decode(text, at)
        items.append(_item(value, text[at:end]))
        at = _skip_blank(text, end)
        if text[at : at + 1] == "]":
            break
        if text[at : at + 1] != ",":
            raise ValueError(f"no , or ] at character {at}")
        at = _skip_blank(text, at + 1)
    return items, _skip_blank(text, at + 1)


def _skip_blank(text: str, at: int) -> int:
    found = BLANK.match(text, at)
    return found.end() if found else at


def _item(value: Any, text: str) -> ListedItem:
    fields = value if isinstance(value, dict) else {}
    return ListedItem(_name(fields.get("_id")), _name(fields.get("id")) or _name(fields.get("modelId")), text)


def _name(value: Any) -> str | None:
    """An id that can be stored: text, and no half of a surrogate pair in it."""
    return value if isinstance(value, str) and value and not SURROGATE.search(value) else None
