"""Known answers: 1000 Ω with drifts and decays; how often intervals contain it is in
tests/calibration/staircases.py."""

import numpy as np
import pytest

from analyses.transport.steady_conductance import SteadyConductance, steady_conductance
from analyses.transport.voltage_steps import voltage_steps

UP = (0.1, 0.2, 0.3, 0.4, 0.5)
UP_DOWN = (*UP, *UP[-2::-1])
ROWS, NOISE = 120, 1e-6


def conductance(volts=UP_DOWN, *, drift=None, decay: float = 0.0, by_scatter: bool = False) -> SteadyConductance:
    """`drift` is added to the current of the rows; `decay` is a time constant in rows."""
    voltage, since = np.repeat(volts, ROWS), np.tile(np.arange(float(ROWS)), len(volts))
    current = voltage / 1000 * (1 + (np.exp(-since / decay) if decay else 0.0))
    current = current + np.random.default_rng(2).normal(0, NOISE, voltage.size)
    if drift is not None:
        current = current + drift(np.arange(voltage.size) / voltage.size)
    rows = np.arange(float(voltage.size))
    steps = voltage_steps(rows, voltage, current, last_points=100, smallest_step_volt=0.002).steps
    steady = steady_conductance(steps, by_scatter=by_scatter)
    assert steady
    return steady


def holds(steady: SteadyConductance) -> bool:
    return abs(steady.conductance_s - 1e-3) <= steady.half_width_s


@pytest.mark.parametrize("by_scatter", [False, True])
def test_a_steady_current_has_a_narrow_interval(by_scatter: bool) -> None:
    """Standard error of the slope: noise of the means 1e-7 A over a spread of the voltages of 0.44 V."""
    steady = conductance(by_scatter=by_scatter)
    assert holds(steady)
    assert 1.5 * 1e-7 / 0.44 < steady.half_width_s < 5 * 1e-7 / 0.44
    assert steady.drift_probability < 0.5
    assert steady.decay_probability < 0.5
    assert steady.is_separable


def test_a_steady_drift_is_separated_from_the_slope_up_and_down() -> None:
    steady = conductance(drift=lambda share: 1e-4 * share)
    assert holds(steady)
    assert steady.half_width_s < 1e-5
    assert steady.drift_probability > 0.99


def test_a_steady_drift_up_only_widens_the_interval() -> None:
    still, drifting = conductance(UP), conductance(UP, drift=lambda share: 1e-4 * share)
    assert holds(still)
    assert holds(drifting)
    assert not still.is_separable
    assert still.half_width_s > 2 * conductance().half_width_s
    assert drifting.half_width_s > 4 * conductance().half_width_s


def test_a_random_walk_widens_the_interval() -> None:
    walk = np.cumsum(np.random.default_rng(4).normal(0, 1e-5, len(UP_DOWN)))
    steady = conductance(drift=lambda share: np.repeat(walk, ROWS))
    assert holds(steady)
    assert steady.half_width_s > 10 * conductance().half_width_s


@pytest.mark.parametrize("decay", [24.0, 60.0, 120.0, 240.0])
def test_a_decaying_current_is_extrapolated(decay: float) -> None:
    steady = conductance(decay=decay)
    assert holds(steady)
    assert steady.decay_probability > 0.99
    assert steady.decay_s == pytest.approx(decay, rel=0.1)
    assert steady.half_width_s < 5e-5


def test_an_offset_is_the_intercept() -> None:
    steady = conductance(drift=lambda share: 3e-5 + 0 * share)
    assert holds(steady)
    assert abs(steady.intercept_a - 3e-5) < steady.intercept_half_width_a < 1e-6


@pytest.mark.parametrize("longest", [2, 15])
def test_steps_of_different_lengths_decay_alike(longest: int) -> None:
    """Decays of 60 s in steps of 60 rows to `longest` times as many."""
    points = np.linspace(60, 60 * longest, len(UP_DOWN)).astype(int)
    voltage, since = np.repeat(UP_DOWN, points), np.concatenate([np.arange(float(count)) for count in points])
    current = voltage / 1000 * (1 + np.exp(-since / 60))
    current = current + np.random.default_rng(2).normal(0, NOISE, voltage.size)
    rows = np.arange(float(voltage.size))
    steady = steady_conductance(voltage_steps(rows, voltage, current, last_points=20, smallest_step_volt=0.002).steps)
    assert steady
    assert holds(steady)
    assert steady.decay_s == pytest.approx(60, rel=0.1)
    assert steady.half_width_s < 1e-5
