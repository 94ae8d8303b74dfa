"""What a card says of limits, bias and risks, in its own words, and how deep it goes: sentence by sentence.

1. A sentence stands for the classes that its section's heading names. Under a heading that also names something else
   ("Intended uses & limitations") it stands only for those that it mentions itself.
2. For a class that no heading has own words for, sentences elsewhere that mention it stand in.
3. Placeholders, template sentences, labels and code are never own words.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from lake.vocabulary import DOCUMENTED_SECTIONS
from spark_jobs.rules.cues import is_measured, is_mitigation, mentioned, specifics
from spark_jobs.rules.sentences import Sentence, sentences
from spark_jobs.rules.words import flesch

# Depth and specificity look at these; recommendations count as mitigation.
CONCERNS = frozenset(("limitations", "bias", "risks", "ethics"))
# What stands here speaks of papers, people, code or words, not of the model's limits.
NOT_SEARCHED = frozenset(("citation", "contact", "glossary", "how_to_start", "technical"))
# Shorter mentions are titles of links and the like.
MIN_WORDS_OF_MENTION = 6
# From this part on, what a card says is mostly its parent's.
MOSTLY = 0.5


@dataclass(frozen=True)
class CardSection:
    """A row of silver.card_sections as far as it matters here."""

    classes: tuple[str, ...]
    text: str
    parent_overlap_share: float | None = None


@dataclass(frozen=True)
class Statement:
    """An own sentence, the documented classes it stands for, and what makes its level (see `level`)."""

    text: str
    words: int
    classes: frozenset[str]
    is_headed: bool
    overlap: float
    specifics: tuple[str, ...] = ()
    is_measured: bool = False
    is_mitigation: bool = False

    @property
    def level(self) -> int:
        """2 general; 3 names a group, language, dataset, failure case or figure; 4 that with a result or a mitigation."""
        if not self.specifics:
            return 2
        return 4 if self.is_measured or self.is_mitigation else 3


@dataclass(frozen=True)
class Documentation:
    """All that gold.card_documentation says of one card."""

    statements: tuple[Statement, ...]
    headed: frozenset[str]
    is_english: bool

    def of(self, name: str) -> list[Statement]:
        return [s for s in self.statements if name in s.classes]

    @property
    def concerns(self) -> list[Statement]:
        return [s for s in self.statements if s.classes & CONCERNS]

    @property
    def depth(self) -> int:
        """0 none; 1 a heading, or one general mention; 2 own words; 3 specific; 4 specific, with a result or a mitigation.

        The result or the mitigation may stand in another sentence, also under Recommendations.
        """
        found = self.concerns
        if not found:
            return 1 if self.headed & CONCERNS else 0
        deepest = max(s.level for s in found)
        if deepest == 2:
            return 2 if len(found) > 1 or any(s.is_headed for s in found) else 1
        is_answered = any(s.is_measured or s.is_mitigation for s in [*found, *self.of("recommendations")])
        return 4 if is_answered else deepest

    @property
    def specificity(self) -> float | None:
        found = self.concerns
        return sum(bool(s.specifics) for s in found) / len(found) if found else None

    def as_columns(self) -> dict[str, Any]:
        columns: dict[str, Any] = {}
        for name in DOCUMENTED_SECTIONS:
            found = self.of(name)
            words = sum(s.words for s in found)
            columns[f"has_{name}"] = words > 0
            columns[f"{name}_own_words"] = words
            columns[f"is_{name}_inherited"] = words > 0 and sum(s.words * s.overlap for s in found) >= MOSTLY * words
        ease = flesch([s.text for s in self.concerns]) if self.is_english else None
        return columns | {"depth": self.depth, "specificity": self.specificity, "readability": ease}


def read(card: Iterable[CardSection], language: str | None, datasets: Sequence[str] = ()) -> Documentation:
    """The documentation of one card, from its sections in order. `datasets` are those its front matter declares.

    >>> card = [CardSection(("limitations", "bias"), "[More Information Needed]"), CardSection(("other",), "Speech model.")]
    >>> read(card, "en").depth, read(card[1:], "en").depth
    (1, 0)
    >>> read([CardSection(("bias",), "Accuracy is 12% lower for women.")], "en").depth
    4
    """
    sections = [(section, [s for s in sentences(section.text) if s.kind == "own" and s.words]) for section in card]
    headed = frozenset(name for section, _ in sections for name in section.classes if name in DOCUMENTED_SECTIONS)
    by_heading = [(section, s, _named(section, s)) for section, found in sections for s in found]
    filled = {name for _, _, classes in by_heading for name in classes}
    statements = [
        _statement(section, s, classes or _mentioned(section, s) - filled, bool(classes), datasets) for section, s, classes in by_heading
    ]
    return Documentation(tuple(s for s in statements if s.classes), headed, language == "en")


def _named(section: CardSection, sentence: Sentence) -> frozenset[str]:
    documented = frozenset(section.classes) & frozenset(DOCUMENTED_SECTIONS)
    is_shared = len(documented) < len(section.classes)
    return documented & mentioned(sentence.text) if documented and is_shared else documented


def _mentioned(section: CardSection, sentence: Sentence) -> frozenset[str]:
    is_searched = not NOT_SEARCHED.intersection(section.classes) and sentence.words >= MIN_WORDS_OF_MENTION
    return mentioned(sentence.text) if is_searched else frozenset()


def _statement(section: CardSection, s: Sentence, classes: frozenset[str], is_headed: bool, datasets: Sequence[str]) -> Statement:
    if not classes:
        return Statement(s.text, s.words, classes, is_headed, 0.0)
    return Statement(
        s.text,
        s.words,
        classes,
        is_headed,
        section.parent_overlap_share or 0.0,
        specifics(s.text, datasets),
        is_measured(s.text),
        is_mitigation(s.text),
    )
