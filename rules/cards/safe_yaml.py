"""Load YAML from untrusted authors as JSON-safe values, within limits, as the Hub reads it.

The Hub parses front matter with js-yaml 4, which implements YAML 1.2: `no` is text, U+2028 is a character of a line, a tab may follow a
dash. PyYAML implements YAML 1.1. So this module uses PyYAML's parser only (libyaml's if it is installed), hides from it what 1.1 reads
differently, and builds values from its events, without recursion.
"""

import re
from functools import lru_cache
from typing import Any

import yaml

from hublake.rules.cards.yaml_scalars import (
    BOOLEANS,
    LIST_TAGS,
    MAPPING_TAGS,
    NULLS,
    InvalidYaml,
    key_text,
    parse_scalar,
    parse_tagged_scalar,
)

MAX_CHARS = 4_000_000  # the crawler stores no more bytes of a card; model-index blocks of benchmark suites reach megabytes
MAX_DEPTH = 100  # js-yaml's limit
MAX_PLAIN_DEPTH = 20
MAX_CACHED_CHARS = 100  # a longer line rarely recurs
MAX_NODES = 300_000  # an alias counts as all nodes that it refers to, so a few lines cannot expand without limit
CHARS_OF_NODE = 100  # a longer scalar counts as several nodes: aliases repeat its text
MIN_CHARS_TO_SPLIT = 20_000  # shorter blocks take a few milliseconds
MAX_PLAIN_LINES = 150_000  # a plain line has at most four nodes, and takes a tenth of the time

_LOADER: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)

# Characters that YAML 1.1 reads as line ends or ignores at the start of a line, and that YAML 1.2 reads as text. The parser gets
# characters of a private plane in their place.
_HIDDEN = {ord(letter): 0x100000 + ord(letter) for letter in "\x85\u2028\u2029\ufeff"}
_SHOWN = {hidden: letter for letter, hidden in _HIDDEN.items()}
_TO_HIDE = re.compile("[\x85\u2028\u2029\ufeff]")

# Tabs that YAML 1.2 accepts and libyaml rejects: alone on a line, before a comment, behind the dash of a list item that is no mapping.
_TAB_ALONE = re.compile(r"^ *+\t[ \t]*+(?=\n|#|\Z)", re.MULTILINE)
_TAB_BEHIND_DASH = re.compile(
    r"^( *+(?:- ++(?=-))*+-) *+\t[ \t]*+(?=[\"'\[{\n]|\Z|(?![-?][ \t\n])[^\n:]++(?::[^\s:][^\n:]*+)*+$)", re.MULTILINE
)

# A plain line is a key with or without a plain scalar or an empty list, or a scalar, or nothing; a list dash may precede it. A plain
# scalar starts with a letter or a digit, and contains no colon before a space and no other character that YAML interprets.
_SCALAR = r"\w[\w./+()?=,'!;%-]*(?:[ :][\w./+()?=,'!;%-]+)*|\"[^\"\\\n]*\"|'[^'\n]*'"
_PLAIN_LINE = re.compile(rf"( *)(- +)?(?:([A-Za-z_][\w-]*):(?: +({_SCALAR}|\[\]))?|({_SCALAR})) *| *")
_TOP_LEVEL_KEY = re.compile(r"^(?=[A-Za-z_])", re.MULTILINE)
# Keys that YAML does not read as text.
_NON_TEXT_KEYS = frozenset((*BOOLEANS, *NULLS))
# Value of a key that is alone on its line: its content follows on the next lines, or it is null.
_NO_VALUE = object()
# The plain key `<<`, which merges mappings into the one that contains it.
_MERGE = object()


class TooComplexYaml(ValueError):
    """The YAML exceeds one of the limits above."""


class _OpenCollection:
    """A mapping or list that is being filled."""

    def __init__(self, value: dict[str, Any] | list[Any], anchor: str | None, nodes_before: int) -> None:
        self.value = value
        self.anchor = anchor
        self.nodes_before = nodes_before
        self.key: Any = None
        self.merged: set[str] = set()  # keys that a merge added and that the mapping itself may still set

    @property
    def awaits_key(self) -> bool:
        return self.key is None and isinstance(self.value, dict)

    def add(self, item: Any) -> None:
        if isinstance(self.value, list):
            self.value.append(item)
        elif self.key is None:
            self.key = item if item is _MERGE else key_text(item)
            if self.key in self.value and self.key not in self.merged:
                raise InvalidYaml(f"duplicate key {self.key!r:.80}")
        else:
            if self.key is _MERGE:
                self._merge(item if isinstance(item, list) else [item])
            else:
                self.value[self.key] = item
                self.merged.discard(self.key)
            self.key = None

    def _merge(self, sources: list[Any]) -> None:
        for source in sources:
            if not isinstance(source, dict) or not isinstance(self.value, dict):
                raise InvalidYaml("<< merges something that is not a mapping")
            added = source.keys() - self.value.keys()
            self.value.update((key, source[key]) for key in source if key in added)
            self.merged |= added


class _Builder:
    """Build documents from parser events."""

    def __init__(self, *, has_hidden: bool = False, nodes: int = 0) -> None:
        self.has_hidden = has_hidden
        self.open: list[_OpenCollection] = []
        self.anchors: dict[str, tuple[Any, int]] = {}
        self.nodes = nodes
        self.documents: list[Any] = []

    def handle(self, event: Any) -> None:
        kind = type(event)
        if kind is yaml.ScalarEvent:
            size = 1 + len(event.value) // CHARS_OF_NODE
            self._add(self._scalar(event), event.anchor, size, size)
        elif kind is yaml.MappingStartEvent:
            self._start({}, event, MAPPING_TAGS)
        elif kind is yaml.SequenceStartEvent:
            self._start([], event, LIST_TAGS)
        elif kind in (yaml.MappingEndEvent, yaml.SequenceEndEvent):
            done = self.open.pop()
            self._add(done.value, done.anchor, 1, self.nodes - done.nodes_before + 1)
        elif kind is yaml.AliasEvent:
            if event.anchor not in self.anchors:
                raise InvalidYaml(f"the alias *{event.anchor:.80} has no anchor")
            value, size = self.anchors[event.anchor]
            self._add(value, None, size)

    def _scalar(self, event: Any) -> Any:
        text = event.value.translate(_SHOWN) if self.has_hidden else event.value
        if event.tag is not None:
            return parse_tagged_scalar(text, event.tag)
        if not event.implicit[0]:
            return text
        return _MERGE if text == "<<" and self.open and self.open[-1].awaits_key else parse_scalar(text)

    def _start(self, value: dict[str, Any] | list[Any], event: Any, tags: frozenset[str]) -> None:
        if len(self.open) >= MAX_DEPTH:
            raise TooComplexYaml(f"nested deeper than {MAX_DEPTH}")
        if event.tag not in (None, "!") and event.tag not in tags:
            raise InvalidYaml(f"the tag {event.tag:.80} is unknown, or not of a collection of this kind")
        self.open.append(_OpenCollection(value, event.anchor, self.nodes))

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
    if "\r" in text:
        text = text.replace("\r\n", "\n").replace("\r", "\n")
    plain = _plain_mapping(text)
    if plain is not None:
        return plain
    text = text.removeprefix("\ufeff")
    has_hidden = not text.isascii() and _TO_HIDE.search(text) is not None
    if has_hidden:
        text = text.translate(_HIDDEN)
    try:
        return _parse_by_keys(text, has_hidden=has_hidden) or _parse(text, _Builder(has_hidden=has_hidden))
    except InvalidYaml:
        if "\t" not in text:
            raise
    return _parse(_TAB_BEHIND_DASH.sub(r"\1 ", _TAB_ALONE.sub("", text)), _Builder(has_hidden=has_hidden))


def _plain_mapping(text: str) -> dict[str, Any] | None:
    """Read line by line what nearly all cards contain: block mappings and lists of plain scalars. None for anything more complex.

    The result equals the parser's, in a third of the time. The function gives up on any line that could have another meaning.
    """
    if text.count("\n") > MAX_PLAIN_LINES or not text.replace("\n", "").isprintable():
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


def _parse_by_keys(text: str, *, has_hidden: bool) -> dict[str, Any] | None:
    """Read each top-level key of a long block on its own, so that one odd field does not make all others slow. None if that fails."""
    if len(text) < MIN_CHARS_TO_SPLIT or text.count("\n") > MAX_PLAIN_LINES or "\n..." in text:
        return None
    before, *parts = _TOP_LEVEL_KEY.split(text)
    if before:
        return None
    mapping: dict[str, Any] = {}
    nodes = 0
    for part in parts:
        found: Any = _plain_mapping(part)
        if found is None:
            builder = _Builder(has_hidden=has_hidden, nodes=nodes)
            try:
                found = _parse(part, builder)
            except InvalidYaml:
                return None  # It may refer to another part.
            nodes = builder.nodes
        if found is not None:
            if not isinstance(found, dict) or found.keys() & mapping.keys():
                return None
            mapping |= found
    return mapping


def _parse(text: str, builder: _Builder | None = None) -> Any:
    builder = builder or _Builder()
    try:
        loader = _LOADER(f"{text}\n")
        while not isinstance(event := loader.get_event(), yaml.StreamEndEvent):
            builder.handle(event)
    except (yaml.YAMLError, RecursionError) as error:
        raise InvalidYaml(" ".join(str(error).split())[:200]) from None
    if len(builder.documents) > 1:
        raise InvalidYaml("more than one document")
    return builder.documents[0] if builder.documents else None
