"""Gaps under current: intervals between two rows of a half-cycle that are much longer than its others.

The rows do not tell whether the current flowed on, as where rows were lost, or was off, as in a power cut after which
the test continues where it stopped. The charge of a gap may be anything from none to that of constant current.
"""

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from analyses.coded_text import Listed, Remark
from analyses.cycling.rows.half_cycles import SECONDS_PER_HOUR, WHOLE_SECOND, Runs
from analyses.statistics.resolution import decimal_step

Array = NDArray[np.float64]
Rows = NDArray[np.intp]
Flags = NDArray[np.bool_]
Series = tuple[Array, Array, Array]

FEWEST_INTERVALS = 4
"""Intervals of a half-cycle that show which of them is long."""
FEWEST_COMPARED = 3
"""Half-cycles of one direction whose longest intervals show what is usual for the file."""
UPPER_SHARE = 0.9
"""Share of the intervals of a half-cycle that are not among its longest."""
EVEN = 1.2
"""Intervals are even if all but the longest are up to so many times their median."""
LONG_FACTOR = 1.5
"""A gap is so many times as long as the intervals that are usual."""
UNEVEN_FACTOR = 5.0
"""Where intervals are not even, a gap is so many times their median, too."""
LIKELY_FACTOR = 1.4
"""Only half-cycles whose longest interval is so many times their mean are looked at."""


@dataclass(frozen=True)
class Gaps:
    """Gaps under current; every array of shape (gaps,)."""

    row: Rows
    """Row before the gap, from 0."""
    run: Rows
    """Index of its run."""
    hours: Array
    charge_ah: Array
    """That of the mean current of the two rows, positive: the most that passed [Ah]."""
    voltage_v: Array
    """Mean of the two rows [V]."""


def find_gaps(test_time_second: Array, voltage_volt: Array, current_ampere: Array, runs: Runs) -> Gaps:
    """Find the intervals of each run whose charge the rows leave undetermined.

    In a run whose intervals are even (90 % of them up to 1.2 times their median), a gap is longer than 1.5 times these
    and 1.5 times the longest interval that is usual in runs of that direction, as a multiple of their median. Where
    they are not even, as of rows logged at steps of the voltage, it is longer than five times the median, too. Runs of
    fewer than four intervals have none.

    Parameters
    ----------
    test_time_second, voltage_volt, current_ampere : ndarray, shape (rows,)
        Time, never going back [s], voltage [V], current [A].
    runs : Runs

    Returns
    -------
    Gaps

    Examples
    --------
    >>> from analyses.cycling.rows.half_cycles import runs_of
    >>> hours = np.array([0.0, 1.0, 2.0, 3.0, 8.0, 9.0, 10.0])
    >>> series = 3600 * hours, np.full(7, 3.0), np.full(7, -2.0)
    >>> gaps = find_gaps(*series, runs_of(*series))
    >>> (gaps.row.tolist(), gaps.hours.tolist(), gaps.charge_ah.tolist())
    ([3], [5.0], [10.0])
    """
    interval = np.diff(test_time_second, append=test_time_second[-1])
    ordinary = _longest_ordinary_s(interval, runs)
    stamp = min(decimal_step(test_time_second), WHOLE_SECOND)
    least = LONG_FACTOR * ordinary + 2 * stamp
    row = np.flatnonzero(interval > least.min(initial=np.inf))
    run = np.searchsorted(runs.first_row, row, side="right") - 1
    inside = (run >= 0) & (row < runs.last_row[run]) if row.size else np.zeros(0, dtype=bool)
    row, run = row[inside], run[inside]
    long = interval[row] > least[run]
    row, run = row[long], run[long]
    hours = interval[row] / SECONDS_PER_HOUR
    ampere = (np.abs(current_ampere[row]) + np.abs(current_ampere[row + 1])) / 2
    return Gaps(row, run, hours, hours * ampere, (voltage_volt[row] + voltage_volt[row + 1]) / 2)


def widened(runs: Runs, gaps: Gaps) -> Runs:
    """Return the runs with the charge of their gaps in their resolution; that of constant current stays counted."""
    if not gaps.row.size:
        return runs
    undetermined = np.bincount(gaps.run, gaps.charge_ah, runs.sign.size)
    return replace(runs, resolution_ah=runs.resolution_ah + undetermined)


def mean_voltage_error_v(gaps: Gaps, cycle: Rows, charge_ah: Array, mean_v: Array, way: Flags) -> Array:
    """Return how much the mean voltage of each half-cycle changes if no charge passed in its gaps.

    Parameters
    ----------
    gaps : Gaps
    cycle : ndarray of int, shape (runs,)
        Index of the cycle of each run.
    charge_ah, mean_v : ndarray, shape (cycles,)
        Charge with that of the gaps [Ah], and its mean voltage [V], of the half-cycles of one direction.
    way : ndarray of bool, shape (runs,)
        Runs of that direction.

    Returns
    -------
    ndarray, shape (cycles,)
        Zero without gaps [V].
    """
    which = way[gaps.run]
    of = cycle[gaps.run[which]]
    gone = gaps.charge_ah[which]
    moved = np.bincount(of, gone * np.abs(gaps.voltage_v[which] - mean_v[of]), mean_v.size)
    left = charge_ah - np.bincount(of, gone, mean_v.size)
    error: Array = np.divide(moved, left, out=np.zeros(mean_v.size), where=(moved > 0) & (left > 0))
    return error


def gap_remarks(gaps: Gaps, cycle_number: Array | None = None, *, counted: bool = False) -> list[Remark]:
    """Return a remark on gaps, with the numbers of their cycles, of shape (gaps,), where they are known.

    `counted` is true if the charge is that of the instrument's counters.
    """
    if not gaps.row.size:
        return []
    count, hours, row = gaps.row.size, gaps.hours[0], gaps.row[0] + 1
    if counted:
        return [
            Remark(
                "gap-under-current",
                "No rows during {gaps} gaps while current flowed, the first of {hours:.3g} h after row {row}. The "
                "counters of the instrument include the charge; mean voltages assume a constant current.",
                gaps=count,
                hours=hours,
                row=row,
            )
        ]
    if cycle_number is None:
        return [
            Remark(
                "gap-under-current",
                "No rows during {gaps} gaps while current flowed, the first of {hours:.3g} h after row {row}: the "
                "current was assumed constant but may have been zero; the charge is uncertain by the charge of the "
                "gaps.",
                gaps=count,
                hours=hours,
                row=row,
            )
        ]
    return [
        Remark(
            "gap-under-current",
            "No rows during {gaps} gaps while current flowed, the first of {hours:.3g} h after row {row} (cycles "
            "{cycles:g}): the current was assumed constant but may have been zero; capacities and energies of these "
            "cycles are uncertain by the charge of the gaps.",
            gaps=count,
            hours=hours,
            row=row,
            cycles=Listed(np.unique(cycle_number)),
        )
    ]


def _longest_ordinary_s(interval: Array, runs: Runs) -> Array:
    """Return the longest interval of each run that is usual, infinite for one of few rows, of shape (runs,) [s]."""
    ordinary = np.full(runs.sign.size, np.inf)
    count = runs.last_row - runs.first_row
    many = np.flatnonzero(count >= FEWEST_INTERVALS)
    if not many.size:
        return ordinary
    bounds = np.column_stack((runs.first_row[many], runs.last_row[many])).ravel()
    longest = np.maximum.reduceat(interval, bounds)[::2]
    mean = runs.duration_s[many] / count[many]
    likely = longest > LIKELY_FACTOR * mean
    if not likely.any():
        return ordinary
    median, upper = mean.copy(), longest.copy()
    median[likely], upper[likely] = _median_and_upper(interval, runs, many[likely])
    ratio = np.divide(longest, median, out=np.ones(many.size), where=median > 0)
    usual = np.ones(many.size)
    for sign in (1, -1):
        of_sign = runs.sign[many] == sign
        if of_sign.sum() >= FEWEST_COMPARED:
            usual[of_sign] = np.median(ratio[of_sign])
    uneven = np.where(upper > EVEN * median, UNEVEN_FACTOR / LONG_FACTOR, 1.0)
    ordinary[many] = np.maximum(upper, np.maximum(usual, uneven) * median)
    return ordinary


def _median_and_upper(interval: Array, runs: Runs, chosen: Rows) -> tuple[Array, Array]:
    """Return the median of the intervals of these runs that are not zero, and the one that 10 % are longer than [s]."""
    counts = runs.last_row[chosen] - runs.first_row[chosen]
    label = np.repeat(np.arange(chosen.size), counts)
    row = np.arange(label.size) - np.repeat(np.cumsum(counts) - counts - runs.first_row[chosen], counts)
    length = interval[row]
    label, length = label[length > 0], length[length > 0]
    # Sorted by run, then by length: as the length plus a multiple of the longest, one column is enough.
    offset = label * float(length.max())
    length = np.sort(offset + length) - offset
    counts = np.bincount(label, minlength=chosen.size)
    first = np.cumsum(counts) - counts
    middle = length[first + (counts - 1) // 2]
    upper = length[first + np.floor(UPPER_SHARE * (counts - 1)).astype(np.intp)]
    return middle, upper
