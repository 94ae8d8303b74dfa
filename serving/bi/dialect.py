"""`hublake://USER@HOST:PORT/SCHEMA`: a SQLAlchemy dialect for `hublake serve`, with tables, columns, types, comments and keys.

It connects like PyHive's dialect `hive://` and replaces how that one reads the catalog, which expects Hive's responses: Spark returns
the schema in the first column of SHOW TABLES, so `hive://` lists one table, called like the schema, as often as the schema has tables.
"""

import re
from collections.abc import Callable
from datetime import date
from typing import Any

from pyhive import hive
from pyhive.sqlalchemy_hive import HiveDialect, HiveTypeCompiler
from sqlalchemy import exc, text, types
from sqlalchemy.engine import Connection

from hublake.lake.schema import TABLES


class IsoDate(types.Date):
    """A date, which PyHive returns as text."""

    def result_processor(self, dialect: Any, coltype: Any) -> Callable[[Any], date | None]:
        """Parse the text."""
        return lambda value: date.fromisoformat(value) if isinstance(value, str) else value


TYPES: dict[str, type[Any]] = {
    "boolean": types.Boolean,
    "tinyint": types.SmallInteger,
    "smallint": types.SmallInteger,
    "int": types.Integer,
    "bigint": types.BigInteger,
    "float": types.Float,
    "double": types.Float,
    "decimal": types.DECIMAL,
    "string": types.String,
    "binary": types.LargeBinary,
    "date": IsoDate,
    "timestamp": types.TIMESTAMP,
}  # all others, such as array<string>, arrive as JSON text


class SparkTypeCompiler(HiveTypeCompiler):  # type: ignore[misc]  # PyHive has no annotations
    """Names of types in SQL. PyHive calls a date a timestamp."""

    def visit_DATE(self, type_: Any, **_: Any) -> str:  # noqa: N802  # the name is SQLAlchemy's
        """A date of Spark."""
        return "DATE"


class HublakeDialect(HiveDialect):  # type: ignore[misc]  # PyHive has no annotations
    """Reads the catalog of Spark. Tables of the server are views at published versions; they are listed as tables."""

    name = "hublake"
    type_compiler = SparkTypeCompiler
    supports_comments = True
    supports_statement_cache = False

    @classmethod
    def import_dbapi(cls) -> Any:
        """PyHive."""
        return hive

    def create_connect_args(self, url: Any) -> tuple[list[Any], dict[str, Any]]:
        """The arguments of `pyhive.hive.connect`. A password in the address is sent; without one, any word will do on loopback."""
        _, options = super().create_connect_args(url)
        options["database"] = url.database or "gold"
        if options.get("password") is not None:
            options.setdefault("auth", "CUSTOM")
        return [], options

    def _get_default_schema_name(self, connection: Connection) -> str:
        return str(connection.execute(text("SELECT current_database()")).scalar())

    def get_schema_names(self, connection: Connection, **_: Any) -> list[str]:
        """bronze, silver and gold; Spark's schema `default` is always empty."""
        return [row[0] for row in connection.execute(text("SHOW SCHEMAS")) if row[0] != "default"]

    def get_table_names(self, connection: Connection, schema: str | None = None, **_: Any) -> list[str]:
        """The tables of a schema."""
        where = f" IN {self.identifier_preparer.quote_identifier(schema)}" if schema else ""
        return [row[1] for row in connection.execute(text(f"SHOW TABLES{where}"))]

    def get_view_names(self, connection: Connection, schema: str | None = None, **_: Any) -> list[str]:
        """None: what the server shows are tables."""
        return []

    def has_table(self, connection: Connection, table_name: str, schema: str | None = None, **_: Any) -> bool:
        """Whether the schema contains the table."""
        return table_name in self.get_table_names(connection, schema)

    def get_columns(self, connection: Connection, table_name: str, schema: str | None = None, **_: Any) -> list[dict[str, Any]]:
        """Name, type and comment of each column."""
        described = self._describe(connection, table_name, schema)
        return [
            {"name": name, "type": _sql_type(type_name), "nullable": True, "default": None, "comment": comment or None}
            for name, type_name, comment in described["columns"]
        ]

    def get_table_comment(self, connection: Connection, table_name: str, schema: str | None = None, **_: Any) -> dict[str, str | None]:
        """What a row of the table describes."""
        return {"text": self._describe(connection, table_name, schema)["details"].get("Comment")}

    def get_pk_constraint(self, connection: Connection, table_name: str, schema: str | None = None, **_: Any) -> dict[str, Any]:
        """The declared key, which an expectation checks before a table is published; Delta tables have no constraint of this kind."""
        declared = TABLES.get(f"{schema or self._get_default_schema_name(connection)}.{table_name}")
        return {"constrained_columns": list(declared.key) if declared else [], "name": None}

    def get_foreign_keys(self, connection: Connection, table_name: str, schema: str | None = None, **_: Any) -> list[Any]:
        """None."""
        return []

    def get_indexes(self, connection: Connection, table_name: str, schema: str | None = None, **_: Any) -> list[Any]:
        """None."""
        return []

    def get_unique_constraints(self, connection: Connection, table_name: str, schema: str | None = None, **_: Any) -> list[Any]:
        """None."""
        return []

    def get_check_constraints(self, connection: Connection, table_name: str, schema: str | None = None, **_: Any) -> list[Any]:
        """None."""
        return []

    def _describe(self, connection: Connection, table_name: str, schema: str | None) -> dict[str, Any]:
        """The rows of DESCRIBE TABLE EXTENDED: columns, then details by name. Raises NoSuchTableError."""
        if not self.has_table(connection, table_name, schema):
            raise exc.NoSuchTableError(f"{schema}.{table_name}" if schema else table_name)
        quote = self.identifier_preparer.quote_identifier
        name = f"{quote(schema)}.{quote(table_name)}" if schema else quote(table_name)
        rows = [tuple(row) for row in connection.execute(text(f"DESCRIBE TABLE EXTENDED {name}"))]
        end = next((number for number, row in enumerate(rows) if not row[0] or row[0].startswith("#")), len(rows))
        return {"columns": rows[:end], "details": {row[0]: row[1] for row in rows[end:]}}


def _sql_type(type_name: str) -> Any:
    """The SQLAlchemy type of a Spark type such as `bigint`, `decimal(10,2)` or `array<string>`."""
    base, arguments = re.fullmatch(r"(\w+)(.*)", type_name, re.DOTALL).groups()  # type: ignore[union-attr]  # a type begins with its name
    if base == "decimal" and arguments:
        precision, scale = map(int, re.findall(r"\d+", arguments))
        return types.DECIMAL(precision, scale)
    return TYPES.get(base, types.String)()
