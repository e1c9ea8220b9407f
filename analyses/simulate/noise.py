"""Noise of simulated measurements."""

import numpy as np
from numpy.typing import NDArray

Complex = NDArray[np.complex128]


def noisy_impedance(impedance_ohm: Complex, relative_noise: float, seed: int) -> Complex:
    """Return an impedance with normal noise on both parts, in proportion to its modulus.

    Parameters
    ----------
    impedance_ohm : array
        Shape (points,) [Ω].
    relative_noise : float
        Standard deviation of each part over the modulus.
    seed : int
        Of the random numbers.
    """
    real, imaginary = np.random.default_rng(seed).normal(size=(2, impedance_ohm.size))
    return impedance_ohm + relative_noise * np.abs(impedance_ohm) * (real + 1j * imaginary)
