"""Uncertainty of the peaks of dQ/dV of one half-cycle, by computing them again with noise as it has."""

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from analyses.cycling.differential.differential_capacity import DifferentialCapacity, differential_capacity
from analyses.cycling.differential.differential_peaks import Peaks, measure, tops_near
from analyses.cycling.voltage.half_cycle_rows import HalfCycleRows
from analyses.statistics.medians import MAD_TO_SIGMA

Array = NDArray[np.float64]
Rows = NDArray[np.intp]

REPEATS = 100
MOST_ROWS = 20_000
"""Rows of a half-cycle; of more, the means of consecutive rows stand for them."""
LEAST_SHARE = 0.9
"""Share of the repeats in which a peak must be there."""
MOST_DEVIATIONS = 4.0
MOST_KEPT = 0.9
"""Correlation of the noise from row to row that is allowed for at most."""
MOST_TAKEN = 0.5
"""Share of the noise that the smoothing takes at most."""
ROUNDS = 10
SEED = 20250101
OF_SMOOTHING, OF_SPACING = 2.0, 0.5
BY_NOISE = 2.0
"""Standard uncertainties by which noise alone may change a value if every second row is left out."""


@dataclass(frozen=True)
class PeakErrors:
    """Uncertainty of the peaks of a half-cycle; nan for a peak that the noise takes away."""

    noise: Peaks
    """Standard uncertainty from the noise of the voltage."""
    resolution: Peaks
    """Largest error from the smoothing and from the voltage between the rows."""


def peak_errors(rows: HalfCycleRows, differential: DifferentialCapacity, tops: Rows) -> PeakErrors:
    """Return the uncertainty of the peaks of a half-cycle by a bootstrap.

    The voltage of the smoothed curve, without what a second smoothing shows the smoothing to change, is taken from that
    of the rows. Of what is left, numbers are drawn at random [1]_ and added to the voltage of the smoothed curve; dQ/dV
    and its peaks are computed from it as from the rows. Their standard deviation is the noise. What is left is first
    made as large as the slow part of noise that keeps its correlation r from row to row, by √((1 + r)/(1 - r)), as the
    smoothing lets the slow part through. The resolution is twice the mean change of the values in this, which smooths
    them once more, and half their change if every second row is left out, as far as noise does not explain them.

    Parameters
    ----------
    rows : HalfCycleRows
        One half-cycle.
    differential : DifferentialCapacity
        Of that half-cycle.
    tops : ndarray of int, shape (peaks,)
        Points of the maxima.

    Returns
    -------
    PeakErrors
        The same for the same rows.

    References
    ----------
    .. [1] Efron, B. (1979). Bootstrap methods: another look at the jackknife. Annals of Statistics 7, 1-26.
       https://doi.org/10.1214/aos/1176344552
    """
    measured = measure(differential, 0, tops)
    rows = _averaged(rows)
    smooth_v = smooth_voltage(rows, differential)
    noise_v = _drawn(rows, differential, smooth_v)
    repeats, size = noise_v.shape
    again = HalfCycleRows((smooth_v + noise_v).ravel(), np.tile(rows.charge_mah, repeats), np.arange(repeats) * size)
    numbers = _repeated_peaks(again, differential, tops, measured)
    thinned = HalfCycleRows(rows.voltage_v[::2], rows.charge_mah[::2], rows.first)
    fewer = _repeated_peaks(thinned, differential, tops, measured)[:, 0]
    there = np.isfinite(numbers).all(axis=0).mean(axis=0) >= LEAST_SHARE
    best = _stacked(measured)
    noise = np.where(there, _spread(numbers), np.nan)
    shift = np.abs(_middle(numbers) - best)
    # Smoothing hardly moves the top of a peak, but noise does.
    shift[0] = _beyond(shift[0], noise[0])
    between = _beyond(np.nan_to_num(fewer - best), BY_NOISE * noise)
    resolution = np.where(there, OF_SMOOTHING * shift + OF_SPACING * between, np.nan)
    return PeakErrors(Peaks(*noise), Peaks(*resolution))


def _beyond(change: Array, expected: Array) -> Array:
    """Return the part of a change that the expected one does not explain."""
    return np.sqrt(np.maximum(change**2 - expected**2, 0.0))


def _stacked(peaks: Peaks) -> Array:
    return np.array([peaks.position_v, peaks.area_mah, peaks.width_v, peaks.height_mah_per_v])


def _averaged(rows: HalfCycleRows) -> HalfCycleRows:
    """Return one half-cycle with the means of consecutive rows if it has too many."""
    together = -(-rows.voltage_v.size // MOST_ROWS)
    if together == 1:
        return rows
    begins = np.arange(0, rows.voltage_v.size, together)
    count = np.diff(np.append(begins, rows.voltage_v.size))
    voltage, charge = (np.add.reduceat(part, begins) / count for part in (rows.voltage_v, rows.charge_mah))
    return HalfCycleRows(voltage, charge, rows.first)


def _drawn(rows: HalfCycleRows, differential: DifferentialCapacity, smooth_v: Array) -> Array:
    """Return noise of the voltage drawn from that of the rows, of shape (repeats, rows)."""
    noise = _noise(rows, differential, smooth_v)
    drawn: Array = noise[np.random.default_rng(SEED).integers(0, noise.size, (REPEATS, noise.size))]
    return drawn


def _noise(rows: HalfCycleRows, differential: DifferentialCapacity, smooth_v: Array) -> Array:
    """Return the noise of the voltage of the rows, as large as its slow part."""
    smoothed = HalfCycleRows(smooth_v, rows.charge_mah, rows.first)
    twice = differential_capacity(smoothed, differential.width_v)
    residual = rows.voltage_v - 2 * smooth_v + smooth_voltage(smoothed, twice)
    return _residual(residual, differential.width_v, float(np.ptp(rows.voltage_v)))


def slow_noise_v(rows: HalfCycleRows, differential: DifferentialCapacity) -> float:
    """Return the standard deviation of noise without memory that would be as large, smoothed, as that of the rows.

    Noise that keeps a correlation r from row to row is larger after smoothing by √((1 + r)/(1 - r)).

    Parameters
    ----------
    rows : HalfCycleRows
        One half-cycle.
    differential : DifferentialCapacity
        Of that half-cycle.

    Returns
    -------
    float
        [V].
    """
    rows = _averaged(rows)
    return float(np.std(_noise(rows, differential, smooth_voltage(rows, differential))))


def smooth_voltage(rows: HalfCycleRows, differential: DifferentialCapacity) -> Array:
    """Return the voltage of the smoothed curve at the charge of each row of one half-cycle [V]."""
    curve = differential.mah_per_v[0]
    known = np.flatnonzero(np.isfinite(curve))
    step = differential.step_v
    start = differential.voltage_v[known[0]] - step / 2
    edges = start + step * np.arange(known.size + 1)
    below = np.concatenate(([0.0], np.cumsum(np.maximum(curve[known], 0.0) * step)))
    total = float(rows.charge_mah[-1])
    rises = rows.voltage_v[-1] >= rows.voltage_v[0]
    charge = rows.charge_mah if rises else total - rows.charge_mah
    middle = (rows.voltage_v[1:] + rows.voltage_v[:-1]) / 2
    before = float(np.diff(rows.charge_mah)[middle < start].sum())
    smooth = np.interp(charge, below + before, edges)
    # What the ends of the curve lack or have too much of is a charge, which counts most where dQ/dV is small.
    lacking = np.median((rows.voltage_v - smooth) * np.interp(smooth, differential.voltage_v[known], curve[known]))
    return np.asarray(np.interp(charge + lacking, below + before, edges))


def _residual(residual: Array, width_v: float, range_v: float) -> Array:
    """Return residuals without outliers, as large as the slow part of the noise; the smoothing has taken one number a
    width."""
    middle = float(np.median(residual))
    deviation = MAD_TO_SIGMA * float(np.median(np.abs(residual - middle)))
    if deviation > 0:
        residual = np.clip(residual, middle - MOST_DEVIATIONS * deviation, middle + MOST_DEVIATIONS * deviation)
    residual = residual - residual.mean()
    lost = range_v / width_v / residual.size
    kept = _kept(residual, lost)
    taken = min(lost, 0.5)
    grown: Array = residual * math.sqrt((1 + kept) / (1 - kept) / (1 - taken))
    return grown


def _kept(residual: Array, lost: float) -> float:
    """Return the correlation of the noise from row to row.

    That of the residuals is smaller, as the smoothing has taken a share of the noise, the more the slower it is.
    """
    square = float(residual @ residual)
    observed = float(residual[1:] @ residual[:-1]) / square if square > 0 else 0.0
    kept = 0.0
    for _ in range(ROUNDS):
        share = min(lost * (1 + kept) / (1 - kept), MOST_TAKEN)
        kept = min(max(observed + share * (1 - observed), 0.0), MOST_KEPT)
    return kept


def _repeated_peaks(again: HalfCycleRows, differential: DifferentialCapacity, tops: Rows, measured: Peaks) -> Array:
    """Return the same peaks in each repeat, of shape (numbers, repeats, peaks)."""
    curves = differential_capacity(again, differential.width_v)
    moved = round((differential.voltage_v[0] - curves.voltage_v[0]) / differential.step_v)
    expected: Array = np.asarray(tops + moved, dtype=np.float64)
    reach = reach_of(expected, measured.width_v / differential.step_v)
    peaks = [
        measure(curves, index, tops_near(curves.mah_per_v[index], expected, reach)) for index in range(again.count)
    ]
    return np.stack([_stacked(each) for each in peaks], axis=1)


def reach_of(tops: Array, widths: Array) -> Array:
    """Return how far from each top the same peak may be: its width, but less than half way to the next, in steps."""
    reach = np.nan_to_num(widths, nan=5.0)
    if tops.size > 1:
        gap = np.diff(tops) / 2.0
        reach = np.minimum(reach, np.minimum(np.append(gap, np.inf), np.insert(gap, 0, np.inf)))
    return np.asarray(np.maximum(reach, 1.0))


def _spread(numbers: Array) -> Array:
    """Return the standard deviation over the repeats, of shape (numbers, peaks)."""
    middle = _middle(numbers)
    present = np.isfinite(numbers)
    squares = np.where(present, (numbers - middle[:, np.newaxis]) ** 2, 0.0).sum(axis=1)
    spread: Array = np.sqrt(squares / np.maximum(present.sum(axis=1) - 1, 1))
    return spread


def _middle(numbers: Array) -> Array:
    present = np.isfinite(numbers)
    middle: Array = np.where(present, numbers, 0.0).sum(axis=1) / np.maximum(present.sum(axis=1), 1)
    return middle
