"""Markdown and HTML of cards -> units of plain text: paragraphs, list items, table rows, lines of code.

Cards are hostile, so every expression here stops at the next character of its own opening kind and is linear.
"""

import html
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

Kind = Literal["prose", "table", "code", "image"]

_TAG = re.compile(r"</?[A-Za-z][^<>]*>")
_BREAKING_TAG = re.compile(r"</?(?:br|p|li|ul|ol|div|tr|table|h[1-6]|summary|details|hr)\b[^<>]*>", re.IGNORECASE)
_CELL_TAG = re.compile(r"</t[dh]\s*>", re.IGNORECASE)
_IMAGE = re.compile(r"!\[[^\[\]]*\](?:\([^()\n]*\))?")
_LINK = re.compile(r"\[([^\[\]\n]*)\]\([^()\n]*\)")
_URL = re.compile(r"(?:https?|ftp)://[^\s<>()]+|www\.[^\s<>()]+")
_MARKS = ("*", "`", "~", "\\")
_UNDERLINE = re.compile(r"(?<!\w)_+|_+(?!\w)")
_FENCE = re.compile(r"[ \t>]*(?:[-*+][ \t]+)?(`{3,}|~{3,})")
_ITEM = re.compile(r"[ \t]*(?:[-*+•]|\d{1,3}[.)])[ \t]+")
_RULER = re.compile(r"[ \t]*[-=*_|:+ \t]+")
_HEADING_MARK = re.compile(r"[ \t]{0,3}#{1,6}(?=[ \t])")


@dataclass(frozen=True)
class Unit:
    """One paragraph, list item, table row (cells parted by ` | `), line of code or picture (its text is empty)."""

    kind: Kind
    text: str


def without_hidden(text: str) -> str:
    """Markdown without comments, styles and scripts; what is opened and never closed runs to the end, as in a browser."""
    for opening, closing in (("<!--", "-->"), ("<style", "</style>"), ("<script", "</script>")):
        if opening not in text:
            continue
        first, *rest = text.split(opening)
        kept = [first]
        # Text after an opening is hidden until the next closing; a second opening inside stays hidden with it.
        for part in rest:
            _, found, after = part.partition(closing)
            kept.append(after if found else "")
        text = "".join(kept)
    return text


def plain(text: str) -> str:
    """Inline markdown or HTML -> the words a reader sees, on one line; addresses are left out.

    >>> plain("See **the** [docs](https://example.org/x_y) of `my_model`<br>&amp; more")
    'See the docs of my_model & more'
    """
    if "[" in text:
        text = _LINK.sub(r"\1", _IMAGE.sub(" ", text))
    if ":/" in text or "www." in text:
        text = _URL.sub(" ", text)
    if "<" in text:
        text = _TAG.sub(" ", text)
    for mark in _MARKS:
        text = text.replace(mark, "")
    if "_" in text:
        text = _UNDERLINE.sub("", text)
    return " ".join((html.unescape(text) if "&" in text else text).split())


def units(markdown: str) -> Iterator[Unit]:
    """The units of a piece of markdown in order; comments, rulers and empty rows are left out."""
    fence: str | None = None
    paragraph: list[str] = []
    for line in _lines(markdown):
        opening = _FENCE.match(line)
        if fence is not None:
            if opening and opening[1].startswith(fence) and not line[opening.end() :].strip("`~ \t"):
                fence = None
            elif line.strip():
                yield Unit("code", line.strip())
            continue
        row = line.lstrip("> \t")
        starts_anew = opening or _ITEM.match(row) or _is_row(row) or _RULER.fullmatch(row) or not row
        if starts_anew:
            yield from _prose(paragraph)
            paragraph = []
        if opening:
            fence = opening[1]
        elif _RULER.fullmatch(row):
            continue
        elif _is_row(row):
            yield from _row(row)
        elif row:
            paragraph.append(_ITEM.sub("", row, count=1) if _ITEM.match(row) else _HEADING_MARK.sub("", row))
    yield from _prose(paragraph)


def prose(markdown: str) -> str:
    """All that is written for readers: paragraphs, items and rows, without code."""
    return "\n".join(unit.text for unit in units(markdown) if unit.kind in ("prose", "table"))


def _lines(markdown: str) -> list[str]:
    text = without_hidden(markdown)
    if "<" in text:
        text = _BREAKING_TAG.sub("\n", _CELL_TAG.sub(" | ", text))
        text = text.replace("<pre", "\n```\n<pre").replace("</pre>", "</pre>\n```\n") if "</pre>" in text else text
    return text.splitlines()


def _prose(lines: list[str]) -> Iterator[Unit]:
    text = " ".join(lines)
    shown = plain(text)
    if shown:
        yield Unit("prose", shown)
    if "![" in text or "<img" in text:
        yield Unit("image", "")


def _is_row(line: str) -> bool:
    return line.startswith("|") or line.count("|") >= 2


def _row(line: str) -> Iterator[Unit]:
    cells = [plain(cell) for cell in line.strip().strip("|").split("|")]
    if any(cells):
        yield Unit("table", " | ".join(cells))
    elif "![" in line or "<img" in line:
        yield Unit("image", "")
