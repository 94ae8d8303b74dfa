import numpy as np

from hublake.serving.layouts.forest import ROOT
from hublake.serving.layouts.timeline import STRIP, timeline
from tests.serving.layouts.test_families import SHAPES, random_forest

NAN = float("nan")
#                  0     1  2  3  4  5     6
PARENT = np.array([ROOT, 0, 0, 2, 0, ROOT, 5])
RELATION = np.array([0, 1, 0, 0, 1, 0, 0])
CREATED = np.array([10.0, 40, 20, 30, NAN, 12, 15])


def test_time_runs_from_left_to_right_and_models_without_a_time_are_in_the_strip() -> None:
    found = timeline(PARENT, RELATION, CREATED)
    dated = ~np.isnan(CREATED)
    assert np.argsort(found.x[dated]).tolist() == np.argsort(CREATED[dated]).tolist()
    assert found.x[4] <= -1 + 2 * STRIP < found.x[dated].min()
    assert np.allclose(found.x_of(CREATED[dated]), found.x[dated])
    assert found.x.max() > 1 - 1e-9


def test_the_largest_family_is_on_top_and_a_branch_is_together_after_the_leaves_of_the_root() -> None:
    found = timeline(PARENT, RELATION, CREATED)
    assert found.root.tolist() == [0, 5]
    assert np.argsort(-found.y).tolist() == [0, 1, 4, 2, 3, 5, 6]


def test_every_model_has_a_line_of_its_own_in_the_band_of_its_family() -> None:
    for seed, shape in enumerate(SHAPES):
        parent, relation = random_forest(shape, seed)
        created = np.random.default_rng(seed).uniform(0, 900, parent.size)
        found = timeline(parent, relation, created)
        assert np.unique(found.y).size == parent.size
        assert (found.bottom[found.family] < found.y).all()
        assert (found.y < found.top[found.family]).all()
        assert (found.bottom[:-1] >= found.top[1:] - 1e-12).all()
        assert (np.abs(found.y) <= 1).all()


def test_a_timeline_of_nothing_and_of_models_without_any_time() -> None:
    nothing = np.zeros(0, dtype=np.int64)
    assert timeline(nothing, nothing, np.zeros(0)).root.size == 0
    assert np.isfinite(timeline(PARENT, RELATION, np.full(7, NAN)).x).all()
