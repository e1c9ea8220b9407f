"""Half-cycles with a known dQ/dV: normal peaks on a constant background."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from analyses.cycling.differential.differential_capacity import DifferentialCapacity
from analyses.cycling.differential.differential_peaks import Peaks, measure
from analyses.cycling.voltage.half_cycle_rows import HalfCycleRows

Array = NDArray[np.float64]

SIGMA_TO_FWHM = 2.354820045
FINE_V = 2e-4


@dataclass(frozen=True)
class KnownCurve:
    """dQ/dV that is a background and peaks, each of a voltage [V], a standard deviation [V] and an area [mAh]."""

    peaks: Sequence[tuple[float, float, float]] = ((3.55, 0.020, 0.60), (3.72, 0.035, 1.00), (3.95, 0.015, 0.40))
    background_mah_per_v: float = 0.4
    low_v: float = 3.3
    high_v: float = 4.2

    def mah_per_v(self, voltage: Array) -> Array:
        """Return dQ/dV [mAh/V]."""
        from scipy.stats import norm

        parts = [area * norm.pdf(voltage, middle, sigma) for middle, sigma, area in self.peaks]
        return np.asarray(self.background_mah_per_v + np.sum(parts, axis=0))

    def charge_mah(self, voltage: Array) -> Array:
        """Return the charge from the lowest voltage up to this one [mAh]."""
        from scipy.stats import norm

        parts = [
            area * (norm.cdf(voltage, middle, sigma) - norm.cdf(self.low_v, middle, sigma))
            for middle, sigma, area in self.peaks
        ]
        return np.asarray(self.background_mah_per_v * (voltage - self.low_v) + np.sum(parts, axis=0))

    @property
    def total_mah(self) -> float:
        """Charge of the whole curve [mAh]."""
        return float(self.charge_mah(np.array(self.high_v)))

    def voltage(self, charge_mah: Array) -> Array:
        """Return the voltage after a charge from the lowest voltage on [V]."""
        fine = np.linspace(self.low_v, self.high_v, 20_001)
        return np.interp(charge_mah, self.charge_mah(fine), fine)

    def rows(
        self,
        count: int = 600,
        halves: int = 1,
        *,
        noise_v: float | Array = 0.0,
        step_v: float = 0.0,
        falls: bool = False,
        seed: int = 1,
    ) -> HalfCycleRows:
        """Return half-cycles of evenly spaced rows, with noise of the voltage and digits of its column."""
        charge = np.linspace(0.0, self.total_mah, count)
        exact = self.voltage(self.total_mah - charge if falls else charge)
        noise = noise_v if isinstance(noise_v, np.ndarray) else noise_v * _normal(seed, (halves, count))
        voltage = exact + noise
        if step_v:
            voltage = np.round(voltage / step_v) * step_v
        return HalfCycleRows(voltage.ravel(), np.tile(charge, halves), np.arange(halves) * count)

    def known_peaks(self) -> Peaks:
        """Return the values of the peaks of the curve itself."""
        voltage = np.arange(self.low_v + FINE_V / 2, self.high_v, FINE_V)
        exact = DifferentialCapacity(voltage, self.mah_per_v(voltage)[np.newaxis], 5 * FINE_V)
        tops = [int(np.argmin(np.abs(voltage - middle))) for middle, *_ in self.peaks]
        tops = [top - 5 + int(np.argmax(exact.mah_per_v[0, top - 5 : top + 6])) for top in tops]
        return measure(exact, 0, np.array(tops))


def _normal(seed: int, shape: tuple[int, ...]) -> Array:
    return np.random.default_rng(seed).normal(size=shape)


def relative_error(curve: DifferentialCapacity, known: KnownCurve) -> float:
    """Return the root mean square error over the root mean square of dQ/dV."""
    exact = np.broadcast_to(known.mah_per_v(curve.voltage_v), curve.mah_per_v.shape)
    inside = np.isfinite(curve.mah_per_v)
    return float(np.sqrt(np.mean((curve.mah_per_v - exact)[inside] ** 2) / np.mean(exact[inside] ** 2)))
