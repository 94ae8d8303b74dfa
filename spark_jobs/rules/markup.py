"""Markdown and HTML of cards -> the headings and what stands between them; and that -> blocks of plain text.

pulldown-cmark (through pyromark) reads the markdown, in native code and linear time; what follows only cuts the HTML that
it writes, first at headings, then, where somebody asks, at its block tags. An author's raw HTML passes through, so its headings,
tables and breaks are seen as a reader sees them.
"""

import html
import re
from collections.abc import Iterator
from functools import lru_cache
from typing import Literal, NamedTuple

import pyromark

Kind = Literal["prose", "table", "code", "image"]

MAX_HEADING_CHARS = 200
# A line in bold stands below any real heading.
BOLD_LEVEL = 6

_PARSER = pyromark.Markdown(options=pyromark.Options.ENABLE_TABLES)

# Every expression stops at the next character of its own opening kind and is linear.
# The ends of items are left out, what begins next ends them; and rows and cells, which their table parts.
_BLOCK_TAG = re.compile(r"<(/?(?:h[1-6r]|p|pre|div|br|blockquote|details|summary|section|center)|/?table|li|d[ltd])(?:\s[^<>]*)?/?>")
# Blank text counts after these: it belongs to the code or to the table that they open.
_KEEPING_BLANKS = frozenset(("pre", "table"))
_UPPER_TAG = re.compile(r"</?[A-Z]")
# Where a heading may begin: its tag, or a line in bold alone. Code, which holds none, is passed over as a whole; a table is told.
_CUT = re.compile(
    r"<(?:h(?P<level>[1-6])(?:\s[^<>]*)?/?>"
    r"|p(?:re(?:\s[^<>]*)?/?>.*?(?:</pre(?:\s[^<>]*)?/?>|\Z)"
    r"|(?:\s[^<>]*)?/?>(?:<em>)?<strong>(?P<bold>(?:[^<>]|</?(?:em|code)>){2,120})</strong>(?:</em>)?[:\uff1a]?</p(?:\s[^<>]*)?/?>)"
    r"|(?P<table>/?table)(?:\s[^<>]*)?/?>)",
    re.DOTALL,
)
_CELL = re.compile(r"(?:</t[dh]\s*>\s*)?<t[dh](?:\s[^<>]*)?>", re.IGNORECASE)
_TAG = re.compile(r"</?[A-Za-z][^<>]*>")
_URL = re.compile(r"(?:https?|ftp)://[^\s<>()]+|www\.[^\s<>()]+")
# `##Title`: CommonMark asks for a blank, which many authors of 2020 left out.
_UNSPACED = re.compile(
    r"(?P<code><pre.*?(?:</pre|\Z))|(?:(?<=<p>)|(?<=\n))[ \t]*(?P<marks>#{1,6})(?P<title>[^\W\d_#][^\n]{1,80}?)#*[ \t]*(?=\n|</p>|<br)",
    re.DOTALL,
)


class Block(NamedTuple):
    """What stands between two block tags; `raw` is HTML still, as of most blocks nobody asks the text."""

    kind: Kind
    raw: str

    @property
    def text(self) -> str:
        """As a reader sees it, on one line; code and tables keep their lines, cells are parted by ` | `, a picture has none."""
        if self.kind == "prose":
            return plain(self.raw)
        if self.kind == "code":
            return _unescaped(_TAG.sub("", self.raw) if "<" in self.raw else self.raw).strip()
        return "\n".join(self.rows()) if self.kind == "table" else ""

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


def rendered(markdown: str) -> str:
    """The HTML of a card or of a piece of one, with tags in lower case and nothing that is hidden."""
    found = _PARSER.html(markdown)
    if _UPPER_TAG.search(found):
        found = _TAG.sub(lambda tag: tag[0].lower() if _UPPER_TAG.match(tag[0]) else tag[0], found)
    found = without_hidden(found)
    if "\n#" in found or "<p>#" in found:
        found = _UNSPACED.sub(lambda line: line["code"] or f"<h{len(line['marks'])}>{line['title']}</h{len(line['marks'])}>", found)
    return found


def cut(markdown: str) -> Iterator[tuple[int, str, str]]:
    """(level, heading, HTML of what follows it) in order; the first stands before any heading, at level 0.

    >>> [(level, heading, blocks(html)) for level, heading, html in cut("x\\n# A *b*\\n**Bias:**\\n\\n    code\\n")]
    ... # doctest: +NORMALIZE_WHITESPACE
    [(0, '', (Block(kind='prose', raw='x'),)), (1, 'A b', ()), (6, 'Bias', (Block(kind='code', raw='code\\n'),))]
    """
    text = rendered(markdown)
    level, heading, begin, table, table_before = 0, "", 0, "", ""
    for tag in _CUT.finditer(text):
        end = tag.end()
        if tag["table"]:
            table = "" if tag["table"] == "/table" else "<table>"
            continue
        if tag["level"]:
            following = _BLOCK_TAG.search(text, end)
            raw = text[end : following.start() if following else None]
            title, end = _title(raw), end + len(raw)
        else:
            title = plain(tag["bold"]).rstrip(":\uff1a ") if tag["bold"] and not table else ""
        if title:
            # A heading inside of a table stands alone; the table goes on behind it.
            yield level, heading, table_before + text[begin : tag.start()]
            level, heading, begin, table_before = int(tag["level"] or BOLD_LEVEL), title, end, table
    yield level, heading, table_before + text[begin:]


def _title(raw: str) -> str:
    """What a heading shows; nothing where that is no line of words."""
    if len(raw) > MAX_HEADING_CHARS:
        shown = plain(raw)
        return "" if len(shown) > MAX_HEADING_CHARS or "\n" in raw.strip() else shown
    return "" if "\n" in raw and "\n" in raw.strip() else _recurring(raw)


def blocks(html_of_passage: str) -> tuple[Block, ...]:
    """What stands between two headings, in blocks; rulers and empty rows are left out.

    >>> [(b.kind, b.text) for b in blocks("<p>x</p><table><tr><td>p</td><td>q</td></tr></table><pre><code>a &lt; b</code></pre>")]
    [('prose', 'x'), ('table', 'p | q'), ('code', 'a < b')]
    """
    pieces = _BLOCK_TAG.split(html_of_passage)
    found: list[Block] = []
    table: list[str] | None = None
    code: list[str] | None = None
    for tag, text in zip(["", *pieces[1::2]], pieces[::2], strict=True):
        if code is None and table is None and tag not in _KEEPING_BLANKS:
            # By far the most: what stands between two tags of which none is a table's or a code's.
            if text != "\n" and text and not text.isspace():
                _add_prose(found, text)
        elif code is not None:
            # Only its own end closes a block of code: a `<br>` in it is colour.
            code.append(text)
            if tag == "/pre":
                _add_code(found, "".join(code[:-1]))
                code = None
                _add_prose(found, text)
        elif tag == "pre":
            code = [text]
        elif tag == "table":
            _add_table(found, table)
            table = [text]
        elif table is not None:
            table = _in_table(found, table, tag, text)
    _add_table(found, table)
    if code:
        _add_code(found, "".join(code))
    return tuple(found)


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
    _add_prose(found, text)
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


def _add_prose(found: list[Block], text: str) -> None:
    if not text or text.isspace():
        return
    found.append(Block("prose", text))
    if "<img" in text:
        found.append(Block("image", ""))


def prose(markdown: str) -> str:
    """All that is written for readers: headings, paragraphs, items and rows, without code."""
    shown: list[str] = []
    for _, heading, passage in cut(markdown):
        shown += [heading, *(block.text for block in blocks(passage) if block.kind in ("prose", "table"))]
    return "\n".join(shown)
