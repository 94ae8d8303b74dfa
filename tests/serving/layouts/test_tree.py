import numpy as np

from hublake.serving.layouts.tree import ABOVE, EgoTree, ego_tree


def tree_of(focus: int, edges: list[tuple[int, int]], size: list[int], width: int = 9) -> EgoTree:
    child, parent = np.array(edges).T
    return ego_tree(focus, child, parent, np.array(size), np.arange(len(size)), width=width)


def levels(found: EgoTree) -> dict[int, int]:
    return dict(zip(found.node.tolist(), found.level.tolist(), strict=True))


def test_ancestors_are_above_the_model_and_derivatives_below() -> None:
    found = tree_of(2, [(1, 0), (2, 1), (3, 2), (4, 2), (5, 4)], [9, 8, 7, 1, 2, 1])
    assert levels(found) == {0: 2, 1: 1, 2: 0, 3: -1, 4: -1, 5: -2}
    assert found.x[found.node.tolist().index(2)] == 0
    assert found.edge.size == 5


def test_an_ancestor_is_above_all_that_derive_from_it() -> None:
    found = tree_of(3, [(3, 0), (3, 2), (2, 1), (1, 0)], [1, 1, 1, 1])
    assert levels(found) == {3: 0, 2: 1, 1: 2, 0: 3}


def test_of_many_derivatives_those_of_the_largest_size_are_drawn_and_all_are_counted() -> None:
    found = tree_of(0, [(node, 0) for node in range(1, 6_000)], list(range(6_000)), width=3)
    assert set(found.node.tolist()) == {0, 5_997, 5_998, 5_999}
    assert found.derivatives.tolist() == [5_999, 0, 0, 0]


def test_no_two_models_of_a_level_are_in_one_column() -> None:
    for seed in range(40):
        rng = np.random.default_rng(seed)
        nodes = int(rng.integers(3, 80))
        edges = [(node, int(rng.integers(0, node))) for node in range(1, nodes) for _ in range(int(rng.integers(1, 3)))]
        width = int(rng.integers(1, 10))
        found = tree_of(int(rng.integers(0, nodes)), edges, rng.integers(0, 50, nodes).tolist(), width)
        places = {(level, round(x, 6)) for level, x in zip(found.level.tolist(), found.x.tolist(), strict=True)}
        assert len(places) == found.node.size
        below = found.level[found.level < 0]
        assert np.bincount(-below).max(initial=0) <= width


def test_a_cycle_and_a_loop_end() -> None:
    found = tree_of(0, [(0, 1), (1, 2), (2, 0), (0, 0)], [1, 1, 1])
    assert found.node.size == 3
    assert abs(found.level).max() <= ABOVE
