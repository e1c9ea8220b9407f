"""Known answers: `registry/testing/synthetic/symmetric.py`, an ohmic cell with a set resistance and growth."""

import numpy as np
import pytest

from analyses.symmetric_cells.overpotential import HalfCycles, symmetric_half_cycles
from analyses.symmetric_cells.polarisation import polarisation
from analyses.uncertainty import Estimate
from registry.testing.synthetic.symmetric import symmetric_rows
from tests.analyses.symmetric_cells.test_overpotential import halves_of
from tests.trials import holds, trials


def mean_of(halves: HalfCycles) -> Estimate:
    return polarisation(halves).overpotential_v


def growth_of(halves: HalfCycles) -> Estimate | None:
    return polarisation(halves).growth_v_h


def test_an_offset_of_the_voltage_drops_out_of_the_mean() -> None:
    estimate = mean_of(halves_of(symmetric_rows([1e-3] * 10, offset_v=0.01)))
    assert estimate.magnitude == pytest.approx(0.05)
    assert estimate.standard_uncertainty < 1e-9


def test_steady_growth_is_not_an_uncertainty_of_the_mean() -> None:
    """1 Ω/h over 20 h at 1 mA: 50 mV + 1 mV/h × 10 h in the mean, and the growth is 1 mV/h."""
    halves = halves_of(symmetric_rows([1e-3] * 10, growth_ohm_h=1.0), 1.0)
    assert mean_of(halves).magnitude == pytest.approx(0.06, rel=1e-6)
    assert mean_of(halves).standard_uncertainty < 1e-9
    growth = growth_of(halves)
    assert growth is not None
    assert growth.magnitude == pytest.approx(1e-3, rel=1e-6)


def covered(estimate: Estimate | None, truth: float) -> bool:
    assert estimate is not None
    low, high = estimate.interval()
    return low <= truth <= high


@trials(200)
@pytest.mark.parametrize("cycles", [5, 20, 40])
def test_its_intervals_hold_the_true_mean_and_growth(cycles: int, trials: int) -> None:
    """200 runs with 5 % scatter from cycle to cycle, independent: 180 or more intervals contain the truth; they allow
    for a drift that the test cannot detect, so that all may."""
    scattered = {"scatter": 0.05, "noise": 0.02, "points": 10}
    runs = [halves_of(symmetric_rows([1e-3] * cycles, seed=seed, **scattered), 1.0) for seed in range(trials)]
    assert holds([covered(mean_of(halves), 0.05) for halves in runs], high=1.0)
    assert holds([covered(growth_of(halves), 0.0) for halves in runs], high=1.0)


@trials(200)
@pytest.mark.parametrize("noise", [0.001, 0.01, 0.03])
def test_its_intervals_hold_a_growth_and_the_mean_of_it_whatever_the_noise(noise: float, trials: int) -> None:
    """200 runs of 20 cycles of 2 h at 1 mA, 0.5 Ω/h: 0.5 mV/h, and 50 mV + 0.5 mV/h × 20 h in the mean."""
    growing = {"growth_ohm_h": 0.5, "scatter": noise, "noise": noise, "points": 10}
    runs = [halves_of(symmetric_rows([1e-3] * 20, seed=seed, **growing), 1.0) for seed in range(trials)]
    assert holds([covered(mean_of(halves), 0.06) for halves in runs], high=1.0)
    assert holds([covered(growth_of(halves), 5e-4) for halves in runs], high=1.0)


@trials(200)
def test_the_interval_of_few_half_cycles_is_that_of_their_rows(trials: int) -> None:
    """200 runs of two cycles with 10 % white noise on every row."""
    estimates = [mean_of(halves_of(symmetric_rows([1e-3] * 2, noise=0.1, seed=seed), 1.0)) for seed in range(trials)]
    assert holds([covered(estimate, 0.05) for estimate in estimates])


def test_too_few_cycles_have_no_growth() -> None:
    assert growth_of(halves_of(symmetric_rows([1e-3] * 3))) is None


def test_thousands_of_cycles_are_reduced_before_the_fit() -> None:
    halves = halves_of(symmetric_rows([1e-3] * 1500, growth_ohm_h=0.01, points=6), 1.0)
    growth = growth_of(halves)
    assert growth is not None
    assert growth.magnitude == pytest.approx(1e-5, rel=1e-3)


def test_a_voltage_that_stands_still_in_its_last_digit_is_known_to_that_digit() -> None:
    """10.4 mV in a column of millivolts: 10 mV in every row, with a standard uncertainty of 1 mV/√12."""
    time = np.arange(0, 3600 * 20, 60.0)
    sign = np.where((time // 3600) % 2 == 0, 1.0, -1.0)
    begins = np.exp(-(time % 3600) / 200)
    voltage = np.round(sign * (0.0104 + 0.02 * begins), 3)
    halves = symmetric_half_cycles(time, voltage, 5e-4 * sign, last_share=0.2)
    result = polarisation(halves)
    assert result.overpotential_v.magnitude == pytest.approx(0.010)
    low, high = result.overpotential_v.interval()
    assert low < 0.0104 < high
    assert result.overpotential_v.standard_uncertainty == pytest.approx(0.001 / np.sqrt(12), rel=0.1)
    assert result.growth_v_h is not None
    assert result.growth_v_h.standard_uncertainty > 0
