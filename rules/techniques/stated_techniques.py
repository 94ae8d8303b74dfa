"""Techniques that tags, the library and the name of a model state, by words (conf/technique_words.csv)."""

import re
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping
from functools import cache

from hublake.rules.techniques.file_techniques import gguf_type, nominal_bits
from hublake.rules.techniques.vocabulary import QUANTISATION, FoundTechnique, TechniqueWord, technique_groups, technique_words
from hublake.rules.word_search import WordSearch

MAX_NAME = 200
# name: between the lower bound and the share right of those that a mark can judge, as benchmarks/technique_truth.py prints them. The others
# are ours: their tags are the labels.
CONFIDENCE = {"hub_tag": 0.99, "tool_tag": 0.98, "author_tag": 0.9, "name": 0.9}
_UNKNOWN_METHOD = "quantization"

_TAGS_OF_TEMPLATES = {"template:sd-lora": "lora", "template:diffusion-lora": "lora"}  # the Hub's galleries of LoRA weights
_FACTORY = "llama-factory"  # LLaMA-Factory adds its finetuning_type, a word of its own only beside this tag
_FACTORY_TYPES = {"full": "full", "freeze": "freeze", "lora": "lora"}
MERGE_TAG = "base_model:merge:"

_NAME_WORDS = re.compile(r"[0-9]{1,2}\.[0-9]{1,3}(?:bpw|bits?)|[a-z0-9]+")
# 4.65bpw, 4bpw, 9.4bit; whole numbers of bits are words of the list.
_BITS_PER_WEIGHT = re.compile(
    r"(?<![a-z0-9.])([0-9]{1,2}(?:[._][0-9]{1,3})?)[-_]?bpw(?![a-z0-9])|([0-9]{1,2}\.[0-9]{1,3})bits?(?![a-z0-9])"
)
_BITS = {f"q{bits}": float(bits) for bits in range(2, 9)}
_DIGIT = re.compile(r"[0-9]")
# Beside these, the words of formats say what the model was trained for or converted from.
_UNQUANTISED = frozenset(("unquantized", "unquantised", "dequantized", "dequantised", "dequant"))
# Before a word they deny it or say that it is not yet done; behind it they make it data or a comparison.
_NOT_BEFORE = frozenset("no non not without wo vs versus pre before anti minus against for".split())
_NOT_BEHIND = frozenset("data dataset datasets corpus prompts pairs baseline ready free vs versus bench benchmark judge".split())
_NOT_MERGES = frozenset("lora loras qlora adapter adapters peft".split())  # LoRA weights that are merged into their base


def tag_techniques(tags: Collection[str], library: str | None) -> list[FoundTechnique]:
    """The techniques by tags and library. A trainer's word is a tool's beside the tag `trl`, an author's otherwise.

    >>> [(found.technique, found.source) for found in tag_techniques(["trl", "dpo", "lora"], "peft")]
    [('peft', 'tool_tag'), ('dpo', 'tool_tag'), ('lora', 'tool_tag')]
    >>> [(found.technique, found.bits) for found in tag_techniques(["8-bit", "gptq"], None)]
    [('quantization', 8.0), ('gptq', 8.0)]
    """
    lower = list(dict.fromkeys(tag.lower() for tag in tags))
    words = {tag: technique_words()[tag] for tag in lower if tag in technique_words()}
    bits = _stated_bits(words.values())
    found = []
    if library and library.lower() == "peft":
        found.append(FoundTechnique("peft", "tool_tag", "library peft", CONFIDENCE["tool_tag"]))
    for tag, word in words.items():
        source = _source(word.writer, lower)
        found.append(FoundTechnique(word.technique, source, tag, CONFIDENCE[source], word.detail, _bits(tag, word, bits)))
    if "mlx" in lower and bits:  # MLX weights may be unquantised
        found.append(FoundTechnique("mlx", "tool_tag", "mlx", CONFIDENCE["tool_tag"], None, bits))
    if _FACTORY in lower:
        of_factory = [(tag, technique) for tag, technique in _FACTORY_TYPES.items() if tag in lower and tag not in words]
        found += [FoundTechnique(technique, "tool_tag", tag, CONFIDENCE["tool_tag"]) for tag, technique in of_factory]
    for tag in lower:
        if tag in _TAGS_OF_TEMPLATES:
            found.append(FoundTechnique(_TAGS_OF_TEMPLATES[tag], "tool_tag", tag, CONFIDENCE["tool_tag"]))
    if any(tag.startswith(MERGE_TAG) for tag in lower):
        found.append(FoundTechnique("merge", "hub_tag", MERGE_TAG.rstrip(":"), CONFIDENCE["hub_tag"]))
    return found


def name_techniques(model_id: str) -> list[FoundTechnique]:
    """The techniques that the part of a name after the slash states, unless it denies or compares them.

    >>> [(found.technique, found.bits) for found in name_techniques("lora/Flora-7B-dpo-GPTQ-8bit")]
    [('dpo', None), ('gptq', 8.0)]
    >>> name_techniques("a/flora-no-dpo"), name_techniques("a/sft-vs-dpo"), name_techniques("a/dpo-dataset-scorer")
    ([], [], [])
    """
    name = model_id[model_id.rfind("/") + 1 :][:MAX_NAME].lower()
    if not _search().is_in(name):
        return []
    tokens = _NAME_WORDS.findall(name)
    words = dict(_words_in(tokens))
    if not _UNQUANTISED.isdisjoint(tokens):
        return _merges([_in_name(word, stated) for word, stated in words.items() if not _is_quantisation(stated)], tokens)
    kind = gguf_type(name) if "_" in name and "q" in name else None  # every quantised type has both
    kind = kind if kind and kind.startswith(("Q", "IQ", "TQ")) else None
    written, bits = _bits_in_name(name, tokens)
    bits = _stated_bits(words.values()) or bits
    methods = {word for word, stated in words.items() if _is_method(stated)}
    found = []
    for word, stated in words.items():
        if not (methods and stated.technique == _UNKNOWN_METHOD):  # bits are of the method beside them
            of_gguf = (kind, nominal_bits(kind)) if stated.technique == "gguf" and kind else (stated.detail, _bits(word, stated, bits))
            found.append(_in_name(word, stated)._replace(detail=of_gguf[0], bits=of_gguf[1]))
    if "mlx" in tokens and bits and not methods:
        found = [fact for fact in found if fact.technique != _UNKNOWN_METHOD]
        found.append(FoundTechnique("mlx", "name", "mlx", CONFIDENCE["name"], None, bits))
    elif kind and "gguf" not in words:
        found.append(FoundTechnique("gguf", "name", kind, CONFIDENCE["name"], kind, nominal_bits(kind)))
    elif written and not any(technique_groups()[fact.technique] == QUANTISATION for fact in found):
        found.append(FoundTechnique(_UNKNOWN_METHOD, "name", written, CONFIDENCE["name"], None, bits))
    return _merges(_distinct(found), tokens)


@cache
def tag_hints() -> frozenset[str]:
    """The tags that `tag_techniques` reads, in lower case, without those of merged models.

    >>> "gguf" in tag_hints(), "llama-factory" in tag_hints()
    (True, True)
    """
    return frozenset((*technique_words(), *_TAGS_OF_TEMPLATES, _FACTORY, *_FACTORY_TYPES, "mlx", "trl"))


@cache
def _search() -> WordSearch:
    """Finds a word in every name that states a technique: the longest token of each word, bits, or the beginning of a type of GGUF file."""
    types = ("iq", "tq", *(f"q{bits}" for bits in range(2, 9)))
    return WordSearch([*(max(spelled, key=len) for spelled in _spelled_words()), "mlx", "bpw", "bit", *types])


def _in_name(word: str, stated: TechniqueWord) -> FoundTechnique:
    return FoundTechnique(stated.technique, "name", word, CONFIDENCE["name"], stated.detail, stated.bits)


def _bits_in_name(name: str, tokens: list[str]) -> tuple[str | None, float | None]:
    """Bits per weight (4.65bpw, q4) that are no words of the list, as written and as a number."""
    per_weight = _BITS_PER_WEIGHT.search(name) if "bpw" in name or "bit" in name else None
    if per_weight:
        return per_weight[0], float((per_weight[1] or per_weight[2]).replace("_", "."))
    short = next((token for token in tokens if token in _BITS), None)
    return (short, _BITS[short]) if short else (None, None)


def _source(writer: str, tags: Collection[str]) -> str:
    if writer == "trl":
        return "tool_tag" if "trl" in tags else "author_tag"
    return f"{writer}_tag"


def _is_quantisation(word: TechniqueWord) -> bool:
    return technique_groups()[word.technique] == QUANTISATION


def _is_method(word: TechniqueWord) -> bool:
    return _is_quantisation(word) and word.technique != _UNKNOWN_METHOD


def _stated_bits(words: Iterable[TechniqueWord]) -> float | None:
    """The bits of words that state nothing else, if they agree; if there are none, those of the number formats beside a method."""
    listed = list(words)
    alone = {word.bits for word in listed if word.technique == _UNKNOWN_METHOD}
    stated = alone or {word.bits for word in listed if word.bits and _DIGIT.search(word.technique)}
    return stated.pop() if len(stated) == 1 else None


def _bits(text: str, word: TechniqueWord, stated: float | None) -> float | None:
    """The bits of a format with a number in it (fp8) are its own; those of a method are stated beside it, else its usual ones."""
    if not _is_quantisation(word) or (word.bits and _DIGIT.search(text)):
        return word.bits
    return stated or word.bits


def _words_in(tokens: list[str]) -> Iterator[tuple[str, TechniqueWord]]:
    """The words of the vocabulary among the tokens that nothing denies; the longest at each place."""
    end = 0
    for place, token in enumerate(tokens):
        if place < end or token not in _name_words():
            continue
        spelled = next((those for those in _name_words()[token] if tokens[place : place + len(those)] == list(those)), ())
        end = place + len(spelled)
        is_denied = (place and tokens[place - 1] in _NOT_BEFORE) or (end < len(tokens) and tokens[end] in _NOT_BEHIND)
        if spelled and not is_denied:
            yield "-".join(spelled), _word_of(spelled)


@cache
def _spelled_words() -> Mapping[tuple[str, ...], TechniqueWord]:
    return {tuple(_NAME_WORDS.findall(word)): stated for word, stated in technique_words().items() if stated.counts_in_name}


def _word_of(spelled: tuple[str, ...]) -> TechniqueWord:
    return _spelled_words()[spelled]


@cache
def _name_words() -> Mapping[str, tuple[tuple[str, ...], ...]]:
    """The words that count in a name by their first token, longer ones first."""
    found: dict[str, list[tuple[str, ...]]] = defaultdict(list)
    for spelled in _spelled_words():
        found[spelled[0]].append(spelled)
    return {first: tuple(sorted(those, key=lambda tokens: (-len(tokens), tokens))) for first, those in found.items()}


def _distinct(found: list[FoundTechnique]) -> list[FoundTechnique]:
    """One fact of each technique and detail."""
    return list({(fact.technique, fact.detail): fact for fact in reversed(found)}.values())[::-1]


def _merges(found: list[FoundTechnique], tokens: list[str]) -> list[FoundTechnique]:
    """A merge beside a LoRA is one of weights into their base."""
    if _NOT_MERGES.isdisjoint(tokens):
        return found
    return [fact for fact in found if fact.technique != "merge" or fact.detail]
