"""Infer how a model derives from its bases if no relation is declared: from its files, library, tags and name.

The Hub does not publish how it infers a relation. These clues are the conventions of the tools that leave them.
"""

import re
from collections.abc import Callable, Collection
from functools import lru_cache
from typing import NamedTuple

# PEFT and its predecessors store an adapter under these names; diffusers stores LoRA weights under the last.
_ADAPTER_FILE = re.compile(r"(?:.*/)?(?:adapter_config\.json|adapter_model\.(?:safetensors|bin)|pytorch_lora_weights\.(?:safetensors|bin))")
ADAPTER_LIBRARIES = frozenset(("peft", "adapter-transformers", "adapters"))
# qlora, dora and peft are no clues as tags: they say how a model was trained (AutoTrain adds peft), and most such models are merged or
# quantised results. Adapters have other clues as well.
ADAPTER_TAGS = frozenset(("lora", "adapter-transformers", "template:sd-lora", "template:diffusion-lora"))

# mergekit writes its configuration next to the weights; the words are its methods (mergekit's README) and common names of the result.
_MERGE_FILE = re.compile(r"mergekit(?:_moe)?_config\.ya?ml")
_MERGE = re.compile(
    r"(?<![a-z0-9])(?:(?:lazy)?mergekit|(?:franken|moe?r?|model[-_ ]?)?merge[ds]?|frankenmoe"
    r"|slerp|ties|dare(?:[-_]ties)?|task[-_]arithmetic|della)(?![a-z0-9])"
)

# The format of llama.cpp, and the settings files of AutoGPTQ, AutoAWQ and ModelOpt.
_QUANTIZED_FILE = re.compile(r".*\.gguf|(?:.*/)?(?:quantize_config|quant_config|hf_quant_config)\.json", re.IGNORECASE)
_QUANTIZED_LIBRARIES = frozenset(("gguf", "llama.cpp", "exllamav2", "exllamav3", "mlc-llm", "hqq"))
# Formats of other runtimes, which the Hub counts as quantized at any bit width. MLX alone is no clue: its weights may be unquantized, and
# then the Hub reports a finetune. If they are quantized, a second tag gives the width (4-bit).
_EXPORT_FORMATS = frozenset(
    ("onnx", "openvino", "coreml", "coremltools", "transformers.js", "onnxruntime", "executorch", "rkllm", "convrot", "q4nx")
)
# Formats of files that nobody trains on, and those of frameworks that do. The Hub adds them as tags by the files of a repository.
CONVERTED_TAGS = frozenset((*(_EXPORT_FORMATS - {"convrot", "q4nx"}), "gguf", "ggml", "llama.cpp", "ctranslate2", "tflite"))
TRAINABLE_TAGS = frozenset("safetensors pytorch tf jax flax keras rust paddlepaddle diffusers".split())
# The methods that the Hub names as tags by the model's configuration, and llama.cpp's imatrix.
_QUANTIZED_TAGS = frozenset(("imatrix", "bitsandbytes", "compressed-tensors", "exllamav2", "modelopt"))
# Authors' words, which are no clues as tags: most models with these alone are fine-tunes, with quantised files or about quantisation.
_WEAK_TAG = re.compile(r"int\d|quanti[sz]ed|quants?")
# Formats and methods of transformers' quantization docs, llama.cpp's types (Q4_K_M, IQ2_XS), widths (4bit, 4.0bpw, w4a16).
_FORMAT = (
    r"(?:gguf|ggml|awq|gptq(?:model)?|exl[23]|hqq|aqlm|eetq|vptq|spqr|quip|bnb|auto[-_]?round|torchao|i1"
    r"|quanti[sz]ed|quants?|[nm]?[vx]?fp[48]|nf4|int[2348]|[2-8][-_]?bits?|w[0-9]{1,2}a[0-9]{1,2}|[0-9](?:[._][0-9]{1,3})?[-_]?bpw"
    r"|i?q[2-8](?:[-_](?:[01kxs]|xs|xxs|nl|k[-_](?:s|m|l|xl)))?|q[2-8]f(?:16|32)(?:[-_][0-9])?)"
)
_QUANTIZED = re.compile(_FORMAT)
# More runtimes whose users keep the name of the original: CTranslate2 (ct2fast is a prefix), OpenVINO, TensorRT-LLM, AWS Neuron.
_RUNTIMES = ("mlx", "ov", "ct2", "ct2fast", "ctranslate2", "tflite", "trtllm", "tensorrt", "neuronx")
# A word of a name, in lower case, that is a quantization format or bit width, or says that a tool compressed the model (Pruna: smashed).
QUANTIZATION_TERM = "|".join((_FORMAT, *map(re.escape, sorted(_EXPORT_FORMATS)), *_RUNTIMES, "smashed"))
_QUANTIZATION_TERM = re.compile(QUANTIZATION_TERM)


class RelationClues(NamedTuple):
    """Metadata of a model that indicates its relation; `bases` are the names of the parents it declares. All text is in lower case."""

    name: str
    library: str
    tags: Collection[str]
    file_names: Collection[str]
    bases: Collection[str]


class InferredRelation(NamedTuple):
    """A relation, and the share of cases in which its rule is right."""

    relation: str
    confidence: float


def infer_relation(clues: RelationClues) -> InferredRelation:
    """The relation of the first matching rule, strongest clue first; a model without clues is a finetune.

    >>> infer_relation(RelationClues("gemma-2b-gguf", "", ["gguf"], [], bases=["google/gemma-2b"])).relation
    'quantized'
    """
    return next(inferred for matches, inferred in RULES if matches(clues))


def _has_file(pattern: re.Pattern[str], clues: RelationClues) -> bool:
    return any(pattern.fullmatch(name) for name in clues.file_names)


def _is_adapter_by_files(clues: RelationClues) -> bool:
    return _has_file(_ADAPTER_FILE, clues) or clues.library in ADAPTER_LIBRARIES


def _is_merge(clues: RelationClues) -> bool:
    """Several bases alone do not make a merge: for all other relations the Hub keeps one base, and authors also list relatives."""
    if len(clues.bases) < 2:
        return False
    is_tagged = any(_MERGE.fullmatch(tag) for tag in clues.tags)
    return is_tagged or _has_file(_MERGE_FILE, clues) or _MERGE.search(clues.name) is not None


def _is_quantized(clues: RelationClues) -> bool:
    if _has_file(_QUANTIZED_FILE, clues) or clues.library in _QUANTIZED_LIBRARIES | _EXPORT_FORMATS:
        return True
    return any(tag in _EXPORT_FORMATS or tag in _QUANTIZED_TAGS or _is_format_tag(tag) for tag in clues.tags)


@lru_cache(1 << 15)  # a few thousand distinct tags repeat over all models
def _is_format_tag(tag: str) -> bool:
    return _QUANTIZED.fullmatch(tag) is not None and not _WEAK_TAG.fullmatch(tag)


def _is_adapter_by_tags(clues: RelationClues) -> bool:
    return not ADAPTER_TAGS.isdisjoint(clues.tags)


# The confidence is the share of correct relations on edges that the Hub typed (benchmarks/lineage_truth.py), rounded down to 0.05. The Hub
# counts a quantised file of an adapter (tags lora and gguf) as an adapter, hence the order. The model's name is no clue: people who
# quantise a model copy its card, including the base in it, so the suffix of the name does not describe the relation to that base.
RULES: tuple[tuple[Callable[[RelationClues], bool], InferredRelation], ...] = (
    (_is_adapter_by_files, InferredRelation("adapter", 0.95)),
    (_is_merge, InferredRelation("merge", 0.95)),
    (_is_adapter_by_tags, InferredRelation("adapter", 0.9)),
    (_is_quantized, InferredRelation("quantized", 0.9)),
    (lambda clues: True, InferredRelation("finetune", 0.95)),
)


@lru_cache(1 << 15)
def is_quantization_term(word: str) -> bool:
    """Whether a word of a name, in lower case, is a quantization format or bit width.

    >>> is_quantization_term("gguf"), is_quantization_term("4bit"), is_quantization_term("7b")
    (True, True, False)
    """
    return _QUANTIZATION_TERM.fullmatch(word) is not None
