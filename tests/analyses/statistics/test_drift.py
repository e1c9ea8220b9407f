"""Known answers: straight lines with independent scatter and with a random walk."""

import numpy as np
import pytest

from analyses.statistics.drift import FEWEST_TESTED, Trend, trend
from analyses.uncertainty import Estimate
from tests.trials import holds, trials

SLOPE, MEAN = 0.01, 2.0


def series(points: int, seed: int, *, walk: float = 0.0, scatter: float = 1.0) -> Trend:
    """A slope of 0.01 and a mean of 2; the walk begins at the first point."""
    rng = np.random.default_rng([points, seed])
    time = np.arange(points, dtype=float)
    steps = np.concatenate(([0.0], np.cumsum(rng.normal(0, walk, points - 1))))
    line = MEAN + SLOPE * (time - time.mean())
    return trend(time, line + steps + rng.normal(0, scatter, points))


def covers(estimate: Estimate, truth: float) -> bool:
    low, high = estimate.interval()
    return low <= truth <= high


def coverage(runs: list[Trend]) -> tuple[list[bool], list[bool]]:
    return [covers(run.mean, MEAN) for run in runs], [covers(run.slope, SLOPE) for run in runs]


def test_a_straight_line_is_exact() -> None:
    steady = trend(np.arange(30.0), 1 + 0.5 * np.arange(30.0))
    assert (steady.mean.magnitude, steady.slope.magnitude) == pytest.approx((8.25, 0.5))
    assert steady.mean.is_certain
    assert steady.slope.is_certain
    assert not steady.drifts


@trials(2000)
@pytest.mark.parametrize("points", [20, 40, 120])
def test_intervals_cover_95_of_100_or_more_under_independent_scatter(points: int, trials: int) -> None:
    for inside in coverage([series(points, seed) for seed in range(trials)]):
        assert holds(inside, 0.93, 1.0)


@trials(1000)
@pytest.mark.parametrize("scatter", [0.0, 0.3, 1.0, 3.0, 10.0])
@pytest.mark.parametrize("points", [4, 6, 8, 20, 40, 120])
def test_intervals_cover_93_of_100_under_a_random_walk(points: int, scatter: float, trials: int) -> None:
    """Of steps of 1: weak ones do not show."""
    runs = [series(points, seed, walk=1.0, scatter=scatter) for seed in range(trials)]
    for inside in coverage(runs):
        assert holds(inside, 0.93, 1.0)


@trials(1000)
def test_a_walk_is_seen_in_a_series_long_enough(trials: int) -> None:
    assert sum(series(30, seed, walk=1.0, scatter=0.3).drifts for seed in range(trials)) >= 0.9 * trials
    assert sum(series(30, seed).drifts for seed in range(trials)) <= 0.2 * trials


def test_intervals_of_many_points_are_narrower() -> None:
    """Independent scatter alone would make the standard uncertainty one over the root of the number."""
    few, many = series(20, 1), series(120, 1)
    assert few.mean.standard_uncertainty > 4 / 20**0.5
    assert 3 / 120**0.5 < many.mean.standard_uncertainty < 8 / 120**0.5


def test_a_point_far_off_moves_the_mean_of_eight_points_or_more_only_a_little() -> None:
    time = np.arange(12.0)
    values = MEAN + 0.1 * np.array([1, -1, 0, 1, -1, 0] * 2)
    off = values + np.where(time == 5, 100.0, 0.0)
    assert trend(time, off).mean.magnitude == pytest.approx(MEAN, abs=0.2)
    assert trend(time[:7], off[:7]).mean.magnitude > MEAN + 10


def test_few_points_are_not_tested_and_have_wide_intervals() -> None:
    few, enough = series(FEWEST_TESTED - 1, 1), series(FEWEST_TESTED, 3)
    assert (few.is_tested, few.drifts, enough.is_tested) == (False, False, True)
    assert [part.name for part in few.slope.components] == ["drift"]


def test_thousands_of_points_are_averaged_first() -> None:
    long = series(5000, 1)
    assert long.slope.magnitude == pytest.approx(SLOPE, abs=1e-4)
    assert covers(long.slope, SLOPE)


def test_refuses_three_points() -> None:
    with pytest.raises(ValueError, match="4 points"):
        trend(np.arange(3.0), np.arange(3.0))
