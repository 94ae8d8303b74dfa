"""Decode the bytes of a card, count its words and detect its language."""

import re
import unicodedata
from functools import cache, lru_cache
from typing import Any

from hublake.rules.cards.markup import MAX_CARD_CHARS, readable_text
from hublake.rules.cards.words import count_words

LFS_POINTER = "version https://git-lfs.github.com/spec/"
# Latin-1 prose decoded as UTF-8 loses its accented letters, some 5 % of a French text. A binary file or a Chinese code page loses most.
MAX_BROKEN_SHARE = 0.1
_VISIBLE = re.compile(r"[^\s\ufeff\u200b-\u200f\u2060\u00ad]")

MIN_WORDS_FOR_LANGUAGE = 20
# The cost of language identification grows with the text, but its result is stable after some hundred characters.
MAX_CHARS_FOR_LANGUAGE = 2_000
MIN_LANGUAGE_CONFIDENCE = 0.5

# One card in five has the text of another one, mostly an empty template or what a tool wrote. Longer texts are not cached.
MAX_CACHED_CHARS = 4_000


def decode_card(body: bytes, encoding: str | None) -> tuple[str, str | None]:
    """Decode a card to (content, text). `content` is one of CARD_CONTENT; `text` is None unless content is `text`.

    `encoding` is what the crawler detected in the first bytes. An unknown encoding is read as UTF-8.

    >>> decode_card("\\ufeffHi".encode("utf-16-le"), "utf-16-le"), decode_card(b"\\x00\\x01\\x02", "unknown")
    (('text', 'Hi'), ('not_text', None))
    """
    codec = encoding if encoding in ("utf-8-sig", "utf-16-le", "utf-16-be") else "utf-8"
    text = body.decode(codec, errors="replace").removeprefix("\ufeff")
    if not _VISIBLE.search(text):
        return "empty", None
    if text.startswith(LFS_POINTER):
        return "lfs_pointer", None
    if "\0\0" in text[:100] or (encoding in (None, "unknown") and _broken_share(text) > MAX_BROKEN_SHARE):
        return "not_text", None
    return "text", text.replace("\0", "")


def _broken_share(text: str) -> float:
    sample = text[:20_000]
    broken = sum(c == "\ufffd" or (unicodedata.category(c) == "Cc" and not c.isspace()) for c in sample)
    return broken / len(sample)


def word_count_and_language(body: str) -> tuple[int, str | None]:
    """Measure the text below the front matter. Text beyond MAX_CARD_CHARS is not counted; the language of a short text is None."""
    return _cached_measures(body) if len(body) <= MAX_CACHED_CHARS else _word_count_and_language(body)


def _word_count_and_language(body: str) -> tuple[int, str | None]:
    readable = readable_text(body[:MAX_CARD_CHARS])
    words = count_words(readable)
    return words, detect_language(readable) if words >= MIN_WORDS_FOR_LANGUAGE else None


_cached_measures = lru_cache(maxsize=512)(_word_count_and_language)


def detect_language(text: str) -> str | None:
    """Return the ISO 639-1 code of the language that a text is written in, or None if the identifier is not confident.

    >>> detect_language("Dieses Modell wurde auf deutschen Zeitungstexten trainiert und erkennt Eigennamen in Nachrichten.")
    'de'
    """
    code, confidence = _identifier().classify(" ".join(text[:MAX_CHARS_FOR_LANGUAGE].split()))
    return str(code) if len(code) == 2 and confidence >= MIN_LANGUAGE_CONFIDENCE else None


@cache
def _identifier() -> Any:
    """Load py3langid's model: some 100 MB and half a second, once per worker process."""
    from hublake.rules.cards.language_identifier import load_identifier

    return load_identifier()
