"""The pressure at both ends of each charge and discharge."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from analyses.cycling.cycles.cycle_summary import CycleSummary
from analyses.cycling.rows.half_cycles import rest_threshold_a, row_signs
from analyses.insufficient_data import InsufficientData
from analyses.stack_pressure.pressure_log import PressureLog
from analyses.stack_pressure.sensor_noise import SensorNoise, sensor_noise

Array = NDArray[np.float64]
Rows = NDArray[np.intp]

FEWEST_ROWS = 12
"""Of the log within a half-cycle."""
SHARE = 16
"""An end is read from this part of the rows of a half-cycle."""
FEWEST_FITTED, MOST_FITTED = 6, 40
WINDOW = 4
"""Rows of a window whose noise is estimated, over those of an end."""
DEGREE = 2
"""Of the polynomial of time that an end is read from."""
ROUND_OFF = 1e-12


@dataclass(frozen=True)
class HalfCyclePressures:
    """Pressures at the ends of the charges, or of the discharges, of a test; every array of shape (cycles,), nan where
    a cycle has no such half or too few rows of the log."""

    start_mpa: Array
    end_mpa: Array
    start_variance: Array
    """Of the noise of the sensor [MPa²]."""
    end_variance: Array
    start_slope_mpa_s: Array
    """Change of the pressure in time at the start, by which an error of the clock counts [MPa/s]."""
    end_slope_mpa_s: Array


@dataclass(frozen=True)
class CyclingPressures:
    """Pressures of the charges and the discharges of a test."""

    charge: HalfCyclePressures
    discharge: HalfCyclePressures
    noise: SensorNoise
    step_mpa: float
    """Largest error of a pressure from the digits of the column; zero if noise makes them average out [MPa]."""


def pressures_of_test(log: PressureLog, test_time_s: Array, current_a: Array, table: CycleSummary) -> CyclingPressures:
    """Return the pressure at the ends of each half-cycle.

    Each end is read from a parabola through the nearest sixteenth of the rows of the log within the half-cycle, 6 to
    40, weighted by the noise of the sensor (`sensor_noise`), which is that of windows four times as long.

    Parameters
    ----------
    log : PressureLog
        On the clock of the test.
    test_time_s, current_a : ndarray, shape (rows,)
        Time [s] and current [A] that the table was made from.
    table : CycleSummary

    Returns
    -------
    CyclingPressures

    Raises
    ------
    InsufficientData
        If the log has fewer than 12 rows in every half-cycle.
    """
    bounds = {sign: half_cycle_bounds(test_time_s, current_a, table, sign) for sign in (1, -1)}
    rows = {sign: _rows_within(log.time_s, bounds[sign]) for sign in (1, -1)}
    covered = {sign: _covered(log, bounds[sign], rows[sign]) for sign in (1, -1)}
    counts = np.concatenate([np.diff(rows[sign], axis=1)[covered[sign], 0] for sign in (1, -1)])
    if not counts.size:
        raise InsufficientData(
            "too-few-pressure-rows",
            "no half-cycle has {needed} rows of the pressure log: log the pressure more often, or check the clock "
            "shift",
            needed=FEWEST_ROWS,
        )
    fitted = int(np.clip(np.median(counts) // SHARE, FEWEST_FITTED, MOST_FITTED))
    noise = sensor_noise(_windows(log, [rows[sign][covered[sign]] for sign in (1, -1)], WINDOW * fitted))
    step = log.step_mpa / 2 if noise.standard_deviation < log.step_mpa / 2 else 0.0
    used = {sign: {int(index): rows[sign][index] for index in np.flatnonzero(covered[sign])} for sign in (1, -1)}
    halves = [_ends(log, noise, bounds[sign], used[sign], fitted) for sign in (1, -1)]
    return CyclingPressures(halves[0], halves[1], noise, step)


def half_cycle_bounds(test_time_s: Array, current_a: Array, table: CycleSummary, sign: int) -> Array:
    """Return the times of the first and the last row with current of each charge (`sign` 1) or discharge (-1).

    Returns
    -------
    ndarray, shape (cycles, 2)
        Nan for a cycle without [s].
    """
    flowing = np.flatnonzero(row_signs(current_a, rest_threshold_a(current_a)) == sign)
    begin = np.searchsorted(flowing, table.first_row)
    end = np.searchsorted(flowing, table.last_row, side="right")
    has = (end > begin) & ((table.charge_ah if sign > 0 else table.discharge_ah) > 0)
    bounds = np.full((table.cycle.size, 2), np.nan)
    bounds[has, 0] = test_time_s[flowing[begin[has]]]
    bounds[has, 1] = test_time_s[flowing[end[has] - 1]]
    return bounds


def _rows_within(time: Array, bounds: Array) -> Rows:
    """Return the first row of each half-cycle and the one after its last; of several rows at an end, one counts."""
    start, end = np.nan_to_num(bounds, nan=np.inf).T
    first, last = np.searchsorted(time, start, side="right"), np.searchsorted(time, end)
    first = first - (time[np.maximum(first - 1, 0)] == start)
    last = last + (time[np.minimum(last, time.size - 1)] == end)
    return np.stack((np.maximum(first, 0), last), axis=1).astype(np.intp)


def _covered(log: PressureLog, bounds: Array, rows: Rows) -> NDArray[np.bool_]:
    """Return the half-cycles that the log covers with enough rows."""
    enough = np.diff(rows, axis=1)[:, 0] >= FEWEST_ROWS
    inside = (bounds[:, 0] >= log.time_s[0] - _interval(log)) & (bounds[:, 1] <= log.time_s[-1] + _interval(log))
    return np.asarray(enough & inside & np.isfinite(bounds[:, 0]))


def _interval(log: PressureLog) -> float:
    return float(np.ptp(log.time_s)) / (log.time_s.size - 1)


def _windows(log: PressureLog, rows: list[Rows], length: int) -> list[Array]:
    """Return windows of consecutive rows of one half-cycle each."""
    windows = []
    for first, last in np.concatenate(rows):
        starts = np.arange(first, last - length + 1, length)
        windows += [log.pressure_mpa[start : start + length] for start in starts]
    if not windows:
        windows = [log.pressure_mpa[first : first + length] for first, _ in np.concatenate(rows)]
    return [window for window in windows if window.size == length]


def _ends(log: PressureLog, noise: SensorNoise, bounds: Array, rows: dict[int, Rows], most: int) -> HalfCyclePressures:
    """Return the ends of the half-cycles of these rows, by index."""
    ends = np.full((2, 3, bounds.shape[0]), np.nan)
    matrices = noise.correlations(most)
    best = np.linalg.inv(matrices[int(np.argmax(noise.probability))])
    for index, (first, last) in rows.items():
        for side, part in enumerate((slice(first, first + most), slice(last - most, last))):
            time = log.time_s[part] - bounds[index, side]
            ends[side, :, index] = _end(time, log.pressure_mpa[part], noise, matrices, best)
    return HalfCyclePressures(ends[0, 0], ends[1, 0], ends[0, 1], ends[1, 1], ends[0, 2], ends[1, 2])


def _end(
    time: Array, pressure: Array, noise: SensorNoise, matrices: Array, inverse: Array
) -> tuple[float, float, float]:
    """Return pressure, variance and slope at time zero."""
    scale = float(np.abs(time).max()) or 1.0
    design = np.vander(time / scale, DEGREE + 1, increasing=True)
    weights = np.linalg.pinv(design.T @ inverse @ design) @ design.T @ inverse
    level = float(pressure[0])
    answer = weights @ (pressure - level)
    variances = noise.variance * np.einsum("i,mij,j->m", weights[0], matrices, weights[0])
    return level + float(answer[0]), float(noise.probability @ variances), float(answer[1]) / scale
