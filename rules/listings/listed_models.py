"""Convert one item of the Hub's model listing to a row of silver.models. Every key is read, ignored for a reason, or reported."""

import re
from typing import Any

from hublake.lake.enums import RELATIONS
from hublake.lake.repo_ids import CREATED_AT_FLOOR, author_of, is_at_floor
from hublake.rules.listings.hub_object import MAX_LONG, HubObject, HubObjectSchema, ValueType

NOT_GATED = (None, False, "false")
CARD = "README.md"

# Keys that models and datasets have in common.
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
KEYS = REPOSITORY_KEYS | {
    "modelId": ValueType.TEXT,
    "pipeline_tag": ValueType.TEXT,
    "library_name": ValueType.TEXT,
    "config": ValueType.OBJECT,
    "gguf": ValueType.OBJECT,
    "safetensors": ValueType.OBJECT,
    "baseModels": ValueType.OBJECT,
}
# Keys that silver.models leaves out, each with the reason; bronze stores them all.
IGNORED = {
    "_id": "read as hub_id by the crawler",
    "author": "the part of id before the slash; absent for canonical names",
    "private": "a public listing contains none",
    "transformersInfo": "follows from config and tags",
    "mask_token": "a detail of the widget",
    "widgetData": "examples for the model page",
    "model-index": "benchmark claims; read from the card",
    "inference": "state of a hosted service",
    "inferenceProviderMapping": "state of hosted services",
    "spaces": "users of the model, capped at 100 by the Hub",
    "usedStorage": "not promised in listings",
    "childrenModelCount": "counted from the children themselves",
    "evalResults": "benchmark claims",
    "resourceGroup": "private organisations only",
    "xetEnabled": "a storage detail",
    "gitalyUid": "a storage detail",
    "securityRepoStatus": "not promised in listings",
}

LISTED_MODEL = HubObjectSchema(KEYS, IGNORED)

_PARAMETERS_IN_NAME = re.compile(r"(?<![^-_./ ])(?:(\d{1,3})x)?(\d{1,4}(?:\.\d{1,3})?)([bBmM])(?![^-_./ ])")
_SCALE = {"b": 1_000_000_000, "m": 1_000_000}


def model_row(item: HubObject) -> dict[str, Any]:
    """The columns of silver.models without hub_id and snapshot_date, from an item of LISTED_MODEL; card_data is a mapping.

    The item must have `id`, or `modelId` in its place; every other key may be absent.
    """
    values = item.values
    model_id = values.id or values.modelId
    base_models, config, gguf = values.baseModels or {}, values.config or {}, values.gguf or {}
    parameters, parameters_source = _parameters(model_id, gguf, values.safetensors or {}, item)
    file_names = texts_under("rfilename", values.siblings)
    row = repository_columns(item, model_id)
    row["model_id"] = model_id
    row["pipeline_tag"] = values.pipeline_tag
    row["library_name"] = values.library_name
    row["architecture"] = _architecture(config, gguf) if config or gguf else None
    row["model_type"] = _text_or_none(config.get("model_type"))
    row["parameters"] = parameters
    row["parameters_source"] = parameters_source
    row["has_card"] = CARD in file_names
    row["file_names"] = file_names
    row["hub_parents"] = texts_under("id", base_models.get("models"))
    row["hub_relation"] = _relation(base_models.get("relation"), item)
    row["oddities"] = item.oddities
    return row


def repository_columns(item: HubObject, name: str) -> dict[str, Any]:
    """The columns that models and datasets share (hublake.lake.schema.columns.REPOSITORY) without has_card and oddities."""
    values, created_at = item.values, item.timestamp("createdAt")
    if created_at is not None and created_at < CREATED_AT_FLOOR:  # the Hub writes no earlier time
        item.oddities.append(f"createdAt: {values.createdAt} is before the Hub recorded creation times")
        created_at = None
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
        "card_data": values.cardData,
    }


def parameters_in_name(model_id: str) -> int | None:
    """The number of parameters that a name states.

    >>> parameters_in_name("acme/tiny-1.5B-chat"), parameters_in_name("acme/moe-8x7b"), parameters_in_name("acme/v2")
    (1500000000, 56000000000, None)
    """
    match = _PARAMETERS_IN_NAME.search(model_id, model_id.rfind("/") + 1)
    if match is None:
        return None
    experts, size, unit = match.groups()
    return round(int(experts or 1) * float(size) * _SCALE[unit.lower()])


def _parameters(model_id: str, gguf: dict[str, Any], safetensors: dict[str, Any], item: HubObject) -> tuple[int | None, str | None]:
    """The number of parameters and its source, most reliable source first; the name is parsed only if the files state no number."""
    for source, metadata in (("gguf", gguf), ("safetensors", safetensors)) if gguf or safetensors else ():
        total = metadata.get("total")
        if isinstance(total, float) and total.is_integer():
            total = int(total)
        if isinstance(total, int) and not isinstance(total, bool) and 0 < total <= MAX_LONG:
            return total, source
        if total not in (None, 0):
            item.oddities.append(f"{source}.total: {total!r:.60} is no number of parameters")
    parameters = parameters_in_name(model_id)
    return (parameters, "name") if parameters else (None, None)


def _architecture(config: dict[str, Any], gguf: dict[str, Any]) -> str | None:
    architectures = config.get("architectures")
    first = architectures[0] if isinstance(architectures, list) and architectures else architectures
    diffusers = config.get("diffusers")
    pipeline = (diffusers.get("_class_name") if isinstance(diffusers, dict) else None) or config.get("_class_name")
    return _text_or_none(first) or _text_or_none(pipeline) or _text_or_none(gguf.get("architecture"))


def _relation(value: Any, item: HubObject) -> str | None:
    if value is None or value in RELATIONS:
        return _text_or_none(value)
    item.oddities.append(f"baseModels.relation: {value!r:.60} is not declared ({', '.join(RELATIONS)})")
    return None


def texts_under(key: str, objects: Any) -> list[str]:
    """The texts under `key` in a list of objects; anything else is dropped."""
    return [e[key] for e in objects or [] if isinstance(e, dict) and isinstance(e.get(key), str)] if isinstance(objects, list) else []


def _text_or_none(value: Any) -> str | None:
    return value if isinstance(value, str) else None
