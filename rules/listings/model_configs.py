"""Convert one item of the Hub's model listing to a row of silver.model_configs.

Nothing here is checked by the Hub: authors write the configuration, and its values may have any type. A value of another type or beyond
its bound is reported in `oddities` and counts as absent.
"""

import json
from collections.abc import Iterable, Mapping
from itertools import chain
from typing import Any

from hublake.rules.listings.hub_object import MAX_LONG, HubObject
from hublake.rules.listings.repository_items import name_of

LONGEST_NAME = 300  # characters: names of classes, methods and bases are shorter
LONGEST_SETTINGS = 10_000  # characters of the JSON of a quantization_config; most have fewer than 500
MOST_NAMES = 100  # classes, data types and evaluation datasets of one model
LARGEST_SIZE = 2**40  # of a dimension of a network

# Settings of a network: column -> names of the key, most frequent first. Names differ between model types.
SIZES: Mapping[str, tuple[str, ...]] = {
    "hidden_size": ("hidden_size", "n_embd", "d_model", "dim"),
    "layers": ("num_hidden_layers", "n_layer", "num_layers", "n_layers"),
    "intermediate_size": ("intermediate_size", "n_inner", "ffn_dim", "d_ff"),
    "vocabulary_size": ("vocab_size",),
    "attention_heads": ("num_attention_heads", "n_head", "num_heads"),
    "key_value_heads": ("num_key_value_heads",),
    "head_size": ("head_dim",),
    "experts": ("num_local_experts", "num_experts", "n_routed_experts"),
    "experts_per_token": ("num_experts_per_tok", "num_experts_per_token", "moe_topk", "moe_top_k"),
    "expert_size": ("moe_intermediate_size", "expert_ffn_hidden_size"),
}
CONTEXT = ("max_position_embeddings", "n_positions", "max_seq_len")
NETWORK_KEYS = frozenset((*chain.from_iterable(SIZES.values()), *CONTEXT, "tie_word_embeddings"))
# A model of several parts, such as one for images and text, has the settings of its language model one level below.
LANGUAGE_PARTS = ("text_config", "llm_config", "language_config", "thinker_config")

LEAST_BITS, MOST_BITS = 0.1, 64
BITS = ("bits", "w_bit", "num_bits", "nbits")
GROUPS = ("group_size", "q_group_size")
# Methods whose name states the bits of a weight (formats of the Open Compute Project, of NVIDIA and of torchao).
BITS_IN_NAME = {"fp8": 8.0, "mxfp4": 4.0, "nvfp4": 4.0, "fbgemm_fp8": 8.0, "int8": 8.0, "int4": 4.0}


class Settings:
    """Typed access to an object of unknown content; `oddities` collects what has an unexpected type."""

    def __init__(self, values: Any, path: str, oddities: list[str]) -> None:
        self.path = path
        self.oddities = oddities
        if values is not None and not isinstance(values, dict):
            self._report("", values, "an object")
        self.values: dict[str, Any] = values if isinstance(values, dict) else {}

    def below(self, key: str) -> "Settings":
        return Settings(self.values.get(key), f"{self.path}.{key}", self.oddities)

    def name(self, key: str) -> str | None:
        """A short text; blank counts as absent."""
        value = self.values.get(key)
        if isinstance(value, str) and len(value) <= LONGEST_NAME:
            return value.strip() or None
        if value is not None:
            self._report(key, value, "a short text")
        return None

    def names(self, key: str) -> list[str]:
        """A list of short texts; one text counts as a list."""
        value = self.values.get(key)
        listed = [value] if isinstance(value, str) else value
        if isinstance(listed, list):
            return short_names(listed)
        if value is not None:
            self._report(key, value, "a list")
        return []

    def size(self, *keys: str, largest: int = LARGEST_SIZE) -> int | None:
        """The first of these keys that has a positive whole number."""
        for key in keys:
            value = self.values.get(key)
            if isinstance(value, float) and value.is_integer():
                value = int(value)
            if isinstance(value, int) and not isinstance(value, bool) and 0 <= value <= largest:
                if value:
                    return value
            elif value is not None:
                self._report(key, value, "a whole number")
        return None

    def flag(self, key: str) -> bool | None:
        value = self.values.get(key)
        return value if isinstance(value, bool) else None

    def _report(self, key: str, value: Any, expected: str) -> None:
        where = f"{self.path}.{key:.{LONGEST_NAME}}" if key else self.path
        seen = f"a {type(value).__name__}" if isinstance(value, list | dict) else f"{value!r:.60}"  # the repr of a deep object may fail
        self.oddities.append(f"{where}: {seen} where {expected} was expected")


def short_names(values: Iterable[Any]) -> list[str]:
    """The distinct short texts, in their order, at most MOST_NAMES.

    >>> short_names(["BertModel", None, "BertModel", " "])
    ['BertModel']
    """
    found = (value.strip() for value in values if isinstance(value, str) and len(value) <= LONGEST_NAME)
    return list(dict.fromkeys(name for name in found if name))[:MOST_NAMES]


def config_row(item: HubObject) -> dict[str, Any] | None:
    """The columns of silver.model_configs, from an item of LISTED_MODEL; None if the item has nothing of it.

    Keys of columns that are null may be missing.
    """
    values = item.values
    stated = (values.config, values.safetensors, values.gguf, values.transformersInfo, values.evalResults, values.usedStorage)
    if not any(stated):
        return None
    oddities: list[str] = []
    row: dict[str, Any] = {"model_id": name_of(item), "architectures": [], "has_custom_code": False}
    if values.config:
        row |= _config_columns(Settings(values.config, "config", oddities))
    if values.transformersInfo:
        info = Settings(values.transformersInfo, "transformersInfo", oddities)
        row |= {"auto_model": info.name("auto_model"), "custom_class": info.name("custom_class")}
    row |= _stored_numbers(values.safetensors, oddities)
    if values.gguf:
        gguf = Settings(values.gguf, "gguf", oddities)
        row |= {"gguf_total": gguf.size("total", largest=MAX_LONG), "gguf_architecture": gguf.name("architecture")}
        row["context_length"] = gguf.size("context_length") or row.get("context_length")
    row["eval_datasets"] = eval_datasets(values.evalResults)
    row["used_storage_bytes"] = values.usedStorage
    row["oddities"] = oddities[:MOST_NAMES]
    return row


def _config_columns(config: Settings) -> dict[str, Any]:
    row: dict[str, Any] = {"architectures": config.names("architectures"), "model_type": config.name("model_type")}
    row["has_custom_code"] = bool(config.below("auto_map").values)
    row["diffusers_class"] = config.below("diffusers").name("_class_name") or config.name("_class_name")
    if "peft" in config.values:
        peft = config.below("peft")
        row |= {"peft_type": peft.name("peft_type"), "peft_task_type": peft.name("task_type")}
        row["peft_base"] = peft.name("base_model_name_or_path")
    row |= _quantization(config)
    network = _network(config)
    if not network.values.keys().isdisjoint(NETWORK_KEYS):  # most listings have none
        row |= {column: network.size(*keys) for column, keys in SIZES.items()}
        row |= {"context_length": network.size(*CONTEXT), "is_embedding_tied": network.flag("tie_word_embeddings")}
    return row


def stored_columns(values: Any, oddities: list[str]) -> dict[str, Any]:
    """The columns that say how the weights are stored: quantisation, base of an adapter, numbers by type; absent keys are null."""
    row = _stored_numbers(values.safetensors, oddities)
    config = values.config or {}
    if "quantization_config" in config or "quantization" in config:
        row |= _quantization(Settings(config, "config", oddities))
    if "peft" in config:
        row["peft_base"] = Settings(config, "config", oddities).below("peft").name("base_model_name_or_path")
    return row


def eval_datasets(results: Any) -> list[str]:
    """The datasets of evalResults: entries of a file of results, some wrapped in `data`, some an `error` without a dataset.

    >>> eval_datasets([{"data": {"dataset": {"id": "cais/hle", "task_id": "default"}, "value": 1}}, {"error": "no value"}])
    ['cais/hle']
    """
    entries = [entry.get("data", entry) for entry in results or [] if isinstance(entry, dict)] if isinstance(results, list) else []
    datasets = [entry.get("dataset") for entry in entries if isinstance(entry, dict)]
    return short_names(dataset.get("id") for dataset in datasets if isinstance(dataset, dict))


def _network(config: Settings) -> Settings:
    """The settings of the language model, which are at the top or in one part."""
    parts = [config.below(part) for part in LANGUAGE_PARTS if isinstance(config.values.get(part), dict)]
    return next((part for part in parts if part.values), config)


def _stored_numbers(safetensors: Any, oddities: list[str]) -> dict[str, Any]:
    """Types, the number of each and the total of safetensors; a faulty total is already an oddity of silver.models."""
    if not safetensors:
        return {"dtypes": [], "dtype_counts": []}
    counted = Settings(safetensors.get("parameters"), "safetensors.parameters", oddities)
    counts = {name: counted.size(name, largest=MAX_LONG) for name in sorted(short_names(counted.values))}
    counts = {name: number for name, number in counts.items() if number}
    total = Settings(safetensors, "safetensors", []).size("total", largest=MAX_LONG)
    return {"dtypes": list(counts), "dtype_counts": list(counts.values()), "safetensors_total": total}


def _quantization(config: Settings) -> dict[str, Any]:
    """Method, bits, group and settings. MLX writes `quantization` with bits and group, and no method."""
    written = config.below("quantization_config")
    settings = written if written.values else config.below("quantization")
    if not settings.values:
        return {}
    weights = _weight_settings(settings)
    method = _method(settings)
    return {
        "quant_method": method,
        "quant_bits": _bits(settings, weights, method),
        "quant_group": settings.size(*GROUPS) or weights.size(*GROUPS),
        "quant_config": _json(settings.values),
    }


def _json(values: dict[str, Any]) -> str | None:
    """The settings as JSON; None if they are too long, too deep or no JSON (NaN)."""
    try:
        text = json.dumps(values, ensure_ascii=False, sort_keys=True, allow_nan=False)
    except (RecursionError, ValueError):
        return None
    return text if len(text) <= LONGEST_SETTINGS else None


def _method(settings: Settings) -> str | None:
    method = settings.name("quant_method") or settings.name("quant_algo")
    if method:
        return method.lower()
    if settings.flag("load_in_4bit") or settings.flag("load_in_8bit"):
        return "bitsandbytes"
    return "mlx" if "bits" in settings.values and "group_size" in settings.values else None


def _weight_settings(settings: Settings) -> Settings:
    """The settings of the weights in the first group of compressed-tensors; without values for other methods."""
    groups = settings.below("config_groups")
    first = next(iter(sorted(short_names(groups.values))), "")
    return groups.below(first).below("weights") if first else groups


def _bits(settings: Settings, weights: Settings, method: str | None) -> float | None:
    for source in (settings, weights):
        for key in BITS:
            value = source.values.get(key)
            if isinstance(value, int | float) and not isinstance(value, bool) and LEAST_BITS <= value <= MOST_BITS:
                return float(value)
    if settings.flag("load_in_4bit"):
        return 4.0
    if settings.flag("load_in_8bit"):
        return 8.0
    algorithm = (settings.name("quant_algo") or "").lower()
    return BITS_IN_NAME.get(method or "") or BITS_IN_NAME.get(algorithm)
