"""Survival curves and tests on the models of July 2024: reference values, and lifelines on the same durations."""

from pathlib import Path

import numpy as np
import pytest
from lifelines.statistics import logrank_test

from benchmarks.survival_exact import Recorded, largest_difference, reference_errors
from hublake.rules.timeline.comparison import log_rank


@pytest.fixture(scope="module")
def recorded(shared_data: Path) -> Recorded:
    return Recorded(shared_data / "hub2024")


def test_shares_with_a_derivative_are_those_of_the_reference(recorded: Recorded) -> None:
    table = recorded.table("all")
    assert (table.size, table.events.sum(), recorded.table("all", "others").events.sum()) == (547_323, 6_968, 5_051)
    assert max(reference_errors(recorded).values()) < 0.51  # of the last digit that the reference has


def test_curves_and_log_rank_of_five_strata_equal_lifelines(recorded: Recorded) -> None:
    strata = [name for name in recorded.strata if name != "all"]
    assert len(strata) == 5
    assert max(largest_difference(recorded, name) for name in strata) < 1e-9
    ours = log_rank([recorded.table("permissive"), recorded.table("no licence")])
    (one, one_came), (other, other_came) = recorded.parts("permissive"), recorded.parts("no licence")
    theirs = logrank_test(one, other, one_came, other_came)
    assert ours is not None
    assert abs(ours.chi_squared - theirs.test_statistic) < 1e-9
    assert round(ours.chi_squared, 2) == 3658.47
    assert np.isclose(ours.p_value, theirs.p_value)
