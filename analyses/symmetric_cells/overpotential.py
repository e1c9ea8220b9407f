"""Half-cycles of a symmetric cell: their current, level of current, and overpotential."""

import math
from dataclasses import dataclass, fields
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from analyses.cycling.rows.gaps import find_gaps, widened
from analyses.cycling.rows.half_cycles import SECONDS_PER_HOUR, Runs, check_series, rest_threshold_a, runs_of
from analyses.insufficient_data import InsufficientData
from analyses.statistics.medians import MAD_TO_SIGMA
from analyses.statistics.resolution import decimal_step

Array = NDArray[np.float64]
Rows = NDArray[np.intp]

CLEAR_STEP_SHARE = 0.05
"""A change of the current from row to row by more is a step whatever the rows around it do."""
LEVEL_SHARE = 0.005
"""Currents in one direction that differ by less are one level, however little they scatter."""
OPPOSITE_SHARE = 0.02
"""The same for currents in opposite directions, which an offset of the instrument separates."""
OFFSET_SHARE = 0.002
"""Or by less than this share of the largest current, which is about the accuracy of a range."""
LEVEL_ERRORS = 4.0
"""Standard errors by which the medians of two half-cycles differ if they are two levels."""
MEDIAN_ERROR = math.sqrt(math.pi / 2)
"""Standard error of a median over that of a mean, for normal scatter."""
MOST_LEVELS_TRIED = 500
NOISE_FACTOR = 6.0
FEWEST_ROWS = 3
FEWEST_VOLTAGES = 5
"""Different voltages that show their last digit."""
SLIGHT_SHARE = 1e-3
FEWEST_PAIRS = 2
SAME_TEMPERATURE_K = 3.0
RATIO_SCATTER = 0.01
"""Scatter of the ratio of the currents in both directions up to which they differ by design."""
WHOLE_SHARE = 0.9
"""Duration of a half-cycle, of the usual one, below which it was interrupted."""
MOSTLY = 0.7


@dataclass(frozen=True)
class HalfCycles:
    """Overpotential of each half-cycle; every array of shape (half_cycles,)."""

    runs: Runs
    middle_h: Array
    """Time of its middle since the first current [h]."""
    current_a: Array
    """Median magnitude [A]."""
    current_error_a: Array
    """Standard error of that median, from the scatter of the rows of the half-cycle [A]."""
    overpotential_v: Array
    """Mean voltage in the direction of the current, over the last part [V]."""
    standard_error_v: Array
    """Of that mean, from the scatter of its rows [V]."""
    end_v: Array
    peak_v: Array
    temperature_degc: Array
    """Mean temperature, nan where none is recorded [°C]."""
    rounding_v: Array
    """Standard uncertainty from the last digit of the voltage where the rows averaged scatter by less than half of it,
    so that their mean is no finer; zero where they scatter by more [V]."""

    @cached_property
    def direction_ratio(self) -> float:
        """Current in the direction the test begins with over that in the other: 1, unless all cycles have another."""
        sign = self.runs.sign
        first = np.flatnonzero((sign[:-1] == sign[0]) & (sign[1:] == -sign[0]))
        if first.size < FEWEST_PAIRS:
            return 1.0
        ratio = np.log(self.current_a[first] / self.current_a[first + 1])
        usual = float(np.median(ratio))
        is_by_design = abs(usual) > OPPOSITE_SHARE and float(np.abs(ratio - usual).max()) <= RATIO_SCATTER
        return math.exp(usual) if is_by_design else 1.0

    @cached_property
    def level_current_a(self) -> Array:
        """Current of each, those in the second direction times the ratio of the directions [A]."""
        return np.where(self.runs.sign == self.runs.sign[0], self.current_a, self.current_a * self.direction_ratio)

    def selected(self, which: NDArray[np.bool_]) -> "HalfCycles":
        """Return the half-cycles flagged, of shape (half_cycles,)."""
        arrays = {field.name: getattr(self, field.name)[which] for field in fields(self) if field.name != "runs"}
        return HalfCycles(self.runs.selected(which), **arrays)

    def whole(self) -> "HalfCycles":
        """Return the half-cycles without those that were interrupted: shorter than nine tenths of the usual duration
        in their direction and at their current, if most have this."""
        is_whole = np.ones(self.current_a.size, dtype=bool)
        for level in np.unique(np.round(np.log(self.current_a) / CLEAR_STEP_SHARE)):
            for sign in (1, -1):
                alike = np.round(np.log(self.current_a) / CLEAR_STEP_SHARE) == level
                alike &= self.runs.sign == sign
                usual = np.median(self.runs.duration_s[alike]) if alike.any() else 0.0
                is_long = self.runs.duration_s[alike] >= WHOLE_SHARE * usual
                if alike.any() and is_long.mean() >= MOSTLY:
                    is_whole[alike] = is_long
        return self.selected(is_whole)

    def at_usual_temperature(self) -> "HalfCycles":
        """Return the half-cycles at the temperature most have, within 3 K; all where none is recorded."""
        known = self.temperature_degc[np.isfinite(self.temperature_degc)]
        if not known.size or np.ptp(known) <= SAME_TEMPERATURE_K:
            return self
        near = np.abs(self.temperature_degc[:, None] - known[None, :]) <= SAME_TEMPERATURE_K
        return self.selected(near[:, int(np.argmax(near.sum(axis=0)))])

    def before(self, row: int | None) -> "HalfCycles":
        """Return the half-cycles that end before a row, from 0; all of them for None."""
        return self if row is None else self.selected(self.runs.last_row < row)

    def at(self, level_a: float) -> "HalfCycles":
        """Return the half-cycles at one level of current."""
        return self.selected(self.is_at(level_a))

    def is_at(self, level_a: float) -> NDArray[np.bool_]:
        """Return which half-cycles are at one level of current, of shape (half_cycles,).

        In each direction it is the level of the half-cycle nearest to `level_a` [A].
        """
        away = np.abs(self.level_current_a - level_a)
        is_at_level = np.zeros(away.size, dtype=bool)
        for sign in (1, -1):
            way = np.flatnonzero(self.runs.sign == sign)
            if way.size:
                nearest = int(way[np.argmin(away[way])])
                if away[nearest] <= self._offset_a(level_a):
                    is_at_level[way] = self._close(nearest, way, LEVEL_SHARE * self.level_current_a[nearest])
        return is_at_level

    def levels(self) -> Rows:
        """Return the number, from 0, of the level each half-cycle is at, in the order of the test.

        A level ends with a half-cycle whose current differs from that of the level in the same direction by more than
        0.5 % and four standard errors, or, where the level has none in that direction yet, from the other one by more
        than 2 %, 0.2 % of the largest current, and four standard errors.
        """
        level = np.zeros(self.current_a.size, dtype=np.intp)
        known: dict[int, int] = {}
        number = -1
        for index, sign in enumerate(self.runs.sign.tolist()):
            like = known.get(sign, known.get(-sign))
            size = float(self.level_current_a[index])
            least = LEVEL_SHARE * size if sign in known else self._offset_a(size)
            if like is None or not self._close(like, np.array([index]), least)[0]:
                number, known = number + 1, {}
            known.setdefault(sign, index)
            level[index] = number
        return level

    def _offset_a(self, level_a: float) -> float:
        return max(OPPOSITE_SHARE * level_a, OFFSET_SHARE * float(self.level_current_a.max()))

    def _close(self, index: int, others: Rows, least_a: float) -> NDArray[np.bool_]:
        """Return which of the others have the current of one half-cycle, within their errors or `least_a`."""
        tolerance = LEVEL_ERRORS * np.hypot(self.current_error_a[others], self.current_error_a[index])
        close: NDArray[np.bool_] = np.abs(self.level_current_a[others] - self.level_current_a[index]) <= np.maximum(
            least_a, tolerance
        )
        return close


def half_cycle_runs(
    test_time_second: Array, voltage_volt: Array, current_ampere: Array, step: Array | None = None
) -> Runs:
    """Find the half-cycles, however short.

    A half-cycle ends where the current changes its sign, rests, or steps to another level: by more than 5 % from one
    row to the next, or by more than 0.5 % where the current is steady before and after, and in either case by more
    than six times its noise; or by more than 0.5 % where the step of the program changes.

    Parameters
    ----------
    test_time_second, voltage_volt, current_ampere : ndarray, shape (rows,)
        Time, never going back [s], voltage [V], current [A].
    step : ndarray, shape (rows,), optional
        Number of the step of the program each row belongs to.

    Returns
    -------
    Runs
        Those that carry less than a thousandth of the charge of the largest are left out, but for one the data end in.
        The charge of gaps under current (`analyses.cycling.rows.gaps`) is part of their resolution.

    Raises
    ------
    InsufficientData
        If a number is missing, time goes back, or no current flows.
    """
    check_series(test_time_second, voltage_volt, current_ampere)
    if not current_ampere.any():
        raise InsufficientData("no-current", "no half-cycles: the current is zero in every row")
    starts = _level_starts(current_ampere)
    if step is not None:
        starts = np.union1d(starts, _step_starts(current_ampere, step))
    runs = runs_of(test_time_second, voltage_volt, current_ampere, starts, step)
    carries = runs.charge_ah > SLIGHT_SHARE * runs.charge_ah.max()
    carries[-1] = True
    runs = runs.selected(carries)
    return widened(runs, find_gaps(test_time_second, voltage_volt, current_ampere, runs))


def symmetric_half_cycles(
    test_time_second: Array,
    voltage_volt: Array,
    current_ampere: Array,
    *,
    last_share: float,
    step: Array | None = None,
    temperature_celsius: Array | None = None,
) -> HalfCycles:
    """Find the half-cycles of three rows or more and their overpotentials.

    The overpotential is the mean voltage in the direction of the current over the last part of the duration; that is
    |V|, but for noise about zero, which does not add up.

    Parameters
    ----------
    test_time_second, voltage_volt, current_ampere : ndarray, shape (rows,)
        Time, never going back [s], voltage [V], current [A].
    last_share : float
        Share of the duration, counted from the end, that is averaged; above 0, at most 1.
    step : ndarray, shape (rows,), optional
        Number of the step of the program each row belongs to.
    temperature_celsius : ndarray, shape (rows,), optional
        Temperature, nan where it is missing [°C].

    Returns
    -------
    HalfCycles

    Raises
    ------
    InsufficientData
        As `half_cycle_runs`, or if no half-cycle has three rows, or voltage and current have opposite signs.
    """
    runs = half_cycle_runs(test_time_second, voltage_volt, current_ampere, step)
    long = runs.last_row - runs.first_row + 1 >= FEWEST_ROWS
    if long.any():
        long &= runs.charge_ah > SLIGHT_SHARE * runs.charge_ah[long].max()
    runs = runs.selected(long)
    if not runs.sign.size:
        raise InsufficientData(
            "too-few-rows-per-half-cycle",
            "no half-cycle has {fewest_rows} rows at constant current: record more points",
            fewest_rows=FEWEST_ROWS,
        )
    begun = test_time_second[runs.first_row[0]]
    rows = [slice(first, last + 1) for first, last in zip(runs.first_row, runs.last_row, strict=True)]
    digit = decimal_step(voltage_volt, FEWEST_VOLTAGES)
    summaries = [
        _overpotential(test_time_second[row], sign * voltage_volt[row], np.abs(current_ampere[row]), last_share)
        for row, sign in zip(rows, runs.sign, strict=True)
    ]
    current, scatter, mean, error, end, peak, spread = np.array(summaries).T
    if mean.sum() < 0:
        raise InsufficientData(
            "voltage-opposes-current",
            "voltage and current have opposite signs in most half-cycles: check the sign of the current and the wiring",
        )
    middle = (test_time_second[runs.first_row] + test_time_second[runs.last_row]) / 2 - begun
    usual = current * float(np.median(scatter / current))
    median_error = MEDIAN_ERROR * np.maximum(scatter, usual) / np.sqrt(runs.last_row - runs.first_row + 1)
    degc = np.array([np.nan if temperature_celsius is None else temperature_celsius[row].mean() for row in rows])
    rounding = np.where(spread < digit / 2, digit / math.sqrt(12), 0.0)
    return HalfCycles(runs, middle / SECONDS_PER_HOUR, current, median_error, mean, error, end, peak, degc, rounding)


def usual_current_a(halves: HalfCycles) -> float:
    """Return the level of current most half-cycles ran at; of several, the lowest [A]."""
    ordered = np.sort(halves.level_current_a)
    tried = ordered[np.unique(np.linspace(0, ordered.size - 1, min(ordered.size, MOST_LEVELS_TRIED)).astype(np.intp))]
    counts = [int(halves.is_at(level).sum()) for level in tried.tolist()]
    return float(np.median(halves.at(float(tried[int(np.argmax(counts))])).level_current_a))


def _level_starts(current: Array) -> Rows:
    size = np.abs(current)
    change = np.abs(np.diff(size))
    low = rest_threshold_a(current)
    flows = (size[1:] > low) & (size[:-1] > low)
    noise = MAD_TO_SIGMA * float(np.median(change))
    share = MAD_TO_SIGMA * float(np.median(change[flows] / size[1:][flows])) if flows.any() else 0.0
    beyond_noise = flows & (change > NOISE_FACTOR * np.maximum(noise, share * size[1:]))
    around = np.concatenate(([0.0], change, [0.0]))
    alone = change > 2 * np.maximum(around[:-2], around[2:])
    stepped = (change > CLEAR_STEP_SHARE * size[1:]) | (alone & (change > LEVEL_SHARE * size[1:]))
    return np.flatnonzero(beyond_noise & stepped) + 1


def _step_starts(current: Array, step: Array) -> Rows:
    """Return the rows at which the step of the program and the level of the current change."""
    size = np.abs(current)
    starts: Rows = np.flatnonzero((np.diff(step) != 0) & (np.abs(np.diff(size)) > LEVEL_SHARE * size[1:])) + 1
    return starts


def _overpotential(
    time: Array, voltage: Array, current: Array, last_share: float
) -> tuple[float, float, float, float, float, float, float]:
    usual = float(np.median(current))
    scatter = MAD_TO_SIGMA * float(np.median(np.abs(current - usual)))
    last = voltage[time >= time[-1] - last_share * (time[-1] - time[0])]
    spread = float(last.std(ddof=1)) if last.size > 1 else 0.0
    error = spread / math.sqrt(last.size)
    return usual, scatter, float(last.mean()), error, float(voltage[-1]), float(voltage.max()), spread
