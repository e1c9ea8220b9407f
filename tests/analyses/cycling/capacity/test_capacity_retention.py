import numpy as np
import pytest

from analyses.cycling.capacity.capacity_retention import (
    fade,
    fade_from_reported,
    first_efficiency_percent,
    median_ratio_percent,
    retention_percent,
)
from analyses.cycling.cycles.cycle_series import CycleSeries, cycle_series
from analyses.insufficient_data import InsufficientData
from analyses.uncertainty import Estimate
from tests.coded import refuses
from tests.trials import holds, trials


def series_of(capacity, first=1) -> CycleSeries:
    capacity = np.asarray(capacity, dtype=float)
    return cycle_series(np.arange(float(first), first + capacity.size), capacity, window=5)


def steady(cycles: int, percent_per_cycle: float) -> np.ndarray:
    """Return a straight fade from 18 mAh at cycle 1."""
    return 18.0 * (1 - percent_per_cycle / 100 * np.arange(cycles))


def test_retention_is_the_end_over_the_reference() -> None:
    """By hand: 0.05 % a cycle over 400 cycles leaves 80 %."""
    retention = retention_percent(series_of(steady(401, 0.05)), 1, 401)
    assert retention.magnitude == pytest.approx(80.0)
    assert retention.standard_uncertainty == 0.0


@pytest.mark.parametrize("odd", [1, 401])
def test_an_anomalous_reference_or_end_counts_as_measured(odd: int) -> None:
    capacity = steady(401, 0.05)
    capacity[odd - 1] *= 0.6
    retention = retention_percent(series_of(capacity), 1, 401)
    assert retention.magnitude == pytest.approx(100 * capacity[-1] / capacity[0])
    assert fade(series_of(capacity), 1, 401).percent_per_cycle.magnitude == pytest.approx(0.05, rel=1e-3)


def test_scatter_between_cycles_is_no_uncertainty_of_a_retention() -> None:
    capacity = 18 * (1 + np.random.default_rng(5).normal(0, 0.005, 200))
    series = series_of(capacity)
    retention = retention_percent(series, 1, 200)
    assert series.scatter_mah == pytest.approx(0.09, rel=0.2)
    assert retention.interval() == (retention.magnitude, retention.magnitude)


def test_the_resolution_of_both_capacities_bounds_a_retention() -> None:
    """By hand: 14.39/18.02 to 14.41/17.98."""
    resolution = np.where(np.arange(401) == 0, 0.02, 0.01)
    series = cycle_series(np.arange(1.0, 402), steady(401, 0.05), window=5, resolution_mah=resolution)
    assert retention_percent(series, 1, 401).interval() == pytest.approx((100 * 14.39 / 18.02, 100 * 14.41 / 17.98))


def test_refuses_a_reference_that_the_data_do_not_tell_from_nothing() -> None:
    series = cycle_series(np.arange(1.0, 11), steady(10, 1.0), window=5, resolution_mah=np.full(10, 20.0))
    with pytest.raises(InsufficientData) as caught:
        retention_percent(series, 1, 10)
    assert caught.value.code == "capacity-within-resolution"


@pytest.mark.parametrize(("reference", "end"), [(5, 5), (5, 4)])
def test_refuses_an_end_that_is_not_after_the_reference(reference: int, end: int) -> None:
    with refuses("end-cycle-before-reference", InsufficientData, reference_cycle=5):
        retention_percent(series_of(steady(10, 1.0)), reference, end)


def test_refuses_a_reference_without_capacity() -> None:
    with refuses("zero-reference-capacity", InsufficientData, reference_cycle=1):
        retention_percent(series_of(np.zeros(10)), 1, 10)


def test_a_straight_line_has_a_fade_without_uncertainty() -> None:
    result = fade(series_of(steady(300, 0.05)), 1, 300)
    assert result.percent_per_cycle.magnitude == pytest.approx(0.05)
    assert result.percent_per_cycle.standard_uncertainty == 0.0
    assert result.end_to_end_percent_per_cycle == pytest.approx(0.05)


def test_a_fade_of_rounded_capacities_holds_the_true_one() -> None:
    """Capacities printed in steps of 0.02 mAh: their errors are not noise that the scatter shows."""
    for loss in np.linspace(0.001, 0.01, 19):
        cycle = np.arange(1.0, 31)
        printed = np.round(10.0 * (1 - loss / 100 * (cycle - 1)) / 0.02) * 0.02
        series = cycle_series(cycle, printed, window=5, resolution_mah=np.full(30, 0.01))
        low, high = fade(series, 1, 30).percent_per_cycle.interval()
        assert low <= loss <= high


def test_anomalies_in_a_fifth_of_the_cycles_do_not_change_the_fade() -> None:
    capacity = steady(300, 0.05)
    capacity[::5] *= 1.08
    assert fade(series_of(capacity), 2, 300).percent_per_cycle.magnitude == pytest.approx(0.05, rel=0.02)


@trials(100)
def test_its_uncertainty_covers_the_true_fade(trials: int) -> None:
    rng = np.random.default_rng(2)
    inside = []
    for _ in range(trials):
        loss = fade(series_of(steady(60, 0.05) + rng.normal(0, 0.02, 60)), 1, 60).percent_per_cycle
        inside.append(abs(loss.magnitude - 0.05) <= 2 * loss.standard_uncertainty)
    assert holds(inside, 0.88, 1.0)


def test_thousands_of_cycles_keep_their_fade() -> None:
    result = fade(series_of(steady(5000, 0.01)), 1, 5000)
    assert result.percent_per_cycle.magnitude == pytest.approx(0.01)
    assert result.cycles_fitted == 5000


def test_an_uneven_fade_differs_from_its_average() -> None:
    """18 (1 - (n/120)^4): half of the loss falls into the last fifth of the cycles, so a typical cycle loses less."""
    cycle = np.arange(1.0, 101)
    result = fade(series_of(18 * (1 - (cycle / 120) ** 4)), 1, 100)
    assert result.percent_per_cycle.magnitude < 0.8 * result.end_to_end_percent_per_cycle


def test_the_fade_of_a_reported_retention_carries_its_rounding() -> None:
    """Wu et al. 2025, Table 3: 92.6 % after 150 cycles; by hand (100 - 92.65)/150 to (100 - 92.55)/150."""
    loss = fade_from_reported(Estimate.rounded(92.6, 0.05), Estimate.exact(150))
    assert loss.magnitude == pytest.approx(7.4 / 150)
    assert (loss.lower, loss.upper) == pytest.approx((7.35 / 150, 7.45 / 150))


def test_refuses_a_reported_retention_after_no_cycles() -> None:
    with refuses("cycle-count-not-positive", InsufficientData, cycles=0):
        fade_from_reported(Estimate.rounded(92.6, 0.05), Estimate.exact(0))


def test_coulombic_efficiency_is_the_median_over_the_cycles() -> None:
    discharge = np.array([99.0, 99.2, 99.1, 60.0, 99.1])
    efficiency = median_ratio_percent(discharge, np.full(5, 100.0))
    assert efficiency.magnitude == pytest.approx(99.1)
    assert efficiency.standard_uncertainty > 0


@pytest.mark.parametrize(
    ("discharge", "charge", "code"), [([], [], "no-complete-cycle"), ([1.0], [0.0], "no-charge-capacity")]
)
def test_refuses_an_efficiency_without_charge(discharge: list[float], charge: list[float], code: str) -> None:
    with refuses(code, InsufficientData):
        median_ratio_percent(np.array(discharge), np.array(charge))


@trials(200)
@pytest.mark.parametrize("cycles", [3, 10, 50, 300])
def test_its_intervals_hold_the_truth_in_95_of_100_runs(cycles: int, trials: int) -> None:
    """200 runs with 0.2 % scatter: 180 to 198 intervals contain the true level and efficiency; those of the fade, which
    allow for a drift that the test cannot detect, may all."""
    truth = steady(cycles, 0.1)
    hits: dict[str, list[bool]] = {name: [] for name in ("fade", "level", "efficiency")}
    for seed in range(trials):
        rng = np.random.default_rng(seed)
        capacity, charge = (truth / share + rng.normal(0, 0.036, cycles) for share in (1, 0.99))
        series = series_of(capacity)
        estimates = {
            "fade": (fade(series, 1, cycles).percent_per_cycle, 0.1),
            "level": (series.level_at(1), 18.0),
            "efficiency": (median_ratio_percent(capacity, charge), 99.0),
        }
        for name, (estimate, true) in estimates.items():
            low, high = estimate.interval()
            hits[name].append(low <= true <= high)
    assert holds(hits["level"])
    assert holds(hits["efficiency"])
    assert holds(hits["fade"], high=1.0)


@trials(200)
@pytest.mark.parametrize("noise", [0.001, 0.01, 0.03])
def test_intervals_hold_the_true_fade_whatever_the_scatter(noise: float, trials: int) -> None:
    truth, hits = steady(40, 0.5), []
    for seed in range(trials):
        capacity = truth * (1 + np.random.default_rng([seed, 4]).normal(0, noise, 40))
        low, high = fade(series_of(capacity), 1, 40).percent_per_cycle.interval()
        hits.append(low <= 0.5 <= high)
    assert holds(hits, high=1.0)


def test_a_first_efficiency_is_that_of_its_cycle_within_the_resolution() -> None:
    """By hand: 84.9/100.2 to 85.1/99.8."""
    efficiency = first_efficiency_percent(Estimate.rounded(85.0, 0.1), Estimate.rounded(100.0, 0.2))
    assert efficiency.magnitude == pytest.approx(85.0)
    assert efficiency.interval() == pytest.approx((100 * 84.9 / 100.2, 100 * 85.1 / 99.8))


@pytest.mark.parametrize("stored", [Estimate.exact(0.0), Estimate.rounded(1.0, 2.0)])
def test_refuses_a_first_efficiency_of_nothing(stored: Estimate) -> None:
    with pytest.raises(InsufficientData) as caught:
        first_efficiency_percent(Estimate.exact(1.0), stored)
    assert caught.value.code == "no-first-cycle-capacity"


def test_the_resolution_bounds_a_median_efficiency() -> None:
    efficiency = median_ratio_percent(np.full(9, 99.0), np.full(9, 100.0), (np.full(9, 0.5), np.full(9, 0.5)))
    assert efficiency.interval() == pytest.approx((100 * 98.5 / 100.5, 100 * 99.5 / 99.5))
