"""Half-cycles of a time series: runs of rows whose current has one sign, with the charge and energy that passed."""

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from analyses.cycling.rows.curvature import curvature_error_as
from analyses.insufficient_data import InsufficientData
from analyses.statistics.medians import MAD_TO_SIGMA
from analyses.statistics.resolution import decimal_step

Array = NDArray[np.float64]
Rows = NDArray[np.intp]
Signs = NDArray[np.int8]

SECONDS_PER_HOUR = 3600.0
REST_SHARE = 0.002
"""A current up to this share of the largest is none; formation at C/20 in a test at 10C is 0.5 %."""
MOST_REST_SHARE = 0.05
NOISE_FACTOR = 6.0
SAMPLED = 10_000
"""Rows looked at for a noise or a usual interval: enough, and quick in a million."""
WHOLE_SECOND = 1.0
"""Stamps without decimals are those of a clock that shows whole seconds [s]."""
MANY_ROWS = 200
REPEATED_SHARE = 0.05
"""Time stamps are rounded if more than this share of the rows under current have that of the row before."""
BOTH_LOGGED = 0.1
"""Share of an interval up to which the usual gap between two steps shows that the first and the last moment of a step
are logged."""
NOISE_ERRORS = 2.0
"""Standard errors of the mean of a noisy current that count as its largest error."""
SLIGHT_SHARE = 0.01
"""Current one way that carries less than this share of the largest half-cycle is noise, not a half-cycle."""


@dataclass(frozen=True)
class Runs:
    """Runs of rows with current of one sign, rests left out; every array of shape (runs,)."""

    first_row: Rows
    """From 0."""
    last_row: Rows
    sign: Signs
    """+1 while charging, -1 while discharging."""
    charge_ah: Array
    """Positive whichever way it went [Ah]."""
    energy_wh: Array
    """Integral of voltage over that charge [Wh]."""
    duration_s: Array
    resolution_ah: Array
    """Largest error of that charge from what the rows do not tell: when a step began and ended, a current that changes
    or scatters from row to row, and rounded time stamps [Ah]."""
    threshold_a: float
    """Current up to which a row counts as rest [A]."""

    def selected(self, which: NDArray[np.bool_]) -> "Runs":
        """Return the runs flagged, of shape (runs,)."""
        return Runs(
            self.first_row[which],
            self.last_row[which],
            self.sign[which],
            self.charge_ah[which],
            self.energy_wh[which],
            self.duration_s[which],
            self.resolution_ah[which],
            self.threshold_a,
        )


def check_series(test_time_second: Array, voltage_volt: Array, current_ampere: Array) -> None:
    """Refuse a time series with missing numbers, with time going back, or without two rows.

    Parameters
    ----------
    test_time_second, voltage_volt, current_ampere : ndarray, shape (rows,)
        Time [s], voltage [V], current [A].

    Raises
    ------
    InsufficientData
        Naming the column and the row, which count from 1.
    """
    columns = {
        "test_time_second": test_time_second,
        "voltage_volt": voltage_volt,
        "current_ampere": current_ampere,
    }
    if len({column.size for column in columns.values()}) > 1:
        sizes = ", ".join(f"{name} {column.size}" for name, column in columns.items())
        raise InsufficientData("unequal-columns", "the columns differ in length: {sizes}", sizes=sizes)
    if test_time_second.size < 2:
        raise InsufficientData(
            "too-few-rows",
            "at least two rows of time, voltage and current are needed: there is {test_time_second_size}",
            test_time_second_size=test_time_second.size,
        )
    for name, column in columns.items():
        if not np.isfinite(column.sum()):
            bad = np.flatnonzero(~np.isfinite(column))
            if bad.size:
                raise InsufficientData(
                    "value-not-finite",
                    "{name} is not a finite number in row {bad} ({bad_size} such rows in total)",
                    name=name,
                    bad=bad[0] + 1,
                    bad_size=bad.size,
                )
    if (test_time_second[1:] < test_time_second[:-1]).any():
        row = int(np.flatnonzero(np.diff(test_time_second) < 0)[0])
        raise InsufficientData(
            "time-not-ascending",
            "test_time_second falls from {test_time_second:g} s to {next_second:g} s in row {row}: a file "
            "must contain one test in chronological order",
            test_time_second=test_time_second[row],
            next_second=test_time_second[row + 1],
            row=row + 2,
        )


def rest_threshold_a(current_ampere: Array) -> float:
    """Return the current up to which a row counts as rest.

    It is 0.2 % of the largest current, or six times the noise (1.4826 times the median change from row to row, over
    the square root of two) where that is more, but never above 5 % of the largest.

    Parameters
    ----------
    current_ampere : ndarray, shape (rows,)
        Current [A].

    Returns
    -------
    float
        Threshold [A].

    Examples
    --------
    >>> rest_threshold_a(np.array([0.0, 0.0, 1.0, 1.0, -1.0, -1.0]))
    0.002
    """
    largest = max(float(current_ampere.max()), -float(current_ampere.min()))
    stride = max(1, current_ampere.size // SAMPLED)
    change = np.abs(current_ampere[1::stride] - current_ampere[:-1:stride][: current_ampere[1::stride].size])
    noise = MAD_TO_SIGMA * float(np.median(change)) / np.sqrt(2)
    return float(min(max(REST_SHARE * largest, NOISE_FACTOR * noise), MOST_REST_SHARE * largest))


def row_signs(current_ampere: Array, threshold_a: float) -> Signs:
    """Return +1 where a row charges, -1 where it discharges, 0 where it rests, of shape (rows,)."""
    charging: Signs = (current_ampere > threshold_a).view(np.int8)
    discharging: Signs = (current_ampere < -threshold_a).view(np.int8)
    return charging - discharging


def runs_of(
    test_time_second: Array,
    voltage_volt: Array,
    current_ampere: Array,
    starts: Rows | None = None,
    step: Array | None = None,
    *,
    time_step_s: float = 0.0,
    current_step_a: float = 0.0,
) -> Runs:
    """Find the runs of one sign of current and integrate each by the trapezoidal rule.

    Every row stands for half the interval before and half the one after it. Between rows of different sign the current
    was switched. Where the step of the program changes there, the rows at either side are its end and the beginning of
    the next, and the interval belongs to neither. Where the program is not known, or most such intervals of one kind
    (from rest to charge, for example) are no shorter than others, so that the cycler does not log both moments, each
    side gets half the interval, but no more than half its own next interval, so that a rest without rows carries no
    charge; as much is its resolution. In the time before the
    first row, but no longer than one interval, current may have flowed; that is resolution of the first run.

    To the resolution belong, too, two standard errors of a current that scatters from row to row, the difference
    between the trapezoidal sum and one of end points, half a step of the decimals of the current, and the charge of one
    step of the time stamps: of the decimals they have, at most a second, or, where they repeat because they are
    rounded, of the smallest interval.

    Parameters
    ----------
    test_time_second, voltage_volt, current_ampere : ndarray, shape (rows,)
        Time, never going back [s], voltage [V], and current, positive while charging [A].
    starts : ndarray of int, optional
        Rows, from 0, at which a run ends even if the sign stays (a new cycle by the instrument's count).
    step : ndarray, shape (rows,), optional
        Number of the step of the program each row belongs to.
    time_step_s, current_step_a : float, optional
        Steps in which times and currents are known to be written; zero takes that of their decimals [s], [A]. The
        rounding of a current that is the same in all rows of a run is not in its resolution (`rounding_share`).

    Returns
    -------
    Runs

    Examples
    --------
    >>> hours = 3600.0 * np.arange(6)
    >>> voltage, current = np.full(6, 2.0), np.array([1.0, 1.0, 1.0, -1.0, -1.0, -1.0])
    >>> runs = runs_of(hours, voltage, current)
    >>> (runs.sign.tolist(), runs.charge_ah.tolist(), runs.resolution_ah.tolist())
    ([1, -1], [2.5, 2.5], [0.5, 0.5])
    >>> switched = 3600.0 * np.array([0, 1, 2, 2, 3, 4])
    >>> runs = runs_of(switched, voltage, current, step=np.array([1, 1, 1, 2, 2, 2]))
    >>> (runs.charge_ah.tolist(), runs.energy_wh.tolist(), runs.resolution_ah.tolist())
    ([2.0, 2.0], [4.0, 4.0], [0.0, 0.0])
    """
    threshold = rest_threshold_a(current_ampere)
    sign = row_signs(current_ampere, threshold)
    turns = np.flatnonzero(sign[1:] != sign[:-1]) + 1
    before, after = _border_times(test_time_second, sign, turns, step)
    charge = _row_weights(test_time_second, turns, before, after)
    charge *= current_ampere
    edges = np.concatenate(([0], turns)) if starts is None else np.union1d(np.append(turns, 0), starts)
    passed = np.add.reduceat(charge, edges) / SECONDS_PER_HOUR
    charge *= voltage_volt
    energy = np.add.reduceat(charge, edges) / SECONDS_PER_HOUR
    last = np.append(edges[1:], sign.size) - 1
    way = sign[edges]
    borders = np.zeros(edges.size)
    at = np.searchsorted(edges, turns)
    borders[at] += after * np.abs(current_ampere[turns])
    borders[at - 1] += before * np.abs(current_ampere[turns - 1])
    if sign[0] != 0:
        # Charge may have passed before the first row.
        borders[0] += min(max(test_time_second[0], 0.0), test_time_second[1] - test_time_second[0]) * abs(
            current_ampere[0]
        )
    resolution = borders / SECONDS_PER_HOUR
    noise = _relative_noise(current_ampere, sign)
    resolution += _end_point_error_ah(test_time_second, current_ampere, edges, passed, noise)
    resolution += _stamp_error_ah(test_time_second, sign, edges, passed, time_step_s)
    resolution += NOISE_ERRORS * noise * np.abs(passed) / np.sqrt(last - edges + 1)
    duration = test_time_second[last] - test_time_second[edges]
    resolution += decimal_step(current_ampere) / 2 * duration / SECONDS_PER_HOUR
    if current_step_a:
        lowest, highest = (extreme.reduceat(current_ampere, edges) for extreme in (np.minimum, np.maximum))
        rounding = NOISE_ERRORS * current_step_a / 2 * duration / SECONDS_PER_HOUR / np.sqrt(last - edges + 1)
        resolution += np.where(highest > lowest, rounding, 0.0)
    runs = Runs(edges, last, way, passed * way, energy * way, duration, resolution, threshold)
    return runs.selected(way != 0)


def without_noise(runs: Runs) -> Runs:
    """Return the runs without those that go the other way but carry next to nothing.

    Runs of one sign that follow one another are taken together (a pulse train is one half-cycle); a group that
    carries less than 1 % of the largest one is the noise about zero current of a rest.

    Parameters
    ----------
    runs : Runs
        As `runs_of` returns them.

    Returns
    -------
    Runs
    """
    if not runs.sign.size:
        return runs
    group = groups_of_one_sign(runs.sign)
    charge = np.bincount(group, weights=runs.charge_ah)
    return runs.selected((charge >= SLIGHT_SHARE * charge.max())[group])


def groups_of_one_sign(sign: Signs) -> Rows:
    """Return the number, from 0, of the group of consecutive equal signs each belongs to, of shape (runs,).

    Examples
    --------
    >>> groups_of_one_sign(np.array([1, 1, -1, 1], dtype=np.int8)).tolist()
    [0, 0, 1, 2]
    """
    group: Rows = np.concatenate(([0], np.cumsum(sign[1:] != sign[:-1]))).astype(np.intp)
    return group


def usual_interval_s(test_time_second: Array) -> float:
    """Return the median interval between rows [s], from a sample of them where there are many."""
    stride = max(1, test_time_second.size // SAMPLED)
    later = test_time_second[1::stride]
    return float(np.median(later - test_time_second[:-1:stride][: later.size]))


def _border_times(time: Array, sign: Signs, turns: Rows, step: Array | None) -> tuple[Array, Array]:
    """Return the time that the rows before and after each turn get of the interval between them [s]."""
    if not turns.size:
        return np.zeros(0), np.zeros(0)
    usual = usual_interval_s(time)
    across = time[turns] - time[turns - 1]
    edges = np.concatenate(([0], turns, [time.size]))
    alone = np.diff(edges) == 1
    own_before = np.where(alone[:-1], usual, time[turns - 1] - time[np.maximum(turns - 2, 0)])
    own_after = np.where(alone[1:], usual, time[np.minimum(turns + 1, time.size - 1)] - time[turns])
    known = np.zeros(turns.size, dtype=bool) if step is None else step[turns] != step[turns - 1]
    kind = 3 * sign[turns - 1] + sign[turns]
    for of_kind in (kind == turn for turn in np.unique(kind[known])):
        if float(np.median(across[known & of_kind])) > BOTH_LOGGED * usual:
            known[of_kind] = False
    before, after = (np.where(known, 0.0, np.minimum(across, own) / 2) for own in (own_before, own_after))
    return before, after


def _relative_noise(current: Array, sign: Signs) -> float:
    """Return the scatter of the current from row to row over the current, slow changes taken out."""
    stride = max(1, (current.size - 2) // SAMPLED)
    middle = np.arange(1, current.size - 1, stride)
    middle = middle[(sign[middle] != 0) & (sign[middle - 1] == sign[middle]) & (sign[middle + 1] == sign[middle])]
    if not middle.size:
        return 0.0
    bend = current[middle - 1] - 2 * current[middle] + current[middle + 1]
    return MAD_TO_SIGMA * float(np.median(np.abs(bend / current[middle]))) / math.sqrt(6)


def _row_weights(time: Array, turns: Rows, before: Array, after: Array) -> Array:
    """Return the time each row stands for [s], of shape (rows,)."""
    weight = np.empty(time.size)
    np.subtract(time[2:], time[:-2], out=weight[1:-1])
    weight[0], weight[-1] = time[1] - time[0], time[-1] - time[-2]
    weight *= 0.5
    across = (time[turns] - time[turns - 1]) / 2
    # A row that is alone between two turns loses at both.
    np.subtract.at(weight, turns - 1, across - before)
    np.subtract.at(weight, turns, across - after)
    return weight


def _end_point_error_ah(time: Array, current: Array, edges: Rows, passed: Array, relative_noise: float) -> Array:
    """Return how far the trapezoidal sum of each run is from one of end points [Ah].

    Of runs of many rows it is that of the bends of the current, as while a voltage is held.
    """
    if (np.diff(edges, append=time.size)[passed != 0] > MANY_ROWS).all():
        bends = curvature_error_as(time, current, edges, relative_noise, decimal_step(current))
        return bends / SECONDS_PER_HOUR
    error = np.zeros(time.size)
    np.subtract(current[1:], current[:-1], out=error[1:])
    error[1:] *= time[1:] - time[:-1]
    error[edges] = 0.0
    difference: Array = np.abs(np.add.reduceat(error, edges)) / (2 * SECONDS_PER_HOUR)
    return difference


def _stamp_error_ah(time: Array, sign: Signs, edges: Rows, passed: Array, time_step_s: float) -> Array:
    """Return the charge of one step of the time stamps of each run [Ah]."""
    last = np.append(edges[1:], time.size) - 1
    duration = time[last] - time[edges]
    steps = _repeated_steps_s(time, sign, edges) if _may_repeat(time) else None
    written = time_step_s or min(decimal_step(time), WHOLE_SECOND)
    smallest = np.full(edges.size, written) if steps is None else np.maximum(steps, time_step_s)
    share = np.divide(smallest, duration, out=np.zeros(edges.size), where=duration > 0)
    if steps is not None:
        share[duration <= 0] = 1.0
    return np.where(np.isfinite(share), np.minimum(share, 1.0), 1.0) * np.abs(passed)


def _repeated_steps_s(time: Array, sign: Signs, edges: Rows) -> Array | None:
    """Return the smallest interval of each run, None if too few stamps repeat to be rounded [s]."""
    interval = time[1:] - time[:-1]
    under_current = (sign[1:] == sign[:-1]) & (sign[1:] != 0)
    if np.count_nonzero(under_current & (interval == 0)) <= REPEATED_SHARE * np.count_nonzero(under_current):
        return None
    steps = np.full(time.size, np.inf)
    steps[1:] = np.where(interval > 0, interval, np.inf)
    steps[edges] = np.inf
    smallest: Array = np.minimum.reduceat(steps, edges)
    return smallest


def _may_repeat(time: Array) -> bool:
    """Return whether a sample of the rows has repeated stamps at all."""
    stride = max(1, time.size // SAMPLED)
    later = time[1::stride]
    return bool((later == time[:-1:stride][: later.size]).any())


def repeated_stamps(test_time_second: Array) -> int:
    """Return how many rows have the time stamp of the row before; 0 if none of a sample of 10,000 has."""
    if not _may_repeat(test_time_second):
        return 0
    return int(np.count_nonzero(test_time_second[1:] == test_time_second[:-1]))
