"""Finds the start of each cycle of a galvanostatic test, and its first half-cycle."""

import numpy as np
from numpy.typing import NDArray

from analyses.coded_text import Listed, Remark
from analyses.cycling.rows.half_cycles import Runs, groups_of_one_sign
from analyses.insufficient_data import InsufficientData

Array = NDArray[np.float64]
Rows = NDArray[np.intp]
Flags = NDArray[np.bool_]

LEADING_SHARE = 0.5
"""A first discharge below this share of the charge after it only empties the cell: it begins no cycle. A first charge
below this share of the discharge after it only fills up a charged cell."""
PULSE_SHARE = 0.25
"""A half-cycle with less than this share of the charge of the largest in its cycle is a pulse."""


def instrument_starts(cycle_count: Array | None) -> tuple[Rows, list[Remark], str]:
    """Return the rows at which the instrument's cycles begin; one only, if it did not count or counted backwards.

    With them come remarks, and by what the cycles are counted: `instrument`, or `current` if that is still to be done.
    """
    everything = np.zeros(1, dtype=np.intp)
    if cycle_count is None:
        return everything, [], "current"
    if not np.isfinite(cycle_count.sum()):
        row = int(np.flatnonzero(~np.isfinite(cycle_count))[0])
        raise InsufficientData(
            "cycle-count-not-a-number",
            "cycle_count is not a number in row {row}: correct it, or remove the column",
            row=row + 1,
        )
    new = np.flatnonzero(cycle_count[1:] != cycle_count[:-1]) + 1
    starts = np.concatenate((everything, new))
    numbers = cycle_count[starts]
    back = np.flatnonzero(np.diff(numbers) < 0)
    if back.size:
        remark = Remark(
            "cycle-count-falls",
            "cycle_count falls from {before:g} to {after:g} in row {row}: cycles were counted by the sign of the "
            "current instead.",
            before=numbers[back[0]],
            after=numbers[back[0] + 1],
            row=starts[back[0] + 1] + 1,
        )
        return everything, [remark], "current"
    return starts, [], "instrument"


def starts_by_current(solid: Runs) -> Rows:
    """Return the rows at which cycles begin, the first of them row 0."""
    group = groups_of_one_sign(solid.sign)
    first = np.flatnonzero(np.diff(group, prepend=-1))
    sign, leading = solid.sign[first], leading_sign(solid)
    begins = solid.first_row[first[sign == leading]]
    rows: Rows = np.concatenate(([0], begins[1:] if sign[0] == leading else begins)).astype(np.intp)
    return rows


def leading_sign(solid: Runs) -> int:
    """Return the sign of the half-cycle the test begins with, not counting a discharge that only empties the cell."""
    group = groups_of_one_sign(solid.sign)
    charge = np.bincount(group, weights=solid.charge_ah)
    leading = int(solid.sign[0])
    return 1 if leading < 0 and charge.size > 1 and charge[0] < LEADING_SHARE * charge[1] else leading


def split_cycles(runs: Runs, starts: Rows, numbers: Array) -> tuple[Rows, Array, list[Remark]]:
    """Split the instrument's cycles that contain more than one charge and one discharge, not counting pulses.

    A cycle that contains several is split wherever the half begins that the other cycles begin with (the test itself,
    if all hold several). Cycles after it keep their distance: their numbers rise by the number of cycles added.

    Parameters
    ----------
    runs : Runs
        Without noise.
    starts : ndarray of int, shape (cycles,)
        First rows of the instrument's cycles, rising.
    numbers : ndarray, shape (cycles,)
        Their numbers.

    Returns
    -------
    starts, numbers : ndarray
        Of the cycles after the split.
    remarks : list of Remark
        Which cycles were split; none if none was.
    """
    cycle = np.searchsorted(starts, runs.first_row, side="right") - 1
    turns = np.flatnonzero(np.diff(runs.sign, prepend=0) | np.diff(cycle, prepend=-1))
    charge, of, sign = np.add.reduceat(runs.charge_ah, turns), cycle[turns], runs.sign[turns]
    largest = np.zeros(starts.size)
    np.maximum.at(largest, of, charge)
    long = charge >= PULSE_SHARE * largest[of]
    # The discharge that empties a charged cell is no pulse, however short.
    long[:1] |= sign[:1] != leading_sign(runs)
    of, sign, rows = of[long], sign[long], runs.first_row[turns[long]]
    begins = (np.diff(of, prepend=-1) != 0) | (np.diff(sign, prepend=0) != 0)
    of, sign, rows = of[begins], sign[begins], rows[begins]
    halves = np.bincount(of, minlength=starts.size)
    several = halves > 2
    if not several.any():
        return starts, numbers, []
    continues = np.diff(of, prepend=-1) == 0
    new = continues & several[of] & (sign == _opening_sign(runs, cycle, halves == 2))
    added = np.bincount(of[new], minlength=starts.size)
    all_starts = np.sort(np.concatenate((starts, rows[new])))
    owner = np.searchsorted(starts, all_starts, side="right") - 1
    remark = Remark(
        "several-half-cycles",
        "Cycles {cycles:g} of the instrument contain more than one charge and discharge: they were split, so later "
        "cycle numbers are up to {added} higher than the instrument's.",
        cycles=Listed(numbers[several]),
        added=int(added.sum()),
    )
    return all_starts, numbers[owner] + np.arange(all_starts.size) - owner, [remark]


def _opening_sign(runs: Runs, cycle: Rows, ordinary: Flags) -> int:
    """Return the sign of the half-cycle that most of the cycles flagged begin with; that of the test, if none is."""
    if not ordinary.any():
        return leading_sign(runs)
    opens = opens_with_discharge(runs, cycle, ordinary.size)[ordinary]
    return -1 if float(opens.mean()) > 0.5 else 1


def opens_with_discharge(runs: Runs, cycle: Rows, cycles: int) -> Flags:
    """Return which cycles discharge before they charge, by the middle of the charge that passed each way.

    A row of the half-cycle before, which an instrument may count to the next cycle, does not turn it.
    """
    middle = []
    for sign in (-1, 1):
        way = runs.sign == sign
        of, weight = cycle[way], runs.charge_ah[way]
        total = np.bincount(of, weight, cycles).astype(float)
        index = np.bincount(of, weight * (runs.first_row[way] + runs.last_row[way]) / 2, cycles).astype(float)
        middle.append(np.divide(index, total, out=np.full(cycles, np.inf), where=total > 0))
    opens: Flags = middle[0] < middle[1]
    return opens
