"""Locate sentences of plain text in the Markdown that they come from."""

from collections.abc import Iterable

# Markup may interrupt a sentence: then it is located by its first words, fewer on each attempt.
WORDS_TO_FIND = (6, 3, 2, 1)
# Searching every sentence from the start of its section takes time proportional to their product; p99.9 of the sections is far below this.
MAX_PRODUCT = 20_000_000
# In larger sections a sentence is searched within this many characters of the one before.
WINDOW = 2_000

Span = tuple[int, int]


def locate_sentences(text: str, sentences: Iterable[str]) -> dict[str, Span]:
    """Map each sentence to its (start, end) in the Markdown of its section. A repeated sentence has the span of its first occurrence.

    >>> locate_sentences("See **it** fail.\\nIt is biased.", ["It is biased.", "See it fail."])
    {'It is biased.': (17, 30), 'See it fail.': (0, 16)}
    """
    distinct = list(dict.fromkeys(sentences))
    if len(text) * len(distinct) <= MAX_PRODUCT:
        return {sentence: _locate(text, sentence) for sentence in distinct}
    spans: dict[str, Span] = {}
    cursor = 0
    for sentence in distinct:
        start, end = _locate(text[cursor : cursor + WINDOW + len(sentence)], sentence)
        spans[sentence] = (cursor + start, cursor + end)
        cursor += start
    return spans


def _locate(text: str, sentence: str) -> Span:
    """Locate a sentence, or else its first words, and its end by the final word in the second half of its length."""
    first = text.find(sentence)
    if first >= 0:
        return first, first + len(sentence)
    words = sentence.split()
    for length in WORDS_TO_FIND:
        if length < len(words) and (first := text.find(" ".join(words[:length]))) >= 0:
            break
    last_word = words[-1]
    last = text.find(last_word, first + min(len(sentence) - len(last_word), len(text)) // 2)
    end = last + len(last_word) if 0 <= first <= last else max(first, 0) + len(sentence)
    return max(first, 0), min(end, len(text))
