"""Resistance, capacitance and peak frequency of the arcs of a spectrum."""

import math

import numpy as np

from analyses.impedance.arc_values import arc_values
from analyses.impedance.circuit import parse_circuit
from analyses.impedance.circuit_fit import fit_circuit
from tests.calibration.study import Answer, Study, answer_of
from tests.spectra import make_spectrum

CIRCUIT = parse_circuit("p(R1,CPE1)-p(R2,CPE2)-CPE3")
FREQUENCY = np.geomspace(7e6, 0.1, 80)
VALUES = {
    "Arc resistance": "resistance_ohm",
    "Arc capacitance": "capacitance_f",
    "Arc peak frequency": "peak_frequency_hz",
}


def overlapping(quantity: str, ratio: float, exponent: float, noise: float) -> Study:
    """Two arcs of 500 and 800 Ω whose time constants differ by a ratio; the value is that of either arc."""

    def trial(random: np.random.Generator) -> Answer:
        ohms, taus = (500.0, 800.0), (1e-6, 1e-6 * ratio)
        arcs = [(ohm, tau**exponent / ohm, exponent) for ohm, tau in zip(ohms, taus, strict=True)]
        seed = int(random.integers(2**31))
        spectrum = make_spectrum(CIRCUIT.text, (*arcs[0], *arcs[1], 1e-4, 0.9), noise, [seed], FREQUENCY)
        which = int(random.integers(2))
        truth = {
            "Arc resistance": ohms[which],
            "Arc capacitance": taus[which] / ohms[which],
            "Arc peak frequency": 1 / (2 * math.pi * taus[which]),
        }
        return answer_of(
            truth[quantity], lambda: getattr(arc_values(fit_circuit(CIRCUIT, spectrum))[which], VALUES[quantity])
        )

    words = f"time constants a factor of {ratio:g} apart, n = {exponent:g}, white noise of {100 * noise:g} % of |Z|"
    return Study(quantity, words, trial)


STUDIES = (
    *(overlapping(quantity, 100.0, 1.0, 0.01) for quantity in VALUES),
    *(overlapping(quantity, 30.0, 0.85, 0.005) for quantity in VALUES),
    *(overlapping(quantity, 8.0, 0.9, 0.003) for quantity in VALUES),
)
