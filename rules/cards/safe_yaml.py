"""YAML of strangers -> JSON-safe values, with bounds, and with the scalars of YAML 1.2.

PyYAML reads YAML 1.1, where `no` is false and 2022-03-02 a date; the Hub reads 1.2, where both are text. So only
PyYAML's parser is used (libyaml's where it is there), and its events are put together here, without recursion.
"""

import math
import re
from functools import lru_cache
from typing import Any

import yaml

MAX_CHARS = 1_000_000  # model-index blocks of benchmark suites reach some hundred thousand
MAX_DEPTH = 40
MAX_PLAIN_CHARS = 100_000  # no plain mapping so short comes near the other bounds
MAX_PLAIN_DEPTH = 20
MAX_CHARS_KEPT = 100  # a longer line is rarely met again
MAX_NODES = 200_000  # an alias counts as all that it stands for, so that a few lines cannot blow up

LARGEST_INTEGER = 2**63 - 1
_LOADER: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_NULLS = frozenset(("", "~", "null", "Null", "NULL"))
_BOOLEANS = {"true": True, "True": True, "TRUE": True, "false": False, "False": False, "FALSE": False}
# What a scalar that is not text begins with.
_BEGINNINGS = frozenset(("", *"~nNtTfF+-.0123456789"))
_INTEGER = re.compile(r"[-+]?[0-9]+")
_FLOAT = re.compile(r"[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]{1,4})?")


# A key with or without a plain scalar or an empty list, or a scalar, or nothing; the dash of an item before it. A scalar begins with
# a letter or a digit and holds neither a colon before a blank nor any sign that means something to YAML.
_SCALAR = r"\w[\w./+()?=,'!;%-]*(?:[ :][\w./+()?=,'!;%-]+)*|\"[^\"\\\n]*\"|'[^'\n]*'"
_PLAIN_LINE = re.compile(rf"( *)(- +)?(?:([A-Za-z_][\w-]*):(?: +({_SCALAR}|\[\]))?|({_SCALAR})) *| *")
# Keys that YAML reads as something else than text.
_NOT_A_KEY = frozenset((*_BOOLEANS, *_NULLS))
# Of a key that stands alone on its line; what it holds follows, or it is null.
_NO_VALUE = object()


class InvalidYaml(ValueError):
    """Not YAML, or a mapping that names a key twice, which the Hub refuses too."""


class TooComplexYaml(ValueError):
    """YAML beyond the bounds above."""


class _Open:
    """A mapping or list being filled."""

    def __init__(self, value: dict[str, Any] | list[Any], anchor: str | None, seen_before: int) -> None:
        self.value = value
        self.anchor = anchor
        self.seen_before = seen_before
        self.key: str | None = None

    def add(self, item: Any) -> None:
        if isinstance(self.value, list):
            self.value.append(item)
        elif self.key is None:
            self.key = _key(item)
            if self.key in self.value:
                raise InvalidYaml(f"the key {self.key!r:.80} stands twice")
        else:
            self.value[self.key] = item
            self.key = None


class _Builder:
    def __init__(self) -> None:
        self.open: list[_Open] = []
        self.anchors: dict[str, tuple[Any, int]] = {}
        self.nodes = 0
        self.documents: list[Any] = []

    def see(self, event: Any) -> None:
        kind = type(event)
        if kind is yaml.ScalarEvent:
            self._add(scalar(event.value) if event.implicit[0] else event.value, event.anchor, 1)
        elif kind is yaml.MappingStartEvent:
            self._start({}, event.anchor)
        elif kind is yaml.SequenceStartEvent:
            self._start([], event.anchor)
        elif kind in (yaml.MappingEndEvent, yaml.SequenceEndEvent):
            done = self.open.pop()
            self._add(done.value, done.anchor, 1, self.nodes - done.seen_before + 1)
        elif kind is yaml.AliasEvent:
            if event.anchor not in self.anchors:
                raise InvalidYaml(f"the alias *{event.anchor:.80} has no anchor")
            value, size = self.anchors[event.anchor]
            self._add(value, None, size)

    def _start(self, value: dict[str, Any] | list[Any], anchor: str | None) -> None:
        if len(self.open) >= MAX_DEPTH:
            raise TooComplexYaml(f"nested deeper than {MAX_DEPTH}")
        self.open.append(_Open(value, anchor, self.nodes))

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


def load(text: str) -> Any:
    """The one document of `text` as dicts, lists, text, finite numbers, booleans and None; dates and NaN stay text.

    Raises InvalidYaml or TooComplexYaml. Cost: linear in the text and in what its aliases stand for.

    >>> load("language: no\\nsince: 2022-03-02\\nscore: .nan\\ninference: false")
    {'language': 'no', 'since': '2022-03-02', 'score': '.nan', 'inference': False}
    """
    if len(text) > MAX_CHARS:
        raise TooComplexYaml(f"longer than {MAX_CHARS} characters")
    plain = _plain_mapping(text)
    return _parsed(text) if plain is None else plain


def _plain_mapping(text: str) -> dict[str, Any] | None:
    """What nearly all cards hold, block mappings and lists of plain scalars, read line by line; null for all that is more.

    It says the same as the parser, in a third of the time; where a line could mean anything else it gives up.
    """
    if len(text) > MAX_PLAIN_CHARS or not text.replace("\n", "").isprintable():
        return None
    root: dict[str, Any] = {}
    around: list[tuple[int, Any]] = [(0, root)]  # (column, mapping or list) of all that is open
    awaiting: tuple[Any, str] | None = None  # the mapping and the key of the line before, where that had no value
    for line in text.split("\n"):
        parts = _recurring_parts(line) if len(line) <= MAX_CHARS_KEPT else _parts(line)
        if parts is None or len(around) > MAX_PLAIN_DEPTH:
            return None
        column, dash, key, value = parts
        if column is None:
            continue  # An empty line.
        while around[-1][0] > column:
            around.pop()
        at, top = around[-1]
        if not dash and at == column and type(top) is list:
            # A list may begin in the column of its key, whose mapping goes on here.
            around.pop()
            at, top = around[-1]
        if at != column or (type(top) is list) != bool(dash):
            if awaiting is None or awaiting[0] is not top:
                return None
            inner: Any = [] if dash else {}
            top[awaiting[1]] = top = inner
            around.append((column, top))
        awaiting = None
        if key is None:
            if not dash:
                return None
            top.append(value)
            continue
        if dash:
            top.append(inner := {})
            around.append((column + dash, inner))
            top = inner
        if key in top or key in _NOT_A_KEY:
            return None
        if value is _NO_VALUE:
            top[key] = None
            awaiting = (top, key)
        else:
            top[key] = [] if value == [] else value
    return root or None


def _parts(line: str) -> tuple[int | None, int, str | None, Any] | None:
    """(column, width of the dash, key, what its scalar or an item of a list means) of a plain line; null for any other."""
    match = _PLAIN_LINE.fullmatch(line)
    if match is None:
        return None
    blanks, dash, key, written, item = match.groups()
    return None if blanks is None else len(blanks), len(dash or ""), key, _value(written or item)


# `license: mit` stands in a hundred thousand cards.
_recurring_parts = lru_cache(maxsize=8_192)(_parts)


def _value(written: str | None) -> Any:
    if not written:
        return _NO_VALUE
    if written == "[]":
        return []
    return written[1:-1] if written[0] in "\"'" else scalar(written)


def _parsed(text: str) -> Any:
    builder = _Builder()
    try:
        loader = _LOADER(text)
        while not isinstance(event := loader.get_event(), yaml.StreamEndEvent):
            builder.see(event)
    except (yaml.YAMLError, RecursionError) as error:
        raise InvalidYaml(" ".join(str(error).split())[:200]) from None
    if len(builder.documents) > 1:
        raise InvalidYaml("more than one document")
    return builder.documents[0] if builder.documents else None


def scalar(text: str) -> Any:
    """A plain scalar by the core schema of YAML 1.2; what JSON cannot hold (.nan, .inf, huge numbers) stays text.

    >>> scalar("yes"), scalar("True"), scalar("1_000"), scalar("1e3"), scalar("1e999"), scalar("~")
    ('yes', True, '1_000', 1000.0, '1e999', None)
    """
    if text[:1] not in _BEGINNINGS:
        return text
    if text in _NULLS:
        return None
    if text in _BOOLEANS:
        return _BOOLEANS[text]
    if _INTEGER.fullmatch(text):
        is_short = len(text) <= 20 and abs(int(text)) <= LARGEST_INTEGER
        return int(text) if is_short else text
    if _FLOAT.fullmatch(text):
        value = float(text)
        return value if math.isfinite(value) else text
    return text


def _key(item: Any) -> str:
    if isinstance(item, str):
        return item
    if isinstance(item, (dict, list)):
        raise InvalidYaml("a mapping or a list stands as a key")
    return "null" if item is None else str(item).lower() if isinstance(item, bool) else str(item)
