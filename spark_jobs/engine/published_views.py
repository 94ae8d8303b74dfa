"""SQL views of a warehouse's published tables: schemas bronze, silver and gold, with the comments of the declarations.

A view reads its table at one version. So a client sees no commit of a build before the build log records all of them as published.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

from hublake.lake.schema import TABLES, Table
from hublake.lake.schema.operations import BUILDS, QUALITY_RESULTS
from hublake.spark_jobs.dataframes.spark_schema import SPARK_TYPES
from hublake.spark_jobs.engine.warehouse import Warehouse

LAYER_COMMENTS = {
    "bronze": "Responses of the Hub, as they were received",
    "silver": "What the responses mean: one snapshot of the Hub, cleaned and typed",
    "gold": "Results computed from a snapshot: graph, impact, documentation",
}
LATEST = None  # instead of a version: tables that builds do not publish are read at their latest one


@dataclass
class PublishedViews:
    """The views of one warehouse in the catalog of a Spark session; all sessions of the application see them.

    `versions` are those that the views read, by full name of the table.
    """

    warehouse: Warehouse
    versions: dict[str, int | None] = field(default_factory=dict)
    runs: dict[str, str] = field(default_factory=dict)  # that published these versions: a repaired table begins at version 0 again

    def refresh(self) -> list[str]:
        """Point the views to the versions that are published now; returns the names of new and changed views. Changes no table.

        All new definitions are analysed before the first view is replaced: if one fails, no view changes. Then the views are replaced one
        after the other, which takes about 20 ms each.
        """
        history = self.warehouse.build_history()
        current = self._published_versions()
        runs = {name: str(history.last_published(name).get("run_id")) for name in history.versions}
        changed = [table for table in current if self._is_changed(table, current[table], runs)]
        if not changed:
            return []
        spark = self.warehouse.spark
        if any(self._is_replaced(table, current[table]) for table in changed):
            assert spark._jvm is not None
            spark._jvm.org.apache.spark.sql.delta.DeltaLog.clearCache()  # Spark would read the log that it remembers of the old table
        for layer, comment in LAYER_COMMENTS.items():
            spark.sql(f"CREATE SCHEMA IF NOT EXISTS {layer} COMMENT {_quote(comment)}")
        statements = [self._create_view(table, current[table]) for table in changed]
        for statement in statements:
            spark.sql(statement)
        self.versions |= {table.full_name: current[table] for table in changed}
        self.runs = runs
        return [table.full_name for table in changed]

    def _is_changed(self, table: Table, version: int | None, runs: Mapping[str, str]) -> bool:
        name = table.full_name
        return self.versions.get(name, -1) != version or self.runs.get(name) != runs.get(name)

    def _is_replaced(self, table: Table, version: int | None) -> bool:
        """Whether a changed table has no higher version than before, so that it was made again."""
        before = self.versions.get(table.full_name)
        return before is not None and version is not None and version <= before

    def _published_versions(self) -> dict[Table, int | None]:
        """Every table that clients may read, with its version. A table of an unfinished first build is not among them."""
        published = self.warehouse.build_history().versions
        unpublished = [table for table in TABLES.values() if table.layer == "bronze" or table in (BUILDS, QUALITY_RESULTS)]
        existing = [table for table in unpublished if table.full_name in self.versions or self.warehouse.has_table(table)]
        return {table: published[table.full_name] for table in TABLES.values() if table.full_name in published} | dict.fromkeys(
            (table for table in existing if table.full_name not in published), LATEST
        )

    def _create_view(self, table: Table, version: int | None) -> str:
        """The statement that creates or replaces a view. It has every declared column, null if the table lacks it."""
        source = f"delta.{_identifier(table.path(self.warehouse.address))}" + (f" VERSION AS OF {version}" if version is not LATEST else "")
        present = self.warehouse.spark.sql(f"SELECT * FROM {source}").columns  # noqa: S608  # an address and a number
        missing = {c.name: f"CAST(NULL AS {SPARK_TYPES[c.type].simpleString()}) AS " for c in table if c.name not in present}
        declared = [missing.get(name, "") + _identifier(name) for name in table.column_names]
        columns = ", ".join(f"{_identifier(column.name)} COMMENT {_quote(column.comment)}" for column in table)
        view = f"CREATE OR REPLACE VIEW {table.full_name} ({columns}) COMMENT {_quote(f'{table.comment}; {table.grain}')}"
        return f"{view} AS SELECT {', '.join(declared)} FROM {source}"  # noqa: S608  # declared names, an address and a number


def _identifier(name: str) -> str:
    return "`" + name.replace("`", "``") + "`"


def _quote(text: str) -> str:
    escaped = text.replace("\\", "\\\\").replace("'", "\\'")
    return f"'{escaped}'"
