"""Impedance spectra of circuits with known values."""

import numpy as np
from numpy.typing import NDArray

from analyses.impedance.circuits.circuit import parse_circuit
from registry.testing.synthetic.scatter import scatter

Array = NDArray[np.float64]


def spectrum(
    circuit: str,
    values: tuple[float, ...],
    *,
    highest_hz: float = 7e6,
    lowest_hz: float = 0.1,
    points: int = 60,
    relative_noise: float = 0.0,
    seed: int = 1,
) -> dict[str, Array]:
    """Return the spectrum of a circuit as a reader does, with noise on both parts proportional to |Z|."""
    frequency = np.geomspace(highest_hz, lowest_hz, points)
    exact = parse_circuit(circuit).impedance(frequency, np.array(values))
    noise = relative_noise * np.abs(exact)
    return {
        "frequency_hertz": frequency,
        "real_impedance_ohm": exact.real + noise * scatter(points, seed),
        "imaginary_impedance_ohm": exact.imag + noise * scatter(points, seed + 1),
    }
