"""What spiders yield to the item pipeline."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from hublake.lake.schema import Table


@dataclass(frozen=True, repr=False)
class Rows:
    """Rows of one bronze table that belong together, such as those of one page; `body_bytes` is the total size of their bodies.

    `checkpoint` is the position of the crawl once these rows are stored. It is written in the same commit.
    """

    table: Table
    rows: Sequence[Mapping[str, Any]]
    body_bytes: int = 0
    checkpoint: Mapping[str, str] = field(default_factory=dict)

    def __repr__(self) -> str:
        return f"{len(self.rows)} rows of {self.table.full_name}"  # never the bodies: this text appears in logs
