"""A card's text -> its sections: headings as CommonMark sees them, in raw HTML, or as lines all in bold."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice

from spark_jobs.rules.markup import Block, blocks

# p99.9 of the cards of 2022 is 92 kB; beyond, cards hold logs and tables. The text stays whole in silver.model_cards.
MAX_CHARS = 200_000
MAX_SECTIONS = 1_000
# A heading is looked for in so many lines that could hold one; further on it takes the place where the search began.
MAX_LINES_AHEAD = 200

_WORD = re.compile(r"[^\W_]+")
# What a line begins with that may hold a heading, underline one, or open or close code.
_MAYBE = re.compile(r"^[ \t>]*(?:(?:[-*+]|\d{1,9}[.)])[ \t]+){0,4}(#{1,6}|={1,}[ \t]*$|-{1,}[ \t]*$|`{3,}|~{3,}|\*\*|__|<)", re.MULTILINE)


@dataclass(frozen=True)
class Section:
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
    blocks: tuple[Block, ...]


def split(card: str) -> list[Section]:
    """Sections in order; headings inside code or comments are none. Text beyond MAX_CHARS is left out.

    A card of more than MAX_SECTIONS headings ends in one long section.

    >>> [(s.level, s.heading, s.path, s.text) for s in split("Hello\\n# A **b**\\nx\\n```\\n# no\\n```\\nC\\n---\\ny")]
    [(0, None, (), 'Hello'), (1, 'A b', (), 'x\\n```\\n# no\\n```'), (2, 'C', ('A b',), 'y')]
    """
    text = card if len(card) <= MAX_CHARS else card[:MAX_CHARS]
    if "\r" in text:
        text = text.replace("\r\n", "\n").replace("\r", "\n")
    found = blocks(text.replace("\0", "\ufffd"))
    at = list(islice((place for place, block in enumerate(found) if block.kind == "heading"), MAX_SECTIONS))
    spans = list(_spans(text, [found[place] for place in at]))
    sections = []
    first = at[0] if at else len(found)
    if first:
        sections.append(_section(text, 0, None, (), 0, spans[0][0] if spans else len(text), found[:first]))
    ends = [*(start for start, _ in spans[1:]), len(text)][: len(at)]
    above: list[tuple[int, str]] = []
    for place, following, (_, start), end in zip(at, [*at[1:], len(found)][: len(at)], spans, ends, strict=True):
        heading = found[place]
        above = [(level, name) for level, name in above if level < heading.level]
        path = tuple(name for _, name in above)
        sections.append(_section(text, heading.level, heading.text, path, start, max(start, end), found[place + 1 : following]))
        above.append((heading.level, heading.text))
    return sections


def _section(text: str, level: int, heading: str | None, path: tuple[str, ...], start: int, end: int, own: list[Block]) -> Section:
    stretch = text[start:end]
    kept = stretch.strip()
    begin = start + len(stretch) - len(stretch.lstrip())
    return Section(level, heading, path, begin, begin + len(kept), kept, tuple(own))


def _spans(text: str, headings: list[Block]) -> Iterator[tuple[int, int]]:
    """(start of the heading's line, start of what follows it) of each heading that the parser found."""
    lines = _candidates(text) if headings else []
    nxt = 0
    place = 0
    for heading in headings:
        word = _WORD.search(heading.text)
        wanted = word[0] if word else heading.text[:1]
        for number in range(nxt, min(nxt + MAX_LINES_AHEAD, len(lines))):
            start, line_end, end = lines[number]
            if start >= place and text.find(wanted, start, line_end) >= 0:
                nxt, place = number + 1, end
                yield start, end
                break
        else:
            yield place, place


def _candidates(text: str) -> list[tuple[int, int, int]]:
    """(start, end of the heading, start of what follows) of each line that could be a heading, outside of fenced code."""
    found: list[tuple[int, int, int]] = []
    fence: str | None = None
    for match in _MAYBE.finditer(text):
        mark = match[1]
        start = match.start()
        line_end = text.find("\n", match.end())
        line_end = len(text) if line_end < 0 else line_end
        if fence is not None:
            if mark.startswith(fence):
                fence = None
        elif mark[0] in "`~":
            fence = None if "`" in text[match.end() : line_end] else mark
        elif mark[0] in "=-":
            before = text.rfind("\n", 0, max(start - 1, 0)) + 1
            if start:
                found.append((before, start, line_end))
        else:
            closing = text.find("</h", match.end(), match.end() + 1_000) if mark == "<" else -1
            found.append((start, max(closing, line_end), text.find(">", closing) + 1 if closing > 0 else line_end))
    return found
