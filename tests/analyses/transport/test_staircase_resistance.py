"""Known answers: `registry/testing/synthetic/staircase.py`, 1000 Ω, and currents that never come to rest."""

from contextlib import suppress

import numpy as np
import pytest

from analyses.insufficient_data import InsufficientData
from analyses.transport.staircase_resistance import StaircaseResistance, staircase_resistance
from analyses.transport.voltage_steps import voltage_steps
from registry.testing.synthetic.staircase import VOLTS, staircase
from tests.coded import refuses

UP = (0.01, 0.02, 0.03, 0.04, 0.05)
Columns = tuple[np.ndarray, np.ndarray, np.ndarray]


def resistance_of(columns, *, last_points: int = 100) -> StaircaseResistance:
    return staircase_resistance(voltage_steps(*columns, last_points=last_points, smallest_step_volt=0.002).steps)


def test_a_current_at_rest_has_the_resistance_of_its_means() -> None:
    resistance = resistance_of(staircase(noise=1e-7))
    low, high = resistance.resistance_ohm.interval()
    assert low <= 1000 <= high
    assert resistance.extrapolated_share == pytest.approx(0, abs=1e-3)
    assert not resistance.still_decays
    assert not resistance.misses_origin


def test_a_current_without_any_noise_has_a_resistance() -> None:
    assert resistance_of(staircase()).resistance_ohm.magnitude == pytest.approx(1000.0, rel=1e-5)


def test_a_decaying_current_is_extrapolated() -> None:
    """The means of the last 100 of 300 rows say 853 Ω."""
    resistance = resistance_of(staircase(decay_rows=100.0, noise=1e-6))
    low, high = resistance.resistance_ohm.interval()
    assert low <= 1000 <= high
    assert high - low < 30
    assert resistance.still_decays
    assert resistance.extrapolated_share == pytest.approx(-0.147, abs=0.01)
    assert [cause.name for cause in resistance.resistance_ohm.components] == ["drift"]


def test_refuses_a_current_that_falls_as_one_over_the_root_of_time() -> None:
    time, voltage, _ = staircase()
    since = np.tile(np.arange(300.0), len(VOLTS))
    current = voltage / 1000 * (1 + 30 / np.sqrt(since + 1)) + np.random.default_rng(0).normal(0, 1e-8, time.size)
    with refuses("current-not-at-rest", InsufficientData) as refusal:
        resistance_of((time, voltage, current))
    assert refusal.value.parameters["share_percent"] > 5


def after_diffusion(volts: tuple[float, ...], diffusion_s: float, noise_a: float) -> Columns:
    """Steps of 120 rows, 5 s apart, each change followed by the current of a diffusion over a finite length.

    i = V/R + ΔV/R × 2 Σ exp(-n² π² t / diffusion_s), R = 1000 Ω.
    """
    time = 5 * np.arange(120.0 * len(volts)) + 2.5
    voltage = np.repeat(volts, 120)
    current, order = voltage / 1000, np.arange(1.0, 200.0)[:, None]
    for step, change in enumerate(np.diff(volts, prepend=0.0)):
        since = time - 600 * step
        rows = since > 0
        current[rows] += change / 1000 * 2 * np.exp(-(order**2) * np.pi**2 * since[rows] / diffusion_s).sum(axis=0)
    return time, voltage, current + noise_a * np.random.default_rng(1).normal(size=time.size)


@pytest.mark.parametrize("noise_a", [1e-8, 1e-7, 1e-6, 1e-5])
@pytest.mark.parametrize("volts", [UP, (*UP, *UP[-2::-1]), (0.01, -0.01, 0.02, -0.02, 0.03, -0.03)])
def test_a_diffusion_slower_than_the_steps_is_refused_at_any_noise(volts: tuple[float, ...], noise_a: float) -> None:
    """The end of a step alone looks exponential; 1000 Ω was 79 to 970 Ω, within 10 %."""
    for diffusion_s in (3000.0, 10_000.0, 100_000.0):
        with suppress(InsufficientData):
            low, high = resistance_of(after_diffusion(volts, diffusion_s, noise_a)).resistance_ohm.interval()
            assert low <= 1000 <= high
    with pytest.raises(InsufficientData) as refusal:
        resistance_of(after_diffusion(volts, 100_000.0, noise_a))
    assert refusal.value.code in {"current-not-at-rest", "resistance-without-upper-limit"}


@pytest.mark.parametrize("noise_a", [1e-9, 1e-7, 1e-6])
@pytest.mark.parametrize("share", [0.01, 0.03, 0.1])
@pytest.mark.parametrize("pattern", ["changes", "voltage"])
def test_bounds_reach_the_resistance_after_a_small_diffusion(pattern: str, share: float, noise_a: float) -> None:
    """A fall with 1/√t, this share of V/R at the end of a step: after each change of the voltage, or after rests."""
    time, voltage, _ = staircase()
    since = np.arange(time.size) - 300.0 * np.arange(len(VOLTS))[:, None]
    falling = np.where(since >= 0, np.sqrt(300 / np.maximum(since + 1, 1)), 0.0)
    own = np.sqrt(300 / (np.arange(time.size) % 300 + 1.0))
    added = np.diff(VOLTS, prepend=0.0) @ falling if pattern == "changes" else voltage * own
    current = voltage / 1000 + share * added / 1000 + np.random.default_rng(0).normal(0, noise_a, time.size)
    fit = resistance_of((time, voltage, current))
    low, high = fit.resistance_ohm.interval()
    assert low <= 1000 <= high
    assert high < 1000 * (1 + share)


def test_a_diffusion_faster_than_the_steps_is_at_rest() -> None:
    low, high = resistance_of(after_diffusion(UP, 300.0, 1e-7)).resistance_ohm.interval()
    assert low <= 1000 <= high
    assert high - low < 10


def test_refuses_a_resistance_without_an_upper_limit() -> None:
    with refuses("resistance-without-upper-limit", InsufficientData, steps=5):
        resistance_of(staircase(resistance=2e7, noise=1e-7, seed=0))


def test_a_wide_interval_is_that_of_the_inverse() -> None:
    """The interval of the conductance, inverted, is asymmetric."""
    resistance = resistance_of(staircase(noise=1e-4, seed=1))
    low, high = resistance.resistance_ohm.interval()
    assert resistance.steady
    share = resistance.steady.half_width_s / resistance.conductance_s
    assert share > 0.25
    assert high == pytest.approx(1 / (resistance.conductance_s * (1 - share)), rel=1e-6)
    assert low <= 1 / (resistance.conductance_s * (1 + share))


def test_steps_of_few_rows_have_the_interval_of_student() -> None:
    resistance = resistance_of(staircase(points=5, decay_rows=0.1, noise=1e-6), last_points=2)
    assert resistance.steady is None
    low, high = resistance.resistance_ohm.interval()
    assert (high - low) / 2 == pytest.approx(
        resistance.line.coverage_factor * resistance.line.resistance_ohm.standard_uncertainty, rel=1e-6
    )


def test_an_offset_misses_the_origin() -> None:
    time, voltage, current = staircase(noise=1e-7)
    assert resistance_of((time, voltage, current + 1e-5)).misses_origin
