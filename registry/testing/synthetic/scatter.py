"""Noise that is the same on every machine and with every version of NumPy."""

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]


def scatter(rows: int, seed: int) -> Array:
    """Return normally distributed numbers of deviation 1; `RandomState` is the stream NumPy promises to keep."""
    return np.random.RandomState(seed).normal(size=rows)


def noisy(numbers: Array, relative: float, seed: int) -> Array:
    """Return the numbers with scatter in proportion to the largest."""
    return np.asarray(numbers + relative * np.abs(numbers).max() * scatter(numbers.size, seed))
