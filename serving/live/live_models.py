"""The models that meet filters, by the Hub's own listing."""

import json
from collections.abc import Callable, Iterator, Mapping
from datetime import date, datetime
from itertools import islice
from typing import Any

from hublake.lake.errors import WrongUse
from hublake.serving.live.hub_client import HubClient
from hublake.serving.live.live_model import LiveModel
from hublake.serving.model_filters import FILTERS
from hublake.serving.models import ModelList, listed_rows

# Filter of `hublake models` -> the parameter of the listing, and the form of its value
HUB_PARAMETERS: Mapping[str, tuple[str, str]] = {
    "task": ("pipeline_tag", "{}"),
    "library": ("filter", "{}"),
    "language": ("filter", "{}"),
    "license": ("filter", "license:{}"),
    "author": ("author", "{}"),
    "dataset": ("filter", "dataset:{}"),
    "search": ("search", "{}"),
}
SORTS = {"downloads": "downloads", "likes": "likes", "trending": "trendingScore", "created": "createdAt", "modified": "lastModified"}
MAX_SCANNED = 5_000  # items of the listing that are read to find models for the filters that the Hub does not have

Row = dict[str, Any]
# Filters that the Hub does not have, on a row of silver.models
OWN_FILTERS: Mapping[str, Callable[[Row, Mapping[str, Any]], bool]] = {
    "min_downloads": lambda row, given: (row["downloads_30d"] or 0) >= given["min_downloads"],
    "min_likes": lambda row, given: (row["likes"] or 0) >= given["min_likes"],
    "created_after": lambda row, given: _day(row["created_at"]) >= given["created_after"],
    "created_before": lambda row, given: _day(row["created_at"]) < given["created_before"],
    "size": lambda row, given: given["size_low"] <= (row["parameters"] or -1) <= given["size_high"],
}


def live_models(hub: HubClient, given: Mapping[str, tuple[str, ...]], sort: str, limit: int, root_id: str | None = None) -> ModelList:
    """The first models; impact_score is null.

    `root_id` keeps direct derivatives only, those that declare it. Raises WrongUse for a filter or an order that the listing lacks.
    Cost: a request per 100 models; at most MAX_SCANNED models are read.
    """
    if sort not in SORTS:
        raise WrongUse(f"--live cannot sort by {sort}, only by {', '.join(SORTS)}. Read a warehouse for that")
    query = [("sort", SORTS[sort]), ("direction", "-1"), *_parameters(given, root_id)]
    wanted = _own_conditions(given)
    found = (LiveModel(json.dumps(item)) for item in islice(hub.items(query), MAX_SCANNED))
    return listed_rows(list(islice((_listed(model) for model in found if all(condition(model.row) for condition in wanted)), limit)))


def _parameters(given: Mapping[str, tuple[str, ...]], root_id: str | None) -> Iterator[tuple[str, str]]:
    known = {*HUB_PARAMETERS, *OWN_FILTERS, "relation"}
    for declared in FILTERS:
        texts = given.get(declared.name, ())
        if texts and declared.name not in known:
            raise WrongUse(f"the Hub's list has no filter {declared.option}. Read a warehouse, or omit it")
        if len(texts) > 1:
            raise WrongUse(f"--live takes one value of {declared.option}: the Hub would require all of several")
        if texts and declared.name in HUB_PARAMETERS:
            parameter, form = HUB_PARAMETERS[declared.name]
            yield parameter, form.format(texts[0])
    relation = given.get("relation", ())
    if relation and root_id is None:
        raise WrongUse("--live takes --relation with --root only: the Hub lists the derivatives of one model by relation")
    if root_id is not None:
        yield "filter", ":".join(("base_model", *relation, root_id))


def _own_conditions(given: Mapping[str, tuple[str, ...]]) -> list[Callable[[Row], bool]]:
    conditions: list[Callable[[Row], bool]] = []
    for declared in FILTERS:
        texts = given.get(declared.name, ())
        if texts and declared.name in OWN_FILTERS:
            values = declared.parse(declared.name, texts[-1])
            holds = OWN_FILTERS[declared.name]
            conditions.append(lambda row, holds=holds, values=values: holds(row, values))  # type: ignore[misc]
    return conditions


def _listed(model: LiveModel) -> tuple[Any, ...]:
    row = model.row
    licenses = sorted({found["resolved_license"] or found["license"] for found in model.licenses()})
    relations = sorted({claim.relation for claim in model.parents() if claim.problem is None and claim.parent != model.model_id})
    figures = (row["downloads_30d"], row["likes"], None, row["pipeline_tag"], row["library_name"], row["architecture"], row["parameters"])
    return (model.model_id, *figures, ", ".join(licenses) or None, ", ".join(relations) or None, row["created_at"])


def _day(moment: datetime | None) -> date:
    return date.min if moment is None else moment.date()
