"""One card in one pass: its sections with their classes, which of them are filled with own words, and its documentation."""

import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from types import MappingProxyType
from typing import NamedTuple

from ahocorasick_rs import AhoCorasick

from lake.vocabulary import DOCUMENTED_SECTIONS
from spark_jobs.rules.cues import spoken_of
from spark_jobs.rules.curated import curated
from spark_jobs.rules.documentation import CardSection, Documentation, read
from spark_jobs.rules.headings import OTHER, in_order, inherited
from spark_jobs.rules.sections import Section, split
from spark_jobs.rules.sentences import BIBTEX, Sentence, of_blocks, source_of, verdict
from spark_jobs.rules.words import count_words

# A generator's mark stands at the top; what is quoted further below is somebody's text.
MARK_WITHIN_CHARS = 4_000
# A tool's line is a name and a figure.
MAX_WORDS_OF_FIGURE = 6

_USAGE = re.compile(r"from_pretrained|\bpipeline\(|\bpip3? install\b|\bimport \w")
_FIGURE_LINE = re.compile(r"[^.!?]*\d[\d.,e%-]*")


class ReadSection(NamedTuple):
    """A section, all that its heading names, and who wrote what stands in it."""

    section: Section
    classes: tuple[str, ...]
    generator: str | None
    is_placeholder: bool
    is_boilerplate: bool

    @property
    def sentences(self) -> Iterator[Sentence]:
        return _told_apart(self.section, self.generator)

    @property
    def word_count(self) -> int:
        return sum(count_words(block.text) for block in self.section.blocks if block.kind != "code")

    @property
    def boilerplate_source(self) -> str | None:
        """Which tool or template wrote it; null unless it is boilerplate."""
        if not self.is_boilerplate:
            return None
        return self.generator or next((source for s in self.sentences if (source := source_of(s.text))), None)

    def share_of(self, kind: str) -> float | None:
        """Part of the characters shown that are code, or table; null where nothing is shown."""
        shown = sum(len(block.text) for block in self.section.blocks)
        return sum(len(block.text) for block in self.section.blocks if block.kind == kind) / shown if shown else None


@dataclass(frozen=True)
class CardReading:
    """What one card holds."""

    generator: str | None
    sections: tuple[ReadSection, ...]
    documentation: Documentation
    present: tuple[str, ...]
    filled: tuple[str, ...]


def generator_of(card: str) -> str | None:
    """The tool that wrote a card, by its mark (conf/generators.csv); authors may have written on in it."""
    automaton, rows = _marks()
    found = automaton.find_matches_as_indexes(card[:MARK_WITHIN_CHARS])
    return rows[min(number for number, _, _ in found)]["generator"] if found else None


@cache
def _marks() -> tuple[AhoCorasick, tuple[dict[str, str], ...]]:
    rows = curated("generators")
    return AhoCorasick([row["mark"] for row in rows]), rows


@cache
def _covers_all(generator: str) -> bool:
    return any(row["generator"] == generator and row["covers"] == "all" for row in curated("generators"))


def read_sections(card: str, generator: str | None) -> list[ReadSection]:
    """The sections of a card's body, in order."""
    sections = split(card)
    named = inherited([(section.level, section.heading) for section in sections])
    return [_read(section, classes, generator) for section, classes in zip(sections, named, strict=True)]


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
        sections[place] = sections[place]._replace(is_boilerplate=True)
    told = [
        CardSection(s.classes, s.section.text, overlaps.get(n), () if n in shared else s.section.blocks, s.section.start)
        for n, s in enumerate(sections)
    ]
    documentation = read(told, language, datasets)
    present, filled = _classes(sections, documentation)
    return CardReading(generator, tuple(sections), documentation, present, filled)


def _read(section: Section, classes: tuple[str, ...], generator: str | None) -> ReadSection:
    return ReadSection(section, classes, generator, *verdict(_told_apart(section, generator)))


def _told_apart(section: Section, generator: str | None) -> Iterator[Sentence]:
    found = of_blocks(section.blocks)
    if generator is None:
        return found
    covers_all = _covers_all(generator)
    return (_as_tools(sentence, covers_all) for sentence in found)


def _as_tools(sentence: Sentence, covers_all: bool) -> Sentence:
    """In a tool's card a bare figure is the tool's, and where the tool writes all, so are code and tables."""
    if sentence.kind == "own" and (_is_figure(sentence.text) or (covers_all and " | " in sentence.text)):
        return Sentence("template", sentence.text)
    if sentence.kind == "code" and covers_all and not BIBTEX.search(sentence.text):
        return Sentence("template", sentence.text)
    return sentence


def _is_figure(text: str) -> bool:
    return len(text) < 80 and bool(_FIGURE_LINE.fullmatch(text)) and count_words(text) <= MAX_WORDS_OF_FIGURE


def _classes(sections: list[ReadSection], documentation: Documentation) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """(present, filled) in the vocabulary's order; `other` says nothing and is left out."""
    present = {name for section in sections for name in section.classes} - {OTHER}
    told = {name for statement in documentation.statements for name in statement.classes}
    filled = {
        name
        for section in sections
        if not (section.is_placeholder or section.is_boilerplate)
        for name in section.classes
        if name not in DOCUMENTED_SECTIONS and name != OTHER
    }
    extra = set(_by_content(sections, present))
    return in_order(present | told | documentation.in_passing | extra), in_order(filled | told | extra)


def _by_content(sections: list[ReadSection], present: set[str]) -> Iterator[str]:
    """Classes that content gives away: a citation, code that loads the model, and in a card without headings its sentences."""
    code = [block.raw for section in sections for block in section.section.blocks if block.kind == "code"]
    if "citation" not in present and any(BIBTEX.search(text) for text in code):
        yield "citation"
    if "how_to_start" not in present and any(_USAGE.search(text) for text in code):
        yield "how_to_start"
    if not present:
        for section in sections:
            for sentence in section.sentences:
                if sentence.kind == "own":
                    yield from spoken_of(sentence.text)
