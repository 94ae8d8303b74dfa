"""Detect the authoring tool that generated a card, and attribute to it what it wrote (conf/generators.csv)."""

import re
from collections.abc import Iterable, Iterator
from functools import cache
from itertools import chain

from ahocorasick_rs import MATCHKIND_LEFTMOST_FIRST, BytesAhoCorasick

from hublake.lake.curated import curated
from hublake.rules.cards.markup import Block, has_multiple_cells, text_of_rows
from hublake.rules.cards.sentences import BIBTEX, Sentence, classify_sentence, sentences_of_blocks
from hublake.rules.cards.words import count_words

# A generator's mark is near the top of a card; further below it may be quoted in somebody's text.
MARK_WITHIN_CHARS = 4_000
# A tool's line consists of a name and a figure.
MAX_WORDS_OF_FIGURE = 6

_TOOL_ROW = Sentence("tool", "")
_FIGURE_LINE = re.compile(r"[^.!?]*\d[\d.,e%-]*")


def detect_generator(card: str) -> str | None:
    """Return the tool that generated a card, by its mark (conf/generators.csv). The author may have added text afterwards."""
    automaton, rows = _marks()
    found = automaton.find_matches_as_indexes(card[:MARK_WITHIN_CHARS].encode("utf-8", "replace"))
    return rows[min(number for number, _, _ in found)]["generator"] if found else None


def attribute_to_tool(sentences: Iterable[Sentence], generator: str | None) -> Iterable[Sentence]:
    """Reclassify as `tool` the bare figures in a generated card and, if the tool writes whole cards, also code and tables."""
    if generator is None:
        return sentences
    writes_all = _writes_whole_cards(generator)
    return (_attributed(sentence, writes_all) for sentence in sentences)


def attributed_sentences(blocks: Iterable[Block], generator: str | None) -> Iterable[Sentence]:
    """Yield the sentences of blocks, attributed. If the tool writes whole cards, table rows of several cells are its own and not read."""
    if generator is None or not _writes_whole_cards(generator):
        return attribute_to_tool(sentences_of_blocks(blocks), generator)
    sentences = chain.from_iterable(
        _sentences_of_tool_table(block) if block.kind == "table" else sentences_of_blocks((block,)) for block in blocks
    )
    return attribute_to_tool(sentences, generator)


def _sentences_of_tool_table(table: Block) -> Iterator[Sentence]:
    for row in table.rows():
        if has_multiple_cells(row):
            yield _TOOL_ROW
        elif text := text_of_rows(row):
            yield Sentence(classify_sentence(text), text)


@cache
def _marks() -> tuple[BytesAhoCorasick, tuple[dict[str, str], ...]]:
    rows = curated("generators")
    return BytesAhoCorasick([row["mark"].encode() for row in rows], matchkind=MATCHKIND_LEFTMOST_FIRST), rows


@cache
def _writes_whole_cards(generator: str) -> bool:
    return any(row["generator"] == generator and row["covers"] == "all" for row in curated("generators"))


def _attributed(sentence: Sentence, writes_all: bool) -> Sentence:
    kind, text = sentence
    if kind == "own" and (_is_figure(text) or (writes_all and " | " in text)):
        return Sentence("tool", text)
    if kind == "code" and writes_all and not BIBTEX.search(text):
        return Sentence("tool", text)
    return sentence


def _is_figure(text: str) -> bool:
    return len(text) < 80 and bool(_FIGURE_LINE.fullmatch(text)) and count_words(text) <= MAX_WORDS_OF_FIGURE
