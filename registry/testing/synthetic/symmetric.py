"""Synthetic symmetric-cell tests: an ohmic cell that can short-circuit at a known time."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]


def symmetric_rows(
    currents_a: Sequence[float],
    *,
    resistance_ohm: float = 50.0,
    growth_ohm_h: float = 0.0,
    short_at_h: float | None = None,
    shorted_share: float = 0.1,
    points: int = 60,
    half_hours: float = 1.0,
    noise: float = 0.0,
    scatter: float = 0.0,
    offset_v: float = 0.0,
    arc: float = 0.0,
    seed: int = 0,
) -> dict[str, Array]:
    """Return rows of one half-cycle in each direction for every current.

    `noise` is the scatter of each row, `scatter` that of each pair of half-cycles, both relative. `arc` raises the
    voltage at both ends of a half-cycle by that share, as dendrite and void growth do.
    """
    rng = np.random.default_rng(seed)
    magnitudes = np.repeat(np.asarray(currents_a, dtype=float), 2)
    sign = np.tile([1.0, -1.0], len(currents_a))
    current = np.repeat(magnitudes * sign, points)
    hours = (np.arange(current.size) + 0.5) * half_hours / points
    position = np.tile(np.linspace(-1, 1, points), magnitudes.size)
    variation = 1 + np.repeat(rng.normal(0, scatter, len(currents_a)), 2 * points)
    resistance = (resistance_ohm + growth_ohm_h * hours) * (1 + arc * position**2) * variation
    if short_at_h is not None:
        resistance = np.where(hours >= short_at_h, shorted_share * resistance_ohm, resistance)
    size = resistance_ohm * float(magnitudes.mean())
    voltage = current * resistance + offset_v + size * rng.normal(0, noise, current.size)
    return {"test_time_second": hours * 3600, "voltage_volt": voltage, "current_ampere": current}
