"""Names in the form in which they are compared: no accents, letter case or punctuation."""

import re
import unicodedata
from collections.abc import Iterator, Mapping
from typing import Generic, NamedTuple, TypeVar

T = TypeVar("T")

_WORD = re.compile(r"[^\W_]+")
_CAMEL = re.compile(r"(?<=[a-z])(?=[A-Z])")
_LETTERS = str.maketrans({"ß": "ss", "ø": "o", "ł": "l", "đ": "d", "ı": "i", "æ": "ae", "ð": "d", "þ": "th"})


class Found(NamedTuple, Generic[T]):
    """An entry of a list in a text: its words, its value, and the position of its first word."""

    words: str
    value: T
    position: int


class Entries(NamedTuple, Generic[T]):
    """A list to search texts for: all entries, those not in Latin letters, and the greatest number of words of one."""

    by_name: Mapping[str, T]
    unspaced: tuple[tuple[str, T], ...]
    longest: int


def normalised(text: str) -> str:
    """The words of a name, joined by spaces.

    >>> normalised("Universität Zürich (UZH)"), normalised("Texas A&M University"), normalised("S.p.A.")
    ('universitat zurich uzh', 'texas a m university', 's p a')
    """
    decomposed = unicodedata.normalize("NFKD", text)
    letters = "".join(letter for letter in decomposed if not unicodedata.combining(letter)).casefold().translate(_LETTERS)
    return " ".join(_WORD.findall(unicodedata.normalize("NFC", letters)))


def words_of_handle(handle: str) -> str:
    """The words of an account's name.

    >>> words_of_handle("ExampleUniversity-NLP")
    'Example University NLP'
    """
    return " ".join(_WORD.findall(_CAMEL.sub(" ", handle.replace("_", " "))))


def listed_entries(values: Mapping[str, T]) -> Entries[T]:
    """The entries of a list by their normalised names."""
    unspaced = tuple((name, value) for name, value in values.items() if not name.isascii())
    return Entries(values, unspaced, max(name.count(" ") for name in values) + 1)


def entries_in(text: str, entries: Entries[T]) -> Iterator[Found[T]]:
    """The entries in a normalised text that begin at each word, the longest first and without overlaps.

    An entry that is not in Latin letters is also found within a word: such scripts may have no spaces between words, or inflect.

    >>> places = listed_entries({"mexico": "MX", "new mexico": "US", "日本": "JP"})
    >>> [found.words for found in entries_in("the new mexico lab in mexico and 日本語", places)]
    ['new mexico', 'mexico', '日本']
    """
    words = text.split()
    position = 0
    while position < len(words):
        for length in range(min(entries.longest, len(words) - position), 0, -1):
            candidate = " ".join(words[position : position + length])
            if candidate in entries.by_name:
                yield Found(candidate, entries.by_name[candidate], position)
                position += length
                break
        else:
            word = words[position]
            if not word.isascii():
                yield from (Found(name, value, position) for name, value in entries.unspaced if name in word)
            position += 1
