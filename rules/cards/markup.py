"""Split the Markdown and HTML of cards at headings, and each part into blocks of plain text.

pulldown-cmark (called through pyromark) parses the Markdown in native code and in linear time. This module only splits the HTML that it
writes: first at headings, then, on demand, at block tags. An author's raw HTML passes through the parser, so headings, tables and line
breaks in it are recognised as a reader sees them.
"""

import html
import re
from collections.abc import Callable, Collection, Iterator
from functools import lru_cache
from typing import Literal, NamedTuple

import pyromark

from hublake.lake.enums import DOCUMENTED_SECTIONS

BlockKind = Literal["prose", "table", "code", "image"]

# p99.9 of the cards of 2022 is 92 kB; beyond that, cards contain logs and tables. silver.model_cards keeps the complete text.
MAX_CARD_CHARS = 200_000
MAX_HEADING_CHARS = 200
# Half of all sections recur in another card, and those are short. Longer ones are not cached.
MAX_CACHED_CHARS = 2_000
# A line that is bold as a whole counts as a heading below all real ones.
BOLD_LEVEL = 6

# Bold text at the start of a paragraph, and the summary of a fold, are headings if they name one of these; most of them only stress a word.
LEAD_CLASSES = frozenset((*DOCUMENTED_SECTIONS, "how_to_start"))

# GFM's extension for callouts: `> [!WARNING]` is a marker, not a text.
_PARSER = pyromark.Markdown(options=pyromark.Options.ENABLE_TABLES | pyromark.Options.ENABLE_GFM)

# Every expression stops at the next character that could open the same construct, so matching is linear. Alternatives differ in their
# first letter, so the engine rejects them at once; that halves the time.
# Closing tags of list items are not listed: the next item ends the block. Rows and cells are split when their table is read.
# Code and tables are named groups: only their own closing tag ends them, because a `<br>` inside code is syntax colouring.
_BLOCK_TAG = re.compile(
    r"<(?:p(?:re(?P<pre>))?|h[1-6r]|d(?:iv|etails|[ltd])|b(?:r|lockquote)|s(?:ummary|ection)|li|center|table(?P<table>)"
    r"|/(?:p(?:re)?|h[1-6r]|d(?:iv|etails)|b(?:r|lockquote)|s(?:ummary|ection)|center|table))(?:\s[^<>]*)?/?>"
)
_END_OF_TABLE = re.compile(r"</?table(?=[\s/>])|<pre(?=[\s/>])")
_END_OF_PRE = re.compile(r"</pre(?=[\s/>])")
_ROW = re.compile(r"<tr(?=[\s/>])")
# The parser finds the end of such a block only in lower case.
_END_OF_BLOCK = re.compile(r"</(?:pre|script|style|textarea)>", re.IGNORECASE)
_UPPERCASE_TAG = re.compile(r"</?[A-Z]")
# Raw HTML that needs cleaning: comments, styles, scripts, declarations, upper-case tags.
_NEEDS_CLEANING = re.compile(r"<(?:[!?]|s(?:tyle|cript)[\s/>]|/?[A-Z])")
# What hides text, by the tokens of HTML: a comment, a style or script, a declaration or processing instruction (`<!x`, `<?x`). A whole tag
# is matched to skip it if a quoted attribute contains `<`: it may be any of these.
_HIDING = re.compile(
    r"<(?:!--(?P<comment>)|(?P<raw>style|script)(?=[\s/>])|[!?](?P<declaration>)"
    r"|/?[a-z][^<>\"']*+(?:(?:\"[^\"<]*+\"|'[^'<]*+')[^<>\"']*+)*+(?:(?:\"[^\"]*+\"|'[^']*+')[^<>\"']*+)++>)"
)
_END_OF_COMMENT = re.compile("--!?>")
_END_OF_RAW = {name: re.compile(rf"</{name}(?=[\s/>])") for name in ("style", "script")}
# Candidates for headings: a heading tag, the summary of a fold, or a paragraph that is or begins with bold text. Code and tables are
# matched to skip or track them.
_HEADING_CANDIDATE = re.compile(
    r"<(?:h([1-6])(?:\s[^<>]*)?/?>(?:([^<\n]*)</h[1-6]>)?"
    r"|p(?:\s[^<>]*)?/?>(?:<em>)?<strong>((?:[^<>]|</?(?:em|code)>){2,120})</strong>(?:</em>)?([:\uff1a]|(?=\n|<br))?(</p(?:\s[^<>]*)?/?>)?"
    r"|s(?:ummary(?:\s[^<>]*)?/?>([^<>]{2,120})</summary>)"
    r"|pre(?:\s[^<>]*)?/?>(?P<pre>)|table(?:\s[^<>]*)?/?>(?P<table>)|/table(?:\s[^<>]*)?/?>(?P<end>))"
)
_CELL = re.compile(r"<t[dh](?:\s[^<>]*)?>")
_TAG = re.compile(r"</?[A-Za-z][^<>]*>")
# The longest name of an entity in HTML has 31 letters, the largest code point seven digits.
_ENTITY = re.compile(r"&(?:[A-Za-z][A-Za-z0-9]{1,30}|#(?:[0-9]{1,7}|[xX][0-9a-fA-F]{1,6}));")
_URL = re.compile(r"(?:https?|ftp)://[^\s<>()]+|www\.[^\s<>()]+")
# `##Title`: CommonMark requires a space, which many authors of 2020 left out. Starting the pattern with `#` makes the search three times
# as fast.
_MAYBE_UNSPACED_HEADING = re.compile(r"#(?:(?<=\n#)|(?<=<p>#))#{0,5}[^\W\d_#]")
_UNSPACED_HEADING = re.compile(
    r"(?:<pre[\s>].*?(?:</pre|\Z)|(?P<before><p>|\n)[ \t]*(?P<marks>#{1,6})(?P<title>[^\W\d_#][^\n]{1,80}?)#*[ \t]*(?=\n|</p>|<br))",
    re.DOTALL,
)


_ROW_SEPARATOR = " \0 "  # A card contains no NUL. The spaces end a URL.
# The tags that the parser itself writes in the rows of tables: replaced as plain text they take a third of the time.
_TAGS_OF_CELLS = (
    *((f' style="text-align: {side}">', ">") for side in ("left", "center", "right")),
    *(("</td><td>", " | "), ("<td>", " | "), ("<th>", " | "), ("</td>", ""), ("</th>", ""), ("</tr>", ""), ("<tr>", _ROW_SEPARATOR)),
)


class Block(NamedTuple):
    """The content between two block tags. `raw` is HTML; the text is extracted on demand, because most blocks are never read."""

    kind: BlockKind
    raw: str

    @property
    def text(self) -> str:
        """The visible text: prose on one line, code and tables with their lines, cells separated by ` | `, nothing for an image."""
        if self.kind == "prose":
            return plain_text(self.raw)
        if self.kind == "code":
            return _unescape(_TAG.sub("", self.raw) if "<" in self.raw else self.raw).strip()
        return _table_text(self.raw) if self.kind == "table" else ""

    def rows(self) -> list[str]:
        """The HTML of each row of a table. Some rows show no text."""
        return _rows(self.raw)


def strip_hidden(text: str) -> str:
    """Remove what a browser hides: comments, styles, scripts, declarations. One that is never closed extends to the end.

    >>> strip_hidden("a <!--> b <!-- c --> <style-anime> d <style>e</style> <img alt='<!--'> f <!-- g")
    "a  b  <style-anime> d  <img alt='<!--'> f "
    """
    visible, begin, position = [], 0, 0
    while found := _HIDING.search(text, position):
        position = found.end()
        if found.lastgroup is not None:
            visible.append(text[begin : found.start()])
            begin = position = _end_of_hidden(found.lastgroup, text, found)
    return "".join((*visible, text[begin:]))


def _end_of_hidden(kind: str, text: str, opening: re.Match[str]) -> int:
    position = opening.end()
    if kind == "comment":
        if text.startswith((">", "->"), position):
            return text.index(">", position) + 1  # `<!-->` and `<!--->` are complete
        end = _END_OF_COMMENT.search(text, position)
        return end.end() if end else len(text)
    if kind == "raw":
        closing = _END_OF_RAW[opening["raw"]].search(text, position)
        position = closing.end() if closing else len(text)
    return text.find(">", position) + 1 or len(text)


def plain_text(text: str) -> str:
    """Convert inline HTML to the words that a reader sees, on one line, without URLs.

    >>> plain_text("See <b>the</b> <a href='x'>docs</a> &amp; https://example.org/x_y more")
    'See the docs & more'
    """
    return " ".join(_without_markup(text).split())


def _without_markup(text: str) -> str:
    """Inline HTML without tags, entities and URLs; white space stays."""
    if "<" in text:
        text = _TAG.sub("", text)
    if "&" in text:
        text = _unescape(text)
    if ":/" in text or "www." in text:
        text = _URL.sub(" ", text)
    return text


def render_html(markdown: str) -> str:
    """Render a card, or a part of one, as HTML with lower-case tags and without hidden content."""
    # The parser itself writes lower-case tags and no hidden content: only an author's raw HTML needs cleaning.
    needs_cleaning = "<" in markdown and _NEEDS_CLEANING.search(markdown)
    has_uppercase = needs_cleaning and _UPPERCASE_TAG.search(markdown)
    found = _PARSER.html(_END_OF_BLOCK.sub(lambda tag: tag[0].lower(), markdown) if has_uppercase else markdown)
    if needs_cleaning:
        if has_uppercase:
            found = _TAG.sub(lambda tag: tag[0].lower() if _UPPERCASE_TAG.match(tag[0]) else tag[0], found)
        found = strip_hidden(found)
    if "#" in found and _MAYBE_UNSPACED_HEADING.search(found):
        found = _UNSPACED_HEADING.sub(_as_heading, found)
    return found


def _as_heading(line: re.Match[str]) -> str:
    level = len(line["marks"] or "")
    return f"{line['before']}<h{level}>{line['title']}</h{level}>" if level else line[0]


def no_classes(_title: str, *, is_title: bool = False) -> Collection[str]:
    """Classify no heading."""
    return ()


def split_at_headings(markdown: str, classify: Callable[..., Collection[str]] = no_classes) -> Iterator[tuple[int, str, str]]:
    """Yield (level, heading, HTML below it) in order; the first is the content before any heading, at level 0.

    Bold text before other text, and the summary of a fold, are headings if `classify` finds one of LEAD_CLASSES in them
    (rules.cards.headings.heading_classes).

    >>> [(level, heading, *split_blocks(html)) for level, heading, html in split_at_headings("x\\n# A *b*\\n**Bias:**\\n\\n    code\\n")]
    ... # doctest: +NORMALIZE_WHITESPACE
    [(0, '', Block(kind='prose', raw='x')), (1, 'A b'), (6, 'Bias', Block(kind='code', raw='code\\n'))]
    """
    text = render_html(markdown)
    level, heading, begin, table, table_before = 0, "", 0, "", ""
    position, follows_lead = 0, False
    for tag in _HEADING_CANDIDATE.finditer(text):
        if tag.start() < position:
            continue  # Inside code, or inside the previous heading.
        tag_level, raw, bold, colon, end_of_line, summary = tag.group(1, 2, 3, 4, 5, 6)
        position, title = tag.end(), ""
        if tag_level:
            if raw is None:
                following = _BLOCK_TAG.search(text, position)
                raw = text[position : following.start() if following else None]
                position += len(raw)
            title = _cached_title(raw) if len(raw) <= MAX_HEADING_CHARS else _title(raw)
            follows_lead = False
        elif bold and not table:
            shown = plain_text(bold)
            title = shown.rstrip(":\uff1a ")
            if not end_of_line:
                has_colon = colon is not None or shown != title
                follows_lead = _is_lead(title, classify, has_colon=has_colon, follows_lead=follows_lead)
                title = title if follows_lead else ""
        elif summary and not table:
            title = plain_text(summary)
            title = title if _names_a_class(title, classify) else ""
        elif tag.lastgroup == "pre":
            position = _end_of("pre", text, position)
        else:
            table = "<table>" if tag.lastgroup == "table" else ""
        if title:
            # A heading inside a table starts a new part, which continues the table.
            yield level, heading, table_before + text[begin : tag.start()]
            level, heading, begin, table_before = int(tag_level or BOLD_LEVEL), title, position, table
    yield level, heading, table_before + text[begin:]


def _is_lead(title: str, classify: Callable[..., Collection[str]], *, has_colon: bool, follows_lead: bool) -> bool:
    """Whether bold text at the start of a paragraph is its heading: it names a class, or stands below such a lead as one of its kind."""
    if has_colon:
        return follows_lead or _names_a_class(title, classify)
    return not set(DOCUMENTED_SECTIONS).isdisjoint(classify(title, is_title=True))


def _names_a_class(title: str, classify: Callable[..., Collection[str]]) -> bool:
    return not LEAD_CLASSES.isdisjoint(classify(title))


def _end_of(region: str, text: str, position: int) -> int:
    found = (_END_OF_PRE if region == "pre" else _END_OF_TABLE).search(text, position)
    return found.start() if found else len(text)


def _title(raw: str) -> str:
    """The visible text of a heading; empty if it is not a single short line."""
    shown = plain_text(raw)
    return "" if len(shown) > MAX_HEADING_CHARS or "\n" in raw.strip() else shown


# A few thousand headings make up most of the Hub's.
_cached_title = lru_cache(maxsize=8_192)(_title)


def split_blocks(html_of_section: str) -> Iterator[Block]:
    """Split the HTML between two headings into blocks, lazily. Rulers and empty rows are dropped.

    >>> [(b.kind, b.text) for b in split_blocks("<p>x</p><table><tr><td>p</td><td>q</td></tr></table><pre><code>a &lt; b</code></pre>")]
    [('prose', 'x'), ('table', 'p | q'), ('code', 'a < b')]
    """
    begin = 0
    while tag := _BLOCK_TAG.search(html_of_section, begin):
        piece = html_of_section[begin : tag.start()]
        if piece and not piece.isspace():
            yield from _prose_blocks(piece)
        begin = tag.end()
        if region := tag.lastgroup:
            begin = _end_of(region, html_of_section, begin)
            inner = html_of_section[tag.end() : begin]
            yield from _code_blocks(_BLOCK_TAG.sub("", inner)) if region == "pre" else (Block("table", inner),)
    piece = html_of_section[begin:]
    if piece and not piece.isspace():
        yield from _prose_blocks(piece)


def _prose_blocks(piece: str) -> tuple[Block, ...]:
    return (Block("prose", piece), Block("image", "")) if "<img" in piece else (Block("prose", piece),)


def _unescape(text: str) -> str:
    """Resolve entities, each once: first those that the parser writes most, which cannot begin inside another. Impossible ones stay."""
    text = text.replace("&quot;", '"').replace("&lt;", "<").replace("&gt;", ">")
    if text.count("&") == text.count("&amp;"):
        return text.replace("&amp;", "&")
    return _ENTITY.sub(lambda entity: html.unescape(entity[0]), text)


def _code_blocks(text: str) -> tuple[Block, ...]:
    text = text.removesuffix("</code>")
    if text.startswith("<code"):
        text = text[text.find(">") + 1 :]
    return (Block("code", text),) if text and not text.isspace() else ()


def _rows(table: str) -> list[str]:
    first, *others = _ROW.split(table)
    return [first, *(f"<tr{row}" for row in others)]


def text_of_rows(rows: str) -> str:
    """The visible text of each row that shows any, on lines, its cells separated by ` | `.

    All rows are converted at once: a table of files has a hundred.
    """
    for tag, shown in _TAGS_OF_CELLS:
        rows = rows.replace(tag, shown)
    cells = _CELL.sub(" | ", _BLOCK_TAG.sub(" ", _ROW.sub(_ROW_SEPARATOR + "<tr", rows)))
    texts = [" ".join(row.split()).removeprefix("| ") for row in _without_markup(cells).split(_ROW_SEPARATOR)]
    return "\n".join([text for text in texts if text.strip("| ")])


# Measures and sentences of a section read the same table, one after the other.
_table_text = lru_cache(maxsize=8)(text_of_rows)


def has_multiple_cells(row: str) -> bool:
    """Whether the HTML of a table row contains more than one cell."""
    first = _CELL.search(row)
    return first is not None and _CELL.search(row, first.end()) is not None


def readable_text(markdown: str) -> str:
    """All text written for readers: headings, paragraphs, list items and table rows, without code."""
    shown: list[str] = []
    for _, heading, content in split_at_headings(markdown):
        shown += (heading, *(_cached_texts(content) if len(content) <= MAX_CACHED_CHARS else _readable_texts(content)))
    return "\n".join(shown)


def _readable_texts(content: str) -> tuple[str, ...]:
    return tuple(block.text for block in split_blocks(content) if block.kind in ("prose", "table"))


_cached_texts = lru_cache(maxsize=8_192)(_readable_texts)
