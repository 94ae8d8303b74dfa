"""Assess what a card documents about limits, bias and risks in own words, and how deeply, sentence by sentence.

1. A sentence counts for the classes that the heading of its section names. Under a heading that also names something else
   ("Intended uses & limitations") it counts for them only if the sentence itself mentions a concern.
2. For a class for which no heading has own words, sentences elsewhere that mention the class count.
3. A sentence that denies a problem, refers the reader elsewhere or only declares good will is a mention and no more. Placeholders,
   template sentences, labels and code are never own words.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from itertools import islice
from typing import Any, NamedTuple

from hublake.lake.enums import DOCUMENTED_SECTIONS
from hublake.rules.cards.card_section import CardSection
from hublake.rules.cards.cue_phrases import (
    describes_mitigation,
    implies_limitation,
    is_about_the_model,
    may_mention,
    mentioned_sections,
    named_sections,
    refers_elsewhere,
    reports_result,
    says_nothing,
    specific_details,
)
from hublake.rules.cards.headings import classes_of_lead, classes_of_topic
from hublake.rules.cards.words import count_words, flesch_reading_ease

DOCUMENTED = frozenset(DOCUMENTED_SECTIONS)
# Depth and specificity are about these classes; recommendations count as mitigation.
CONCERNS = frozenset(("limitations", "bias", "risks", "ethics"))
# Sections of these classes are about papers, people or words, not about the model.
NOT_SEARCHED = frozenset(("contact", "glossary"))
# In sections of these classes a limit is by design ("we kept sentences shorter than ..."), not a limit of the model.
NOT_SEARCHED_FOR_LIMITS = frozenset(("training", "training_data"))
# Shorter mentions are titles of links and the like, unless they end as a sentence does.
MIN_WORDS_OF_MENTION = 6
MIN_WORDS_OF_SENTENCE = 2
_ENDS_OF_SENTENCE = (".", "!", "\u3002", "\uff01")
# A short item that states a measure: "CO2 emissions (in grams): 5.4".
_MEASURE = re.compile(r": ?\d")
# A row of a question and an answer in sentences: "Limitations | It does not see pedestrians."
_ANSWER = re.compile(r"[^|]{3,160} \| (?:[^\s|]+ ){5,}[^\s|]+[.!]")
# No card of 2022 has more than 64 such sentences; one with many more repeats itself on purpose.
MAX_SENTENCES = 500
# The language in which depth was measured on labelled cards. Text too short to identify its language counts as well.
MEASURED_LANGUAGE = "en"
# From this share on, the documentation of a class counts as inherited from a parent.
MOSTLY = 0.5


@dataclass(frozen=True, slots=True)
class Statement:
    """An own sentence, the documented classes that it counts for, and what determines its level (see `level`)."""

    text: str
    words: int
    classes: frozenset[str]
    is_headed: bool
    overlap: float
    details: tuple[str, ...] = ()
    reports_result: bool = False
    describes_mitigation: bool = False
    section: CardSection | None = field(default=None, compare=False, repr=False)

    @property
    def span(self) -> tuple[int, int]:
        """Its (start, end) in the card. Most statements are never located."""
        return self.section.span(self.text) if self.section else (0, 0)

    @property
    def level(self) -> int:
        """2 general; 3 names a group, language, dataset, figure or case; 4 the same with a result or a mitigation."""
        if not self.details:
            return 2
        return 4 if self.reports_result or self.describes_mitigation else 3


class Documentation(NamedTuple):
    """The documentation columns of gold.card_documentation for one card.

    `headed` are the documented classes that a heading names, `in_passing` those that only a denial or a reference elsewhere mentions.
    """

    statements: tuple[Statement, ...]
    headed: frozenset[str]
    in_passing: frozenset[str]
    language: str | None

    def of(self, name: str) -> list[Statement]:
        return [s for s in self.statements if name in s.classes]

    @property
    def concerns(self) -> list[Statement]:
        return [s for s in self.statements if s.classes & CONCERNS]

    @property
    def depth(self) -> int | None:
        """0 none; 1 a heading or a mention; 2 own words; 3 specific; 4 specific, with a result or a mitigation.

        The result or the mitigation may be in another sentence, also under Recommendations. None in another language than English, where
        the rules have not been measured on enough cards.
        """
        return self._depth if self.language in (None, MEASURED_LANGUAGE) else None

    @property
    def _depth(self) -> int:
        found = self.concerns
        if not found:
            return 1 if (self.headed | self.in_passing) & CONCERNS else 0
        deepest = max(s.level for s in found)
        if deepest == 2:
            return 2
        is_addressed = any(s.reports_result or s.describes_mitigation for s in [*found, *self.of("recommendations")])
        return 4 if is_addressed else deepest

    @property
    def evidence(self) -> list[Statement]:
        """The statements that earned the depth: those of the deepest level, and at depth 4 the results and mitigations."""
        found = self.concerns
        deepest = max((s.level for s in found), default=0)
        is_addressed = self._depth == 4
        return [
            s
            for s in self.statements
            if (s.classes & CONCERNS and s.level == deepest) or (is_addressed and (s.reports_result or s.describes_mitigation))
        ]

    @property
    def specificity(self) -> float | None:
        found = self.concerns
        return sum(bool(s.details) for s in found) / len(found) if found else None

    def as_columns(self) -> dict[str, Any]:
        columns: dict[str, Any] = {}
        for name in DOCUMENTED_SECTIONS:
            found = self.of(name)
            words = sum(s.words for s in found)
            columns[f"has_{name}"] = words > 0
            columns[f"{name}_own_words"] = words
            columns[f"is_{name}_inherited"] = words > 0 and sum(s.words * s.overlap for s in found) >= MOSTLY * words
        ease = flesch_reading_ease([s.text for s in self.concerns]) if self.language == MEASURED_LANGUAGE else None
        spans = [s.span for s in self.evidence]
        return columns | {
            "depth": self.depth,
            "evidence_starts": [start for start, _ in spans],
            "evidence_ends": [end for _, end in spans],
            "specificity": self.specificity,
            "readability": ease,
        }


def document(sections: Iterable[CardSection], language: str | None, datasets: Sequence[str] = ()) -> Documentation:
    """Assess one card, given its sections in order. `datasets` are those that its front matter declares.

    Cost: most sections name no documented class and mention none, which the cheap pre-check finds.
    """
    relevant = [section for section in sections if _is_relevant(section)]
    headed = frozenset(name for section in relevant for name in section.classes if name in DOCUMENTED)
    own: list[tuple[CardSection, str]] = []
    in_passing: set[str] = set()
    candidates = ((section, text) for section in relevant for text in _candidates(section))
    for section, text in islice(candidates, MAX_SENTENCES):
        if says_nothing(text):
            in_passing |= named_sections(text)
        else:
            own.append((section, text))
    sorted_sections = {id(section): _classes_by_topic(section) for section in relevant}
    by_heading = [sorted_sections[id(section)].get(text) or _classes_by_heading(section, text) for section, text in own]
    filled = frozenset(name for classes in by_heading for name in classes)
    statements = []
    for (section, text), headed_classes in zip(own, by_heading, strict=True):
        mentioned = _mentioned_classes(section, text) - filled
        if mentioned and not headed_classes and refers_elsewhere(text):
            in_passing |= mentioned
        elif headed_classes or mentioned:
            statements.append(_statement(section, text, headed_classes | mentioned, bool(headed_classes), datasets))
    return Documentation(tuple(statements), headed, frozenset(in_passing), language)


def _is_relevant(section: CardSection) -> bool:
    if not DOCUMENTED.isdisjoint(section.classes):
        return True
    return not section.is_shared and NOT_SEARCHED.isdisjoint(section.classes) and section.may_contain(may_mention)


def _candidates(section: CardSection) -> Iterable[str]:
    """Own sentences; under a heading that names no documented class, those that might mention one."""
    if section.is_shared:
        return ()
    return section.own_sentences_near(may_mention, with_tool=True) if DOCUMENTED.isdisjoint(section.classes) else section.own_sentences()


def _classes_by_topic(section: CardSection) -> dict[str, frozenset[str]]:
    """The classes of each item below a heading that joins several, if leads sort its items and one names a class; else nothing.

    An item whose lead names no class is a limit. What follows an item belongs to it.
    """
    joined = DOCUMENTED.intersection(section.classes)
    if len(joined) < 2 or section.is_shared:
        return {}
    found: dict[str, frozenset[str]] = {}
    leads, is_named = 0, False
    current = frozenset(joined)
    for sentence in section.own_sentences():
        topic = classes_of_topic(sentence)
        if topic is not None:
            own = joined.intersection(topic)
            leads += 1
            is_named = is_named or bool(own)
            current = own or joined & {"limitations"} or joined
        found[sentence] = current
    return found if is_named and leads > 1 else {}


def _classes_by_heading(section: CardSection, sentence: str) -> frozenset[str]:
    """The classes of its section, or of the lead of the sentence: "Bias: ...", or the first cell of a row."""
    documented = DOCUMENTED.intersection(section.classes)
    if (led := classes_of_lead(sentence)) and may_mention(sentence) and not DOCUMENTED.isdisjoint(led):
        return DOCUMENTED.intersection(led)
    if not documented or len(documented) == len(section.classes):
        return documented
    mentioned = mentioned_sections(sentence)
    is_concern = bool(mentioned & CONCERNS) or implies_limitation(sentence)
    return documented if is_concern else documented & mentioned


def _mentioned_classes(section: CardSection, sentence: str) -> frozenset[str]:
    mentioned = mentioned_sections(sentence) if NOT_SEARCHED.isdisjoint(section.classes) else frozenset()
    if not mentioned:
        return frozenset()
    if "citation" in section.classes and not is_about_the_model(sentence):
        return frozenset()
    if " | " in sentence and not _ANSWER.fullmatch(sentence):
        return mentioned & {"environment"}
    if count_words(sentence) < (MIN_WORDS_OF_SENTENCE if sentence.endswith(_ENDS_OF_SENTENCE) else MIN_WORDS_OF_MENTION):
        return mentioned & {"environment"} if _MEASURE.search(sentence) else frozenset()
    return mentioned if NOT_SEARCHED_FOR_LIMITS.isdisjoint(section.classes) else mentioned - {"limitations"}


def _statement(section: CardSection, sentence: str, classes: frozenset[str], is_headed: bool, datasets: Sequence[str]) -> Statement:
    introduces_example = ("example",) if is_headed and sentence.endswith(":") and section.has_code else ()
    return Statement(
        sentence,
        count_words(sentence),
        classes,
        is_headed,
        section.parent_overlap_share or 0.0,
        (*specific_details(sentence, datasets), *introduces_example),
        reports_result(sentence),
        describes_mitigation(sentence),
        section,
    )
