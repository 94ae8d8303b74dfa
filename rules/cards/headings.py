"""Classify headings: which section classes a heading names, by conf/section_headings.csv.

A heading may name several classes ("Bias, Risks, and Limitations"); its section then belongs to all of them. The first class in the order
of SECTION_CLASSES is the primary one: the documented classes come first there.
"""

import re
from collections.abc import Iterable, Sequence
from functools import cache, lru_cache

from ahocorasick_rs import AhoCorasick

from hublake.lake.curated import curated
from hublake.lake.enums import SECTION_CLASSES

OTHER = "other"
# A heading may contain this many further words besides a listed phrase; a title that merely contains a listed word names nothing.
MAX_FURTHER_WORDS = 3
MAX_WORDS = 12

_ORDER = {name: position for position, name in enumerate(SECTION_CLASSES)}
_WORD = re.compile(r"[^\W_]+(?:['\u2019][^\W_]+)?")
_CJK = re.compile(r"[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]")
# The word "and" in English and in the languages whose headings are listed in full.
_AND = re.compile(r" (?:and|et|und|y|e|и|ve|dan|och|en|og) ")
_LEAD = re.compile(r"([^:\uff1a|.!?\u3002]{3,60})(?:[:\uff1a]| \| )(?=.)")
_NUMBERING = re.compile(r"[\W_]*(?:\d{1,2}(?:\.\d{1,2})*[.):]?\s+|[ivx]{1,4}[.)]\s+|[a-z][.)]\s+)")


# A few thousand headings make up most of the Hub's.
@lru_cache(maxsize=16_384)
def heading_classes(heading: str, *, is_title: bool = False) -> tuple[str, ...]:
    """Return every class that a heading names, the primary one first; none if it contains nothing from the list.

    Phrases are tried in the order of the list and consume the words that they match, so "training data" leaves no "training" to match.
    A title, and a heading with too many words left over, must match an entry in full.

    >>> heading_classes("Bias, Risks, and Limitations"), heading_classes("🏋️ 3. Training data")
    (('limitations', 'bias', 'risks'), ('training_data',))
    >>> heading_classes("Credit risk of small firms in Peru 2020")
    ()
    """
    words = _words(heading)
    if not words or len(words) > MAX_WORDS:
        return ()
    text = " ".join(words)
    listed = _listed_headings().get(text) or (
        None if is_title else _listed_headings().get(" ".join(w for w in words if w not in _filler_words()))
    )
    if listed:
        return in_vocabulary_order(listed.split())
    parts = [_listed_headings().get(part) for part in _AND.split(text)]
    if len(parts) > 1 and all(parts):
        return in_vocabulary_order(name for part in parts if part for name in part.split())
    found, rest = _consume_phrases(f" {text} ")
    if not found:
        return ()
    further = [word for word in rest.split() if word not in _filler_words()]
    is_named = len(further) <= (0 if is_title else MAX_FURTHER_WORDS)
    return in_vocabulary_order(found - {OTHER} or found) if is_named else ()


@lru_cache(maxsize=8_192)
def classes_of_lead(sentence: str) -> tuple[str, ...]:
    """Return every class that the lead of a sentence names: a listed heading before a colon, or in the first cell of a table row.

    >>> classes_of_lead("Known limitations: slang."), classes_of_lead("Bias | It favours men."), classes_of_lead("It is biased: yes.")
    (('limitations',), ('bias',), ())
    """
    found = _LEAD.match(sentence)
    return heading_classes(found[1], is_title=True) if found else ()


@lru_cache(maxsize=8_192)
def classes_of_topic(sentence: str) -> tuple[str, ...] | None:
    """Return every class that a word of its lead names, given that its heading joins several; None without a lead.

    >>> classes_of_topic("Regional bias: ..."), classes_of_topic("Cloud cover: it is blind."), classes_of_topic("It is blind.")
    (('bias',), (), None)
    """
    found = _LEAD.match(sentence)
    return heading_classes(found[1]) if found else None


def in_vocabulary_order(found: Iterable[str]) -> tuple[str, ...]:
    """Distinct classes in the order of SECTION_CLASSES."""
    return tuple(sorted(set(found), key=_ORDER.__getitem__))


def section_classes(headings: Sequence[tuple[int, str | None]]) -> list[tuple[str, ...]]:
    """Classify each section of a card, given (level, heading) in order. A sub-section without classes of its own inherits its parent's.

    A title is a first heading that is of level 1 or alone on its level, or the only heading of level 1. Nothing is inherited from it.

    >>> section_classes([(1, "Training GPT"), (2, "Limitations"), (3, "Gender"), (2, "About")])
    [('other',), ('limitations',), ('limitations',), ('other',)]
    """
    titles = _title_positions([level for level, _ in headings])
    ancestors: list[tuple[int, tuple[str, ...]]] = [(0, ())]
    result: list[tuple[str, ...]] = []
    for position, (level, heading) in enumerate(headings):
        if heading is None:
            result.append((OTHER,))
            continue
        while ancestors[-1][0] >= level:
            ancestors.pop()
        classes = heading_classes(heading, is_title=True) if position in titles else heading_classes(heading) or ancestors[-1][1]
        ancestors.append((level, classes))
        result.append(classes or (OTHER,))
    return result


def _title_positions(levels: list[int]) -> set[int]:
    first = next((position for position, level in enumerate(levels) if level), None)
    if first is None:
        return set()
    titles = {first} if levels[first] == 1 or levels.count(levels[first]) == 1 else set()
    return titles | {levels.index(1)} if levels.count(1) == 1 else titles


def _words(heading: str) -> list[str]:
    text = heading.casefold()
    numbering = _NUMBERING.match(text)
    return _WORD.findall((text[numbering.end() :] if numbering else text).replace("&", " and "))


def _consume_phrases(text: str) -> tuple[set[str], str]:
    """Return the classes of the listed phrases in a text, and the text without these phrases."""
    in_cjk = bool(_CJK.search(text))
    automaton, phrases = _phrases(in_cjk)
    found = set()
    # In the order of the list: an earlier phrase may have consumed the words of a later one.
    for number in sorted({number for number, _, _ in automaton.find_matches_as_indexes(text, overlapping=True)}):
        pattern, name = phrases[number]
        if pattern in text:
            found.add(name)
            text = text.replace(pattern, " " if in_cjk else "  ")
    return found, " " if in_cjk and found else text


@cache
def _phrases(in_cjk: bool) -> tuple[AhoCorasick, list[tuple[str, str]]]:
    """An automaton over all phrases, and (phrase, class) in the order of the list. Spaces surround phrases of spaced languages."""
    rows = [(row["pattern"], row["section_class"]) for row in curated("section_headings") if row["match"] == "phrase"]
    if in_cjk:
        phrases = [(pattern, name) for pattern, name in rows if _CJK.search(pattern)]
    else:
        phrases = [(f" {pattern} ", name) for pattern, name in rows]
    return AhoCorasick([pattern for pattern, _ in phrases]), phrases


@cache
def _listed_headings() -> dict[str, str]:
    return {row["pattern"]: row["section_class"] for row in curated("section_headings") if row["match"] != "filler"}


@cache
def _filler_words() -> frozenset[str]:
    """Words that a heading may contain without changing its meaning."""
    return frozenset(row["pattern"] for row in curated("section_headings") if row["match"] == "filler")
