"""Synthetic chronoamperometry with a known resistance: a voltage staircase whose current decays to V/R."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]

VOLTS = (0.1, 0.2, 0.3, 0.4, 0.5)


def staircase(
    volts: Sequence[float] = VOLTS,
    *,
    resistance: float = 1000.0,
    points: int = 300,
    decay_rows: float = 10.0,
    noise: float = 0.0,
    voltage_noise: float = 0.0,
    seed: int = 0,
) -> tuple[Array, Array, Array]:
    """Return time, voltage and current; in every step the current falls from 3 V/R to V/R over `decay_rows`."""
    rng = np.random.default_rng(seed)
    voltage = np.repeat(volts, points)
    since = np.tile(np.arange(points), len(volts))
    current = voltage / resistance * (1 + 2 * np.exp(-since / decay_rows)) + rng.normal(0, noise, voltage.size)
    time = np.asarray(np.arange(voltage.size) * 0.5)
    return time, np.asarray(voltage + rng.normal(0, voltage_noise, voltage.size)), np.asarray(current)
