"""The Python interface: `hublake.open`."""

import subprocess
import sys
from datetime import date

import igraph
import networkx as nx
import pytest

import hublake
from hublake.lake.errors import MissingTable, UnknownTable, WrongUse
from hublake.serving.lakehouse import Lakehouse
from tests.serving.small_warehouse import DRAWN, write_tables

TABLES = DRAWN | {
    "silver.lineage_edges": """
        snapshot_date | child_id | parent_id | relation  | evidence   | parent_status | is_self_loop | confidence
        2026-01-02    | b/child  | a/base    | quantized | card_field | present       | no           | 1
        2026-01-02    | b/child  | a/base    | finetune  | in_name    | present       | no           | 0.5"""
}


@pytest.fixture(scope="module")
def lake(tmp_path_factory: pytest.TempPathFactory) -> Lakehouse:
    return hublake.open(str(write_tables(tmp_path_factory.mktemp("lake"), TABLES)))


def test_a_table_is_the_newest_snapshot_unless_all_are_wanted(lake: Lakehouse) -> None:
    assert {row["model_id"] for row in lake.table("models")} == {"a/base", "b/child", "=cmd/sum"}
    assert len(lake.table("silver.models", all_snapshots=True)) == 4
    with pytest.raises(UnknownTable):
        lake.table("gold.nothing")
    with pytest.raises(MissingTable):
        lake.table("bronze.cards")


def test_rows_are_handed_to_arrow_pandas_and_polars_with_their_types(lake: Lakehouse) -> None:
    rows = lake.table("gold.model_impact")
    assert rows.to_arrow().num_rows == len(rows.to_pandas()) == rows.to_polars().height == 3
    assert rows.to_polars()["snapshot_date"].to_list() == [date(2026, 1, 2)] * 3


def test_a_query_takes_parameters(lake: Lakehouse) -> None:
    assert lake.sql("SELECT likes, model_id FROM silver.models WHERE hub_id = $id", id="h2").to_dicts() == [
        {"likes": None, "model_id": "b/child"}
    ]


def test_a_model_has_the_columns_of_all_tables_with_a_row_for_each_model(lake: Lakehouse) -> None:
    model = lake.model("a/base")
    assert (model["downloads_30d"], model["impact_score"], model["component_id"]) == (1000, 90, "a/base")
    with pytest.raises(KeyError, match="Did you mean 'likes'"):
        model["lkes"]
    with pytest.raises(WrongUse, match="Did you mean 'a/base'"):
        lake.model("a/bse")


def test_a_family_is_a_graph_of_networkx_and_igraph_with_every_edge(lake: Lakehouse) -> None:
    family = lake.family("a/base")
    graph = family.to_networkx()
    assert isinstance(graph, nx.MultiDiGraph)
    assert graph.nodes["a/base"]["downloads_30d"] == 1000
    assert sorted(data["relation"] for _, _, data in graph.edges("b/child", data=True)) == ["finetune", "quantized"]
    same = family.to_igraph()
    assert isinstance(same, igraph.Graph)
    assert (same.vs["name"], same.vs["steps"]) == (["a/base", "b/child"], [0, 1])
    assert sorted(same.es["evidence"]) == ["card_field", "in_name"]
    assert len(lake.family("b/child", "ancestors")) == 2


def test_importing_hublake_loads_no_library() -> None:
    code = "import hublake, sys; print(sorted({'pyarrow', 'duckdb', 'deltalake', 'click'} & set(sys.modules)))"
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout.strip() == "[]"
