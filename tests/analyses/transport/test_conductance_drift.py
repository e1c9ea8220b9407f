"""Known answers: 870 Ω whose conductance drifts or waves, in nine steps of 120 s up and down; 0.1 % of noise."""

import numpy as np
import pytest

from analyses.statistics.averaged_models import Models, averaged, chances
from analyses.transport.conductance_drift import drift_models
from analyses.transport.staircase_resistance import staircase_resistance
from analyses.transport.step_settling import settling_of
from analyses.transport.voltage_steps import VoltageStep, voltage_steps

OHM, NOISE = 870.0, 2e-7
VOLTS = (0.05, 0.1, 0.15, 0.2, 0.25, 0.2, 0.15, 0.1, 0.05)
TIME = np.arange(1.0, 120 * len(VOLTS) + 1)
SINCE = (TIME - 1) % 120


def wave(share: float, period_s: float, phase: float = 0.0) -> np.ndarray:
    return 1 + share * np.sin(2 * np.pi * TIME / period_s + phase)


def steps_of(relative: np.ndarray, noise: float = NOISE) -> tuple[VoltageStep, ...]:
    random, voltage = np.random.default_rng(1), np.repeat(VOLTS, 120)
    current = voltage / OHM * relative + random.normal(0, noise, TIME.size)
    return voltage_steps(TIME, voltage, current, last_points=100, smallest_step_volt=0.002).steps


def models_of(relative: np.ndarray) -> Models | None:
    steps = steps_of(relative)
    settling = settling_of(steps)
    assert settling
    return drift_models(settling, steps, 1 / OHM, np.array([0.0, 1e-7]))


@pytest.mark.parametrize("noise", [0.0, 2e-9, NOISE, 1e-6])
@pytest.mark.parametrize(
    "relative",
    [
        1 + 1e-4 * TIME,
        1 + 4e-4 * TIME,
        wave(0.05, 600),
        wave(0.02, 900),
        wave(0.03, 1500, 2.0),
        wave(0.02, 400),
    ],
    ids=["drift of 11 %", "drift of 43 %", "5 %, 600 s", "2 %, 900 s", "3 %, 1500 s", "2 %, 400 s"],
)
def test_a_changing_conductance_has_its_mean_over_the_test(relative: np.ndarray, noise: float) -> None:
    fit = staircase_resistance(steps_of(relative, noise))
    low, high = fit.resistance_ohm.interval()
    assert low <= OHM / relative.mean() <= high
    assert high - low < 0.02 * OHM
    assert fit.conductance_drifts
    assert not fit.still_decays


@pytest.mark.parametrize("decay_s", [50.0, 400.0])
def test_a_conductance_that_settles_has_its_plateau(decay_s: float) -> None:
    fit = staircase_resistance(steps_of(1 - 0.08 * np.exp(-TIME / decay_s)))
    low, high = fit.resistance_ohm.interval()
    assert low <= OHM <= high
    assert high - low < 5
    assert not fit.conductance_drifts


@pytest.mark.parametrize("decay_s", [20.0, 50.0, 100.0])
def test_decays_within_the_steps_are_extrapolated(decay_s: float) -> None:
    fit = staircase_resistance(steps_of(1 + 0.3 * np.exp(-SINCE / decay_s)))
    low, high = fit.resistance_ohm.interval()
    assert low <= OHM <= high
    assert fit.still_decays
    assert not fit.conductance_drifts


def test_a_change_that_begins_with_each_step_is_none_of_the_conductance() -> None:
    assert models_of(1 + 1 / np.sqrt(SINCE + 1)) is None


def test_the_slope_is_the_mean_conductance() -> None:
    relative = wave(0.05, 700)
    models = models_of(relative)
    assert models
    assert models.coefficients.shape == (models.log_likelihood.size, 2)
    slope, half = averaged(chances(models.log_likelihood), models.coefficients[:, 0], np.sqrt(models.variances[:, 0]))
    assert abs(slope - relative.mean() / OHM) < half < 0.01 / OHM
