"""Error of the trapezoidal integral of a current that bends between its rows, as while a voltage is held."""

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]
Rows = NDArray[np.intp]

LARGEST_SHARE = 1 / 8
"""Largest error of a trapezoid, as a share of the change of the slope times the intervals: that of a kink between two
rows; of a smooth curve it is 1/12."""
NOISE_SIGMAS = 3.0


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
    error = np.zeros(time.size)
    if time.size > 2:
        interval, change = np.diff(time), np.diff(current)
        slope = np.divide(change, interval, out=np.zeros(change.size), where=interval > 0)
        bend = np.abs(change[1:] - change[:-1])
        explained = np.maximum(2 * step_a, NOISE_SIGMAS * np.sqrt(6) * relative_noise * np.abs(current[1:-1]))
        counts = (bend > explained) & (interval[1:] > 0) & (interval[:-1] > 0)
        error[1:-1] = np.where(counts, np.abs(slope[1:] - slope[:-1]) * interval[1:] * interval[:-1], 0.0)
    error[edges] = 0.0
    error[edges[1:] - 1] = 0.0
    total: Array = LARGEST_SHARE * np.add.reduceat(error, edges)
    return total
