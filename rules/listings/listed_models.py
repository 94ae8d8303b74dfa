"""Convert one item of the Hub's model listing to a row of silver.models."""

import re
from typing import Any

from hublake.lake.enums import RELATIONS
from hublake.rules.listings.hub_object import MAX_LONG, HubObject
from hublake.rules.listings.repository_items import CARD, name_of, repository_columns, texts_under

_PARAMETERS_IN_NAME = re.compile(r"(?<![^-_./ ])(?:(\d{1,3})x)?(\d{1,4}(?:\.\d{1,3})?)([bBmM])(?![^-_./ ])")
_SCALE = {"b": 1_000_000_000, "m": 1_000_000}


def model_row(item: HubObject) -> dict[str, Any]:
    """The columns of silver.models without hub_id and snapshot_date, from an item of LISTED_MODEL.

    The item must have `id`, or `modelId` in its place; every other key may be absent.
    """
    values = item.values
    model_id = name_of(item) or ""
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


def _text_or_none(value: Any) -> str | None:
    return value if isinstance(value, str) else None
