"""Voltage of a symmetric lithium cell under alternating current: plating, stripping and short circuits.

The voltage of a half-cycle is I (R + g t) + V_n exp(−t'/τ_n), in the direction of the current: a resistance that
grows with the time t of the test, and a peak of nucleation that decays with the time t' of the half-cycle. Half-cycles
scatter about that. From a short circuit on it is I R_short.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]

SECONDS_PER_HOUR = 3600.0


@dataclass(frozen=True)
class SymmetricCell:
    """A symmetric cell: the truth of its test."""

    area_cm2: float
    resistance_ohm: float
    growth_ohm_h: float
    nucleation_v: float = 0.004
    nucleation_h: float = 0.03
    short_h: float | None = None
    """Time of the short circuit since the beginning; None if there is none."""
    short_ohm: float = 0.6

    def overpotential_v(self, current_a: Array, time_h: Array, in_half_h: Array) -> Array:
        """Return the voltage in the direction of the current, without scatter [V]; all of shape (rows,)."""
        growing = np.abs(current_a) * (self.resistance_ohm + self.growth_ohm_h * time_h)
        intact = growing + self.nucleation_v * np.exp(-in_half_h / self.nucleation_h)
        if self.short_h is None:
            return intact
        return np.where(time_h < self.short_h, intact, np.abs(current_a) * self.short_ohm)

    def mean_overpotential_v(self, current_a: float, half_h: float, halves: int, share: float) -> float:
        """Return the mean overpotential over the last `share` of each of the first half-cycles [V]."""
        middles_h = np.arange(halves) * half_h + half_h * (1 - share / 2)
        mean_decay = (
            self.nucleation_h
            / (share * half_h)
            * (np.exp(-half_h * (1 - share) / self.nucleation_h) - np.exp(-half_h / self.nucleation_h))
        )
        growing = current_a * (self.resistance_ohm + self.growth_ohm_h * middles_h)
        return float(np.mean(growing + self.nucleation_v * mean_decay))

    def growth_mv_h(self, current_a: float) -> float:
        """Return the growth of the overpotential at a current [mV/h]."""
        return 1e3 * current_a * self.growth_ohm_h


@dataclass(frozen=True)
class SymmetricTest:
    """Rows of a test in order of time, each of shape (rows,)."""

    time_s: Array
    voltage_v: Array
    current_a: Array
    half: NDArray[np.int64]
    """Number of the half-cycle, from 0."""
    in_half_s: Array
    """Time since the beginning of the half-cycle."""


def symmetric_test(
    cell: SymmetricCell,
    density_ma_cm2: Sequence[float],
    half_h: float,
    *,
    rows: int = 30,
    halves_after_short: int = 4,
    scatter_v: float = 1.5e-4,
    noise_v: float = 1e-4,
    seed: int,
) -> SymmetricTest:
    """Return the voltage under alternating current.

    Parameters
    ----------
    cell : SymmetricCell
        What is measured.
    density_ma_cm2 : sequence of float
        Current density of each half-cycle; the first charges, the next discharges, and so on [mA/cm²].
    half_h : float
        Duration of a half-cycle [h].
    rows : int, optional
        Of a half-cycle.
    halves_after_short : int, optional
        After which the test is stopped.
    scatter_v, noise_v : float, optional
        Standard deviations from half-cycle to half-cycle and from row to row [V].
    seed : int
        Of scatter and noise.
    """
    count = len(density_ma_cm2)
    if cell.short_h is not None:
        count = min(count, int(cell.short_h / half_h) + 1 + halves_after_short)
    half = np.repeat(np.arange(count), rows)
    in_half_h = np.tile(np.linspace(0.0, half_h, rows), count)
    time_h = half * half_h + in_half_h
    sign = np.where(half % 2, -1.0, 1.0)
    current = sign * np.asarray(density_ma_cm2[:count], dtype=float)[half] * 1e-3 * cell.area_cm2
    random = np.random.default_rng(seed)
    is_intact = time_h < (np.inf if cell.short_h is None else cell.short_h)
    scatter = scatter_v * random.normal(size=count)[half] * is_intact + noise_v * random.normal(size=half.size)
    voltage = sign * (cell.overpotential_v(current, time_h, in_half_h) + scatter)
    # A half-cycle begins a second after the end of the one before it, as the records of a cycler do.
    time_s = np.round(time_h * SECONDS_PER_HOUR) + half
    return SymmetricTest(time_s, voltage, current, half, np.round(in_half_h * SECONDS_PER_HOUR))
