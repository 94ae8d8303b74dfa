"""Writes published tables, and the descendants or ancestors of a model, to files."""

import shlex
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from hublake.lake.errors import MissingTable
from hublake.lake.schema import Column, Table
from hublake.lake.schema.columns import MODEL_ID
from hublake.lake.schema.operations import BUILDS, QUALITY_RESULTS
from hublake.lake.schema.silver.lineage import LINEAGE_EDGES
from hublake.lake.schema.silver.models import MODELS
from hublake.serving.export.files import Written, replace_file
from hublake.serving.export.table_format import TableFormat
from hublake.serving.kin import Direction
from hublake.serving.reader import PublishedTables
from hublake.serving.scan import quote

EDGE_COLUMNS = [LINEAGE_EDGES.by_name[name] for name in ("relation", "evidence")]


def export_tables(
    published: PublishedTables, selected: Sequence[Table], file_format: TableFormat, folder: Path, conditions: Sequence[str] = ()
) -> Iterator[Written]:
    """Write the selected tables (default: all of gold and the lineage edges). Of each only the rows that meet its SQL condition, if given.

    Raises MissingTable before the first file if one is not published.
    """
    if not selected:
        require_gold(published)
    chosen = selected or [table for table in published.tables.values() if table.layer == "gold" or table == LINEAGE_EDGES]
    for table in chosen:
        published.require(table)
    for table, condition in zip(chosen, conditions or ["TRUE"] * len(chosen), strict=True):
        yield write_table(published, table, file_format, folder, condition)


def require_gold(published: PublishedTables) -> None:
    """Raise MissingTable if no build has published a table of gold."""
    if not any(table.layer == "gold" and table not in (BUILDS, QUALITY_RESULTS) for table in published.tables.values()):
        raise MissingTable(
            f"no gold table is published in the warehouse {published.address}."
            f" Build them: hublake build --warehouse {shlex.quote(published.address)}"
        )


def export_kin(published: PublishedTables, direction: Direction, file_format: TableFormat, folder: Path) -> Written:
    """Write the descendants or ancestors that `find_kin` found to folder/<direction>.<extension>.

    Each comes with the edge by which it was found: parent_id, or of ancestors child_id, relation and evidence.
    """
    via = Column("parent_id" if direction == "descendants" else "child_id", "string", "Other model of the edge")
    steps = Column("steps", "long", "Fewest edges from the root", required=True)
    columns = [MODEL_ID, steps, via, *EDGE_COLUMNS, MODELS.by_name["downloads_30d"]]
    rows = (
        f"SELECT kin.model_id, steps, via_id AS {via.name}, relation, evidence, downloads_30d"
        " FROM (SELECT model_id, downloads_30d FROM silver.models WHERE snapshot_date = $day) RIGHT JOIN kin USING (model_id)"
    )
    query = _ordered(rows, columns, file_format, key=["model_id"], order=["steps", "model_id"])
    day = published.value("SELECT max(snapshot_date) FROM silver.lineage_edges")
    return write_query(published, query, direction, file_format, folder, day=day)


def write_table(published: PublishedTables, table: Table, file_format: TableFormat, folder: Path, condition: str = "TRUE") -> Written:
    """Write the newest snapshot of a table (all rows of a history) that meets the condition to folder/<layer>.<table>.<extension>.

    Raises what `write_query` raises.
    """
    parameters = {} if table.is_history else {"day": published.value(f"SELECT max(snapshot_date) FROM {table.full_name}")}
    in_snapshot = "TRUE" if table.is_history else "snapshot_date = $day"
    rows = f"SELECT * FROM {table.full_name} WHERE {in_snapshot} AND {condition}"
    query = _ordered(rows, list(table), file_format, key=table.key, order=table.column_names)
    return write_query(published, query, table.full_name, file_format, folder, **parameters)


def _ordered(rows: str, columns: Sequence[Column], file_format: TableFormat, *, key: Sequence[str], order: Sequence[str]) -> str:
    """The query of a file. Where readers infer types, rows come first that together have a value in every column that has one."""
    first = []
    may_lack_values = [column for column in columns if not column.required or column.type.startswith("array")]
    if file_format.has_inferred_types and may_lack_values:
        identity = f"row({', '.join(key)})"
        examples = ", ".join(f"min({identity}) FILTER ({_has_value(column)})" for column in may_lack_values)
        first = [f"({identity} IN (SELECT unnest([{examples}]) FROM ({rows}))) DESC"]
    return f"SELECT {', '.join(map(file_format.select, columns))} FROM ({rows}) ORDER BY {', '.join([*first, *order])}"


def _has_value(column: Column) -> str:
    return f"len({column.name}) > 0" if column.type.startswith("array") else f"{column.name} IS NOT NULL"


def write_query(published: PublishedTables, query: str, name: str, file_format: TableFormat, folder: Path, **parameters: Any) -> Written:
    """Write the rows of a query to folder/<name>.<extension>. The file is complete or does not exist.

    Raises HublakeError where the folder cannot be written.
    """

    def write(partial: Path) -> int:
        return int(published.value(f"COPY ({query}) TO {quote(str(partial))} ({file_format.copy_options})", **parameters))

    return replace_file(folder / f"{name}.{file_format.extension}", write)
