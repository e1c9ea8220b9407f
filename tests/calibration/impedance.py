"""Resistance of an impedance spectrum."""

import numpy as np

from analyses.impedance.circuit_fit import fit_circuit
from tests.calibration.study import Answer, Study, answer_of
from tests.spectra import any_pellet, make_spectrum

CIRCUITS = ("R0-CPE0", "p(R1,CPE1)-CPE2", "R0-p(R1,CPE1)-CPE2", "p(R1,CPE1)-p(R2,CPE2)-CPE3")


def white(noise: float) -> Study:
    """Noise in proportion to |Z|, of pellets from a wide range of resistance, capacitance and exponent."""

    def trial(random: np.random.Generator) -> Answer:
        text = CIRCUITS[int(random.integers(len(CIRCUITS)))]
        seed = int(random.integers(2**31))
        circuit, values, resistance = any_pellet(text, [seed])
        spectrum = make_spectrum(text, values, noise, [seed, 99])
        return answer_of(resistance, lambda: fit_circuit(circuit, spectrum).resistance())

    return Study("Resistance of a circuit fit", f"white noise of {100 * noise:g} % of |Z|", trial)


STUDIES = tuple(white(noise) for noise in (0.001, 0.01, 0.03))
