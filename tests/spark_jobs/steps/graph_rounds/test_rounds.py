"""Rounds of Spark and GraphFrames give what one task gives, on every shape; limits of a few pairs make them run."""

from typing import Any

import networkx as nx
import pytest
from pyspark.sql import DataFrame, Row, SparkSession

from hublake.lake.schema.silver.lineage import LINEAGE_EDGES
from hublake.spark_jobs.gold.impact import model_impact
from hublake.spark_jobs.gold.lineage import model_lineage
from hublake.spark_jobs.job import Execution
from hublake.spark_jobs.steps.graph_rounds.descendants import descendants
from hublake.spark_jobs.steps.impact_scores import Params
from tests.drawn import drawn
from tests.spark_jobs.graph.sample_graphs import Pair, digraph_of, edges_frame, mixed_graph, models_frame

RANKS = ("pagerank", "pagerank_by_downloads")
APPROXIMATE = (*RANKS, "downloads_attributed", "impact_score", *(f"{part}_part" for part in ("pagerank", "downloads", "descendants")))
EXACT = ("dependants", "dependants_guessed", "descendants")
EVERYTHING = 10**9

UNLISTED = """
    child_id    | parent_id   | parent_status | evidence
    ring/a      | gone/model  | missing       | card_field
    alone/2     | gone/model  | missing       | in_name
    below/ring  | diamond/a   | present       | in_name
    diamond/d   | diamond/b   | present       | bare_tag
    """


def rings() -> tuple[dict[str, int | None], list[Pair]]:
    """Two rings joined, with a diamond, merges of merges, parallel relations and a self-loop: more on cycles than off them."""
    pairs: list[Pair] = [("ring/a", "ring/b"), ("ring/b", "ring/c"), ("ring/c", "ring/a"), ("ring/a", "top/1"), ("ring/b", "top/2")]
    pairs += [
        ("pair/a", "pair/b"),
        ("pair/b", "pair/a"),
        ("pair/a", "ring/a"),
        ("pair/b", "ring/b"),
        ("ring/c", "top/1"),
        ("ring/c", "top/2"),
    ]
    pairs += [(f"diamond/{low}", f"diamond/{high}") for low, high in ("db", "dc", "ba", "ca", "eb", "ec", "ed")]
    pairs += [("below/ring", "pair/a"), ("below/ring", "pair/b"), ("leaf/1", "below/ring"), ("leaf/1", "below/ring"), ("loop/a", "loop/a")]
    pairs += [("low/ring/a", "low/ring/b"), ("low/ring/b", "low/ring/a"), ("low/ring/a", "below/ring"), ("low/ring/b", "diamond/d")]
    names = [*dict.fromkeys(name for pair in pairs for name in pair), "alone/1", "alone/2"]
    return {name: number * 37 % 101 * (number % 3) for number, name in enumerate(names)}, pairs


def frames(spark: SparkSession, graph: tuple[dict[str, int | None], list[Pair]]) -> tuple[DataFrame, DataFrame]:
    """Models and edges; some edges more are guesses, or lead to a parent that is not listed."""
    downloads, pairs = graph
    edges = edges_frame(spark, pairs).unionByName(drawn(spark, LINEAGE_EDGES, UNLISTED))
    return models_frame(spark, downloads).localCheckpoint(), edges.localCheckpoint()


def tables(models: DataFrame, edges: DataFrame, limit: int) -> tuple[dict[str, Row], dict[str, Row], list[str]]:
    """(gold.model_impact by model, gold.model_lineage by model, notes) with so many pairs in one task."""
    notes: list[str] = []
    impact = model_impact.transform(models, edges, params=Params(), execution=Execution(limit, notes.append))
    lineage = model_lineage.transform(models, edges, execution=Execution(limit, notes.append))
    return {row.model_id: row for row in impact.collect()}, {row.model_id: row for row in lineage.collect()}, notes


def assert_equal(found: tuple[Any, Any, Any], expected: tuple[Any, Any, Any]) -> None:
    assert found[1] == expected[1]
    for name in EXACT:
        assert {model: row[name] for model, row in found[0].items()} == {model: row[name] for model, row in expected[0].items()}, name
    for name in APPROXIMATE:
        values = {model: row[name] for model, row in expected[0].items()}
        assert {model: row[name] for model, row in found[0].items()} == pytest.approx(values, rel=1e-9, abs=1e-18), name


@pytest.mark.parametrize(("limit", "end"), [(240, "these in one task"), (60, "these by rounds of Spark and GraphFrames")])
def test_rounds_equal_one_task_on_a_graph_of_all_shapes(spark: SparkSession, limit: int, end: str) -> None:
    models, edges = frames(spark, mixed_graph())
    expected, found = tables(models, edges, EVERYTHING), tables(models, edges, limit)
    assert_equal(found, expected)
    assert {note.partition(":")[0] for note in expected[2]} == {"graph in one task"}
    assert all(note.startswith("leaves contracted by Spark in") and end in note for note in found[2])


def test_rounds_equal_one_task_where_cycles_fit_no_task(spark: SparkSession) -> None:
    models, edges = frames(spark, rings())
    assert_equal(tables(models, edges, 4), tables(models, edges, EVERYTHING))


def test_descendants_are_followed_around_cycles_and_without_the_models_where_they_start(spark: SparkSession) -> None:
    graph = digraph_of((), mixed_graph()[1])
    starts = ["ring/a", "diamond/a", "wild/3"]
    pairs = spark.createDataFrame([*graph.edges], "child string, parent string")
    found = descendants(spark.createDataFrame([(name,) for name in starts], "node string"), pairs).collect()
    assert sorted(row.node for row in found) == sorted(set().union(*(nx.ancestors(graph, name) for name in starts)) - set(starts))


def test_a_graph_without_edges_has_no_rounds(spark: SparkSession) -> None:
    models, edges = models_frame(spark, {"m/a": 1, "m/b": None}), drawn(spark, LINEAGE_EDGES, "child_id | parent_id")
    impact, lineage, notes = tables(models, edges, 0)
    assert notes == ["graph in one task: 0 pairs"] * 2
    assert {row.pagerank for row in impact.values()} == {0.5}
    assert {row.component_id for row in lineage.values()} == {"m/a", "m/b"}
