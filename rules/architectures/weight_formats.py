"""How the weights of a model are stored, from its configuration, its tags, its library and its name."""

import re
from collections.abc import Collection
from typing import NamedTuple

# Words of tags and names that state a method, most specific first: several of them may be on one model.
METHOD_WORDS = {
    "gguf": "gguf",
    "exl3": "exl3",
    "exl2": "exl2",
    "mlx": "mlx",
    "aqlm": "aqlm",
    "hqq": "hqq",
    "nvfp4": "nvfp4",
    "mxfp4": "mxfp4",
    "gptq": "gptq",
    "awq": "awq",
    "auto-round": "auto-round",
    "autoround": "auto-round",
    "compressed-tensors": "compressed-tensors",
    "bitsandbytes": "bitsandbytes",
    "bnb": "bitsandbytes",
    "fp8": "fp8",
}
_BITS = re.compile(
    r"(?<![a-z0-9.])(?:q|int|w|u?int)?(?:([2-8])[-_]?bits?|([1-8](?:[._]\d{1,3})?)bpw)(?![a-z0-9])|(?<![a-z0-9])(?:int|q|fp|mxfp|nvfp)([2-8])(?![0-9])"
)
_METHOD = re.compile(rf"(?<![a-z0-9])(?:{'|'.join(METHOD_WORDS)})(?![a-z0-9])")
_NOT_LETTERS = re.compile(r"[^a-z0-9]+")
WIDTH_TAGS = tuple(f"{bits}-bit" for bits in (4, 8, 2, 3, 5, 6))  # of the Hub, by the configuration
ADAPTER_TAGS = frozenset(("peft", "lora", "adapter", "qlora", "dora"))
FORMAT_TAGS = (*METHOD_WORDS, *sorted(ADAPTER_TAGS), *WIDTH_TAGS)  # all tags that this module reads
ADAPTER_FILES = ("adapter_config.json", "adapter_model.safetensors", "adapter_model.bin")
ADAPTER_WORDS = frozenset(("lora", "qlora", "dora", "adapter", "adapters"))


class WeightFormat(NamedTuple):
    """The method of quantisation (None: none is known) and the bits of a weight."""

    method: str | None
    bits: float | None


def weight_format(
    quant_method: str | None, quant_bits: float | None, tags: Collection[str], library: str | None, name: str
) -> WeightFormat:
    """The configuration states the method exactly; tags, library and name are what authors and tools write.

    >>> weight_format(None, None, ["mlx", "4-bit"], "mlx", "tiny-4bit")
    WeightFormat(method='mlx', bits=4.0)
    >>> weight_format("gptq", 4, ["gptq"], "transformers", "tiny-GPTQ")
    WeightFormat(method='gptq', bits=4)
    >>> weight_format(None, None, ["safetensors"], "transformers", "tiny")
    WeightFormat(method=None, bits=None)
    """
    if quant_method and quant_method != "modelopt":
        return WeightFormat(quant_method, quant_bits)
    lower = name.lower()
    words = {*METHOD_WORDS.keys() & {*tags, library or ""}, *_METHOD.findall(lower)}
    method = next((METHOD_WORDS[word] for word in METHOD_WORDS if word in words), quant_method) if words else quant_method
    if quant_bits:
        return WeightFormat(method, quant_bits)
    tagged = next((float(tag[0]) for tag in WIDTH_TAGS if tag in tags), None)
    found = None if tagged else _BITS.search(lower)
    return WeightFormat(method, tagged or (float(next(filter(None, found.groups())).replace("_", ".")) if found else None))


def is_adapter(peft_base: str | None, tags: Collection[str], library: str | None, file_names: Collection[str], name: str) -> bool:
    """Whether the files are a delta to a base: their numbers are not those of the model that a user runs.

    >>> is_adapter(None, ["lora"], "diffusers", [], "tiny"), is_adapter(None, [], "transformers", ["model.safetensors"], "tiny")
    (True, False)
    """
    if peft_base or library in ("peft", "adapter-transformers") or any(name in ADAPTER_FILES for name in file_names):
        return True
    return not ADAPTER_TAGS.isdisjoint(tags) or not ADAPTER_WORDS.isdisjoint(_NOT_LETTERS.split(name.lower()))
