"""Times of a file that go back: rows out of order, and tests whose time starts again."""

import numpy as np
from numpy.typing import NDArray

from analyses.cycling.rows.half_cycles import usual_interval_s

Array = NDArray[np.float64]
Rows = NDArray[np.intp]

MOST_RESTARTS = 50
RESTART_INTERVALS = 100.0
"""Usual intervals within which a time that starts again begins."""
SWAPPED_INTERVALS = 3.0
"""Usual intervals by which the time of a row may be before that of the row above it."""
SWAPPED_SHARE = 0.01
"""Share of the rows that may be out of order."""


def restarts(time_s: Array) -> Rows:
    """Return the first row of each piece of a test, where the time starts again from about zero.

    Parameters
    ----------
    time_s : ndarray, shape (rows,)
        Time [s].

    Returns
    -------
    ndarray of int, shape (pieces,)
        Rows from 0, rising; none if the time never goes back, or goes back to anything else than about zero.

    Examples
    --------
    >>> restarts(np.array([0.0, 60.0, 120.0, 0.0, 60.0])).tolist(), restarts(np.array([0.0, 60.0, 50.0])).tolist()
    ([0, 3], [])
    """
    falls = np.flatnonzero(time_s[1:] < time_s[:-1]) + 1
    first = np.concatenate(([0], falls))
    rows = np.diff(np.append(first, time_s.size))
    if not 0 < falls.size <= MOST_RESTARTS or (rows < 2).any():
        return np.zeros(0, dtype=np.intp)
    begins = RESTART_INTERVALS * max(usual_interval_s(time_s), 1.0)
    # A time that goes back by little is out of order.
    is_restart = (time_s[falls] <= begins) & (time_s[falls] < 0.5 * time_s[falls - 1])
    return first if is_restart.all() else np.zeros(0, dtype=np.intp)


def in_order(time_s: Array) -> Rows | None:
    """Return the rows in order of time, if few of them are out of order by little; None if not.

    Programs that log events next to regular rows write some a moment late.

    Parameters
    ----------
    time_s : ndarray, shape (rows,)
        Time [s].

    Returns
    -------
    ndarray of int, shape (rows,), or None
        Rows from 0; rows of the same time stay in their order.

    Examples
    --------
    >>> in_order(np.repeat(np.arange(150.0), 1)[[*range(100), 101, 100, *range(102, 150)]])[99:103].tolist()
    [99, 101, 100, 102]
    """
    falls = np.flatnonzero(time_s[1:] < time_s[:-1])
    back = time_s[falls] - time_s[falls + 1]
    if not 0 < falls.size <= SWAPPED_SHARE * time_s.size:
        return None
    if (back > SWAPPED_INTERVALS * usual_interval_s(time_s)).any():
        return None
    return np.argsort(time_s, kind="stable")
