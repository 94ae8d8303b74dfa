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

# Every expression stops at the next character of its own opening kind and is linear. Branches differ in their first letter, by which
# they are left at once, and so are half as fast again.
# The ends of items are left out, what begins next ends them; and rows and cells, which their table parts.
# Code and tables have a name: only their own end closes them, as a `<br>` in code is colour.
_BLOCK_TAG = re.compile(
    r"<(?:p(?:re(?P<pre>))?|h[1-6r]|d(?:iv|etails|[ltd])|b(?:r|lockquote)|s(?:ummary|ection)|li|center|table(?P<table>)"
    r"|/(?:p(?:re)?|h[1-6r]|d(?:iv|etails)|b(?:r|lockquote)|s(?:ummary|ection)|center|table))(?:\s[^<>]*)?/?>"
)
_END_OF_TABLE = re.compile("</?table|<pre")
_UPPER_TAG = re.compile(r"</?[A-Z]")
# What an author's own HTML may hold that is not to be left as it is.
_MAYBE_UNTIDY = re.compile(r"<(?:!--|style|script|/?[A-Z])")
# Where a heading may begin: its tag, or a line in bold alone. Code holds none, a table is told.
_CUT = re.compile(
    r"<(?:h([1-6])(?:\s[^<>]*)?/?>(?:([^<\n]*)</h[1-6]>)?"
    r"|p(?:\s[^<>]*)?/?>(?:<em>)?<strong>((?:[^<>]|</?(?:em|code)>){2,120})</strong>(?:</em>)?[:\uff1a]?</p(?:\s[^<>]*)?/?>"
    r"|pre(?:\s[^<>]*)?/?>(?P<pre>)|table(?:\s[^<>]*)?/?>(?P<table>)|/table(?:\s[^<>]*)?/?>(?P<end>))"
)
_CELL = re.compile(r"<t[dh](?:\s[^<>]*)?>")
_TAG = re.compile(r"</?[A-Za-z][^<>]*>")
_URL = re.compile(r"(?:https?|ftp)://[^\s<>()]+|www\.[^\s<>()]+")
# `##Title`: CommonMark asks for a blank, which many authors of 2020 left out. That a `#` comes first makes the search three times as fast.
_MAYBE_UNSPACED = re.compile(r"#(?:(?<=\n#)|(?<=<p>#))#{0,5}[^\W\d_#]")
_UNSPACED = re.compile(
    r"(?:<pre.*?(?:</pre|\Z)|(?P<before><p>|\n)[ \t]*(?P<marks>#{1,6})(?P<title>[^\W\d_#][^\n]{1,80}?)#*[ \t]*(?=\n|</p>|<br))", re.DOTALL
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
        return "\n".join(filter(None, map(row_text, self.rows()))) if self.kind == "table" else ""

    def rows(self) -> list[str]:
        """The HTML of a table's rows; of some, `row_text` shows nothing."""
        first, *others = self.raw.split("<tr")
        return [first, *(f"<tr{row}" for row in others)]


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


def rendered(markdown: str) -> str:
    """The HTML of a card or of a piece of one, with tags in lower case and nothing that is hidden."""
    found = _PARSER.html(markdown)
    # The parser writes lower case and hides nothing: only an author's own tags need more.
    if "<" in markdown and _MAYBE_UNTIDY.search(markdown):
        if _UPPER_TAG.search(markdown):
            found = _TAG.sub(lambda tag: tag[0].lower() if _UPPER_TAG.match(tag[0]) else tag[0], found)
        found = without_hidden(found)
    if "#" in found and _MAYBE_UNSPACED.search(found):
        found = _UNSPACED.sub(_as_heading, found)
    return found


def _as_heading(line: re.Match[str]) -> str:
    level = len(line["marks"] or "")
    return f"{line['before']}<h{level}>{line['title']}</h{level}>" if level else line[0]


def cut(markdown: str) -> Iterator[tuple[int, str, str]]:
    """(level, heading, HTML of what follows it) in order; the first stands before any heading, at level 0.

    >>> [(level, heading, *blocks(html)) for level, heading, html in cut("x\\n# A *b*\\n**Bias:**\\n\\n    code\\n")]
    ... # doctest: +NORMALIZE_WHITESPACE
    [(0, '', Block(kind='prose', raw='x')), (1, 'A b'), (6, 'Bias', Block(kind='code', raw='code\\n'))]
    """
    text = rendered(markdown)
    level, heading, begin, table, table_before = 0, "", 0, "", ""
    place = 0
    for tag in _CUT.finditer(text):
        if tag.start() < place:
            continue  # Inside of code, or of the heading before.
        of_level, raw, bold = tag.group(1, 2, 3)
        place, title = tag.end(), ""
        if of_level:
            if raw is None:
                following = _BLOCK_TAG.search(text, place)
                raw = text[place : following.start() if following else None]
                place += len(raw)
            title = _recurring_title(raw) if len(raw) <= MAX_HEADING_CHARS else _title(raw)
        elif bold:
            title = "" if table else plain(bold).rstrip(":\uff1a ")
        elif tag.lastgroup == "pre":
            place = _end_of("pre", text, place)
        else:
            table = "<table>" if tag.lastgroup == "table" else ""
        if title:
            # A heading inside of a table stands alone; the table goes on behind it.
            yield level, heading, table_before + text[begin : tag.start()]
            level, heading, begin, table_before = int(of_level or BOLD_LEVEL), title, place, table
    yield level, heading, table_before + text[begin:]


def _end_of(region: str, text: str, place: int) -> int:
    if region == "pre":
        end = text.find("</pre", place)
    else:
        found = _END_OF_TABLE.search(text, place)
        end = found.start() if found else -1
    return len(text) if end < 0 else end


def _title(raw: str) -> str:
    """What a heading shows; nothing where that is no line of words."""
    shown = plain(raw)
    return "" if len(shown) > MAX_HEADING_CHARS or "\n" in raw.strip() else shown


# A few thousand headings make up most of the Hub's.
_recurring_title = lru_cache(maxsize=8_192)(_title)


def blocks(html_of_passage: str) -> Iterator[Block]:
    """What stands between two headings, in blocks; rulers and empty rows are left out. A block is cut when it is asked for.

    >>> [(b.kind, b.text) for b in blocks("<p>x</p><table><tr><td>p</td><td>q</td></tr></table><pre><code>a &lt; b</code></pre>")]
    [('prose', 'x'), ('table', 'p | q'), ('code', 'a < b')]
    """
    begin = 0
    while tag := _BLOCK_TAG.search(html_of_passage, begin):
        yield from _prose_blocks(html_of_passage[begin : tag.start()])
        begin = tag.end()
        if region := tag.lastgroup:
            begin = _end_of(region, html_of_passage, begin)
            inner = html_of_passage[tag.end() : begin]
            yield from _code_blocks(_BLOCK_TAG.sub("", inner)) if region == "pre" else (Block("table", inner),)
    yield from _prose_blocks(html_of_passage[begin:])


def _prose_blocks(piece: str) -> tuple[Block, ...]:
    if not piece or piece.isspace():
        return ()
    return (Block("prose", piece), Block("image", "")) if "<img" in piece else (Block("prose", piece),)


def _unescaped(text: str) -> str:
    """The parser writes four entities; others are the author's raw HTML."""
    text = text.replace("&quot;", '"').replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")
    return html.unescape(text) if "&" in text and ";" in text else text


def _code_blocks(text: str) -> tuple[Block, ...]:
    text = text.removesuffix("</code>")
    if text.startswith("<code"):
        text = text[text.find(">") + 1 :]
    return (Block("code", text),) if text and not text.isspace() else ()


def row_text(row: str) -> str:
    """A row as a reader sees it, cells parted by ` | `."""
    shown = plain(_CELL.sub(" | ", _BLOCK_TAG.sub(" ", row))).removeprefix("| ")
    return shown if shown.strip("| ") else ""


def has_cells(row: str) -> bool:
    """Whether a row has several."""
    first = _CELL.search(row)
    return first is not None and _CELL.search(row, first.end()) is not None


def prose(markdown: str) -> str:
    """All that is written for readers: headings, paragraphs, items and rows, without code."""
    shown: list[str] = []
    for _, heading, passage in cut(markdown):
        shown += [heading, *(block.text for block in blocks(passage) if block.kind in ("prose", "table"))]
    return "\n".join(shown)
