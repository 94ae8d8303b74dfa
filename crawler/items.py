"""What spiders hand to the sink."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from lake.tables import Table


@dataclass(frozen=True, repr=False)
class Rows:
    """Rows of one bronze table that belong together, as one page's do; `body_bytes` is the size of their bodies."""

    table: Table
    rows: Sequence[Mapping[str, Any]]
    body_bytes: int = 0

    def __repr__(self) -> str:
        return f"{len(self.rows)} rows of {self.table.full_name}"  # never the bodies: this stands in logs
