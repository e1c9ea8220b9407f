"""The same peaks of dQ/dV in all half-cycles of a kind, and their drift with the cycle number."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from analyses.cycling.differential.binned_derivative import STEPS_A_WIDTH
from analyses.cycling.differential.differential_capacity import DifferentialCapacity, in_batches, kernel_noise_mah_per_v
from analyses.cycling.differential.differential_peaks import ABOVE_NOISE, Peaks, measure, tops_near
from analyses.cycling.differential.peak_uncertainty import reach_of
from analyses.cycling.voltage.half_cycle_rows import HalfCycleRows
from analyses.statistics.drift import FEWEST_POINTS, trend
from analyses.uncertainty import Estimate

Array = NDArray[np.float64]
Rows = NDArray[np.intp]


def track_peaks(rows: HalfCycleRows, width_v: float, reference: int, peaks: Peaks, noise_v: float) -> Peaks:
    """Follow the peaks of one half-cycle through those before and after it.

    From one half-cycle to the next, a peak is the highest maximum within its width of where it last was, but less than
    half way to the next peak; it keeps its number. One that is not there, or rises by less than five times the noise,
    has no values in that half-cycle and is sought in the next where it last was.

    Parameters
    ----------
    rows : HalfCycleRows
        In order of the cycles.
    width_v : float
        Smoothing [V].
    reference : int
        Index of the half-cycle with known peaks.
    peaks : Peaks
        Its peaks, of shape (peaks,).
    noise_v : float
        Standard deviation of the voltage of a row [V].

    Returns
    -------
    Peaks
        Of shape (half-cycles, peaks).
    """
    numbers = np.full((4, rows.count, peaks.position_v.size), np.nan)
    spacing = rows.total_mah / np.maximum(rows.rows - 1, 1)
    for order in (np.arange(reference, rows.count), np.arange(reference, -1, -1)):
        position, width = peaks.position_v.copy(), peaks.width_v.copy()
        for index, differential, row in _curves(rows, width_v, order):
            measured, tops_mah_per_v = _measure_near(differential, row, position, width)
            noise = kernel_noise_mah_per_v(noise_v, float(spacing[index]), tops_mah_per_v, width_v)
            there = np.nan_to_num(measured[3]) > ABOVE_NOISE * noise
            numbers[:, index, there] = measured[:, there]
            position[there], width[there] = measured[0][there], measured[2][there]
    return Peaks(*numbers)


def _curves(rows: HalfCycleRows, width_v: float, order: Rows) -> Iterator[tuple[int, DifferentialCapacity, int]]:
    """Yield the index of each half-cycle in this order, with the batch that contains its curve and the row there."""
    for chosen, differential in in_batches(rows.selected(order), width_v):
        for row, index in enumerate(order[chosen]):
            yield int(index), differential, row


def _measure_near(
    differential: DifferentialCapacity, row: int, position_v: Array, peak_width_v: Array
) -> tuple[Array, Array]:
    """Return the values of the peaks near these positions, of shape (numbers, peaks), and dQ/dV at their tops."""
    curve, step = differential.mah_per_v[row], differential.step_v
    expected = (position_v - differential.voltage_v[0]) / step
    tops = tops_near(curve, expected, reach_of(expected, np.maximum(peak_width_v / step, STEPS_A_WIDTH)))
    peaks = measure(differential, row, tops)
    numbers = np.array([peaks.position_v, peaks.area_mah, peaks.width_v, peaks.height_mah_per_v])
    return numbers, np.where(tops >= 0, curve[tops], 0.0)


@dataclass(frozen=True)
class PeakDrift:
    """Change of the position of a peak with the cycle number."""

    mv_per_cycle: Estimate
    """Median slope of all pairs of cycles [mV per cycle]."""
    cycles: int
    """Number of cycles it was computed from."""


def peak_drift(cycle: Array, position_v: Array) -> PeakDrift | None:
    """Return the drift of one peak, None if it is there in fewer than four cycles.

    The interval holds for independent and for correlated deviations from a straight line (`statistics.drift.trend`).

    Parameters
    ----------
    cycle, position_v : ndarray, shape (cycles,)
        Cycle numbers, rising, and positions, nan where the peak is missing [V].

    Returns
    -------
    PeakDrift or None

    Examples
    --------
    >>> drift = peak_drift(np.arange(1.0, 31.0), 3.7 - 1e-5 * np.arange(30))
    >>> (round(drift.mv_per_cycle.magnitude, 6), drift.cycles)
    (-0.01, 30)
    """
    there = np.isfinite(position_v)
    if there.sum() < FEWEST_POINTS:
        return None
    return PeakDrift(trend(cycle[there], 1e3 * position_v[there]).slope, int(there.sum()))
