"""The techniques by which models are made, their groups, and the words of tags and names that state them."""

from functools import cache
from typing import NamedTuple

from hublake.lake.curated import curated

ADAPTERS = frozenset(("lora", "qlora", "dora", "peft"))  # adaptation that trains few weights beside the base
QUANTISATION = "quantisation"
CONFIDENCE_OF_LORA = 0.9  # the type of an adapter that states none: 98 % of the cards that name one type name LoRA


class FoundTechnique(NamedTuple):
    """A technique of a model and where it was read. `detail`: method of a merge, type of a GGUF file or of PEFT; `bits`: of a weight."""

    technique: str
    source: str
    evidence: str
    confidence: float
    detail: str | None = None
    bits: float | None = None


class TechniqueWord(NamedTuple):
    """What a word of a tag or a name states, and who writes it as a tag: a tool, trl, the hub or an author."""

    technique: str
    detail: str | None
    bits: float | None
    writer: str
    counts_in_name: bool


@cache
def technique_groups() -> dict[str, str]:
    """Group by technique.

    >>> technique_groups()["dpo"], technique_groups()["gguf"]
    ('objective', 'quantisation')
    """
    return {row["technique"]: row["group"] for row in curated("techniques")}


@cache
def technique_words() -> dict[str, TechniqueWord]:
    """What each word states (conf/technique_words.csv).

    >>> technique_words()["nvfp4"].bits
    4.0
    """
    return {
        row["word"]: TechniqueWord(
            row["technique"],
            row["detail"] or None,
            float(row["bits"]) if row["bits"] else None,
            row["writer"],
            row["counts_in_name"] == "yes",
        )
        for row in curated("technique_words")
    }


@cache
def _merge_methods() -> dict[str, str]:
    return {row["written"]: row["method"] for row in curated("merge_methods")}


def merge_method(written: str) -> str | None:
    """mergekit's name of a method, from the words of a card or the value of a configuration; None if it is not one.

    >>> merge_method("DARE TIES"), merge_method("dare_ties"), merge_method("magic")
    ('dare_ties', 'dare_ties', None)
    """
    return _merge_methods().get(" ".join(written.lower().split()))
