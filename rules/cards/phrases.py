"""Find the phrases of a curated list in a text. A cue is a group of phrases with one meaning.

A phrase is a row of words in lower case. `*` at the end of a word matches its rest, `*` alone up to three words, `**` up to eight words of
a clause, `~` up to three words of a noun phrase, `#` a number, and `{name}` any phrase of the cue `name`, so that a construction is one
row: "not {suited} for". A word with `?` may be absent. `^` is the beginning of a clause, where an imperative is.

Each phrase is found in two steps. An automaton finds its stem: the longest part without a wildcard, or, if it has none, the words of its
last cue (or the word or cue marked by `!`). Only then is the expression of the phrases with this stem tried, and that of a construction
only if a word of each of its parts occurs as well: bits tell of which parts a word is one. So one pass over the text and one over its words
suffice for thousands of phrases.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from functools import cache, lru_cache, reduce
from itertools import chain
from operator import or_

from ahocorasick_rs import BytesAhoCorasick, Implementation

# Chinese and Japanese do not separate words by spaces, and Korean attaches particles to them: such a phrase may match inside a word.
UNSEGMENTED = re.compile(r"[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]")

# No more of a sentence is read: an expression may try each of its words several times.
MAX_SENTENCE_CHARS = 2_000

_FEW_WORDS = r"(?:\S+ ){0,3}"
_WORDS_OF_CLAUSE = r"(?:[^\s;:.!?]+ ){0,8}"
_WORDS_OF_NOUN = r"(?:(?!(?:of|that|to|in|for|with|which|but|from|by|on) )[^\s;:.!?]+ ){0,3}"
_NUMBER = r"\d[\d.,]*(?: ?%)? "
_WILDCARDS = {"*": _FEW_WORDS, "**": _WORDS_OF_CLAUSE, "~": _WORDS_OF_NOUN, "#": _NUMBER, "^": ""}
# Where a sentence or an independent clause may begin: at the start, behind punctuation, or behind a word that introduces a request.
_CLAUSE = r"(?:\A[^\w\s]*\s*|[;:.(\u2013\u2014|] ?|(?<![\w-])(?:so|please|therefore|hence) )"
# Where a clause that contradicts the one before begins.
_NEXT_CLAUSE = re.compile(r"[;:.] |,? (?:but|however|although|though|instead|yet|so) ")
_TOKEN = re.compile(r"\w+")
_WITHOUT_MARKS = bytes(32 if code in b"-'" else code for code in range(256))
# What a plain phrase needs besides its stem.
_ANYTHING = (0,)
# Beginnings of words are found by this many bytes; shorter ones are not looked up.
_FIRST_LETTERS = 3
# The parts of this many words are remembered.
_MAX_WORDS = 32_768
# The words of a longer text would contain a part of nearly every construction.
_MAX_CHARS_OF_PARTS = 1_000
# A stem as short as this must be a whole word: too many others begin with it. A word ends before these bytes, the last of which begins
# the marks of typographers.
_SHORT_STEM = 9
_ENDS_OF_WORD = (b" ", b"-", b"'", b"\xe2")
# Words in HTML are between spaces after this: other ASCII characters become spaces, except those that occur inside words.
_WORDS_OF_HTML = bytes(code if code > 127 or chr(code).isalnum() or chr(code) in "-'_" else 32 for code in range(256)).lower()


class CueList:
    """The phrases of a list by cue, in the order of the list."""

    def __init__(self, rows: Iterable[Mapping[str, str]]) -> None:
        self._phrases: dict[str, list[str]] = {}
        for row in rows:
            self._phrases.setdefault(row["cue"], []).append(row["phrase"])

    def phrases_of(self, cue: str) -> list[str]:
        """The phrases of a cue as the list has them."""
        return self._phrases.get(cue, [])

    @property
    def phrases(self) -> Iterator[str]:
        """All phrases of all cues."""
        return chain.from_iterable(self._phrases.values())

    def may_contain(self, text: str, cues: tuple[str, ...]) -> bool:
        """Whether a text, or HTML, might contain a phrase of the cues: a cheap pre-check in one pass of an automaton."""
        words = b" %b " % text.encode("utf-8", "replace").translate(_WORDS_OF_HTML)
        automaton, needed = _byte_automaton(self, cues)
        if len(text) > _MAX_CHARS_OF_PARTS:
            return bool(automaton.find_matches_as_indexes(words))
        matches = automaton.find_matches_as_indexes(words, overlapping=True)
        if not matches:
            return False
        found = {needed[number] for number, _, _ in matches}
        if _ANYTHING in found:
            return True
        parts = _parts_of_words(self, words.translate(_WITHOUT_MARKS)) if words.isascii() else _parts_in(self, lowercase(text))
        return any(each & parts == each for stem in found for each in stem)

    def cues_in(self, text: str, cues: tuple[str, ...]) -> set[str]:
        """Return the cues with a phrase that occurs in a text in lower case."""
        found: set[str] = set()
        if candidates := self._candidates(text, cues):
            parts = _parts_in(self, text)
            tried: set[str] = set()
            for group in candidates:
                if group.cue not in found and group.occurs_in(text, parts, tried):
                    found.add(group.cue)
        return found

    def has(self, text: str, cue: str) -> bool:
        """Whether a phrase of the cue occurs in a text in lower case."""
        candidates = self._candidates(text, (cue,))
        tried: set[str] = set()
        return bool(candidates) and any(group.occurs_in(text, _parts_in(self, text), tried) for group in candidates)

    def without(self, text: str, cue: str) -> str:
        """Replace each phrase of the cue by a space."""
        for group in self._candidates(text, (cue,)):
            for expression in group.expressions(_parts_in(self, text)):
                text = expression.sub(" ", text)
        return text

    def clauses_without(self, text: str, cue: str) -> str:
        """Replace each phrase of the cue and the rest of its clause, which a negation governs as well, by a space."""
        for group in self._candidates(text, (cue,)):
            for expression in group.expressions(_parts_in(self, text)):
                while found := expression.search(text):
                    end = _NEXT_CLAUSE.search(text, found.end())
                    text = f"{text[: found.start()]} {text[end.start() :] if end else ''}"
        return text

    def expression(self, cue: str) -> str:
        """One alternation of the phrases of the cue, for use inside another expression."""
        return f"(?:{_alternation(self, self.phrases_of(cue))})"

    def _candidates(self, text: str, cues: tuple[str, ...]) -> list["_Group"]:
        """The groups of phrases whose stem occurs in the text, in the order of the list."""
        automaton, groups = _automaton(self, cues)
        found = automaton.find_matches_as_indexes(text.encode("utf-8", "replace"), overlapping=True)
        if not found:
            return []
        return [group for number in sorted({number for number, _, _ in found}) for group in groups[number]]


class _Group:
    """The phrases of one cue with one stem: the plain ones, and constructions, each with the parts of which a word must occur."""

    __slots__ = ("_constructions", "_cues", "_plain", "_texts", "cue", "is_plain")

    def __init__(self, cues: CueList, cue: str, texts: list[str]) -> None:
        self._cues, self.cue = cues, cue
        self._texts = tuple(text for text in texts if not _is_construction(text))
        self.is_plain = bool(self._texts)
        self._constructions = [(_parts_of(cues, text), text) for text in texts if _is_construction(text)]
        self._plain: re.Pattern[str] | None = None

    @property
    def plain(self) -> re.Pattern[str]:
        """One expression for all plain phrases. A construction has one of its own, since it usually has several stems."""
        if self._plain is None:
            self._plain = _expression(self._cues, self._texts)
        return self._plain

    def occurs_in(self, text: str, parts: int, tried: set[str]) -> bool:
        """Whether one of its phrases occurs in a text with words of these parts. Several groups have the same construction."""
        if self.is_plain and (self._plain or self.plain).search(text):
            return True
        for needed, construction in self._constructions:
            if needed & parts == needed and construction not in tried:
                tried.add(construction)
                if _expression(self._cues, (construction,)).search(text):
                    return True
        return False

    def expressions(self, parts: int) -> list[re.Pattern[str]]:
        """The expressions of the phrases that may occur in a text with words of these parts."""
        possible = [_expression(self._cues, (text,)) for needed, text in self._constructions if needed & parts == needed]
        return [self.plain, *possible] if self.is_plain else possible


def lowercase(text: str) -> str:
    """Same as `str.casefold`, in half the time if the text is ASCII."""
    return text.lower() if text.isascii() else text.casefold()


def _groups(listed: CueList, cues: Iterable[str]) -> dict[str, dict[str, list[str]]]:
    """Map stem to cue to the phrases of this cue with this stem."""
    groups: dict[str, dict[str, list[str]]] = {}
    for cue in cues:
        for text in listed.phrases_of(cue):
            for stem in _stems(listed, text):
                groups.setdefault(stem, {}).setdefault(cue, []).append(text)
    return groups


@cache
def _stems(listed: CueList, text: str) -> tuple[str, ...]:
    """Texts, at least one of which occurs wherever the phrase does. `*` at the end means that the word continues."""
    words = text.split()
    marked = [word for word in words if word.endswith("!")] or [word for word in words if word.startswith("{") and word[-1] != "?"]
    literal = max(_literals(words), key=len, default="")
    if literal.rstrip("*") and not any(word.endswith("!") for word in words):
        return (literal,)
    if not marked[-1].startswith("{"):
        return (marked[-1].rstrip("!"),)
    return tuple(dict.fromkeys(stem for member in listed.phrases_of(marked[-1].strip("{}!")) for stem in _stems(listed, member)))


def _literals(words: list[str]) -> Iterator[str]:
    """Yield the parts of a phrase without wildcards, references and optional words."""
    part: list[str] = []
    for word in words:
        if word in _WILDCARDS or word.startswith("{") or word.endswith("?"):
            yield " ".join(part)
            part = []
        elif "*" in word:
            yield " ".join([*part, word.partition("*")[0]]) + "*"
            part = []
        else:
            part.append(word)
    yield " ".join(part)


@cache
def _automaton(listed: CueList, cues: tuple[str, ...]) -> tuple[BytesAhoCorasick, list[list[_Group]]]:
    """An automaton over the stems, and the phrases of each stem by cue."""
    groups = _groups(listed, cues)
    by_stem = [[_Group(listed, cue, texts) for cue, texts in by_cue.items()] for by_cue in groups.values()]
    return BytesAhoCorasick([stem.rstrip("*").encode() for stem in groups], implementation=Implementation.ContiguousNFA), by_stem


@cache
def _byte_automaton(listed: CueList, cues: tuple[str, ...]) -> tuple[BytesAhoCorasick, list[tuple[int, ...]]]:
    """Match stems in UTF-8, and the parts that the phrases of each need, 0 for a plain phrase.

    Only ASCII letters are in lower case: `bytes.lower` takes a tenth of the time of `str.casefold`.
    """
    needed: dict[bytes, set[int]] = {}
    for stem, by_cue in _groups(listed, cues).items():
        parts = {_parts_of(listed, text) if _is_construction(text) else 0 for texts in by_cue.values() for text in texts}
        for form in (stem, stem.capitalize(), stem.title(), stem.upper()):
            for mark in "'\u2019":
                for each in _in_html(form.replace("'", mark)):
                    needed.setdefault(each, set()).update(parts)
    automaton = BytesAhoCorasick(list(needed), implementation=Implementation.ContiguousNFA)
    return automaton, [_ANYTHING if 0 in parts else tuple(parts) for parts in needed.values()]


def _in_html(stem: str) -> tuple[bytes, ...]:
    """The forms of a stem in HTML, which begins a word and, if it is short, ends one."""
    text = stem.rstrip("*")
    form = text.encode().translate(_WORDS_OF_HTML)
    if UNSEGMENTED.search(text) or not text[0].isalnum():
        return (form.strip(),)
    form = b" " + form.rstrip()
    return tuple(form + end for end in _ENDS_OF_WORD) if len(text) <= _SHORT_STEM and text == stem else (form,)


def _is_construction(text: str) -> bool:
    """Whether a phrase has parts with other words between them, or a reference to another cue."""
    return "{" in text or not _WILDCARDS.keys().isdisjoint(text.removeprefix("^ ").split())


@cache
def _parts(listed: CueList) -> dict[str, int]:
    """A bit for each part of the constructions: a cue, a word, or the beginning of one."""
    parts: dict[str, int] = {}
    for text in listed.phrases:
        if _is_construction(text):
            for part in _needed(listed, text):
                parts.setdefault(part, 1 << len(parts))
    return parts


def _parts_of(listed: CueList, text: str) -> int:
    """The parts of a construction of which a word must occur."""
    return reduce(or_, (_parts(listed)[part] for part in _needed(listed, text)), 0)


def _needed(listed: CueList, text: str) -> Iterator[str]:
    for word in text.split():
        if word.startswith("{") and not word.endswith("?"):
            if _words_of_cue(listed, word.strip("{}!")):
                yield word.strip("!")
        elif word not in _WILDCARDS and not word.endswith("?"):
            yield from _keys(word)


@cache
def _words_of_cue(listed: CueList, cue: str) -> frozenset[str]:
    """One word of each phrase of a cue, so that one of them occurs wherever the cue does. None if a phrase has no word."""
    found: set[str] = set()
    for phrase in listed.phrases_of(cue):
        keys = [
            key for word in phrase.split() if word not in _WILDCARDS and not word.endswith("?") and word[0] != "{" for key in _keys(word)
        ]
        further = [_words_of_cue(listed, word.strip("{}!")) for word in phrase.split() if word.startswith("{") and not word.endswith("?")]
        if keys:
            found.add(max(keys, key=len))
        elif further and all(further):
            found |= further[0]
        elif not UNSEGMENTED.search(phrase):
            return frozenset()
    return frozenset(found)


def _keys(word: str) -> list[str]:
    """The words in a word of a phrase as `_TOKEN` finds them: "n't" has two. `*` at the end means that the word continues."""
    if UNSEGMENTED.search(word):
        return []
    before, star, _ = word.partition("*")
    keys = _TOKEN.findall(before)
    if star and keys and before[-1].isalnum():
        keys[-1:] = [f"{keys[-1]}*"] if len(keys[-1]) >= _FIRST_LETTERS else []
    return keys + _TOKEN.findall(word)[1:] if word.startswith("*") else keys


class _PartsByWord(dict[bytes, int]):
    """Map each word of a text to its parts, computed when first needed."""

    def __init__(self, listed: CueList) -> None:
        super().__init__()
        self._words: dict[bytes, int] = {}
        self._beginnings: dict[bytes, list[tuple[bytes, int]]] = {}
        for part, bit in _parts(listed).items():
            for word in _words_of_cue(listed, part.strip("{}")) if part.startswith("{") else (part,):
                found = word.rstrip("*").encode()
                if word.endswith("*"):
                    self._beginnings.setdefault(found[:_FIRST_LETTERS], []).append((found, bit))
                else:
                    self._words[found] = self._words.get(found, 0) | bit

    def __missing__(self, word: bytes) -> int:
        found = self._words.get(word, 0)
        for beginning, bit in self._beginnings.get(word[:_FIRST_LETTERS], ()):
            if word.startswith(beginning):
                found |= bit
        if len(self) >= _MAX_WORDS:
            self.clear()
        self[word] = found
        return found


_parts_by_word = lru_cache(maxsize=4)(_PartsByWord)


def _parts_of_words(listed: CueList, text: bytes) -> int:
    """The parts of constructions of which a word occurs among words between spaces."""
    return reduce(or_, map(_parts_by_word(listed).__getitem__, set(text.split())), 0)


@lru_cache(maxsize=4_096)
def _parts_in(listed: CueList, text: str) -> int:
    """The parts of constructions of which a word occurs in a text in lower case."""
    if text.isascii():
        return _parts_of_words(listed, text.encode().translate(_WORDS_OF_HTML).translate(_WITHOUT_MARKS))
    if UNSEGMENTED.search(text):
        return -1
    return _parts_of_words(listed, " ".join(_TOKEN.findall(text)).encode("utf-8", "replace"))


@cache
def _expression(listed: CueList, texts: tuple[str, ...]) -> re.Pattern[str]:
    alternatives = []
    if plain := [text for text in texts if not UNSEGMENTED.search(text) and not text.startswith("^")]:
        alternatives.append(rf"(?<![\w-])(?:{_alternation(listed, plain)})(?!\w)")
    if clauses := [text.removeprefix("^ ") for text in texts if text.startswith("^")]:
        alternatives.append(rf"{_CLAUSE}(?:{_alternation(listed, clauses)})(?!\w)")
    if unsegmented := [text for text in texts if UNSEGMENTED.search(text)]:
        alternatives.append(_alternation(listed, unsegmented))
    return re.compile("|".join(alternatives))


def _alternation(listed: CueList, texts: Iterable[str]) -> str:
    """Join phrases, the longest first: an alternation takes the first that matches."""
    return "|".join(sorted((_as_expression(listed, text) for text in texts), key=len, reverse=True))


@cache
def _as_expression(listed: CueList, text: str) -> str:
    return "".join(_word(listed, word) for word in text.split()).removesuffix(" ")


def _word(listed: CueList, word: str) -> str:
    if word in _WILDCARDS:
        return _WILDCARDS[word]
    if word.endswith("?"):
        return f"(?:{_word(listed, word[:-1])})?"
    if word.startswith("{"):
        return listed.expression(word.strip("{}!")) + " "
    return re.escape(word.rstrip("!")).replace(r"\*", r"\w*") + " "
