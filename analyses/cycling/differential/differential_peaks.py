"""Peaks of dQ/dV: position, area above the higher of the valleys next to it, and width."""

from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from analyses.cycling.differential.differential_capacity import DifferentialCapacity

Array = NDArray[np.float64]
Rows = NDArray[np.intp]

ABOVE_NOISE = 5.0
"""Standard deviations of the noise that a peak rises above its higher valley."""


@dataclass(frozen=True)
class Peaks:
    """Peaks of one curve, or one peak a curve; arrays of one shape, nan where there is none."""

    position_v: Array
    """Voltage of the maximum [V]."""
    area_mah: Array
    """Charge above the level of the higher of the valleys on both sides [mAh]."""
    width_v: Array
    """Full width at half of the height above that level [V]."""
    height_mah_per_v: Array
    """dQ/dV at the maximum above that level [mAh/V]."""


def find_peaks(curve: Array, noise: Array, smallest_share: float) -> Rows:
    """Return the points of the maxima that rise above both of their valleys by more than noise.

    Parameters
    ----------
    curve : ndarray, shape (points,)
        dQ/dV, nan outside the half-cycle [mAh/V].
    noise : ndarray, shape (points,)
        Its standard deviation [mAh/V].
    smallest_share : float
        Of the highest dQ/dV, by which a peak rises at least.

    Returns
    -------
    ndarray of int, shape (peaks,)
        Rising.
    """
    from scipy.signal import find_peaks as local_maxima

    known = np.flatnonzero(np.isfinite(curve))
    if not known.size:
        return known
    part = curve[known[0] : known[-1] + 1]
    tops, properties = local_maxima(part, prominence=smallest_share * float(part.max()))
    high_enough = properties["prominences"] > ABOVE_NOISE * noise[tops + known[0]]
    return np.asarray(tops[high_enough] + known[0], dtype=np.intp)


def tops_near(curve: Array, expected: Array, reach: Array) -> Rows:
    """Return the highest local maximum within a reach of each point.

    Parameters
    ----------
    curve : ndarray, shape (points,)
        dQ/dV, nan outside the half-cycle.
    expected, reach : ndarray, shape (peaks,)
        In steps of the grid; a missing one is nan.

    Returns
    -------
    ndarray of int, shape (peaks,)
        -1 where there is none.
    """
    inner = np.zeros(curve.size, dtype=bool)
    inner[1:-1] = (curve[1:-1] >= curve[:-2]) & (curve[1:-1] > curve[2:])
    maxima = np.flatnonzero(inner)
    near = np.abs(maxima - expected[:, np.newaxis]) <= reach[:, np.newaxis]
    tops = np.full(expected.size, -1, dtype=np.intp)
    for peak in np.flatnonzero(near.any(axis=1)):
        among = maxima[near[peak]]
        tops[peak] = among[np.argmax(curve[among])]
    repeated = np.flatnonzero((tops[1:] == tops[:-1]) & (tops[1:] >= 0))
    for peak in repeated:
        farther = peak if abs(expected[peak] - tops[peak]) > abs(expected[peak + 1] - tops[peak]) else peak + 1
        tops[farther] = -1
    return tops


def measure(differential: DifferentialCapacity, index: int, tops: Rows) -> Peaks:
    """Measure the peaks of one half-cycle.

    The valleys of a peak are the lowest points between it and the next peaks, or the end of the curve. The maximum is
    that of the parabola through the highest three points.

    Parameters
    ----------
    differential : DifferentialCapacity
    index : int
        Of the half-cycle.
    tops : ndarray of int, shape (peaks,)
        Points of the maxima, rising; -1 for a missing one.

    Returns
    -------
    Peaks
        Of shape (peaks,).
    """
    curve = differential.mah_per_v[index]
    measured = np.full((4, tops.size), np.nan)
    present = np.flatnonzero(tops >= 0)
    known = np.flatnonzero(np.isfinite(curve))
    if not present.size or not known.size:
        return Peaks(*measured)
    bounds = np.concatenate(([known[0]], tops[present], [known[-1]]))
    valleys = [int(a + np.argmin(curve[a : b + 1])) for a, b in pairwise(bounds)]
    for number, peak in enumerate(present):
        measured[:, peak] = _measure_one(curve, int(tops[peak]), (valleys[number], valleys[number + 1]))
    step = differential.step_v
    return Peaks(differential.voltage_v[0] + step * measured[0], step * measured[1], step * measured[2], measured[3])


def _measure_one(curve: Array, top: int, valleys: tuple[int, int]) -> tuple[float, float, float, float]:
    """Return position, area, width (in steps) and height of a peak above the higher of its valleys."""
    left, right = valleys
    if not left < top < right:
        return (np.nan,) * 4
    above = curve[left : right + 1] - max(curve[left], curve[right])
    before, middle, after = curve[top - 1 : top + 2]
    bend = before - 2 * middle + after
    shift = (before - after) / (2 * bend) if bend < 0 else 0.0
    height = float(above[top - left] - (before - after) * shift / 4)
    if not 0 < height < 2 * above[top - left]:
        return (np.nan,) * 4
    begin, end = _crossings(above, top - left, 0.0)
    inner = above[int(np.ceil(begin)) : int(np.floor(end)) + 1]
    half_begin, half_end = _crossings(above, top - left, height / 2)
    return top + shift, float(inner.sum()), half_end - half_begin, height


def _crossings(above: Array, top: int, level: float) -> tuple[float, float]:
    """Return the points on both sides of a maximum where the curve falls to a level that it has at both ends."""
    left = int(np.flatnonzero(above[:top] <= level)[-1])
    right = top + 1 + int(np.flatnonzero(above[top + 1 :] <= level)[0])
    begin = left + (level - above[left]) / (above[left + 1] - above[left])
    end = right - (level - above[right]) / (above[right - 1] - above[right])
    return float(begin), float(end)
