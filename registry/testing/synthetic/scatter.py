"""Noise that is identical on every machine and with every NumPy version."""

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]


def scatter(rows: int, seed: int) -> Array:
    """Return normally distributed numbers with standard deviation 1; `RandomState` is stable across NumPy versions."""
    return np.random.RandomState(seed).normal(size=rows)


def noisy(numbers: Array, relative: float, seed: int) -> Array:
    """Return the numbers with noise proportional to the largest."""
    return np.asarray(numbers + relative * np.abs(numbers).max() * scatter(numbers.size, seed))
