"""Survival curves and tests against lifelines, on drawn tables with ties and on the models of July 2024."""

import math
from collections import Counter
from collections.abc import Iterator

import numpy as np
import pandas as pd
import pytest
from lifelines import KaplanMeierFitter
from lifelines.statistics import multivariate_logrank_test
from lifelines.utils import median_survival_times, qth_survival_times, restricted_mean_survival_time

from hublake.rules.timeline.comparison import hochberg, log_rank, mean_difference, pairwise_log_rank
from hublake.rules.timeline.grouped_tables import distinct_seconds, events_at, first_places, observed_for, table_of_group
from hublake.rules.timeline.life_table import Counts, LifeTable, Values, counted_life_table, life_table
from hublake.rules.timeline.survival import (
    MAX_POINTS,
    Curve,
    kaplan_meier,
    quantile,
    restricted_mean,
    survival_at,
    thinned_curve,
)

TOLERANCE = 1e-9
SEEDS = range(20)


class Drawn:
    """Durations in whole days, so that many are equal, with the event for some of them, in groups; some enter late."""

    def __init__(self, seed: int) -> None:
        random = np.random.default_rng(seed)
        size = int(random.integers(30, 400))
        self.durations = random.integers(0, random.integers(8, 60), size).astype(float)
        self.had_event = random.random(size) < random.uniform(0.05, 0.9)
        self.groups = random.integers(0, random.integers(2, 5), size)
        self.entry = np.floor(self.durations * random.random(size) * 0.5)

    def table(self, chosen: slice | np.ndarray = slice(None), *, late: bool = False) -> LifeTable:
        durations, had_event = self.durations[chosen], self.had_event[chosen]
        return life_table(durations[had_event], durations[~had_event], self.entry[chosen] if late else None)

    def tables(self) -> list[LifeTable]:
        return [self.table(self.groups == group) for group in np.unique(self.groups)]


def largest_difference(curve: Curve, fitter: KaplanMeierFitter) -> float:
    """Between our survival and bounds and those of lifelines, over all durations."""
    band = fitter.confidence_interval_
    theirs = pd.concat([fitter.survival_function_, band], axis=1).loc[curve.durations].to_numpy()
    return float(np.abs(theirs - np.column_stack([curve.survival, curve.low, curve.high])).max())


@pytest.mark.parametrize("seed", SEEDS)
def test_curves_with_ties_equal_those_of_lifelines(seed: int) -> None:
    drawn = Drawn(seed)
    curve = kaplan_meier(drawn.table())
    fitter = KaplanMeierFitter().fit(drawn.durations, drawn.had_event)
    assert largest_difference(curve, fitter) < TOLERANCE
    assert curve.at_risk.tolist() == fitter.event_table["at_risk"].loc[curve.durations].tolist()
    assert quantile(curve, 0.5).duration == _finite(fitter.median_survival_time_)
    bounds = median_survival_times(fitter.confidence_interval_)
    assert list(quantile(curve, 0.5)[1:]) == [_finite(bounds.iloc[0, number]) for number in (0, 1)]
    assert quantile(curve, 0.1).duration == _finite(qth_survival_times(0.9, fitter.survival_function_))


def _finite(value: float) -> float | None:
    return None if math.isinf(value) else float(value)


@pytest.mark.parametrize("seed", SEEDS)
def test_who_comes_late_under_observation_counts_from_then_on(seed: int) -> None:
    drawn = Drawn(seed)
    drawn.durations += 1
    drawn.entry[: len(drawn.entry) // 2] = 0  # lifelines refuses tables in which nobody is left early on
    fitter = KaplanMeierFitter().fit(drawn.durations, drawn.had_event, entry=drawn.entry)
    curve = kaplan_meier(drawn.table(late=True))
    assert largest_difference(curve, fitter) < TOLERANCE


@pytest.mark.parametrize("seed", SEEDS)
def test_log_rank_equals_lifelines_for_several_groups(seed: int) -> None:
    drawn = Drawn(seed)
    ours = log_rank(drawn.tables())
    theirs = multivariate_logrank_test(drawn.durations, drawn.groups, drawn.had_event)
    assert ours is not None
    assert ours.chi_squared == pytest.approx(theirs.test_statistic, abs=TOLERANCE)
    assert ours.p_value == pytest.approx(theirs.p_value, abs=TOLERANCE)
    assert ours.degrees == theirs.degrees_of_freedom
    assert ours.observed.sum() == pytest.approx(ours.expected.sum()) == drawn.had_event.sum()
    for pair, found in pairwise_log_rank(drawn.tables()).items():
        alone = log_rank([drawn.tables()[number] for number in pair])
        assert alone is not None
        assert (found.chi_squared, found.p_value) == pytest.approx((alone.chi_squared, alone.p_value), abs=TOLERANCE)


@pytest.mark.parametrize("seed", SEEDS)
def test_restricted_means_equal_lifelines_and_are_not_extrapolated(seed: int) -> None:
    drawn = Drawn(seed)
    last = float(drawn.durations.max())
    fitter = KaplanMeierFitter().fit(drawn.durations, drawn.had_event)
    for horizon in (1.5, last / 2, last):
        ours = restricted_mean(drawn.table(), horizon)
        assert ours is not None
        assert ours.mean == pytest.approx(restricted_mean_survival_time(fitter, horizon), abs=TOLERANCE)
    assert (restricted_mean(drawn.table(), last + 1) is None) == (survival_at(kaplan_meier(drawn.table()), last) > 0)


def test_without_censoring_the_variance_of_a_restricted_mean_is_that_of_a_mean() -> None:
    durations = np.array([1.0, 2.0, 2.0, 5.0, 9.0, 9.0])
    ours = restricted_mean(life_table(durations, np.array([])), 7.0)
    cut = np.minimum(durations, 7.0)
    assert ours is not None
    assert ours.mean == pytest.approx(cut.mean())
    assert ours.variance == pytest.approx(cut.var() / cut.size)


def test_the_difference_of_restricted_means_has_the_sign_of_the_first_group() -> None:
    soon, late = life_table(np.array([1.0, 2.0, 3.0]), np.array([9.0])), life_table(np.array([8.0]), np.array([9.0, 9.0, 9.0]))
    found = mean_difference(restricted_mean(late, 9.0), restricted_mean(soon, 9.0))
    assert found is not None
    assert found.low < found.value < found.high
    assert found.value == pytest.approx(8.75 - 3.75)
    assert mean_difference(restricted_mean(late, 20.0), restricted_mean(soon, 9.0)) is None


def test_groups_that_cannot_differ_have_no_test() -> None:
    nobody, someone = life_table(np.array([]), np.array([5.0])), life_table(np.array([3.0]), np.array([5.0]))
    assert log_rank([nobody, nobody]) is None
    assert log_rank([someone, life_table(np.array([]), np.array([1.0]))]) is None  # the other group was gone by then


def test_hochberg_is_monotone_and_never_below_the_value() -> None:
    values = [0.001, 0.8, 0.02, 0.04, 0.04]
    corrected = hochberg(values)
    assert all(value <= found <= 1 for value, found in zip(values, corrected, strict=True))
    assert corrected[0] == pytest.approx(0.005)
    assert hochberg([]) == []


def test_a_thinned_curve_keeps_its_values_and_loses_nobody() -> None:
    random = np.random.default_rng(7)
    table = life_table(random.exponential(90, 5_000), random.uniform(0, 800, 20_000))
    whole, kept = kaplan_meier(table), thinned_curve(table, (1.0, 7.0, 30.0, 365.0, 5_000.0))
    assert kept.durations.size <= MAX_POINTS + 4
    assert {1.0, 7.0, 30.0, 365.0} <= set(kept.durations.tolist())
    assert 5_000.0 not in kept.durations  # nobody was observed for so long
    assert kept.survival.tolist() == [survival_at(whole, duration) for duration in kept.durations.tolist()]
    assert kept.events.sum() == whole.events.sum()
    assert (np.diff(kept.survival) <= 0).all()
    assert (kept.at_risk >= kept.events + kept.censored).all()
    assert (kept.at_risk[1:] == (kept.at_risk - kept.events - kept.censored)[:-1]).all()
    assert kept.at_risk[0] == 25_000


def test_a_curve_without_events_is_one_and_without_anybody_empty() -> None:
    whole = thinned_curve(life_table(np.array([]), np.array([400.0, 2.0])), (1.0, 365.0))
    assert whole.durations.tolist() == [1.0, 365.0]
    assert whole.survival.tolist() == whole.low.tolist() == whole.high.tolist() == [1.0, 1.0]
    assert whole.at_risk.tolist() == [2, 2]  # the second one left on day 2 and is counted there
    empty: Values = np.array([])
    assert thinned_curve(life_table(empty, empty), (1.0,)).durations.size == 0


def test_counts_give_the_same_curve_as_single_durations() -> None:
    drawn = Drawn(3)
    table = drawn.table()
    counted = counted_life_table(np.tile(table.durations, 2), *(np.concatenate([c, c]) for c in table[2:]))
    assert (counted.events == 2 * table.events).all()
    assert kaplan_meier(counted).survival.tolist() == pytest.approx(kaplan_meier(table).survival.tolist())


def grouped_tables(always: Counts, groups: list[tuple[Counts, Counts, Counts]], *, has_all_rows: bool) -> list[LifeTable]:
    """The table of each group, from the seconds for which all its members were observed, those of its events, and those observed for them."""
    members, came, ended = ([group[part] for group in groups] for part in range(3))
    grid = distinct_seconds(always, *came)
    event = events_at(grid, always, np.concatenate(came), np.concatenate(ended))
    places = np.split(np.arange(sum(map(len, came))), np.cumsum([len(part) for part in came])[:-1])
    counted = [observed_for(seconds, first_places(seconds, grid), grid) for seconds in members]
    return [table_of_group(grid, group, event, own, has_all_rows=has_all_rows) for group, own in zip(counted, places, strict=True)]


def test_a_table_of_a_group_answers_exactly_what_is_asked_about_its_own_durations() -> None:
    random = np.random.default_rng(5)
    observed = random.integers(1, 800 * 86_400, 3_000)
    has_event = random.random(3_000) < 0.1
    seconds = (observed[has_event] * random.random(has_event.sum())).astype(np.int64)
    always = np.array([0, 30, 365, 700, 5_000]) * 86_400
    others = (observed[:500], observed[:0], observed[:0])
    ours, _ = grouped_tables(always, [(observed, seconds, observed[has_event]), others], has_all_rows=False)
    whole = life_table(seconds / 86_400, observed[~has_event] / 86_400)
    curve, expected = kaplan_meier(ours), kaplan_meier(whole)
    assert 30.0 in ours.durations
    assert 5_000.0 not in ours.durations  # nobody was observed for so long
    assert ours.events.sum() + ours.censored.sum() == ours.size == 3_000
    for day in (30.0, 365.0, float(ours.durations[40]), float(ours.durations[-1])):
        assert survival_at(curve, day) == pytest.approx(survival_at(expected, day), abs=TOLERANCE)
    assert restricted_mean(ours, 365.0) == pytest.approx(restricted_mean(whole, 365.0), abs=TOLERANCE)
    assert quantile(curve, 0.02) == quantile(expected, 0.02)
    shown = zip(thinned_curve(ours, (30.0, 365.0, 700.0)), thinned_curve(whole, (30.0, 365.0, 700.0)), strict=True)
    assert all(one.tolist() == pytest.approx(other.tolist(), abs=TOLERANCE) for one, other in shown)


def test_groups_with_rows_for_the_events_of_both_are_compared_as_whole_tables_are() -> None:
    random = np.random.default_rng(6)
    groups = []
    for mean in (300, 500):
        times, observed = random.exponential(mean * 86_400, 400).astype(np.int64), random.integers(1, 800 * 86_400, 400)
        groups.append((np.minimum(times, observed), observed, times <= observed))
    parts = [(observed, times[came], observed[came]) for times, observed, came in groups]
    tables = grouped_tables(np.array([0]), parts, has_all_rows=True)
    ours = log_rank(tables)
    assert pairwise_log_rank(tables)[0, 1].chi_squared == pytest.approx(ours and ours.chi_squared, abs=TOLERANCE)
    assert restricted_mean(tables[0].with_events_only(), 365.0) == pytest.approx(restricted_mean(tables[0], 365.0), abs=TOLERANCE)
    theirs = log_rank([life_table(times[came] / 86_400, observed[~came] / 86_400) for times, observed, came in groups])
    assert ours is not None
    assert theirs is not None
    assert ours.chi_squared == pytest.approx(theirs.chi_squared, abs=TOLERANCE)


def planted(seed: int, horizon: float) -> Iterator[bool]:
    """Whether the band of a curve covers the truth: exponential durations, observed for times that do not depend on them."""
    random = np.random.default_rng(seed)
    mean, size = random.uniform(100, 2_000), 2_000
    durations, observed = random.exponential(mean, size), random.uniform(0, 900, size)
    had_event = durations <= observed
    curve = kaplan_meier(life_table(durations[had_event], observed[~had_event]))
    place = int(np.searchsorted(curve.durations, horizon, side="right")) - 1
    yield bool(curve.low[place] <= math.exp(-horizon / mean) <= curve.high[place])


@pytest.mark.parametrize("horizon", [7.0, 30.0, 90.0, 365.0])
def test_the_band_covers_a_planted_hazard_in_at_least_93_of_100_hubs(horizon: float) -> None:
    assert sum(covered for seed in range(100) for covered in planted(seed, horizon)) >= 93


def test_the_band_covers_a_planted_hazard_in_93_of_100_draws() -> None:
    """Over three days, since at a single one so few draws scatter by several cases."""
    mean, days = 200.0, (30.0, 90.0, 365.0)
    covered = Counter[float]()
    for seed in range(100):
        random = np.random.default_rng(seed)
        observed, came = random.uniform(0, 800, 1000), random.exponential(mean, 1000)
        curve = kaplan_meier(life_table(came[came <= observed], observed[came > observed]))
        for day in days:
            place = np.searchsorted(curve.durations, day, side="right") - 1
            covered[day] += bool(curve.low[place] <= np.exp(-day / mean) <= curve.high[place])
    assert sum(covered.values()) >= 0.93 * 100 * len(days), covered
