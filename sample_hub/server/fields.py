"""The fields of a repository in each kind of response. Source: the client's lists of expand values and recorded responses of the Hub."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from hublake.sample_hub.store import RepoType


@dataclass(frozen=True)
class Fields:
    """Fields of one repository type: `default` and `full` of its listing, and those that `expand` accepts."""

    default: tuple[str, ...]
    full: tuple[str, ...]
    expandable: tuple[str, ...]
    detail_only: tuple[str, ...]  # computed for one repository only: a listing refuses to expand them
    on_request: tuple[str, ...]  # omitted from a detail response unless requested by name

    @property
    def listable(self) -> tuple[str, ...]:
        return tuple(name for name in self.expandable if name not in self.detail_only)


_MODEL = Fields(
    default=(
        "_id", "id", "likes", "trendingScore", "private", "downloads", "tags", "pipeline_tag", "library_name", "createdAt", "modelId",
    ),
    full=("author", "gated", "disabled", "lastModified", "sha", "siblings"),
    expandable=(
        "author", "baseModels", "cardData", "childrenModelCount", "config", "createdAt", "disabled", "downloads", "downloadsAllTime",
        "evalResults", "gated", "gguf", "gitalyUid", "inference", "inferenceProviderMapping", "lastModified", "library_name", "likes",
        "mask_token", "model-index", "pipeline_tag", "private", "resourceGroup", "safetensors", "sha", "siblings", "spaces", "tags",
        "transformersInfo", "trendingScore", "usedStorage", "widgetData", "xetEnabled",
    ),
    detail_only=("childrenModelCount", "usedStorage"),
    on_request=(
        "baseModels", "downloadsAllTime", "evalResults", "inferenceProviderMapping", "resourceGroup", "trendingScore", "xetEnabled",
        "gitalyUid",
    ),
)  # fmt: skip
_DATASET = Fields(
    default=(
        "_id", "id", "author", "disabled", "gated", "lastModified", "likes", "trendingScore", "private", "sha", "citation", "description",
        "downloads", "paperswithcode_id", "tags", "createdAt", "key",
    ),
    full=("cardData", "siblings"),
    expandable=(
        "author", "cardData", "citation", "createdAt", "description", "disabled", "downloads", "downloadsAllTime", "gated",
        "lastModified", "likes", "mainSize", "paperswithcode_id", "private", "resourceGroup", "sha", "siblings", "tags",
        "trendingScore", "usedStorage", "xetEnabled",
    ),
    detail_only=("usedStorage",),
    on_request=("downloadsAllTime", "mainSize", "resourceGroup", "trendingScore", "xetEnabled"),
)  # fmt: skip
_SPACE = Fields(
    default=("_id", "id", "likes", "trendingScore", "private", "sdk", "tags", "createdAt"),
    full=("author", "sha", "lastModified", "cardData", "siblings", "disabled"),
    expandable=(
        "author", "cardData", "createdAt", "datasets", "disabled", "lastModified", "likes", "models", "private", "region",
        "resourceGroup", "runtime", "sdk", "sha", "siblings", "subdomain", "tags", "trendingScore", "usedStorage",
        "xetEnabled",
    ),
    detail_only=("usedStorage",),
    on_request=("region", "resourceGroup", "trendingScore", "xetEnabled"),
)  # fmt: skip

OF_TYPE: Mapping[RepoType, Fields] = {"model": _MODEL, "dataset": _DATASET, "space": _SPACE}


def select_fields(item: Mapping[str, Any], names: Iterable[str]) -> dict[str, Any]:
    """The named fields that the item has. A field without a value is absent, not null."""
    return {name: item[name] for name in names if name in item}


def expanded(item: Mapping[str, Any], names: Iterable[str]) -> dict[str, Any]:
    """Only the requested fields and the two ids."""
    return select_fields(item, dict.fromkeys(("_id", "id", *names)))


def detailed(item: Mapping[str, Any], repo_type: RepoType) -> dict[str, Any]:
    """The fields of a detail response without switches."""
    return {name: value for name, value in item.items() if name not in OF_TYPE[repo_type].on_request}
