"""Paging by key set, as the Hub does it: a cursor is a base64 Mongo filter that says which items come after the last one.

The order is the sort key, then `_id` ascending; items without the key come last when descending, first when ascending.
Source of the shapes: the cursors quoted in huggingface_hub issues 1176, 2460 and 2741.
"""

import base64
import binascii
from dataclasses import dataclass
from typing import Any

import orjson

# What may be sorted by, and the column of the store that holds it; createdAt is really the order of `_id`.
SORT_COLUMNS = {
    "createdAt": "hub_id",
    "downloads": "downloads",
    "lastModified": "last_modified",
    "likes": "likes",
    "trendingScore": "trending_score",
}


class BadCursor(ValueError):
    """A cursor that this hub did not make for this order."""


@dataclass(frozen=True)
class Order:
    """A sort of the listing."""

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
    """The place in an order behind one item."""

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
    """The place that a cursor stands for. Raises BadCursor on anything `encode_cursor` would not have made."""
    try:
        told = orjson.loads(base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))
        if order.key == "createdAt":
            after = After(None, told["_id"]["$lt" if order.is_descending else "$gt"])
        else:
            ties = told["$or"][0] if "$or" in told else told
            after = After(ties[order.key], ties["_id"]["$gt"])
    except (binascii.Error, ValueError, KeyError, TypeError, IndexError) as error:
        raise BadCursor(f"Invalid cursor for sort {order.key}") from error
    if not isinstance(after.hub_id, str) or isinstance(after.value, dict | list):
        raise BadCursor(f"Invalid cursor for sort {order.key}")
    return after


def branches(order: Order, after: After | None) -> list[tuple[str, tuple[Any, ...]]]:
    """SQL conditions whose rows, one after the other, are everything behind `after` in order; each is served by an index."""
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
