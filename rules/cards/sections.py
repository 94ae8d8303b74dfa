"""Split a card's text into sections. Headings are those of CommonMark, those in raw HTML, and lines that are bold as a whole."""

import re
from collections.abc import Iterator
from functools import cached_property
from typing import NamedTuple

from hublake.rules.cards.headings import heading_classes
from hublake.rules.cards.markup import MAX_CARD_CHARS, MAX_HEADING_CHARS, split_at_headings
from hublake.rules.cards.section_content import SectionContent, section_content

MAX_SECTIONS = 1_000
# The text of a heading is searched for this many times in the source; after that, the position where the search began is used.
MAX_TRIES = 100

_WORD = re.compile(r"[^\W_]+")
# The markup before a heading's text on its line, and the underline that makes the line above it a heading.
_HEADING_LINE = re.compile(
    r"[ \t>]*(?:(?:[-*+]|\d{1,9}[.)])[ \t]+){0,4}(?:#{1,6}|\*\*|__|\*__|_\*\*|[^\n]{0,2000}<(?:h[1-6]|summary))", re.IGNORECASE
)
_CLOSING_TAG = re.compile(r"</(?:h[1-6]|summary)[^>]*>", re.IGNORECASE)
_UNDERLINED = re.compile(r"[^\n]*\n[ \t>]*(?:=+|-+)[ \t]*(?=\n|\Z)")


class Source:
    """The text of a card and its headings. Most sections are never located, so this is done for all of them when one is."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.headings: list[str] = []

    @cached_property
    def spans(self) -> list[tuple[int, int]]:
        """The (start, end) of the text before the first heading and of that below each heading, without surrounding whitespace."""
        lines = [*_heading_spans(self.text, self.headings), (len(self.text), len(self.text))]
        starts = (0, *(start for _, start in lines))
        return [self._stripped(start, max(start, line)) for start, (line, _) in zip(starts, lines, strict=False)]

    def _stripped(self, start: int, end: int) -> tuple[int, int]:
        own_text = self.text[start:end].lstrip()
        begin = end - len(own_text)
        return begin, begin + len(own_text.rstrip())


class Section(NamedTuple):
    """A section. `level` is 0 and `heading` None for the content before the first heading. `path` contains the headings above it.

    `position` is its place in its source: 0 for the content before the first heading.
    """

    level: int
    heading: str | None
    path: tuple[str, ...]
    position: int
    source: Source
    content: SectionContent

    @property
    def span(self) -> tuple[int, int]:
        """The (start, end) of its text in the card."""
        return self.source.spans[self.position]

    @property
    def text(self) -> str:
        """The raw Markdown of the section without its sub-sections."""
        start, end = self.span
        return self.source.text[start:end]


def split_sections(card: str) -> list[Section]:
    """Split a card into sections, in order. `#` lines inside code or comments are not headings. Text beyond MAX_CARD_CHARS is dropped.

    A card with more than MAX_SECTIONS headings ends in one long section. Offsets count a line end as one character.

    >>> [(s.level, s.heading, s.path, s.text) for s in split_sections("Hello\\n# A **b**\\nx\\n```\\n# no\\n```\\nC\\n---\\ny")]
    [(0, None, (), 'Hello'), (1, 'A b', (), 'x\\n```\\n# no\\n```'), (2, 'C', ('A b',), 'y')]
    """
    text = card if len(card) <= MAX_CARD_CHARS else card[:MAX_CARD_CHARS]
    if "\r" in text:
        text = text.replace("\r\n", "\n").replace("\r", "\n")
    (_, _, opening), *found = split_at_headings(text.replace("\0", "\ufffd"), heading_classes)
    if len(found) > MAX_SECTIONS:
        level, heading, _ = found[MAX_SECTIONS - 1]
        found[MAX_SECTIONS - 1 :] = [(level, heading, "".join(html for _, _, html in found[MAX_SECTIONS - 1 :]))]
    source = Source(text)
    sections = []
    before = section_content(opening)
    if before.is_visible:
        sections.append(Section(0, None, (), 0, source, before))
    ancestors: list[tuple[int, tuple[str, ...]]] = [(0, ())]
    for position, (level, heading, html) in enumerate(found, 1):
        while ancestors[-1][0] >= level:
            ancestors.pop()
        path = ancestors[-1][1]
        sections.append(Section(level, heading, path, position, source, section_content(html)))
        source.headings.append(heading)
        ancestors.append((level, (*path, heading)))
    return sections


def _heading_spans(text: str, headings: list[str]) -> Iterator[tuple[int, int]]:
    """Yield, for each heading that the parser found, (start of its line, start of the text below it) in the source."""
    position = 0
    has_fences = "```" in text
    for heading in headings:
        span = _find_heading(text, heading, position, has_fences) or _find_heading(
            text, (_WORD.search(heading) or [heading])[0], position, has_fences
        )
        yield span or (position, position)
        position = span[1] if span else position


def _find_heading(text: str, wanted: str, begin: int, has_fences: bool) -> tuple[int, int] | None:
    """Find the first line from `begin` on that contains `wanted` and looks like a heading."""
    found = begin - 1
    for _ in range(MAX_TRIES):
        found = text.find(wanted, found + 1)
        if found < 0:
            return None
        start = text.rfind("\n", begin, found) + 1 or begin
        if has_fences and text.count("```", begin, start) % 2:
            continue  # Inside code that began after the previous heading.
        if text.startswith("#", start) or _HEADING_LINE.match(text, start, found + 1):
            return start, _end_of_heading(text, start, found)
        if underline := _UNDERLINED.match(text, found):
            return start, underline.end()
    return None


def _end_of_heading(text: str, start: int, found: int) -> int:
    """The end of a heading in HTML is that of its tag, of bold text its closing mark, of any other its line."""
    if "<" in text[start:found] and (tag := _CLOSING_TAG.search(text, found, found + MAX_HEADING_CHARS)):
        return tag.end()
    end = text.find("\n", found)
    end = len(text) if end < 0 else end
    if not text.startswith("#", start):
        closing = max(text.find(mark, found, end) for mark in ("**", "__"))
        return end if closing < 0 else closing + 2
    return end
