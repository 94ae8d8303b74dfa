"""A JSON object of the Hub, read key by key: each is of the kind that is expected, ignored for a reason, or reported."""

from collections.abc import Container, Mapping
from datetime import datetime
from typing import Any

from lake.names import parse_time

LARGEST_LONG = 2**63 - 1

Kinds = tuple[type, ...]

TEXT: Kinds = (str,)
FLAG: Kinds = (bool,)
COUNT: Kinds = (int,)  # from 0 to what a long holds
NUMBER: Kinds = (int, float)
LIST: Kinds = (list,)
OBJECT: Kinds = (dict,)


class Item:
    """The `values` of a body that are of the kinds its keys are `known` to have.

    What is of another kind, or of a key neither known nor `ignored`, is told in `oddities` and counts as absent, as null does.
    """

    __slots__ = ("oddities", "values")

    def __init__(self, body: Mapping[str, Any], known: Mapping[str, Kinds], ignored: Container[str]) -> None:
        self.values: dict[str, Any] = {}
        self.oddities: list[str] = []
        for key, value in body.items():
            kinds = known.get(key)
            if kinds is None:
                if key not in ignored:
                    self.oddities.append(f"{key}: unknown key")
            elif type(value) in kinds:  # of JSON no value is of a subtype, and true is no number
                if kinds is COUNT and not 0 <= value <= LARGEST_LONG:
                    self.oddities.append(f"{key}: {value} is out of range")
                else:
                    self.values[key] = value
            elif value is not None:
                wanted = " or ".join(kind.__name__ for kind in kinds)
                self.oddities.append(f"{key}: a {type(value).__name__} where {wanted} was expected")

    def get(self, key: str) -> Any:
        """The value of a known key, None where it is absent, null or odd."""
        return self.values.get(key)

    def time(self, key: str) -> datetime | None:
        """A time as the Hub writes it; what is none is null."""
        text = self.values.get(key)
        return parse_time(text) if text else None
