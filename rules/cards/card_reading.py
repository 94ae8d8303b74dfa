"""One card in one pass: its sections with their classes, which of them are filled with own words, and its documentation."""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from types import MappingProxyType
from typing import NamedTuple

from hublake.lake.enums import DOCUMENTED_SECTIONS
from hublake.rules.cards.cues import OTHER_SECTIONS, may_mention, spoken_of
from hublake.rules.cards.documentation import CardSection, Documentation, may_matter, read
from hublake.rules.cards.generators import generator_of, told_apart
from hublake.rules.cards.headings import OTHER, in_order, inherited
from hublake.rules.cards.passages import NOTHING, USAGE_MARKS, Passage
from hublake.rules.cards.sections import Section, split
from hublake.rules.cards.sentences import Sentence, source_of

# Documented classes are filled by sentences, not by what a heading stands over.
NOT_BY_HEADING = frozenset((OTHER, *DOCUMENTED_SECTIONS))


class ReadSection(NamedTuple):
    """A section, all that its heading names, and who wrote what stands in it."""

    section: Section
    classes: tuple[str, ...]
    generator: str | None
    # Its text stands in so many cards that it is nobody's own.
    is_shared: bool = False

    @property
    def passage(self) -> Passage:
        """What stands in it that could be an author's own."""
        return NOTHING if self.is_shared else self.section.passage

    @property
    def sentences(self) -> Iterable[Sentence]:
        return told_apart(self.section.passage.sentences, self.generator)

    @property
    def is_filled(self) -> bool:
        return not self.is_shared and not any(self.section.passage.verdict(self.generator))

    @property
    def is_placeholder(self) -> bool:
        return self.section.passage.verdict(self.generator)[0]

    @property
    def is_boilerplate(self) -> bool:
        return self.is_shared or self.section.passage.verdict(self.generator)[1]

    @property
    def boilerplate_source(self) -> str | None:
        """Which tool or template wrote it; null unless it is boilerplate."""
        if not self.is_boilerplate:
            return None
        templates = (s.text for s in self.sentences if s.kind == "template")
        return self.generator or next((source for text in templates if (source := source_of(text))), None)


class CardReading(NamedTuple):
    """What one card holds."""

    generator: str | None
    sections: tuple[ReadSection, ...]
    documentation: Documentation
    present: tuple[str, ...]
    filled: tuple[str, ...]


def read_sections(card: str, generator: str | None) -> list[ReadSection]:
    """The sections of a card's body, in order."""
    sections = split(card)
    named = inherited([(section.level, section.heading) for section in sections])
    return [ReadSection(section, classes, generator) for section, classes in zip(sections, named, strict=True)]


def read_card_text(
    card: str,
    language: str | None = "en",
    datasets: Sequence[str] = (),
    overlaps: Mapping[int, float | None] = MappingProxyType({}),
    shared: Collection[int] = (),
) -> CardReading:
    """All of a card's body. `overlaps` is the part of each section, by its place, that stands in a parent's card.

    `shared` are places of sections whose text so many cards share that it is nobody's own: such a section is a heading and no more.

    >>> reading = read_card_text("# M\\n## Bias\\n[More Information Needed]\\n## Training\\nTrained on poems for 3 days.")
    >>> reading.present, reading.filled, reading.documentation.depth
    (('bias', 'training'), ('training',), 1)
    """
    generator = generator_of(card)
    sections = read_sections(card, generator)
    for place in shared:
        sections[place] = sections[place]._replace(is_shared=True)
    told = [
        CardSection(s.classes, s.section.text, overlaps.get(n), s.passage, s.section.start)
        for n, s in enumerate(sections)
        if may_matter(s.classes, s.passage)
    ]
    documentation = read(told, language, datasets)
    present, filled = _classes(card, sections, documentation)
    return CardReading(generator, tuple(sections), documentation, present, filled)


def _classes(card: str, sections: list[ReadSection], documentation: Documentation) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """(present, filled) in the vocabulary's order; `other` says nothing and is left out."""
    present = {name for section in sections for name in section.classes} - {OTHER}
    told = {name for statement in documentation.statements for name in statement.classes}
    filled: set[str] = set()
    for section in sections:
        by_content = [name for name in section.classes if name not in NOT_BY_HEADING and name not in filled]
        if by_content and section.is_filled:
            filled.update(by_content)
    extra = set(_by_content(card, sections, present))
    return in_order(present | told | documentation.in_passing | extra), in_order(filled | told | extra)


def _by_content(card: str, sections: list[ReadSection], present: set[str]) -> Iterator[str]:
    """Classes that content gives away: a citation, code that loads the model, and in a card without headings its sentences."""
    passages = [section.section.passage for section in sections]
    if "citation" not in present and "@" in card and any(passage.cites for passage in passages):
        yield "citation"
    may_show_usage = "how_to_start" not in present and any(mark in card for mark in USAGE_MARKS)
    if may_show_usage and any(passage.shows_usage for passage in passages):
        yield "how_to_start"
    if not present:
        for section in sections:
            if may_mention(section.section.passage.html, OTHER_SECTIONS):
                told = told_apart(section.section.passage.mentioning(OTHER_SECTIONS), section.generator)
                yield from (name for sentence in told if sentence.kind == "own" for name in spoken_of(sentence.text))
