import math

import numpy as np
import pytest

from analyses.impedance.drt import distribution
from analyses.impedance.drt_peaks import find_peaks
from analyses.impedance.kramers_kronig import kramers_kronig
from analyses.impedance.polarisation import PolarisationResistance, polarisation_resistance
from analyses.impedance.spectrum import Spectrum, check_spectrum
from analyses.simulate import demo_cells
from analyses.simulate.full_cell_spectrum import full_cell_spectrum
from tests.spectra import make_spectrum

TWO = [10.0, 50.0, 1e-4**0.9 / 50, 0.9, 80.0, 1e-1**0.85 / 80, 0.85]
FREQUENCY = np.geomspace(1e6, 1e-2, 81)


def of(spectrum: Spectrum) -> tuple[PolarisationResistance, float]:
    """The polarisation resistance, and the integral of all of γ."""
    drt = distribution(spectrum, kramers_kronig(spectrum).residual_percent / 100)
    peaks = [peak for peak in find_peaks(spectrum, drt) if peak.probability >= 0.5]
    return polarisation_resistance(drt, peaks), drt.polarisation_resistance_ohm


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


def test_a_tail_without_a_process_bounds_it() -> None:
    result, whole = of(make_spectrum("R0-CPE0", (100.0, 1e-6, 0.9), 0.003, 1, FREQUENCY))
    estimate = result.resistance_ohm
    assert (estimate.lower, estimate.upper, result.beyond_ohm) == (0.0, whole, 0.0)
