"""Reading tables that another release built."""

from pathlib import Path

import pyarrow as pa
import pytest
from deltalake import write_deltalake

from hublake.lake.delta.arrow import arrow_schema
from hublake.lake.errors import MissingTable
from hublake.lake.schema.gold.impact import MODEL_IMPACT
from hublake.serving.reader import PublishedTables
from tests.drawn import drawn_rows
from tests.serving.small_warehouse import DRAWN, write_warehouse


@pytest.fixture
def published(tmp_path: Path) -> PublishedTables:
    """Published tables of which one has no column `descendants`."""
    folder = write_warehouse(tmp_path, without=MODEL_IMPACT.full_name)
    rows = pa.Table.from_pylist(drawn_rows(MODEL_IMPACT, DRAWN[MODEL_IMPACT.full_name]), schema=arrow_schema(MODEL_IMPACT))
    write_deltalake(MODEL_IMPACT.path(str(folder)), rows.drop_columns(["descendants"]))
    return PublishedTables(str(folder), {})


def test_a_query_that_needs_a_column_of_a_newer_release_reports_the_table_and_the_column(published: PublishedTables) -> None:
    with pytest.raises(
        MissingTable, match=r"gold\.model_impact was built by an earlier release, without the column descendants\. Build it"
    ):
        published.rows("SELECT model_id, descendants FROM gold.model_impact")


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
    ],
)
def test_a_query_that_lists_tables_finds_all_of_them(tmp_path: Path, query: str) -> None:
    published = PublishedTables(str(write_warehouse(tmp_path)), {}, "2026-01-02")
    assert {name for (name,) in published.rows(query)} == set(published.tables)


def test_a_join_builds_its_hash_table_from_the_right_side(tmp_path: Path) -> None:
    published = PublishedTables(str(write_warehouse(tmp_path)), {})
    published.execute("CREATE TEMP TABLE few AS SELECT unnest(['a/base', 'b/child', 'c/other']) AS model_id")
    plan = published.rows("EXPLAIN (FORMAT json) SELECT likes FROM silver.models JOIN few USING (model_id)")[0][1]
    assert plan.index("READ_PARQUET") < plan.index("main.few"), "the left side comes first"


def test_a_day_before_the_first_snapshot_is_refused(tmp_path: Path) -> None:
    folder = str(write_warehouse(tmp_path))
    assert PublishedTables(folder, {}, "2026-01-01").rows("SELECT model_id FROM silver.models") == [("a/old",)]
    with pytest.raises(
        MissingTable, match=r"has no snapshot up to 2025-12-31: the first one is of 2026-01-01\. Choose that day or a later"
    ):
        PublishedTables(folder, {}, "2025-12-31")
