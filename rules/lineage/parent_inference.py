"""Infer the parent of a model that declares none, from the model's name.

Tools and conventions keep the parent's name and append what was done to it: users of llama.cpp and AutoGPTQ append the format, the
Trainer of transformers writes `<base>-finetuned-<dataset>`, and publishers release `<base>-instruct` together with `<base>`.
"""

import re
from bisect import bisect_right
from collections.abc import Iterable
from functools import lru_cache
from itertools import accumulate
from typing import NamedTuple

from hublake.rules.lineage.relation_inference import QUANTIZATION_TERM, is_quantization_term

# Suffixes of the tuned variants that publishers release with a base model (instruction tuning and its methods, as in the TRL docs).
TUNED = frozenset("instruct instruction instruction-tuned it chat sft dpo ppo orpo kto rlhf grpo simpo cpo ipo aligned assistant".split())
MIN_KEY_LENGTH = 5  # letters of a name that may identify a parent
_FINETUNED = frozenset("finetuned finetune finetuning ft".split())
_DERIVATION_TERM = re.compile("|".join((*sorted(TUNED | _FINETUNED), "fine", QUANTIZATION_TERM)))


class ImpliedParent(NamedTuple):
    """What a name implies: the `name_key` of the parent's name, the relation, and whether only the same author's models qualify."""

    key: str
    relation: str
    same_author_only: bool


def name_key(words: list[str]) -> str:
    """A key that is equal for names of the same words in any order.

    >>> name_key(name_words("Acme/Flora_DPO 7B")) == name_key(name_words("b/flora-7b-dpo"))
    True
    """
    return "-".join(sorted(words))


def name_words(model_id: str) -> list[str]:
    """The words of a model's name without its author, in lower case."""
    return list(filter(None, model_id.rpartition("/")[2].lower().replace("_", "-").replace(" ", "-").split("-")))


def implied_parent(words: list[str]) -> ImpliedParent | None:
    """The parent implied by a name with these `name_words`; None if the name implies no parent.

    >>> implied_parent(name_words("b/Flora-7B-Q4_K_M-GGUF"))
    ImpliedParent(key='7b-flora', relation='quantized', same_author_only=False)
    >>> implied_parent(name_words("b/bert-base-finetuned-squad")).key, implied_parent(name_words("a/x-7b-instruct-v2")).same_author_only
    ('base-bert', True)
    >>> implied_parent(name_words("a/flora-7b")) is None
    True
    """
    if not any(map(_is_derivation_term, words)):
        return None
    finetuned_at = next((index for index in range(1, len(words)) if _is_finetuned(words, index)), None)
    base = _without_bit_widths(words, [word for word in words if not is_quantization_term(word)])
    if len(base) < len(words):
        return _if_distinctive(base, "quantized", same_author_only=False)
    if finetuned_at is not None:
        return _if_distinctive(words[:finetuned_at], "finetune", same_author_only=False)
    untuned = [word for word in words if word not in TUNED]
    return _if_distinctive(untuned, "finetune", same_author_only=True) if len(untuned) < len(words) else None


@lru_cache(1 << 15)  # names consist of a few thousand words, and most imply no parent: two million names take seconds
def _is_derivation_term(word: str) -> bool:
    return _DERIVATION_TERM.fullmatch(word) is not None


def _is_finetuned(words: list[str], index: int) -> bool:
    return words[index] in _FINETUNED or words[index : index + 2] in (["fine", "tuned"], ["fine", "tune"], ["fine", "tuning"])


# Parts of format names that mean nothing alone: Q4_K_M is split into three words, h6 is the head of exllamav2, g128 a group size.
_BIT_WIDTH = re.compile(r"(?:[ksml01]|xs|xxs|nl|xl|h[2-8]|g\d{2,3}|gs\d{2,3}|fp16|f16|bf16|ov|ct2|act|order|bits?|bpw|no|inc|sym)")


def _without_bit_widths(words: list[str], base: list[str]) -> list[str]:
    """If the name contains a format, also drop the parts of formats at its end: x-7b-q4_k_m -> x-7b."""
    if len(base) == len(words):
        return base
    first = next(index for index, word in enumerate(words) if is_quantization_term(word))
    kept = list(base)
    while len(kept) > first and _BIT_WIDTH.fullmatch(kept[-1]):
        kept.pop()
    while kept and _BIT_WIDTH.fullmatch(kept[-1]) and len(kept) >= first:
        kept.pop()
    return kept


def _if_distinctive(words: list[str], relation: str, *, same_author_only: bool) -> ImpliedParent | None:
    """None for short names (model, bert, v2), which thousands of unrelated models share."""
    key = name_key(words)
    return ImpliedParent(key, relation, same_author_only) if len(key) >= MIN_KEY_LENGTH and len(words) > 1 else None


class ChildModel(NamedTuple):
    """A model whose name implies a parent; `created_at` is a number that grows with time."""

    model_id: str
    author: str | None
    created_at: int | None
    same_author_only: bool


class Namesake(NamedTuple):
    """A listed model whose name has the implied key."""

    model_id: str
    author: str | None
    created_at: int | None
    downloads: int


class NamesakeIndex:
    """The listed models whose names share one key. Cost per lookup: one binary search over their creation dates."""

    def __init__(self, models: Iterable[Namesake]) -> None:
        # A model without a date counts as the oldest: nothing indicates that it is newer than the child.
        by_date = sorted(((0 if m.created_at is None else m.created_at), -m.downloads, m.model_id, m.author) for m in models)
        self._dates = [date for date, *_ in by_date]
        # min over (-downloads, model_id) selects the most downloaded model.
        self._best_until = list(accumulate(((negated, name) for _, negated, name, _ in by_date), min))
        self._best_by_author: dict[str | None, tuple[int, str]] = {}
        for _, negated, name, author in by_date:
            self._best_by_author[author] = min(self._best_by_author.get(author, (negated, name)), (negated, name))

    def best_parent(self, child: ChildModel) -> str | None:
        """The most downloaded model that is by the child's author, or, unless `same_author_only`, was created before the child.

        >>> index = NamesakeIndex([Namesake("a/flora", "a", 5, 10), Namesake("b/flora", "b", 1, 3), Namesake("c/flora", "c", 9, 99)])
        >>> children = [("d", False), ("c", False), ("b", True), ("d", True)]
        >>> [index.best_parent(ChildModel("x", author, 6, same_author_only)) for author, same_author_only in children]
        ['a/flora', 'c/flora', 'b/flora', None]
        """
        found = [self._best_by_author[child.author]] if child.author is not None and child.author in self._best_by_author else []
        if not child.same_author_only:
            earlier = len(self._dates) if child.created_at is None else bisect_right(self._dates, child.created_at)
            found += self._best_until[earlier - 1 : earlier] if earlier else []
        return min(found)[1] if found else None
