"""How often releases follow each other."""

import numpy as np
import pytest

from hublake.rules.vendors.release_cadence import release_cadence, release_cadences


def test_one_release_has_no_rhythm() -> None:
    cadence = release_cadence([100], today=1000)
    assert (cadence.releases, cadence.median_days_between, cadence.is_dormant, cadence.releases_12m) == (1, None, False, 0)


def test_a_vendor_is_dormant_after_twice_its_longest_time_between_releases() -> None:
    assert not release_cadence([0, 10, 30], today=70).is_dormant
    assert release_cadence([0, 10, 30], today=71).is_dormant
    assert not release_cadence([5, 5], today=10_000).is_dormant, "releases of one day say nothing about a rhythm"


def test_the_last_twelve_months_end_today() -> None:
    assert release_cadence([0, 1, 365, 366], today=365).releases_12m == 2


@pytest.mark.parametrize("seed", range(5))
def test_figures_of_many_vendors_are_those_of_each_alone(seed: int) -> None:
    random = np.random.default_rng(seed)
    vendor, days = random.integers(0, 30, size=120), random.integers(0, 900, size=120)
    found = release_cadences(vendor, days, 31, today=800)
    for number in np.unique(vendor).tolist():
        own = days[vendor == number]
        between = np.diff(np.sort(own))
        expected = [own.size, *np.quantile(between, [0.5]), np.subtract(*np.quantile(between, [0.75, 0.25]))] if between.size else [1]
        assert [values[number] for values in found[: len(expected)]] == pytest.approx(expected)
        assert found.releases_12m[number] == ((own > 800 - 365) & (own <= 800)).sum()
        assert found.is_dormant[number] == bool(between.size and 0 < between.max() < (800 - own.max()) / 2)
    assert found.releases[30] == 0
