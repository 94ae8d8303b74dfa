"""What BI tools and notebooks browse and query: SQLAlchemy's inspector, pandas, and the metadata calls of JDBC."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pandas as pd
import pyspark
import pytest
import sqlalchemy as sa
from py4j.java_gateway import GatewayParameters, JavaGateway, launch_gateway
from py4j.protocol import Py4JJavaError

from hublake.lake.schema import TABLES
from hublake.lake.schema.bronze import CARDS
from hublake.lake.schema.gold.impact import MODEL_IMPACT
from hublake.lake.schema.silver.models import MODELS
from tests.end_to_end.sql_clients import HOST, SqlServer
from tests.end_to_end.test_bi import Built

SQL_TYPES: dict[str, type[Any]] = {
    "string": sa.String,
    "binary": sa.LargeBinary,
    "boolean": sa.Boolean,
    "integer": sa.Integer,
    "long": sa.BigInteger,
    "double": sa.Float,
    "date": sa.Date,
    "timestamp": sa.TIMESTAMP,
    "array<string>": sa.String,
    "array<long>": sa.String,
}
JDBC_TYPES = {
    "string": "STRING",
    "binary": "BINARY",
    "boolean": "BOOLEAN",
    "integer": "INT",
    "long": "BIGINT",
    "double": "DOUBLE",
    "date": "DATE",
    "timestamp": "TIMESTAMP",
    "array<string>": "ARRAY<STRING>",
    "array<long>": "ARRAY<BIGINT>",
}


@pytest.fixture(scope="module")
def engine(sql_server: SqlServer) -> Iterator[sa.Engine]:
    engine = sa.create_engine(f"hublake://anyone@{HOST}:{sql_server.port}/gold")
    yield engine
    engine.dispose()


def test_the_inspector_lists_all_schemas_and_tables_with_their_comments(engine: sa.Engine, built: Built) -> None:
    inspector = sa.inspect(engine)
    assert (inspector.default_schema_name, sorted(inspector.get_schema_names())) == ("gold", ["bronze", "gold", "silver"])
    listed = {f"{schema}.{name}" for schema in inspector.get_schema_names() for name in inspector.get_table_names(schema)}
    assert listed == set(built[0].tables)
    assert inspector.get_view_names("gold") == []
    for table in built[0].tables.values():
        assert inspector.get_table_comment(table.name, table.layer) == {"text": f"{table.comment}; {table.grain}"}
        assert inspector.get_pk_constraint(table.name, table.layer)["constrained_columns"] == list(table.key)


def test_the_inspector_shows_every_column_with_its_type_and_comment(engine: sa.Engine, built: Built) -> None:
    inspector = sa.inspect(engine)
    for table in built[0].tables.values():
        columns = inspector.get_columns(table.name, table.layer)
        assert [(column["name"], column["comment"]) for column in columns] == [(column.name, column.comment) for column in table]
        assert [type_ for type_ in columns if not isinstance(type_["type"], SQL_TYPES[table.by_name[type_["name"]].type])] == []


def test_the_inspector_knows_which_tables_exist(engine: sa.Engine) -> None:
    inspector = sa.inspect(engine)
    assert inspector.has_table("model_impact")
    assert inspector.has_table("model_impact", "gold")
    assert not inspector.has_table("model_impact", "silver")
    assert not inspector.has_table("nothing", "gold")
    with pytest.raises(sa.exc.NoSuchTableError):
        inspector.get_columns("nothing", "gold")
    assert [inspector.get_indexes("model_impact", "gold"), inspector.get_foreign_keys("model_impact", "gold")] == [[], []]


def test_a_reflected_table_is_queried(engine: sa.Engine, built: Built) -> None:
    with engine.connect() as connection:
        impact = sa.Table("model_impact", sa.MetaData(), autoload_with=connection, schema="gold")
        first = sa.select(impact.c.snapshot_date, impact.c.model_id).order_by(impact.c.impact_score.desc(), impact.c.model_id).limit(3)
        rows = connection.execute(first.where(impact.c.descendants > 0)).fetchall()
    query = "SELECT snapshot_date, model_id FROM gold.model_impact WHERE descendants > 0 ORDER BY impact_score DESC, model_id LIMIT 3"
    assert [tuple(row) for row in rows] == built[0].rows(query)


def test_pandas_reads_tables_and_queries_with_their_types(engine: sa.Engine, built: Built) -> None:
    with engine.connect() as connection:
        models = pd.read_sql_table("models", connection, schema="silver")
        counted = pd.read_sql("SELECT count(*) AS models FROM model_impact", connection)
        cards = pd.read_sql_table("cards", connection, schema="bronze", columns=["repo_id", "body"])
    assert list(models.columns) == list(MODELS.column_names)
    assert {name: models.dtypes[name].kind for name in ("snapshot_date", "created_at", "downloads_all_time", "is_gated")} == {
        "snapshot_date": "M",
        "created_at": "M",
        "downloads_all_time": "i",
        "is_gated": "b",
    }
    assert counted["models"].tolist() == [built[0].value("SELECT count(*) FROM gold.model_impact")]
    assert dict(zip(cards["repo_id"], cards["body"], strict=True)) == dict(built[0].rows("SELECT repo_id, body FROM bronze.cards"))


@pytest.fixture(scope="module")
def jdbc(sql_server: SqlServer) -> Iterator[Any]:
    """A connection of the Hive JDBC driver of PySpark's jars, in a JVM of its own."""
    jars = Path(pyspark.__file__).parent / "jars"
    port, token = launch_gateway(
        jarpath=str(next(jars.glob("py4j*.jar"))), classpath=f"{jars}/*", die_on_exit=True, enable_auth=True, redirect_stderr=None
    )
    gateway = JavaGateway(gateway_parameters=GatewayParameters(port=port, auth_token=token))
    address = f"jdbc:hive2://{HOST}:{sql_server.port}/gold;user=anyone;password=any"
    connection = gateway.jvm.org.apache.hive.jdbc.HiveDriver().connect(address, gateway.jvm.java.util.Properties())
    yield connection
    connection.close()
    gateway.shutdown()


def rows_of(result: Any) -> list[dict[str, Any]]:
    columns = result.getMetaData()
    names = [columns.getColumnName(number + 1) for number in range(columns.getColumnCount())]
    rows = []
    while result.next():
        rows.append({name: result.getObject(number + 1) for number, name in enumerate(names)})
    return rows


def test_jdbc_lists_every_table_with_its_comment(jdbc: Any, built: Built) -> None:
    shown = {
        f"{row['TABLE_SCHEM']}.{row['TABLE_NAME']}": row["REMARKS"] for row in rows_of(jdbc.getMetaData().getTables(None, "%", "%", None))
    }
    assert shown == {name: f"{table.comment}; {table.grain}" for name, table in built[0].tables.items()}


def test_jdbc_lists_every_column_with_its_type_and_comment(jdbc: Any, built: Built) -> None:
    shown: dict[str, list[tuple[str, str, str]]] = {}
    for row in rows_of(jdbc.getMetaData().getColumns(None, "%", "%", "%")):
        shown.setdefault(f"{row['TABLE_SCHEM']}.{row['TABLE_NAME']}", []).append((row["COLUMN_NAME"], row["TYPE_NAME"], row["REMARKS"]))
    assert shown == {
        name: [(column.name, JDBC_TYPES[column.type], column.comment) for column in table] for name, table in built[0].tables.items()
    }


def test_other_metadata_calls_of_jdbc_answer(jdbc: Any) -> None:
    metadata = jdbc.getMetaData()
    assert metadata.getDatabaseProductName() == "Spark SQL"
    assert {row["TABLE_SCHEM"] for row in rows_of(metadata.getSchemas())} >= {"bronze", "silver", "gold"}
    assert {row["TYPE_NAME"] for row in rows_of(metadata.getTypeInfo())} >= {"STRING", "BIGINT", "DOUBLE", "DATE", "TIMESTAMP", "BINARY"}
    assert rows_of(metadata.getPrimaryKeys(None, "gold", "model_impact")) == [], (
        "Spark has none; the dialect hublake:// shows the declared keys"
    )
    assert rows_of(metadata.getImportedKeys(None, "gold", "model_impact")) == []
    assert {row["TABLE_TYPE"] for row in rows_of(metadata.getTableTypes())} == {"TABLE", "VIEW"}


def test_jdbc_queries_with_parameters_and_reads_bytes(jdbc: Any, built: Built) -> None:
    statement = jdbc.prepareStatement(f"SELECT count(*) AS models FROM {MODEL_IMPACT.full_name} WHERE impact_score > ?")
    statement.setDouble(1, 1.0)
    assert rows_of(statement.executeQuery()) == [
        {"models": built[0].value("SELECT count(*) FROM gold.model_impact WHERE impact_score > 1.0")}
    ]
    query = f"SELECT repo_id, body FROM {CARDS.full_name} WHERE body IS NOT NULL ORDER BY repo_id LIMIT 3"
    assert [(row["repo_id"], bytes(row["body"])) for row in rows_of(jdbc.createStatement().executeQuery(query))] == built[0].rows(query)


def test_show_create_table_is_answered_over_jdbc(jdbc: Any) -> None:
    shown = rows_of(jdbc.createStatement().executeQuery("SHOW CREATE TABLE gold.model_impact"))
    assert MODEL_IMPACT.by_name["pagerank"].comment.split(";")[0] in shown[0]["createtab_stmt"]


def test_jdbc_is_refused_in_one_sentence(jdbc: Any) -> None:
    with pytest.raises(Py4JJavaError) as refused:
        jdbc.createStatement().execute("DROP VIEW gold.model_impact")
    assert str(refused.value.java_exception.getMessage()).strip() == (
        "DROP VIEW is refused: this server is read-only, and runs SELECT, SHOW, DESCRIBE, EXPLAIN and USE."
    )


def test_the_types_of_all_columns_are_known_here() -> None:
    assert {column.type for table in TABLES.values() for column in table} <= set(SQL_TYPES) == set(JDBC_TYPES)
