"""The family of an architecture, and whether it is a mixture of experts (conf/architecture_families.csv).

A class, a model type, the architecture of a GGUF file and a tag are compared by one key: lower-case letters and digits, without what a
class does (`Qwen2MoeForCausalLM` and `qwen2_moe` are both `qwen2moe`).
"""

import re
from collections.abc import Iterable
from functools import cache, lru_cache
from typing import NamedTuple

from hublake.lake.curated import curated

OTHER = "other"
UNKNOWN = "unknown"
SHORTEST_PREFIX = 4  # letters of a listed architecture with which a longer one may begin: `opt` begins too many words
LONGEST_KEY = 60

_ENDING = re.compile(r"(?:For[A-Z]\w*|LMHead\w*|MTModel|LMModel|PreTrainedModel|HeadModel|Model|LM)$")
_NOT_KEY = re.compile(r"[^a-z0-9]+")
# A word with its version; 7b and 4x7b are sizes.
_WORD = re.compile(r"[a-z]+(?:[-_]?\d{1,4}(?:\.\d{1,3})?(?![\d.]*(?:[bm](?![a-z])|x\d)))?|\d+")
_MOE = re.compile(r"moe")
# What names of mixtures of experts have: the word, 8x7B, 8x22, or the weights of one token. 512x512 and 16x16, which are sizes of images,
# do not count, nor does llama3b.
_EXPERTS = re.compile(
    r"moe|mixture|mixtral|expert|(?<!\d)\d{1,3}x\d{1,3}(?:\.\d{1,3})?[bm](?![a-z])"
    r"|(?<![\dx])(?!(\d\d)x\1)(?:[1-9]|[1-5]\d|6[0-4])x\d{1,2}(?![\dx])"
    r"|(?:(?<![a-z])|(?<=\db))a\d+(?:\.\d+)?b|\de(?![a-z0-9])"
)


class Family(NamedTuple):
    """`is_mixture` is None if members of the family differ, or the version is not listed."""

    family: str
    is_mixture: bool | None


def architecture_key(architecture: str) -> str:
    """The key of a class or a type.

    >>> architecture_key("XLMRobertaForTokenClassification"), architecture_key("xlm-roberta"), architecture_key("GPT2LMHeadModel")
    ('xlmroberta', 'xlmroberta', 'gpt2')
    """
    stem = _ENDING.sub("", architecture) or architecture
    return _NOT_KEY.sub("", stem.lower())[:LONGEST_KEY]


@lru_cache(1 << 14)
def family_of(architecture: str) -> Family:
    """The family of a stated class or type: as listed, or that of the longest listed one with which it begins.

    >>> family_of("MixtralForCausalLM"), family_of("qwen9_moe"), family_of("AdaForCausalLM")
    (Family(family='mistral', is_mixture=True), Family(family='qwen', is_mixture=True), Family(family='other', is_mixture=None))
    """
    key = architecture_key(architecture)
    exact = _listed().get(key)
    if exact:
        return exact
    begins = (key[:length] for length in range(len(key) - 1, 1, -1) if length >= SHORTEST_PREFIX or key[length].isdigit())
    found = next((_listed()[prefix] for prefix in begins if prefix in _listed()), None)
    if _MOE.search(key):
        return Family(found.family if found else OTHER, True)
    return Family(found.family, True if found.is_mixture else None) if found else Family(OTHER, None)


@lru_cache(1 << 16)
def family_of_word(word: str) -> Family | None:
    """The family that a tag or a word of a name states: as listed, with any version; None for every other word.

    >>> family_of_word("qwen9_5"), family_of_word("transformers"), family_of_word("optimised")
    (Family(family='qwen', is_mixture=None), None, None)
    """
    if len(word) > LONGEST_KEY:
        return None
    key = _NOT_KEY.sub("", word.lower())
    if key in _listed():
        return _listed()[key]
    letters = key.rstrip("0123456789")
    found = _listed().get(letters) if letters != key else None
    if found is None and letters.endswith("moe"):
        found = _listed().get(letters[:-3].rstrip("0123456789"))
        return Family(found.family, True) if found else None
    return Family(found.family, True if found.is_mixture else None) if found else None


def family_in_tags(tags: Iterable[str]) -> tuple[str, Family] | None:
    """The first tag that states an architecture: the Hub writes the model type before the tags of the author.

    >>> family_in_tags(["transformers", "safetensors", "qwen2", "text-generation", "llama-factory"])
    ('qwen2', Family(family='qwen', is_mixture=False))
    """
    return next(((tag, found) for tag in tags if ":" not in tag and (found := family_of_word(tag))), None)


def family_in_name(name: str) -> tuple[str, Family] | None:
    """The word of a name that states an architecture; None if words of several families do. With a mark of experts it states no dense one.

    >>> family_in_name("Tiny-Llama3-8B-chat"), family_in_name("DeepSeek-R1-Distill-Llama-8B")
    (('llama3', Family(family='llama', is_mixture=False)), None)
    """
    found = [(word, family) for word in _WORD.findall(name.lower()) if (family := family_of_word(word))]
    if len({family.family for _, family in found}) != 1:
        return None
    word, family = found[0]
    return word, family if family.is_mixture or not _EXPERTS.search(name.lower()) else family._replace(is_mixture=None)


@cache
def _listed() -> dict[str, Family]:
    rows = curated("architecture_families")
    return {row["architecture"]: Family(row["family"], {"yes": True, "no": False}.get(row["is_mixture"])) for row in rows}
