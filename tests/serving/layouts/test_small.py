from collections.abc import Callable
from itertools import pairwise
from typing import Any

import networkx as nx
import numpy as np
import pytest

from hublake.serving.layouts.forest import ROOT
from hublake.serving.layouts.small import circular, kamada_kawai, spring

Numbers = np.ndarray[Any, np.dtype[Any]]
Force = Callable[[int, Numbers, Numbers], tuple[Numbers, Numbers]]


def stress(graph: nx.Graph, at: dict[int, Any]) -> float:
    """What Kamada and Kawai minimise, for the scale of the positions that is best."""
    wanted = dict(nx.all_pairs_shortest_path_length(graph))
    pairs = [(wanted[a][b], float(np.hypot(*(np.array(at[a]) - at[b])))) for a in graph for b in graph if a < b]
    scale = sum(found / far for far, found in pairs) / sum((found / far) ** 2 for far, found in pairs)
    return float(sum((scale * found / far - 1) ** 2 for far, found in pairs))


def test_kamada_kawai_has_no_more_stress_than_that_of_networkx() -> None:
    for seed in range(4):
        graph = nx.random_labeled_tree(24, seed=seed)
        child, parent = np.array(graph.edges).T
        x, y = kamada_kawai(24, child, parent)
        ours = stress(graph, {node: (x[node], y[node]) for node in graph})
        assert ours <= 1.1 * stress(graph, nx.kamada_kawai_layout(graph))


def test_spring_draws_neighbours_together_and_keeps_all_apart() -> None:
    graph = nx.random_labeled_tree(120, seed=3)
    child, parent = np.array(graph.edges).T
    x, y = spring(120, child, parent)
    apart = np.hypot(x[:, None] - x, y[:, None] - y)
    along = apart[child, parent].mean()
    assert along < apart.mean() / 4
    np.fill_diagonal(apart, np.inf)
    assert apart.min() > along / 50


@pytest.mark.parametrize("place", [kamada_kawai, spring])
def test_components_do_not_overlap_and_the_result_is_the_same_again(place: Force) -> None:
    child, parent = np.array([1, 2, 4, 5, 6]), np.array([0, 0, 3, 4, 4])
    x, y = place(8, child, parent)
    centres = [(x[part].mean(), y[part].mean()) for part in ([0, 1, 2], [3, 4, 5, 6], [7])]
    assert min(np.hypot(a - c, b - d) for (a, b), (c, d) in pairwise(centres)) > 1
    assert [again.tolist() for again in place(8, child, parent)] == [x.tolist(), y.tolist()]
    empty = np.zeros(0, dtype=np.int64)
    assert place(0, empty, empty)[0].size == 0


def test_on_the_circle_families_are_together_and_neighbours_1_apart() -> None:
    parent = np.array([ROOT, ROOT, 0, 1, 0, 1])
    x, y = circular(parent, np.zeros(6), np.arange(6))
    along = np.argsort(np.arctan2(y, x) % (2 * np.pi) + 1e-9)
    assert np.roll(along, -along.tolist().index(0)).tolist() == [0, 2, 4, 1, 3, 5]
    assert np.allclose(np.hypot(np.diff(x[along]), np.diff(y[along])), 1)
