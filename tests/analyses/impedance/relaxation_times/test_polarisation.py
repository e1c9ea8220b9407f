import math

import numpy as np
import pytest

from analyses.impedance.kramers_kronig import kramers_kronig
from analyses.impedance.relaxation_times.drt import distribution
from analyses.impedance.relaxation_times.drt_peaks import find_peaks
from analyses.impedance.relaxation_times.polarisation import PolarisationResistance, polarisation_resistance
from analyses.impedance.spectrum import Spectrum, check_spectrum
from analyses.insufficient_data import InsufficientData
from analyses.simulate import demo_cells
from analyses.simulate.full_cell_spectrum import full_cell_spectrum
from tests.coded import refuses
from tests.spectra import make_spectrum

TWO = [10.0, 50.0, 1e-4**0.9 / 50, 0.9, 80.0, 1e-1**0.85 / 80, 0.85]
FREQUENCY = np.geomspace(1e6, 1e-2, 81)


def of(spectrum: Spectrum) -> tuple[PolarisationResistance, float]:
    """The polarisation resistance, and the integral of all of γ."""
    drt = distribution(spectrum, kramers_kronig(spectrum).residual_percent / 100)
    peaks = [peak for peak in find_peaks(spectrum, drt) if peak.probability >= 0.5]
    return polarisation_resistance(spectrum, drt, peaks), drt.polarisation_resistance_ohm


def test_without_a_tail_it_is_the_integral_of_all() -> None:
    result, whole = of(make_spectrum("R0-p(R1,CPE1)-p(R2,CPE2)", TWO, 0.003, 1, FREQUENCY))
    assert (result.resistance_ohm.magnitude, result.slowest_s, result.beyond_ohm) == (whole, math.inf, 0.0)


@pytest.mark.parametrize("cycle", demo_cells.SPECTRUM_CYCLES)
def test_the_diffusion_of_a_full_cell_does_not_count(cycle: int) -> None:
    """Interfaces of 45.3, 59.3 and 82.6 Ω; all of γ is 6 to 10 Ω more."""
    cell = demo_cells.SPECTRA[demo_cells.BARE]
    truth = sum(cell.resistances_at(cycle))
    frequency, impedance = full_cell_spectrum(cell, cycle, seed=1)
    result, whole = of(check_spectrum(frequency, impedance.real, impedance.imag))
    low, high = result.resistance_ohm.interval()
    assert low < truth < high
    assert whole > truth + 5
    assert result.resistance_ohm.magnitude == pytest.approx(truth, rel=0.04)
    assert 0.07 < result.slowest_s < 2
    assert result.resistance_ohm.magnitude + result.beyond_ohm == pytest.approx(whole)
    assert {part.name for part in result.resistance_ohm.components} == {"noise", "model"}


def noisy(impedance: np.ndarray, noise: float, seed: int, frequency: np.ndarray = FREQUENCY) -> Spectrum:
    random = np.random.default_rng(seed)
    scatter = random.normal(size=impedance.size) + 1j * random.normal(size=impedance.size)
    measured = impedance + noise * np.abs(impedance) * scatter
    return check_spectrum(frequency, measured.real, measured.imag)


def arc(resistance_ohm: float, time_s: float, exponent: float, frequency: np.ndarray = FREQUENCY) -> np.ndarray:
    return resistance_ohm / (1 + (2j * np.pi * frequency * time_s) ** exponent)


@pytest.mark.parametrize("noise", [0.001, 0.003, 0.01])
def test_the_interval_holds_the_resistance_of_a_capacitor_and_a_resistor(noise: float) -> None:
    """A single time constant, which γ cannot follow: the integral is up to 6 % too large."""
    for seed in range(20):
        result, _ = of(noisy(5 + arc(100, 1e-3, 1.0), noise, seed))
        lower, upper = result.resistance_ohm.interval()
        assert lower <= 100 <= upper
        assert upper - lower < 0.35 * 100


@pytest.mark.parametrize("lowest_hz", [0.3, 1.0])
def test_the_interval_holds_a_process_that_ends_near_the_lowest_frequency(lowest_hz: float) -> None:
    frequency = np.geomspace(1e6, lowest_hz, 61)
    impedance = 10 + arc(30, 3e-5, 0.9, frequency) + arc(80, 0.1, 0.9, frequency)
    bounds = [of(noisy(impedance, 0.005, seed, frequency))[0].resistance_ohm.interval() for seed in range(20)]
    assert sum(lower <= 110 <= upper for lower, upper in bounds) >= 17


def test_a_process_slower_than_the_lowest_frequency_is_refused() -> None:
    frequency = np.geomspace(1e6, 10, 51)
    impedance = 10 + arc(30, 3e-5, 0.9, frequency) + arc(80, 0.1, 0.9, frequency)
    with refuses("process-not-finished", InsufficientData) as refusal:
        of(noisy(impedance, 0.005, 3, frequency))
    assert refusal.value.parameters["frequency_hz"] == pytest.approx(10)


def test_an_inductive_loop_is_refused_and_widens_the_processes() -> None:
    loop = 10 + arc(30, 1e-5, 0.9) + arc(50, 1e-2, 0.9) - arc(8, 1.0, 1.0)
    held = 0
    for seed in range(10):
        spectrum = noisy(loop, 0.003, seed)
        with refuses("inductive-loop", InsufficientData):
            of(spectrum)
        drt = distribution(spectrum, kramers_kronig(spectrum).residual_percent / 100)
        slow = max(find_peaks(spectrum, drt), key=lambda peak: peak.resistance_ohm)
        assert slow.misfit > 0.005
        held += abs(math.log(slow.resistance_ohm / 50)) < 1.96 * math.sqrt(slow.covariance[0, 0])
    assert held >= 9


def test_what_may_be_anything_within_a_decade_is_not_determined() -> None:
    """A blocking electrode without a process bounds it from above only."""
    with refuses("polarisation-not-determined", InsufficientData) as refusal:
        of(make_spectrum("R0-CPE0", (100.0, 1e-6, 0.9), 0.003, 1, FREQUENCY))
    assert refusal.value.parameters["lower_ohm"] == 0
    assert refusal.value.parameters["upper_ohm"] > 0
