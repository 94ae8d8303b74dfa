"""Shards: they split a frontier over processes and hosts that do not communicate."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from hashlib import blake2b

from hublake.lake.errors import WrongUse

UNSHARDED = "0/1"


@dataclass(frozen=True, slots=True)
class Shard:
    """Part `index`, from 0, of `of` parts.

    >>> str(Shard.parse("2/4")), "some id" in Shard.parse("0/1")
    ('2/4', True)
    """

    index: int
    of: int

    @classmethod
    def parse(cls, text: str) -> "Shard":
        """Parse I/N. Raises WrongUse if the text has another form, or I is not below N."""
        match = re.fullmatch(r"(\d{1,4})/(\d{1,4})", text, re.ASCII)
        if match is None or int(match[1]) >= int(match[2]):
            raise WrongUse(f"shard={text} is not I/N with I from 0 to N-1, as in 0/4")
        return cls(int(match[1]), int(match[2]))

    def __contains__(self, hub_id: str) -> bool:
        """Whether a repository belongs to this part, by a hash that is the same on every host and in every release."""
        return self.of == 1 or int.from_bytes(blake2b(hub_id.encode(), digest_size=8).digest(), "big") % self.of == self.index

    def __str__(self) -> str:
        return f"{self.index}/{self.of}"

    def split(self, parts: int) -> list["Shard"]:
        """Split this part further. If two machines each split their half, the results are still shards of one whole.

        >>> [str(shard) for shard in Shard(1, 2).split(3)]
        ['1/6', '3/6', '5/6']
        """
        return [Shard(self.index + self.of * part, self.of * parts) for part in range(parts)]

    def portion_of(self, total: int) -> int:
        """Return this part of a number; the portions of all parts add up to it.

        >>> [Shard(i, 3).portion_of(8) for i in range(3)]
        [3, 3, 2]
        """
        return total // self.of + (self.index < total % self.of)


def covers_everything(shards: Iterable[str]) -> bool:
    """Whether these shards include all N parts of some N.

    >>> covers_everything(["0/2", "1/3", "1/2"]), covers_everything(["0/2", "1/3", "2/3"])
    (True, False)
    """
    present = {Shard.parse(shard) for shard in shards}
    return any(all(Shard(i, part.of) in present for i in range(part.of)) for part in present)
