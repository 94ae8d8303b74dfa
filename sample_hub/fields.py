"""Which fields of a model each kind of answer holds. Source: the client's list of expand values and stored answers of the Hub."""

from collections.abc import Iterable, Mapping
from typing import Any

DEFAULT_LISTED = (
    "_id", "id", "modelId", "likes", "trendingScore", "private", "downloads", "tags", "pipeline_tag", "library_name", "createdAt",
)  # fmt: skip
FULL_LISTED = (*DEFAULT_LISTED, "author", "gated", "disabled", "lastModified", "sha", "siblings")

EXPANDABLE = (
    "author", "baseModels", "cardData", "childrenModelCount", "config", "createdAt", "disabled", "downloads", "downloadsAllTime",
    "evalResults", "gated", "gguf", "gitalyUid", "inference", "inferenceProviderMapping", "lastModified", "library_name", "likes",
    "mask_token", "model-index", "pipeline_tag", "private", "resourceGroup", "safetensors", "sha", "siblings", "spaces", "tags",
    "transformersInfo", "trendingScore", "usedStorage", "widgetData", "xetEnabled",
)  # fmt: skip
# Refused in listings: they are worked out for one model at a time.
DETAIL_ONLY = ("childrenModelCount", "usedStorage")
LISTABLE = tuple(name for name in EXPANDABLE if name not in DETAIL_ONLY)

# What a detail answer leaves out unless it is asked for by name.
_ASKED_FOR = (
    "baseModels",
    "downloadsAllTime",
    "evalResults",
    "inferenceProviderMapping",
    "resourceGroup",
    "trendingScore",
    "xetEnabled",
    "gitalyUid",
)


def listed(item: Mapping[str, Any], names: Iterable[str]) -> dict[str, Any]:
    """The named fields that the item has; a field without a value is absent, not null."""
    return {name: item[name] for name in names if name in item}


def expanded(item: Mapping[str, Any], names: Iterable[str]) -> dict[str, Any]:
    """Just the names asked for, beside the two ids."""
    return listed(item, dict.fromkeys(("_id", "id", *names)))


def detailed(item: Mapping[str, Any]) -> dict[str, Any]:
    """A detail answer without switches."""
    return {name: value for name, value in item.items() if name not in _ASKED_FOR}
