"""Parse a card: its sections with their classes, sentences and measures."""

from collections.abc import Callable, Iterable
from functools import lru_cache
from typing import Any, NamedTuple

from hublake.rules.cards.authoring_tools import attribute_to_tool, detect_generator
from hublake.rules.cards.card_text import MAX_CACHED_CHARS
from hublake.rules.cards.headings import section_classes
from hublake.rules.cards.sections import Section, split_sections
from hublake.rules.cards.sentence_offsets import Span
from hublake.rules.cards.sentences import Sentence

MAX_CACHED_LINES = 100


class ParsedSection:
    """A section, the classes that its heading names, and the generator of its card. Properties are computed on first access.

    It implements `CardSection`, so the documentation rules can be applied without tables. `as_columns` computes everything.
    """

    def __init__(
        self, section: Section, classes: tuple[str, ...], generator: str | None = None, parent_overlap_share: float | None = None
    ) -> None:
        self.section = section
        self.classes = classes
        self.generator = generator
        self.parent_overlap_share = parent_overlap_share
        self.is_shared = False

    @property
    def sentences(self) -> Iterable[Sentence]:
        return attribute_to_tool(self.section.content.sentences, self.generator)

    @property
    def is_placeholder(self) -> bool:
        return self.section.content.placeholder_or_boilerplate(self.generator)[0]

    @property
    def is_boilerplate(self) -> bool:
        return self.section.content.placeholder_or_boilerplate(self.generator)[1]

    @property
    def is_filled(self) -> bool:
        return not any(self.section.content.placeholder_or_boilerplate(self.generator))

    @property
    def has_code(self) -> bool:
        return self.section.content.has_code

    @property
    def has_citation(self) -> bool:
        return self.section.content.has_citation

    @property
    def has_usage_code(self) -> bool:
        return self.section.content.has_usage_code

    def may_contain(self, is_relevant: Callable[[str], bool]) -> bool:
        return self.section.content.may_contain(is_relevant)

    def own_sentences(self) -> list[str]:
        return [text for kind, text in self.section.content.sentences if kind == "own"]

    def own_sentences_near(self, is_relevant: Callable[[str], bool], *, with_tool: bool) -> list[str]:
        found = self.section.content.sentences_near(is_relevant)
        return [text for kind, text in (found if with_tool else attribute_to_tool(found, self.generator)) if kind == "own"]

    def span(self, sentence: str) -> Span:
        start, _ = self.section.span
        first, last = self.section.content.spans(self.section.text)[sentence]
        return start + first, start + last

    def as_columns(self) -> dict[str, Any]:
        """All columns of silver.parsed_sections but model_id and ordinal. Cards share the lists: callers must not change them."""
        section = self.section
        start, end = section.span
        columns = section.content.columns(self.generator)
        located = section.content.spans(section.source.text[start:end])
        spans = [located[text] for text in columns["sentences"]]
        return {
            "level": section.level,
            "heading": section.heading,
            "heading_path": section.path,
            "section_classes": self.classes,
            "text_start": start,
            "text_end": end,
            **columns,
            "sentence_starts": [start + first for first, _ in spans],
            "sentence_ends": [start + last for _, last in spans],
        }


class ParsedCard(NamedTuple):
    """The sections of a card in order, and the tool that generated it, if its mark was found."""

    generator: str | None
    sections: tuple[ParsedSection, ...]


def parse_card(text: str) -> ParsedCard:
    """Parse the text of a card below its front matter.

    >>> [(s.section.heading, s.classes, s.is_filled) for s in parse_card("# M\\n## Bias\\n[More Information Needed]").sections]
    [('M', ('other',), False), ('Bias', ('bias',), False)]
    """
    generator = detect_generator(text)
    sections = split_sections(text)
    classes = section_classes([(section.level, section.heading) for section in sections])
    return ParsedCard(generator, tuple(ParsedSection(section, named, generator) for section, named in zip(sections, classes, strict=True)))


def section_columns(text: str) -> tuple[dict[str, Any], ...]:
    """All columns of silver.parsed_sections but model_id and ordinal, of each section of a card. Callers must not change them."""
    # A card of many short sections would take half a megabyte in the cache.
    is_cached = len(text) <= MAX_CACHED_CHARS and text.count("\n") <= MAX_CACHED_LINES
    return _cached_columns(text) if is_cached else _section_columns(text)


def _section_columns(text: str) -> tuple[dict[str, Any], ...]:
    return tuple(section.as_columns() for section in parse_card(text).sections)


_cached_columns = lru_cache(maxsize=512)(_section_columns)
