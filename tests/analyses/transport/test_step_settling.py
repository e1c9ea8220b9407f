"""Known answers: steps whose current decays with a known time constant, with noise of a known size."""

import numpy as np
import pytest

from analyses.transport.step_settling import fit_decay, plausible_decays, settling_of
from analyses.transport.voltage_steps import VoltageStep, voltage_steps
from tests.calibration import noise

ROWS, NOISE = 120, 1e-6


def steps_of(decay_rows: float = 0.0, *, rows: int = ROWS, scatter=None, volts=(0.1, 0.2, 0.3, 0.4)):
    """The current of each step decays from three times V/R to it."""
    voltage, since = np.repeat(volts, rows), np.tile(np.arange(float(rows)), len(volts))
    excess = 2 * np.exp(-since / decay_rows) if decay_rows else 0.0
    random = np.random.default_rng(1)
    noisy = NOISE * (random.normal(size=voltage.size) if scatter is None else scatter(random, voltage.size))
    current = voltage / 1000 * (1 + excess) + noisy
    time = np.arange(float(voltage.size))
    return voltage_steps(time, voltage, current, last_points=min(rows, 100), smallest_step_volt=0.002).steps


def test_the_variance_of_a_part_is_that_of_the_mean_of_its_rows() -> None:
    settling = settling_of(steps_of())
    assert settling
    assert settling.current_a.shape == (4, 24)
    assert np.sqrt(settling.variance_a2) == pytest.approx(np.full(4, NOISE / np.sqrt(5)), rel=0.25)
    assert settling.is_exponential


@pytest.mark.parametrize("decay_rows", [20.0, 60.0, 200.0])
def test_the_time_constant_is_within_the_plausible_ones(decay_rows: float) -> None:
    settling = settling_of(steps_of(decay_rows))
    assert settling
    times = plausible_decays(settling)
    assert times[0] < decay_rows < times[-1]
    best = fit_decay(settling, decay_rows)
    at_end = 2 * np.exp(-(ROWS - 3) / decay_rows) * np.array([0.1, 0.2, 0.3, 0.4]) / 1000
    assert best.amplitude_a == pytest.approx(at_end, rel=0.05)


def test_a_fast_decay_is_left_out_with_the_parts_in_which_it_is() -> None:
    settling = settling_of(steps_of(3.0))
    assert settling
    assert settling.since_s[0, 0] > 2 * 3.0
    assert settling.is_exponential


def test_correlated_noise_has_a_larger_variance() -> None:
    white, pink = settling_of(steps_of()), settling_of(steps_of(scatter=noise.pink))
    assert white
    assert pink
    assert pink.variance_a2[0] > 2 * white.variance_a2[0]


def test_steps_of_few_rows_tell_nothing() -> None:
    assert settling_of(steps_of(rows=5)) is None


def test_the_resolution_of_the_current_does_not_average_out() -> None:
    steps: tuple[VoltageStep, ...] = steps_of(scatter=lambda random, size: np.round(0.3 * random.normal(size=size)) * 3)
    settling = settling_of(steps)
    assert settling
    assert steps[0].resolution_a == pytest.approx(3e-6)
    assert (settling.resting_variance_a2 >= steps[0].resolution_a ** 2 / 12).all()
