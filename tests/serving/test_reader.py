"""Reading tables that another release built."""

from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest
from deltalake import DeltaTable, TableFeatures, write_deltalake

from hublake.lake.delta.arrow import arrow_schema
from hublake.lake.errors import DamagedTable, MissingTable
from hublake.lake.schema import Table
from hublake.lake.schema.gold.impact import MODEL_IMPACT, MODEL_IMPACT_WITHOUT_GUESSES
from hublake.lake.schema.gold.licenses import LICENSE_EDGES
from hublake.lake.schema.silver.timeline import MODEL_HISTORY
from hublake.serving.lakehouse import Lakehouse
from hublake.serving.read_only_sql import ReadOnlySql
from hublake.serving.reader import PublishedTables
from tests.drawn import drawn_rows
from tests.serving.small_warehouse import DRAWN, write_warehouse


@pytest.fixture
def published(tmp_path: Path) -> PublishedTables:
    """Published tables of which one has no column `descendants`."""
    return PublishedTables(write_old_warehouse(tmp_path, MODEL_IMPACT, "descendants"), {})


def write_old_warehouse(folder: Path, table: Table, column: str) -> str:
    """Write a warehouse of which one table has no such column."""
    write_warehouse(folder, without=table.full_name)
    drawn = drawn_rows(table, DRAWN[table.full_name]) if table.full_name in DRAWN else []
    rows = pa.Table.from_pylist(drawn, schema=arrow_schema(table))
    write_deltalake(table.path(str(folder)), rows.drop_columns([column]))
    return str(folder)


def test_a_query_that_needs_a_column_of_a_newer_release_reports_the_table_and_the_column(published: PublishedTables) -> None:
    with pytest.raises(
        MissingTable, match=r"gold\.model_impact was built by an earlier release, without the column descendants\. Build it"
    ):
        published.rows("SELECT model_id, descendants FROM gold.model_impact")


@pytest.mark.parametrize(
    ("table", "column", "as_of", "query"),
    [
        (LICENSE_EDGES, "is_guessed", None, "SELECT child_id FROM gold.license_edges"),
        (MODEL_HISTORY, "is_removed", "2026-01-02", "SELECT model_id FROM silver.model_history"),
        (MODEL_IMPACT_WITHOUT_GUESSES, "descendants", None, "SELECT descendants FROM gold.model_impact"),
    ],
)
def test_a_view_that_needs_such_a_column_reports_the_table_that_it_reads(
    tmp_path: Path, table: Table, column: str, as_of: str | None, query: str
) -> None:
    published = PublishedTables(write_old_warehouse(tmp_path, table, column), {}, as_of, without_guesses=True)
    with pytest.raises(MissingTable, match=rf"{table.full_name} was built by an earlier release, without the column {column}\. Build it"):
        published.rows(query)


def test_a_table_with_deletion_vectors_is_refused(tmp_path: Path) -> None:
    folder = write_warehouse(tmp_path)
    DeltaTable(MODEL_IMPACT.path(str(folder))).alter.add_feature(TableFeatures.DeletionVectors, allow_protocol_versions_increase=True)
    with pytest.raises(DamagedTable, match=r"gold\.model_impact.*deletionVectors"):
        PublishedTables(str(folder), {}).rows("SELECT * FROM gold.model_impact")


def test_a_command_in_a_message_can_be_pasted_whatever_the_path(tmp_path: Path) -> None:
    with pytest.raises(MissingTable, match=r"hublake crawl models --warehouse '.*/a house'$"):
        PublishedTables(str(tmp_path / "a house"), {})


def test_the_other_columns_of_such_a_table_can_be_read(published: PublishedTables) -> None:
    assert published.rows("SELECT dependants FROM gold.model_impact WHERE model_id = 'a/base'") == [(1,)]


def test_a_query_on_a_table_that_is_not_published_names_the_command_that_builds_it(published: PublishedTables) -> None:
    with pytest.raises(MissingTable, match=r"silver\.model_cards is not in the warehouse .* Create it: hublake build"):
        published.rows("SELECT * FROM silver.model_cards")


@pytest.mark.parametrize("name", ["gold.model_impact", "GOLD.Model_Impact", '"gold"."model_impact"', "gold . model_impact"])
@pytest.mark.parametrize("is_locked", [False, True])
def test_a_query_may_write_the_name_of_a_table_in_any_form(tmp_path: Path, name: str, is_locked: bool) -> None:
    published = PublishedTables(str(write_warehouse(tmp_path)), {})
    if is_locked:
        published.restrict_to_tables()
    assert published.rows(f"SELECT count(*) FROM {name}") == [(3,)]


@pytest.mark.parametrize(
    "query",
    [
        "SELECT schema || '.' || name FROM (SHOW ALL TABLES)",
        "SELECT table_schema || '.' || table_name FROM information_schema.tables",
        "SELECT schema_name || '.' || view_name FROM duckdb_views() WHERE NOT internal AND comment IS NOT NULL",
        "SELECT schema || '.' || name FROM (DESCRIBE)",
        "SELECT schema || '.' || name FROM (DESC -- all\n)",
        "SELECT schema || '.' || name FROM (/* each */ desc /* of */ All/* */Tables)",
    ],
)
def test_a_query_that_lists_tables_finds_all_of_them(tmp_path: Path, query: str) -> None:
    published = PublishedTables(str(write_warehouse(tmp_path)), {}, "2026-01-02")
    assert {name for (name,) in published.rows(query)} == set(published.tables)


@pytest.mark.parametrize("query", ["DESCRIBE", "DESC;", "-- all\nDESC ALL TABLES", "/* of */ describe/* */tables FROM gold ;"])
def test_a_statement_that_lists_tables_finds_all_of_them(tmp_path: Path, query: str) -> None:
    published = PublishedTables(str(write_warehouse(tmp_path)), {})
    in_gold = {table.name for table in published.tables.values() if table.layer == "gold"}
    assert in_gold <= {value for row in published.rows(query) for value in row if isinstance(value, str)}


def test_an_order_creates_no_view_that_the_query_does_not_name(tmp_path: Path) -> None:
    published = PublishedTables(str(write_warehouse(tmp_path)), {})
    published.rows("SELECT model_id FROM (SELECT * FROM gold.model_impact ORDER BY abs(impact_score) DESC) ORDER BY model_id DESC")
    published.rows("DESCRIBE gold.model_impact")
    assert published.connection.execute("SELECT view_name FROM duckdb_views() WHERE NOT internal").fetchall() == [("model_impact",)]


def test_a_join_builds_its_hash_table_from_the_right_side(tmp_path: Path) -> None:
    published = PublishedTables(str(write_warehouse(tmp_path)), {})
    published.execute("CREATE TEMP TABLE few AS SELECT unnest(['a/base', 'b/child', 'c/other']) AS model_id")
    query = "EXPLAIN (FORMAT json) SELECT likes FROM silver.models JOIN few USING (model_id)"

    def keeps_sides(rows: list[tuple[Any, ...]]) -> bool:
        plan = rows[0][1]
        return bool(plan.index("READ_PARQUET") < plan.index("main.few"))  # the left side comes first

    assert keeps_sides(published.rows(query))
    assert not keeps_sides([tuple(row.values()) for row in Lakehouse(published).sql(query)]), "DuckDB chooses in a user's query"
    assert keeps_sides(published.rows(query))
    ReadOnlySql(published)
    assert not keeps_sides(published.rows(query))


def test_a_day_before_the_first_snapshot_is_refused(tmp_path: Path) -> None:
    folder = str(write_warehouse(tmp_path))
    assert PublishedTables(folder, {}, "2026-01-01").rows("SELECT model_id FROM silver.models") == [("a/old",)]
    with pytest.raises(
        MissingTable, match=r"has no snapshot up to 2025-12-31: the first one is of 2026-01-01\. Choose that day or a later"
    ):
        PublishedTables(folder, {}, "2025-12-31")
