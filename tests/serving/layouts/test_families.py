from typing import Any

import numpy as np
import pytest
from scipy.spatial import KDTree

from hublake.serving.layouts.families import MAX_DEPTH, families_map, grouped, quantised
from hublake.serving.layouts.forest import ROOT, depths, main_parents
from hublake.serving.layouts.packing import FRONT_DISCS, pack

Numbers = np.ndarray[Any, np.dtype[Any]]
SHAPES = ("shallow", "hubs", "deep", "chains", "pairs")


def random_forest(shape: str, seed: int) -> tuple[Numbers, Numbers]:
    """(parent, relation) of 3 to 3,000 connected nodes in random order."""
    rng = np.random.default_rng(seed)
    nodes = int(10 ** rng.uniform(0.5, 3.5)) // 2 * 2
    index = np.arange(nodes)
    match shape:
        case "shallow":
            parent = (rng.random(nodes) * 0.05 * index).astype(np.int64)
        case "hubs":
            parent = (rng.random(nodes) ** 8 * index).astype(np.int64)
        case "deep":
            parent = (rng.random(nodes) * index).astype(np.int64)
        case "chains":
            parent = index - 1
        case _:
            parent = index - index % 2
    is_root = (rng.random(nodes) < rng.choice([0.01, 0.1])) & (shape != "pairs") | (parent == index)
    parent[is_root] = ROOT
    parent[0] = ROOT
    shuffled = rng.permutation(nodes)
    result = np.full(nodes, ROOT)
    result[shuffled] = np.where(parent == ROOT, ROOT, shuffled[parent])
    return result, rng.integers(0, 5, nodes)


def nearest(x: Numbers, y: Numbers) -> tuple[Numbers, Numbers]:
    """Distance to the nearest other node, and its number."""
    distance, number = KDTree(np.column_stack([x, y])).query(np.column_stack([x, y]), k=2)
    return distance[:, 1], number[:, 1]


@pytest.mark.parametrize("power", [1.0, 0.75])
@pytest.mark.parametrize("shape", SHAPES)
def test_no_two_models_are_closer_than_1_and_the_nearest_is_of_the_own_family(shape: str, power: float) -> None:
    for seed in range(12):
        parent, relation = random_forest(shape, seed)
        found = families_map(parent, relation, power=power)
        distance, neighbour = nearest(found.x, found.y)
        assert distance.min() >= 1
        has_family = found.members[found.family] > 1
        assert (found.family[neighbour] == found.family)[has_family].all()
        inside = np.hypot(found.x - found.family_x[found.family], found.y - found.family_y[found.family])
        assert (inside <= found.family_radius[found.family]).all()
        assert np.hypot(found.x, found.y).max() <= found.extent


def test_families_do_not_overlap_and_are_numbered_by_radius() -> None:
    found = families_map(*random_forest("deep", 3))
    apart = np.hypot(found.family_x[:, None] - found.family_x, found.family_y[:, None] - found.family_y)
    np.fill_diagonal(apart, np.inf)
    assert (apart >= found.family_radius[:, None] + found.family_radius - 1e-3).all()
    assert found.members.sum() == found.x.size
    assert (found.family[found.root] == np.arange(found.root.size)).all()
    assert (found.family_radius[:-1] >= found.family_radius[1:] / 2 ** (1 / 16)).all()


def test_leaves_surround_their_parent_by_relation_and_then_in_stable_order() -> None:
    relation = np.array([0, 2, 1, 2, 1, 1])
    found = families_map(np.array([ROOT, 0, 0, 0, 0, 0]), relation, np.array([0, 9, 8, 2, 7, 1]))
    distance = np.hypot(found.x - found.x[0], found.y - found.y[0])
    assert np.argsort(distance).tolist() == [0, 5, 4, 2, 3, 1]


def test_the_numbering_of_the_nodes_changes_nothing() -> None:
    parent, relation = random_forest("hubs", 5)
    order = np.random.default_rng(1).permutation(parent.size)
    found = families_map(parent, relation, order)
    renumbered = np.random.default_rng(2).permutation(parent.size)
    back = np.argsort(renumbered)
    moved_parent = np.where(parent == ROOT, ROOT, back[parent])[renumbered]
    moved = families_map(moved_parent, relation[renumbered], order[renumbered])
    assert np.array_equal(moved.x, found.x[renumbered])
    assert np.array_equal(moved.y, found.y[renumbered])


def test_a_few_new_models_move_the_others_little() -> None:
    moved = []
    for seed in range(8):
        rng = np.random.default_rng(seed)
        parent = np.where(np.arange(20_040) < 400, ROOT, (rng.random(20_040) ** 4 * 400).astype(np.int64))
        before, after = families_map(parent[:20_000], np.zeros(20_000)), families_map(parent, np.zeros(20_040))
        apart = np.hypot(*(new[:20_000] - old for new, old in ((after.x, before.x), (after.y, before.y))))
        moved.append(np.median(apart) / before.extent)
    assert np.median(moved) < 0.05


def test_a_chain_does_not_fill_the_map() -> None:
    chain = np.arange(ROOT, 4_999)
    assert depths(chain).max() > MAX_DEPTH
    assert families_map(chain, np.zeros(5_000)).extent < 200


def test_thousands_of_sub_families_of_one_parent_are_packed_in_linear_time_and_apart() -> None:
    radii = np.concatenate([[50.0], np.sort(np.random.default_rng(2).pareto(1.5, 8 * FRONT_DISCS) + 1)[::-1]])
    x, y, around = pack(radii.tolist())
    assert (np.hypot(x, y) + radii <= around * (1 + 1e-9)).all()
    gaps = np.hypot(x[:, None] - x, y[:, None] - y) - radii[:, None] - radii
    np.fill_diagonal(gaps, 0)
    assert gaps.min() > -1e-4 * radii.max()


def test_an_empty_map_has_no_families() -> None:
    nothing = np.array([], dtype=np.int64)
    assert families_map(nothing, nothing).root.size == 0


def test_main_parent_is_by_evidence_then_size_then_order_and_every_cycle_is_opened() -> None:
    child, parent = np.array([3, 3, 3, 0, 1, 2, 4, 4]), np.array([0, 1, 2, 1, 2, 0, 0, 1])
    strength, size = np.array([1, 2, 2, 5, 5, 5, 1, 1]), np.array([9, 4, 4, 0, 0])
    found = main_parents(5, child, parent, strength, size, np.array([0, 2, 1, 3, 4]))
    assert found.tolist() == [ROOT, 2, 0, 2, 0]
    with pytest.raises(ValueError, match="3 of 4 nodes have no root"):
        depths(np.array([1, 2, 0, ROOT]))


def test_main_parents_of_any_graph_form_a_forest() -> None:
    for seed in range(30):
        rng = np.random.default_rng(seed)
        nodes = int(rng.integers(1, 60))
        ends = rng.integers(0, nodes, (2, 2 * nodes))
        main = main_parents(nodes, ends[0], ends[1], rng.integers(0, 3, 2 * nodes), rng.integers(0, 9, nodes))
        depths(main)
        pairs = set(zip(*ends.tolist(), strict=True))
        assert all(up == ROOT or (down, up) in pairs for down, up in enumerate(main.tolist()))


def test_quantised_positions_keep_distances_to_a_65536th() -> None:
    found = families_map(*random_forest("shallow", 2))
    both = quantised(found.x, found.y, found.extent).astype(np.float64) / 65535 * 2 * found.extent - found.extent
    assert np.abs(both[0::2] - found.x).max() <= found.extent / 65535 * 1.001
    assert np.abs(both[1::2] - found.y).max() <= found.extent / 65535 * 1.001


@pytest.mark.parametrize("shape", SHAPES)
def test_families_of_a_group_are_together_and_no_group_overlaps_another(shape: str) -> None:
    parent, relation = random_forest(shape, 5)
    found = families_map(parent, relation)
    group = np.random.default_rng(5).zipf(1.7, found.root.size) % 7
    moved, groups = grouped(found, group, found.root)
    assert sorted(groups.number.tolist()) == np.unique(group).tolist()
    assert groups.members.sum() == parent.size
    for number, x, y, radius in zip(groups.number, groups.x, groups.y, groups.radius, strict=True):
        mine = group == number
        assert (np.hypot(moved.family_x[mine] - x, moved.family_y[mine] - y) + moved.family_radius[mine] <= radius * 1.0001).all()
    apart = np.hypot(groups.x[:, None] - groups.x, groups.y[:, None] - groups.y)
    np.fill_diagonal(apart, np.inf)
    assert (apart >= (groups.radius[:, None] + groups.radius) * 0.9999).all()
    # A family moves as a whole.
    shift_x, shift_y = (moved.x - found.x), (moved.y - found.y)
    assert np.allclose(shift_x, shift_x[found.root[found.family]])
    assert np.allclose(shift_y, shift_y[found.root[found.family]])


def test_no_families_have_no_groups() -> None:
    nothing = np.zeros(0, dtype=np.int64)
    assert grouped(families_map(nothing, nothing), nothing, nothing)[1].number.size == 0
