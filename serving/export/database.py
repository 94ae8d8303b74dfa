"""Writes published tables into one DuckDB database, for BI tools that read such files."""

from collections.abc import Sequence
from pathlib import Path

from hublake.lake.schema import Table
from hublake.serving.export.files import Written, replace_file
from hublake.serving.export.write import require_gold
from hublake.serving.reader import PublishedTables
from hublake.serving.scan import quote

FILE_NAME = "hublake.duckdb"
VERSIONS = "hublake_versions"  # a table of the file: which version of each table it contains


def export_database(published: PublishedTables, selected: Sequence[Table], folder: Path) -> tuple[Written, dict[str, int]]:
    """Copy the selected tables (default: all of silver and gold) to folder/hublake.duckdb; returns the file, and the rows of each table.

    All snapshots of a table's published version are copied, with the comments of tables and columns. The rows are copies, not views of the
    Parquet files: the file can be moved, and it stays readable after VACUUM has removed the files of old versions.

    The file is complete or does not exist. Raises MissingTable if a selected table is not published, HublakeError if the folder cannot
    be written.
    """
    if not selected:
        require_gold(published)
    tables = list(selected) or [table for table in published.tables.values() if table.layer != "bronze"]
    for table in tables:
        published.require(table)
    rows: dict[str, int] = {}

    def write(partial: Path) -> int:
        published.connection.execute(f"ATTACH {quote(str(partial))} AS exported")
        try:
            rows.update({table.full_name: _copy(published, table) for table in tables})
            _copy_versions(published, tables)
        finally:
            published.connection.execute("DETACH exported")
            for left in folder.glob(f"{partial.name}.*"):  # its write-ahead log
                left.unlink()
        return sum(rows.values())

    return replace_file(folder / FILE_NAME, write), rows


def _copy(published: PublishedTables, table: Table) -> int:
    name = f"exported.{table.full_name}"
    connection = published.connection
    connection.execute(f"CREATE SCHEMA IF NOT EXISTS exported.{table.layer}")
    published.execute(f"CREATE TABLE {name} AS SELECT * FROM {table.full_name}")
    connection.execute(f"COMMENT ON TABLE {name} IS {quote(f'{table.comment}; {table.grain}')}")
    present = {row[0] for row in published.rows(f"DESCRIBE {name}")}
    for column in (column for column in table if column.name in present):
        connection.execute(f'COMMENT ON COLUMN {name}."{column.name}" IS {quote(column.comment)}')
    return int(published.value(f"SELECT count(*) FROM {name}"))


def _copy_versions(published: PublishedTables, tables: Sequence[Table]) -> None:
    """Version is null for tables that builds do not publish; they are copied at their latest version."""
    published.connection.execute(f"CREATE TABLE exported.{VERSIONS} (table_name VARCHAR, version BIGINT)")
    rows = [(table.full_name, published.versions.get(published.source(table).full_name)) for table in tables]
    published.connection.executemany(f"INSERT INTO exported.{VERSIONS} VALUES (?, ?)", rows)
    published.connection.execute(f"COMMENT ON TABLE exported.{VERSIONS} IS 'The version of each Delta table that this file contains'")
