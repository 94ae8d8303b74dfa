"""A section's text -> its sentences, each an author's own, a template's, a gap mark, a label, code or a picture."""

import re
from collections.abc import Iterable, Iterator
from functools import cache, lru_cache
from hashlib import blake2b
from itertools import chain
from typing import Literal, NamedTuple

from hublake.lake.curated import curated
from hublake.rules.cards.markup import Block, blocks, cut, plain, row_text
from hublake.rules.cards.words import count_words

Kind = Literal["own", "template", "placeholder", "label", "code", "image"]

# A gap mark may carry a label or a few words: "Developed by: [More Information Needed]".
MAX_WORDS_BESIDE_GAP = 5
MAX_WORDS_OF_LABEL = 4
# A `*` in conf/boilerplate.csv stands for so many words at most, and no template sentence is longer than this.
MAX_GAP_WORDS = 80
MAX_TEMPLATE_CHARS = 1_000
# A paragraph that recurs is short; a long one is read anew each time.
MAX_CHARS_KEPT = 1_500
# Shorter sentences ("See the paper.") stand in many cards without being taken over.
MIN_WORDS_TO_COMPARE = 4

BIBTEX = re.compile(r"@\w{3,20}\s?\{")
_NORMAL = re.compile(r"[^\W_]+")
# A full stop, Latin or CJK, with what closes behind it. That it begins with one set of characters makes the search three times as fast.
_END = re.compile(
    r"[.!?\u3002\uff01\uff1f](?:(?<=[.!?])[.!?]*[\"'\u201d\u2019)\]]*\s+"
    r"|(?<=[\u3002\uff01\uff1f])[\u3002\uff01\uff1f]*[\u201d\u2019\uff09\u300d\u300f]*\s*)"
)
# ASCII in lower case, a blank for what no word is made of; a table of bytes is several times as fast as one of characters.
_ASCII_WORDS = bytes(place if chr(place).isalnum() else 32 for place in range(128)).lower().ljust(256)
_ABBREVIATIONS = frozenset(
    (
        *("al.", "approx.", "avg.", "ca.", "cf.", "dr.", "e.g.", "eq.", "esp.", "etc.", "ex.", "fig.", "i.e.", "inc.", "incl.", "max."),
        *("min.", "mr.", "mrs.", "no.", "p.", "pp.", "resp.", "sec.", "st.", "u.s.", "ver.", "vol.", "vs.", "z.b."),
    )
)


class Sentence(NamedTuple):
    """A sentence of a card, and whether it is the author's own; a block of code is one."""

    kind: Kind
    text: str

    @property
    def words(self) -> int:
        return count_words(self.text)


_IMAGE = Sentence("image", "")


def sentences(markdown: str) -> Iterator[Sentence]:
    """The sentences of a piece of markdown in order; a table row and a list item end a sentence.

    >>> [s.kind for s in sentences("[More Information Needed]\\n\\nIt was tested on 3 dialects.\\n- seed: 42\\n")]
    ['placeholder', 'own', 'template']
    """
    return chain.from_iterable(of_blocks(blocks(html)) for _, _, html in cut(markdown))


def of_blocks(found: Iterable[Block]) -> Iterator[Sentence]:
    """The same from blocks; headings are none. A block is read when the one before it is used up."""
    return chain.from_iterable(map(_of_block, found))


def _of_block(block: Block) -> Iterable[Sentence]:
    kind, raw = block
    if kind == "prose":
        return _of_recurring(raw) if len(raw) <= MAX_CHARS_KEPT else _of_prose(raw)
    if kind == "table":
        return _of_table(block)
    if kind == "code":
        text = block.text
        return (Sentence(_code_kind(text), text),)
    return (_IMAGE,)


def _of_prose(raw: str) -> Iterator[Sentence]:
    return (Sentence(kind_of(part), part) for part in split(plain(raw)))


# Six in ten paragraphs and items stand in another card as well, most in one that was written by the same tool. 8,192 of them are some 6 MB.
@lru_cache(maxsize=8_192)
def _of_recurring(raw: str) -> tuple[Sentence, ...]:
    return tuple(_of_prose(raw))


def _of_table(table: Block) -> Iterator[Sentence]:
    """A row is a sentence. The first names the columns: where it is a tool's, so is the table, and no more is said of it."""
    is_first = True
    for row in filter(None, map(row_text, table.rows())):
        kind = kind_of(row)
        yield Sentence(kind, row)
        if is_first and kind == "template":
            return
        is_first = False


def split(text: str) -> Iterator[str]:
    """Plain text at its full stops; not at those of abbreviations, initials and numbers.

    >>> list(split("It fails, e.g. on slang. Use v2.1 of Smith et al. instead! 是的。好"))
    ['It fails, e.g. on slang.', 'Use v2.1 of Smith et al. instead!', '是的。', '好']
    """
    start = 0
    for end in _END.finditer(text):
        before = text[max(start, end.start() - 12) : end.start() + 1].rsplit(None, 1)[-1:]
        word = before[0].casefold().lstrip("([\"'") if before else ""
        is_initial = len(word) == 2 and word[0].isalpha() and word[1] == "." and not word[0].isdigit()
        if word in _ABBREVIATIONS or is_initial:
            continue
        part = text[start : end.end()].strip()
        if part:
            yield part
        start = end.end()
    rest = text[start:].strip() if start else text.strip()
    if rest:
        yield rest


def normal(text: str) -> str:
    """Words in lower case, one blank between: what two sentences are compared by."""
    if text.isascii():
        return b" ".join(text.encode().translate(_ASCII_WORDS).split()).decode()
    return " ".join(_NORMAL.findall(text.casefold()))


def kind_of(text: str) -> Kind:
    """What a sentence is, by conf/boilerplate.csv."""
    if len(text) <= MAX_TEMPLATE_CHARS:
        return _kind_of(text)
    return "own" if _NORMAL.search(text) else "label"


# Template sentences and labels recur from card to card; 8,192 sentences are some 2 MB.
@lru_cache(maxsize=8_192)
def _kind_of(text: str) -> Kind:
    words = normal(text)
    if not words:
        return "label"
    count = words.count(" ") + 1
    if _holds_gap_mark(words, count):
        return "placeholder"
    if listed := _listed(words):
        return listed
    return "label" if count <= MAX_WORDS_OF_LABEL and text.endswith((":", "\uff1a")) else "own"


def _code_kind(code: str) -> Kind:
    """A gap where all that stands there is a remark that says so."""
    is_remark = code.startswith(("#", "//", "<", "[")) and "\n" not in code
    return "placeholder" if is_remark and kind_of(code) == "placeholder" else "code"


@lru_cache(maxsize=1_024)
def source_of(text: str) -> str | None:
    """Where the list of template sentences has this one from; null for any other."""
    words = normal(text)
    for row in curated("boilerplate"):
        if row["kind"] == "template" and re.fullmatch(_expression(row["pattern"]), words):
            return row["source"]
    return None


def verdict(found: Iterable[Sentence]) -> tuple[bool, bool]:
    """(is only a gap, is only a template's or a tool's); reads no further than the first sentence that is an author's own.

    A tool's code beside its sentence is the tool's, a citation is not.
    """
    is_gap, has_template = True, False
    for kind, text in found:
        if kind == "own" or (kind == "code" and BIBTEX.search(text)):
            return False, False
        is_gap = is_gap and kind in ("placeholder", "label")
        has_template = has_template or kind == "template"
    return is_gap, has_template


def digests(found: Iterable[Sentence]) -> list[int]:
    """A 64-bit number for each own sentence long enough to compare, each once, in order."""
    texts = (normal(s.text) for s in found if s.kind == "own")
    long_enough = (text for text in texts if count_words(text) >= MIN_WORDS_TO_COMPARE)
    return list(dict.fromkeys(_digest(text) for text in long_enough))


def _digest(text: str) -> int:
    return int.from_bytes(blake2b(text.encode("utf-8", "replace"), digest_size=8).digest(), "big", signed=True)


def _listed(words: str) -> Kind | None:
    """The kind of the first pattern that fits the whole sentence; by its first word, few are tried, those of gaps first."""
    by_first_word, open_ended = _whole()
    for kind, pattern in by_first_word.get(words.partition(" ")[0], ()):
        if pattern.fullmatch(words):
            return kind
    # Of patterns that may begin with any word, a part that every sentence of theirs holds stands before each.
    return next((kind for part, kind, pattern in open_ended if part in words and pattern.fullmatch(words)), None)


@cache
def _whole() -> tuple[dict[str, list[tuple[Kind, re.Pattern[str]]]], list[tuple[str, Kind, re.Pattern[str]]]]:
    grouped: dict[tuple[Kind, str], list[str]] = {}
    open_ended: list[tuple[str, Kind, re.Pattern[str]]] = []
    for row in curated("boilerplate"):
        kind: Kind = "placeholder" if row["kind"] == "placeholder" else "template"
        pattern = row["pattern"]
        first = pattern.partition(" ")[0]
        if row["match"] == "whole" and "*" in first:
            open_ended.append((_longest_part(pattern), kind, re.compile(_expression(pattern))))
        elif row["match"] == "whole":
            grouped.setdefault((kind, first), []).append(pattern)
    by_first_word: dict[str, list[tuple[Kind, re.Pattern[str]]]] = {}
    for (kind, first), patterns in sorted(grouped.items()):
        by_first_word.setdefault(first, []).append((kind, re.compile("|".join(map(_expression, patterns)))))
    return by_first_word, open_ended


def _longest_part(pattern: str) -> str:
    """The longest part of whole words, without a gap or a version."""
    return max((part.strip() for part in re.split(r"\S*\*|#", pattern)), key=len)


def _expression(pattern: str) -> str:
    """`*` alone is any words, also none; at the end of a word the rest of it; `#` is words with a digit, as in versions."""
    gap = rf"(?: [^ ]+){{0,{MAX_GAP_WORDS}}}"
    version = r"(?: (?:[^ ]*\d[^ ]*|dev|cuda|cpu))+"
    parts = [{"*": gap, "#": version}.get(word, " " + re.escape(word).replace(r"\*", "[^ ]*")) for word in pattern.split()]
    if parts[0] == gap:
        return rf"(?:[^ ]+ ){{0,{MAX_GAP_WORDS}}}" + "".join(parts[1:]).removeprefix(" ")
    return "".join(parts).removeprefix(" ")


def _holds_gap_mark(words: str, count: int) -> bool:
    if count > MAX_WORDS_BESIDE_GAP + _parts()[0][1] or _first_words_of_parts().isdisjoint(words.split()):
        return False
    return any(count - length <= MAX_WORDS_BESIDE_GAP and part in f" {words} " for part, length in _parts())


@cache
def _first_words_of_parts() -> frozenset[str]:
    return frozenset(part.split()[0] for part, _ in _parts())


@cache
def _parts() -> tuple[tuple[str, int], ...]:
    """Gap marks with a blank on each side, and their number of words; the longest first."""
    found = [row["pattern"] for row in curated("boilerplate") if row["match"] == "part"]
    return tuple((f" {part} ", part.count(" ") + 1) for part in sorted(found, key=lambda part: -part.count(" ")))
