"""A heading -> what its section is about, by conf/section_headings.csv.

A heading may name several things ("Bias, Risks, and Limitations"): its section then belongs to all of them. Its first
class, in the order of SECTION_CLASSES, is the primary one: the documented sections stand first there.
"""

import re
from collections.abc import Iterable, Sequence
from functools import cache, lru_cache

from ahocorasick_rs import AhoCorasick

from hublake.lake.curated import curated
from hublake.lake.enums import SECTION_CLASSES

OTHER = "other"
# So many further words may stand beside what the list names; a title that merely contains a listed word says nothing.
MAX_FURTHER_WORDS = 3
MAX_WORDS = 12

_PLACES = {name: place for place, name in enumerate(SECTION_CLASSES)}
_WORD = re.compile(r"[^\W_]+(?:['\u2019][^\W_]+)?")
_CJK = re.compile(r"[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]")
# "And" of the languages whose words are listed whole.
_AND = re.compile(r" (?:et|und|y|e|и|ve|dan|och|en|og) ")
_NUMBERING = re.compile(r"[\W_]*(?:\d{1,2}(?:\.\d{1,2})*[.):]?\s+|[ivx]{1,4}[.)]\s+|[a-z][.)]\s+)")


# A few thousand headings make up most of the Hub's.
@lru_cache(maxsize=16_384)
def classes(heading: str, *, is_title: bool = False) -> tuple[str, ...]:
    """Every class that a heading names, the primary one first; none where it names nothing that the list knows.

    Patterns are tried in the order of the list and use up the words they match, so "training data" leaves no "training".
    A title, and a heading of which too much is left over, must be named wholly.

    >>> classes("Bias, Risks, and Limitations"), classes("🏋️ 3. Training data"), classes("Credit risk of small firms in Peru 2020")
    (('limitations', 'bias', 'risks'), ('training_data',), ())
    """
    words = _words(heading)
    if not words or len(words) > MAX_WORDS:
        return ()
    text = " ".join(words)
    whole = _whole().get(text) or (None if is_title else _whole().get(" ".join(w for w in words if w not in _fillers())))
    if whole:
        return in_order(whole.split())
    joined = [_whole().get(part) for part in _AND.split(text)]
    if len(joined) > 1 and all(joined):
        return in_order(name for part in joined if part for name in part.split())
    found, rest = _consumed(f" {text} ")
    if not found:
        return ()
    further = [word for word in rest.split() if word not in _fillers()]
    is_named = len(further) <= (0 if is_title else MAX_FURTHER_WORDS)
    return in_order(found - {OTHER} or found) if is_named else ()


def in_order(found: Iterable[str]) -> tuple[str, ...]:
    """Classes by their order in the vocabulary, each once."""
    return tuple(sorted(set(found), key=_PLACES.__getitem__))


def inherited(headings: Sequence[tuple[int, str | None]]) -> list[tuple[str, ...]]:
    """(level, heading) of each section of a card in order -> its classes; a sub-section that names nothing has its parent's.

    A title is a first heading that is of level 1 or alone on its level, or the only one of level 1: nothing follows from it.

    >>> inherited([(1, "Training GPT"), (2, "Limitations"), (3, "Gender"), (2, "About")])
    [('other',), ('limitations',), ('limitations',), ('other',)]
    """
    titles = _titles([level for level, _ in headings])
    above: list[tuple[int, tuple[str, ...]]] = [(0, ())]
    result: list[tuple[str, ...]] = []
    for place, (level, heading) in enumerate(headings):
        if heading is None:
            result.append((OTHER,))
            continue
        while above[-1][0] >= level:
            above.pop()
        own = classes(heading, is_title=True) if place in titles else classes(heading) or above[-1][1]
        above.append((level, own))
        result.append(own or (OTHER,))
    return result


def _titles(levels: list[int]) -> set[int]:
    first = next((place for place, level in enumerate(levels) if level), None)
    if first is None:
        return set()
    titles = {first} if levels[first] == 1 or levels.count(levels[first]) == 1 else set()
    return titles | {levels.index(1)} if levels.count(1) == 1 else titles


def _words(heading: str) -> list[str]:
    text = heading.casefold()
    numbering = _NUMBERING.match(text)
    return _WORD.findall((text[numbering.end() :] if numbering else text).replace("&", " and "))


def _consumed(text: str) -> tuple[set[str], str]:
    in_cjk = bool(_CJK.search(text))
    automaton, phrases = _phrases(in_cjk)
    found = set()
    # Phrases in the order of the list: one that stood there may have been used up by another before it.
    for number in sorted({number for number, _, _ in automaton.find_matches_as_indexes(text, overlapping=True)}):
        pattern, name = phrases[number]
        if pattern in text:
            found.add(name)
            text = text.replace(pattern, " " if in_cjk else "  ")
    return found, " " if in_cjk and found else text


@cache
def _phrases(in_cjk: bool) -> tuple[AhoCorasick, list[tuple[str, str]]]:
    """(phrase, class) in the order of the list, and all phrases at once; where words are parted by blanks, so is the phrase."""
    rows = [(row["pattern"], row["section_class"]) for row in curated("section_headings") if row["match"] == "phrase"]
    if in_cjk:
        phrases = [(pattern, name) for pattern, name in rows if _CJK.search(pattern)]
    else:
        phrases = [(f" {pattern} ", name) for pattern, name in rows]
    return AhoCorasick([pattern for pattern, _ in phrases]), phrases


@cache
def _whole() -> dict[str, str]:
    return {row["pattern"]: row["section_class"] for row in curated("section_headings") if row["match"] != "filler"}


@cache
def _fillers() -> frozenset[str]:
    """Words that a heading may hold besides without saying anything more."""
    return frozenset(row["pattern"] for row in curated("section_headings") if row["match"] == "filler")
