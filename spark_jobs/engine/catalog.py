"""The tables of a warehouse as schemas of a session: bronze, silver and gold, with what the declarations say of them."""

from hublake.lake.schema import TABLES, Table
from hublake.spark_jobs.engine.warehouse import Warehouse

LAYER_COMMENTS = {
    "bronze": "What the Hub said, as it said it",
    "silver": "What the answers mean: one snapshot of the Hub, cleaned and typed",
    "gold": "What follows from a snapshot: graph, impact, documentation",
}


def register_tables(warehouse: Warehouse) -> list[str]:
    """Make known to every session what the warehouse holds; answers the names that are new. Copies nothing, changes no table.

    A table's new versions are seen without this; only one that was not there before needs it again.
    """
    spark = warehouse.spark
    for layer, comment in LAYER_COMMENTS.items():
        spark.sql(f"CREATE SCHEMA IF NOT EXISTS {layer} COMMENT '{comment}'")
    fresh = [table for table in TABLES.values() if not spark.catalog.tableExists(table.full_name) and warehouse.has_table(table)]
    for table in fresh:
        spark.sql(creation(table, warehouse.address))
    return [table.full_name for table in fresh]


def creation(table: Table, address: str) -> str:
    """SQL that names a Delta table that is there; its columns and their comments come from its log."""
    comment = f"{table.comment}; {table.grain}"
    return f"CREATE TABLE IF NOT EXISTS {table.full_name} USING delta COMMENT {_quoted(comment)} LOCATION {_quoted(table.path(address))}"


def _quoted(text: str) -> str:
    escaped = text.replace("\\", "\\\\").replace("'", "\\'")
    return f"'{escaped}'"
