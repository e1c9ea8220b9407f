"""Known answers: `registry/testing/synthetic/staircase.py`, scipy.stats and tables of quantiles."""

import math

import numpy as np
import pytest
from scipy.stats import f as f_distribution
from scipy.stats import linregress

from analyses.insufficient_data import InsufficientData
from analyses.transport.electronic_conductivity import electronic_conductivity
from analyses.transport.ohmic_fit import fit_resistance
from analyses.transport.voltage_steps import voltage_steps
from analyses.uncertainty import Estimate
from registry.testing.synthetic.staircase import VOLTS, staircase
from tests.coded import refuses
from tests.trials import holds, trials


def steps_of(columns, *, last_points=100):
    return voltage_steps(*columns, last_points=last_points, smallest_step_volt=0.002).steps


def fit_of(columns, *, last_points=100, weighted=False):
    steps = steps_of(columns, last_points=last_points)
    voltage, current, error = np.array([(s.voltage_v, s.current_a, s.current_standard_error_a) for s in steps]).T
    return fit_resistance(voltage, current, error if weighted else None)


def test_averages_only_the_last_points_of_a_step() -> None:
    time, voltage, current = staircase()
    current[np.arange(current.size) % 300 < 200] += 1.0
    assert fit_of((time, voltage, current)).resistance_ohm.magnitude == pytest.approx(1000.0, rel=1e-6)


def test_computes_the_resistance_of_an_ideal_run() -> None:
    fit = fit_of(staircase())
    assert fit.resistance_ohm.magnitude == pytest.approx(1000.0, rel=1e-6)
    assert fit.resistance_ohm.standard_uncertainty < 1e-3
    assert not fit.intercept_is_significant


def test_agrees_with_scipy_on_slope_and_errors() -> None:
    """scipy.stats.linregress returns the same line and standard errors."""
    voltage = np.array(VOLTS)
    current = voltage / 10 + np.array([1e-4, -2e-4, 5e-5, 1.5e-4, -1e-4])
    fit, line = fit_resistance(voltage, current), linregress(voltage, current)
    assert fit.conductance_s == pytest.approx(line.slope)
    assert fit.conductance_standard_error_s == pytest.approx(line.stderr)
    assert fit.intercept_standard_error_a == pytest.approx(line.intercept_stderr)
    assert fit.resistance_ohm.standard_uncertainty == pytest.approx(line.stderr / line.slope**2)


@trials(200)
def test_its_confidence_interval_holds_the_true_resistance_in_95_of_100_runs(trials: int) -> None:
    """Of 200 runs with independent noise the interval should hold 190 ± 3 (one standard deviation)."""
    hits = []
    for seed in range(trials):
        low, high = fit_of(staircase(points=150, noise=2e-5, seed=seed), last_points=20).resistance_interval_ohm
        hits.append(low <= 1000.0 <= high)
    assert holds(hits)


@trials(200)
@pytest.mark.parametrize("noise", [0.001, 0.01, 0.03])
@pytest.mark.parametrize("volts", [VOLTS[:3], VOLTS])
def test_interval_of_the_conductivity_holds_the_true_one_in_95_of_100_runs(noise: float, volts, trials: int) -> None:
    """200 settled runs of a pellet of 1000 Ω, L/A = 1 cm⁻¹; noise of each row relative to the largest current."""
    hits: dict[str, list[bool]] = {"equal": [], "by scatter": []}
    for seed in range(trials):
        run = staircase(volts, points=200, noise=noise * volts[-1] / 1000, seed=seed)
        for weighting, inside in hits.items():
            resistance = fit_of(run, last_points=20, weighted=weighting == "by scatter").resistance_ohm
            low, high = electronic_conductivity(resistance, Estimate.exact(1e4), Estimate.exact(1.0)).interval()
            inside.append(low <= 1e-3 <= high)
    assert all(holds(inside) for inside in hits.values()), hits


def test_student_t_widens_the_interval_of_few_steps() -> None:
    """Student's t for 95 %: 12.706 with one degree of freedom, 3.182 with three (any table of quantiles)."""
    assert fit_of(staircase(VOLTS[:3])).coverage_factor == pytest.approx(12.706, abs=1e-3)
    assert fit_of(staircase(VOLTS)).coverage_factor == pytest.approx(3.182, abs=1e-3)


def test_an_offset_current_shows_as_intercept_and_not_in_the_resistance() -> None:
    time, voltage, current = staircase(noise=1e-6)
    fit = fit_of((time, voltage, current + 1e-4))
    assert fit.intercept_is_significant
    assert fit.intercept_a == pytest.approx(1e-4, rel=0.02)
    assert fit.resistance_ohm.magnitude == pytest.approx(1000.0, rel=0.01)


def test_a_slope_lost_in_noise_has_no_upper_resistance() -> None:
    fit = fit_resistance(np.array([0.1, 0.2, 0.3]), np.array([1.0, 3.0, 1.5]))
    assert math.isinf(fit.resistance_interval_ohm[1])


def test_refuses_a_current_that_falls_with_voltage() -> None:
    with refuses("current-opposes-voltage", InsufficientData):
        fit_of(staircase(resistance=-1000.0))


def test_refuses_steps_at_one_voltage() -> None:
    with refuses("equal-voltage-steps", InsufficientData, count=3, mean_voltage=0.5):
        fit_resistance(np.full(3, 0.5), np.array([1.0, 2.0, 3.0]))


def test_a_current_that_has_not_settled_makes_the_resistance_too_small_and_drifts() -> None:
    """The mean of 1 + 2 exp(-n/100) over rows 200 to 299 is 1.17196, so R comes out 853.3 Ω instead of 1000 Ω."""
    settled, unsettled = staircase(decay_rows=10.0), staircase(decay_rows=100.0)
    assert fit_of(settled).resistance_ohm.magnitude == pytest.approx(1000.0, rel=1e-6)
    assert fit_of(unsettled).resistance_ohm.magnitude == pytest.approx(853.3, abs=0.1)
    assert all(abs(step.drift_a) < 1e-8 for step in steps_of(settled))
    assert all(abs(step.drift_a) > 0.1 * step.current_a for step in steps_of(unsettled))


def test_weights_follow_scipys_weighted_line() -> None:
    """numpy.polyfit with weights 1/se, its covariance scaled by the residuals, is the same line."""
    voltage, error = np.array(VOLTS), np.array([1e-5, 1e-5, 4e-5, 4e-5, 1e-4])
    current = voltage / 1000 + np.array([1e-5, -2e-5, 3e-5, -4e-5, 9e-5])
    fit = fit_resistance(voltage, current, error)
    (slope, intercept), covariance = np.polyfit(voltage, current, 1, w=1 / error, cov=True)
    assert (fit.conductance_s, fit.intercept_a) == pytest.approx((slope, intercept))
    assert (fit.conductance_standard_error_s, fit.intercept_standard_error_a) == pytest.approx(
        np.sqrt(np.diag(covariance))
    )


def test_weights_help_where_the_noise_differs_and_their_interval_still_holds() -> None:
    """200 runs whose last two steps are twenty times as noisy: less spread with weights, 180 to 198 intervals hold."""
    rng = np.random.default_rng(5)
    voltage, error = np.array(VOLTS), np.array([1e-6, 1e-6, 1e-6, 2e-5, 2e-5])
    runs = [voltage / 1000 + rng.normal(0, error) for _ in range(200)]
    plain = [fit_resistance(voltage, current) for current in runs]
    weighted = [fit_resistance(voltage, current, error) for current in runs]
    spreads = [np.std([fit.resistance_ohm.magnitude for fit in fits]) for fits in (plain, weighted)]
    assert spreads[1] < spreads[0] / 3
    assert 180 <= sum(low <= 1000 <= high for low, high in (fit.resistance_interval_ohm for fit in weighted)) <= 198


def test_refuses_to_weight_by_no_scatter() -> None:
    voltage = np.array(VOLTS)
    with refuses("no-weight", InsufficientData, step=2):
        fit_resistance(voltage, voltage / 1000, np.array([1e-6, 0.0, 1e-6, 1e-6, 1e-6]))


def test_a_current_that_bends_is_not_ohmic() -> None:
    voltage = np.array(VOLTS)
    fit = fit_resistance(voltage, np.sinh(voltage / 0.2) * 1e-4)
    assert fit.is_curved
    assert fit.curvature_a > 0.02 * max(fit.fitted_current_a)


def test_a_slight_bend_that_is_real_is_of_no_interest() -> None:
    voltage = np.array(VOLTS)
    fit = fit_resistance(voltage, voltage / 1000 + 1e-6 * voltage**2)
    assert fit.curvature_probability is not None
    assert fit.curvature_probability < 0.05
    assert not fit.is_curved


def test_scatter_is_called_a_bend_in_5_of_100_runs() -> None:
    """Of 200 straight lines with 3 % scatter an exact test calls 10 ± 3 curved (one standard deviation)."""
    rng = np.random.default_rng(9)
    voltage = np.array(VOLTS)
    probabilities = [
        fit_resistance(voltage, (voltage + rng.normal(0, 0.01, 5)) / 1000).curvature_probability for _ in range(200)
    ]
    assert 2 <= sum(probability < 0.05 for probability in probabilities) <= 20


def test_its_probability_is_that_of_the_f_test() -> None:
    """By the residuals of numpy.polyfit of first and second degree, and scipy.stats.f."""
    voltage = np.array(VOLTS)
    current = voltage / 1000 + np.array([1e-5, -2e-5, 3e-5, -1e-5, 4e-5])
    line, parabola = (
        float(((current - np.polyval(np.polyfit(voltage, current, degree), voltage)) ** 2).sum()) for degree in (1, 2)
    )
    expected = f_distribution.sf((line - parabola) / (parabola / 2), 1, 2)
    assert fit_resistance(voltage, current).curvature_probability == pytest.approx(expected)


def test_three_steps_cannot_tell_a_bend() -> None:
    assert fit_resistance(np.array([0.1, 0.2, 0.3]), np.array([1.0, 3.0, 4.0])).curvature_probability is None
    assert not fit_of(staircase()).is_curved
