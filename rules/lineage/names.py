"""A model's name -> the name of the model that it seems to derive from, for models that declare no parent at all.

Tools and habits leave the parent's name whole and write behind it what was done: llama.cpp's and AutoGPTQ's users the format, the
Trainer of transformers `<base>-finetuned-<dataset>`, publishers `<base>-instruct` beside `<base>`.
"""

import re
from bisect import bisect_right
from collections.abc import Iterable
from functools import lru_cache
from itertools import accumulate
from typing import NamedTuple

from hublake.rules.lineage.relations import QUANTIZED_WORD, is_quantized_word

# What publishers call the tuned sisters of their base models (instruction tuning and its methods, as in the TRL docs).
TUNED = frozenset("instruct instruction instruction-tuned it chat sft dpo ppo orpo kto rlhf grpo simpo cpo ipo aligned assistant".split())
SHORTEST = 5  # letters of a name that is taken for a parent's
_FINETUNED = frozenset("finetuned finetune finetuning ft".split())
_TELLING_WORD = re.compile("|".join((*sorted(TUNED | _FINETUNED), "fine", QUANTIZED_WORD)))


class NamedParent(NamedTuple):
    """`key` is what `key_of` makes of the words of the parent's name. `is_own` asks for a parent of the same author."""

    key: str
    relation: str
    is_own: bool


def key_of(parts: list[str]) -> str:
    """What names that mean the same have in common: their words, in whatever order.

    >>> key_of(words("Acme/Flora_DPO 7B")) == key_of(words("b/flora-7b-dpo"))
    True
    """
    return "-".join(sorted(parts))


def words(model_id: str) -> list[str]:
    """Words of a model's own name, without the author, in lower case."""
    return list(filter(None, model_id.rpartition("/")[2].lower().replace("_", "-").replace(" ", "-").split("-")))


def parent_in_words(parts: list[str]) -> NamedParent | None:
    """The parent that a name of these `words` tells of; None where it tells of none.

    >>> parent_in_words(words("b/Flora-7B-Q4_K_M-GGUF"))
    NamedParent(key='7b-flora', relation='quantized', is_own=False)
    >>> parent_in_words(words("b/bert-base-finetuned-squad")).key, parent_in_words(words("a/x-7b-instruct-v2")).is_own
    ('base-bert', True)
    >>> parent_in_words(words("a/flora-7b")) is None
    True
    """
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
    return _TELLING_WORD.fullmatch(word) is not None


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
    key = key_of(parts)
    return NamedParent(key, relation, is_own) if len(key) >= SHORTEST and len(parts) > 1 else None


class Child(NamedTuple):
    """A model whose name tells of a parent; `created_at` is a number that grows with time."""

    model_id: str
    author: str | None
    created_at: int | None
    is_own: bool


class Namesake(NamedTuple):
    """A listed model with the name that is told of."""

    model_id: str
    author: str | None
    created_at: int | None
    downloads: int


class Namesakes:
    """Listed models whose names have one key. Cost: a search among their dates for each child, however many they are."""

    def __init__(self, models: Iterable[Namesake]) -> None:
        # Of a model without a date nobody knows that it is later.
        by_date = sorted(((0 if m.created_at is None else m.created_at), -m.downloads, m.model_id, m.author) for m in models)
        self._dates = [date for date, *_ in by_date]
        self._best_until = list(accumulate(((fewer, name) for _, fewer, name, _ in by_date), min))
        self._best_of: dict[str | None, tuple[int, str]] = {}
        for _, fewer, name, author in by_date:
            self._best_of[author] = min(self._best_of.get(author, (fewer, name)), (fewer, name))

    def meant_by(self, child: Child) -> str | None:
        """The most downloaded of them that is the child's author's, or that another made before it, unless the parent `is_own`.

        >>> known = Namesakes([Namesake("a/flora", "a", 5, 10), Namesake("b/flora", "b", 1, 3), Namesake("c/flora", "c", 9, 99)])
        >>> [known.meant_by(Child("x", author, 6, is_own)) for author, is_own in (("d", False), ("c", False), ("b", True), ("d", True))]
        ['a/flora', 'c/flora', 'b/flora', None]
        """
        found = [self._best_of[child.author]] if child.author is not None and child.author in self._best_of else []
        if not child.is_own:
            earlier = len(self._dates) if child.created_at is None else bisect_right(self._dates, child.created_at)
            found += self._best_until[earlier - 1 : earlier] if earlier else []
        return min(found)[1] if found else None
