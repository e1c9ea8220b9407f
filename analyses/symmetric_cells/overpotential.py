"""Overpotential of a symmetric cell by half-cycle, its growth, and the current density the cell bears."""

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from analyses.cycling.half_cycles import SECONDS_PER_HOUR, Runs, check_series, rest_threshold_a, runs_of
from analyses.insufficient_data import InsufficientData
from analyses.statistics.medians import MAD_TO_SIGMA
from analyses.uncertainty import Estimate

Array = NDArray[np.float64]
Rows = NDArray[np.intp]

NORMAL_95 = 1.959964
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
SLIGHT_SHARE = 1e-3
FEWEST_PAIRS = 4
MOST_FITTED = 1000


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

    def selected(self, which: NDArray[np.bool_]) -> "HalfCycles":
        """Return the half-cycles flagged, of shape (half_cycles,)."""
        arrays = {name: part[which] for name, part in vars(self).items() if name != "runs"}
        return HalfCycles(self.runs.selected(which), **arrays)

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
        away = np.abs(self.current_a - level_a)
        is_at_level = np.zeros(away.size, dtype=bool)
        for sign in (1, -1):
            way = np.flatnonzero(self.runs.sign == sign)
            if way.size:
                nearest = int(way[np.argmin(away[way])])
                if away[nearest] <= self._offset_a(level_a):
                    is_at_level[way] = self._close(nearest, way, LEVEL_SHARE * self.current_a[nearest])
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
            size = float(self.current_a[index])
            least = LEVEL_SHARE * size if sign in known else self._offset_a(size)
            if like is None or not self._close(like, np.array([index]), least)[0]:
                number, known = number + 1, {}
            known.setdefault(sign, index)
            level[index] = number
        return level

    def _offset_a(self, level_a: float) -> float:
        return max(OPPOSITE_SHARE * level_a, OFFSET_SHARE * float(self.current_a.max()))

    def _close(self, index: int, others: Rows, least_a: float) -> NDArray[np.bool_]:
        """Return which of the others have the current of one half-cycle, within their errors or `least_a`."""
        tolerance = LEVEL_ERRORS * np.hypot(self.current_error_a[others], self.current_error_a[index])
        close: NDArray[np.bool_] = np.abs(self.current_a[others] - self.current_a[index]) <= np.maximum(
            least_a, tolerance
        )
        return close


def symmetric_half_cycles(
    test_time_second: Array, voltage_volt: Array, current_ampere: Array, *, last_share: float
) -> HalfCycles:
    """Find the half-cycles and their overpotentials.

    A half-cycle ends where the current changes its sign, rests, or steps to another level: by more than 5 % from one
    row to the next, or by more than 0.5 % where the current is steady before and after, and in either case by more
    than six times its noise. The overpotential is the mean voltage in the direction of the current over the last part
    of its duration; that is |V|, but for noise about zero, which does not add up.

    Parameters
    ----------
    test_time_second, voltage_volt, current_ampere : ndarray, shape (rows,)
        Time, never going back [s], voltage [V], current [A].
    last_share : float
        Share of the duration, counted from the end, that is averaged; above 0, at most 1.

    Returns
    -------
    HalfCycles

    Raises
    ------
    InsufficientData
        If a number is missing, time goes back, no current flows, or voltage and current have opposite signs.
    """
    check_series(test_time_second, voltage_volt, current_ampere)
    if not current_ampere.any():
        raise InsufficientData("no-current", "no half-cycles: the current is zero in every row")
    runs = runs_of(test_time_second, voltage_volt, current_ampere, _level_starts(current_ampere))
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
    summaries = [
        _overpotential(test_time_second[rows], sign * voltage_volt[rows], np.abs(current_ampere[rows]), last_share)
        for rows, sign in (
            (slice(first, last + 1), sign)
            for first, last, sign in zip(runs.first_row, runs.last_row, runs.sign, strict=True)
        )
    ]
    current, scatter, mean, error, end, peak = np.array(summaries).T
    if np.median(mean) < 0:
        raise InsufficientData(
            "voltage-opposes-current",
            "voltage and current have opposite signs in most half-cycles: check the sign of the current and the wiring",
        )
    middle = (test_time_second[runs.first_row] + test_time_second[runs.last_row]) / 2 - begun
    usual = current * float(np.median(scatter / current))
    median_error = MEDIAN_ERROR * np.maximum(scatter, usual) / np.sqrt(runs.last_row - runs.first_row + 1)
    return HalfCycles(runs, middle / SECONDS_PER_HOUR, current, median_error, mean, error, end, peak)


def usual_current_a(halves: HalfCycles) -> float:
    """Return the current most half-cycles ran at; of several, the lowest [A]."""
    ordered = np.sort(halves.current_a)
    tried = ordered[np.unique(np.linspace(0, ordered.size - 1, min(ordered.size, MOST_LEVELS_TRIED)).astype(np.intp))]
    counts = [int(halves.is_at(level).sum()) for level in tried.tolist()]
    return float(np.median(halves.at(float(tried[int(np.argmax(counts))])).current_a))


def mean_overpotential_v(halves: HalfCycles) -> Estimate:
    """Return the mean over half-cycles of one current.

    Half-cycles of opposite direction are averaged in pairs first, so that an offset of the voltage drops out. The
    standard uncertainty is that of the mean of a straight line through the pairs against time: a steady growth is
    not scatter. With fewer than four pairs it is that of the rows averaged.

    Parameters
    ----------
    halves : HalfCycles
        Half-cycles of one current (`HalfCycles.at`).

    Returns
    -------
    Estimate
        Overpotential [V].
    """
    time, pairs = _pairs(halves)
    if pairs.size < FEWEST_PAIRS:
        error = math.sqrt(float((halves.standard_error_v**2).sum())) / halves.standard_error_v.size
        return Estimate.measured(float(halves.overpotential_v.mean()), error).attributed("scatter")
    centred = time - time.mean()
    slope = float((centred * pairs).sum() / (centred**2).sum())
    residual = pairs - pairs.mean() - slope * centred
    degrees = pairs.size - 2
    scatter = math.sqrt(float((residual**2).sum()) / degrees)
    return Estimate.measured(float(pairs.mean()), scatter / math.sqrt(pairs.size), degrees).attributed("scatter")


def polarisation_growth_v_h(halves: HalfCycles) -> Estimate | None:
    """Return the growth of the overpotential per hour: the median slope between all pairs of points (Theil-Sen).

    Parameters
    ----------
    halves : HalfCycles
        Half-cycles of one current (`HalfCycles.at`).

    Returns
    -------
    Estimate or None
        Its standard uncertainty is Sen's 95 % confidence interval over 2 × 1.96; None with fewer than four pairs of
        half-cycles [V h⁻¹].
    """
    from scipy.stats import theilslopes

    time, pairs = _pairs(halves)
    if pairs.size < FEWEST_PAIRS:
        return None
    if pairs.size > MOST_FITTED:
        parts = np.array_split(np.arange(pairs.size), MOST_FITTED)
        time = np.array([np.median(time[part]) for part in parts])
        pairs = np.array([np.median(pairs[part]) for part in parts])
    slope, _, low, high = theilslopes(pairs, time, alpha=0.95)
    return Estimate.measured(float(slope), float(high - low) / (2 * NORMAL_95)).attributed("fit")


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


def _overpotential(
    time: Array, voltage: Array, current: Array, last_share: float
) -> tuple[float, float, float, float, float, float]:
    usual = float(np.median(current))
    scatter = MAD_TO_SIGMA * float(np.median(np.abs(current - usual)))
    last = voltage[time >= time[-1] - last_share * (time[-1] - time[0])]
    error = float(last.std(ddof=1)) / math.sqrt(last.size) if last.size > 1 else 0.0
    return usual, scatter, float(last.mean()), error, float(voltage[-1]), float(voltage.max())


def _pairs(halves: HalfCycles) -> tuple[Array, Array]:
    """Return middle time [h] and overpotential [V] averaged over neighbours of opposite sign, each used once."""
    sign = halves.runs.sign
    indices, index = [], 0
    while index + 1 < sign.size:
        if sign[index] != sign[index + 1]:
            indices.append(index)
            index += 1
        index += 1
    first = np.array(indices, dtype=np.intp)
    return (
        (halves.middle_h[first] + halves.middle_h[first + 1]) / 2,
        (halves.overpotential_v[first] + halves.overpotential_v[first + 1]) / 2,
    )
