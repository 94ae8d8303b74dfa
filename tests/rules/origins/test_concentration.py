"""Concentration against the definitions, on drawn totals."""

from random import Random

import pytest

from hublake.rules.origins.concentration import concentration


@pytest.mark.parametrize("seed", range(5))
def test_gini_is_half_the_relative_mean_difference_and_hhi_the_sum_of_squared_shares(seed: int) -> None:
    rng = Random(seed)
    values = [rng.paretovariate(1.1) for _ in range(60)]
    found, total, n = concentration(values), sum(values), len(values)
    differences = sum(abs(one - other) for one in values for other in values)
    assert found.gini == pytest.approx(differences / (2 * n * total), abs=1e-12)
    assert found.hhi == pytest.approx(sum((value / total) ** 2 for value in values), abs=1e-12)
    assert found.top_10_share == pytest.approx(sum(sorted(values)[-10:]) / total, abs=1e-12)


def test_equal_units_have_no_inequality_and_one_unit_has_everything() -> None:
    assert concentration([2.0] * 8)[2:] == (0.125, 0.0, 0.125, 1.0)
    assert concentration([0.0, 5.0])[2:] == (1.0, 0.0, 1.0, 1.0)
    assert concentration([])[2:] == (None, None, None, None)
