"""How a frontier is split over processes and hosts without a word between them."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from hashlib import blake2b

from hublake.lake.errors import WrongUse

WHOLE = "0/1"


@dataclass(frozen=True, slots=True)
class Shard:
    """Part `index` (from 0) of `of` parts.

    >>> str(Shard.read("2/4")), "some id" in Shard.read("0/1")
    ('2/4', True)
    """

    index: int
    of: int

    @classmethod
    def read(cls, text: str) -> "Shard":
        """From I/N; WrongUse where it is not that, or I is not below N."""
        match = re.fullmatch(r"(\d{1,4})/(\d{1,4})", text, re.ASCII)
        if match is None or int(match[1]) >= int(match[2]):
            raise WrongUse(f"shard={text} is not I/N with I from 0 to N-1, as in 0/4")
        return cls(int(match[1]), int(match[2]))

    def __contains__(self, hub_id: str) -> bool:
        """Whether that repository is of this part: by a hash that every host and release computes alike."""
        return self.of == 1 or int.from_bytes(blake2b(hub_id.encode(), digest_size=8).digest(), "big") % self.of == self.index

    def __str__(self) -> str:
        return f"{self.index}/{self.of}"

    def split(self, parts: int) -> list["Shard"]:
        """This part split further; what two machines split their halves into are all shards of one whole.

        >>> [str(shard) for shard in Shard(1, 2).split(3)]
        ['1/6', '3/6', '5/6']
        """
        return [Shard(self.index + self.of * part, self.of * parts) for part in range(parts)]

    def share_of(self, whole: int) -> int:
        """This part of so many things, such that all parts together are the whole.

        >>> [Shard(i, 3).share_of(8) for i in range(3)]
        [3, 3, 2]
        """
        return whole // self.of + (self.index < whole % self.of)


def is_covered(shards: Iterable[str]) -> bool:
    """Whether these parts hold a whole: all N parts of some N.

    >>> is_covered(["0/2", "1/3", "1/2"]), is_covered(["0/2", "1/3", "2/3"])
    (True, False)
    """
    there = {Shard.read(shard) for shard in shards}
    return any(all(Shard(i, part.of) in there for i in range(part.of)) for part in there)
