"""One DuckDB database with all tables, for BI tools: queries take milliseconds and need no server."""

from hublake.serving.export.table_format import DatabaseFormat

FORMAT = DatabaseFormat("one database file with comments, all snapshots")
