import math

import numpy as np
import pytest
from scipy.stats import linregress

from analyses.electronic_conductivity import fit_resistance, voltage_steps
from analyses.unanswerable import Unanswerable

VOLTS = (0.1, 0.2, 0.3, 0.4, 0.5)


def staircase(volts=VOLTS, *, resistance=1000.0, points=300, noise=0.0, voltage_noise=0.0, seed=0):
    """Return time, voltage and current of a run whose current decays to that of `resistance` in every step."""
    rng = np.random.default_rng(seed)
    voltage = np.repeat(volts, points)
    since = np.tile(np.arange(points), len(volts))
    current = voltage / resistance * (1 + 2 * np.exp(-since / 10)) + rng.normal(0, noise, voltage.size)
    return np.arange(voltage.size) * 0.5, voltage + rng.normal(0, voltage_noise, voltage.size), current


def steps_of(columns, *, last_points=100, smallest_step_volt=0.002):
    return voltage_steps(*columns, last_points=last_points, smallest_step_volt=smallest_step_volt)


def fit_of(columns, **options):
    steps = steps_of(columns, **options).steps
    return fit_resistance(np.array([s.voltage_v for s in steps]), np.array([s.current_a for s in steps]))


def test_finds_the_voltage_steps_in_the_data() -> None:
    steps = steps_of(staircase(voltage_noise=3e-4)).steps
    assert [round(step.voltage_v, 3) for step in steps] == list(VOLTS)
    assert {step.points for step in steps} == {300}


def test_finds_steps_of_noisy_voltage() -> None:
    assert len(steps_of(staircase(voltage_noise=8e-3)).steps) == 5


def test_steps_down_count_like_steps_up() -> None:
    assert len(steps_of(staircase((0.1, 0.3, 0.1, 0.2))).steps) == 4


def test_averages_only_the_last_points_of_a_step() -> None:
    time, voltage, current = staircase()
    current[np.arange(current.size) % 300 < 200] += 1.0
    assert fit_of((time, voltage, current)).resistance_ohm.magnitude == pytest.approx(1000.0, rel=1e-6)


def test_gives_the_resistance_of_an_ideal_run() -> None:
    fit = fit_of(staircase())
    assert fit.resistance_ohm.magnitude == pytest.approx(1000.0, rel=1e-6)
    assert fit.resistance_ohm.standard_uncertainty < 1e-3
    assert not fit.intercept_is_significant


def test_agrees_with_scipy_on_slope_and_errors() -> None:
    """scipy.stats.linregress gives the same line and the same standard errors."""
    voltage = np.array(VOLTS)
    current = voltage / 10 + np.array([1e-4, -2e-4, 5e-5, 1.5e-4, -1e-4])
    fit, line = fit_resistance(voltage, current), linregress(voltage, current)
    assert fit.conductance_s == pytest.approx(line.slope)
    assert fit.conductance_standard_error_s == pytest.approx(line.stderr)
    assert fit.intercept_standard_error_a == pytest.approx(line.intercept_stderr)
    assert fit.resistance_ohm.standard_uncertainty == pytest.approx(line.stderr / line.slope**2)


def test_its_confidence_interval_holds_the_true_resistance_in_95_of_100_runs() -> None:
    """Of 200 runs with independent noise the interval should hold 190 ± 3 (one standard deviation)."""
    hits = 0
    for seed in range(200):
        low, high = fit_of(staircase(points=150, noise=2e-5, seed=seed), last_points=20).resistance_interval_ohm
        hits += low <= 1000.0 <= high
    assert 180 <= hits <= 198


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


def test_tells_a_current_that_still_drifts() -> None:
    time, voltage, current = staircase()
    drifting = steps_of((time, voltage, current + 1e-6 * time)).steps
    assert drifting[0].drift_a == pytest.approx(1e-6 * 0.5 * 99, rel=0.01)


def test_leaves_out_a_lone_row_and_joins_what_it_parts() -> None:
    time, voltage, current = staircase()
    voltage[450] = 0.9
    found = steps_of((time, voltage, current))
    assert found.stray_rows == (451,)
    assert [step.points for step in found.steps] == [300, 299, 300, 300, 300]


def test_refuses_fewer_than_three_steps() -> None:
    with pytest.raises(Unanswerable, match=r"at least 3 steps.*found 2 \(0\.1 V, 0\.2 V\)"):
        steps_of(staircase(VOLTS[:2]))


def test_refuses_a_ramp_which_has_no_steps() -> None:
    ramp = np.linspace(0.0, 0.5, 2000)
    with pytest.raises(Unanswerable, match="at least 3 steps"):
        steps_of((np.arange(2000.0), ramp, ramp / 1000))


def test_refuses_a_short_step_by_number_voltage_and_count() -> None:
    time, voltage, current = staircase()
    keep = np.ones(voltage.size, dtype=bool)
    keep[600:860] = False
    with pytest.raises(Unanswerable, match=r"needs 100 points.*step 3 \(0\.3 V\) has 40"):
        steps_of((time[keep], voltage[keep], current[keep]))


def test_refuses_a_current_that_falls_with_voltage() -> None:
    with pytest.raises(Unanswerable, match="does not rise with voltage"):
        fit_of(staircase(resistance=-1000.0))


def test_refuses_steps_at_one_voltage() -> None:
    with pytest.raises(Unanswerable, match=r"all 3 are at 0\.5 V"):
        fit_resistance(np.full(3, 0.5), np.array([1.0, 2.0, 3.0]))


def test_refuses_a_row_without_number() -> None:
    time, voltage, current = staircase()
    current[41] = np.nan
    with pytest.raises(Unanswerable, match="current_ampere has no finite number in row 42"):
        steps_of((time, voltage, current))


def test_refuses_time_that_goes_back() -> None:
    time, voltage, current = staircase()
    time[500:] -= 100
    with pytest.raises(Unanswerable, match=r"goes back.*row 501"):
        steps_of((time, voltage, current))


def test_refuses_no_rows_at_all() -> None:
    with pytest.raises(Unanswerable, match="found 0"):
        steps_of((np.array([]), np.array([]), np.array([])))
