"""A model's name -> the name of the model that it seems to derive from, for models that declare no parent at all.

Tools and habits leave the parent's name whole and write behind it what was done: llama.cpp's and AutoGPTQ's users the format, the
Trainer of transformers `<base>-finetuned-<dataset>`, publishers `<base>-instruct` beside `<base>`.
"""

import re
from functools import lru_cache
from typing import NamedTuple

from spark_jobs.rules.relation import is_quantized_word

BREAKS = "-_ "  # between the words of a name
_BREAKS = str.maketrans(dict.fromkeys(BREAKS, "-"))
# What publishers call the tuned sisters of their base models (instruction tuning and its methods, as in the TRL docs).
TUNED = frozenset("instruct instruction instruction-tuned it chat sft dpo ppo orpo kto rlhf grpo simpo cpo ipo aligned assistant".split())
SHORTEST = 5  # letters of a name that is taken for a parent's
_FINETUNED = frozenset("finetuned finetune finetuning ft".split())


class NamedParent(NamedTuple):
    """`key` is what `name_key` makes of the parent's name. `is_own` asks for a parent of the same author."""

    key: str
    relation: str
    is_own: bool


def name_key(model_id: str) -> str:
    """What names that mean the same have in common: their words, without author, case and order.

    >>> name_key("Acme/Flora_DPO 7B") == name_key("b/flora-7b-dpo")
    True
    """
    return _key(words(model_id))


def _key(parts: list[str]) -> str:
    return "-".join(sorted(parts))


def words(model_id: str) -> list[str]:
    """Words of a model's own name, in lower case."""
    return [word for word in model_id.rpartition("/")[2].lower().translate(_BREAKS).split("-") if word]


def parent_in_name(model_id: str) -> NamedParent | None:
    """The parent that the name tells of; None where it tells of none.

    >>> parent_in_name("b/Flora-7B-Q4_K_M-GGUF")
    NamedParent(key='7b-flora', relation='quantized', is_own=False)
    >>> parent_in_name("b/bert-base-finetuned-squad").key, parent_in_name("a/x-7b-instruct-v2").is_own
    ('base-bert', True)
    >>> parent_in_name("a/flora-7b") is None
    True
    """
    parts = words(model_id)
    if not any(map(_tells, parts)):
        return None
    tuned_at = next((place for place in range(1, len(parts)) if _is_finetuned(parts, place)), None)
    bare = [word for word in parts if not is_quantized_word(word)]
    bare = _without_widths(parts, bare)
    if len(bare) < len(parts):
        return _if_long(bare, "quantized", is_own=False)
    if tuned_at is not None:
        return _if_long(parts[:tuned_at], "finetune", is_own=False)
    plain = [word for word in parts if word not in TUNED]
    return _if_long(plain, "finetune", is_own=True) if len(plain) < len(parts) else None


@lru_cache(1 << 15)  # most names tell nothing, in a few thousand words: so two million of them are looked at in seconds
def _tells(word: str) -> bool:
    return word in TUNED or word in _FINETUNED or word == "fine" or is_quantized_word(word)


def _is_finetuned(parts: list[str], place: int) -> bool:
    return parts[place] in _FINETUNED or parts[place : place + 2] in (["fine", "tuned"], ["fine", "tune"], ["fine", "tuning"])


# Parts of a format's own name that say nothing alone: Q4_K_M is split into three, h6 is exllamav2's head, g128 a group's size.
_WIDTH = re.compile(r"(?:[ksml01]|xs|xxs|nl|xl|h[2-8]|g\d{2,3}|gs\d{2,3}|fp16|f16|bf16|ov|ct2|act|order|bits?|bpw|no|inc|sym)")


def _without_widths(parts: list[str], bare: list[str]) -> list[str]:
    """Where a format was found, its parts behind the last word of the name itself go too."""
    if len(bare) == len(parts):
        return bare
    first = next(place for place, word in enumerate(parts) if is_quantized_word(word))
    kept = list(bare)
    while len(kept) > first and _WIDTH.fullmatch(kept[-1]):
        kept.pop()
    while kept and _WIDTH.fullmatch(kept[-1]) and len(kept) >= first:
        kept.pop()
    return kept


def _if_long(parts: list[str], relation: str, *, is_own: bool) -> NamedParent | None:
    """Short names (model, bert, v2) are shared by thousands that are no kin."""
    key = _key(parts)
    return NamedParent(key, relation, is_own) if len(key) >= SHORTEST and len(parts) > 1 else None
