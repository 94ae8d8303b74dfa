"""gold.model_impact: how much others build on a model."""

from dataclasses import replace
from typing import Any

import networkx as nx
import pytest
from pyspark.sql import DataFrame, Row, SparkSession

from hublake.lake.schema.gold.impact import MODEL_IMPACT
from hublake.lake.schema.silver.lineage import LINEAGE_EDGES
from hublake.spark_jobs.gold.impact.model_impact import transform
from hublake.spark_jobs.gold.impact.model_impact_without_guesses import transform as without_guesses
from hublake.spark_jobs.steps.impact_scores import Params
from tests.drawn import drawn
from tests.spark_jobs.graph.sample_graphs import digraph_of, edges_frame, mixed_graph, models_frame, roots_and_generations


def impact(spark: SparkSession, models: str, edges: str, params: Params | None = None) -> dict[str, Row]:
    """`models`: name=downloads."""
    downloads: dict[str, int | None] = {name: int(count) for name, count in (word.split("=") for word in models.split())}
    frame = transform(models_frame(spark, downloads), drawn(spark, LINEAGE_EDGES, edges), params=params or Params())
    return {row.model_id: row for row in frame.collect()}


FAMILY: dict[str, Any] = {
    "models": "m/base=10 m/other=0 m/tuned=20 m/merged=6 m/alone=5",
    "edges": """
        child_id | parent_id | parent_status
        m/tuned  | m/base    | present
        m/merged | m/tuned   | present
        m/merged | m/other   | present
        m/merged | m/other   | present
        m/alone  | gone/base | missing
        """,
}


def test_dependants_are_children_and_descendants_all_models_below(spark: SparkSession) -> None:
    found = impact(spark, **FAMILY)
    assert set(found["m/base"].asDict()) == set(MODEL_IMPACT.column_names) - {"snapshot_date"}
    counted = {name: (row.dependants, row.descendants) for name, row in found.items()}
    assert counted == {"m/base": (1, 2), "m/other": (1, 1), "m/tuned": (1, 1), "m/merged": (0, 0), "m/alone": (0, 0)}
    # 6 downloads of the merge are split over its two roots.
    assert {name: row.downloads_attributed for name, row in found.items()} == {
        "m/base": 10 + 20 + 3,
        "m/other": 0 + 3,
        "m/tuned": 20 + 3,
        "m/merged": 6,
        "m/alone": 5,
    }
    assert found["m/base"].impact_score == pytest.approx(100), "the maximum in every part"
    assert found["m/alone"].pagerank_part == 0
    assert found["m/alone"].impact_score == pytest.approx(25 * found["m/alone"].downloads_part)


def test_the_score_is_the_weighted_sum_of_its_parts(spark: SparkSession) -> None:
    weights = replace(Params(), pagerank=0.1, dependants=0.2, descendants=0.3, downloads=0.4)
    for row in impact(spark, **FAMILY, params=weights).values():
        parts = 0.1 * row.pagerank_part + 0.2 * row.dependants_part + 0.3 * row.descendants_part + 0.4 * row.downloads_part
        assert row.impact_score == pytest.approx(100 * parts)


def test_without_edges_and_downloads_all_models_have_equal_impact(spark: SparkSession) -> None:
    found = impact(spark, "m/a=0 m/b=0", "child_id | parent_id")
    assert {(row.pagerank, row.pagerank_by_downloads, row.impact_score) for row in found.values()} == {(0.5, 0.5, 0.0)}


@pytest.fixture(scope="module")
def mixed(spark: SparkSession) -> tuple[dict[str, int], "nx.DiGraph[str]", dict[str, list[str]], dict[str, Row]]:
    downloads, pairs = mixed_graph()
    graph = digraph_of(downloads, pairs)
    roots = roots_and_generations(graph)[0]
    frame: DataFrame = transform(models_frame(spark, downloads), edges_frame(spark, pairs), params=Params())
    return {name: count or 0 for name, count in downloads.items()}, graph, roots, {row.model_id: row for row in frame.collect()}


def ranks(graph: "nx.DiGraph[str]", personalization: dict[str, int] | None = None) -> dict[str, float]:
    ranked: dict[str, float] = nx.pagerank(graph, alpha=0.85, personalization=personalization, tol=1e-17, max_iter=2_000)
    return ranked


def test_pagerank_equals_that_of_networkx(mixed: Any) -> None:
    _, graph, _, found = mixed
    assert {name: row.pagerank for name, row in found.items()} == pytest.approx(ranks(graph), rel=1e-9)
    assert sum(row.pagerank for row in found.values()) == pytest.approx(1, abs=1e-12)


def test_pagerank_by_downloads_equals_networkx_with_personalization(mixed: Any) -> None:
    downloads, graph, _, found = mixed
    assert {name: row.pagerank_by_downloads for name, row in found.items()} == pytest.approx(ranks(graph, downloads), rel=1e-9, abs=1e-18)
    assert sum(row.pagerank_by_downloads for row in found.values()) == pytest.approx(1, abs=1e-12)


def test_counts_and_downloads_equal_a_plain_traversal_even_on_cycles(mixed: Any) -> None:
    downloads, graph, roots, found = mixed
    descendants = {name: nx.ancestors(graph, name) for name in graph}
    assert {name: row.dependants for name, row in found.items()} == {name: graph.in_degree(name) for name in graph}
    assert {name: row.descendants for name, row in found.items()} == {name: len(members) for name, members in descendants.items()}
    attributed = {name: downloads[name] + sum(downloads[m] / len(roots[m]) for m in members) for name, members in descendants.items()}
    assert {name: row.downloads_attributed for name, row in found.items()} == pytest.approx(attributed, rel=1e-12)


def test_scores_and_parts_are_within_their_bounds(mixed: Any) -> None:
    for row in mixed[3].values():
        assert 0 <= row.impact_score <= 100
        assert all(0 <= row[f"{part}_part"] <= 1 for part in ("pagerank", "dependants", "descendants", "downloads"))


GUESSES = """
    child_id | parent_id | parent_status | evidence
    m/tuned  | m/base    | present       | plain_tag
    m/merged | m/base    | present       | in_name
    m/merged | m/tuned   | present       | bare_tag
    m/merged | m/tuned   | present       | card_field
    m/alone  | m/tuned   | present       | bare_tag
    """


def test_dependants_by_guesses_alone_are_counted_and_can_be_left_out(spark: SparkSession) -> None:
    found = impact(spark, FAMILY["models"], GUESSES)
    assert {name: (row.dependants, row.dependants_guessed) for name, row in found.items() if row.dependants} == {
        "m/base": (2, 1),
        "m/tuned": (2, 1),  # a pair that somebody declared is no guess
    }
    models = models_frame(spark, {"m/base": 1, "m/tuned": 1, "m/merged": 1, "m/alone": 1})
    declared = without_guesses(models, drawn(spark, LINEAGE_EDGES, GUESSES), params=Params()).collect()
    assert {row.model_id: (row.dependants, row.dependants_guessed, row.descendants) for row in declared} == {
        "m/base": (1, 0, 2),
        "m/tuned": (1, 0, 1),
        "m/merged": (0, 0, 0),
        "m/alone": (0, 0, 0),
    }
