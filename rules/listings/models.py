"""One item of the Hub's model listing -> the facts of one model. Each key is read, ignored for a reason, or reported."""

import re
from typing import Any

from hublake.lake.enums import RELATIONS
from hublake.lake.repo_ids import author_of, is_at_floor
from hublake.rules.listings.item import LARGEST_LONG, Item, Kind, Shape

NOT_GATED = (None, False, "false")
CARD = "README.md"

# What is kept of a repository of either kind.
REPOSITORY_KEYS = {
    "id": Kind.TEXT,
    "createdAt": Kind.TEXT,
    "lastModified": Kind.TEXT,
    "sha": Kind.TEXT,
    "downloads": Kind.COUNT,
    "downloadsAllTime": Kind.COUNT,
    "likes": Kind.COUNT,
    "trendingScore": Kind.NUMBER,
    "gated": Kind.FLAG_OR_TEXT,
    "disabled": Kind.FLAG,
    "tags": Kind.TEXTS,
    "cardData": Kind.OBJECT,
    "siblings": Kind.LIST,
}
KEYS = REPOSITORY_KEYS | {
    "modelId": Kind.TEXT,
    "pipeline_tag": Kind.TEXT,
    "library_name": Kind.TEXT,
    "config": Kind.OBJECT,
    "gguf": Kind.OBJECT,
    "safetensors": Kind.OBJECT,
    "baseModels": Kind.OBJECT,
}
# Keys that silver.models leaves out, each with the reason; bronze keeps them all.
IGNORED = {
    "_id": "read as hub_id by the crawler",
    "author": "the part of id before the slash; absent for canonical names",
    "private": "a public listing holds none",
    "transformersInfo": "follows from config and tags",
    "mask_token": "a detail of the widget",
    "widgetData": "examples of the page",
    "model-index": "benchmark claims; read from the card",
    "inference": "state of a hosted service",
    "inferenceProviderMapping": "state of hosted services",
    "spaces": "users of the model, capped at 100 by the Hub",
    "usedStorage": "not promised in listings",
    "childrenModelCount": "counted from the children themselves",
    "evalResults": "benchmark claims",
    "resourceGroup": "private organisations only",
    "xetEnabled": "a detail of storage",
    "gitalyUid": "a detail of storage",
    "securityRepoStatus": "not promised in listings",
}

LISTED = Shape(KEYS, IGNORED)

_PARAMETERS_IN_NAME = re.compile(r"(?<![^-_./ ])(?:(\d{1,3})x)?(\d{1,4}(?:\.\d{1,3})?)([bBmM])(?![^-_./ ])")
_SCALE = {"b": 1_000_000_000, "m": 1_000_000}


def model_facts(item: Item) -> dict[str, Any]:
    """Columns of silver.models but for hub_id, snapshot_date and card_data (as a mapping under that name), of an item of LISTED.

    It must have `id`, or else the `modelId` by which it is called then; everything else may be absent.
    """
    values = item.values
    model_id = values.id or values.modelId
    base_models, config, gguf = values.baseModels or {}, values.config or {}, values.gguf or {}
    parameters, parameters_source = _parameters(model_id, gguf, values.safetensors or {}, item)
    file_names = names_of(values.siblings, "rfilename")
    facts = repository_facts(item, model_id)
    facts["model_id"] = model_id
    facts["pipeline_tag"] = values.pipeline_tag
    facts["library_name"] = values.library_name
    facts["architecture"] = _architecture(config, gguf) if config or gguf else None
    facts["model_type"] = _text(config.get("model_type"))
    facts["parameters"] = parameters
    facts["parameters_source"] = parameters_source
    facts["has_card"] = CARD in file_names
    facts["file_names"] = file_names
    facts["hub_parents"] = names_of(base_models.get("models"), "id")
    facts["hub_relation"] = _relation(base_models.get("relation"), item)
    facts["oddities"] = item.oddities
    return facts


def repository_facts(item: Item, name: str) -> dict[str, Any]:
    """What the Hub says of a repository of either kind: hublake.lake.schema.columns.REPOSITORY but for has_card and oddities."""
    values, created_at = item.values, item.time("createdAt")
    return {
        "author": author_of(name),
        "created_at": created_at,
        "is_created_at_floor": created_at is not None and is_at_floor(created_at),
        "last_modified_at": item.time("lastModified"),
        "sha": values.sha,
        "downloads_30d": values.downloads,
        "downloads_all_time": values.downloadsAllTime,
        "likes": values.likes,
        "trending_score": number(values.trendingScore),
        "is_gated": values.gated not in NOT_GATED,
        "is_disabled": values.disabled is True,
        "tags": values.tags or [],
        "card_data": values.cardData,
    }


def parameters_in_name(model_id: str) -> int | None:
    """The size that a name states.

    >>> parameters_in_name("acme/tiny-1.5B-chat"), parameters_in_name("acme/moe-8x7b"), parameters_in_name("acme/v2")
    (1500000000, 56000000000, None)
    """
    match = _PARAMETERS_IN_NAME.search(model_id, model_id.rfind("/") + 1)
    if match is None:
        return None
    experts, size, unit = match.groups()
    return round(int(experts or 1) * float(size) * _SCALE[unit.lower()])


def _parameters(model_id: str, gguf: dict[str, Any], safetensors: dict[str, Any], item: Item) -> tuple[int | None, str | None]:
    """A size and where it stands, the surest place first; the name is asked only where no other tells one."""
    for source, told in (("gguf", gguf), ("safetensors", safetensors)) if gguf or safetensors else ():
        value = told.get("total")
        if isinstance(value, float) and value.is_integer():
            value = int(value)
        if isinstance(value, int) and not isinstance(value, bool) and 0 < value <= LARGEST_LONG:
            return value, source
        if value not in (None, 0):
            item.oddities.append(f"{source}.total: {value!r:.60} is no number of parameters")
    named = parameters_in_name(model_id)
    return (named, "name") if named else (None, None)


def _architecture(config: dict[str, Any], gguf: dict[str, Any]) -> str | None:
    architectures = config.get("architectures")
    first = architectures[0] if isinstance(architectures, list) and architectures else architectures
    diffusers = config.get("diffusers")
    pipeline = (diffusers.get("_class_name") if isinstance(diffusers, dict) else None) or config.get("_class_name")
    return _text(first) or _text(pipeline) or _text(gguf.get("architecture"))


def _relation(value: Any, item: Item) -> str | None:
    if value is None or value in RELATIONS:
        return _text(value)
    item.oddities.append(f"baseModels.relation: {value!r:.60} is not declared ({', '.join(RELATIONS)})")
    return None


def names_of(entries: Any, key: str) -> list[str]:
    """The texts under `key` in a list of objects, whatever else is in it."""
    return [e[key] for e in entries or [] if isinstance(e, dict) and isinstance(e.get(key), str)] if isinstance(entries, list) else []


def _text(value: Any) -> str | None:
    return value if isinstance(value, str) else None


def number(value: Any) -> float | None:
    """A number of either kind as a double."""
    return None if value is None else float(value)
