"""A card's text -> its sections: headings as CommonMark sees them, in raw HTML, or as lines all in bold."""

import re
from collections.abc import Iterator
from typing import NamedTuple

from hublake.rules.cards.markup import MAX_HEADING_CHARS, cut
from hublake.rules.cards.passages import Passage, passage

# p99.9 of the cards of 2022 is 92 kB; beyond, cards hold logs and tables. The text stays whole in silver.model_cards.
MAX_CHARS = 200_000
MAX_SECTIONS = 1_000
# A heading's words are looked for so many times; after that it takes the place where the search began.
MAX_TRIES = 100

_WORD = re.compile(r"[^\W_]+")
# What stands before a heading's words on their line, and what makes a heading of the line above.
_HEADING_LINE = re.compile(r"[ \t>]*(?:(?:[-*+]|\d{1,9}[.)])[ \t]+){0,4}(?:#{1,6}|\*\*|__|\*__|_\*\*|[^\n]{0,2000}<h[1-6])", re.IGNORECASE)
_UNDERLINED = re.compile(r"[^\n]*\n[ \t>]*(?:=+|-+)[ \t]*(?=\n|\Z)")


class Section(NamedTuple):
    """`level` is 0 and `heading` null for what stands before the first heading.

    `text` is raw markdown, own text only, of which the first and last character stand at `start` and `end` - 1 of the card;
    `path` are the headings above it.
    """

    level: int
    heading: str | None
    path: tuple[str, ...]
    start: int
    end: int
    text: str
    passage: Passage


def split(card: str) -> list[Section]:
    """Sections in order; headings inside code or comments are none. Text beyond MAX_CHARS is left out.

    A card of more than MAX_SECTIONS headings ends in one long section.

    >>> [(s.level, s.heading, s.path, s.text) for s in split("Hello\\n# A **b**\\nx\\n```\\n# no\\n```\\nC\\n---\\ny")]
    [(0, None, (), 'Hello'), (1, 'A b', (), 'x\\n```\\n# no\\n```'), (2, 'C', ('A b',), 'y')]
    """
    text = card if len(card) <= MAX_CHARS else card[:MAX_CHARS]
    if "\r" in text:
        text = text.replace("\r\n", "\n").replace("\r", "\n")
    (_, _, opening), *found = cut(text.replace("\0", "\ufffd"))
    if len(found) > MAX_SECTIONS:
        level, heading, _ = found[MAX_SECTIONS - 1]
        found[MAX_SECTIONS - 1 :] = [(level, heading, "".join(html for _, _, html in found[MAX_SECTIONS - 1 :]))]
    spans = [*_spans(text, [heading for _, heading, _ in found]), (len(text), len(text))]
    sections = []
    before = passage(opening)
    if before.is_shown:
        sections.append(_section(text, 0, None, (), 0, spans[0][0], before))
    above: list[tuple[int, tuple[str, ...]]] = [(0, ())]
    for place, (level, heading, html) in enumerate(found):
        while above[-1][0] >= level:
            above.pop()
        path = above[-1][1]
        start = spans[place][1]
        sections.append(_section(text, level, heading, path, start, max(start, spans[place + 1][0]), passage(html)))
        above.append((level, (*path, heading)))
    return sections


def _section(text: str, level: int, heading: str | None, path: tuple[str, ...], start: int, end: int, own: Passage) -> Section:
    kept = text[start:end].lstrip()
    begin = end - len(kept)
    kept = kept.rstrip()
    return Section(level, heading, path, begin, begin + len(kept), kept, own)


def _spans(text: str, headings: list[str]) -> Iterator[tuple[int, int]]:
    """(start of the heading's line, start of what follows it) of each heading that the parser found, in order."""
    place = 0
    has_fences = "```" in text
    for heading in headings:
        span = _span(text, heading, place, has_fences) or _span(text, (_WORD.search(heading) or [heading])[0], place, has_fences)
        yield span or (place, place)
        place = span[1] if span else place


def _span(text: str, wanted: str, place: int, has_fences: bool) -> tuple[int, int] | None:
    """The first line from `place` on that holds `wanted` and looks like a heading."""
    found = place - 1
    for _ in range(MAX_TRIES):
        found = text.find(wanted, found + 1)
        if found < 0:
            return None
        start = text.rfind("\n", place, found) + 1 or place
        if has_fences and text.count("```", place, start) % 2:
            continue  # Inside of code that began since the heading before.
        if text.startswith("#", start) or _HEADING_LINE.match(text, start, found + 1):
            tag = text.rfind("<h", start, found)
            closing = text.find("</h", found, found + MAX_HEADING_CHARS) if tag >= 0 or text.startswith("<H", start) else -1
            end = text.find(">", closing) if closing >= 0 else text.find("\n", found)
            return start, len(text) if end < 0 else end + (closing >= 0)
        if underline := _UNDERLINED.match(text, found):
            return start, underline.end()
    return None
