"""Which pairs lie on a cycle."""

import networkx as nx
import numpy as np

from hublake.spark_jobs.graph.cycles import pairs_on_cycles
from hublake.spark_jobs.graph.folding import distinct_pairs
from tests.spark_jobs.graph.graphs import Pair, graph_of, odd_graph


def on_cycles(pairs: list[Pair]) -> list[Pair]:
    names = sorted({name for pair in pairs for name in pair})
    child, parent = (np.array([names.index(pair[end]) for pair in pairs], dtype=np.int64) for end in (0, 1))
    found = pairs_on_cycles(distinct_pairs(len(names), child, parent))
    return sorted((names[child], names[parent]) for child, parent in zip(found.child, found.parent, strict=True))


def test_pairs_on_cycles_are_those_inside_strong_components() -> None:
    # A long chain between two rings: trimming alone never reaches it.
    pairs = [*odd_graph()[1], ("far/a", "far/b"), ("far/b", "far/a"), ("chain/50", "far/a"), ("pair/a", "chain/0")]
    graph = graph_of((), pairs)
    component = {model: i for i, members in enumerate(nx.strongly_connected_components(graph)) for model in members}
    assert on_cycles(pairs) == sorted((child, parent) for child, parent in graph.edges if component[child] == component[parent])


def test_a_chain_has_none() -> None:
    assert on_cycles([("a/a", "b/b"), ("b/b", "c/c"), ("c/c", "d/d")]) == []
