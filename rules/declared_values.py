"""A declared value of a model, with where it was read."""

from collections.abc import Callable, Iterable
from functools import lru_cache, wraps
from itertools import chain
from typing import NamedTuple

# What the author wrote is certain; the Hub's parse of it is the same but may be older; a tag was made from it or typed.
CONFIDENCE = {"card": 1.0, "card_data": 0.98, "tag": 0.95}


REMEMBERED = 200  # characters of all texts together: what most models declare is short, but no long text is


class Facet(NamedTuple):
    """`value` as we name it, `written` as it stands there; `source` is one of SOURCES."""

    value: str
    written: str
    source: str
    confidence: float


def after_prefix(tags: Iterable[str], prefix: str) -> list[str]:
    """What stands behind `prefix` in tags, blanks cut off.

    >>> after_prefix(["en", "license: mit", "license:"], "license:")
    ['mit']
    """
    found = [tag[len(prefix) :].strip() for tag in tags if tag.startswith(prefix)]
    return [text for text in found if text]


def remembered(rule: Callable[..., list[Facet]]) -> Callable[..., list[Facet]]:
    """A rule on texts that answers at once what it was asked lately: the models of a listing declare a few thousand combinations."""
    known = lru_cache(1 << 13)(rule)

    @wraps(rule)
    def answer(*places: Iterable[str]) -> list[Facet]:
        texts = tuple(map(tuple, places))
        return (known if sum(map(len, chain.from_iterable(texts))) <= REMEMBERED else rule)(*texts)

    return answer
