"""The SQL server is read-only: it refuses every other statement in one sentence, and no refused statement leaves a trace."""

import hashlib
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from zipfile import ZipFile

import pyspark
import pytest
from pyhive import hive
from pyspark.sql import SparkSession

from hublake.lake.settings import load
from hublake.spark_jobs.engine.jars import jar_files
from tests.end_to_end.sql_clients import SECRETS, SqlServer

FOLDER = Path(__file__).parent
# Rules of the grammars of which no statement exists: they only group others, or belong to SQL scripts.
NO_STATEMENT = {"StatementDefault", "DmlStatement", "FailNativeCommand", "PassThrough"}
KINDS = ("Statement", "SetResetStatement", "DmlStatementNoWith", "InsertInto", "RelationPrimary", "StreamRelationPrimary")


def statements(name: str) -> list[str]:
    lines = (FOLDER / name).read_text("utf-8").splitlines()
    return [line for line in lines if line and not line.startswith("--")]


REFUSED, ALLOWED = statements("refused_statements.sql"), statements("allowed_statements.sql")


@pytest.fixture(scope="module")
def scratch(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("scratch")
    (folder / "secret").write_text("planted in a file\n", "utf-8")
    return folder


@pytest.fixture(scope="module")
def session(sql_server: SqlServer) -> Iterator[Any]:
    """One session for all statements, which would show temporary views, variables and settings that one of them leaves."""
    connection = sql_server.connect()
    yield connection
    connection.close()


def with_paths(statement: str, server: SqlServer, scratch: Path) -> str:
    return (
        statement.replace("{scratch}", str(scratch)).replace("{warehouse}", server.warehouse).replace("{secret}", str(scratch / "secret"))
    )


def traces(server: SqlServer, session: Any, scratch: Path) -> dict[str, Any]:
    """Everything that a statement could leave behind: files, tables, functions, settings."""
    files = {
        str(path): (path.stat().st_size, path.stat().st_mtime_ns, hashlib.sha256(path.read_bytes()).hexdigest())
        for folder in (Path(server.warehouse), scratch, server.folder)
        for path in sorted(folder.rglob("*"))
        if path.is_file() and not path.name.endswith((".log", ".crc"))
    }
    shown = ("SHOW SCHEMAS", "SHOW TABLES IN default", "SHOW VIEWS", "SHOW USER FUNCTIONS", "SHOW CURRENT NAMESPACE", "SHOW CATALOGS")
    catalog = {query: sorted(server.rows(query, session)) for query in shown}
    for layer in ("bronze", "silver", "gold"):
        catalog[layer] = sorted(server.rows(f"SHOW TABLES IN {layer}", session))
    catalog["model_impact"] = server.rows("SHOW CREATE TABLE gold.model_impact", session)
    catalog["rows"] = server.rows("SELECT count(*), sum(hash(*)) FROM gold.model_impact", session)
    settings = server.rows("SELECT '${env:HF_TOKEN}', current_timezone(), current_user(), current_path()", session)
    return {"files": files, "catalog": catalog, "settings": settings}


def test_no_refused_statement_runs_and_none_leaves_a_trace(sql_server: SqlServer, session: Any, scratch: Path) -> None:
    assert len(REFUSED) >= 60
    before = traces(sql_server, session, scratch)
    errors = {statement: sql_server.error(with_paths(statement, sql_server, scratch), session) for statement in REFUSED}
    assert [statement for statement, error in errors.items() if error is None] == []
    assert {statement: error for statement, error in errors.items() if error and "\n" in error} == {}, "one sentence each"
    leaks = {
        statement: error for statement, error in errors.items() if error and any(s in error for s in [*SECRETS.values(), "planted in"])
    }
    assert leaks == {}
    assert traces(sql_server, session, scratch) == before


@pytest.mark.parametrize("statement", ["DROP VIEW gold.model_impact", "SELECT reflect('a', 'b')", "SELEC 1", "dfs -ls /"])
def test_a_client_that_polls_gets_one_sentence_too(sql_server: SqlServer, statement: str) -> None:
    """JDBC runs statements in the background and polls. HiveServer2 then sends the printed exception."""
    cursor = sql_server.connect().cursor()
    cursor.execute(statement, async_=True)
    while (status := cursor.poll()).operationState in (0, 1, 7):
        pass
    assert status.errorMessage.strip().count("\n") == 0
    assert "at org.apache" not in status.errorMessage


def test_every_kind_of_query_and_catalog_statement_runs(sql_server: SqlServer) -> None:
    connection = sql_server.connect()
    errors = {statement: sql_server.error(statement, connection) for statement in ALLOWED}
    assert {statement: error for statement, error in errors.items() if error is not None} == {}
    assert sql_server.rows("SELECT '${env:HF_TOKEN}', '${system:user.home}'") == [("${env:HF_TOKEN}", "${system:user.home}")]


def test_external_entities_of_xml_are_not_read(sql_server: SqlServer, scratch: Path) -> None:
    document = f'<!DOCTYPE a [<!ENTITY x SYSTEM "file://{scratch / "secret"}">]><a>&x;</a>'
    assert sql_server.rows(f"SELECT xpath_string('{document}', 'a')") == [("",)]


def test_a_setting_of_one_client_is_not_seen_by_another(sql_server: SqlServer) -> None:
    one, other = sql_server.connect(), sql_server.connect()
    assert sql_server.error("SET TIME ZONE 'Asia/Tokyo'", one) is None
    assert sql_server.error("USE silver", one) is None
    shown = "SELECT current_timezone(), current_schema()"
    assert (sql_server.rows(shown, one), sql_server.rows(shown, other)) == ([("Asia/Tokyo", "silver")], [("UTC", "default")])


@pytest.mark.parametrize(
    "options",
    [
        {"set:system:hublake.users": "/tmp/users"},
        {"set:env:HF_TOKEN": "x"},
        {"set:hivevar:x": "1"},
        {"set:hiveconf:spark.sql.variable.substitute": "true"},
        {"set:spark.sql.extensions": "x"},
        {"set:metaconf:x": "1"},
        {"spark.sql.extensions": "x"},
        {"use:database": "text"},
        {"use:database": "gold; DROP VIEW gold.model_impact"},
    ],
    ids=lambda options: next(iter(options)),
)
def test_a_login_cannot_set_more_than_a_client_may(sql_server: SqlServer, options: dict[str, str]) -> None:
    with pytest.raises(hive.OperationalError, match=r"is refused|PARSE_SYNTAX_ERROR"):
        sql_server.connect(configuration=options)


def test_options_that_drivers_send_at_login_do_no_harm(sql_server: SqlServer) -> None:
    connection = sql_server.connect(
        configuration={
            "set:hiveconf:hive.server2.thrift.resultset.default.fetch.size": "1000",
            "set:hiveconf:spark.sql.session.timeZone": "CET",
        }
    )
    assert sql_server.rows("SELECT current_timezone()", connection) == [("CET",)]


@pytest.mark.skipif(not Path("/proc/self/environ").exists(), reason="the environment of a process is read from /proc")
def test_neither_environment_nor_arguments_of_the_server_contain_a_secret(sql_server: SqlServer) -> None:
    found = sql_server.environments_and_arguments()
    assert len(found) >= 2, "Python and a JVM"
    assert [name for name, value in SECRETS.items() for each in found if value.encode() in each] == []


def test_the_server_listens_on_loopback_whatever_its_environment_says(sql_server: SqlServer) -> None:
    listening = [line.split() for line in Path("/proc/net/tcp6").read_text().splitlines()[1:]]
    addresses = {
        fields[1].split(":")[0] for fields in listening if int(fields[1].split(":")[1], 16) == sql_server.port and fields[3] == "0A"
    }
    assert addresses == {"0000000000000000FFFF00000100007F"}, "127.0.0.1 as an address of IPv6"


@pytest.fixture(scope="module")
def grammars(spark: SparkSession) -> dict[str, Any]:
    """The parsers of Spark and of Delta by the names of their classes."""
    jvm = spark._jvm
    assert jvm is not None
    return {
        "org.apache.spark.sql.catalyst.parser.SqlBase": next((Path(pyspark.__file__).parent / "jars").glob("spark-sql-api_*.jar")),
        "io.delta.sql.parser.DeltaSqlBase": next(jar for jar in jar_files(load()) if jar.name.startswith("delta-spark")),
    }


def rules_of(jvm: Any, grammar: str, jar: Path) -> set[str]:
    """The named alternatives of the rules for statements and relations."""
    prefix = f"{grammar}Parser$".replace(".", "/")
    names = [
        name[len(prefix) : -len("Context.class")]
        for name in ZipFile(jar).namelist()
        if name.startswith(prefix) and name.endswith("Context.class")
    ]
    parents = {name: jvm.java.lang.Class.forName(f"{grammar}Parser${name}Context").getSuperclass().getSimpleName() for name in names}
    return {name for name, parent in parents.items() if parent in {f"{kind}Context" for kind in KINDS}} - NO_STATEMENT


def rules_in(jvm: Any, grammar: str, statement: str) -> set[str]:
    """The rules that a statement uses, if the grammar accepts it."""
    stream = jvm.org.apache.spark.sql.catalyst.parser.UpperCaseCharStream(jvm.org.antlr.v4.runtime.CharStreams.fromString(statement))
    package, _, name = grammar.rpartition(".")
    parsers = getattr(jvm, package)
    lexer = getattr(parsers, f"{name}Lexer")(stream)
    lexer.removeErrorListeners()
    parser = getattr(parsers, f"{name}Parser")(jvm.org.antlr.v4.runtime.CommonTokenStream(lexer))
    parser.removeErrorListeners()
    tree = parser.singleStatement()
    if parser.getNumberOfSyntaxErrors():
        return set()
    found, left = set(), [tree]
    while left:
        node = left.pop()
        found.add(node.getClass().getSimpleName().removesuffix("Context"))
        left += [node.getChild(number) for number in range(node.getChildCount()) if node.getChild(number).getChildCount()]
    return found


def test_the_lists_contain_every_statement_of_the_grammars(spark: SparkSession, grammars: dict[str, Path]) -> None:
    """A new version of Spark or Delta brings new statements: whether they read only is to be decided here."""
    for grammar, jar in grammars.items():
        used = set().union(*(rules_in(spark._jvm, grammar, statement) for statement in [*REFUSED, *ALLOWED]))
        assert rules_of(spark._jvm, grammar, jar) - used == set(), grammar


def test_every_function_of_spark_was_reviewed(spark: SparkSession) -> None:
    """A new version of Spark brings new functions: whether one reaches beyond its arguments is to be decided, in ReadOnlySql.scala."""
    reviewed = (FOLDER / "reviewed_functions.txt").read_text("utf-8").split()
    assert sorted(row[0] for row in spark.sql("SHOW ALL FUNCTIONS").collect()) == reviewed


def test_a_plan_is_checked_after_analysis_too(spark: SparkSession) -> None:
    """The check of the analysed plan refuses what the check of the parsed statement would have let pass."""
    jvm = spark._jvm
    assert jvm is not None
    rules = jvm.hublake.ReadOnlySql
    skip = jvm.org.apache.spark.sql.execution.CommandExecutionMode.SKIP()

    def check(statement: str) -> None:
        state = spark._jsparkSession.sessionState()
        rules.checkAnalysed(state.executePlan(state.sqlParser().parsePlan(statement), skip).analyzed())

    rules.protect(spark._jsparkSession, str(FOLDER / "__pycache__"), "gold")
    try:
        _check_plans(check)
    finally:
        rules.unprotect()


def _check_plans(check: Callable[[str], None]) -> None:
    check("SELECT count(*) FROM range(3) WHERE id IN (SELECT 1)")
    check("SHOW TABLES")
    for statement in (
        "SELECT reflect('java.lang.System', 'getenv', 'HF_TOKEN')",
        "SELECT TRANSFORM(1) USING 'cat'",
        f"SELECT * FROM text.`{__file__}`",
        "CREATE TEMPORARY VIEW trace AS SELECT 1",
        "ADD FILE '/etc/hostname'",
    ):
        with pytest.raises(Exception, match="is refused"):
            check(statement)
