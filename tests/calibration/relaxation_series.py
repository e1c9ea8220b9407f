"""Processes of series of spectra: intervals of activation energies, pressure exponents and ratios of resistances."""

import numpy as np

from analyses.impedance.relaxation_times.drt import distribution
from analyses.impedance.relaxation_times.process_series import SeriesProcess, fit_series
from analyses.impedance.spectrum import Spectrum
from analyses.uncertainty import Estimate, propagate
from registry.contract.analysis_support.impedance.process_laws import energy_of, exponent_of
from registry.contract.analysis_support.impedance.processes import process_estimates
from tests.calibration.study import Answer, Study, answer_of
from tests.spectra import make_spectrum

FREQUENCY = np.geomspace(1e6, 1e-1, 43)
DEGC, MPA = np.array([0.0, 15.0, 30.0, 45.0, 60.0]), np.array([1.0, 3.0, 10.0, 30.0, 100.0])
BOLTZMANN_EV_K = 8.617333262e-5
ENERGIES_EV, EXPONENTS, RATIOS = (0.30, 0.45), (0.1, 0.6), (1.0, 2.0)
NOISE = 0.005


def _spectrum(fast_ohm: float, slow_ohm: float, random: np.random.Generator) -> Spectrum:
    """Two arcs of 1e-7 F and 1e-4 F in series with 8 Ω."""
    values = [8.0]
    for ohm, farad, exponent in ((fast_ohm, 1e-7, 0.9), (slow_ohm, 1e-4, 0.85)):
        values += [ohm, (ohm * farad) ** exponent / ohm, exponent]
    seed = [int(random.integers(2**31)), 5]
    return make_spectrum("R0-p(R1,CPE1)-p(R2,CPE2)", tuple(values), NOISE, seed, FREQUENCY)


def _processes(at: np.ndarray, spectra: list[Spectrum]) -> tuple[SeriesProcess, ...]:
    drts = [distribution(spectrum, NOISE) for spectrum in spectra]
    return fit_series(at, spectra, drts, [NOISE] * len(spectra))


def energy(random: np.random.Generator) -> Answer:
    """Activation energy of either process over five temperatures."""
    kelvin, which = DEGC + 273.15, int(random.integers(2))
    factors = [t / 298.15 * np.exp(np.array(ENERGIES_EV) / BOLTZMANN_EV_K * (1 / t - 1 / 298.15)) for t in kelvin]
    processes = _processes(-1000 / kelvin, [_spectrum(30 * fast, 100 * slow, random) for fast, slow in factors])
    if len(processes) != 2:
        return "refused"
    exact = [Estimate.exact(degc) for degc in DEGC.tolist()]
    return answer_of(ENERGIES_EV[which], lambda: energy_of(processes[which], exact, 0.0).value)


def exponent(random: np.random.Generator) -> Answer:
    """Pressure exponent of either process over five pressures."""
    which = int(random.integers(2))
    spectra = [_spectrum(30 * p ** -EXPONENTS[0], 100 * p ** -EXPONENTS[1], random) for p in MPA.tolist()]
    processes = _processes(np.log(MPA), spectra)
    if len(processes) != 2:
        return "refused"
    exact = [Estimate.exact(mpa) for mpa in MPA.tolist()]
    return answer_of(EXPONENTS[which], lambda: exponent_of(processes[which], exact).value)


def ratio(random: np.random.Generator) -> Answer:
    """Resistance of either process at cycle 100 over that at cycle 20."""
    which = int(random.integers(2))
    processes = _processes(np.array([20.0, 100.0]), [_spectrum(30, 100, random), _spectrum(30, 200, random)])
    if len(processes) != 2:
        return "refused"
    first, last = (
        process_estimates(processes[which].peak(index), 2 * FREQUENCY.size - 8)["process_resistance_ohm"]
        for index in (0, 1)
    )
    return answer_of(RATIOS[which], lambda: propagate(lambda a, b: b / a, a=first, b=last))


WORDS = f"white noise of {100 * NOISE:g} % of |Z|, two processes three decades apart"
STUDIES = (
    Study("Activation energy of a process", f"five temperatures, {WORDS}", energy),
    Study("Pressure exponent of a process", f"five pressures, {WORDS}", exponent),
    Study("Resistance ratio of a process", f"two spectra, {WORDS}", ratio),
)
