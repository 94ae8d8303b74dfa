"""What a card says of limits, bias and risks, in its own words, and how deep it goes: sentence by sentence.

1. A sentence stands for the classes that its section's heading names. Under a heading that also names something else
   ("Intended uses & limitations") it stands for them only where it speaks of a concern itself.
2. For a class that no heading has own words for, sentences elsewhere that mention it stand in; one that only sends the
   reader elsewhere is a mention and no more.
3. Placeholders, template sentences, labels and code are never own words, and to deny a problem is not to disclose one.
"""

from collections.abc import Iterable, Sequence
from itertools import islice
from typing import Any, NamedTuple

from hublake.lake.enums import DOCUMENTED_SECTIONS
from hublake.rules.cards.cues import hints_at_limit, is_denial, is_measured, is_mitigation, is_pointer, mentioned, specifics
from hublake.rules.cards.markup import rendered
from hublake.rules.cards.passages import Passage
from hublake.rules.cards.sentences import Sentence
from hublake.rules.cards.words import flesch

DOCUMENTED = frozenset(DOCUMENTED_SECTIONS)
# Depth and specificity look at these; recommendations count as mitigation.
CONCERNS = frozenset(("limitations", "bias", "risks", "ethics"))
# What stands here speaks of papers, people, code or words, not of the model's limits.
NOT_SEARCHED = frozenset(("citation", "contact", "glossary", "how_to_start", "technical"))
# What stands here is limited by design ("we kept sentences shorter than ..."), which is no limit of the model.
NOT_SEARCHED_FOR_LIMITS = frozenset(("training", "training_data", "evaluation"))
# Shorter mentions are titles of links and the like.
MIN_WORDS_OF_MENTION = 6
# No card of 2022 has more than 64 such sentences; one that has many more repeats itself to hurt.
MAX_SENTENCES = 500
# From this part on, what a card says is mostly its parent's.
MOSTLY = 0.5


class CardSection(NamedTuple):
    """A row of silver.card_sections as far as it matters here."""

    classes: tuple[str, ...]
    text: str
    parent_overlap_share: float | None = None
    parsed: Passage | None = None
    start: int = 0

    @property
    def passage(self) -> Passage:
        return Passage(rendered(self.text)) if self.parsed is None else self.parsed

    @property
    def own(self) -> list[Sentence]:
        """Own sentences; where no heading promises any, of the blocks that mention a documented class."""
        passage = self.passage
        found = passage.mentioning() if DOCUMENTED.isdisjoint(self.classes) else passage.sentences
        return [sentence for sentence in found if sentence.kind == "own"]


class Statement(NamedTuple):
    """An own sentence, the documented classes it stands for, and what makes its level (see `level`)."""

    text: str
    words: int
    classes: frozenset[str]
    is_headed: bool
    overlap: float
    specifics: tuple[str, ...] = ()
    is_measured: bool = False
    is_mitigation: bool = False
    span: tuple[int, int] = (0, 0)

    @property
    def level(self) -> int:
        """2 general; 3 names a group, language, dataset, failure case or figure; 4 that with a result or a mitigation."""
        if not self.specifics:
            return 2
        return 4 if self.is_measured or self.is_mitigation else 3


class Documentation(NamedTuple):
    """All that gold.card_documentation says of one card."""

    statements: tuple[Statement, ...]
    headed: frozenset[str]
    in_passing: frozenset[str]
    is_english: bool

    def of(self, name: str) -> list[Statement]:
        return [s for s in self.statements if name in s.classes]

    @property
    def concerns(self) -> list[Statement]:
        return [s for s in self.statements if s.classes & CONCERNS]

    @property
    def depth(self) -> int:
        """0 none; 1 a heading or a mention; 2 own words; 3 specific; 4 specific, with a result or a mitigation.

        The result or the mitigation may stand in another sentence, also under Recommendations.
        """
        found = self.concerns
        if not found:
            return 1 if (self.headed | self.in_passing) & CONCERNS else 0
        deepest = max(s.level for s in found)
        if deepest == 2:
            return 2
        is_answered = any(s.is_measured or s.is_mitigation for s in [*found, *self.of("recommendations")])
        return 4 if is_answered else deepest

    @property
    def evidence(self) -> list[Statement]:
        """The statements that earned the depth: those of the deepest level, with what answers them."""
        found = self.concerns
        deepest = max((s.level for s in found), default=0)
        is_answered = self.depth == 4
        return [
            s
            for s in self.statements
            if (s.classes & CONCERNS and s.level == deepest) or (is_answered and (s.is_measured or s.is_mitigation))
        ]

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
        spans = [s.span for s in self.evidence]
        return columns | {
            "depth": self.depth,
            "evidence_starts": [start for start, _ in spans],
            "evidence_ends": [end for _, end in spans],
            "specificity": self.specificity,
            "readability": ease,
        }


def read(card: Iterable[CardSection], language: str | None, datasets: Sequence[str] = ()) -> Documentation:
    """The documentation of one card, from those of its sections in order that may matter. `datasets` are those its front matter declares.

    >>> card = [CardSection(("limitations", "bias"), "[More Information Needed]"), CardSection(("other",), "Speech model.")]
    >>> read(card, "en").depth, read(card[1:], "en").depth
    (1, 0)
    >>> read([CardSection(("bias",), "Accuracy is 12% lower for women.")], "en").depth
    4
    """
    sections = [(section, section.own) for section in card]
    headed = frozenset(name for section, _ in sections for name in section.classes if name in DOCUMENTED)
    own = list(islice(((section, s) for section, found in sections for s in found if not is_denial(s.text)), MAX_SENTENCES))
    named = [_named(section, s) for section, s in own]
    filled = frozenset(name for classes in named for name in classes)
    statements = []
    in_passing: set[str] = set()
    for (section, s), by_heading in zip(own, named, strict=True):
        told = _mentioned(section, s) - filled
        if told and not by_heading and is_pointer(s.text):
            in_passing |= told
        elif by_heading or told:
            statements.append(_statement(section, s, by_heading | told, bool(by_heading), datasets))
    return Documentation(tuple(statements), headed, frozenset(in_passing), language == "en")


def may_matter(classes: Sequence[str], passage: Passage) -> bool:
    """Whether a section could say anything here: most name no documented class and mention none."""
    return not DOCUMENTED.isdisjoint(classes) or (NOT_SEARCHED.isdisjoint(classes) and passage.may_mention)


def _named(section: CardSection, sentence: Sentence) -> frozenset[str]:
    documented = DOCUMENTED.intersection(section.classes)
    if not documented or len(documented) == len(section.classes):
        return documented
    told = mentioned(sentence.text)
    is_concerned = bool(told & CONCERNS) or hints_at_limit(sentence.text)
    return documented if is_concerned else documented & told


def _mentioned(section: CardSection, sentence: Sentence) -> frozenset[str]:
    told = mentioned(sentence.text) if NOT_SEARCHED.isdisjoint(section.classes) else frozenset()
    if not told or sentence.words < MIN_WORDS_OF_MENTION or " | " in sentence.text:
        return frozenset()
    return told if NOT_SEARCHED_FOR_LIMITS.isdisjoint(section.classes) else told - {"limitations"}


def _statement(section: CardSection, s: Sentence, classes: frozenset[str], is_headed: bool, datasets: Sequence[str]) -> Statement:
    shows = ("example",) if is_headed and s.text.endswith(":") and any(block.kind == "code" for block in section.passage.blocks) else ()
    found = (*specifics(s.text, datasets), *shows)
    return Statement(
        s.text,
        s.words,
        classes,
        is_headed,
        section.parent_overlap_share or 0.0,
        found,
        is_measured(s.text),
        is_mitigation(s.text),
        _span(section, s.text),
    )


def _span(section: CardSection, sentence: str) -> tuple[int, int]:
    """(start, end) of a sentence in the card; where markup parts its words, it is found by its first and last ones."""
    words = sentence.split()
    first = section.text.find(words[0])
    for length in (len(words), 6, 3, 2):
        found = section.text.find(" ".join(words[:length]))
        if found >= 0:
            first = found
            break
    last = section.text.find(words[-1], first + min(len(sentence) - len(words[-1]), len(section.text)) // 2)
    end = last + len(words[-1]) if 0 <= first <= last else max(first, 0) + len(sentence)
    return section.start + max(first, 0), section.start + min(end, len(section.text))
