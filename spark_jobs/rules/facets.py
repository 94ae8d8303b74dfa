"""A declared value of a model, with where it was read."""

from collections.abc import Iterable
from typing import NamedTuple

# What the author wrote is certain; the Hub's parse of it is the same but may be older; a tag was made from it or typed.
CONFIDENCE = {"card": 1.0, "card_data": 0.98, "tag": 0.95}


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
