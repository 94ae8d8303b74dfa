"""What the items of all listings have in common: their keys, name, time of creation, and the columns that follow from them."""

import json
from datetime import datetime
from typing import Any

from hublake.lake.repo_ids import CREATED_AT_FLOOR, author_of, is_at_floor
from hublake.rules.listings.hub_object import HubObject, ValueType

NOT_GATED = (None, False, "false")
CARD = "README.md"

REPOSITORY_KEYS = {
    "id": ValueType.TEXT,
    "createdAt": ValueType.TEXT,
    "lastModified": ValueType.TEXT,
    "sha": ValueType.TEXT,
    "downloads": ValueType.COUNT,
    "downloadsAllTime": ValueType.COUNT,
    "likes": ValueType.COUNT,
    "trendingScore": ValueType.NUMBER,
    "gated": ValueType.FLAG_OR_TEXT,
    "disabled": ValueType.FLAG,
    "tags": ValueType.TEXTS,
    "cardData": ValueType.OBJECT,
    "siblings": ValueType.LIST,
}


def name_of(item: HubObject) -> str | None:
    """The name of the repository: `id`, or `modelId` in its place."""
    name: str | None = item.values.id or item.get("modelId")
    return name


def created_at_of(item: HubObject) -> datetime | None:
    """When the repository was created; None if the item states no time, or one before the Hub recorded any."""
    created_at = item.timestamp("createdAt")
    return None if created_at is None or created_at < CREATED_AT_FLOOR else created_at


def repository_columns(item: HubObject, name: str) -> dict[str, Any]:
    """The columns that models and datasets share (hublake.lake.schema.columns.REPOSITORY) without has_card and oddities."""
    values, created_at = item.values, created_at_of(item)
    if created_at is None and item.timestamp("createdAt") is not None:
        item.oddities.append(f"createdAt: {values.createdAt} is before the Hub recorded creation times")
    return {
        "author": author_of(name),
        "created_at": created_at,
        "is_created_at_floor": created_at is not None and is_at_floor(created_at),
        "last_modified_at": item.timestamp("lastModified"),
        "sha": values.sha,
        "downloads_30d": values.downloads,
        "downloads_all_time": values.downloadsAllTime,
        "likes": values.likes,
        "trending_score": None if values.trendingScore is None else float(values.trendingScore),
        "is_gated": values.gated not in NOT_GATED,
        "is_disabled": values.disabled is True,
        "tags": values.tags or [],
        "card_data": None if values.cardData is None else json.dumps(values.cardData, ensure_ascii=False),
    }


def texts_under(key: str, objects: Any) -> list[str]:
    """The texts under `key` in a list of objects; anything else is dropped."""
    return [e[key] for e in objects or [] if isinstance(e, dict) and isinstance(e.get(key), str)] if isinstance(objects, list) else []
