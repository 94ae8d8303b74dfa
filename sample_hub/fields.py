"""Which fields of a repo each kind of answer holds. Source: the client's lists of expand values and stored answers of the Hub."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from hublake.sample_hub.store import RepoType


@dataclass(frozen=True)
class Fields:
    """Of one type of repo: `default` and `full` of its listing, what `expand` takes, and what a listing refuses of that."""

    default: tuple[str, ...]
    full: tuple[str, ...]
    expandable: tuple[str, ...]
    detail_only: tuple[str, ...]  # worked out for one repo at a time
    asked_for: tuple[str, ...]  # left out of a detail answer unless asked for by name

    @property
    def listable(self) -> tuple[str, ...]:
        return tuple(name for name in self.expandable if name not in self.detail_only)


_MODEL = Fields(
    default=(
        "_id", "id", "modelId", "likes", "trendingScore", "private", "downloads", "tags", "pipeline_tag", "library_name", "createdAt",
    ),
    full=("author", "gated", "disabled", "lastModified", "sha", "siblings"),
    expandable=(
        "author", "baseModels", "cardData", "childrenModelCount", "config", "createdAt", "disabled", "downloads", "downloadsAllTime",
        "evalResults", "gated", "gguf", "gitalyUid", "inference", "inferenceProviderMapping", "lastModified", "library_name", "likes",
        "mask_token", "model-index", "pipeline_tag", "private", "resourceGroup", "safetensors", "sha", "siblings", "spaces", "tags",
        "transformersInfo", "trendingScore", "usedStorage", "widgetData", "xetEnabled",
    ),
    detail_only=("childrenModelCount", "usedStorage"),
    asked_for=(
        "baseModels", "downloadsAllTime", "evalResults", "inferenceProviderMapping", "resourceGroup", "trendingScore", "xetEnabled",
        "gitalyUid",
    ),
)  # fmt: skip
_DATASET = Fields(
    default=(
        "_id", "id", "author", "sha", "lastModified", "createdAt", "private", "gated", "disabled", "likes", "trendingScore", "downloads",
        "tags", "description", "citation", "paperswithcode_id",
    ),
    full=("cardData", "siblings"),
    expandable=(
        "author", "cardData", "citation", "createdAt", "description", "disabled", "downloads", "downloadsAllTime", "gated",
        "lastModified", "likes", "mainSize", "paperswithcode_id", "private", "resourceGroup", "sha", "siblings", "tags",
        "trendingScore", "usedStorage",
    ),
    detail_only=("usedStorage",),
    asked_for=("downloadsAllTime", "mainSize", "resourceGroup", "trendingScore"),
)  # fmt: skip
_SPACE = Fields(
    default=("_id", "id", "likes", "trendingScore", "private", "sdk", "tags", "createdAt"),
    full=("author", "sha", "lastModified", "cardData", "siblings", "disabled"),
    expandable=(
        "author", "cardData", "createdAt", "datasets", "disabled", "lastModified", "likes", "models", "private", "region",
        "resourceGroup", "runtime", "sdk", "sha", "siblings", "subdomain", "tags", "trendingScore", "usedStorage",
    ),
    detail_only=("usedStorage",),
    asked_for=("region", "resourceGroup", "trendingScore"),
)  # fmt: skip

OF_TYPE: Mapping[RepoType, Fields] = {"model": _MODEL, "dataset": _DATASET, "space": _SPACE}


def listed(item: Mapping[str, Any], names: Iterable[str]) -> dict[str, Any]:
    """The named fields that the item has; a field without a value is absent, not null."""
    return {name: item[name] for name in names if name in item}


def expanded(item: Mapping[str, Any], names: Iterable[str]) -> dict[str, Any]:
    """Just the names asked for, beside the two ids."""
    return listed(item, dict.fromkeys(("_id", "id", *names)))


def detailed(item: Mapping[str, Any], repo_type: RepoType) -> dict[str, Any]:
    """A detail answer without switches."""
    return {name: value for name, value in item.items() if name not in OF_TYPE[repo_type].asked_for}
