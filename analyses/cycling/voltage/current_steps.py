"""Resistance from the change of voltage where the current steps, as at the start of a discharge."""

import math
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from analyses.cycling.cycles.cycle_summary import CycleSummary
from analyses.cycling.rows.half_cycles import WHOLE_SECOND, Runs, row_signs, runs_of, usual_interval_s, without_noise
from analyses.insufficient_data import InsufficientData
from analyses.statistics.medians import MAD_TO_SIGMA
from analyses.statistics.resolution import decimal_step
from analyses.uncertainty import Estimate, propagate

Array = NDArray[np.float64]
Rows = NDArray[np.intp]

MOST_BEFORE, MOST_AFTER = 4, 6
"""Rows either side that tell how the voltage changes next to a step."""
LATER_ROW = 3
"""Row after the first one of a step, from 0, that tells with it how the voltage changes."""
SAME_CURRENT = 0.05
"""Share of the step by which the current of these rows may differ from that next to the step."""
MOST_SKIPPED = 2
"""Rows after the step that may be on the way to the new current."""
WIDEST_GAP = 10.0
"""Interval across the step, over that of the rows after it or usual in the test, above which rows are missing."""
SAMPLED = 10_000
FEWEST_VOLTAGES = 5
"""Different voltages that show a step of decimals: unlike currents, they are not set, but for a held one."""
SIGNIFICANT = 4.0
"""Standard deviations of a change from row to row by which it decays faster than that of a square root."""
FAST_DECAY, FASTEST_DECAY = 0.6, 0.05
"""Change of the voltage from row to row over the one before: of a square root of time it is 0.77 and more; of less than
0.6 the process is taken for an exponential, and of less than 0.05 it is too fast to be told."""
EVEN = 0.2
"""Relative difference up to which two intervals are alike."""


@dataclass(frozen=True)
class TimeSeries:
    """Rows of a test with what their columns resolve; arrays of shape (rows,)."""

    time_s: Array
    voltage_v: Array
    current_a: Array
    """Negative while discharging [A]."""
    runs: Runs
    """Its half-cycles, without noise about zero current."""
    time_step_s: float
    """Step of the decimals of the time, at most a second, zero if there is none."""
    voltage_step_v: float
    """Step of the decimals of the voltage, zero if there is none [V]."""
    current_step_a: float
    voltage_noise_v: float
    """Standard deviation of the voltage from row to row [V]."""
    current_noise_a: float

    def step_row(self, table: CycleSummary, index: int, way: int, *, is_start: bool) -> int | None:
        """Return the first row after the step that starts or ends the charge (`way` 1) or discharge (-1) of a cycle.

        None if the cycle has none.
        """
        inside = (self.runs.first_row >= table.first_row[index]) & (self.runs.first_row <= table.last_row[index])
        of = np.flatnonzero(inside & (self.runs.sign == way))
        if not of.size:
            return None
        return int(self.runs.first_row[of[0]]) if is_start else int(self.runs.last_row[of[-1]]) + 1


@dataclass(frozen=True)
class CurrentStep:
    """A step of the current and the resistance it shows."""

    resistance_ohm: Estimate
    drop_v: Estimate
    """Change of the voltage at the step, positive with a rising current [V]."""
    change_a: float
    """Change of the current [A]."""
    interval_s: float
    """From the last row before the step to the first after it, at most, as the decimals of the time tell."""


def time_series(
    test_time_second: Array,
    voltage_volt: Array,
    current_ampere: Array,
    table: CycleSummary,
    *,
    current_step_a: float | None = None,
) -> TimeSeries:
    """Return the rows of a test with the steps and the noise of their columns.

    Parameters
    ----------
    test_time_second, voltage_volt, current_ampere : ndarray, shape (rows,)
        The series the table was made from.
    table : CycleSummary
    current_step_a : float, optional
        Step of the decimals of the current, where that of the column is another [A].
    """
    runs = without_noise(runs_of(test_time_second, voltage_volt, current_ampere, table.first_row))
    return TimeSeries(
        test_time_second,
        voltage_volt,
        current_ampere,
        runs,
        min(decimal_step(test_time_second), WHOLE_SECOND),
        decimal_step(voltage_volt, FEWEST_VOLTAGES),
        decimal_step(current_ampere) if current_step_a is None else current_step_a,
        _noise(test_time_second, voltage_volt, current_ampere),
        _noise(test_time_second, current_ampere, current_ampere),
    )


def _noise(time: Array, column: Array, current: Array) -> float:
    """Return the standard deviation from row to row, of rows in even intervals at one current."""
    stride = max(1, (time.size - 2) // SAMPLED)
    middle = np.arange(1, time.size - 1, stride)
    before, after = time[middle] - time[middle - 1], time[middle + 1] - time[middle]
    change = np.maximum(np.abs(current[middle + 1] - current[middle]), np.abs(current[middle] - current[middle - 1]))
    even = (np.abs(before - after) <= EVEN * after) & (change <= SAME_CURRENT * np.abs(current[middle]))
    middle = middle[even & (after > 0) & (current[middle] != 0)]
    if not middle.size:
        return 0.0
    bend = column[middle - 1] - 2 * column[middle] + column[middle + 1]
    return MAD_TO_SIGMA * float(np.median(np.abs(bend))) / math.sqrt(6)


def current_step(series: TimeSeries, first_row: int | None) -> CurrentStep:
    """Return the resistance where the current steps: the change of the voltage over that of the current.

    When the current stepped between the two rows next to it, and how the voltage went in between, is not known. The
    voltage before may have continued along a line through up to four rows. That after may have come along a square root
    of time through its first row and the fourth, or along an exponential where it settles faster. Half of each is
    taken, and as much is the bound. Processes that settle within the interval of the rows, wholly or in part, are part
    of the resistance.

    Parameters
    ----------
    series : TimeSeries
    first_row : int or None
        First row under the new current, from 0.

    Returns
    -------
    CurrentStep
        Bounds are the interval across the step and the steps of the decimals of both columns, the standard uncertainty
        is that of noise.

    Raises
    ------
    InsufficientData
        If there is no row before the step, the rows before it were not logged, the current does not settle within three
        rows, or the change of the voltage is not determined within a factor of ten.
    """
    if first_row is None or not 0 < first_row < series.time_s.size:
        raise InsufficientData(
            "no-current-step", "no ohmic drop: the data have no half-cycle there, or no row before or after it"
        )
    before, after = _rows_before(series, first_row), _rows_after(series, first_row)
    time = series.time_s
    gap = float(time[after[0]] - time[before[-1]])
    own = float(time[after[1]] - time[after[0]]) if after.size > 1 else 0.0
    if after.size < 2 or gap > WIDEST_GAP * max(own, usual_interval_s(time)):
        raise InsufficientData(
            "rows-before-step-not-logged",
            "no ohmic drop at the step of the current in row {row}: the previous row is {interval_s:.3g} s earlier, "
            "so the voltage just before the step is unknown",
            row=first_row + 1,
            interval_s=gap,
        )
    interval = gap + series.time_step_s
    drop = _drop(series, before, after, interval)
    change = _change(series, before, after)
    resistance = propagate(lambda drop, change: drop / change, drop=drop, change=change)
    if resistance.spans_a_decade:
        low, high = drop.interval()
        raise InsufficientData(
            "voltage-step-not-resolved",
            "no ohmic drop at the step of the current in row {row}: rows {interval_s:.3g} s apart determine the "
            "voltage change only to within {low_mv:.3g} to {high_mv:.3g} mV",
            row=first_row + 1,
            low_mv=1e3 * low,
            high_mv=1e3 * high,
            interval_s=interval,
        )
    return CurrentStep(resistance, drop, change.magnitude, interval)


def _rows_before(series: TimeSeries, first_row: int) -> Rows:
    """Return the rows up to the step with the current of the last of them."""
    rows = np.arange(max(first_row - MOST_BEFORE, 0), first_row)
    leeway = SAME_CURRENT * abs(series.current_a[first_row] - series.current_a[first_row - 1])
    other = np.flatnonzero(np.abs(series.current_a[rows] - series.current_a[rows[-1]]) > leeway)
    return rows[other[-1] + 1 :] if other.size else rows


def _rows_after(series: TimeSeries, first_row: int) -> Rows:
    """Return the rows from the step on with the new current, that of the third to the eighth in its step."""
    rows = np.arange(first_row, min(first_row + MOST_AFTER + MOST_SKIPPED, series.current_a.size))
    sign = row_signs(series.current_a[rows], series.runs.threshold_a)
    turned = np.flatnonzero(sign != sign[0])
    rows = rows[: turned[0]] if turned.size else rows
    settled = float(np.median(series.current_a[rows[min(MOST_SKIPPED, rows.size - 1) :]]))
    leeway = SAME_CURRENT * abs(settled - series.current_a[first_row - 1])
    at = np.abs(series.current_a[rows] - settled) <= leeway
    begin = int(np.argmax(at))
    if not at.any() or begin > MOST_SKIPPED:
        raise InsufficientData(
            "current-not-settled",
            "no ohmic drop at the step of the current in row {row}: the current is not the same in the rows after it",
            row=first_row + 1,
        )
    ends = np.flatnonzero(~at[begin:])
    return rows[begin : begin + (int(ends[0]) if ends.size else MOST_AFTER)][:MOST_AFTER]


def _drop(series: TimeSeries, before: Rows, after: Rows, interval: float) -> Estimate:
    """Return the change of the voltage at the step, with half of what may have happened between the rows next to it."""
    earlier, drift = _continued(series, before[::-1], interval)
    later, further = _returned(series, after, interval)
    exponential = _exponential(series, after, interval)
    if abs(exponential) > abs(further.magnitude):
        further = replace(further, magnitude=exponential)
    way = math.copysign(1.0, series.current_a[after[0]] - series.current_a[before[-1]])
    best = way * (later - further.magnitude / 2 - earlier - drift.magnitude / 2)
    bound = (abs(further.magnitude) + abs(drift.magnitude)) / 2 + series.voltage_step_v
    error = series.voltage_noise_v * math.hypot(further.noise, drift.noise)
    return Estimate(best, best - bound, best + bound, error)


@dataclass(frozen=True)
class _Change:
    """How far the voltage went between a row next to the step and the step, at most."""

    magnitude: float
    noise: float
    """Standard error of the voltage of that row and half of the change, over the noise of a row."""


def _continued(series: TimeSeries, rows: Rows, interval_s: float) -> tuple[float, _Change]:
    """Return the voltage of the last row before the step, the first of these, and a line through them to the step."""
    voltage, since = series.voltage_v[rows], series.time_s[rows[0]] - series.time_s[rows]
    if rows.size < 2 or since[-1] <= 0:
        return float(voltage[0]), _Change(0.0, 1.0)
    share = interval_s / float(since[-1])
    return float(voltage[0]), _Change(float(voltage[0] - voltage[-1]) * share, math.hypot(1 + share / 2, share / 2))


def _returned(series: TimeSeries, rows: Rows, interval_s: float) -> tuple[float, _Change]:
    """Return the voltage of the first row after the step, and a square root of time through it and a later one."""
    voltage, since = series.voltage_v[rows], series.time_s[rows] - series.time_s[rows[0]]
    last = min(LATER_ROW, rows.size - 1)
    root = math.sqrt(interval_s + float(since[last])) - math.sqrt(interval_s)
    if root <= 0:
        return float(voltage[0]), _Change(0.0, 1.0)
    share = math.sqrt(interval_s) / root
    change = float(voltage[last] - voltage[0]) * share
    return float(voltage[0]), _Change(change, math.hypot(1 + share / 2, share / 2))


def _exponential(series: TimeSeries, rows: Rows, interval_s: float) -> float:
    """Return how far an exponential went within an interval before its first row; zero if the voltage follows none."""
    if rows.size < 3:
        return 0.0
    time, voltage = series.time_s[rows[:3]], series.voltage_v[rows[:3]]
    steps = np.diff(time)
    first, second = np.diff(voltage)
    noise = math.sqrt(2) * series.voltage_noise_v + series.voltage_step_v
    is_fast = math.copysign(1.0, first) * (FAST_DECAY * first - second) > SIGNIFICANT * noise
    if abs(steps[0] - steps[1]) > EVEN * steps[0] or not is_fast:
        return 0.0
    decay = max(float(second / first), FASTEST_DECAY)
    left = float(first) / (1 - decay)
    return left * (decay ** (-interval_s / float(steps[0])) - 1)


def _change(series: TimeSeries, before: Rows, after: Rows) -> Estimate:
    """Return the change of the current at the step [A]."""
    change = float(np.median(series.current_a[after]) - series.current_a[before[-1]])
    half_width = series.current_step_a
    error = series.current_noise_a * math.sqrt(math.pi / 2 / after.size + 1)
    return Estimate(abs(change), abs(change) - half_width, abs(change) + half_width, error)
