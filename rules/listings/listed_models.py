"""Convert one item of the Hub's model listing to a row of silver.models."""

from typing import Any

from hublake.lake.enums import RELATIONS
from hublake.rules.architectures.parameter_counts import ModelFacts, own_counts, strongest
from hublake.rules.listings.hub_object import MAX_LONG, HubObject
from hublake.rules.listings.model_configs import stored_columns
from hublake.rules.listings.repository_items import CARD, name_of, repository_columns, texts_under


def model_row(item: HubObject) -> dict[str, Any]:
    """The columns of silver.models without hub_id and snapshot_date, from an item of LISTED_MODEL.

    The item must have `id`, or `modelId` in its place; every other key may be absent.
    """
    values = item.values
    model_id = name_of(item) or ""
    base_models, config, gguf = values.baseModels or {}, values.config or {}, values.gguf or {}
    file_names = texts_under("rfilename", values.siblings)
    row = repository_columns(item, model_id)
    row["model_id"] = model_id
    row["pipeline_tag"] = values.pipeline_tag
    row["library_name"] = values.library_name
    row["architecture"] = _architecture(config, gguf) if config or gguf else None
    row["model_type"] = _text_or_none(config.get("model_type"))
    row["has_card"] = CARD in file_names
    row["file_names"] = file_names
    row |= _parameters(row, item)
    row["hub_parents"] = texts_under("id", base_models.get("models"))
    row["hub_relation"] = _relation(base_models.get("relation"), item)
    row["oddities"] = item.oddities
    return row


def _parameters(row: dict[str, Any], item: HubObject) -> dict[str, Any]:
    """The strongest count of what the files and the name state, its source, and the Hub's own count."""
    values, model_id = item.values, row["model_id"]
    totals = {source: _total(source, metadata, item) for source, metadata in (("gguf", values.gguf), ("safetensors", values.safetensors))}
    stored = stored_columns(values, []) if values.safetensors or values.config else {}
    facts = ModelFacts(
        model_id=model_id,
        tags=row["tags"],
        library_name=values.library_name,
        file_names=row["file_names"],
        peft_base=stored.get("peft_base"),
        quant_method=stored.get("quant_method"),
        quant_bits=stored.get("quant_bits"),
        quant_group=stored.get("quant_group"),
        dtypes=stored.get("dtypes", ()),
        dtype_counts=stored.get("dtype_counts", ()),
        safetensors_total=totals["safetensors"],
        gguf_total=totals["gguf"],
        network=None,
    )
    best = strongest(own_counts(facts, published=None))
    return {
        "parameters": best.parameters if best else None,
        "parameters_source": best.source if best else None,
        "parameters_raw": totals["gguf"] or totals["safetensors"],
    }


def _total(source: str, metadata: dict[str, Any] | None, item: HubObject) -> int | None:
    total = (metadata or {}).get("total")
    if isinstance(total, float) and total.is_integer():
        total = int(total)
    if isinstance(total, int) and not isinstance(total, bool) and 0 < total <= MAX_LONG:
        return total
    if total not in (None, 0):
        item.oddities.append(f"{source}.total: {total!r:.60} is no number of parameters")
    return None


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
