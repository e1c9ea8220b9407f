"""Charge of each cycle from an instrument's running counters."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from analyses.coded_text import Remark
from analyses.statistics.resolution import counter_step

Array = NDArray[np.float64]
Rows = NDArray[np.intp]

RESTART_SHARE = 0.5
"""A counter that falls below this share of what it was, has started again from zero; one that falls less is none."""
COUNTER_TOLERANCE = 0.02
OF_FIRST_INTERVAL = 1.1
"""A counter of the first row counts from the start of the test if it shows at most so many times the charge that the
current of that row carries in the time before it."""
INTERVALS_BEFORE = 2.0
"""Intervals between rows that may pass before the first one."""
SECONDS_PER_HOUR = 3600.0


@dataclass(frozen=True)
class Counted:
    """Charge and discharge of each cycle, of shape (cycles,), or None for both if the counters cannot be used."""

    charge: Array | None
    discharge: Array | None
    remark: Remark | None = None
    resolution_ah: tuple[float, float] = (0.0, 0.0)
    """One step of the charging and of the discharging counter: the largest error of what it rose by [Ah]."""


def per_cycle(
    charging_ah: Array | None,
    discharging_ah: Array | None,
    first_row: Rows,
    last_row: Rows,
    step: Array | None = None,
    *,
    split: Rows | None = None,
    first_interval_ah: float = 0.0,
) -> Counted:
    """Return what the counters rose by in each cycle.

    Parameters
    ----------
    charging_ah, discharging_ah : ndarray, shape (rows,), or None
        Charge counted while charging and while discharging; it may start again from zero, and what it then shows has
        passed since [Ah].
    first_row, last_row : ndarray of int, shape (cycles,)
        Rows of each cycle, from 0; cycles follow one another without rows between.
    step : ndarray, shape (rows,), optional
        Number of the step of the program each row belongs to. A counter may start again where it or the cycle changes,
        whatever it then shows; elsewhere, only at less than half of what it was.
    split : ndarray of int, optional
        Those of the first rows at which the instrument did not count a new cycle: a counter of each cycle continues.
    first_interval_ah : float, optional
        Charge that may have passed between the start of the test and the first row (`before_first_row_ah`): a counter
        that shows no more there counts from the start of the test, and one that shows more is left from before [Ah].

    Returns
    -------
    Counted
        Nothing, with a remark, if a counter is missing, has a missing number, or falls without starting again.

    Examples
    --------
    >>> up, down = np.array([0.0, 1.0, 1.0, 2.0]), np.array([0.0, 0.0, 1.0, 1.0])
    >>> counted = per_cycle(up, down, np.array([0, 3]), np.array([2, 3]))
    >>> (counted.charge.tolist(), counted.discharge.tolist())
    ([1.0, 1.0], [1.0, 0.0])
    """
    if charging_ah is None and discharging_ah is None:
        return Counted(None, None)
    if charging_ah is None or discharging_ah is None:
        missing = "charging_capacity_ah" if charging_ah is None else "discharging_capacity_ah"
        return Counted(
            None,
            None,
            Remark(
                "counter-missing",
                "The instrument did not count {column}: the current was integrated instead.",
                column=missing,
            ),
        )
    risen = []
    for name, counter in (("charging_capacity_ah", charging_ah), ("discharging_capacity_ah", discharging_ah)):
        from_start = 0 < counter[0] <= OF_FIRST_INTERVAL * first_interval_ah
        added = np.zeros(0, dtype=np.intp) if split is None else split
        rise, row = _risen(counter, (first_row, last_row), step, added, from_start=from_start)
        if rise is None:
            return Counted(
                None,
                None,
                Remark(
                    "not-a-counter",
                    "{column} is not a running counter (row {row}: {number:g}): the current was integrated instead.",
                    column=name,
                    row=row + 1,
                    number=counter[row],
                ),
            )
        risen.append(rise)
    if not any(rise.any() for rise in risen):
        return Counted(
            None,
            None,
            Remark("counters-at-zero", "The instrument's counters stay at zero: the current was integrated instead."),
        )
    return Counted(risen[0], risen[1], resolution_ah=(counter_step(charging_ah), counter_step(discharging_ah)))


def before_first_row_ah(time_s: Array, current_a: Array) -> float:
    """Return the charge that its current carries in the time before the first row, if that is its first interval.

    Cyclers that log a row after each interval begin with one at which charge has already passed.

    Parameters
    ----------
    time_s, current_a : ndarray, shape (rows,)
        Time since the start of the test [s] and current [A].

    Returns
    -------
    float
        Charge [Ah]; zero if more than two intervals passed before the first row.

    Examples
    --------
    >>> before_first_row_ah(np.array([1800.0, 3600.0]), np.array([-2.0, -2.0]))
    1.0
    """
    before, interval = float(time_s[0]), float(time_s[1] - time_s[0])
    if not 0 < before <= INTERVALS_BEFORE * interval:
        return 0.0
    return before * abs(float(current_a[0])) / SECONDS_PER_HOUR


def _risen(
    counter: Array, cycles: tuple[Rows, Rows], step: Array | None, split: Rows, *, from_start: bool
) -> tuple[Array | None, int]:
    """Return the rise in each cycle, or None and the row, from 0, that is not a count."""
    first, last = cycles
    if not np.isfinite(counter.sum()) or counter[0] < 0:
        return None, int(np.argmax(~np.isfinite(counter) | (counter < 0)))
    falls = np.flatnonzero(counter[1:] < counter[:-1]) + 1
    at_border = np.isin(falls, first)
    if step is not None:
        at_border |= step[falls] != step[falls - 1]
    too_little = (counter[falls] > RESTART_SHARE * counter[falls - 1]) & ~at_border
    irregular = falls[too_little | (counter[falls] < 0)]
    if irregular.size:
        return None, int(irregular[0])
    before = counter[np.maximum(first - 1, 0)]
    if from_start:
        before[0] = 0.0
    counted = np.setdiff1d(first, split)
    if _starts_again_each_cycle(counter, counted):
        # Where the next cycle has more than the one before, its count starts again without a fall.
        before = np.where(np.isin(first, split), before, 0.0)
        falls = falls[~np.isin(falls, counted)]
    rise = counter[last] - before
    if falls.size:
        of = np.searchsorted(first, falls, side="right") - 1
        rise = rise + np.bincount(of, counter[falls - 1], first.size)
    return rise, 0


def _starts_again_each_cycle(counter: Array, first: Rows) -> bool:
    """Return True if the counter falls at most changes of the cycle where it had counted something."""
    before, after = counter[first[1:] - 1], counter[first[1:]]
    counted = before > 0
    return bool(counted.any()) and float((after < before)[counted].mean()) > 0.5
