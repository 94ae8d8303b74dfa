import base64
from typing import Any

import orjson
import pytest

from hublake.sample_hub.keyset import After, BadCursor, Order, decode_cursor, encode_cursor

HUB_ID = "621ffdc136468d709f179a12"


def decoded(cursor: str) -> Any:
    return orjson.loads(base64.urlsafe_b64decode(cursor))


@pytest.mark.parametrize(
    ("order", "after", "shape"),
    [
        (Order("createdAt", False), After(None, HUB_ID), {"_id": {"$gt": HUB_ID}}),
        (Order("createdAt", True), After(None, HUB_ID), {"_id": {"$lt": HUB_ID}}),
        (Order("likes", True), After(294, HUB_ID), {"$or": [{"likes": 294, "_id": {"$gt": HUB_ID}}, {"likes": {"$lt": 294}}]}),
        (
            Order("downloads", True),
            After(5, HUB_ID),
            {"$or": [{"downloads": 5, "_id": {"$gt": HUB_ID}}, {"downloads": {"$lt": 5}}, {"downloads": None}]},
        ),
        (Order("downloads", True), After(None, HUB_ID), {"downloads": None, "_id": {"$gt": HUB_ID}}),
    ],
)
def test_a_cursor_encodes_the_filter_of_the_following_items(order: Order, after: After, shape: dict[str, Any]) -> None:
    cursor = encode_cursor(order, after)
    assert decoded(cursor) == shape
    assert decode_cursor(order, cursor) == after


@pytest.mark.parametrize("cursor", ["", "%%%", "bm8=", base64.b64encode(b'{"$or": []}').decode(), base64.b64encode(b"[1]").decode()])
def test_an_invalid_cursor_is_refused(cursor: str) -> None:
    with pytest.raises(BadCursor):
        decode_cursor(Order("likes", True), cursor)


def test_a_cursor_of_another_sort_order_is_refused() -> None:
    with pytest.raises(BadCursor):
        decode_cursor(Order("likes", True), encode_cursor(Order("createdAt", False), After(None, HUB_ID)))
