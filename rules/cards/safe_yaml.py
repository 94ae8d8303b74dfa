"""Load YAML from untrusted authors as JSON-safe values, within limits and with the scalars of YAML 1.2.

PyYAML implements YAML 1.1, in which `no` is false and 2022-03-02 is a date. The Hub reads YAML 1.2, in which both are text. So this module
uses PyYAML's parser only (libyaml's if it is installed), and builds values from its events, without recursion.
"""

import math
import re
from functools import lru_cache
from typing import Any

import yaml

MAX_CHARS = 1_000_000  # model-index blocks of benchmark suites reach some hundred thousand
MAX_DEPTH = 40
MAX_PLAIN_CHARS = 100_000  # no plain mapping of this length comes near the other limits
MAX_PLAIN_DEPTH = 20
MAX_CACHED_CHARS = 100  # a longer line rarely recurs
MAX_NODES = 200_000  # an alias counts as all nodes that it refers to, so a few lines cannot expand without limit

MAX_LONG = 2**63 - 1
_LOADER: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_NULLS = frozenset(("", "~", "null", "Null", "NULL"))
_BOOLEANS = {"true": True, "True": True, "TRUE": True, "false": False, "False": False, "FALSE": False}
# First characters of scalars that may be something other than text.
_NON_TEXT_STARTS = frozenset(("", *"~nNtTfF+-.0123456789"))
_INTEGER = re.compile(r"[-+]?[0-9]+")
_FLOAT = re.compile(r"[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]{1,4})?")


# A plain line is a key with or without a plain scalar or an empty list, or a scalar, or nothing; a list dash may precede it. A plain
# scalar starts with a letter or a digit, and contains no colon before a space and no other character that YAML interprets.
_SCALAR = r"\w[\w./+()?=,'!;%-]*(?:[ :][\w./+()?=,'!;%-]+)*|\"[^\"\\\n]*\"|'[^'\n]*'"
_PLAIN_LINE = re.compile(rf"( *)(- +)?(?:([A-Za-z_][\w-]*):(?: +({_SCALAR}|\[\]))?|({_SCALAR})) *| *")
# Keys that YAML does not read as text.
_NON_TEXT_KEYS = frozenset((*_BOOLEANS, *_NULLS))
# Value of a key that is alone on its line: its content follows on the next lines, or it is null.
_NO_VALUE = object()


class InvalidYaml(ValueError):
    """The text is not YAML, or a mapping contains a key twice, which the Hub rejects too."""


class TooComplexYaml(ValueError):
    """The YAML exceeds one of the limits above."""


class _OpenCollection:
    """A mapping or list that is being filled."""

    def __init__(self, value: dict[str, Any] | list[Any], anchor: str | None, nodes_before: int) -> None:
        self.value = value
        self.anchor = anchor
        self.nodes_before = nodes_before
        self.key: str | None = None

    def add(self, item: Any) -> None:
        if isinstance(self.value, list):
            self.value.append(item)
        elif self.key is None:
            self.key = _key(item)
            if self.key in self.value:
                raise InvalidYaml(f"duplicate key {self.key!r:.80}")
        else:
            self.value[self.key] = item
            self.key = None


class _Builder:
    """Build documents from parser events."""

    def __init__(self) -> None:
        self.open: list[_OpenCollection] = []
        self.anchors: dict[str, tuple[Any, int]] = {}
        self.nodes = 0
        self.documents: list[Any] = []

    def handle(self, event: Any) -> None:
        kind = type(event)
        if kind is yaml.ScalarEvent:
            self._add(parse_scalar(event.value) if event.implicit[0] else event.value, event.anchor, 1)
        elif kind is yaml.MappingStartEvent:
            self._start({}, event.anchor)
        elif kind is yaml.SequenceStartEvent:
            self._start([], event.anchor)
        elif kind in (yaml.MappingEndEvent, yaml.SequenceEndEvent):
            done = self.open.pop()
            self._add(done.value, done.anchor, 1, self.nodes - done.nodes_before + 1)
        elif kind is yaml.AliasEvent:
            if event.anchor not in self.anchors:
                raise InvalidYaml(f"the alias *{event.anchor:.80} has no anchor")
            value, size = self.anchors[event.anchor]
            self._add(value, None, size)

    def _start(self, value: dict[str, Any] | list[Any], anchor: str | None) -> None:
        if len(self.open) >= MAX_DEPTH:
            raise TooComplexYaml(f"nested deeper than {MAX_DEPTH}")
        self.open.append(_OpenCollection(value, anchor, self.nodes))

    def _add(self, value: Any, anchor: str | None, cost: int, size: int = 1) -> None:
        self.nodes += cost
        if self.nodes > MAX_NODES:
            raise TooComplexYaml(f"more than {MAX_NODES} nodes")
        if anchor:
            self.anchors[anchor] = (value, size)
        if self.open:
            self.open[-1].add(value)
        else:
            self.documents.append(value)


def load_yaml(text: str) -> Any:
    """Load the single document of `text` as dicts, lists, text, finite numbers, booleans and None; dates and NaN stay text.

    Raises InvalidYaml or TooComplexYaml. Cost: linear in the text and in the nodes that its aliases refer to.

    >>> load_yaml("language: no\\nsince: 2022-03-02\\nscore: .nan\\ninference: false")
    {'language': 'no', 'since': '2022-03-02', 'score': '.nan', 'inference': False}
    """
    if len(text) > MAX_CHARS:
        raise TooComplexYaml(f"longer than {MAX_CHARS} characters")
    plain = _plain_mapping(text)
    return _parse(text) if plain is None else plain


def _plain_mapping(text: str) -> dict[str, Any] | None:
    """Read line by line what nearly all cards contain: block mappings and lists of plain scalars. None for anything more complex.

    The result equals the parser's, in a third of the time. The function gives up on any line that could have another meaning.
    """
    if len(text) > MAX_PLAIN_CHARS or not text.replace("\n", "").isprintable():
        return None
    root: dict[str, Any] = {}
    open_collections: list[tuple[int, Any]] = [(0, root)]  # (column, mapping or list)
    awaiting: tuple[Any, str] | None = None  # mapping and key of the previous line, if that key had no value
    for line in text.split("\n"):
        parts = _cached_line_parts(line) if len(line) <= MAX_CACHED_CHARS else _line_parts(line)
        if parts is None or len(open_collections) > MAX_PLAIN_DEPTH:
            return None
        column, dash, key, value = parts
        if column is None:
            continue  # An empty line.
        while open_collections[-1][0] > column:
            open_collections.pop()
        at, top = open_collections[-1]
        if not dash and at == column and type(top) is list:
            # A list may begin in the column of its key; the mapping of that key continues here.
            open_collections.pop()
            at, top = open_collections[-1]
        if at != column or (type(top) is list) != bool(dash):
            if awaiting is None or awaiting[0] is not top:
                return None
            inner: Any = [] if dash else {}
            top[awaiting[1]] = top = inner
            open_collections.append((column, top))
        awaiting = None
        if key is None:
            if not dash:
                return None
            top.append(value)
            continue
        if dash:
            top.append(inner := {})
            open_collections.append((column + dash, inner))
            top = inner
        if key in top or key in _NON_TEXT_KEYS:
            return None
        if value is _NO_VALUE:
            top[key] = None
            awaiting = (top, key)
        else:
            top[key] = [] if value == [] else value
    return root or None


def _line_parts(line: str) -> tuple[int | None, int, str | None, Any] | None:
    """Split a plain line into (column, width of the dash, key, value of its scalar or list item); None for any other line."""
    match = _PLAIN_LINE.fullmatch(line)
    if match is None:
        return None
    spaces, dash, key, written, item = match.groups()
    return None if spaces is None else len(spaces), len(dash or ""), key, _value(written or item)


# `license: mit` occurs in a hundred thousand cards.
_cached_line_parts = lru_cache(maxsize=8_192)(_line_parts)


def _value(written: str | None) -> Any:
    if not written:
        return _NO_VALUE
    if written == "[]":
        return []
    return written[1:-1] if written[0] in "\"'" else parse_scalar(written)


def _parse(text: str) -> Any:
    builder = _Builder()
    try:
        loader = _LOADER(text)
        while not isinstance(event := loader.get_event(), yaml.StreamEndEvent):
            builder.handle(event)
    except (yaml.YAMLError, RecursionError) as error:
        raise InvalidYaml(" ".join(str(error).split())[:200]) from None
    if len(builder.documents) > 1:
        raise InvalidYaml("more than one document")
    return builder.documents[0] if builder.documents else None


def parse_scalar(text: str) -> Any:
    """Parse a plain scalar by the core schema of YAML 1.2. A value that JSON cannot represent (.nan, .inf, huge numbers) stays text.

    >>> parse_scalar("yes"), parse_scalar("True"), parse_scalar("1_000"), parse_scalar("1e3"), parse_scalar("1e999"), parse_scalar("~")
    ('yes', True, '1_000', 1000.0, '1e999', None)
    """
    if text[:1] not in _NON_TEXT_STARTS:
        return text
    if text in _NULLS:
        return None
    if text in _BOOLEANS:
        return _BOOLEANS[text]
    if _INTEGER.fullmatch(text):
        is_short = len(text) <= 20 and abs(int(text)) <= MAX_LONG
        return int(text) if is_short else text
    if _FLOAT.fullmatch(text):
        value = float(text)
        return value if math.isfinite(value) else text
    return text


def _key(item: Any) -> str:
    if isinstance(item, str):
        return item
    if isinstance(item, (dict, list)):
        raise InvalidYaml("a mapping or a list is used as a key")
    return "null" if item is None else str(item).lower() if isinstance(item, bool) else str(item)
