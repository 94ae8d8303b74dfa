"""Detect the topics and the specificity of a sentence by the phrases of conf/documentation_cues.csv.

The list covers English in depth, and the plainest phrases of ten other languages. A cue is a group of phrases with one meaning.
"""

import re
from collections.abc import Iterable
from functools import cache, cached_property, lru_cache

import pycountry
from ahocorasick_rs import AhoCorasick, BytesAhoCorasick, Implementation

from hublake.lake.curated import curated
from hublake.lake.enums import DOCUMENTED_SECTIONS, SECTION_CLASSES

# What the model is for may have the vocabulary of these ("detects hateful posts").
_CLAIMS = frozenset(("bias", "risks"))
# The cues of which a sentence on a documented class contains one.
SEARCHED = (*DOCUMENTED_SECTIONS, "disparity", "hazard", "lead")
OTHER_SECTIONS = tuple(name for name in SECTION_CLASSES if name not in DOCUMENTED_SECTIONS)
# A number is a figure if it counts something or has a decimal point; those in "GPT-2" and "2021" are not.
_DECIMAL = re.compile(r"(?<![\w.])\d{1,6}\.\d{1,6}(?![\w.])")
# The number of a version follows a name: "Llama 3.1", "v2.5".
_VERSION = re.compile(r"(?:\b[A-Z][\w+]*(?:-[A-Z]\w*)?|\b[Vv]ersion|\b[Vv]\.?)[ -]?v?(\d{1,2}\.\d{1,2})(?![\w%.]| ?%)")
# A share in words: "14 of 200", "3/10", "1.9 times as often".
_COUNT_OF = re.compile(
    r"(?<![\w.-])\d[\d,]{0,8} (?:of|out of|in) (?:the |its |our |all |every |about )?\d|(?<![\w./])\d{1,6}/\d{1,6}(?![\w./])"
    r"|(?<![\w.])\d{1,6}(?:\.\d{1,6})? times "
)
_PERCENT = re.compile(r"\d ?(?:%|percent\b|\u767e\u5206)")
_SETTING = re.compile(r"[=:] ?\d{2,9}(?![\w.])")  # max_length = 512
_MAX_SENTENCE_CHARS = 2_000
# ASCII in lower case, and a space in place of a line end: authors wrap lines inside a phrase.
_LOWER_ON_ONE_LINE = bytes(range(256)).lower().replace(b"\n", b" ")

# Chinese and Japanese do not separate words by spaces, and Korean attaches particles to them: such a phrase may match inside a word.
_UNSEGMENTED = re.compile(r"[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]")

# Names of languages that are also plain words or places in English.
_AMBIGUOUS_LANGUAGE_NAMES = frozenset(
    ("Ewe", "Ido", "Twi", "Pali", "Divehi", "Volapük", "Interlingue", "Interlingua", "Church Slavic", "Cree", "Fijian")
)


def mentioned_sections(sentence: str) -> frozenset[str]:
    """Return the documented classes that a sentence is about, regardless of its heading.

    >>> sorted(mentioned_sections("The model may be biased and is not intended for medical use."))
    ['bias', 'out_of_scope']
    >>> mentioned_sections("Tracked with Weights & Biases; the inductive bias is weak.")
    frozenset()
    """
    return _matcher(sentence).mentioned_sections


def is_about_the_model(sentence: str) -> bool:
    """Whether a sentence speaks of the model of the card or to its users: the title of a paper does not."""
    return _matcher(sentence).matches("claim")


def implies_limitation(sentence: str) -> bool:
    """Whether a sentence names a limit, given that its heading announces limits: "at most 512 tokens" alone states none."""
    return _matcher(sentence).matches("weak")


def may_mention(text: str, classes: tuple[str, ...] = SEARCHED) -> bool:
    """Whether a sentence of the text might mention one of the classes: a cheap pre-check in one pass of an automaton.

    >>> may_mention("Trained on poems."), may_mention("It is biased."), may_mention("Biais !")
    (False, True, True)
    """
    return bool(_byte_automaton(classes).find_matches_as_indexes(text.encode("utf-8", "replace").translate(_LOWER_ON_ONE_LINE)))


def lowercase(text: str) -> str:
    """Same as `str.casefold`, in half the time if the text is ASCII."""
    return text.lower() if text.isascii() else text.casefold()


def other_sections_mentioned(sentence: str) -> frozenset[str]:
    """Return the classes outside DOCUMENTED_SECTIONS that a sentence is about; used for cards without headings."""
    matcher = _matcher(sentence)
    return frozenset(name for name in matcher.possible(OTHER_SECTIONS) if _expression(name).search(matcher.text))


def specific_details(sentence: str, names: Iterable[str] = ()) -> tuple[str, ...]:
    """Return the kinds of detail that a sentence names: group, language, dataset, failure, figure. `names` are datasets of the card.

    A failure counts only together with its circumstance: "may be wrong" is general, "is wrong when the text is long" is specific.

    >>> specific_details("Accuracy is 12% lower for women."), specific_details("It struggles with sarcasm.")
    (('group', 'figure'), ('failure',))
    >>> specific_details("It may be wrong.")
    ()
    """
    matcher = _matcher(sentence)
    found = [cue for cue in ("group", "dataset", "hazard") if matcher.matches(cue)]
    if "dataset" not in found and any(name.casefold() in matcher.text for name in names if len(name) > 3):
        found.append("dataset")
    automaton, language_names = _language_names()
    if automaton.find_matches_as_indexes(sentence) and language_names.search(sentence[:_MAX_SENTENCE_CHARS]):
        found.append("language")
    if matcher.matches("failure") and (matcher.matches("condition") or not matcher.matches("generic")):
        found.append("failure")
    if matcher.has_figure:
        found.append("figure")
    return tuple(found)


def reports_result(sentence: str) -> bool:
    """Whether a sentence reports a result: a figure together with a metric or a benchmark, or the finding of a comparison."""
    matcher = _matcher(sentence)
    if (matcher.matches("metric") or matcher.matches("benchmark")) and matcher.has_figure:
        return True
    if _COUNT_OF.search(matcher.text) or (_PERCENT.search(matcher.text) and matcher.matches("failure")):
        return True
    return matcher.matches("finding") and matcher.matches("comparison")


def is_denial(sentence: str) -> bool:
    """Whether a sentence only denies that there is a problem, which discloses nothing.

    >>> is_denial("There are no known biases."), is_denial("Its biases are known.")
    (True, False)
    """
    return _matcher(sentence).matches("denial")


def refers_elsewhere(sentence: str) -> bool:
    """Whether a sentence only refers the reader to another place."""
    return _matcher(sentence).matches("pointer")


def describes_mitigation(sentence: str) -> bool:
    """Whether a sentence describes what was done, or should be done, about a problem."""
    return _matcher(sentence).matches("mitigation")


class _CueMatcher:
    """Match cues against one sentence."""

    def __init__(self, sentence: str) -> None:
        self.sentence = sentence
        self.text = lowercase(sentence).replace("\u2019", "'")

    def matches(self, cue: str) -> bool:
        """Whether a phrase of the cue occurs. Most sentences contain no part of any, which the automaton finds in one pass."""
        return bool(_automaton((cue,))[0].find_matches_as_indexes(self.text)) and bool(_expression(cue).search(self.text))

    @property
    def has_figure(self) -> bool:
        """Whether the text contains a number with a unit or with a decimal point."""
        has_number = self._has_decimal or _SETTING.search(self.text) or _COUNT_OF.search(self.text)
        return bool(has_number) or self.matches("unit") or self.matches("figure")

    @property
    def _has_decimal(self) -> bool:
        if not _DECIMAL.search(self.text):
            return False
        versions = {match.span(1) for match in _VERSION.finditer(self.sentence) if not _expression("metric").search(lowercase(match[0]))}
        return any(match.span() not in versions for match in _DECIMAL.finditer(self.text))

    @cached_property
    def mentioned_sections(self) -> frozenset[str]:
        """A class that a phrase names. Bias and risks also need the model, its data, output or use; what the model is for is neither."""
        possible = self.possible(SEARCHED)
        classes = possible.intersection(DOCUMENTED_SECTIONS)
        is_disparity = "disparity" in possible and self.matches("group") and self.matches("disparity")
        is_addressed_hazard = "hazard" in possible and self.matches("mitigation") and self.matches("hazard")
        if not (classes or is_disparity or is_addressed_hazard) or self.matches("legal"):
            return frozenset()
        text = _expression("no_mention").sub(" ", self.text)
        found = {name for name in classes if _expression(name).search(text)} | ({"bias"} if is_disparity else set())
        if is_addressed_hazard:
            found.add("risks")
        if found & _CLAIMS and not is_disparity and (not (self.matches("subject") or _UNSEGMENTED.search(text)) or self.matches("task")):
            found -= _CLAIMS
        if "recommendations" in found and not self.matches("advice"):
            found.discard("recommendations")
        return frozenset(found)

    def possible(self, cues: tuple[str, ...]) -> set[str]:
        """Return the cues of which a part of a phrase occurs in the text, even inside a word."""
        automaton, owners = _automaton(cues)
        return {name for number, _, _ in automaton.find_matches_as_indexes(self.text, overlapping=True) for name in owners[number]}


# A dozen cues are matched against one sentence, one after the other.
_cached_matcher = lru_cache(maxsize=256)(_CueMatcher)


def _matcher(sentence: str) -> _CueMatcher:
    return _cached_matcher(sentence[:_MAX_SENTENCE_CHARS])


@cache
def _stems(cues: tuple[str, ...]) -> dict[str, list[str]]:
    """Map the longest wildcard-free part of each phrase of these cues to the cues that contain it."""
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
def _byte_automaton(cues: tuple[str, ...]) -> BytesAhoCorasick:
    """Match stems in UTF-8 text in which only ASCII letters are lowercased: `bytes.lower` takes a tenth of the time of `str.casefold`."""
    forms = {form.encode().lower() for stem in _stems(cues) for form in (stem, stem.capitalize(), stem.title(), stem.upper())}
    return BytesAhoCorasick(sorted(forms), implementation=Implementation.DFA)


@cache
def _expression(cue: str) -> re.Pattern[str]:
    """Compile one alternation per cue. `*` at the end of a word matches its rest, `*` alone up to three words."""
    phrases = [row["phrase"] for row in curated("documentation_cues") if row["cue"] == cue]
    alternation = _alternation(phrase for phrase in phrases if not _UNSEGMENTED.search(phrase))
    if cue == "unit":
        return re.compile(rf"(?<![\w.-])\d{{1,9}}(?:[.,]\d{{1,9}})?\s?(?:{alternation})(?!\w)")
    inside_words = _alternation(phrase for phrase in phrases if _UNSEGMENTED.search(phrase))
    return re.compile(rf"(?<![\w-])(?:{alternation})(?!\w)" + (f"|{inside_words}" if inside_words else ""))


def _alternation(phrases: Iterable[str]) -> str:
    """Join phrases, the longest first: an alternation takes the first that matches."""
    return "|".join(sorted(map(_phrase, phrases), key=len, reverse=True))


def _phrase(phrase: str) -> str:
    words = [r"(?:\S+ ){0,3}" if word == "*" else re.escape(word).replace(r"\*", r"\w*") + " " for word in phrase.split()]
    return "".join(words).removesuffix(" ")


@cache
def _language_names() -> tuple[AhoCorasick, re.Pattern[str]]:
    """Match the English names of languages that have a two-letter code, spelled with a capital."""
    names = {language.name.partition(" (")[0] for language in pycountry.languages if hasattr(language, "alpha_2")}
    names |= {"Greek", "Mandarin", "Cantonese", "Farsi"}
    unambiguous = sorted(names - _AMBIGUOUS_LANGUAGE_NAMES)
    return AhoCorasick(unambiguous), re.compile(r"\b(?:" + "|".join(map(re.escape, unambiguous)) + r")\b")
