"""Published tables for readers without a JVM: DuckDB over what delta-rs says are the files of the last version."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import duckdb
from deltalake import DeltaTable
from deltalake.exceptions import DeltaError

from lake.errors import MissingTable
from lake.places import is_local
from lake.tables import TABLES, Table


class Published:
    """SQL on a warehouse: every table that is there is a view `<layer>.<table>`. Raises MissingTable where there is none."""

    def __init__(self, address: str, storage_options: Mapping[str, str]) -> None:
        self.address = address
        if is_local(address) and not Path(address).is_dir():
            raise MissingTable(f"there is no warehouse at {Path(address).resolve()}. Fill one: hublake crawl models --warehouse {address}")
        self.connection = duckdb.connect()
        self.connection.execute("SET TimeZone = 'UTC'")
        self.tables = {table.full_name: table for table in TABLES.values() if self._opened(table, dict(storage_options))}
        if not self.tables:
            raise MissingTable(f"the warehouse {address} holds no table. Fill it: hublake crawl models --warehouse {address}")

    def _opened(self, table: Table, storage_options: dict[str, str]) -> bool:
        path = table.path(self.address)
        if not DeltaTable.is_deltatable(path, storage_options):
            return False
        try:
            dataset = DeltaTable(path, storage_options=storage_options).to_pyarrow_dataset()
        except DeltaError as error:
            raise MissingTable(f"{table.full_name} cannot be read: its Delta log is damaged. Seen: {str(error)[:200]}") from error
        handle = f"{table.layer}_{table.name}"
        self.connection.register(handle, dataset)
        self.connection.execute(f'CREATE SCHEMA IF NOT EXISTS {table.layer}; CREATE VIEW {table.full_name} AS SELECT * FROM "{handle}"')
        return True

    def require(self, table: Table) -> None:
        """Raises MissingTable unless the table is there."""
        if table.full_name not in self.tables:
            made_by = "hublake crawl" if table.layer == "bronze" else "hublake build"
            raise MissingTable(f"{table.full_name} is not in the warehouse {self.address}. Make it: {made_by} --warehouse {self.address}")

    def rows(self, query: str, **values: Any) -> list[tuple[Any, ...]]:
        """All rows of a query, in which `$name` stands for a value."""
        return self.connection.execute(query, values or None).fetchall()

    def value(self, query: str, **values: Any) -> Any:
        """The first value of a query's first row; None where it has no row."""
        found = self.rows(query, **values)
        return found[0][0] if found else None
