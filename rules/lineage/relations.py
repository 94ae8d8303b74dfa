"""How a model derives from its bases where nobody says it: marks in its files, library, tags and name.

The Hub does not publish how it infers a relation; these marks are the conventions of the tools that leave them.
"""

import re
from collections.abc import Callable, Collection
from functools import lru_cache
from typing import NamedTuple

# PEFT and its forerunners store an adapter under these names; diffusers stores LoRA weights under the last.
_ADAPTER_FILE = re.compile(r"(?:.*/)?(?:adapter_config\.json|adapter_model\.(?:safetensors|bin)|pytorch_lora_weights\.(?:safetensors|bin))")
_ADAPTER_LIBRARIES = frozenset(("peft", "adapter-transformers", "adapters"))
_ADAPTER_TAGS = frozenset(("peft", "lora", "qlora", "dora", "adapter-transformers", "template:sd-lora", "template:diffusion-lora"))

# mergekit leaves its recipe; the words are its methods (mergekit's README) and what people call the outcome.
_MERGE_FILE = re.compile(r"mergekit(?:_moe)?_config\.ya?ml")
_MERGE = re.compile(
    r"(?<![a-z0-9])(?:(?:lazy)?mergekit|(?:franken|moe?r?|model[-_ ]?)?merge[ds]?|frankenmoe"
    r"|slerp|ties|dare(?:[-_]ties)?|task[-_]arithmetic|della)(?![a-z0-9])"
)

# llama.cpp's format, and the settings that AutoGPTQ, AutoAWQ and ModelOpt write.
_QUANTIZED_FILE = re.compile(r".*\.gguf|(?:.*/)?(?:quantize_config|quant_config|hf_quant_config)\.json", re.IGNORECASE)
_QUANTIZED_LIBRARIES = frozenset(("gguf", "llama.cpp", "exllamav2", "exllamav3", "mlc-llm", "hqq"))
# Formats of other runtimes, which the Hub counts as quantized whatever their width. MLX alone says nothing: its weights may be
# whole, and then the Hub speaks of a finetune; the width stands beside it as a tag (4-bit).
_EXPORTED = frozenset(("onnx", "openvino", "coreml", "coremltools", "transformers.js", "onnxruntime"))
_QUANTIZED_TAGS = frozenset(
    ("quantized", "quantization", "quant", "autoquant", "imatrix", "bitsandbytes", "compressed-tensors", "exllamav2")
)
# Formats and methods of transformers' quantization docs, llama.cpp's types (Q4_K_M, IQ2_XS), widths (4bit, 4.0bpw, w4a16).
_FORMAT = (
    r"(?:gguf|ggml|awq|gptq(?:model)?|exl[23]|hqq|aqlm|eetq|vptq|spqr|quip|bnb|auto[-_]?round|torchao|i1"
    r"|quanti[sz]ed|quants?|[nm]?[vx]?fp[48]|nf4|int[2348]|[2-8][-_]?bits?|w[0-9]{1,2}a[0-9]{1,2}|[0-9](?:[._][0-9]{1,3})?[-_]?bpw"
    r"|i?q[2-8](?:[-_](?:[01kxs]|xs|xxs|nl|k[-_](?:s|m|l|xl)))?|q[2-8]f(?:16|32)(?:[-_][0-9])?)"
)
_QUANTIZED = re.compile(_FORMAT)
# A word of a name, in lower case, that is a format or width of quantisation.
QUANTIZED_WORD = "|".join((_FORMAT, *map(re.escape, sorted(_EXPORTED)), "mlx", "ov", "ct2"))
_QUANTIZED_WORD = re.compile(QUANTIZED_WORD)


class Marks(NamedTuple):
    """What of a model can betray how it was made; `bases` are the names of the parents it declares. All text in lower case."""

    name: str
    library: str
    tags: Collection[str]
    file_names: Collection[str]
    bases: Collection[str]


class Inferred(NamedTuple):
    """A relation and how often the rule behind it is right."""

    relation: str
    confidence: float


def infer_relation(marks: Marks) -> Inferred:
    """The relation of the first rule that fits, strongest mark first; a model without marks is a finetune.

    >>> infer_relation(Marks("gemma-2b-gguf", "", ["gguf"], [], bases=["google/gemma-2b"])).relation
    'quantized'
    """
    return next(inferred for fits, inferred in RULES if fits(marks))


def _has_file(pattern: re.Pattern[str], marks: Marks) -> bool:
    return any(pattern.fullmatch(name) for name in marks.file_names)


def _is_adapter_by_files(marks: Marks) -> bool:
    return _has_file(_ADAPTER_FILE, marks) or marks.library in _ADAPTER_LIBRARIES


def _is_merge(marks: Marks) -> bool:
    """Several bases alone are no merge: the Hub keeps one base of all the others, and authors list relatives too."""
    if len(marks.bases) < 2:
        return False
    is_tagged = any(_MERGE.fullmatch(tag) for tag in marks.tags)
    return is_tagged or _has_file(_MERGE_FILE, marks) or _MERGE.search(marks.name) is not None


def _is_quantized(marks: Marks) -> bool:
    if _has_file(_QUANTIZED_FILE, marks) or marks.library in _QUANTIZED_LIBRARIES | _EXPORTED:
        return True
    return any(tag in _EXPORTED or tag in _QUANTIZED_TAGS or _is_format(tag) for tag in marks.tags)


@lru_cache(1 << 15)  # tags and words of names are a few thousand, over and over
def _is_format(word: str) -> bool:
    return _QUANTIZED.fullmatch(word) is not None


def _is_adapter_by_tags(marks: Marks) -> bool:
    return not _ADAPTER_TAGS.isdisjoint(marks.tags)


# Confidence: share right on edges that the Hub typed (benchmarks/lineage_truth.py), in steps of .05. A quantised file of an adapter
# (tags lora and gguf) is an adapter to the Hub, hence the order. Names are no mark of a declared base: quantisers copy the original's
# card with the original's own base, and what is written behind a name then says nothing of that base.
RULES: tuple[tuple[Callable[[Marks], bool], Inferred], ...] = (
    (_is_adapter_by_files, Inferred("adapter", 0.95)),
    (_is_merge, Inferred("merge", 0.95)),
    (_is_adapter_by_tags, Inferred("adapter", 0.9)),
    (_is_quantized, Inferred("quantized", 0.9)),
    (lambda marks: True, Inferred("finetune", 0.95)),
)


@lru_cache(1 << 15)
def is_quantized_word(word: str) -> bool:
    """Whether a word of a name, in lower case, is a format or width of quantisation.

    >>> is_quantized_word("gguf"), is_quantized_word("4bit"), is_quantized_word("7b")
    (True, True, False)
    """
    return _QUANTIZED_WORD.fullmatch(word) is not None
