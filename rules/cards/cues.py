"""What a sentence speaks of and how exactly, by conf/documentation_cues.csv: English in depth, the plainest cues of ten other languages."""

import re
from collections.abc import Iterable
from functools import cache, cached_property, lru_cache

import pycountry
from ahocorasick_rs import AhoCorasick, BytesAhoCorasick, Implementation

from hublake.lake.curated import curated
from hublake.lake.enums import DOCUMENTED_SECTIONS, SECTION_CLASSES

OTHER_SECTIONS = tuple(name for name in SECTION_CLASSES if name not in DOCUMENTED_SECTIONS)
# A number is a figure where it counts something or has a decimal point; "GPT-2" and "2021" are none.
_DECIMAL = re.compile(r"(?<![\w.])\d{1,6}\.\d{1,6}(?![\w.])")
_SETTING = re.compile(r"[=:] ?\d{2,9}(?![\w.])")  # max_length = 512
_LONG_SENTENCE = 2_000
# ASCII in lower case, and a blank where a line ends: authors wrap lines inside of a phrase.
_ON_ONE_LINE = bytes(range(256)).lower().replace(b"\n", b" ")

# Chinese and Japanese have no blanks between words, and Korean hangs its particles on them: there a phrase may stand inside of a word.
_UNPARTED = re.compile(r"[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]")

# Names of languages that are also plain words or places in English.
_NOT_AS_A_NAME = frozenset(
    ("Ewe", "Ido", "Twi", "Pali", "Divehi", "Volapük", "Interlingue", "Interlingua", "Church Slavic", "Cree", "Fijian")
)


def mentioned(sentence: str) -> frozenset[str]:
    """Documented classes that a sentence speaks of, whatever heading it stands under.

    >>> sorted(mentioned("The model may be biased and is not intended for medical use."))
    ['bias', 'out_of_scope']
    >>> mentioned("Tracked with Weights & Biases; the inductive bias is weak.")
    frozenset()
    """
    return _heard(sentence).mentioned


def hints_at_limit(sentence: str) -> bool:
    """Whether a sentence holds wording that names a limit only under a heading that promises limits ("at most 512 tokens")."""
    return _heard(sentence).holds("weak")


def may_mention(text: str, classes: tuple[str, ...] = DOCUMENTED_SECTIONS) -> bool:
    """Whether a sentence of the text could speak of one of the classes, by one pass of an automaton.

    >>> may_mention("Trained on poems."), may_mention("It is biased."), may_mention("Biais !")
    (False, True, True)
    """
    return bool(_automaton_of_bytes(classes).find_matches_as_indexes(text.encode("utf-8", "replace").translate(_ON_ONE_LINE)))


def folded(text: str) -> str:
    """In lower case, as `str.casefold`, in half of its time where the text is ASCII."""
    return text.lower() if text.isascii() else text.casefold()


def spoken_of(sentence: str) -> frozenset[str]:
    """Classes other than the documented ones that a plain sentence speaks of: for cards without headings."""
    heard = _heard(sentence)
    return frozenset(name for name in heard.possible(OTHER_SECTIONS) if _expression(name).search(heard.text))


def specifics(sentence: str, names: Iterable[str] = ()) -> tuple[str, ...]:
    """What a sentence names exactly: group, language, dataset, failure, figure; `names` are datasets that the card declares.

    A failure counts with its circumstance alone: "may be wrong" is general, "is wrong when the text is long" is not.

    >>> specifics("Accuracy is 12% lower for women."), specifics("It struggles with sarcasm."), specifics("It may be wrong.")
    (('group', 'figure'), ('failure',), ())
    """
    heard = _heard(sentence)
    found = [cue for cue in ("group", "dataset") if heard.holds(cue)]
    if "dataset" not in found and any(name.casefold() in heard.text for name in names if len(name) > 3):
        found.append("dataset")
    automaton, names_of_languages = _language_names()
    if automaton.find_matches_as_indexes(sentence) and names_of_languages.search(sentence[:_LONG_SENTENCE]):
        found.append("language")
    if heard.holds("failure") and heard.holds("condition"):
        found.append("failure")
    if heard.has_figure:
        found.append("figure")
    return tuple(found)


def is_measured(sentence: str) -> bool:
    """Whether a sentence gives a result: a figure beside a measure or a benchmark, or a comparison that somebody found."""
    heard = _heard(sentence)
    if (heard.holds("metric") or heard.holds("benchmark")) and heard.has_figure:
        return True
    return heard.holds("finding") and heard.holds("comparison")


def is_denial(sentence: str) -> bool:
    """Whether a sentence only says that there is no problem: that discloses nothing.

    >>> is_denial("There are no known biases."), is_denial("Its biases are known.")
    (True, False)
    """
    return _heard(sentence).holds("denial")


def is_pointer(sentence: str) -> bool:
    """Whether a sentence sends the reader elsewhere."""
    return _heard(sentence).holds("pointer")


def is_mitigation(sentence: str) -> bool:
    """Whether a sentence says what was done, or is to be done, against a problem."""
    return _heard(sentence).holds("mitigation")


class _Heard:
    """A sentence as cues are looked for in it."""

    def __init__(self, sentence: str) -> None:
        self.text = folded(sentence).replace("\u2019", "'")

    def holds(self, cue: str) -> bool:
        """Most sentences hold no part of any phrase, which the automaton sees in one pass."""
        return bool(_automaton((cue,))[0].find_matches_as_indexes(self.text)) and bool(_expression(cue).search(self.text))

    @property
    def has_figure(self) -> bool:
        """Whether a number with a unit, or one with a decimal point, stands in the text."""
        return self.holds("unit") or bool(_DECIMAL.search(self.text) or _SETTING.search(self.text)) or self.holds("figure")

    @cached_property
    def mentioned(self) -> frozenset[str]:
        classes = self.possible(DOCUMENTED_SECTIONS)
        if not classes:
            return frozenset()
        text = _expression("no_mention").sub(" ", self.text)
        return frozenset(name for name in classes if _expression(name).search(text))

    def possible(self, cues: tuple[str, ...]) -> set[str]:
        """Those cues of which a part of a phrase stands in the text, also inside of words."""
        automaton, owners = _automaton(cues)
        return {name for number, _, _ in automaton.find_matches_as_indexes(self.text, overlapping=True) for name in owners[number]}


# A sentence is asked a dozen questions, one after the other.
_kept = lru_cache(maxsize=256)(_Heard)


def _heard(sentence: str) -> _Heard:
    return _kept(sentence[:_LONG_SENTENCE])


@cache
def _stems(cues: tuple[str, ...]) -> dict[str, list[str]]:
    """Of each phrase of these cues the longest part without a gap, and the cues that have it."""
    owners: dict[str, list[str]] = {}
    for row in curated("documentation_cues"):
        if row["cue"] in cues:
            stem = max((part.strip() for part in row["phrase"].split("*")), key=len)
            owners.setdefault(stem, []).append(row["cue"])
    return owners


@cache
def _automaton(cues: tuple[str, ...]) -> tuple[AhoCorasick, list[list[str]]]:
    owners = _stems(cues)
    return AhoCorasick(list(owners), implementation=Implementation.DFA), list(owners.values())


@cache
def _automaton_of_bytes(cues: tuple[str, ...]) -> BytesAhoCorasick:
    """The stems in UTF-8, of which only ASCII is in lower case: `bytes.lower` takes a tenth of the time of `str.casefold`."""
    written = {form.encode().lower() for stem in _stems(cues) for form in (stem, stem.capitalize(), stem.title(), stem.upper())}
    return BytesAhoCorasick(sorted(written), implementation=Implementation.DFA)


@cache
def _expression(cue: str) -> re.Pattern[str]:
    """One alternation for each cue; `*` at the end of a word is the rest of it, alone up to three words."""
    phrases = [row["phrase"] for row in curated("documentation_cues") if row["cue"] == cue]
    joined = _joined(phrase for phrase in phrases if not _UNPARTED.search(phrase))
    if cue == "unit":
        return re.compile(rf"(?<![\w.-])\d{{1,9}}(?:[.,]\d{{1,9}})?\s?(?:{joined})(?!\w)")
    inside = _joined(phrase for phrase in phrases if _UNPARTED.search(phrase))
    return re.compile(rf"(?<![\w-])(?:{joined})(?!\w)" + (f"|{inside}" if inside else ""))


def _joined(phrases: Iterable[str]) -> str:
    """The longest first: an alternation takes the first that fits."""
    return "|".join(sorted(map(_phrase, phrases), key=len, reverse=True))


def _phrase(phrase: str) -> str:
    words = [r"(?:\S+ ){0,3}" if word == "*" else re.escape(word).replace(r"\*", r"\w*") + " " for word in phrase.split()]
    return "".join(words).removesuffix(" ")


@cache
def _language_names() -> tuple[AhoCorasick, re.Pattern[str]]:
    """English names of the languages that have a two-letter code, as they are written: with a capital."""
    names = {language.name.partition(" (")[0] for language in pycountry.languages if hasattr(language, "alpha_2")}
    names |= {"Greek", "Mandarin", "Cantonese", "Farsi"}
    kept = sorted(names - _NOT_AS_A_NAME)
    return AhoCorasick(kept), re.compile(r"\b(?:" + "|".join(map(re.escape, kept)) + r")\b")
