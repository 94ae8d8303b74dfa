"""Splits a page of a listing into its items, each with the exact text that the Hub sent."""

import json
import re
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
DECODER = json.JSONDecoder(parse_int=ignore_number, parse_float=ignore_number)
BLANK = re.compile(r"[ \t\r\n]*")


class _Ids(msgspec.Struct, rename={"hub_id": "_id", "repo_id": "id", "model_id": "modelId"}):
    hub_id: Any = None
    repo_id: Any = None
    model_id: Any = None


PAGE = msgspec.json.Decoder(list[msgspec.Raw])
IDS = msgspec.json.Decoder(_Ids)


def split_page(body: bytes) -> list[ListedItem]:
    """Return the items of a page, each with its exact text. Raises InvalidResponse unless the page is one complete JSON array.

    Items are sliced out without decoding their contents. If the slicer reports an error, Python's own decoder decides: it accepts
    halves of surrogate pairs and NaN.
    """
    try:
        return [_sliced(raw) for raw in PAGE.decode(body)]
    except (msgspec.MsgspecError, ValueError, RecursionError):
        return _decoded(body)


def _sliced(raw: msgspec.Raw) -> ListedItem:
    ids = IDS.decode(raw)
    return ListedItem(_name(ids.hub_id), _name(ids.repo_id) or _name(ids.model_id), str(memoryview(raw), "utf-8"))


def _decoded(body: bytes) -> list[ListedItem]:
    try:
        text = body.decode("utf-8")
        items, end = _decode_array(text)
    except (ValueError, RecursionError) as problem:
        raise InvalidResponse(f"page is not a JSON array of items: {str(problem)[:120]}, {len(body)} bytes") from None
    if end != len(text):
        raise InvalidResponse(f"page continues after its array, at character {end} of {len(text)}")
    return items


def _decode_array(text: str) -> tuple[list[ListedItem], int]:
    """Return (items, end of the array and the white space after it). Raises ValueError if the text is not an array."""
    position = _skip_blank(text, 0)
    if text[position : position + 1] != "[":
        raise ValueError("does not start with [")
    items: list[ListedItem] = []
    position = _skip_blank(text, position + 1)
    while items or text[position : position + 1] != "]":
        value, end = DECODER.raw_decode(text, position)
        items.append(_item(value, text[position:end]))
        position = _skip_blank(text, end)
        if text[position : position + 1] == "]":
            break
        if text[position : position + 1] != ",":
            raise ValueError(f"no , or ] at character {position}")
        position = _skip_blank(text, position + 1)
    return items, _skip_blank(text, position + 1)


def _skip_blank(text: str, position: int) -> int:
    found = BLANK.match(text, position)
    return found.end() if found else position


def _item(value: Any, text: str) -> ListedItem:
    fields = value if isinstance(value, dict) else {}
    return ListedItem(_name(fields.get("_id")), _name(fields.get("id")) or _name(fields.get("modelId")), text)


def _name(value: Any) -> str | None:
    """Return an id if it can be stored: it is text without unpaired surrogates."""
    return value if isinstance(value, str) and value and not SURROGATE.search(value) else None
