"""Scalars and keys of YAML 1.2 as the Hub's parser reads them (js-yaml 4, default schema), as JSON-safe values.

Where JSON has no value for js-yaml's (a date, `.nan`, an integer beyond 64 bits), the text stays as written.
"""

import math
import re
from collections.abc import Callable
from typing import Any

MAX_LONG = 2**63 - 1
MAX_EXACT_FLOAT = 2.0**53  # above it JavaScript prints integers that nobody wrote
MAX_INTEGER_CHARS = 66  # sign, 0b and 64 binary digits

NULLS = frozenset(("", "~", "null", "Null", "NULL"))
BOOLEANS = {"true": True, "True": True, "TRUE": True, "false": False, "False": False, "FALSE": False}
# First characters of plain scalars that may be something other than text.
_NON_TEXT_STARTS = frozenset(("", *"~nNtTfF+-.0123456789"))
_INTEGER = re.compile(r"[-+]?(?:[0-9]+|0b[01]+|0o[0-7]+|0x[0-9a-fA-F]+)")
_FLOAT = re.compile(r"(?:[-+]?[0-9]+(?:\.[0-9]*)?|\.[0-9]+)(?:[eE][-+]?[0-9]{1,4})?")
_BASES = {"0b": 2, "0o": 8, "0x": 16}

TAG_PREFIX = "tag:yaml.org,2002:"
_TEXT_TAGS = frozenset(("!", *(TAG_PREFIX + name for name in ("str", "binary", "timestamp"))))
_TYPES_OF_TAGS: dict[str, tuple[type, ...]] = {
    TAG_PREFIX + "null": (type(None),),
    TAG_PREFIX + "bool": (bool,),
    TAG_PREFIX + "int": (int,),
    TAG_PREFIX + "float": (int, float),
}
# Tags of collections, and what an empty node with this tag is.
MAPPING_TAGS = frozenset(TAG_PREFIX + name for name in ("map", "set"))
LIST_TAGS = frozenset(TAG_PREFIX + name for name in ("seq", "omap", "pairs"))
_EMPTY: dict[str, Callable[[], Any]] = dict.fromkeys(MAPPING_TAGS, dict) | dict.fromkeys(LIST_TAGS, list)
OBJECT_KEY = "[object Object]"  # JavaScript's text of a mapping


class InvalidYaml(ValueError):
    """The text is not YAML, or contains what the Hub's parser rejects: a key twice, an unknown tag."""


def parse_scalar(text: str) -> Any:
    """Parse a plain scalar.

    >>> [parse_scalar(text) for text in ("yes", "True", "1_000", "0o17", "007", "1e3", "1.0", "-.5", "1e999", "~")]
    ['yes', True, '1_000', 15, 7, 1000, 1, '-.5', '1e999', None]
    """
    if text[:1] not in _NON_TEXT_STARTS:
        return text
    if text in NULLS:
        return None
    if text in BOOLEANS:
        return BOOLEANS[text]
    if _INTEGER.fullmatch(text):
        return _integer(text)
    if _FLOAT.fullmatch(text):
        value = float(text)
        if value.is_integer() and abs(value) < MAX_EXACT_FLOAT:
            return int(value)
        return value if math.isfinite(value) else text
    return text


def _integer(text: str) -> int | str:
    digits = text.lstrip("+-")
    if len(digits.lstrip("0")) > MAX_INTEGER_CHARS:
        return text
    base = _BASES.get(digits[:2])
    value = int(digits[2:], base) if base else int(digits.lstrip("0") or "0")
    if value > MAX_LONG:
        return text
    return -value if text.startswith("-") else value


def parse_tagged_scalar(text: str, tag: str) -> Any:
    """Parse a scalar with an explicit tag; InvalidYaml if the tag is unknown or the text is no such value.

    >>> parse_tagged_scalar("12", "tag:yaml.org,2002:str"), parse_tagged_scalar("12", "tag:yaml.org,2002:int")
    ('12', 12)
    """
    if tag in _TEXT_TAGS:
        return text
    if tag in _EMPTY and not text:
        return _EMPTY[tag]()
    value = parse_scalar(text)
    if tag not in _TYPES_OF_TAGS or type(value) not in _TYPES_OF_TAGS[tag]:
        raise InvalidYaml(f"{text!r:.80} has the tag {tag:.80}, which the Hub's parser does not accept here")
    return value


def key_text(key: Any) -> str:
    """The text of a mapping's key: JavaScript's `String(key)`.

    A template expression that was left in a card is a mapping as a key: `license: {{ license }}`.

    >>> [key_text(key) for key in ("a", 1, 1.5, True, None, {"license": None}, ["a", None, {}])]
    ['a', '1', '1.5', 'true', 'null', '[object Object]', 'a,,[object Object]']
    """
    match key:
        case str():
            return key
        case None:
            return "null"
        case bool():
            return "true" if key else "false"
        case dict():
            return OBJECT_KEY
        case list():
            if any(isinstance(item, list) for item in key):
                raise InvalidYaml("a list of lists is used as a key")
            return ",".join("" if item is None else key_text(item) for item in key)
        case _:
            return str(key)
