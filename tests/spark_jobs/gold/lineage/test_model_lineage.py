"""gold.model_lineage: the position of each model in its lineage."""

from typing import Any

import networkx as nx
from pyspark.sql import SparkSession

from hublake.lake.schema.gold.lineage import MODEL_LINEAGE
from hublake.lake.schema.silver.lineage import LINEAGE_EDGES
from hublake.spark_jobs.gold.lineage.model_lineage import transform
from tests.drawn import drawn
from tests.spark_jobs.graph.sample_graphs import digraph_of, edges_frame, mixed_graph, models_frame, roots_and_generations


def positions(spark: SparkSession, models: str, edges: str) -> dict[str, dict[str, Any]]:
    listed = models_frame(spark, dict.fromkeys(models.split()))
    return {row.model_id: row.asDict() for row in transform(listed, drawn(spark, LINEAGE_EDGES, edges)).collect()}


def test_a_family_has_one_component_with_roots_and_generations(spark: SparkSession) -> None:
    family = positions(
        spark,
        "m/base m/other m/tuned m/merged z/alone",
        """
        child_id | parent_id | parent_status
        m/tuned  | m/base    | present
        m/merged | m/tuned   | present
        m/merged | m/other   | renamed
        m/merged | m/tuned   | present
        """,
    )
    assert set(family["m/base"]) == set(MODEL_LINEAGE.column_names) - {"snapshot_date"}
    assert {name: row["component_id"] for name, row in family.items()} == dict.fromkeys(
        ("m/base", "m/other", "m/tuned", "m/merged"), "m/base"
    ) | {"z/alone": "z/alone"}
    assert family["m/merged"]["root_ids"] == ["m/base", "m/other"]
    assert {name: row["generation"] for name, row in family.items() if row["generation"]} == {"m/tuned": 1, "m/merged": 2}
    assert {name for name, row in family.items() if row["is_root"]} == {"m/base", "m/other"}
    assert {name for name, row in family.items() if row["is_leaf"]} == {"m/merged", "z/alone"}


def test_a_model_with_an_unknown_parent_is_no_root_but_appears_as_one_in_root_ids(spark: SparkSession) -> None:
    family = positions(
        spark,
        "m/middle m/low m/loop m/below-loop",
        """
        child_id     | parent_id  | parent_status | is_self_loop | evidence
        m/middle     | gone/model | missing       | no           | card_field
        m/low        | m/middle   | present       | no           | in_name
        m/loop       | m/loop     | present       | yes          | card_field
        m/below-loop | m/loop     | present       | no           | card_text
        """,
    )
    assert {name for name, row in family.items() if row["has_guessed_parent"]} == {"m/low"}
    assert {name for name, row in family.items() if row["has_unknown_parent"]} == {"m/middle"}
    assert family["m/low"]["root_ids"] == ["m/middle"]
    assert "gone/model" not in family
    assert {name for name, row in family.items() if row["is_root"]} == {"m/loop"}, "a self-loop is not a parent"


def test_positions_equal_networkx_on_chains_stars_cycles_and_merges(spark: SparkSession) -> None:
    downloads, pairs = mixed_graph()
    graph = digraph_of(downloads, pairs)
    found = {row.model_id: row for row in transform(models_frame(spark, downloads), edges_frame(spark, pairs)).collect()}
    roots, generation = roots_and_generations(graph)
    smallest = {model: min(members) for members in nx.weakly_connected_components(graph) for model in members}
    assert {name: row.component_id for name, row in found.items()} == smallest
    assert {name: row.root_ids for name, row in found.items()} == roots
    assert {name: row.generation for name, row in found.items()} == generation
    assert {name for name, row in found.items() if row.is_leaf} == {name for name in graph if not graph.in_degree(name)}
