"""The graph algorithms against NetworkX and igraph, on every shape that leaf contraction treats differently."""

import random

import igraph
import networkx as nx
import numpy as np
import pytest

from hublake.spark_jobs.graph.components import edges_on_cycles, strong_components
from hublake.spark_jobs.graph.digraph import simple_digraph
from hublake.spark_jobs.graph.impact_sums import Brought, impact_sums
from hublake.spark_jobs.graph.leaf_contraction import contract_leaves
from hublake.spark_jobs.graph.lineage_positions import lineage_positions
from tests.spark_jobs.graph.sample_graphs import Pair, acyclic_part, digraph_of, mixed_graph, roots_and_generations


def chain(length: int) -> list[Pair]:
    return [(f"c/{n:03}", f"c/{n + 1:03}") for n in range(length)]


def star(children: int) -> list[Pair]:
    return [(f"s/{n}", "s/hub") for n in range(children)]


def ring(size: int) -> list[Pair]:
    return [(f"r/{n}", f"r/{(n + 1) % size}") for n in range(size)]


def random_pairs(seed: int, models: int = 300) -> list[Pair]:
    """Random parents: cycles, self-loops and duplicate pairs."""
    rng = random.Random(seed)
    return [(f"w/{rng.randrange(models)}", f"w/{rng.randrange(models)}") for _ in range(models)]


GRAPHS = {
    "a chain of 50": chain(50),
    "a star": star(300),
    "a ring": ring(9),
    "a ring with a chain below and above": [*ring(5), ("below/1", "r/0"), ("below/2", "below/1"), ("r/2", "above/1")],
    "two rings joined by a chain of 50": [*ring(4), *chain(50), ("r/1", "c/000"), ("c/050", "q/0"), ("q/0", "q/1"), ("q/1", "q/0")],
    "self-loops and duplicate pairs": [("a/a", "a/a"), ("a/b", "a/a"), ("a/b", "a/a"), ("a/c", "a/b")],
    "stacked diamonds": [(f"d/{n}{x}", f"d/{n + 1}{y}") for n in range(12) for x in "ab" for y in "ab"],
    "all shapes": mixed_graph()[1],
    **{f"random, {seed}": random_pairs(seed) for seed in range(6)},
}


@pytest.mark.parametrize("name", GRAPHS)
def test_all_results_equal_those_of_networkx_and_igraph(name: str) -> None:
    pairs = [*GRAPHS[name]]
    names = sorted({model for pair in pairs for model in pair} | {"z/alone"})
    number = {model: n for n, model in enumerate(names)}
    downloads = np.array([n * 37 % 101 * (n % 3 == 1) for n in range(len(names))], dtype=np.int64)
    child, parent = (np.array([number[pair[end]] for pair in pairs], dtype=np.int64) for end in (0, 1))
    digraph = simple_digraph(len(names), child, parent)
    contraction = contract_leaves(digraph)
    positions = lineage_positions(contraction)
    sums = impact_sums(contraction, positions.root_counts, Brought.by_models(downloads))

    graph = digraph_of(names, pairs)
    peer = igraph.Graph(n=len(names), edges=[(number[a], number[b]) for a, b in graph.edges], directed=True)
    roots, generation = roots_and_generations(graph)
    offsets = positions.root_offsets
    assert [[names[root] for root in positions.roots[offsets[k] : offsets[k + 1]]] for k in positions.root_list] == [
        roots[model] for model in names
    ]
    assert positions.generation.tolist() == [generation[model] for model in names]
    smallest = {model: min(members) for members in nx.weakly_connected_components(graph) for model in members}
    assert [names[n] for n in positions.component] == [smallest[model] for model in names]
    smallest = {model: min(members) for members in nx.strongly_connected_components(graph) for model in members}
    assert [names[n] for n in strong_components(digraph)] == [smallest[model] for model in names]
    cyclic = edges_on_cycles(digraph)
    assert {(names[a], names[b]) for a, b in zip(cyclic.child, cyclic.parent, strict=True)} == set(graph.edges) - set(
        acyclic_part(graph).edges
    )
    assert sums.dependants.tolist() == peer.indegree()

    uniform = nx.pagerank(graph, tol=1e-15, max_iter=2_000)
    ranks = sums.pagerank / sums.pagerank.sum()
    np.testing.assert_allclose(ranks, [uniform[model] for model in names], rtol=1e-9)
    np.testing.assert_allclose(ranks, peer.pagerank(), rtol=1e-6)
    by_downloads = sums.pagerank_by_downloads / sums.pagerank_by_downloads.sum()
    np.testing.assert_allclose(by_downloads, peer.personalized_pagerank(reset=downloads.tolist()), rtol=1e-6, atol=1e-15)

    descendants = [set(peer.subcomponent(n, mode="in")) - {n} for n in range(len(names))]
    assert sums.descendants.tolist() == [len(members) for members in descendants]
    shares = downloads / positions.root_counts
    attributed = [downloads[n] + sum(shares[m] for m in members) for n, members in enumerate(descendants)]
    np.testing.assert_allclose(sums.downloads_attributed, attributed, rtol=1e-9, atol=1e-9)


def test_a_star_of_100_000_children_is_contracted_in_one_round() -> None:
    children = np.arange(1, 100_001)
    digraph = simple_digraph(100_001, children, np.zeros_like(children))
    contraction = contract_leaves(digraph)
    positions = lineage_positions(contraction)
    sums = impact_sums(contraction, positions.root_counts, Brought.by_models(np.ones(100_001, dtype=np.int64)))
    assert (len(contraction.rounds), contraction.core.child.size) == (1, 0)
    assert (sums.descendants[0], sums.dependants[0], sums.downloads_attributed[0]) == (100_000, 100_000, 100_001)
    assert sums.pagerank[0] == pytest.approx(1 + 0.85 * 100_000)
    assert set(positions.component) == {0} == set(positions.roots[positions.root_offsets[positions.root_list]])
    assert positions.generation.sum() == 100_000


def test_a_graph_without_edges_has_single_components() -> None:
    none = np.empty(0, dtype=np.int64)
    for nodes in (0, 3):
        digraph = simple_digraph(nodes, none, none)
        positions = lineage_positions(contract_leaves(digraph))
        assert positions.component.tolist() == positions.roots.tolist() == list(range(nodes))
