"""Markdown and HTML of cards -> blocks of plain text in order: headings, paragraphs, items, table rows, code, pictures.

pulldown-cmark (through pyromark) reads the markdown, in native code and linear time; what follows only cuts the HTML that
it writes at its block tags. An author's raw HTML passes through, so its headings, tables and breaks are seen as a reader sees them.
"""

import html
import re
from collections.abc import Iterator
from typing import Literal, NamedTuple

import pyromark

Kind = Literal["prose", "table", "code", "image", "heading"]

MAX_HEADING_CHARS = 200
# A line in bold stands below any real heading.
BOLD_LEVEL = 6

# Every expression stops at the next character of its own opening kind and is linear.
# The ends of items and rows are left out, what begins next ends them; and cells, which their row parts.
_BLOCK_TAG = re.compile(r"<(/?(?:h[1-6r]|p|pre|div|br|blockquote|details|summary|section|center)|/table|li|tr|d[ltd])(?:\s[^<>]*)?/?>")
_UPPER_TAG = re.compile(r"</?[A-Z]")
_CELL = re.compile(r"(?:</t[dh]\s*>\s*)?<t[dh](?:\s[^<>]*)?>", re.IGNORECASE)
_TAG = re.compile(r"</?[A-Za-z][^<>]*>")
_URL = re.compile(r"(?:https?|ftp)://[^\s<>()]+|www\.[^\s<>()]+")
_BOLD_LINE = re.compile(r"(?:<em>)?<strong>((?:[^<>]|</?(?:em|code)>){2,120})</strong>(?:</em>)?[:\uff1a]?")
# `##Title`: CommonMark asks for a blank, which many authors of 2020 left out.
_UNSPACED = re.compile(r"(#{1,6})([^\W\d_#][^\n]{1,80}?)#*")


class Block(NamedTuple):
    """A table row's cells are parted by ` | `; a picture has no text; `level` is 0 unless it is a heading."""

    kind: Kind
    text: str
    level: int = 0


def without_hidden(text: str) -> str:
    """Markup without comments, styles and scripts; what is opened and never closed runs to the end, as in a browser."""
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
    """Inline HTML -> the words a reader sees, on one line; addresses are left out.

    >>> plain("See <b>the</b> <a href='x'>docs</a> &amp; https://example.org/x_y more")
    'See the docs & more'
    """
    if "<" in text:
        text = _TAG.sub("", text)
    if "&" in text:
        text = html.unescape(text)
    if ":/" in text or "www." in text:
        text = _URL.sub(" ", text)
    return " ".join(text.split())


def blocks(markdown: str) -> list[Block]:
    """The blocks of a card or of a piece of one; comments, rulers and empty rows are left out.

    >>> [tuple(block) for block in blocks("# A *b*\\nx\\n\\n|p|q|\\n|-|-|\\n|1|2|\\n\\n**Bias:**\\n\\n    code\\n")]
    ... # doctest: +NORMALIZE_WHITESPACE
    [('heading', 'A b', 1), ('prose', 'x', 0), ('table', 'p | q', 0), ('table', '1 | 2', 0), ('heading', 'Bias', 6),
     ('code', 'code', 0)]
    """
    rendered = pyromark.html(markdown, options=pyromark.Options.ENABLE_TABLES)
    if _UPPER_TAG.search(rendered):
        rendered = _TAG.sub(lambda tag: tag[0].lower() if _UPPER_TAG.match(tag[0]) else tag[0], rendered)
    pieces = _BLOCK_TAG.split(without_hidden(rendered))
    found: list[Block] = []
    cells: list[str] | None = None
    code: list[str] | None = None
    ends = iter([*pieces[3::2], ""])
    for tag, text in zip(["", *pieces[1::2]], pieces[::2], strict=True):
        following = next(ends, "") if tag else (pieces[1] if len(pieces) > 1 else "")
        if code is not None:
            # Only its own end closes a block of code: a `<br>` in it is colour.
            code.append(text)
            if tag == "/pre":
                _add_code(found, "".join(code[:-1]))
                code = None
                found += _prose(text)
        elif tag == "pre":
            code = [text]
        elif tag == "tr" or (cells is not None and tag[:1] != "h"):
            cells = _row(found, cells, tag, text)
        elif text and not text.isspace():
            if tag[:1] == "h" and tag[1:].isdigit():
                found += _heading(tag, text)
            else:
                found += _paragraph(text, tag == "p" and following == "/p")
    _add_row(found, cells)
    if code:
        _add_code(found, "".join(code))
    return found


def _add_code(found: list[Block], text: str) -> None:
    shown = html.unescape(_TAG.sub("", text)).strip()
    if shown:
        found.append(Block("code", shown))


def _row(found: list[Block], cells: list[str] | None, tag: str, text: str) -> list[str] | None:
    """A row ends at the next, or with the table; its cells are gathered until then."""
    if tag == "tr":
        _add_row(found, cells)
        return [text]
    if tag == "/table":
        _add_row(found, cells)
        found += _prose(text)
        return None
    if cells:
        cells.append(text)
    return cells


def _add_row(found: list[Block], cells: list[str] | None) -> None:
    shown = plain(_CELL.sub(" | ", " ".join(cells))).removeprefix("|").strip() if cells else ""
    if shown.strip("| "):
        found.append(Block("table", shown))


def _heading(tag: str, text: str) -> list[Block]:
    shown = plain(text)
    if not shown:
        return _prose(text)
    if len(shown) > MAX_HEADING_CHARS or "\n" in text.strip():
        return _prose(text)
    return [Block("heading", shown, int(tag[1]))]


def _paragraph(text: str, is_alone: bool) -> list[Block]:
    if is_alone and text.startswith(("<strong>", "<em><strong>")) and (bold := _BOLD_LINE.fullmatch(text)):
        shown = plain(bold[1]).rstrip(":\uff1a ")
        if shown:
            return [Block("heading", shown, BOLD_LEVEL)]
    if (is_alone and text.startswith("#")) or "\n#" in text:
        return list(_with_unspaced_headings(text))
    return _prose(text)


def _with_unspaced_headings(text: str) -> Iterator[Block]:
    kept: list[str] = []
    for line in text.split("\n"):
        if heading := _UNSPACED.fullmatch(line.strip()):
            yield from _prose("\n".join(kept))
            kept = []
            yield Block("heading", plain(heading[2]), len(heading[1]))
        else:
            kept.append(line)
    yield from _prose("\n".join(kept))


def _prose(text: str) -> list[Block]:
    shown = plain(text)
    found = [Block("prose", shown)] if shown else []
    if "<img" in text:
        found.append(Block("image", ""))
    return found


def prose(markdown: str) -> str:
    """All that is written for readers: headings, paragraphs, items and rows, without code."""
    return "\n".join(block.text for block in blocks(markdown) if block.kind in ("prose", "table", "heading"))
