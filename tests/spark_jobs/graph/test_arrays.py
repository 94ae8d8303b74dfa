"""The graph in arrays, against NetworkX and igraph: every shape that folding treats in its own way."""

import random

import igraph
import networkx as nx
import numpy as np
import pytest

from hublake.spark_jobs.graph.bearing import bearing
from hublake.spark_jobs.graph.folding import distinct_pairs, fold
from hublake.spark_jobs.graph.standing import standing
from hublake.spark_jobs.graph.strong import on_cycles, strong_components
from tests.spark_jobs.graph.graphs import Pair, graph_of, odd_graph, roots_and_generations, without_cycles


def chain(length: int) -> list[Pair]:
    return [(f"c/{n:03}", f"c/{n + 1:03}") for n in range(length)]


def star(children: int) -> list[Pair]:
    return [(f"s/{n}", "s/hub") for n in range(children)]


def ring(size: int) -> list[Pair]:
    return [(f"r/{n}", f"r/{(n + 1) % size}") for n in range(size)]


def wild(seed: int, models: int = 300) -> list[Pair]:
    """Any model may be any other's parent: cycles, self loops, pairs given twice."""
    chance = random.Random(seed)
    return [(f"w/{chance.randrange(models)}", f"w/{chance.randrange(models)}") for _ in range(models)]


GRAPHS = {
    "a chain of 50": chain(50),
    "a star": star(300),
    "a ring": ring(9),
    "a ring with a chain below and above": [*ring(5), ("below/1", "r/0"), ("below/2", "below/1"), ("r/2", "above/1")],
    "two rings and a chain of 50 between them": [*ring(4), *chain(50), ("r/1", "c/000"), ("c/050", "q/0"), ("q/0", "q/1"), ("q/1", "q/0")],
    "self loops and pairs given twice": [("a/a", "a/a"), ("a/b", "a/a"), ("a/b", "a/a"), ("a/c", "a/b")],
    "diamonds on diamonds": [(f"d/{n}{x}", f"d/{n + 1}{y}") for n in range(12) for x in "ab" for y in "ab"],
    "all shapes": odd_graph()[1],
    **{f"at random, {seed}": wild(seed) for seed in range(6)},
}


@pytest.mark.parametrize("name", GRAPHS)
def test_all_that_is_found_is_what_networkx_and_igraph_find(name: str) -> None:
    pairs = [*GRAPHS[name]]
    names = sorted({model for pair in pairs for model in pair} | {"z/alone"})
    number = {model: n for n, model in enumerate(names)}
    downloads = np.array([n * 37 % 101 * (n % 3 == 1) for n in range(len(names))], dtype=np.int64)
    child, parent = (np.array([number[pair[end]] for pair in pairs], dtype=np.int64) for end in (0, 1))
    folding = fold(distinct_pairs(len(names), child, parent))
    strong = strong_components(folding)
    stands = standing(folding, strong)
    bears = bearing(folding, strong, stands.root_counts, downloads)

    graph = graph_of(names, pairs)
    peer = igraph.Graph(n=len(names), edges=[(number[a], number[b]) for a, b in graph.edges], directed=True)
    roots, generation = roots_and_generations(graph)
    assert [[names[root] for root in stands.root[stands.first_root[k] : stands.first_root[k + 1]]] for k in stands.roots_of] == [
        roots[model] for model in names
    ]
    assert stands.generation.tolist() == [generation[model] for model in names]
    smallest = {model: min(members) for members in nx.weakly_connected_components(graph) for model in members}
    assert [names[n] for n in stands.component] == [smallest[model] for model in names]
    cyclic = set(graph.edges) - set(without_cycles(graph).edges)
    found = folding.core.where(on_cycles(folding.core, strong))
    assert {(names[a], names[b]) for a, b in zip(found.child, found.parent, strict=True)} == cyclic
    assert bears.dependants.tolist() == peer.indegree()

    even = nx.pagerank(graph, tol=1e-15, max_iter=2_000)
    ranks = bears.pagerank / bears.pagerank.sum()
    np.testing.assert_allclose(ranks, [even[model] for model in names], rtol=1e-9)
    np.testing.assert_allclose(ranks, peer.pagerank(), rtol=1e-6)
    by_downloads = bears.pagerank_by_downloads / bears.pagerank_by_downloads.sum()
    np.testing.assert_allclose(by_downloads, peer.personalized_pagerank(reset=downloads.tolist()), rtol=1e-6, atol=1e-15)

    below = [set(peer.subcomponent(n, mode="in")) - {n} for n in range(len(names))]
    assert bears.descendants.tolist() == [len(members) for members in below]
    shares = downloads / stands.root_counts
    attributed = [downloads[n] + sum(shares[m] for m in members) for n, members in enumerate(below)]
    np.testing.assert_allclose(bears.downloads_attributed, attributed, rtol=1e-9, atol=1e-9)


def test_a_star_of_100_000_children_folds_in_one_wave() -> None:
    children = np.arange(1, 100_001)
    folding = fold(distinct_pairs(100_001, children, np.zeros_like(children)))
    strong = strong_components(folding)
    stands = standing(folding, strong)
    bears = bearing(folding, strong, stands.root_counts, np.ones(100_001, dtype=np.int64))
    assert (len(folding.waves), folding.core.child.size) == (1, 0)
    assert (bears.descendants[0], bears.dependants[0], bears.downloads_attributed[0]) == (100_000, 100_000, 100_001)
    assert bears.pagerank[0] == pytest.approx(1 + 0.85 * 100_000)
    assert set(stands.component) == {0} == set(stands.root[stands.first_root[stands.roots_of]])
    assert stands.generation.sum() == 100_000
