"""Which pairs lie on a cycle."""

import networkx as nx
from pyspark.sql import SparkSession

from spark_jobs.graph.cycles import pairs_on_cycles
from spark_jobs.graph.derivation import derivations
from tests.spark_jobs.graph.graphs import edges_frame, graph_of, odd_graph


def test_pairs_on_cycles_are_those_inside_strong_components(spark: SparkSession) -> None:
    downloads, pairs = odd_graph()
    # A long chain between two rings: trimming alone never reaches it.
    pairs = [*pairs, ("far/a", "far/b"), ("far/b", "far/a"), ("chain/50", "far/a"), ("pair/a", "chain/0")]
    graph = graph_of(downloads, pairs)
    component = {model: i for i, members in enumerate(nx.strongly_connected_components(graph)) for model in members}
    expected = {(child, parent) for child, parent in graph.edges if component[child] == component[parent]}
    found = pairs_on_cycles(derivations(edges_frame(spark, pairs))).collect()
    assert {tuple(row) for row in found} == expected
    assert len(found) == len(expected)


def test_a_chain_has_none(spark: SparkSession) -> None:
    edges = derivations(edges_frame(spark, [("a/a", "b/b"), ("b/b", "c/c"), ("c/c", "d/d")]))
    assert pairs_on_cycles(edges).isEmpty()
