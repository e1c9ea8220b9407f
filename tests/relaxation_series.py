"""Series of spectra of three processes with known activation energies or pressure exponents, for the tests."""

from collections.abc import Sequence

import numpy as np

from analyses.impedance.spectrum import Spectrum
from tests.spectra import make_spectrum

BOLTZMANN_EV_K = 8.617333262e-5
FREQUENCY = np.geomspace(7e6, 0.01, 80)
TEXT = "R0-p(R1,CPE1)-p(R2,CPE2)-p(R3,CPE3)"
PROCESSES = ((20.0, 3e-9, 0.9), (40.0, 3e-6, 0.85), (120.0, 2e-4, 0.8))
"""Resistance at 25 °C or 1 MPa [Ω], capacitance [F] and exponent."""
ENERGIES_EV = (0.30, 0.45, 0.60)
EXPONENTS = (0.0, 0.3, 0.8)


def _spectrum(factors: Sequence[float], grown: Sequence[float], noise: float, seed: int) -> Spectrum:
    values = [8.0 * factors[0]]
    for (ohm, farad, exponent), factor, area in zip(PROCESSES, factors, grown, strict=True):
        resistance, tau = ohm * factor, ohm * factor * farad * area
        values += [resistance, tau**exponent / resistance, exponent]
    return make_spectrum(TEXT, tuple(values), noise, [seed, 1], FREQUENCY)


def over_temperature(degc: Sequence[float], noise: float, random: np.random.Generator) -> list[Spectrum]:
    """Resistances follow T exp(E_a/kT) with the energies, capacitances are constant."""
    kelvin = np.asarray(degc) + 273.15
    by_energy = [t / 298.15 * np.exp(np.array(ENERGIES_EV) / BOLTZMANN_EV_K * (1 / t - 1 / 298.15)) for t in kelvin]
    return [_spectrum(factors, (1, 1, 1), noise, int(random.integers(2**31))) for factors in by_energy]


def over_pressure(mpa: Sequence[float], noise: float, random: np.random.Generator) -> list[Spectrum]:
    """Resistances fall with the powers of the pressure and capacitances rise with them, as contact areas do."""
    return [
        _spectrum(p ** -np.array(EXPONENTS), p ** np.array(EXPONENTS), noise, int(random.integers(2**31))) for p in mpa
    ]


def over_cycles(noise: float, random: np.random.Generator) -> list[Spectrum]:
    """Cycles 20 and 100: the third process has doubled in resistance at half the area, the others have not changed."""
    states = (((1, 1, 1), (1, 1, 1)), ((1, 1, 2), (1, 1, 0.5)))
    return [_spectrum(factors, grown, noise, int(random.integers(2**31))) for factors, grown in states]


def interface_ratio() -> float:
    """The ratio of the interface capacitances of the third process by Brug's relation in `over_cycles`."""
    series, (resistance, farad, n) = 8.0, PROCESSES[2]
    brug = [
        ((r * c) ** n / r) ** (1 / n) * (1 / series + 1 / r) ** ((n - 1) / n)
        for r, c in ((resistance, farad), (2 * resistance, farad / 2))
    ]
    return brug[1] / brug[0]
