"""Error of the trapezoidal integral of a current that bends between its rows, as while a voltage is held."""

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]
Rows = NDArray[np.intp]
Flags = NDArray[np.bool_]

LARGEST_SHARE = 1 / 8
"""Largest error of a trapezoid, as a share of the change of the slope times the intervals: that of a kink between two
rows; of a smooth curve it is 1/12."""
NOISE_SIGMAS = 3.0
BLOCK = 65_536
"""Rows looked at together, which limits the memory."""


def curvature_error_as(time: Array, current: Array, edges: Rows, relative_noise: float, step_a: float) -> Array:
    """Return the largest error of the trapezoidal integral of each run of rows, from the bends of the current.

    Bends that the noise or the decimals of the current explain do not count, nor do rows at one time, where the current
    was switched.

    Parameters
    ----------
    time, current : ndarray, shape (rows,)
        Time, never going back [s], and current [A].
    edges : ndarray of int, shape (runs,)
        First row of each run, from 0, rising.
    relative_noise : float
        Scatter of the current from row to row, relative to it.
    step_a : float
        Step of the decimals of the current [A].

    Returns
    -------
    ndarray, shape (runs,)
        In ampere seconds.

    Examples
    --------
    >>> time = np.arange(0.0, 600.0, 10.0)
    >>> error = curvature_error_as(time, np.exp(-time / 60), np.array([0]), 0.0, 0.0)
    >>> trapezoids = ((np.exp(-time[1:] / 60) + np.exp(-time[:-1] / 60)) / 2 * np.diff(time)).sum()
    >>> bool(trapezoids - 60 * (1 - np.exp(-590 / 60)) < error[0] < 0.4)
    True
    """
    total = np.zeros(edges.size)
    for start in range(1, time.size - 1, BLOCK):
        rows = np.arange(start, min(start + BLOCK, time.size - 1))
        total += _of_rows(time, current, edges, rows[_bends(current, rows, relative_noise, step_a)])
    return LARGEST_SHARE * total


def _bends(current: Array, rows: Rows, relative_noise: float, step_a: float) -> Flags:
    """Return at which of these successive rows the current bends by more than noise and decimals explain."""
    near = current[rows[0] - 1 : rows[-1] + 2]
    change = np.diff(near)
    bend = np.abs(np.diff(change))
    explained = np.abs(near[1:-1])
    explained *= NOISE_SIGMAS * np.sqrt(6) * relative_noise
    bends: Flags = bend > np.maximum(explained, 2 * step_a, out=explained)
    return bends


def _of_rows(time: Array, current: Array, edges: Rows, rows: Rows) -> Array:
    """Return the sums over rows of each run; the first and the last row of a run do not count."""
    run = np.searchsorted(edges, rows, side="right") - 1
    before, after = time[rows] - time[rows - 1], time[rows + 1] - time[rows]
    last = np.append(edges[1:], time.size) - 1
    counts = (before > 0) & (after > 0) & (rows > edges[run]) & (rows < last[run])
    rows, run, before, after = rows[counts], run[counts], before[counts], after[counts]
    change = (current[rows + 1] - current[rows]) * before - (current[rows] - current[rows - 1]) * after
    total: Array = np.bincount(run, np.abs(change), edges.size).astype(np.float64)
    return total
