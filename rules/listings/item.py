"""A JSON object of the Hub, read key by key: each is of the kind that is expected, ignored for a reason, or reported."""

from collections.abc import Collection, Mapping
from datetime import datetime
from enum import Enum
from functools import reduce
from operator import or_
from typing import Annotated, Any, NamedTuple

import msgspec

from hublake.lake.repo_ids import parse_time

LARGEST_LONG = 2**63 - 1


class Kind(Enum):
    """A name, and the types that a value may have; null counts as absent with every kind."""

    TEXT = "text", str
    FLAG = "flag", bool
    COUNT = "count", int  # from 0 to what a long holds
    NUMBER = "number", int, float
    TEXTS = "texts", list  # what is none among them is left out
    LIST = "list", list
    OBJECT = "object", dict
    FLAG_OR_TEXT = "flag or text", bool, str

    def __init__(self, _: str, *types: type) -> None:
        self.types = types

    @property
    def regular(self) -> Any:
        """What msgspec calls a value of this kind."""
        match self:
            case Kind.COUNT:
                return Annotated[int, msgspec.Meta(ge=0, le=LARGEST_LONG)]
            case Kind.TEXTS:
                return list[str]
            case _:
                return reduce(or_, self.types)


class Item(NamedTuple):
    """`values`: an attribute for each known key, None where it is absent, null or odd; `oddities`: what was seen instead."""

    values: Any
    oddities: list[str]

    def get(self, key: str) -> Any:
        """The value of a key, None where it is no known one of this shape either."""
        return getattr(self.values, key, None)

    def time(self, key: str) -> datetime | None:
        """A time as the Hub writes it; what is none is null."""
        text = getattr(self.values, key)
        return parse_time(text) if text else None


class Shape:
    """Which keys objects of one sort have: of what kind those are that are `known`, and which are `ignored`.

    What is of another kind, or of a key neither known nor ignored, is told in an item's `oddities` and counts as absent.
    """

    def __init__(self, known: Mapping[str, Kind], ignored: Collection[str]) -> None:
        self.known = known
        self.ignored = ignored
        fields = [(_attribute(key), kind.regular | None, None) for key, kind in known.items()]
        skipped = [(_attribute(key), msgspec.Raw, msgspec.Raw()) for key in ignored]
        self._values = msgspec.defstruct(
            "Values", [*fields, *skipped], rename={_attribute(key): key for key in (*known, *ignored)}, forbid_unknown_fields=True, gc=False
        )
        self._decoder = msgspec.json.Decoder(self._values)

    def __reduce__(self) -> tuple[type["Shape"], tuple[Mapping[str, Kind], Collection[str]]]:
        return Shape, (self.known, self.ignored)  # decoders cannot be sent to workers

    def regular(self, text: str) -> Item | None:
        """The item that a JSON text holds, in one pass, if all of it is as expected, as nearly all are."""
        try:
            return Item(self._decoder.decode(text), [])
        except (msgspec.MsgspecError, UnicodeError, RecursionError):
            return None

    def item(self, body: Mapping[str, Any]) -> Item:
        """The item of any object."""
        values, oddities = {}, []
        for key, value in body.items():
            kind = self.known.get(key)
            if kind is None:
                if key not in self.ignored:
                    oddities.append(f"{key}: unknown key")
            elif type(value) in kind.types:  # of JSON no value is of a subtype, and true is no number
                if kind is Kind.COUNT and not 0 <= value <= LARGEST_LONG:
                    oddities.append(f"{key}: {value} is out of range")
                else:
                    values[_attribute(key)] = [text for text in value if isinstance(text, str)] if kind is Kind.TEXTS else value
            elif value is not None:
                wanted = " or ".join(of_type.__name__ for of_type in kind.types)
                oddities.append(f"{key}: a {type(value).__name__} where {wanted} was expected")
        return Item(self._values(**values), oddities)


def _attribute(key: str) -> str:
    return key.replace("-", "_")
