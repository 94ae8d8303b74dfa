"""Edges on cycles."""

import networkx as nx
import numpy as np

from hublake.spark_jobs.graph.components import edges_on_cycles
from hublake.spark_jobs.graph.digraph import simple_digraph
from tests.spark_jobs.graph.sample_graphs import Pair, digraph_of, mixed_graph


def cyclic_pairs(pairs: list[Pair]) -> list[Pair]:
    names = sorted({name for pair in pairs for name in pair})
    child, parent = (np.array([names.index(pair[end]) for pair in pairs], dtype=np.int64) for end in (0, 1))
    found = edges_on_cycles(simple_digraph(len(names), child, parent))
    return sorted((names[child], names[parent]) for child, parent in zip(found.child, found.parent, strict=True))


def test_edges_on_cycles_are_those_within_strongly_connected_components() -> None:
    # A long chain between two cycles has ancestors and descendants on cycles, but is on none.
    pairs = [*mixed_graph()[1], ("far/a", "far/b"), ("far/b", "far/a"), ("chain/50", "far/a"), ("pair/a", "chain/0")]
    graph = digraph_of((), pairs)
    component = {model: i for i, members in enumerate(nx.strongly_connected_components(graph)) for model in members}
    assert cyclic_pairs(pairs) == sorted((child, parent) for child, parent in graph.edges if component[child] == component[parent])


def test_a_chain_has_no_edge_on_a_cycle() -> None:
    assert cyclic_pairs([("a/a", "b/b"), ("b/b", "c/c"), ("c/c", "d/d")]) == []
