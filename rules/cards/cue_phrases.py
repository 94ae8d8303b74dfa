"""Detect the topics and the specificity of a sentence by the phrases of conf/documentation_cues.csv.

The list covers English in depth, and the plainest phrases of ten other languages. A cue is a group of phrases with one meaning.
"""

import re
from collections.abc import Iterable
from functools import cache, cached_property, lru_cache
from itertools import islice

import pycountry
from ahocorasick_rs import AhoCorasick

from hublake.lake.enums import DOCUMENTED_SECTIONS, SECTION_CLASSES
from hublake.rules.cards.phrases import (
    MAX_SENTENCE_CHARS,
    UNSEGMENTED,
    clauses_without_cue,
    cue_expression,
    cues_in,
    has_cue,
    lowercase,
    may_contain,
    phrases_of,
    without_cue,
)

# What the model is for may have the vocabulary of these ("detects hateful posts").
_CLAIMS = frozenset(("bias", "risks"))
# Advice on decoding or installation ("do not use greedy decoding: it loops") is none of these.
_NOT_IN_SETTINGS = frozenset(("limitations", "out_of_scope", "recommendations"))
# The cues of which a sentence on a documented class contains one.
SEARCHED = (*DOCUMENTED_SECTIONS, "guidance", "group", "hazard", "harm", "danger", "lead")
# Texts of licences, abstracts of papers and the labels of a guard model do not speak of this model.
_NOT_OF_THE_MODEL = frozenset(("legal", "literature", "policy"))
_DECIDING = (*SEARCHED, "no_mention", "denial", "pointer", "slogan", *sorted(_NOT_OF_THE_MODEL))
OTHER_SECTIONS = tuple(name for name in SECTION_CLASSES if name not in DOCUMENTED_SECTIONS)
# A number is a figure if it counts something or has a decimal point; those in "GPT-2" and "2021" are not.
_DECIMAL = re.compile(r"(?<![\w.])(?<![a-z]-)\d{1,6}\.\d{1,6}(?![\w.]|-\d+[a-z])")
# The number of a version follows a name: "Llama 3.1", "v2.5".
_VERSION = re.compile(r"(?:\b[A-Z][\w+]*(?:-[A-Z]\w*)?|\b[Vv]ersion|\b[Vv]\.?)[ -]?v?(\d{1,2}\.\d{1,2})(?![\w%.]| ?%)")
# A share in words: "14 of 200", "3/10", "1.9 times as often".
_COUNT_OF = re.compile(
    r"(?<![\w.-])\d[\d,]{0,8} (?:of|out of|in) (?:the |its |our |all |every |about )?\d|(?<![\w./])\d{1,6}/\d{1,6}(?![\w./])"
    r"|(?<![\w.])\d{1,6}(?:\.\d{1,6})? times "
)
_PERCENT = re.compile(r"\d ?(?:%|percent\b|\u767e\u5206)")
_CONDITION = re.compile(r"\b(?:more|less|fewer) than \d[\d.,]* ?%")
_SETTING = re.compile(r"[=:] ?\d{2,9}(?![\w.])")  # max_length = 512
_DIGIT = re.compile(r"\d")
_NOTHING: frozenset[str] = frozenset()
_MAX_CHARS_OF_POINTER = 200
_MAX_CHARS_OF_SLOGAN = 320
# A sentence that mentions one of these is neither a mere reference nor a declaration of good will.
_CONTENT = ("limitations", "bias", "risks", "out_of_scope")
_NAMES_OF_CLASSES = re.compile(
    r"\b(?:limitations?|biases|bias|fairness|risks?|harms?|misuse|safety|security|privacy|ethical considerations)\b"
)
_WORD = re.compile(r"[a-z]+(?:['-][a-z]+)*")
# A name inside a sentence, or with a number: that of a model or of its makers is no case.
_NAME = re.compile(r"(?<=[a-z,)] )[A-Z][\w.+-]*|\b[A-Za-z][A-Za-z-]{0,40}\d[\w.-]*")
_ENGLISH = re.compile(r"\b(?:the|is|are|of|it|and|not|for|with|than|at|to)\b")
# This many words that would not fit a statement on any model name a kind of input, of error or of situation.
_MIN_SPECIFIC_WORDS = 3

# Names of languages that are also plain words or places in English.
_AMBIGUOUS_LANGUAGE_NAMES = frozenset(
    ("Ewe", "Ido", "Twi", "Pali", "Divehi", "Volapük", "Interlingue", "Interlingua", "Church Slavic", "Cree", "Fijian")
)


def mentioned_sections(sentence: str) -> frozenset[str]:
    """Return the documented classes that a sentence is about, regardless of its heading.

    >>> sorted(mentioned_sections("The model may be biased and is not intended for medical use."))
    ['bias', 'out_of_scope']
    >>> mentioned_sections("Tracked with Weights & Biases; it has a strong inductive bias.")
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
    """Whether a sentence of the text might mention one of the classes: a cheap pre-check.

    >>> may_mention("Trained on poems."), may_mention("It is biased."), may_mention("Biais !")
    (False, True, True)
    """
    return may_contain(text, classes)


def other_sections_mentioned(sentence: str) -> frozenset[str]:
    """Return the classes outside DOCUMENTED_SECTIONS that a sentence is about; used for cards without headings."""
    return frozenset(cues_in(_matcher(sentence).text, OTHER_SECTIONS))


def states_step(sentence: str) -> bool:
    """Whether a sentence is a step by which a model is loaded, run or prompted, given that its heading announces them."""
    return has_cue(lowercase(sentence[:MAX_SENTENCE_CHARS]), "step")


def specific_details(sentence: str, names: Iterable[str] = ()) -> tuple[str, ...]:
    """Return the kinds of detail that a sentence names: group, language, dataset, failure, figure, case. `names` are datasets of the card.

    A failure counts only together with its circumstance: "may be wrong" is general, "is wrong when the text is long" is specific. A case is
    anything named by words that would not fit a statement on any model.

    >>> specific_details("Accuracy is 12% lower for women."), specific_details("It struggles with sarcasm.")
    (('group', 'figure'), ('failure',))
    >>> specific_details("It may be wrong.")
    ()
    """
    matcher = _matcher(sentence)
    found = matcher.details
    if "dataset" not in found and any(name.casefold() in matcher.text for name in names if len(name) > 3):
        return (*(detail for detail in found if detail != "case"), "dataset")
    return found


def reports_result(sentence: str) -> bool:
    """Whether a sentence on a limit, a bias or a risk reports a result: a measured share, score or count, or the finding of a comparison.

    >>> reports_result("9 of 40 labels were wrong."), reports_result("Frisian is 2% of the data."), reports_result("It needs 8 labels.")
    (True, False, False)
    """
    return _matcher(sentence).reports_result


def is_denial(sentence: str) -> bool:
    """Whether a sentence only denies that there is a problem, which discloses nothing.

    >>> is_denial("There are no known biases."), is_denial("Its biases are known.")
    (True, False)
    """
    return "denial" in _matcher(sentence).cues


def says_nothing(sentence: str) -> bool:
    """Whether a sentence documents nothing: a denial, and in few words a reference to another place or a declaration of good will.

    >>> says_nothing("No known biases."), says_nothing("See the paper."), says_nothing("It is biased, see the paper.")
    (True, True, False)
    """
    return _matcher(sentence).says_nothing


def named_sections(sentence: str) -> frozenset[str]:
    """Return the documented classes that a sentence names, regardless of what it claims."""
    return frozenset(_matcher(sentence).claim[1].intersection(DOCUMENTED_SECTIONS))


def refers_elsewhere(sentence: str) -> bool:
    """Whether a sentence only refers the reader to another place."""
    return "pointer" in _matcher(sentence).cues


def describes_mitigation(sentence: str) -> bool:
    """Whether a sentence describes what the makers did about a problem.

    >>> describes_mitigation("We removed slurs."), describes_mitigation("It was not aligned with methods such as RLHF.")
    (True, False)
    """
    return _matcher(sentence).describes_mitigation


class _CueMatcher:
    """Match cues against one sentence."""

    def __init__(self, sentence: str) -> None:
        self.sentence = sentence
        self.text = lowercase(sentence).replace("\u2019", "'")
        # Which of the cues that decide whether a sentence counts occur: one pass for most sentences.
        self.cues = cues_in(self.text, _DECIDING)
        self._mentioned: frozenset[str] | None = None

    def matches(self, cue: str) -> bool:
        """Whether a phrase of the cue occurs."""
        return has_cue(self.text, cue)

    @property
    def has_figure(self) -> bool:
        """Whether the text contains a number with a unit or with a decimal point."""
        if _DIGIT.search(self.text):
            if self._has_decimal or _SETTING.search(self.text) or _COUNT_OF.search(self.text):
                return True
            if _counted_units().search(self.text):
                return True
        return self.matches("figure")

    @property
    def _has_decimal(self) -> bool:
        if not _DECIMAL.search(self.text):
            return False
        versions = {match.span(1) for match in _VERSION.finditer(self.sentence) if not has_cue(lowercase(match[0]), "metric")}
        return any(match.span() not in versions for match in _DECIMAL.finditer(self.text))

    @cached_property
    def details(self) -> tuple[str, ...]:
        found = [cue for cue in ("group", "dataset", "hazard") if self.matches(cue)]
        automaton, language_names = _language_names()
        if automaton.find_matches_as_indexes(self.sentence) and language_names.search(self.sentence):
            found.append("language")
        if self.matches("failure") and (self.matches("condition") or not self.matches("generic")):
            found.append("failure")
        if self.has_figure:
            found.append("figure")
        if not found and self.names_a_case:
            found.append("case")
        return tuple(found)

    @cached_property
    def describes_mitigation(self) -> bool:
        """What the makers did: not what they did not do, nor what users should do."""
        if not self.matches("mitigation") or "guidance" in self.cues:
            return False
        return has_cue(clauses_without_cue(self.text, "unmitigated"), "mitigation")

    @cached_property
    def reports_result(self) -> bool:
        if _DIGIT.search(self.text):
            text = _CONDITION.sub(" ", without_cue(self.text, "share_of_data"))
            if _COUNT_OF.search(text):
                return True
            if (_PERCENT.search(text) or (self._has_decimal and _DECIMAL.search(text))) and self._has_outcome:
                return True
        return (self.matches("figure") and self._has_outcome) or (self.matches("finding") and self.matches("comparison"))

    @property
    def _has_share(self) -> bool:
        return bool(_PERCENT.search(self.text) or _COUNT_OF.search(self.text))

    @property
    def _has_outcome(self) -> bool:
        """Whether it says what was counted or measured. A row of a table need not."""
        if " | " in self.text or UNSEGMENTED.search(self.text):
            return True
        return any(map(self.matches, ("outcome", "metric", "benchmark", "failure")))

    @property
    def names_a_case(self) -> bool:
        if not _ENGLISH.search(self.text):
            return False
        names = set(_WORD.findall(" ".join(_NAME.findall(self.sentence)).lower()))
        further = (word for word in _WORD.findall(self.text) if word not in names and not _is_general(word))
        return len(set(islice(further, 2 * _MIN_SPECIFIC_WORDS))) >= _MIN_SPECIFIC_WORDS

    @property
    def claim(self) -> tuple[str, set[str]]:
        """The text without phrases of another meaning, and the searched cues in it."""
        if "no_mention" not in self.cues:
            return self.text, self.cues
        text = without_cue(self.text, "no_mention")
        return text, cues_in(text, SEARCHED)

    @property
    def says_nothing(self) -> bool:
        if "denial" in self.cues:
            return True
        is_pointer = "pointer" in self.cues and len(self.text) <= _MAX_CHARS_OF_POINTER
        if not is_pointer and ("slogan" not in self.cues or len(self.text) > _MAX_CHARS_OF_SLOGAN):
            return False
        unnamed = _NAMES_OF_CLASSES.sub(" ", self.claim[0])
        return not (cues_in(unnamed, _CONTENT) or set(specific_details(self.sentence)) - {"case"})

    @property
    def mentioned_sections(self) -> frozenset[str]:
        if not self.cues:
            return _NOTHING
        if self._mentioned is None:
            self._mentioned = self._find_mentioned_sections()
        return self._mentioned

    def _find_mentioned_sections(self) -> frozenset[str]:
        """A class that a phrase names, or the words of a construction together.

        Bias and risks also need the model, its data, output or use; what the model is for is neither.
        """
        text, cues = self.claim
        if not cues or not self.cues.isdisjoint(_NOT_OF_THE_MODEL):
            return _NOTHING
        found = cues.intersection(DOCUMENTED_SECTIONS)
        is_disparity = "group" in cues and (self.matches("disparity") or self._has_share)
        if is_disparity:
            found.add("bias")
        if (not cues.isdisjoint(("hazard", "harm")) and self.matches("mitigation")) or ("danger" in cues and self.matches("causes")):
            found.add("risks")
        if found & _CLAIMS and not is_disparity and (not (self.matches("subject") or UNSEGMENTED.search(text)) or self.matches("task")):
            found -= _CLAIMS
        if "recommendations" in found and not self.matches("advice"):
            found.discard("recommendations")
        if "guidance" in cues:
            found.add("recommendations")
        if not found.isdisjoint(_NOT_IN_SETTINGS) and self.matches("setting"):
            found -= _NOT_IN_SETTINGS
        return frozenset(found)


# A dozen cues are matched against one sentence, one after the other, and cards copy sentences from each other.
_cached_matcher = lru_cache(maxsize=4_096)(_CueMatcher)


def _matcher(sentence: str) -> _CueMatcher:
    return _cached_matcher(sentence[:MAX_SENTENCE_CHARS])


@lru_cache(maxsize=16_384)
def _is_general(word: str) -> bool:
    exact, beginnings = _general_words()
    return word in exact or word.startswith(beginnings)


@cache
def _general_words() -> tuple[frozenset[str], tuple[str, ...]]:
    """Words that fit a statement on any model: whole ones, and beginnings."""
    words = phrases_of("general")
    return frozenset(word.rstrip("*") for word in words), tuple(word[:-1] for word in words if word.endswith("*"))


@cache
def _counted_units() -> re.Pattern[str]:
    """A number with the unit of what it counts."""
    return re.compile(rf"(?<![\w.-])\d{{1,9}}(?:[.,]\d{{1,9}})?\s?{cue_expression('unit')}(?!\w)")


@cache
def _language_names() -> tuple[AhoCorasick, re.Pattern[str]]:
    """Match the English names of languages that have a two-letter code, spelled with a capital."""
    names = {language.name.partition(" (")[0] for language in pycountry.languages if hasattr(language, "alpha_2")}
    names |= {"Greek", "Mandarin", "Cantonese", "Farsi"}
    unambiguous = sorted(names - _AMBIGUOUS_LANGUAGE_NAMES)
    return AhoCorasick(unambiguous), re.compile(r"\b(?:" + "|".join(map(re.escape, unambiguous)) + r")\b")
