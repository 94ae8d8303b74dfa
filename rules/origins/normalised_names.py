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


def entries_in(text: str, entries: Mapping[str, T], longest: int) -> Iterator[Found[T]]:
    """The entries in a normalised text that begin at each word, the longest first and without overlaps.

    An entry in a script without spaces between words is found within a word. `longest` is the greatest number of words of an entry.

    >>> [found.words for found in entries_in("the new mexico lab in mexico", {"mexico": "MX", "new mexico": "US"}, 2)]
    ['new mexico', 'mexico']
    """
    words = text.split()
    position = 0
    while position < len(words):
        for length in range(min(longest, len(words) - position), 0, -1):
            candidate = " ".join(words[position : position + length])
            if candidate in entries:
                yield Found(candidate, entries[candidate], position)
                position += length
                break
        else:
            word = words[position]
            if not word.isascii():
                yield from (Found(name, value, position) for name, value in entries.items() if not name.isascii() and name in word)
            position += 1
