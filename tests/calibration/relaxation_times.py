"""Distributions of relaxation times: simulated spectra of one to four processes, and intervals of their values."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from analyses.impedance.kramers_kronig import kramers_kronig
from analyses.impedance.relaxation_times.drt import Distribution, distribution
from analyses.impedance.relaxation_times.drt_peaks import Peak, find_peaks
from analyses.impedance.relaxation_times.polarisation import polarisation_resistance
from analyses.impedance.spectrum import Spectrum
from analyses.uncertainty import Estimate
from tests.calibration.noise import Array
from tests.calibration.study import Answer, Study, answer_of
from tests.spectra import make_spectrum

NEAR_DECADES = 0.25
"""Distance of the time constants up to which a peak is a process."""
ALIKE = 2.0
"""Ratio of the resistances up to which it is."""


@dataclass(frozen=True)
class Simulated:
    """A spectrum of known processes."""

    spectrum: Spectrum
    time_constant_s: Array
    resistance_ohm: Array
    noise: float


def simulated(random: np.random.Generator) -> Simulated:
    """Return a spectrum of one to four arcs in series, 5 to 8 decades with 7 to 12 points each, 0.1 to 3 % noise.

    Time constants are anywhere in the window but 0.3 decades from its ends, resistances within a factor of 32,
    exponents from 0.7 to 1; three in ten spectra end in a blocking tail.
    """
    count, decades = int(random.integers(1, 5)), random.uniform(5, 8)
    highest = 10 ** random.uniform(5, 6.8)
    frequency = np.geomspace(highest, highest / 10**decades, int(decades * random.integers(7, 12)))
    fastest = -np.log10(2 * np.pi * highest)
    tau = np.sort(10 ** random.uniform(fastest + 0.3, fastest + decades - 0.3, count))
    resistance = 10 ** random.uniform(0, 1.5, count) * 10 ** random.uniform(0, 3)
    exponent = random.uniform(0.7, 1, count)
    values = [resistance.sum() * random.uniform(0.05, 0.5)]
    for r, top, n in zip(resistance, tau, exponent, strict=True):
        values += [r, top**n / r, n]
    text = "-".join(["R0", *(f"p(R{number},CPE{number})" for number in range(1, count + 1))])
    if random.random() < 0.3:
        bend, n = 10 ** random.uniform(0.3, 1.5) / 10 ** (fastest + decades), random.uniform(0.75, 0.95)
        values += [1 / (resistance.sum() * bend**n), n]
        text += f"-CPE{count + 1}"
    noise = 10 ** random.uniform(-3, -1.5)
    spectrum = make_spectrum(text, values, noise, [int(random.integers(2**31)), 1], frequency)
    return Simulated(spectrum, tau, resistance, noise)


def matched(peaks: Sequence[Peak], case: Simulated) -> list[tuple[Peak, bool]]:
    """Return each peak, the most probable first, with whether it is a process that no peak before it is."""
    left = list(range(case.time_constant_s.size))
    result = []
    for peak in sorted(peaks, key=lambda peak: -peak.probability):
        apart = {index: abs(np.log10(peak.time_constant_s / case.time_constant_s[index])) for index in left}
        near = [
            index
            for index in sorted(apart, key=apart.__getitem__)
            if apart[index] < NEAR_DECADES and 1 / ALIKE < peak.resistance_ohm / case.resistance_ohm[index] < ALIKE
        ]
        left = [index for index in left if index not in near[:1]]
        result.append((peak, bool(near)))
    return result


ARCS = ((50.0, 1e-4, 0.9), (80.0, 1e-1, 0.85))
FREQUENCY = np.geomspace(1e6, 1e-2, 71)


MODEL = "holds what the integral and the arcs of the processes differ by"


@lru_cache(maxsize=512)
def _distribution(noise: float, seed: int) -> tuple[Spectrum, Distribution]:
    """Return a spectrum and its distribution."""
    values = [10.0, *(number for r, tau, n in ARCS for number in (r, tau**n / r, n))]
    spectrum = make_spectrum("R0-p(R1,CPE1)-p(R2,CPE2)", values, noise, [seed, 2], FREQUENCY)
    return spectrum, distribution(spectrum, noise)


@lru_cache(maxsize=512)
def _peaks(noise: float, seed: int) -> tuple[Peak, ...]:
    """Return the peaks of the distribution, off which two quantities are read."""
    return tuple(find_peaks(*_distribution(noise, seed)))


def of_two(quantity: str, noise: float) -> Study:
    """Two processes three decades apart."""

    def trial(random: np.random.Generator) -> Answer:
        seed = int(random.integers(2**31))
        peaks = [peak for peak in _peaks(noise, seed) if peak.probability >= 0.5]
        if quantity == "Polarisation resistance":
            return answer_of(130.0, lambda: polarisation_resistance(*_distribution(noise, seed), peaks).resistance_ohm)
        if len(peaks) != len(ARCS):
            return "refused"
        truth = ARCS[0][0] if quantity.startswith("Resistance") else ARCS[0][1]
        return answer_of(truth, lambda: _value(peaks[0], quantity))

    words = f"white noise of {100 * noise:g} % of |Z|"
    more = MODEL if quantity == "Polarisation resistance" else ""
    return Study(quantity, words, trial, covers_more=more, simulation=f"two processes, {words}")


def _value(peak: Peak, quantity: str) -> Estimate:
    gradient = np.array([1.0, 0.0, 0.0, 0.0]) if quantity.startswith("Resistance") else peak.time_gradient
    magnitude = peak.resistance_ohm if quantity.startswith("Resistance") else peak.time_constant_s
    return Estimate.measured(magnitude, magnitude * float(np.sqrt(gradient @ peak.covariance @ gradient)))


TAIL_EXPONENTS = (0.4, 0.9)


def beside_tail(noise: float) -> Study:
    """Two processes and a tail of diffusion or of a blocking electrode that begins a decade after them or later."""

    def trial(random: np.random.Generator) -> Answer:
        exponent = random.uniform(*TAIL_EXPONENTS)
        size = 130 * 10 ** random.uniform(-0.5, 0.5)
        values = [10.0, *(number for r, tau, n in ARCS for number in (r, (tau / 10) ** n / r, n))]
        tail = [1 / (size * (2 * np.pi * FREQUENCY[-1]) ** exponent), exponent]
        text = "R0-p(R1,CPE1)-p(R2,CPE2)-CPE3"
        spectrum = make_spectrum(text, [*values, *tail], noise, [int(random.integers(2**31)), 4], FREQUENCY)
        if not spectrum.ends_in_blocking_tail:
            return "refused"
        drt = distribution(spectrum, noise)
        peaks = [peak for peak in find_peaks(spectrum, drt) if peak.probability >= 0.5]
        return answer_of(130.0, lambda: polarisation_resistance(spectrum, drt, peaks).resistance_ohm)

    words = f"a tail with an exponent of 0.4 to 0.9, white noise of {100 * noise:g} % of |Z|"
    return Study("Polarisation resistance", words, trial, covers_more=MODEL, few=4)


def polarisation(text: str, values: Array, frequency: Array, noise: float, seed: int) -> Estimate:
    """Return the polarisation resistance of a simulated spectrum."""
    spectrum = make_spectrum(text, values, noise, [seed, 5], frequency)
    drt = distribution(spectrum, kramers_kronig(spectrum).residual_percent / 100)
    peaks = [peak for peak in find_peaks(spectrum, drt) if peak.probability >= 0.8]
    return polarisation_resistance(spectrum, drt, peaks).resistance_ohm


def of_one_time(noise: float) -> Study:
    """A resistor next to a capacitor: one time constant, which γ cannot follow."""

    def trial(random: np.random.Generator) -> Answer:
        tau, size = 10 ** random.uniform(-3, -1), 10 ** random.uniform(1, 3)
        values = np.array([size / 20, size, tau / size])
        seed = int(random.integers(2**31))
        return answer_of(size, lambda: polarisation("R0-p(R1,C1)", values, FREQUENCY, noise, seed))

    words = f"one time constant, white noise of {100 * noise:g} % of |Z|"
    return Study("Polarisation resistance", words, trial, covers_more=MODEL, few=4)


def of_an_unfinished_arc(lowest_hz: float) -> Study:
    """A process at 1.6 Hz in a spectrum that ends there or a little below."""

    def trial(random: np.random.Generator) -> Answer:
        fast, slow, n = random.uniform(20, 60), random.uniform(40, 120), random.uniform(0.8, 0.95)
        values = np.array([10.0, fast, (3e-5) ** n / fast, n, slow, 0.1**n / slow, n])
        frequency, seed = np.geomspace(1e6, lowest_hz, 61), int(random.integers(2**31))
        text = "R0-p(R1,CPE1)-p(R2,CPE2)"
        return answer_of(fast + slow, lambda: polarisation(text, values, frequency, 0.005, seed))

    words = f"a process at 1.6 Hz measured down to {lowest_hz:g} Hz, white noise of 0.5 % of |Z|"
    return Study("Polarisation resistance", words, trial, covers_more=MODEL, few=4)


STUDIES = (
    *(
        of_two(quantity, noise)
        for quantity in ("Polarisation resistance", "Resistance of a process", "Relaxation time of a process")
        for noise in (0.002, 0.01)
    ),
    *(beside_tail(noise) for noise in (0.002, 0.01)),
    *(of_one_time(noise) for noise in (0.003, 0.01)),
    *(of_an_unfinished_arc(lowest) for lowest in (0.3, 1.0)),
)
