"""The engine specification of `hublake://` for Superset, which loads it by its entry point: that of Spark, without Hive's partitions."""

from typing import Any, ClassVar

from sqlglot.dialects.dialect import Dialects
from superset.db_engine_specs.base import BaseEngineSpec
from superset.db_engine_specs.spark import SparkEngineSpec
from superset.sql.parse import SQLGLOT_DIALECTS

SQLGLOT_DIALECTS.setdefault("hublake", Dialects.SPARK)


class HublakeEngineSpec(SparkEngineSpec):  # type: ignore[misc]  # Superset is installed where it runs, not here
    """Spark as `hublake serve` runs it: read-only, with tables that are not to be asked for their newest partition."""

    engine = "hublake"
    engine_aliases: ClassVar[set[str]] = set()
    engine_name = "Hublake"
    sqlalchemy_uri_placeholder = "hublake://user:password@host:10000/gold"
    supports_file_upload = False
    supports_catalog = supports_dynamic_catalog = supports_cross_catalog_queries = False

    @classmethod
    def get_extra_table_metadata(cls, database: Any, table: Any) -> dict[str, Any]:
        """Nothing: Hive's panel of partitions fails on Spark's response."""
        return {}

    @classmethod
    def where_latest_partition(cls, *_: Any, **__: Any) -> None:
        """No filter for the preview of a table: it shows the first rows."""

    @classmethod
    def latest_partition(cls, *_: Any, **__: Any) -> tuple[list[str], None]:
        """No partition."""
        return [], None

    @classmethod
    def get_default_catalog(cls, database: Any) -> None:
        """None: Superset shows schemas only."""

    get_columns = BaseEngineSpec.get_columns
    get_table_names = BaseEngineSpec.get_table_names
    get_view_names = BaseEngineSpec.get_view_names
