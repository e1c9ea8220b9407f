"""Charge of each cycle from an instrument's running counters."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from analyses.coded_text import Remark

Array = NDArray[np.float64]
Rows = NDArray[np.intp]

RESTART_SHARE = 0.5
"""A counter that falls below this share of what it was, has started again from zero; one that falls less is none."""
COUNTER_TOLERANCE = 0.02


@dataclass(frozen=True)
class Counted:
    """Charge and discharge of each cycle, of shape (cycles,), or None for both if the counters cannot be used."""

    charge: Array | None
    discharge: Array | None
    remark: Remark | None = None


def per_cycle(charging_ah: Array | None, discharging_ah: Array | None, first_row: Rows, last_row: Rows) -> Counted:
    """Return what the counters rose by in each cycle.

    Parameters
    ----------
    charging_ah, discharging_ah : ndarray, shape (rows,), or None
        Charge counted while charging and while discharging; it may start again from zero, and what it then shows has
        passed since [Ah].
    first_row, last_row : ndarray of int, shape (cycles,)
        Rows of each cycle, from 0; cycles follow one another without rows between.

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
        rise, row = _risen(counter, first_row, last_row)
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
    return Counted(risen[0], risen[1])


def _risen(counter: Array, first: Rows, last: Rows) -> tuple[Array | None, int]:
    """Return the rise in each cycle, or None and the row, from 0, that is not a count."""
    if not np.isfinite(counter.sum()) or counter[0] < 0:
        return None, int(np.argmax(~np.isfinite(counter) | (counter < 0)))
    falls = np.flatnonzero(counter[1:] < counter[:-1]) + 1
    irregular = falls[(counter[falls] > RESTART_SHARE * counter[falls - 1]) | (counter[falls] < 0)]
    if irregular.size:
        return None, int(irregular[0])
    rise = counter[last] - counter[np.maximum(first - 1, 0)]
    if falls.size:
        of = np.searchsorted(first, falls, side="right") - 1
        rise = rise + np.bincount(of, counter[falls - 1], first.size)
    return rise, 0
