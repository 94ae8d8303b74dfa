"""Count the terms of conf/terms.csv in sentences, and separately the sentences that only deny them."""

import re
from collections import Counter
from collections.abc import Iterable
from functools import cache

from ahocorasick_rs import AhoCorasick

from hublake.lake.curated import curated
from hublake.rules.cards.cue_phrases import is_denial

_WORD_CHARACTER = re.compile(r"\w")


def count_terms(sentences: Iterable[str]) -> dict[str, tuple[int, int]]:
    """Return, for each term found, (sentences that contain it, sentences that contain it to deny it).

    `*` at the end of a term matches the rest of a word. Unlike cue_phrases.py, this function does not exclude other senses of a word.

    >>> count_terms(["It is toxic, toxic even in German.", "We know its biases.", "No known biases."])
    {'toxic*': (1, 0), 'bias*': (1, 1)}
    """
    asserted: Counter[str] = Counter()
    denied: Counter[str] = Counter()
    for sentence in sentences:
        text = sentence.casefold()
        found = _terms_in(text)
        if found:
            (denied if is_denial(text) else asserted).update(found)
    return {term: (asserted[term], denied[term]) for term in asserted | denied}


def _terms_in(text: str) -> set[str]:
    automaton, terms = _automaton()
    matches = automaton.find_matches_as_indexes(text, overlapping=True)
    return {terms[number] for number, start, end in matches if _is_whole_word(text, start, end, is_prefix=terms[number].endswith("*"))}


def _is_whole_word(text: str, start: int, end: int, *, is_prefix: bool) -> bool:
    starts_word = start == 0 or not _WORD_CHARACTER.match(text, start - 1)
    return starts_word and (is_prefix or not _WORD_CHARACTER.match(text, end))


@cache
def _automaton() -> tuple[AhoCorasick, list[str]]:
    terms = [row["term"] for row in curated("terms")]
    return AhoCorasick([term.removesuffix("*") for term in terms]), terms
