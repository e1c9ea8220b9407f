"""Resistance, capacitance and peak frequency of the arcs of a spectrum."""

import math
from functools import lru_cache

import numpy as np

from analyses.impedance.circuits.arc_values import ArcValues, arc_values
from analyses.impedance.circuits.circuit import parse_circuit
from analyses.impedance.circuits.circuit_fit import fit_circuit
from analyses.impedance.spectrum import check_spectrum
from tests.calibration.study import Answer, Study, answer_of
from tests.spectra import noisy

CIRCUIT = parse_circuit("p(R1,CPE1)-p(R2,CPE2)-CPE3")
FREQUENCY = np.geomspace(7e6, 0.1, 80)
CONSTANT_OHM = 1.0
"""Noise of one size, in the study that has it instead of noise in proportion to |Z|."""
VALUES = {
    "Arc resistance": "resistance_ohm",
    "Arc capacitance": "capacitance_f",
    "Arc peak frequency": "peak_frequency_hz",
}


OHMS = (500.0, 800.0)


@lru_cache(maxsize=256)
def _fitted(ratio: float, exponent: float, noise: float, seed: int, constant_ohm: float = 0.0) -> tuple[ArcValues, ...]:
    """Return the arcs of a spectrum, off which all quantities are read."""
    taus = (1e-6, 1e-6 * ratio)
    arcs = [number for ohm, tau in zip(OHMS, taus, strict=True) for number in (ohm, tau**exponent / ohm, exponent)]
    impedance = noisy(CIRCUIT.impedance(FREQUENCY, np.array((*arcs, 1e-4, 0.9))), noise, [seed])
    real, imaginary = constant_ohm * np.random.default_rng([seed, 1]).normal(size=(2, FREQUENCY.size))
    spectrum = check_spectrum(FREQUENCY, impedance.real + real, impedance.imag + imaginary)
    return arc_values(fit_circuit(CIRCUIT, spectrum))


def overlapping(quantity: str, ratio: float, exponent: float, noise: float, constant_ohm: float = 0.0) -> Study:
    """Two arcs of 500 and 800 Ω whose time constants differ by a ratio; the value is that of either arc."""

    def trial(random: np.random.Generator) -> Answer:
        seed, which = int(random.integers(2**31)), int(random.integers(2))
        ohm, tau = OHMS[which], (1e-6, 1e-6 * ratio)[which]
        truth = {
            "Arc resistance": ohm,
            "Arc capacitance": tau / ohm,
            "Arc peak frequency": 1 / (2 * math.pi * tau),
        }
        return answer_of(
            truth[quantity],
            lambda: getattr(_fitted(ratio, exponent, noise, seed, constant_ohm)[which], VALUES[quantity]),
        )

    words = f"time constants a factor of {ratio:g} apart, n = {exponent:g}, white noise of {100 * noise:g} % of |Z|"
    words += f" and of {constant_ohm:g} Ω" if constant_ohm else ""
    return Study(quantity, words, trial, simulation=words)


STUDIES = (
    *(overlapping(quantity, 100.0, 1.0, 0.01) for quantity in VALUES),
    *(overlapping(quantity, 30.0, 0.85, 0.005) for quantity in VALUES),
    *(overlapping(quantity, 8.0, 0.9, 0.003) for quantity in VALUES),
    *(overlapping(quantity, 100.0, 0.9, 0.0005, CONSTANT_OHM) for quantity in VALUES),
)
