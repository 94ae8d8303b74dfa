"""Exports of the graph of lineage, read by the tools that they are for."""

import csv
from datetime import date
from pathlib import Path
from typing import Any

import igraph
import networkx as nx
import polars as pl
import pyarrow as pa
import pytest
from click.testing import CliRunner
from deltalake import write_deltalake

from hublake.lake.delta.arrow import arrow_schema
from hublake.lake.schema import Table
from hublake.serving.commands import export
from tests.serving.small_warehouse import write_tables

DAY = date(2026, 1, 2)
DRAWN = {
    "silver.models": """
        hub_id | model_id | author | downloads_30d | parameters | created_at
        1      | a/base   | a      | 900           | 7000000000 | 2024-01-02T03:04:05
        2      | b/tuned  | b      | 70            |            |
        3      | c/alone  | c      |               |            | """,
    "silver.lineage_edges": """
        child_id | parent_id | relation  | parent_status | is_self_loop | evidence   | confidence
        b/tuned  | a/base    | finetune  | present       | no           | card_field | 0.5
        b/tuned  | a/base    | quantized | present       | no           | in_name    | 0.25
        b/tuned  | gone/away | merge     | missing       | no           | card_field | 1
        c/alone  | c/alone   | finetune  | present       | yes          | card_field | 1""",
    "silver.model_licenses": "model_id | license | resolved_license \n a/base | other | llama3 \n a/base | mit |",
    "gold.model_impact": "model_id | impact_score | descendants \n a/base | 90.5 | 1",
    "gold.communities": "model_id | community_id \n a/base | a/base \n b/tuned | a/base",
}


@pytest.fixture(scope="module")
def warehouse(tmp_path_factory: pytest.TempPathFactory) -> str:
    return str(write_tables(tmp_path_factory.mktemp("graph"), DRAWN, snapshot_date=DAY))


def write(warehouse: str, out: Path, *arguments: str) -> Path:
    result = CliRunner().invoke(export, [*arguments, "--out", str(out), "--warehouse", warehouse], catch_exceptions=False)
    assert result.exit_code == 0, result.output
    return out


def read_gexf(path: Path) -> nx.MultiDiGraph:
    return nx.read_gexf(path)


READERS = {"graphml": nx.read_graphml, "gexf": read_gexf}


@pytest.mark.parametrize("name", list(READERS))
def test_networkx_reads_nodes_and_edges_with_typed_attributes(warehouse: str, tmp_path: Path, name: str) -> None:
    graph = READERS[name](write(warehouse, tmp_path, "--format", name) / f"lineage.{name}")
    assert graph.is_directed()
    assert set(graph.nodes) == {"a/base", "b/tuned", "c/alone"}
    base = graph.nodes["a/base"]
    assert (base["downloads_30d"], base["parameters"], base["impact_score"]) == (900, 7_000_000_000, 90.5)
    assert (base["kind"], base["license"], base["created_at"]) == ("base", "llama3, mit", "2024-01-02T03:04:05Z")
    assert (graph.nodes["b/tuned"]["kind"], graph.nodes["b/tuned"]["community_id"]) == ("finetune", "a/base")
    assert graph.nodes["c/alone"]["kind"] == "alone"
    assert "downloads_30d" not in graph.nodes["c/alone"]
    edges = sorted((data["relation"], data["is_guessed"], data["confidence"]) for _, _, data in graph.edges("b/tuned", data=True))
    assert edges == [("finetune", False, 0.5), ("quantized", True, 0.25)]


def test_gexf_has_the_day_of_creation_for_the_timeline(warehouse: str, tmp_path: Path) -> None:
    graph = read_gexf(write(warehouse, tmp_path, "--format", "gexf") / "lineage.gexf")
    assert graph.nodes["a/base"]["start"] == "2024-01-02"
    assert "start" not in graph.nodes["c/alone"]


def test_igraph_reads_the_same_graphml(warehouse: str, tmp_path: Path) -> None:
    graph = igraph.Graph.Read_GraphML(str(write(warehouse, tmp_path, "--format", "graphml") / "lineage.graphml"))
    assert sorted(graph.vs["id"]) == ["a/base", "b/tuned", "c/alone"]
    assert sorted(graph.es["relation"]) == ["finetune", "quantized"]


def test_cosmograph_gets_edges_from_base_to_derivative_and_metadata(warehouse: str, tmp_path: Path) -> None:
    write(warehouse, tmp_path, "--format", "cosmograph")
    edges = list(csv.DictReader((tmp_path / "edges.csv").open(encoding="utf-8")))
    assert list(edges[0])[:3] == ["source", "target", "edge"]
    assert [(edge["source"], edge["target"], edge["edge"]) for edge in edges] == [
        ("a/base", "b/tuned", "finetune"),
        ("a/base", "b/tuned", "quantized"),
    ]
    metadata = {row["id"]: row for row in csv.DictReader((tmp_path / "metadata.csv").open(encoding="utf-8"))}
    assert list(metadata["a/base"])[:4] == ["id", "type", "owner", "architecture"]
    assert (metadata["b/tuned"]["type"], metadata["b/tuned"]["community_id"]) == ("finetune", "a/base")


def test_cosmograph_files_have_the_form_of_the_published_network(warehouse: str, tmp_path: Path, shared_data: Path) -> None:
    write(warehouse, tmp_path, "--format", "cosmograph")
    for name, columns in (("edges.csv", 3), ("metadata.csv", 4)):
        with (tmp_path / name).open(encoding="utf-8") as ours, (shared_data / "seed_network" / name).open(encoding="utf-8") as theirs:
            assert next(csv.reader(ours))[:columns] == next(csv.reader(theirs))


def test_neo4j_gets_typed_headers_and_raw_names(warehouse: str, tmp_path: Path) -> None:
    write(warehouse, tmp_path, "--format", "neo4j")
    nodes = list(csv.DictReader((tmp_path / "nodes.csv").open(encoding="utf-8")))
    assert {"model_id:ID", "downloads_30d:long", "created_at:datetime", "impact_score:double"} <= set(nodes[0])
    relationships = list(csv.DictReader((tmp_path / "relationships.csv").open(encoding="utf-8")))
    assert (relationships[0][":START_ID"], relationships[0][":END_ID"], relationships[0][":TYPE"]) == ("b/tuned", "a/base", "finetune")
    assert relationships[0]["is_guessed:boolean"] == "false"


def test_parquet_keeps_types(warehouse: str, tmp_path: Path) -> None:
    write(warehouse, tmp_path, "models", "--format", "parquet")
    frame = pl.read_parquet(tmp_path / "silver.models.parquet")
    assert frame.schema["downloads_30d"] == pl.Int64
    assert frame.schema["snapshot_date"] == pl.Date


@pytest.mark.parametrize(
    ("arguments", "nodes", "edges"),
    [
        (["--root", "a/base"], 2, 2),
        (["--root", "b/tuned"], 1, 0),
        (["--root", "b/tuned", "--ancestors"], 2, 2),
        (["--author", "b"], 1, 0),
        (["--min-downloads", "70"], 2, 2),
        (["--without-guesses"], 3, 1),
    ],
)
def test_a_selection_is_the_sub_graph_of_its_models(warehouse: str, tmp_path: Path, arguments: list[str], nodes: int, edges: int) -> None:
    graph = nx.read_graphml(write(warehouse, tmp_path, "--format", "graphml", *arguments) / "lineage.graphml")
    assert (graph.number_of_nodes(), graph.number_of_edges()) == (nodes, edges)


def test_depth_limits_the_steps_from_the_root(tmp_path: Path) -> None:
    chain = "child_id | parent_id | relation | parent_status | is_self_loop | evidence \n" + "\n".join(
        f"m/{n + 1} | m/{n} | finetune | present | no | card_field" for n in range(4)
    )
    models = "hub_id | model_id \n" + "\n".join(f"{n} | m/{n}" for n in range(5))
    folder = str(write_tables(tmp_path / "w", {"silver.models": models, "silver.lineage_edges": chain}, snapshot_date=DAY))
    graph = nx.read_graphml(write(folder, tmp_path / "out", "--format", "graphml", "--root", "m/0", "--depth", "2") / "lineage.graphml")
    assert sorted(graph.nodes) == ["m/0", "m/1", "m/2"]


def test_filters_write_models_and_edges_of_the_selection(warehouse: str, tmp_path: Path) -> None:
    write(warehouse, tmp_path, "--format", "csv", "--min-downloads", "1")
    assert sorted(path.name for path in tmp_path.iterdir()) == ["silver.lineage_edges.csv", "silver.models.csv"]
    assert len((tmp_path / "silver.models.csv").read_text().splitlines()) == 3


@pytest.mark.parametrize(
    ("arguments", "problem"),
    [
        (["models", "--format", "graphml"], "leave out the names of tables"),
        (["--format", "duckdb", "--author", "a"], "writes whole tables"),
        (["--format", "gexf", "--raw"], "--raw applies to --format csv"),
        (["--format", "gexf", "--depth", "2"], "--depth needs --root"),
        (["documentation_rates", "--format", "csv", "--author", "a"], "are not about single models"),
    ],
)
def test_a_selection_that_a_format_cannot_write_is_wrong_use(warehouse: str, tmp_path: Path, arguments: list[str], problem: str) -> None:
    result = CliRunner().invoke(export, [*arguments, "--out", str(tmp_path), "--warehouse", warehouse])
    assert problem in f"{result.output} {result.exception}"
    assert list(tmp_path.iterdir()) == []


def write_rows(folder: Path, table: Table, rows: list[dict[str, Any]]) -> None:
    empty: dict[str, Any] = {column.name: [] if column.type.startswith("array") else None for column in table}
    data = pa.Table.from_pylist([empty | row | {"snapshot_date": DAY} for row in rows], schema=arrow_schema(table))
    write_deltalake(table.path(str(folder)), data, partition_by=["snapshot_date"])
