"""A card's text -> its sections, as CommonMark sees them, with HTML headings and lines all in bold besides."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from itertools import islice

from markdown_it import MarkdownIt

from spark_jobs.rules.markup import plain

# p99.9 of the cards of 2022 is 92 kB; beyond, cards hold logs and tables. The text stays whole in silver.model_cards.
MAX_CHARS = 200_000
MAX_HEADING_CHARS = 200
MAX_SECTIONS = 1_000
# A line in bold stands below any real heading.
BOLD_LEVEL = 6

_HTML_HEADING = re.compile(r"<h([1-6])\b[^<>]*>", re.IGNORECASE)
_BOLD_LINE = re.compile(r"(?:\*\*|__)([^*_\n]{2,80}?)(?:\*\*|__)[:\uff1a]?")


@dataclass(frozen=True)
class Section:
    """`level` is 0 and `heading` null for what stands before the first heading; `text` is raw markdown, own text only."""

    level: int
    heading: str | None
    text: str


@dataclass(frozen=True)
class _Heading:
    start: int
    end: int
    level: int
    text: str


def split(card: str) -> list[Section]:
    """Sections in order; headings inside code or comments are none. Text beyond MAX_CHARS is left out.

    A card of more than MAX_SECTIONS headings ends in one long section.

    >>> [(s.level, s.heading, s.text) for s in split("Hello\\n# A **b**\\nx\\n```\\n# no\\n```\\nC\\n---\\ny")]
    [(0, None, 'Hello'), (1, 'A b', 'x\\n```\\n# no\\n```'), (2, 'C', 'y')]
    """
    text = card[:MAX_CHARS].replace("\r\n", "\n").replace("\r", "\n").replace("\0", "\ufffd")
    found = list(islice(_headings(text), MAX_SECTIONS))
    before = text[: found[0].start if found else len(text)].strip()
    sections = [Section(0, None, before)] if before else []
    ends = [heading.start for heading in found[1:]] + [len(text)]
    for heading, end in zip(found, ends, strict=False):
        sections.append(Section(heading.level, heading.text, text[heading.end : end].strip()))
    return sections


def _headings(text: str) -> Iterator[_Heading]:
    starts = _line_starts(text)
    tokens = _parser().parse(text)
    for place, token in enumerate(tokens):
        if token.map is None:
            continue
        start, end = starts[token.map[0]], starts[token.map[1]]
        match token.type:
            case "heading_open":
                content = tokens[place + 1].content
                if len(content) <= MAX_HEADING_CHARS and "\n" not in content:
                    yield _Heading(start, end, int(token.tag[1]), plain(content))
            case "html_block":
                yield from _html_headings(text, start, end)
            case "inline" if tokens[place - 1].type == "paragraph_open":
                bold = _BOLD_LINE.fullmatch(token.content)
                if bold:
                    yield _Heading(start, end, BOLD_LEVEL, plain(bold[1]).rstrip(":\uff1a "))


def _html_headings(text: str, start: int, end: int) -> Iterator[_Heading]:
    place = start
    while opening := _HTML_HEADING.search(text, place, end):
        if _is_commented(text, start, opening.start()):
            place = opening.end()
            continue
        closing = text.find(f"</{opening[0][1:3]}", opening.end(), end)
        place = text.find(">", closing) + 1 if closing >= 0 else _end_of_line(text, opening.end())
        content = plain(text[opening.end() : closing if closing >= 0 else place])
        if 0 < len(content) <= MAX_HEADING_CHARS:
            yield _Heading(opening.start(), place, int(opening[1]), content)


def _is_commented(text: str, start: int, place: int) -> bool:
    return text.rfind("<!--", start, place) > text.rfind("-->", start, place)


def _end_of_line(text: str, place: int) -> int:
    found = text.find("\n", place)
    return len(text) if found < 0 else found


def _line_starts(text: str) -> list[int]:
    """Offset of each line, and of the end twice, since a block may end on the line after the last."""
    starts = [0]
    for line in text.split("\n"):
        starts.append(starts[-1] + len(line) + 1)
    starts[-1] = len(text)
    return [*starts, len(text)]


@cache
def _parser() -> MarkdownIt:
    """Blocks only: inline markup is not parsed, and reference definitions are left in the text."""
    parser = MarkdownIt("commonmark")
    parser.disable(["inline", "text_join", "reference"])
    return parser
