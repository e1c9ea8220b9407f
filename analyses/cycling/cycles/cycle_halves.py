"""The charges, or the discharges, of all cycles: charge, energy, time, end voltage and current of each."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from analyses.cycling.rows.half_cycles import Runs
from analyses.statistics.resolution import decimal_step

Array = NDArray[np.float64]
Rows = NDArray[np.intp]

FIRST_PART = (0.05, 0.30)
"""Part of a half-cycle, by rows, whose current is given."""
SAMPLED_ROWS = 25
MOST_INTERVALS = 64


@dataclass(frozen=True)
class Half:
    """The charges or the discharges of all cycles; every array of shape (cycles,)."""

    charge_ah: Array
    """Zero where there is none [Ah]."""
    energy_wh: Array
    duration_s: Array
    """Time under current [s]."""
    resolution_ah: Array
    rows: Array
    mean_step_v: Array
    """Largest error of the mean voltage, as the rows do not tell how it changed between them; nan where there is none
    [V]."""
    end_voltage_v: Array
    """Nan where there is none [V]."""
    end_step_v: Array
    """Nan where there is none [V]."""
    current_a: Array
    """Positive, nan where there is none [A]."""


def half_of(runs: Runs, cycle: Rows, cycles: int, sign: int, series: tuple[Array, Array, Array]) -> Half:
    """Return the half-cycles of one sign.

    Parameters
    ----------
    runs : Runs
        Without noise.
    cycle : ndarray of int, shape (runs,)
        Index of the cycle of each run.
    cycles : int
        Number of cycles.
    sign : int
        1 for charges, -1 for discharges.
    series : tuple of ndarray, each of shape (rows,)
        Time [s], voltage [V] and current [A].
    """
    time, voltage, current = series
    way = runs.sign == sign
    of = cycle[way]
    rows = runs.last_row - runs.first_row + 1.0
    parts = (runs.charge_ah, runs.energy_wh, runs.duration_s, runs.resolution_ah, rows)
    sums: list[Array] = [np.bincount(of, part[way], cycles).astype(float) for part in parts]
    end, step = np.full(cycles, np.nan), np.full(cycles, np.nan)
    last = runs.last_row[way]
    end[of] = voltage[last]
    step[of] = _end_steps(time, voltage, last)
    constant = np.full(cycles, np.nan)
    # The last of equal numbers is kept: the run with most charge, as they are in rising order of it.
    order = np.argsort(runs.charge_ah[way], kind="stable")
    rows_of_part = sampled_rows(runs.first_row[way], last, np.linspace(*FIRST_PART, SAMPLED_ROWS))
    constant[of[order]] = np.abs(np.median(current[rows_of_part], axis=1)[order])
    mean_step = _mean_steps(series, (runs.first_row[way], last), of, cycles)
    return Half(*sums, mean_step_v=mean_step, end_voltage_v=end, end_step_v=step, current_a=constant)


def sampled_rows(first: Rows, last: Rows, shares: Array) -> Rows:
    """Return the rows at these shares of the way from the first to the last, of shape (runs, shares)."""
    return first[:, None] + np.round(shares * (last - first)[:, None]).astype(np.intp)


def _mean_steps(series: tuple[Array, Array, Array], run_rows: tuple[Rows, Rows], of: Rows, cycles: int) -> Array:
    """Return half the change of the voltage from row to row, weighted by charge, and half a step of its decimals.

    Of runs of more rows, 64 intervals in even distances stand for all.
    """
    time, voltage, current = series
    first, last = run_rows
    intervals = (last - first)[:, None]
    counted = np.arange(min(MOST_INTERVALS, int(intervals.max(initial=0))))
    offset = np.where(intervals > MOST_INTERVALS, counted * intervals // MOST_INTERVALS, counted)
    valid = offset < intervals
    row = first[:, None] + np.where(valid, offset, 0)
    row[~valid] = 0
    passed = np.where(valid, (time[row + 1] - time[row]) * (np.abs(current[row + 1]) + np.abs(current[row])), 0.0)
    passed *= np.maximum(intervals / MOST_INTERVALS, 1.0)
    changed = passed * np.abs(voltage[row + 1] - voltage[row]) / 2
    charge, change = (np.bincount(of, part.sum(axis=1), cycles) for part in (passed, changed))
    steps: Array = np.divide(change, charge, out=np.full(cycles, np.nan), where=charge > 0)
    return steps + decimal_step(voltage) / 2


def _end_steps(time: Array, voltage: Array, last: Rows) -> Array:
    """Return how far the voltage continues at its last rate until the next row, but no longer than one interval
    more."""
    before, after = np.maximum(last - 1, 0), np.minimum(last + 1, time.size - 1)
    own, next_ = time[last] - time[before], time[after] - time[last]
    share = np.divide(np.minimum(next_, own), own, out=np.zeros(last.size), where=own > 0)
    steps: Array = np.abs(voltage[last] - voltage[before]) * share
    return steps
