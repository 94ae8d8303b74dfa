"""How often releases follow each other."""

import numpy as np
import pytest

from hublake.rules.vendors.release_cadence import quantile, release_cadence


def test_one_release_has_no_rhythm() -> None:
    cadence = release_cadence([100], today=1000)
    assert (cadence.releases, cadence.median_days_between, cadence.is_dormant, cadence.releases_12m) == (1, None, False, 0)


def test_a_vendor_is_dormant_after_twice_its_longest_time_between_releases() -> None:
    assert not release_cadence([0, 10, 30], today=70).is_dormant
    assert release_cadence([0, 10, 30], today=71).is_dormant
    assert not release_cadence([5, 5], today=10_000).is_dormant, "releases of one day say nothing about a rhythm"


def test_the_last_twelve_months_end_today() -> None:
    assert release_cadence([0, 1, 365, 366], today=365).releases_12m == 2


@pytest.mark.parametrize("seed", range(20))
def test_quantiles_are_those_of_numpy(seed: int) -> None:
    values = sorted(np.random.default_rng(seed).integers(0, 50, size=seed + 1).tolist())
    assert [quantile(values, share) for share in (0, 0.25, 0.5, 0.75, 1)] == pytest.approx(np.quantile(values, [0, 0.25, 0.5, 0.75, 1]))
