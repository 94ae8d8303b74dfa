"""Markdown and HTML of cards -> blocks of plain text in order: headings, paragraphs, items, table rows, code, pictures.

pulldown-cmark (through pyromark) reads the markdown, in native code and linear time; what follows only cuts the HTML that
it writes at its block tags. An author's raw HTML passes through, so its headings, tables and breaks are seen as a reader sees them.
"""

import html
import re
from collections.abc import Iterator
from functools import lru_cache
from typing import Literal, NamedTuple

import pyromark

Kind = Literal["prose", "table", "code", "image", "heading"]

MAX_HEADING_CHARS = 200
# A line in bold stands below any real heading.
BOLD_LEVEL = 6

# Every expression stops at the next character of its own opening kind and is linear.
# The ends of items are left out, what begins next ends them; and rows and cells, which their table parts.
_BLOCK_TAG = re.compile(r"<(/?(?:h[1-6r]|p|pre|div|br|blockquote|details|summary|section|center)|/?table|li|d[ltd])(?:\s[^<>]*)?/?>")
# Blank text counts after these: it belongs to the code or to the table that they open.
_KEEPING_BLANKS = frozenset(("pre", "table"))
_HEADINGS = frozenset(("h1", "h2", "h3", "h4", "h5", "h6"))
_UPPER_TAG = re.compile(r"</?[A-Z]")
_CELL = re.compile(r"(?:</t[dh]\s*>\s*)?<t[dh](?:\s[^<>]*)?>", re.IGNORECASE)
_TAG = re.compile(r"</?[A-Za-z][^<>]*>")
_URL = re.compile(r"(?:https?|ftp)://[^\s<>()]+|www\.[^\s<>()]+")
_BOLD_LINE = re.compile(r"(?:<em>)?<strong>((?:[^<>]|</?(?:em|code)>){2,120})</strong>(?:</em>)?[:\uff1a]?")
# `##Title`: CommonMark asks for a blank, which many authors of 2020 left out.
_UNSPACED = re.compile(r"(#{1,6})([^\W\d_#][^\n]{1,80}?)#*")


class Block(NamedTuple):
    """What stands between two block tags; `level` is 0 unless it is a heading.

    `raw` is HTML still: of most blocks nobody asks the text.
    """

    kind: Kind
    raw: str
    level: int = 0

    @property
    def text(self) -> str:
        """As a reader sees it, on one line; code and tables keep their lines, cells are parted by ` | `, a picture has none."""
        if self.kind == "prose":
            return plain(self.raw)
        if self.kind == "code":
            return _unescaped(_TAG.sub("", self.raw) if "<" in self.raw else self.raw).strip()
        return "\n".join(self.rows()) if self.kind == "table" else self.raw

    def rows(self) -> Iterator[str]:
        """The rows of a table that show anything."""
        return _rows(self.raw)


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
        text = _unescaped(text)
    if ":/" in text or "www." in text:
        text = _URL.sub(" ", text)
    return " ".join(text.split())


# A few thousand headings make up most of the Hub's.
_recurring = lru_cache(maxsize=8_192)(plain)


def blocks(markdown: str) -> list[Block]:
    """The blocks of a card or of a piece of one; comments, rulers and empty rows are left out.

    >>> [(b.kind, b.text, b.level) for b in blocks("# A *b*\\nx\\n\\n|p|q|\\n|-|-|\\n|1|2|\\n\\n**Bias:**\\n\\n    code\\n")]
    ... # doctest: +NORMALIZE_WHITESPACE
    [('heading', 'A b', 1), ('prose', 'x', 0), ('table', 'p | q\\n1 | 2', 0), ('heading', 'Bias', 6), ('code', 'code', 0)]
    """
    rendered = pyromark.html(markdown, options=pyromark.Options.ENABLE_TABLES)
    if _UPPER_TAG.search(rendered):
        rendered = _TAG.sub(lambda tag: tag[0].lower() if _UPPER_TAG.match(tag[0]) else tag[0], rendered)
    pieces = _BLOCK_TAG.split(without_hidden(rendered))
    tags = ["", *pieces[1::2]]
    found: list[Block] = []
    table: list[str] | None = None
    code: list[str] | None = None
    for tag, text, following in zip(tags, pieces[::2], [*tags[1:], ""], strict=True):
        if code is None and table is None and tag not in _KEEPING_BLANKS:
            # By far the most: what stands between two tags of which none is a table's or a code's.
            if text != "\n" and text and not text.isspace():
                found += _heading(tag, text) if tag in _HEADINGS else _paragraph(text, tag == "p" and following == "/p")
        elif code is not None:
            # Only its own end closes a block of code: a `<br>` in it is colour.
            code.append(text)
            if tag == "/pre":
                _add_code(found, "".join(code[:-1]))
                code = None
                found += _prose(text)
        elif tag == "pre":
            code = [text]
        elif tag == "table":
            _add_table(found, table)
            table = [text]
        elif table is not None and tag[:1] != "h":
            table = _in_table(found, table, tag, text)
        elif text and not text.isspace():
            # A heading inside of a table stands alone; the table goes on behind it.
            found += _heading(tag, text) if tag in _HEADINGS else _paragraph(text, False)
    _add_table(found, table)
    if code:
        _add_code(found, "".join(code))
    return found


def _unescaped(text: str) -> str:
    """The parser writes four entities; others are the author's raw HTML."""
    text = text.replace("&quot;", '"').replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")
    return html.unescape(text) if "&" in text and ";" in text else text


def _add_code(found: list[Block], text: str) -> None:
    text = text.removesuffix("</code>")
    if text.startswith("<code"):
        text = text[text.find(">") + 1 :]
    if text and not text.isspace():
        found.append(Block("code", text))


def _in_table(found: list[Block], table: list[str], tag: str, text: str) -> list[str] | None:
    if tag != "/table":
        table.append(text)
        return table
    _add_table(found, table)
    found += _prose(text)
    return None


def _add_table(found: list[Block], table: list[str] | None) -> None:
    if table:
        found.append(Block("table", " ".join(table)))
        table.clear()


def _rows(table: str) -> Iterator[str]:
    for place, row in enumerate(table.replace("\n", " ").split("<tr")):
        shown = plain(_CELL.sub(" | ", f"<tr{row}" if place else row)).removeprefix("| ")
        if shown.strip("| "):
            yield shown


def _heading(tag: str, text: str) -> list[Block]:
    shown = _recurring(text) if len(text) <= MAX_HEADING_CHARS else plain(text)
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
    if not text or text.isspace():
        return []
    found = [Block("prose", text)]
    if "<img" in text:
        found.append(Block("image", ""))
    return found


def prose(markdown: str) -> str:
    """All that is written for readers: headings, paragraphs, items and rows, without code."""
    return "\n".join(block.text for block in blocks(markdown) if block.kind in ("prose", "table", "heading"))
