"""Find the phrases of conf/documentation_cues.csv in a text. A cue is a group of phrases with one meaning.

A phrase is a row of words in lower case. `*` at the end of a word matches its rest, `*` alone up to three words, `#` a number, and `{name}`
any phrase of the cue `name`, so that a construction is one row: "not {suited} for". A word with `?` may be absent. `^` is the
beginning of a clause, where an imperative is.

Each phrase is found in two steps. An automaton finds its stem: the longest part without a wildcard, or, if it has none, the words of its
last cue (or of the one marked by `!`). Only then is the expression of the phrases with this stem tried. So one pass
suffices for thousands of phrases.
"""

import re
from collections.abc import Iterable, Iterator
from functools import cache

from ahocorasick_rs import BytesAhoCorasick, Implementation

from hublake.lake.curated import curated

# Chinese and Japanese do not separate words by spaces, and Korean attaches particles to them: such a phrase may match inside a word.
UNSEGMENTED = re.compile(r"[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]")

# No more of a sentence is read: an expression may try each of its words several times.
MAX_SENTENCE_CHARS = 2_000

_FEW_WORDS = r"(?:\S+ ){0,3}"
_NUMBER = r"\d[\d.,]*(?: ?%)? "
# Where a sentence or an independent clause may begin: at the start, behind punctuation, or behind a word that introduces a request.
_CLAUSE = r"(?:\A[^\w\s]*\s*|[;:.(\u2013\u2014|] ?|(?<![\w-])(?:so|please|therefore|hence) )"
# Where a clause that contradicts the one before begins.
_NEXT_CLAUSE = re.compile(r"[;:.] |,? (?:but|however|although|though|instead|yet|so) ")
# A stem as short as this must be a whole word: too many others begin with it. A word ends before these bytes, the last of which begins
# the marks of typographers.
_SHORT_STEM = 9
_ENDS_OF_WORD = (b" ", b"-", b"'", b"\xe2")
# Words in HTML are between spaces after this: other ASCII characters become spaces, except those that occur inside words.
_WORDS_OF_HTML = bytes(code if code > 127 or chr(code).isalnum() or chr(code) in "-'_" else 32 for code in range(256)).lower()


class _Group:
    """The phrases of one cue with one stem."""

    __slots__ = ("_expressions", "cue", "texts")

    def __init__(self, cue: str, texts: list[str]) -> None:
        self.cue, self.texts = cue, texts
        self._expressions: tuple[re.Pattern[str], ...] | None = None

    @property
    def expressions(self) -> tuple[re.Pattern[str], ...]:
        """One expression for all plain phrases, and one for each construction, since a construction usually has several stems."""
        if self._expressions is None:
            plain = tuple(text for text in self.texts if "{" not in text)
            constructions = (_expression((text,)) for text in self.texts if "{" in text)
            self._expressions = (*([_expression(plain)] if plain else ()), *constructions)
        return self._expressions

    def occurs_in(self, text: str) -> bool:
        for expression in self._expressions or self.expressions:  # noqa: SIM110 - a generator takes twice the time
            if expression.search(text):
                return True
        return False


def lowercase(text: str) -> str:
    """Same as `str.casefold`, in half the time if the text is ASCII."""
    return text.lower() if text.isascii() else text.casefold()


def may_contain(text: str, cues: tuple[str, ...]) -> bool:
    """Whether a text, or HTML, might contain a phrase of the cues: a cheap pre-check in one pass of an automaton."""
    return bool(_byte_automaton(cues).find_matches_as_indexes(b" %b " % text.encode("utf-8", "replace").translate(_WORDS_OF_HTML)))


def cues_in(text: str, cues: tuple[str, ...]) -> set[str]:
    """Return the cues with a phrase that occurs in a text in lower case."""
    found: set[str] = set()
    for group in _candidates(text, cues):
        if group.cue not in found and group.occurs_in(text):
            found.add(group.cue)
    return found


def has_cue(text: str, cue: str) -> bool:
    """Whether a phrase of the cue occurs in a text in lower case."""
    return any(group.occurs_in(text) for group in _candidates(text, (cue,)))


def without_cue(text: str, cue: str) -> str:
    """Replace each phrase of the cue by a space."""
    for group in _candidates(text, (cue,)):
        for expression in group.expressions:
            text = expression.sub(" ", text)
    return text


def clauses_without_cue(text: str, cue: str) -> str:
    """Replace each phrase of the cue and the rest of its clause, which a negation governs as well, by a space."""
    for group in _candidates(text, (cue,)):
        for expression in group.expressions:
            while found := expression.search(text):
                end = _NEXT_CLAUSE.search(text, found.end())
                text = f"{text[: found.start()]} {text[end.start() :] if end else ''}"
    return text


def cue_expression(cue: str) -> str:
    """One alternation of the phrases of the cue, for use inside another expression."""
    return f"(?:{_alternation(phrases_of(cue))})"


def _candidates(text: str, cues: tuple[str, ...]) -> list[_Group]:
    """The groups of phrases whose stem occurs in the text, in the order of the list."""
    automaton, groups = _automaton(cues)
    found = automaton.find_matches_as_indexes(text.encode("utf-8", "replace"), overlapping=True)
    if not found:
        return []
    return [group for number in sorted({number for number, _, _ in found}) for group in groups[number]]


@cache
def _phrases() -> dict[str, list[str]]:
    """Map cue to its phrases, in the order of the list."""
    found: dict[str, list[str]] = {}
    for row in curated("documentation_cues"):
        found.setdefault(row["cue"], []).append(row["phrase"])
    return found


def phrases_of(cue: str) -> list[str]:
    """The phrases of a cue as the list has them."""
    return _phrases().get(cue, [])


def _groups(cues: Iterable[str]) -> dict[str, dict[str, list[str]]]:
    """Map stem to cue to the phrases of this cue with this stem."""
    groups: dict[str, dict[str, list[str]]] = {}
    for cue in cues:
        for text in phrases_of(cue):
            for stem in _stems(text):
                groups.setdefault(stem, {}).setdefault(cue, []).append(text)
    return groups


@cache
def _stems(text: str) -> tuple[str, ...]:
    """Texts, at least one of which occurs wherever the phrase does. `*` at the end means that the word continues."""
    words = text.split()
    marked = [word for word in words if word.endswith("!")] or [word for word in words if word.startswith("{") and word[-1] != "?"]
    literal = max(_literals(words), key=len, default="")
    if literal.rstrip("*") and not any(word.endswith("!") for word in words):
        return (literal,)
    return tuple(dict.fromkeys(stem for member in phrases_of(marked[-1].strip("{}!")) for stem in _stems(member)))


def _literals(words: list[str]) -> Iterator[str]:
    """Yield the parts of a phrase without wildcards, references and optional words."""
    part: list[str] = []
    for word in words:
        if word in ("*", "#", "^") or word.startswith("{") or word.endswith("?"):
            yield " ".join(part)
            part = []
        elif "*" in word:
            yield " ".join([*part, word.partition("*")[0]]) + "*"
            part = []
        else:
            part.append(word)
    yield " ".join(part)


@cache
def _automaton(cues: tuple[str, ...]) -> tuple[BytesAhoCorasick, list[list[_Group]]]:
    """An automaton over the stems, and the phrases of each stem by cue."""
    groups = _groups(cues)
    by_stem = [[_Group(cue, texts) for cue, texts in by_cue.items()] for by_cue in groups.values()]
    return BytesAhoCorasick([stem.rstrip("*").encode() for stem in groups], implementation=Implementation.ContiguousNFA), by_stem


@cache
def _byte_automaton(cues: tuple[str, ...]) -> BytesAhoCorasick:
    """Match stems in UTF-8 of which only ASCII letters are in lower case: `bytes.lower` takes a tenth of the time of `str.casefold`."""
    forms: set[bytes] = set()
    for stem in _groups(cues):
        for form in (stem, stem.capitalize(), stem.title(), stem.upper()):
            for mark in "'\u2019":
                forms.update(_in_html(form.replace("'", mark)))
    return BytesAhoCorasick(sorted(forms), implementation=Implementation.ContiguousNFA)


def _in_html(stem: str) -> tuple[bytes, ...]:
    """The forms of a stem in HTML, which begins a word and, if it is short, ends one."""
    text = stem.rstrip("*")
    form = text.encode().translate(_WORDS_OF_HTML)
    if UNSEGMENTED.search(text) or not text[0].isalnum():
        return (form.strip(),)
    form = b" " + form.rstrip()
    return tuple(form + end for end in _ENDS_OF_WORD) if len(text) <= _SHORT_STEM and text == stem else (form,)


@cache
def _expression(texts: tuple[str, ...]) -> re.Pattern[str]:
    alternatives = []
    if plain := [text for text in texts if not UNSEGMENTED.search(text) and not text.startswith("^")]:
        alternatives.append(rf"(?<![\w-])(?:{_alternation(plain)})(?!\w)")
    if clauses := [text.removeprefix("^ ") for text in texts if text.startswith("^")]:
        alternatives.append(rf"{_CLAUSE}(?:{_alternation(clauses)})(?!\w)")
    if unsegmented := [text for text in texts if UNSEGMENTED.search(text)]:
        alternatives.append(_alternation(unsegmented))
    return re.compile("|".join(alternatives))


def _alternation(texts: Iterable[str]) -> str:
    """Join phrases, the longest first: an alternation takes the first that matches."""
    return "|".join(sorted(map(_as_expression, texts), key=len, reverse=True))


@cache
def _as_expression(text: str) -> str:
    return "".join(map(_word, text.split())).removesuffix(" ")


def _word(word: str) -> str:
    if word == "*":
        return _FEW_WORDS
    if word == "#":
        return _NUMBER
    if word.endswith("?"):
        return f"(?:{_word(word[:-1])})?"
    if word.startswith("{"):
        return cue_expression(word.strip("{}!")) + " "
    return re.escape(word).replace(r"\*", r"\w*") + " "
