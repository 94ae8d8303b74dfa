"""`hublake sql`: what a query may do, and how it fails."""

import json
import os
import signal
import threading
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from hublake.lake.console import PrintableConsole
from hublake.lake.errors import HublakeError, WrongUse
from hublake.serving import commands, output
from hublake.serving.commands import sql
from hublake.serving.read_only_sql import ReadOnlySql, question_names, read_question
from hublake.serving.reader import PublishedTables
from tests.serving.small_warehouse import write_warehouse


@pytest.fixture(scope="module")
def warehouse(tmp_path_factory: pytest.TempPathFactory) -> str:
    return str(write_warehouse(tmp_path_factory.mktemp("sql")))


@pytest.fixture(scope="module")
def queries(warehouse: str) -> ReadOnlySql:
    return ReadOnlySql(PublishedTables(warehouse, {}))


def run(warehouse: str, *arguments: str, stdin: str = "") -> Result:
    return CliRunner().invoke(sql, [*arguments, "--warehouse", warehouse], input=stdin, catch_exceptions=True)


@pytest.mark.parametrize(
    "query",
    [
        "WITH x AS (SELECT 1 AS a) SELECT a FROM x",
        "FROM silver.models SELECT count(*)",
        "VALUES (1)",
        "DESCRIBE gold.model_impact",
        "SHOW ALL TABLES",
        "SUMMARIZE gold.model_impact",
        "EXPLAIN SELECT * FROM gold.model_impact",
        "EXPLAIN ANALYZE SELECT count(*) FROM gold.model_impact",
        "PIVOT silver.models ON model_id IN ('a/base') USING count(*)",
    ],
)
def test_queries_that_read_are_run(queries: ReadOnlySql, query: str) -> None:
    (result,) = queries.run(query)
    assert list(result.rows)


@pytest.mark.parametrize(
    "query",
    [
        "INSERT INTO silver.models SELECT * FROM silver.models",
        "DELETE FROM silver.models",
        "CREATE TABLE t AS SELECT 1",
        "DROP VIEW silver.models",
        "COPY (SELECT 1) TO '{file}'",
        "EXPORT DATABASE '{file}'",
        "EXPLAIN ANALYZE COPY (SELECT 1) TO '{file}'",
        "EXPLAIN COPY (SELECT 1) TO '{file}'",
        "EXPLAIN /* */ ANALYZE COPY (SELECT 1) TO '{file}'",
        "EXPLAIN ANALYZE CREATE TABLE t AS SELECT 1",
        "EXPLAIN DROP VIEW silver.models",
        "ATTACH '{file}' AS other",
        "INSTALL httpfs",
        "LOAD httpfs",
        "SET enable_external_access = true",
        "RESET lock_configuration",
        "PRAGMA enable_progress_bar",
        "CALL pragma_version()",
        "SELECT 1; DROP VIEW silver.models",
    ],
)
def test_statements_that_do_more_than_read_are_refused_before_anything_runs(queries: ReadOnlySql, query: str, tmp_path: Path) -> None:
    file = tmp_path / "written"
    with pytest.raises(WrongUse, match=r"hublake sql only reads|the query cannot be read"):
        list(queries.run(query.format(file=file)))
    assert not file.exists()


@pytest.mark.parametrize(
    "query",
    [
        "SELECT * FROM read_text('{secret}')",
        "EXPLAIN SELECT * FROM read_csv('{secret}')",
        "DESCRIBE SELECT * FROM '{secret}'",
        "SUMMARIZE '{secret}'",
        "SELECT * FROM read_csv('{secret}')",
        "SELECT * FROM read_text('{warehouse}/../{name}')",
        "SELECT * FROM glob('{folder}/*')",
        "SELECT * FROM '{secret}'",
        "SELECT * FROM local_rows",
        "SELECT * FROM read_parquet('https://127.0.0.1:9/x.parquet')",
        "SELECT getenv('HOME')",
        "SELECT * FROM delta_scan('{folder}')",
        "SELECT * FROM sqlite_scan('{secret}', 'x')",
        "SELECT * FROM duckdb_secrets()",
        "SELECT * FROM duckdb_extensions()",
    ],
)
def test_a_query_reaches_no_file_network_or_variable_besides_the_tables(
    queries: ReadOnlySql, warehouse: str, query: str, tmp_path: Path
) -> None:
    secret = tmp_path / "secret.csv"
    secret.write_text("secret")
    local_rows = [("secret",)]
    text = query.format(secret=secret, warehouse=warehouse, name=secret.name, folder=tmp_path)
    with pytest.raises(HublakeError, match="the query failed"):
        [list(result.rows) for result in queries.run(text)]
    assert local_rows


def test_show_tables_lists_every_table_with_its_comment(queries: ReadOnlySql) -> None:
    for query in ("SHOW TABLES", "show all tables;", "DESCRIBE", "/* each */ desc /* of the */ TABLES ; "):
        (result,) = queries.run(query)
        rows = dict(result.rows)
        assert list(rows) == sorted(queries.published.tables, key=lambda name: (name.startswith("gold"), name))
        assert rows["silver.models"] == queries.published.tables["silver.models"].comment


@pytest.mark.parametrize("query", ["DESCRIBE silver.models", "desc table silver . MODELS;", "-- its columns\nSHOW silver.models"])
def test_describe_lists_the_columns_with_their_comments(queries: ReadOnlySql, query: str) -> None:
    (result,) = queries.run(query)
    rows = {name: (type_, comment) for name, type_, comment in result.rows}
    models = queries.published.tables["silver.models"]
    assert list(rows) == list(models.column_names)
    assert rows["likes"] == ("BIGINT", models.by_name["likes"].comment)


def test_a_plan_has_a_row_for_each_line(queries: ReadOnlySql) -> None:
    (result,) = queries.run("EXPLAIN SELECT count(*) FROM silver.models")
    lines = [line for (line,) in result.rows]
    assert len(lines) > 3
    assert all("\n" not in line for line in lines)


def test_a_list_of_tables_is_printed_whole(warehouse: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(commands, "PRINTED_ROWS", 1)
    assert "gold.model_impact" in run(warehouse, "SHOW TABLES").output
    assert "and 2 more rows" in run(warehouse, "SELECT * FROM range(3)").output


def test_a_mistake_in_a_query_is_one_sentence_that_names_the_place(queries: ReadOnlySql) -> None:
    with pytest.raises(HublakeError, match=r'the query failed: .*"nosuch" not found'):
        list(queries.run("SELECT nosuch FROM silver.models"))
    with pytest.raises(WrongUse, match="the query is empty"):
        list(queries.run("  -- nothing"))


def test_a_pivot_that_must_first_find_its_columns_is_refused_by_its_name(queries: ReadOnlySql) -> None:
    with pytest.raises(WrongUse, match=r"not PIVOT without the values: PIVOT \.\.\. ON column IN \(\.\.\.\)"):
        list(queries.run("PIVOT silver.models ON model_id USING count(*)"))


def test_a_query_that_needs_too_much_memory_fails_with_advice_that_a_reader_can_follow(queries: ReadOnlySql) -> None:
    with pytest.raises(HublakeError, match=r"^the query needs more than 1 GB of memory: select fewer"):
        list(queries.run("SELECT len(list(range)) FROM range(500000000)"))


@pytest.mark.parametrize(
    "query",
    [
        "SELECT count(*) FROM range(100000000000) AS a, range(1000000) AS b",
        "SELECT a.range FROM range(100000000000) AS a, range(1000000) AS b WHERE a.range < -1",
    ],
)
def test_ctrl_c_ends_a_query_and_the_next_one_runs(queries: ReadOnlySql, query: str) -> None:
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    timer = threading.Timer(0.5, os.kill, (os.getpid(), signal.SIGINT))
    timer.start()
    try:
        with pytest.raises(KeyboardInterrupt):
            [list(result.rows) for result in queries.run(query)]
    finally:
        timer.cancel()
        signal.signal(signal.SIGINT, before)
    assert [list(result.rows) for result in queries.run("SELECT 1")] == [[(1,)]]


def test_statements_come_from_standard_input_and_each_has_its_result(warehouse: str) -> None:
    result = run(warehouse, "--format", "json", stdin="SELECT 1 AS a; SELECT DATE '2026-01-02' AS day")
    assert [json.loads(line) for line in result.output.splitlines()] == [{"a": 1}, {"day": "2026-01-02"}]


def test_csv_protects_spreadsheets_unless_raw(warehouse: str) -> None:
    query = "SELECT model_id, tags FROM silver.models WHERE snapshot_date = '2026-01-02' ORDER BY model_id LIMIT 2"
    assert run(warehouse, query, "--format", "csv").output.splitlines() == [
        '"model_id","tags"',
        '"\'=cmd/sum","[]"',
        '"a/base","[""x"", ""\\""q\\""""]"',
    ]
    assert '"=cmd/sum"' in run(warehouse, query, "--format", "csv", "--raw").output


def test_raw_is_an_option_of_csv(warehouse: str) -> None:
    result = run(warehouse, "SELECT 1", "--raw")
    assert (result.exit_code, "--raw applies to --format csv" in result.output) == (2, True)


def test_a_grid_shows_as_many_rows_as_the_limit_and_the_number_of_others(warehouse: str) -> None:
    result = run(warehouse, "SELECT range AS n FROM range(5)", "--limit", "2")
    assert [line.strip() for line in result.output.splitlines()[:3]] == ["n", "0", "1"]
    assert "and 3 more rows" in result.output


def test_on_a_terminal_that_is_too_narrow_for_the_columns_each_row_is_a_list_of_values(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def printed(width: int) -> list[str]:
        monkeypatch.setattr(output, "open_console", lambda: PrintableConsole(width=width, force_terminal=True, color_system=None))
        output.write_rows(("model_id", "downloads_30d", "license"), [("a/base", 12345, "mit"), ("b\x1b/child", None, "")], "text")
        return [line.rstrip() for line in capsys.readouterr().out.splitlines()]

    assert printed(30) == ["model_id       a/base", "downloads_30d  12,345", "license        mit", "", "model_id       b\\x1b/child"]
    assert printed(60)[1].split() == ["a/base", "12,345", "mit"]


def test_every_example_question_is_found_by_its_name_its_number_and_its_words() -> None:
    assert len(question_names()) >= 16
    for name in question_names():
        assert read_question(name) == read_question(name[:2]) == read_question(name[3:]) == read_question(str(int(name[:2])))
    with pytest.raises(WrongUse, match="Did you mean '04_generations'"):
        read_question("04_generation")


def test_a_question_runs_on_a_warehouse(warehouse: str) -> None:
    assert "a/base" in run(warehouse, "--question", "01").output
