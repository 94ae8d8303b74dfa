"""The tool that began a card, by its mark, and what in such a card is the tool's (conf/generators.csv)."""

import re
from collections.abc import Iterable, Iterator
from functools import cache
from itertools import chain

from ahocorasick_rs import MATCHKIND_LEFTMOST_FIRST, BytesAhoCorasick

from hublake.lake.curated import curated
from hublake.rules.cards.markup import Block, has_cells, row_text
from hublake.rules.cards.sentences import BIBTEX, Sentence, kind_of, of_blocks
from hublake.rules.cards.words import count_words

# A generator's mark stands at the top; what is quoted further below is somebody's text.
MARK_WITHIN_CHARS = 4_000
# A tool's line is a name and a figure.
MAX_WORDS_OF_FIGURE = 6

_TOOLS_ROW = Sentence("template", "")
_FIGURE_LINE = re.compile(r"[^.!?]*\d[\d.,e%-]*")


def generator_of(card: str) -> str | None:
    """The tool that wrote a card, by its mark (conf/generators.csv); authors may have written on in it."""
    automaton, rows = _marks()
    found = automaton.find_matches_as_indexes(card[:MARK_WITHIN_CHARS].encode("utf-8", "replace"))
    return rows[min(number for number, _, _ in found)]["generator"] if found else None


def told_apart(found: Iterable[Sentence], generator: str | None) -> Iterable[Sentence]:
    """In a tool's card a bare figure is the tool's, and where the tool writes all, so are code and tables."""
    if generator is None:
        return found
    covers_all = _covers_all(generator)
    return (_as_tools(sentence, covers_all) for sentence in found)


def judged(found: Iterable[Block], generator: str | None) -> Iterable[Sentence]:
    """The sentences of blocks, told apart; where the tool writes all, rows of several cells are its, unread."""
    if generator is None or not _covers_all(generator):
        return told_apart(of_blocks(found), generator)
    sentences = chain.from_iterable(_of_tools_table(block) if block.kind == "table" else of_blocks((block,)) for block in found)
    return told_apart(sentences, generator)


def _of_tools_table(table: Block) -> Iterator[Sentence]:
    for row in table.rows():
        if has_cells(row):
            yield _TOOLS_ROW
        elif text := row_text(row):
            yield Sentence(kind_of(text), text)


@cache
def _marks() -> tuple[BytesAhoCorasick, tuple[dict[str, str], ...]]:
    rows = curated("generators")
    return BytesAhoCorasick([row["mark"].encode() for row in rows], matchkind=MATCHKIND_LEFTMOST_FIRST), rows


@cache
def _covers_all(generator: str) -> bool:
    return any(row["generator"] == generator and row["covers"] == "all" for row in curated("generators"))


def _as_tools(sentence: Sentence, covers_all: bool) -> Sentence:
    kind, text = sentence
    if kind == "own" and (_is_figure(text) or (covers_all and " | " in text)):
        return Sentence("template", text)
    if kind == "code" and covers_all and not BIBTEX.search(text):
        return Sentence("template", text)
    return sentence


def _is_figure(text: str) -> bool:
    return len(text) < 80 and bool(_FIGURE_LINE.fullmatch(text)) and count_words(text) <= MAX_WORDS_OF_FIGURE
