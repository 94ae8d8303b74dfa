"""A small warehouse, written by delta-rs without a JVM."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pyarrow as pa
from deltalake import write_deltalake

from hublake.lake.delta.arrow import arrow_schema
from hublake.lake.enums import DOCUMENTED_SECTIONS
from hublake.lake.schema import find_table
from tests.drawn import drawn_rows

DRAWN = {
    "silver.models": """snapshot_date | hub_id | model_id  | downloads_30d | tags    | created_at
                        2026-01-01    | h0     | a/old     | 1             |         |
                        2026-01-02    | h1     | a/base    | 1000          | x, "q"  | 2024-05-06T07:08:09
                        2026-01-02    | h2     | b/child   | 500           |         |
                        2026-01-02    | h3     | =cmd/sum  | 0             |         | """,
    "silver.lineage_edges": """snapshot_date | child_id | parent_id | relation  | evidence
                               2026-01-02    | b/child  | a/base    | quantized | in_name""",
    "silver.quarantine": """snapshot_date | table_name    | record_id | rule    | reason               | body
                            2026-01-02    | silver.models | 1         | no_name | no_name: no id in it | {}""",
    "gold.model_impact": """snapshot_date | model_id | impact_score | dependants | dependants_guessed | descendants | downloads_attributed | pagerank
                            2026-01-02    | a/base   | 90           | 1          | 1                  | 1           | 1500                 | 0.5
                            2026-01-02    | b/child  | 20           | 0          | 0                  | 0           | 500                  | 0.3
                            2026-01-02    | =cmd/sum | 0            | 0          | 0                  | 0           | 0                    | 0.2""",
    "gold.model_impact_without_guesses": """
                            snapshot_date | model_id | impact_score | dependants | dependants_guessed | descendants | downloads_attributed | pagerank
                            2026-01-02    | a/base   | 50           | 0          | 0                  | 0           | 1000                 | 0.4
                            2026-01-02    | b/child  | 20           | 0          | 0                  | 0           | 500                  | 0.3
                            2026-01-02    | =cmd/sum | 0            | 0          | 0                  | 0           | 0                    | 0.3""",
    "gold.model_lineage": """snapshot_date | model_id | component_id | is_root
                             2026-01-02    | a/base   | a/base       | yes
                             2026-01-02    | b/child  | a/base       | no
                             2026-01-02    | =cmd/sum | =cmd/sum     | no""",
    "gold.card_documentation": """snapshot_date | model_id | has_card
                                  2026-01-02    | a/base   | yes
                                  2026-01-02    | b/child  | no""",
    "gold.documentation_rates": "snapshot_date | section_class | stratum | models | cards | filled | filled_share | filled_share_low | filled_share_high\n"
    + "\n".join(f"2026-01-02 | {name} | all | 3 | 2 | 1 | 0.5 | 0.1 | 0.9" for name in DOCUMENTED_SECTIONS),
}


def write_warehouse(folder: Path, without: str = "") -> Path:
    """Write the tables of DRAWN, except for one."""
    return write_tables(folder, {name: text for name, text in DRAWN.items() if name != without})


def write_tables(folder: Path, drawn: Mapping[str, str], **constants: Any) -> Path:
    """Write drawn tables by name. `constants` are columns with the same value in every row."""
    for name, text in drawn.items():
        table = find_table(name)
        data = pa.Table.from_pylist([row | constants for row in drawn_rows(table, text)], schema=arrow_schema(table))
        write_deltalake(table.path(str(folder)), data, partition_by=list(table.partitioned_by))
    return folder
