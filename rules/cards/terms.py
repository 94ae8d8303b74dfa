"""Own sentences of a card -> how often each term of conf/terms.csv stands in them, and how often only to be denied."""

import re
from collections import Counter
from collections.abc import Iterable
from functools import cache

from ahocorasick_rs import AhoCorasick

from hublake.lake.curated import curated
from hublake.rules.cards.cues import is_denial

_EDGE = re.compile(r"\w")


def counted(sentences: Iterable[str]) -> dict[str, tuple[int, int]]:
    """term -> (sentences that hold it, sentences that hold it to deny it), of the terms that are there.

    `*` at the end of a term is the rest of a word; what other meanings a word has is not asked, unlike in rules/cues.py.

    >>> counted(["It is toxic, toxic even in German.", "We know its biases.", "No known biases."])
    {'toxic*': (1, 0), 'bias*': (1, 1)}
    """
    told: Counter[str] = Counter()
    denied: Counter[str] = Counter()
    for sentence in sentences:
        text = sentence.casefold()
        found = _terms(text)
        if found:
            (denied if is_denial(text) else told).update(found)
    return {term: (told[term], denied[term]) for term in told | denied}


def _terms(text: str) -> set[str]:
    automaton, terms = _automaton()
    matches = automaton.find_matches_as_indexes(text, overlapping=True)
    return {terms[number] for number, start, end in matches if _is_whole(text, start, end, is_open=terms[number].endswith("*"))}


def _is_whole(text: str, start: int, end: int, *, is_open: bool) -> bool:
    begins = start == 0 or not _EDGE.match(text, start - 1)
    return begins and (is_open or not _EDGE.match(text, end))


@cache
def _automaton() -> tuple[AhoCorasick, list[str]]:
    terms = [row["term"] for row in curated("terms")]
    return AhoCorasick([term.removesuffix("*") for term in terms]), terms
