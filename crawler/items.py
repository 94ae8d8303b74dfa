"""What spiders hand to the sink."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from hublake.lake.schema import Table


@dataclass(frozen=True, repr=False)
class Rows:
    """Rows of one bronze table that belong together, as one page's do; `body_bytes` is the size of their bodies.

    `place` is where the crawl stands once these rows are stored: it goes into the same commit.
    """

    table: Table
    rows: Sequence[Mapping[str, Any]]
    body_bytes: int = 0
    place: Mapping[str, str] = field(default_factory=dict)

    def __repr__(self) -> str:
        return f"{len(self.rows)} rows of {self.table.full_name}"  # never the bodies: this stands in logs
