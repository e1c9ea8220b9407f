"""The resolution of a column of numbers."""

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]

SAMPLED = 10_000
"""Rows looked at: enough to see the steps of a column, and quick in a million."""
REPEATS = 10.0
"""A column is stepped if its numbers are repeated so many times on average."""
FEWEST_LEVELS = 20
"""Fewer different numbers are multiples of a power of ten by choice, like set currents of 0.1 and 0.5 mA."""
MOST_DECIMALS = 9


def decimal_step(column: Array, fewest_levels: int = FEWEST_LEVELS) -> float:
    """Return the power of ten, or twice or five times one, that all numbers are multiples of, as printed ones are.

    Parameters
    ----------
    column : ndarray, shape (rows,)
        In any unit; missing numbers are nan.
    fewest_levels : int, optional
        Different numbers that show a step.

    Returns
    -------
    float
        In the unit of the column; zero if it has fewer different numbers, or nine decimals or more.

    Examples
    --------
    >>> decimal_step(np.round(np.linspace(0.0, 1.0, 150), 2))
    0.01
    >>> decimal_step(np.sqrt(np.linspace(0.0, 1.0, 150)))
    0.0
    """
    levels = _levels(column)
    if levels.size < fewest_levels:
        return 0.0
    for decimals in range(MOST_DECIMALS):
        scaled = levels * 10**decimals
        whole = np.round(scaled)
        if (np.abs(scaled - whole) <= 1e-9 * np.maximum(np.abs(scaled), 1.0)).all():
            steps = [step for step in (5, 2) if not (whole % step).any()]
            return float((steps or [1])[0] * 10.0**-decimals)
    return 0.0


def counter_step(counter: Array) -> float:
    """Return the step a counter rises by: its decimal step, or the smallest difference of numbers that repeat.

    Parameters
    ----------
    counter : ndarray, shape (rows,)
        In any unit.

    Examples
    --------
    >>> counter_step(np.repeat([0.0, 0.125, 0.25], 50))
    0.125
    """
    levels = _levels(counter)
    if levels.size > 1 and min(counter.size, SAMPLED) >= REPEATS * levels.size:
        return float(np.diff(levels).min())
    return decimal_step(counter)


def _levels(column: Array) -> Array:
    """Return the different numbers of a sample, rising."""
    sample = column[:: max(1, column.size // SAMPLED)]
    levels: Array = np.unique(sample[np.isfinite(sample)])
    return levels
