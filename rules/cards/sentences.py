"""Split text into sentences and classify each one by who wrote it.

An *own* sentence is one that the author wrote. The other kinds are sentences of templates, placeholders that mark a gap, labels, and
figures that an authoring tool inserted. The own words of a card, a measured quantity in several tables, are the words of its own sentences.
"""

import re
from collections.abc import Callable, Iterable, Iterator
from functools import cache, lru_cache
from hashlib import blake2b
from itertools import chain
from typing import Literal, NamedTuple

from ahocorasick_rs import AhoCorasick

from hublake.lake.curated import curated
from hublake.rules.cards.markup import Block, plain_text
from hublake.rules.cards.words import count_words

# `tool` is only assigned by authoring_tools.py, which knows the generator of the card.
SentenceKind = Literal["own", "tool", "template", "placeholder", "label", "code", "image"]

# A placeholder may contain a label or a few words: "Developed by: [More Information Needed]".
MAX_WORDS_BESIDE_PLACEHOLDER = 5
MAX_WORDS_OF_LABEL = 4
# A `*` in conf/boilerplate.csv matches at most this many words, and no template sentence is longer than MAX_TEMPLATE_CHARS.
MAX_WILDCARD_WORDS = 80
MAX_TEMPLATE_CHARS = 1_000
# A paragraph that recurs is short; longer ones are not cached.
MAX_CACHED_CHARS = 1_500
# Shorter sentences ("See the paper.") occur in many cards without having been copied.
MIN_WORDS_TO_COMPARE = 4

HUB_TEMPLATE = "huggingface_hub modelcard_template.md"
# A gap of the Hub's template that was never rendered: `{{ cloud_region | default("[More Information Needed]", true)}}`.
_UNRENDERED = re.compile(r"\{\{[^{}]{0,200}\bdefault\([^{}]{0,200}\}\}")
# A gap that its author marked in brackets: "[insert hours]". What a user is to fill in, as in "USER: <your prompt>", is none.
_MARKED_GAP = re.compile(
    r"\[(?:insert|add|describe|specify|fill|todo|tbd|to be (?:add|announc|complet|fill|determin)\w*)\b[^\[\]]{0,200}\]", re.IGNORECASE
)
# A row that answers nothing: "Measures against bias: | None".
_EMPTY_ANSWER = re.compile(r"[^|]+\| (?:none|n/?a|not applicable|tbd|todo|unknown)\W*", re.IGNORECASE)
BIBTEX = re.compile(r"@\w{3,20}\s?\{")
_WORDS = re.compile(r"[^\W_]+")
# A full stop, Latin or CJK, and the closing marks behind it. Starting with a single character class makes the search three times as fast.
_END = re.compile(
    r"[.!?\u3002\uff01\uff1f](?:(?<=[.!?])[.!?]*[\"'\u201d\u2019)\]]*\s+"
    r"|(?<=[\u3002\uff01\uff1f])[\u3002\uff01\uff1f]*[\u201d\u2019\uff09\u300d\u300f]*\s*)"
)
# ASCII in lower case, with a space in place of every other character; a byte table is several times as fast as a character table.
_ASCII_WORDS = bytes(code if chr(code).isalnum() else 32 for code in range(128)).lower().ljust(256)
_ABBREVIATIONS = frozenset(
    (
        *("al.", "approx.", "avg.", "ca.", "cf.", "dr.", "e.g.", "eq.", "esp.", "etc.", "ex.", "fig.", "i.e.", "inc.", "incl.", "max."),
        *("min.", "mr.", "mrs.", "no.", "p.", "pp.", "resp.", "sec.", "st.", "u.s.", "ver.", "vol.", "vs.", "z.b."),
    )
)


class Sentence(NamedTuple):
    """A sentence of a card and its kind. A code block and an image each count as one sentence."""

    kind: SentenceKind
    text: str


class Prose(NamedTuple):
    """A paragraph or list item as plain text, and its sentences."""

    text: str
    sentences: tuple[Sentence, ...]


_IMAGE = Sentence("image", "")


def sentences_of_blocks(blocks: Iterable[Block]) -> Iterator[Sentence]:
    """Yield the sentences of blocks in order, lazily. A table row ends a sentence, and so does a list item, which is a block of its own.

    >>> blocks = [Block("prose", "[More Information Needed]"), Block("prose", "It was tested on 3 dialects."), Block("prose", "seed: 42")]
    >>> [sentence.kind for sentence in sentences_of_blocks(blocks)]
    ['placeholder', 'own', 'template']
    """
    return chain.from_iterable(map(_sentences_of_block, blocks))


def _sentences_of_block(block: Block) -> Iterable[Sentence]:
    kind, raw = block
    if kind == "prose":
        return prose_of(raw).sentences
    if kind == "table":
        return _sentences_of_table(block)
    if kind == "code":
        text = block.text
        return (Sentence(_code_kind(text), text),)
    return (_IMAGE,)


def prose_of(raw: str) -> Prose:
    """Convert the HTML of a paragraph or list item to plain text and sentences."""
    return _cached_prose(raw) if len(raw) <= MAX_CACHED_CHARS else _prose(raw)


def relevant_sentences(raw: str, is_relevant: Callable[[str], bool]) -> list[Sentence]:
    """The sentences of a paragraph or list item that are relevant. Others are not classified, which takes most of the time."""
    return [Sentence(classify_sentence(part), part) for part in split_sentences(plain_text(raw)) if is_relevant(part)]


def _prose(raw: str) -> Prose:
    text = plain_text(raw)
    return Prose(text, tuple(Sentence(classify_sentence(part), part) for part in split_sentences(text)))


# Six in ten paragraphs and items recur in another card, mostly in one that the same tool wrote. 8,192 of them take some 8 MB.
_cached_prose = lru_cache(maxsize=8_192)(_prose)


def _sentences_of_table(table: Block) -> Iterator[Sentence]:
    """Yield each row as a sentence. The first row names the columns: if a template wrote it, the rest of the table is skipped."""
    is_first = True
    for row in filter(None, table.text.split("\n")):
        kind = "placeholder" if _EMPTY_ANSWER.fullmatch(row) else classify_sentence(row)
        yield Sentence(kind, row)
        if is_first and kind == "template":
            return
        is_first = False


def split_sentences(text: str) -> Iterator[str]:
    """Split plain text at its full stops, except those of abbreviations, initials and numbers.

    >>> list(split_sentences("It fails, e.g. on slang. Use v2.1 of Smith et al. instead! 是的。好"))
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


def normalize(text: str) -> str:
    """Return the words in lower case, separated by one space. Sentences are compared in this form."""
    if text.isascii():
        return b" ".join(text.encode().translate(_ASCII_WORDS).split()).decode()
    return " ".join(_WORDS.findall(text.casefold()))


def classify_sentence(text: str) -> SentenceKind:
    """Classify a sentence by conf/boilerplate.csv."""
    if len(text) <= MAX_TEMPLATE_CHARS:
        return _kind_and_words(text)[0]
    return "own" if _WORDS.search(text) else "label"


# Template sentences and labels recur from card to card; 8,192 sentences take some 3 MB.
@lru_cache(maxsize=8_192)
def _kind_and_words(text: str) -> tuple[SentenceKind, str]:
    """The kind of a short sentence, and its words as `normalize` returns them, which its digest needs as well."""
    words = normalize(text)
    without_gaps = text
    if "{{" in text:
        without_gaps = _UNRENDERED.sub("more information needed", text)
    if "[" in text:
        without_gaps = _MARKED_GAP.sub(" more information needed", without_gaps)
    return _kind(without_gaps, words if without_gaps is text else normalize(without_gaps)), words


def _kind(text: str, words: str) -> SentenceKind:
    if not words:
        return "label"
    count = words.count(" ") + 1
    if _contains_placeholder(words, count):
        return "placeholder"
    if listed := _listed_kind(words):
        return listed
    return "label" if count <= MAX_WORDS_OF_LABEL and text.endswith((":", "\uff1a")) else "own"


def _code_kind(code: str) -> SentenceKind:
    """Return `placeholder` if the code is nothing but a comment that marks a gap."""
    is_comment = code.startswith(("#", "//", "<", "[")) and "\n" not in code
    return "placeholder" if is_comment and classify_sentence(code) == "placeholder" else "code"


@lru_cache(maxsize=1_024)
def template_source(text: str) -> str | None:
    """Return where conf/boilerplate.csv has this template sentence from; None for any other sentence."""
    words = normalize(text)
    for row in curated("boilerplate"):
        if row["kind"] == "template" and row["match"] == "whole" and re.fullmatch(_expression(row["pattern"]), words):
            return row["source"]
    return None


def placeholder_or_boilerplate(sentences: Iterable[Sentence]) -> tuple[bool, bool]:
    """Return (is nothing but a placeholder, is nothing but boilerplate). Stops reading at the first own sentence.

    Code next to a tool's sentence is the tool's, and code next to a sentence of the Hub's template, which has none, the author's.
    """
    is_placeholder, has_boilerplate, has_code, others = True, False, False, []
    for kind, text in sentences:
        if kind == "own" or (kind == "code" and BIBTEX.search(text) and not is_template_code(text)):
            return False, False
        if kind == "code":
            has_code, is_placeholder = True, False
            has_boilerplate = has_boilerplate or is_template_code(text)
        elif kind in ("template", "tool"):
            has_boilerplate, is_placeholder = True, False
        elif kind == "image":
            is_placeholder = False
        if kind in ("code", "template", "tool"):
            others.append((kind, text))
    return is_placeholder, has_boilerplate and not (has_code and _is_author_s_code(others))


def _is_author_s_code(beside: Iterable[tuple[SentenceKind, str]]) -> bool:
    """Whether there is code that is no tool's, and all sentences beside it are those of the Hub's template."""
    return all(
        not is_template_code(text) if kind == "code" else kind == "template" and bool(_hub_template().fullmatch(normalize(text)))
        for kind, text in beside
    )


def is_template_code(code: str) -> bool:
    """Whether code is that of a tool's template."""
    return bool(_template_code().find_matches_as_indexes(code))


@cache
def _hub_template() -> re.Pattern[str]:
    """The sentences of the Hub's template, which contains no code."""
    return re.compile("|".join(_expression(row["pattern"]) for row in curated("boilerplate") if row["source"] == HUB_TEMPLATE))


@cache
def _template_code() -> AhoCorasick:
    return AhoCorasick([row["pattern"] for row in curated("boilerplate") if row["match"] == "code"])


def sentence_digest(text: str) -> int | None:
    """Return a 64-bit digest of a normalized sentence; None for one of fewer than MIN_WORDS_TO_COMPARE words."""
    words = _kind_and_words(text)[1] if len(text) <= MAX_TEMPLATE_CHARS else normalize(text)
    count = words.count(" ") + 1 if words.isascii() else count_words(words)
    if count < MIN_WORDS_TO_COMPARE:
        return None
    return int.from_bytes(blake2b(words.encode("utf-8", "replace"), digest_size=8).digest(), "big", signed=True)


def _listed_kind(words: str) -> SentenceKind | None:
    """Return the kind of the first pattern that matches the whole sentence. Patterns are indexed by first word, placeholders first."""
    by_first_word, open_ended = _sentence_patterns()
    for kind, pattern in by_first_word.get(words.partition(" ")[0], ()):
        if pattern.fullmatch(words):
            return kind
    # A pattern that may begin with any word is preceded by a text that all its sentences contain.
    for part, kind, pattern in open_ended:
        if part in words and pattern.fullmatch(words):
            return kind
    return None


@cache
def _sentence_patterns() -> tuple[dict[str, list[tuple[SentenceKind, re.Pattern[str]]]], list[tuple[str, SentenceKind, re.Pattern[str]]]]:
    """Compile the patterns for whole sentences: those with a fixed first word, by that word, and the others."""
    grouped: dict[tuple[SentenceKind, str], list[str]] = {}
    open_ended: list[tuple[str, SentenceKind, re.Pattern[str]]] = []
    for row in curated("boilerplate"):
        kind: SentenceKind = "placeholder" if row["kind"] == "placeholder" else "template"
        pattern = row["pattern"]
        first = pattern.partition(" ")[0]
        if row["match"] == "whole" and "*" in first:
            open_ended.append((_longest_literal(pattern), kind, re.compile(_expression(pattern))))
        elif row["match"] == "whole":
            grouped.setdefault((kind, first), []).append(pattern)
    by_first_word: dict[str, list[tuple[SentenceKind, re.Pattern[str]]]] = {}
    for (kind, first), patterns in sorted(grouped.items()):
        by_first_word.setdefault(first, []).append((kind, re.compile("|".join(map(_expression, patterns)))))
    return by_first_word, open_ended


def _longest_literal(pattern: str) -> str:
    """Return the longest part of whole words without a wildcard or a version."""
    return max((part.strip() for part in re.split(r"\S*\*|#", pattern)), key=len)


def _expression(pattern: str) -> str:
    """Translate a pattern: `*` alone is any number of words, `*` at the end of a word its rest, `#` words with a digit, as in versions."""
    wildcard = rf"(?: [^ ]+){{0,{MAX_WILDCARD_WORDS}}}"
    version = r"(?: (?:[^ ]*\d[^ ]*|dev|cuda|cpu))+"
    parts = [{"*": wildcard, "#": version}.get(word, " " + re.escape(word).replace(r"\*", "[^ ]*")) for word in pattern.split()]
    if parts[0] == wildcard:
        return rf"(?:[^ ]+ ){{0,{MAX_WILDCARD_WORDS}}}" + "".join(parts[1:]).removeprefix(" ")
    return "".join(parts).removeprefix(" ")


def _contains_placeholder(words: str, count: int) -> bool:
    if count > MAX_WORDS_BESIDE_PLACEHOLDER + _placeholders()[0][1] or _first_words_of_placeholders().isdisjoint(words.split()):
        return False
    return any(count - length <= MAX_WORDS_BESIDE_PLACEHOLDER and part in f" {words} " for part, length in _placeholders())


@cache
def _first_words_of_placeholders() -> frozenset[str]:
    return frozenset(part.split()[0] for part, _ in _placeholders())


@cache
def _placeholders() -> tuple[tuple[str, int], ...]:
    """Return (placeholder with a space on each side, its number of words), the longest first."""
    found = [row["pattern"] for row in curated("boilerplate") if row["match"] == "part"]
    return tuple((f" {part} ", part.count(" ") + 1) for part in sorted(found, key=lambda part: -part.count(" ")))
