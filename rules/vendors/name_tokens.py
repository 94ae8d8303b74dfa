"""Split the name of a model into words, and recognise what kind of word each is."""

import re
from functools import cache, lru_cache
from typing import NamedTuple

from hublake.lake.curated import curated
from hublake.rules.lineage.relation_inference import is_quantization_term

MAX_LETTERS = 200  # the Hub allows 96 letters in the name of a repository
SIZE_LETTERS = "bmk"  # a number with one of these is a size or a length, not a version

_BETWEEN_DIGITS = re.compile(r"(?<=[0-9])_(?=[0-9])")
_BEFORE_A_WORD = re.compile(r"\.(?=[a-z])")
_SIZE = re.compile(r"[0-9]{1,4}(?:\.[0-9]{1,3})?[bm]|[0-9]{1,3}x[0-9]{1,4}(?:\.[0-9]{1,2})?[bm]")
_ACTIVE_SIZE = re.compile(r"[ae][0-9]{1,4}(?:\.[0-9]{1,3})?[bm]")
# 4k, 128k: the length of the context; 128e, 16e: a number of experts; 10t: a number of training tokens.
_LENGTH = re.compile(r"[0-9]{1,4}[ket]")
# 2507, 20240620, 2024.06: month and day, year and month, or all of them. One or two digits with a zero in front are a month.
_DATE = re.compile(r"[0-9]{4}|[0-9]{6}|[0-9]{8}|0[1-9]|20[12][0-9]\.[0-9]{2}(?:\.[0-9]{2})?")
_VERSION = re.compile(r"v?[0-9]{1,2}(?:[.d][0-9]{1,2}){0,2}|v?[0-9](?:\.[0-9]{1,2})?[a-z]")
# qwen2.5, internvl3, v3.2, flux.1, gemma3n: letters and the version that is joined to them.
_JOINED = re.compile(r"([a-z](?:[a-z0-9]{0,30}?[a-z])??)\.?([1-9][0-9]?(?:[.d][0-9]{1,2}){0,2})(vl|[a-z]?)")


class Token(NamedTuple):
    """A word of a name in lower case. `stem` and `version` are its two parts if a version is joined to letters, else the word and ''.

    `kind` is size, active_size, length, date, version, quantisation, word, or one of
    conf/name_words.csv: stage, variant, grade, format, counter.
    """

    text: str
    kind: str
    value: str
    stem: str
    version: str


def name_tokens(name: str) -> list[Token]:
    """The words of a name, which hyphens, underscores and points before a letter separate.

    An underscore between digits is a decimal point.

    >>> [(token.text, token.kind) for token in name_tokens("InternVL2_5-8B-AWQ")]
    [('internvl2.5', 'word'), ('8b', 'size'), ('awq', 'quantisation')]
    """
    text = name[:MAX_LETTERS].lower()
    if "_" in text:
        text = _BETWEEN_DIGITS.sub(".", text).replace("_", "-")
    if "." in text:
        text = _BEFORE_A_WORD.sub("-", text)
    return [_token(word) for word in text.split("-") if word]


@lru_cache(1 << 16)
def _token(word: str) -> Token:
    kind, value = _kind(word)
    joined = _JOINED.fullmatch(word) if kind in ("word", "version") else None
    if joined is None or joined[3] in tuple(SIZE_LETTERS):
        return Token(word, kind, value, word, "")
    return Token(word, kind, value, joined[1], joined[2] + ("" if joined[3] == "vl" else joined[3]))


def _kind(word: str) -> tuple[str, str]:
    known = _words().get(word)
    if known is not None:
        return known
    if word[0] in "0123456789vae":
        for kind, pattern in _NUMBERS:
            if pattern.fullmatch(word):
                return kind, word
    return ("quantisation" if is_quantization_term(word) else "word"), word


_NUMBERS = (("size", _SIZE), ("active_size", _ACTIVE_SIZE), ("length", _LENGTH), ("date", _DATE), ("version", _VERSION))


@cache
def _words() -> dict[str, tuple[str, str]]:
    """Word -> kind and value, from conf/name_words.csv."""
    return {row["word"]: (row["kind"], row["value"]) for row in curated("name_words")}
