"""Voltage and charge of the rows of many half-cycles, one after the other, without rests and held voltages."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from analyses.cycling.cycles.cycle_summary import CycleSummary
from analyses.cycling.cycles.usage import HELD_WITHIN_V, TAPER_SHARE
from analyses.cycling.rows.half_cycles import SECONDS_PER_HOUR, rest_threshold_a, row_signs

Array = NDArray[np.float64]
Rows = NDArray[np.intp]
Flags = NDArray[np.bool_]

MAH_PER_AH = 1000.0
FEWEST_REST_ROWS = 2
"""Rows without current that are a rest; a single one may be a glitch."""
REPEATED_ROWS = 1.5
"""A capacity column is stepped if its numbers stay for so many rows on average."""


@dataclass(frozen=True)
class HalfCycleRows:
    """Rows of half-cycles, those of each in order and all charges or all discharges."""

    voltage_v: Array
    """Shape (rows,) [V]."""
    charge_mah: Array
    """Charge passed since the first row of the half-cycle, not falling, of shape (rows,) [mAh]."""
    first: Rows
    """First row of each half-cycle, rising, of shape (half-cycles,); none is empty."""

    @property
    def count(self) -> int:
        """Number of half-cycles."""
        return self.first.size

    @property
    def rows(self) -> Rows:
        """Number of rows of each half-cycle, of shape (half-cycles,)."""
        return np.diff(np.append(self.first, self.voltage_v.size))

    @property
    def number(self) -> Rows:
        """Index of the half-cycle of each row, of shape (rows,)."""
        return np.repeat(np.arange(self.count), self.rows)

    @property
    def total_mah(self) -> Array:
        """Charge of each half-cycle, of shape (half-cycles,) [mAh]."""
        total: Array = self.charge_mah[np.append(self.first[1:], self.voltage_v.size)[: self.count] - 1]
        return total

    def selected(self, chosen: Rows) -> "HalfCycleRows":
        """Return these half-cycles, by index and in this order."""
        rows = self.rows[chosen]
        first = np.cumsum(rows) - rows
        row = np.arange(int(rows.sum())) - np.repeat(first - self.first[chosen], rows)
        return HalfCycleRows(self.voltage_v[row], self.charge_mah[row], first)


@dataclass(frozen=True)
class CycleRows:
    """The charges, or the discharges, of the cycles of a test."""

    rows: HalfCycleRows
    cycle_index: Rows
    """Index in the table of the cycle of each half-cycle, rising, of shape (half-cycles,)."""
    held_share: Array
    """Share of the charge of each that passed at a held voltage, left out of `rows`, of shape (half-cycles,)."""
    interruptions: Rows
    """How often the current of each stopped and went on, as between pulses of a titration, of shape (half-cycles,)."""


def cycle_rows(
    test_time_second: Array, voltage_volt: Array, current_ampere: Array, table: CycleSummary, sign: int
) -> CycleRows:
    """Return the rows of the charges (`sign` 1) or the discharges (-1) of all cycles.

    The charge is the integral of the current, scaled so that the half-cycle has the capacity in the table, which the
    counters of the instrument may have given. Rows without current do not count, and a rest carries the charge of one
    interval at most, as the current was switched between two rows at either end. From the last row on whose current is
    at least 95 % of that of the constant-current part, rows are left out if the voltage then stays within 10 mV of
    where the half-cycle ends: there it was held.

    Parameters
    ----------
    test_time_second, voltage_volt, current_ampere : ndarray, shape (rows,)
        The series that the table was made from: time [s], voltage [V], current [A].
    table : CycleSummary
    sign : int

    Returns
    -------
    CycleRows
        Half-cycles with fewer than two rows are left out.
    """
    chosen, cycle = _rows_of(current_ampere, table, sign)
    continued = np.zeros(chosen.size, dtype=bool)
    continued[1:] = (np.diff(chosen) == 1) & (cycle[1:] == cycle[:-1])
    current = np.abs(current_ampere[chosen])
    apart = np.zeros(chosen.size)
    apart[1:] = np.where(continued[1:], np.diff(test_time_second[chosen]), _resumed_s(test_time_second, chosen)[1:])
    passed = apart * (current + np.concatenate(([0.0], current[:-1]))) / 2
    passed[np.diff(cycle, prepend=-1) != 0] = 0.0
    first = np.flatnonzero(np.diff(cycle, prepend=-1))
    cycles = cycle[first]
    charge = _since_first(passed, first) * (MAH_PER_AH / SECONDS_PER_HOUR)
    ends = np.append(first[1:], chosen.size)[: first.size] - 1
    capacity = (table.charge_ah if sign > 0 else table.discharge_ah)[cycles] * MAH_PER_AH
    integral = charge[ends]
    factor = np.divide(capacity, integral, out=np.zeros(first.size), where=(integral > 0) & np.isfinite(capacity))
    charge *= np.repeat(factor, np.diff(np.append(first, chosen.size)))
    usual = (table.charge_current_a if sign > 0 else table.discharge_current_a)[cycles]
    kept = ~_held(voltage_volt[chosen], current, first, usual)
    total = charge[ends]
    without_current = np.diff(chosen, prepend=-1) - 1
    without_current[first] = 0
    interruptions = (
        np.add.reduceat((without_current >= FEWEST_REST_ROWS).astype(np.intp), first) if first.size else first
    )
    return _without(kept, HalfCycleRows(voltage_volt[chosen], charge, first), cycles, total, interruptions)


def _rows_of(current: Array, table: CycleSummary, sign: int) -> tuple[Rows, Rows]:
    """Return the rows with current of this sign, and the index of the cycle of each."""
    chosen = np.flatnonzero(row_signs(current, rest_threshold_a(current)) == sign)
    cycle = np.searchsorted(table.first_row, chosen, side="right") - 1
    inside = (cycle >= 0) & (chosen <= table.last_row[np.maximum(cycle, 0)])
    return chosen[inside], cycle[inside]


def _resumed_s(time: Array, chosen: Rows) -> Array:
    """Return the time under current around a rest before each row: that from the row before, at most that to the next
    row."""
    before = time[chosen] - time[np.maximum(chosen - 1, 0)]
    after = time[np.minimum(chosen + 1, time.size - 1)] - time[chosen]
    return np.asarray(np.minimum(before, after))


def _since_first(passed: Array, first: Rows) -> Array:
    """Return the sum since the first row of each half-cycle."""
    total = np.cumsum(passed)
    before = total[first] - passed[first]
    since: Array = total - np.repeat(before, np.diff(np.append(first, passed.size)))
    return since


def _held(voltage: Array, current: Array, first: Rows, usual_a: Array) -> Flags:
    """Return the rows at the end of each half-cycle in which the voltage was held, of shape (rows,)."""
    if not first.size:
        return np.zeros(0, dtype=bool)
    rows = np.diff(np.append(first, voltage.size))
    row = np.arange(voltage.size)
    flowing = current >= TAPER_SHARE * np.repeat(np.nan_to_num(usual_a), rows)
    last_flowing = np.maximum.reduceat(np.where(flowing, row, -1), first)
    after = row > np.repeat(last_flowing, rows)
    end = np.repeat(voltage[first + rows - 1], rows)
    farthest = np.maximum.reduceat(np.where(after, np.abs(voltage - end), 0.0), first)
    held: Flags = after & np.repeat((farthest <= HELD_WITHIN_V) & (last_flowing >= 0), rows)
    return held


def _without(kept: Flags, rows: HalfCycleRows, cycles: Rows, total: Array, interruptions: Rows) -> CycleRows:
    """Return the rows kept, of the half-cycles of which at least two rows and some charge are left."""
    if not rows.count:
        return CycleRows(rows, cycles, np.zeros(0), interruptions)
    left = np.add.reduceat(kept.astype(np.intp), rows.first)
    begun = np.flatnonzero(left >= 2)
    some = kept & np.repeat(left >= 2, rows.rows)
    first = np.cumsum(left[begun]) - left[begun]
    few = HalfCycleRows(rows.voltage_v[some], rows.charge_mah[some], first)
    usable = np.flatnonzero(few.total_mah > 0)
    cycles, total = cycles[begun][usable], total[begun][usable]
    few = few.selected(usable)
    return CycleRows(few, cycles, 1 - few.total_mah / total, interruptions[begun][usable])


def without_steps(charge_mah: Array, first: Rows) -> Array:
    """Return charges of a column of coarse digits, with the rows between two steps of it spread evenly.

    Where the numbers of a column stay for several rows, the charge is that number in the middle of those rows, and
    linear between such middles.

    Parameters
    ----------
    charge_mah : ndarray, shape (rows,)
        Charge since the first row of each half-cycle, not falling [mAh].
    first : ndarray of int, shape (half-cycles,)
        First row of each half-cycle.

    Returns
    -------
    ndarray, shape (rows,)
        The same numbers where they change at most rows.

    Examples
    --------
    >>> without_steps(np.array([0.0, 0.0, 0.1, 0.1, 0.2, 0.2]), np.array([0])).round(3).tolist()
    [0.0, 0.025, 0.075, 0.125, 0.175, 0.2]
    """
    begins = np.zeros(charge_mah.size, dtype=bool)
    begins[first] = True
    changes = begins.copy()
    changes[1:] |= charge_mah[1:] != charge_mah[:-1]
    start = np.flatnonzero(changes)
    if charge_mah.size < REPEATED_ROWS * start.size:
        return charge_mah
    middle = (start + np.append(start[1:], charge_mah.size) - 1) / 2
    ends = np.append(first[1:], charge_mah.size) - 1
    # The last of equal rows is kept: the first and the last row of a half-cycle keep their own charge.
    row = np.concatenate((middle, first, ends)).astype(float)
    charge = np.concatenate((charge_mah[start], charge_mah[first], charge_mah[ends]))
    order = np.argsort(row, kind="stable")
    spread: Array = np.interp(np.arange(charge_mah.size), row[order], charge[order])
    return spread
