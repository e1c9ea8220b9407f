"""Scatter of unit standard deviation as instruments and rooms make it."""

from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

Array: TypeAlias = NDArray[np.float64]


def white(random: np.random.Generator, size: int) -> Array:
    """Return independent normal numbers."""
    return random.normal(size=size)


def autoregressive(random: np.random.Generator, size: int, correlation: float) -> Array:
    """Return normal numbers each of which keeps this share of the one before."""
    innovations = random.normal(size=size)
    numbers = np.empty(size)
    numbers[0] = innovations[0]
    for index in range(1, size):
        numbers[index] = correlation * numbers[index - 1] + np.sqrt(1 - correlation**2) * innovations[index]
    return numbers


def pink(random: np.random.Generator, size: int) -> Array:
    """Return 1/f noise: as much power in each decade of frequency, from one over twice the size on."""
    frequency = np.fft.rfftfreq(2 * size)
    frequency[0] = frequency[1]
    spectrum = np.fft.rfft(random.normal(size=2 * size)) / np.sqrt(frequency)
    numbers = np.fft.irfft(spectrum)
    return np.asarray((numbers / numbers.std())[:size])


def periodic(random: np.random.Generator, size: int, period: float) -> Array:
    """Return a sine of this period with a random phase, as the temperature of a room makes it."""
    return np.sqrt(2) * np.sin(2 * np.pi * (np.arange(size) / period + random.random()))


def with_outliers(random: np.random.Generator, size: int, share: float, times: float) -> Array:
    """Return independent normal numbers, a share of which is this many times as far off."""
    return random.normal(size=size) * np.where(random.random(size) < share, times, 1.0)
