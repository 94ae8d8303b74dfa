"""Keyset pagination as on the Hub: a cursor is a base64-encoded Mongo filter for the items after the last one.

The order is the sort key, then `_id` ascending. Items without the key are last in descending and first in ascending order.
Source of the shapes: the cursors quoted in huggingface_hub issues 1176, 2460 and 2741.
"""

import base64
import binascii
from dataclasses import dataclass
from typing import Any

import orjson

# Sort keys of the API and their columns in the store. createdAt is sorted by `_id`, which begins with the creation time.
SORT_COLUMNS = {
    "createdAt": "hub_id",
    "downloads": "downloads",
    "lastModified": "last_modified",
    "likes": "likes",
    "trendingScore": "trending_score",
}


class BadCursor(ValueError):
    """A cursor that does not belong to this sort order."""


@dataclass(frozen=True)
class Order:
    """A sort order of the listing."""

    key: str
    is_descending: bool

    @property
    def column(self) -> str:
        return SORT_COLUMNS[self.key]

    @property
    def sql(self) -> str:
        direction = "DESC" if self.is_descending else "ASC"
        return f"hub_id {direction}" if self.key == "createdAt" else f"{self.column} {direction}, hub_id ASC"


@dataclass(frozen=True)
class After:
    """A position in a sort order: directly after one item."""

    value: Any
    hub_id: str


def encode_cursor(order: Order, after: After) -> str:
    """The cursor of the page that follows `after`."""
    beyond = "$lt" if order.is_descending else "$gt"
    if order.key == "createdAt":
        return _base64({"_id": {beyond: after.hub_id}})
    ties = {order.key: after.value, "_id": {"$gt": after.hub_id}}
    if after.value is None:
        return _base64(ties if order.is_descending else {"$or": [ties, {order.key: {"$ne": None}}]})
    nulls = [{order.key: None}] if order.is_descending and order.key in ("downloads", "trendingScore") else []
    return _base64({"$or": [ties, {order.key: {beyond: after.value}}, *nulls]})


def decode_cursor(order: Order, cursor: str) -> After:
    """The position that a cursor encodes. Raises BadCursor on anything that `encode_cursor` does not produce."""
    try:
        decoded = orjson.loads(base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))
        if order.key == "createdAt":
            after = After(None, decoded["_id"]["$lt" if order.is_descending else "$gt"])
        else:
            ties = decoded["$or"][0] if "$or" in decoded else decoded
            after = After(ties[order.key], ties["_id"]["$gt"])
    except (binascii.Error, ValueError, KeyError, TypeError, IndexError) as error:
        raise BadCursor(f"Invalid cursor for sort {order.key}") from error
    if not isinstance(after.hub_id, str) or isinstance(after.value, dict | list):
        raise BadCursor(f"Invalid cursor for sort {order.key}")
    return after


def branches(order: Order, after: After | None) -> list[tuple[str, tuple[Any, ...]]]:
    """SQL conditions; their results, one after the other, are all rows after the position, in order. Each condition uses an index."""
    if after is None:
        return [("1", ())]
    if order.key == "createdAt":
        return [(f"hub_id {'<' if order.is_descending else '>'} ?", (after.hub_id,))]
    column = order.column
    ties = (f"{column} IS ? AND hub_id > ?", (after.value, after.hub_id))
    if after.value is None:
        return [ties] if order.is_descending else [ties, (f"{column} IS NOT NULL", ())]
    if not order.is_descending:
        return [ties, (f"{column} > ?", (after.value,))]
    return [ties, (f"{column} < ?", (after.value,)), (f"{column} IS NULL", ())]


def _base64(mongo_filter: dict[str, Any]) -> str:
    return base64.urlsafe_b64encode(orjson.dumps(mongo_filter)).decode()
