"""Values that a model declares (licence, language, dataset), each with the source it was read from."""

from collections.abc import Callable, Iterable
from functools import lru_cache, wraps
from itertools import chain
from typing import NamedTuple

from hublake.rules.visible_text import visible

# The card is what the author wrote. card_data is the Hub's parse of it and may be older. A tag was derived from the card or typed by hand.
SOURCE_CONFIDENCE = {"card": 1.0, "card_data": 0.98, "tag": 0.95}

MAX_CACHED_CHARS = 200  # of all texts of one call: most models declare little, and long texts must not fill the cache


class DeclaredValue(NamedTuple):
    """`value` is normalised, `written` is the text as declared; `source` is one of SOURCES."""

    value: str
    written: str
    source: str
    confidence: float


def tag_values(tags: Iterable[str], prefix: str) -> list[str]:
    """The values of the tags with this prefix, without invisible characters; blank values are dropped.

    >>> tag_values(["en", "license: mit", "license:"], "license:")
    ['mit']
    """
    found = [visible(tag[len(prefix) :]) for tag in tags if tag.startswith(prefix)]
    return [text for text in found if text]


def cached_if_short(rule: Callable[..., list[DeclaredValue]]) -> Callable[..., list[DeclaredValue]]:
    """Cache a rule on texts: the models of one listing declare a few thousand distinct combinations."""
    cached_rule = lru_cache(1 << 13)(rule)

    @wraps(rule)
    def call(*sources: Iterable[str]) -> list[DeclaredValue]:
        texts = tuple(map(tuple, sources))
        is_short = sum(map(len, chain.from_iterable(texts))) <= MAX_CACHED_CHARS
        return (cached_rule if is_short else rule)(*texts)

    return call
