"""Techniques that the names of a model's files state: adapters, merges, and quantised weights with their types."""

import re
from collections.abc import Collection, Iterator

from hublake.rules.techniques.vocabulary import CONFIDENCE_OF_LORA, FoundTechnique

CONFIDENCE_OF_FILE = 0.99

# Types of llama.cpp (llama-quantize --help), as the Hub reads them from names of files. Other separators than underscores do not count.
_GGUF_TYPE = re.compile(
    r"(?<![A-Z0-9])(?:IQ[1-4]_(?:XXS|XS|S|M|NL)|Q2_K(?:_(?:S|L|XL))?|Q[3-6]_K(?:_(?:S|M|L|XL))?|Q8_K(?:_XL)?|Q4_0_[48]_[48]|Q[458]_[01]|Q4_[23]"
    r"|TQ[12]_0|MXFP4(?:_MOE)?|NVFP4|BF16|FP?16|FP?32)(?![A-Z0-9])"
)
_NO_WEIGHTS = re.compile(r"(?:^|[/._-])(?:mmproj|imatrix)(?:[/._-])", re.IGNORECASE)  # a projector of images, statistics of activations
_DIGITS = re.compile(r"[0-9]+")
_MERGE_FILE = re.compile(r"(?:.*/)?mergekit(?:_moe)?_config\.ya?ml")
_ADAPTER_FILE = re.compile(r"(?:.*/)?(?:adapter_config\.json|adapter_model\.(?:safetensors|bin))")
_LORA_FILE = re.compile(r"(?:.*/)?pytorch_lora_weights\.(?:safetensors|bin)")  # diffusers
# Settings files of AutoGPTQ, AutoAWQ (of early versions) and NVIDIA's Model Optimizer.
_SETTINGS = {"quantize_config.json": "gptq", "quant_config.json": "awq", "hf_quant_config.json": "modelopt"}


def gguf_type(path: str) -> str | None:
    """The last type in the path of a GGUF file, in llama.cpp's spelling.

    >>> gguf_type("m.Q4_K_M.gguf"), gguf_type("UD-Q2_K_XL/m-UD-Q2_K_XL-00001-of-00002.gguf"), gguf_type("m-f16.gguf"), gguf_type("m.gguf")
    ('Q4_K_M', 'Q2_K_XL', 'F16', None)
    """
    found = _GGUF_TYPE.findall(path.upper())
    return found[-1].replace("FP16", "F16").replace("FP32", "F32") if found else None


def nominal_bits(gguf: str | None) -> float | None:
    """The bits in the name of a GGUF type; its scales add to them.

    >>> nominal_bits("Q4_K_M"), nominal_bits("BF16"), nominal_bits("IQ2_XXS"), nominal_bits(None)
    (4.0, 16.0, 2.0, None)
    """
    digits = _DIGITS.search(gguf) if gguf else None
    return float(digits[0]) if digits else None


def file_techniques(file_names: Collection[str]) -> list[FoundTechnique]:
    """The techniques of a model by its files; of several files that state the same, the first in alphabetical order is the evidence.

    >>> [(found.technique, found.detail, found.bits) for found in file_techniques(["m.Q8_0.gguf", "m.Q4_K_M.gguf", "mmproj-f16.gguf"])]
    [('gguf', 'Q4_K_M', 4.0), ('gguf', 'Q8_0', 8.0)]
    """
    found: dict[tuple[str, str | None], FoundTechnique] = {}
    for name in sorted(file_names):
        for technique in _of_file(name):
            found.setdefault((technique.technique, technique.detail), technique)
    if any(key[0] == "gguf" and key[1] for key in found):
        found.pop(("gguf", None), None)  # a file without a type beside typed ones says nothing more
    return list(found.values())


def _of_file(name: str) -> Iterator[FoundTechnique]:
    if name[-5:].lower() == ".gguf":
        if not _NO_WEIGHTS.search(name):
            kind = gguf_type(name)
            yield FoundTechnique("gguf", "file", name, CONFIDENCE_OF_FILE, kind, nominal_bits(kind))
    elif _ADAPTER_FILE.fullmatch(name):
        yield FoundTechnique("peft", "file", name, CONFIDENCE_OF_FILE)
        yield FoundTechnique("lora", "file", name, CONFIDENCE_OF_LORA)
    elif _LORA_FILE.fullmatch(name):
        yield FoundTechnique("lora", "file", name, CONFIDENCE_OF_FILE)
    elif _MERGE_FILE.fullmatch(name):
        yield FoundTechnique("merge", "file", name, CONFIDENCE_OF_FILE, "moe" if "_moe_" in name else None)
    elif name in _SETTINGS:
        yield FoundTechnique(_SETTINGS[name], "file", name, CONFIDENCE_OF_FILE, None, 4.0 if name == "quant_config.json" else None)
