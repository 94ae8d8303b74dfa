"""Parse JSON objects of the Hub API by a schema: every key has an expected type, is ignored for a stated reason, or is reported."""

from collections.abc import Collection, Mapping
from datetime import datetime
from enum import Enum
from functools import reduce
from operator import or_
from typing import Annotated, Any, NamedTuple

import msgspec

from hublake.lake.repo_ids import parse_time

MAX_LONG = 2**63 - 1


class ValueType(Enum):
    """A name, and the Python types that a value may have; null counts as absent for every type."""

    TEXT = "text", str
    FLAG = "flag", bool
    COUNT = "count", int  # 0 to MAX_LONG
    NUMBER = "number", int, float
    TEXTS = "texts", list  # other elements are dropped
    LIST = "list", list
    OBJECT = "object", dict
    FLAG_OR_TEXT = "flag or text", bool, str

    def __init__(self, _: str, *types: type) -> None:
        self.types = types

    @property
    def msgspec_type(self) -> Any:
        """The type annotation by which msgspec validates a value."""
        match self:
            case ValueType.COUNT:
                return Annotated[int, msgspec.Meta(ge=0, le=MAX_LONG)]
            case ValueType.TEXTS:
                return list[str]
            case _:
                return reduce(or_, self.types)


class HubObject(NamedTuple):
    """`values` has an attribute for each known key: None if absent, null or invalid. `oddities` describes the invalid and unknown keys."""

    values: Any
    oddities: list[str]

    def get(self, key: str) -> Any:
        """The value of a key; None also for keys outside the schema."""
        return getattr(self.values, key, None)

    def timestamp(self, key: str) -> datetime | None:
        """The value of a key as a time; None if it is not written like the Hub's times."""
        text = getattr(self.values, key)
        return parse_time(text) if text else None


class HubObjectSchema:
    """The `known` keys of an object, each with its type, and the `ignored` keys.

    A value of another type, and a key that is neither known nor ignored, is reported in `oddities` and counts as absent.
    """

    def __init__(self, known: Mapping[str, ValueType], ignored: Collection[str]) -> None:
        self.known = known
        self.ignored = ignored
        fields = [(_attribute(key), value_type.msgspec_type | None, None) for key, value_type in known.items()]
        skipped = [(_attribute(key), msgspec.Raw, msgspec.Raw()) for key in ignored]
        self._values = msgspec.defstruct(
            "Values", [*fields, *skipped], rename={_attribute(key): key for key in (*known, *ignored)}, forbid_unknown_fields=True, gc=False
        )
        self._decoder = msgspec.json.Decoder(self._values)

    def __reduce__(self) -> tuple[type["HubObjectSchema"], tuple[Mapping[str, ValueType], Collection[str]]]:
        return HubObjectSchema, (self.known, self.ignored)  # decoders cannot be pickled

    def decode(self, text: str) -> HubObject | None:
        """Decode and validate a JSON text in one pass; None if it does not match the schema exactly, as nearly all texts do."""
        try:
            return HubObject(self._decoder.decode(text), [])
        except (msgspec.MsgspecError, UnicodeError, RecursionError):
            return None

    def validate(self, body: Mapping[str, Any]) -> HubObject:
        """Convert any decoded object, key by key."""
        values, oddities = {}, []
        for key, value in body.items():
            value_type = self.known.get(key)
            if value_type is None:
                if key not in self.ignored:
                    oddities.append(f"{key}: unknown key")
            elif type(value) in value_type.types:  # the exact type: true is no number
                if value_type is ValueType.COUNT and not 0 <= value <= MAX_LONG:
                    oddities.append(f"{key}: {value} is out of range")
                else:
                    is_texts = value_type is ValueType.TEXTS
                    values[_attribute(key)] = [text for text in value if isinstance(text, str)] if is_texts else value
            elif value is not None:
                expected = " or ".join(of_type.__name__ for of_type in value_type.types)
                oddities.append(f"{key}: a {type(value).__name__} where {expected} was expected")
        return HubObject(self._values(**values), oddities)


def _attribute(key: str) -> str:
    return key.replace("-", "_")
