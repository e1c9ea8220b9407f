"""At how many constant currents each cycle charges and discharges, from the steps of the file."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from analyses.cycling.cycles.cycle_halves import sampled_rows
from analyses.cycling.rows.half_cycles import rest_threshold_a, row_signs

Array = NDArray[np.float64]
Rows = NDArray[np.intp]
Flags = NDArray[np.bool_]

PARTS = np.array([0.2, 0.5, 0.9])
"""Where in a step, by rows, its current is read."""
CONSTANT_SHARE = 0.05
"""A current that changes by less from part to part is constant; where the voltage is held it falls by more."""
FEWEST_ROWS = 3
SLIGHT_SHARE = 0.02
"""A step that takes less of the time under current, in its direction, is a pulse and is not counted."""


def constant_currents(
    test_time_second: Array, current_ampere: Array, step: Array | None, first_row: Rows, last_row: Rows
) -> tuple[Array, Array]:
    """Return at how many constant currents each cycle charges and discharges.

    Steps in which the voltage is held do not count, as a cell that ages reaches them earlier; nor do rests, pulses, and
    a step at the current of the one before (a test that was paused).

    Parameters
    ----------
    test_time_second, current_ampere : ndarray, shape (rows,)
        Time [s] and current, positive while charging [A].
    step : ndarray, shape (rows,), or None
        Number of the step of the program each row belongs to; None if the file does not give it.
    first_row, last_row : ndarray of int, shape (cycles,)
        Of each cycle.

    Returns
    -------
    tuple of ndarray, each of shape (cycles,)
        Of the charge and of the discharge; nan where there is none, its steps are not known, or one of them has fewer
        than three rows.

    Examples
    --------
    >>> current = np.array([2.0, 2, 2, 1, 1, 1, -1, -1, -1])
    >>> steps = np.array([1.0, 1, 1, 2, 2, 2, 3, 3, 3])
    >>> charge, discharge = constant_currents(60.0 * np.arange(9), current, steps, np.array([0]), np.array([8]))
    >>> (charge.tolist(), discharge.tolist())
    ([2.0], [1.0])
    """
    if step is None or not first_row.size:
        return np.full(first_row.size, np.nan), np.full(first_row.size, np.nan)
    borders = np.union1d(np.flatnonzero(step[1:] != step[:-1]) + 1, first_row)
    first = borders[borders >= first_row[0]]
    last = np.append(first[1:], step.size) - 1
    sampled = current_ampere[sampled_rows(first, last, PARTS)]
    sign = row_signs(sampled[:, 1], rest_threshold_a(current_ampere))
    cycle = np.searchsorted(first_row, first, side="right") - 1
    inside = first <= last_row[cycle]
    steps = _Steps(
        sampled[:, 1], np.ptp(sampled, axis=1), test_time_second[last] - test_time_second[first],
        last - first + 1 < FEWEST_ROWS, cycle,
    )  # fmt: skip
    charge, discharge = (steps.count(inside & (sign == way), first_row.size) for way in (1, -1))
    return charge, discharge


@dataclass(frozen=True)
class _Steps:
    """The steps of a test; every array of shape (steps,)."""

    current_a: Array
    change_a: Array
    duration_s: Array
    is_short: Flags
    cycle: Rows

    def count(self, which: Flags, cycles: int) -> Array:
        """Return the number of currents among the steps flagged, of shape (cycles,)."""
        total = np.bincount(self.cycle[which], self.duration_s[which], cycles)
        constant = self.change_a <= CONSTANT_SHARE * np.abs(self.current_a)
        counted = np.flatnonzero(which & constant & (self.duration_s >= SLIGHT_SHARE * total[self.cycle]))
        size, of = np.abs(self.current_a[counted]), self.cycle[counted]
        new = np.ones(counted.size)
        new[1:] = (np.abs(size[1:] - size[:-1]) > CONSTANT_SHARE * size[1:]) | (of[1:] != of[:-1])
        number: Array = np.bincount(of, new, cycles).astype(float)
        number[number == 0] = np.nan
        number[self.cycle[which & self.is_short]] = np.nan
        return number
