"""Count words and syllables, and compute reading ease."""

import re
from collections.abc import Sequence

# Chinese and Japanese do not separate words by spaces. Each character counts as one word, as in word processors.
_WORD = re.compile(
    r"[\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff]|[^\W_\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff]+(?:['\u2019.,-][^\W_]+)*"
)
_ASCII_PUNCTUATION = bytes(code for code in range(33, 127) if not chr(code).isalnum())
# Python treats these control characters as whitespace in `str`, but not in `bytes`.
_SEPARATORS_TO_SPACES = bytes.maketrans(b"\x1c\x1d\x1e\x1f", b"    ")
_VOWELS = re.compile(r"[aeiouy]+")
_HIATUS = re.compile(r"(?<![tscgx])i[aou]|(?<![qg])ua")  # bi-as, evalu-ate; but na-tion, spe-cial, lan-guage
_LETTERS = re.compile(r"[a-z]+")


def words(text: str) -> list[str]:
    """Split a text into words. A number, a contraction and a hyphenated word are one word each.

    >>> words("It isn't state-of-the-art: 3.5 points, 模型")
    ['It', "isn't", 'state-of-the-art', '3.5', 'points', '模', '型']
    """
    return _WORD.findall(text)


def count_words(text: str) -> int:
    """Count `words`. ASCII text is only split at spaces after its punctuation is removed, which is ten times as fast."""
    return len(text.encode().translate(_SEPARATORS_TO_SPACES, _ASCII_PUNCTUATION).split()) if text.isascii() else len(_WORD.findall(text))


def syllables(word: str) -> int:
    """Count the syllables of an English word: its vowel groups, two where vowels are split (bi-as), without a silent final e; at least one.

    >>> [syllables(w) for w in ("model", "bias", "fine", "table", "people", "evaluated", "GPT")]
    [2, 2, 1, 2, 2, 5, 1]
    """
    letters = "".join(_LETTERS.findall(word.lower()))
    groups = len(_VOWELS.findall(letters)) + len(_HIATUS.findall(letters))
    is_silent = letters.endswith("e") and not letters.endswith(("le", "ee", "ye"))
    if letters.endswith("ed") and not letters.endswith(("ted", "ded")):
        is_silent = True
    return max(1, groups - is_silent)


def flesch_reading_ease(sentences: Sequence[str]) -> float | None:
    """Flesch reading ease (Flesch 1948): 206.835 - 1.015 words per sentence - 84.6 syllables per word; English only.

    Plain English scores near 60, a legal text below 30. Short or unusual texts fall outside the range 0 to 100. None without words.

    >>> round(flesch_reading_ease(["The cat sat on the mat."]), 1)
    116.1
    """
    found = [word for sentence in sentences for word in words(sentence)]
    if not found:
        return None
    return 206.835 - 1.015 * len(found) / len(sentences) - 84.6 * sum(map(syllables, found)) / len(found)
