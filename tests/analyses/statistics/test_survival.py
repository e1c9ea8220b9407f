"""Survival of cells, some of which were stopped."""

import numpy as np
import pytest
from scipy.stats import binomtest

from analyses.insufficient_data import InsufficientData
from analyses.statistics.survival import median_interval, survival_curve
from tests.coded import refuses

FREIREICH = [6, 6, 6, 7, 10, 13, 16, 22, 23], [6, 9, 10, 11, 17, 19, 20, 25, 32, 32, 34, 35]
"""Weeks of remission with 6-mercaptopurine: ended, and still going on. E. J. Freireich et al., Blood 21, 699 (1963)."""


def of_freireich() -> tuple[list[int], list[bool]]:
    ended, going_on = FREIREICH
    return [*ended, *going_on], [True] * len(ended) + [False] * len(going_on)


def test_the_curve_of_freireich() -> None:
    curve = survival_curve(*of_freireich())
    ends = curve.ended > 0
    assert curve.time[ends].tolist() == [6, 7, 10, 13, 16, 22, 23]
    assert curve.at_risk[ends].tolist() == [21, 17, 15, 12, 11, 7, 6]
    assert curve.share[ends] == pytest.approx([0.8571, 0.8067, 0.7529, 0.6902, 0.6275, 0.5378, 0.4482], abs=5e-5)
    assert curve.time.tolist() == sorted({*FREIREICH[0], *FREIREICH[1]})
    assert curve.median == 23


def test_stopped_cells_widen_the_interval_of_the_share() -> None:
    """The limits of Fay, Brittain and Proschan, from a million products of their beta variables."""
    curve = survival_curve(*of_freireich())
    random = np.random.default_rng(1)
    sizes = [21, 20, 19, 17, 15, 12, 11, 7, 6]
    product = np.prod([random.beta(size, 1, size=1_000_000) for size in sizes], axis=0)
    index = curve.time.tolist().index(23)
    assert curve.upper[index] == pytest.approx(np.quantile(product, 0.975), abs=6e-3)
    assert curve.lower[index] == pytest.approx(
        np.quantile(product * random.beta(5, 1, size=1_000_000), 0.025), abs=6e-3
    )
    assert curve.lower[-1] == 0
    assert curve.median_interval == (11, None)


def test_without_stopped_cells_it_is_the_share_left_with_the_interval_of_clopper_and_pearson() -> None:
    curve = survival_curve(range(8), [True] * 8)
    assert curve.share == pytest.approx(np.arange(7, -1, -1) / 8)
    exact = [binomtest(left, 8).proportion_ci() for left in range(7, -1, -1)]
    assert curve.lower == pytest.approx([interval.low for interval in exact], abs=1e-9)
    assert curve.upper == pytest.approx([interval.high for interval in exact], abs=1e-9)


@pytest.mark.parametrize("count", range(2, 61, 2))
def test_the_median_of_an_even_number_is_the_end_that_leaves_half(count: int) -> None:
    assert survival_curve(range(count), [True] * count).median == count // 2 - 1


@pytest.mark.parametrize("count", range(2, 12))
def test_the_median_has_an_upper_limit_only_from_six_cells_on(count: int) -> None:
    lower, upper = survival_curve(range(1, count + 1), [True] * count).median_interval
    exact = (1, count) if count < 9 else (2, count - 1)
    assert (lower, upper) == ((0, None) if count < 6 else exact)


def test_a_median_beyond_the_test_is_unknown() -> None:
    assert survival_curve([5, 9, 9, 9], [True, False, False, False]).median is None


@pytest.mark.parametrize(
    ("times", "ended", "code"),
    [
        ([3.0], [True], "too-few-cells"),
        ([3, 4], [False] * 2, "none-ended"),
        ([3, float("nan")], [True] * 2, "not-a-number"),
    ],
)
def test_what_has_no_curve_is_refused(times: list[float], ended: list[bool], code: str) -> None:
    with refuses(code, InsufficientData):
        survival_curve(times, ended)


@pytest.mark.parametrize("stops", [False, True])
@pytest.mark.parametrize("count", [3, 6, 12])
def test_intervals_hold_the_share_and_the_median(count: int, stops: bool) -> None:
    """Weibull lives; some cells are stopped at exponential times."""
    random, shares, medians = np.random.default_rng(count), [], []
    for _ in range(1000):
        life = random.weibull(1.5, size=count)
        stop = random.exponential(2, size=count) if stops else np.full(count, 10.0)
        if not (life <= stop).any():
            continue
        curve = survival_curve(np.minimum(life, stop), life <= stop)
        lower, upper = curve.median_interval
        medians.append(lower <= np.log(2) ** (1 / 1.5) <= (np.inf if upper is None else upper))
        if (index := int(np.searchsorted(curve.time, 0.7, side="right")) - 1) >= 0:
            shares.append(curve.lower[index] <= np.exp(-(0.7**1.5)) <= curve.upper[index])
    assert np.mean(shares) > 0.95
    assert np.mean(medians) > 0.945


def test_the_interval_of_a_median_includes_the_bounds_of_the_times() -> None:
    """Eight cells found shorted at 10 h, of which all that is known is that it happened in the half-cycle before."""
    assert median_interval([8.0] * 8, [10.0] * 8, [True] * 8) == (8.0, 10.0)
    exact = [10.0 * number for number in range(1, 21)]
    curve = survival_curve(exact, [True] * 20)
    assert median_interval(exact, exact, [True] * 20) == curve.median_interval
