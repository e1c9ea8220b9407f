"""The shift between the clocks of a pressure log and a cycling test, from how the pressure follows the charge."""

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from analyses.coded_text import Listed
from analyses.component import Component
from analyses.insufficient_data import InsufficientData
from analyses.uncertainty import Estimate

Array = NDArray[np.float64]
Rows = NDArray[np.intp]

FEWEST_BINS, MOST_BINS = 200, 1000
BINS_PER_HALF_CYCLE = 40
MOST_SHIFTS = 6000
SUBDIVISION = 8
"""Shifts tried within one bin of the log, near the best."""
MOST_REFINED = 8
"""Best ranges of shifts in which shifts are tried within one bin."""
FEW_SHIFTS = 16
"""Up to this many, products of windows are faster than products of all rows."""
MEMORIES = (0.0, 0.5, 0.8, 0.95, 0.99)
"""Of exponential smoothing, which make the residuals of a random walk with independent noise independent: zero for a
walk alone, nearly one for noise alone."""
SETTLING_SHARES = (0.03, 0.1, 0.3)
"""Time constants of settling, over the duration of the log."""
DEGREE = 9
"""The pressure is a polynomial of this degree in the charge."""
RIVAL_RATIO = 1.06
"""Sum of squares, over that of the best shift, up to which another one is not excluded."""
RIVAL_LIKELIHOOD = 12.0
"""Logarithm of the likelihood ratio up to which another shift is not excluded."""
WIDEST_SHARE = 0.25
"""Share of a half-cycle that the shifts not excluded may span."""
LEAST_OF_LOWEST = 0.5
"""Share of the lowest sum of squares computed that a parabola through it may have as its lowest point."""
LEAST_OVERLAP = 0.5
"""Share of the shorter of log and test in which both are recorded."""
MOST_CANDIDATES = 6
RIDGE = 1e-9
STEADY = 1e-12
"""Share of its square up to which the variance of a pressure is round-off."""


@dataclass(frozen=True)
class ShiftScan:
    """How well a pressure log agrees with the charge at each shift of its clock."""

    shift_s: Array
    """Shifts tried: time of the test minus that of the log, rising, of shape (shifts,) [s]."""
    misfit: Array
    """Sum of squares of the whitened residuals over that of the best shift, of shape (shifts,)."""
    without_charge: float
    """The same of a pressure that does not follow the charge."""
    degrees_of_freedom: int
    best: Estimate
    """The best shift, with the uncertainty of noise and drift of the pressure alone [s]."""
    half_cycle_s: float
    """Usual duration of a half-cycle."""

    @property
    def limit(self) -> float:
        """Misfit up to which a shift is not excluded."""
        return max(RIVAL_RATIO, math.exp(2 * RIVAL_LIKELIHOOD / self.degrees_of_freedom))

    @property
    def candidates(self) -> tuple[float, ...]:
        """Shifts that are not excluded, the best of each range of them, best first [s]."""
        rows = np.flatnonzero(self.misfit <= self.limit)
        apart = np.diff(self.shift_s[rows]) > WIDEST_SHARE * self.half_cycle_s
        ranges = np.split(rows, np.flatnonzero(apart) + 1)
        tops = [part[int(np.argmin(self.misfit[part]))] for part in ranges]
        return tuple(float(self.shift_s[row]) for row in sorted(tops, key=lambda row: float(self.misfit[row])))

    @property
    def span_s(self) -> float:
        """From the smallest to the largest shift that is not excluded [s]."""
        allowed = self.shift_s[self.misfit <= self.limit]
        return float(np.ptp(allowed))

    def misfit_at(self, shift_s: float) -> float:
        """Return the misfit at a shift; infinite outside those tried."""
        return float(np.interp(shift_s, self.shift_s, self.misfit, left=math.inf, right=math.inf))

    @property
    def is_decisive(self) -> bool:
        """True if the charge explains the pressure, and at one shift only."""
        explains = self.without_charge > self.limit
        return explains and self.span_s <= WIDEST_SHARE * self.half_cycle_s


def scan_shifts(
    log_time_s: Array, pressure: Array, test_time_s: Array, current_a: Array, half_cycle_s: float
) -> ShiftScan:
    """Compare a pressure log with the charge of a test at each shift of its clock.

    The pressure is a polynomial of ninth degree of the charge, a straight line and exponentials of time (settling of
    the set-up), and noise that is independent from row to row, a random walk, or both: residuals are whitened by
    exponential smoothing, at each shift with the memory of the smallest sum of squares. Before and after the test no
    charge passes. A pressure that lags behind the charge, as relaxing layers do, moves the shift by its lag.

    Parameters
    ----------
    log_time_s, pressure : ndarray, shape (log rows,)
        Rising time on the clock of the log [s], and pressure in any unit.
    test_time_s, current_a : ndarray, shape (test rows,)
        Rising time on the clock of the test [s] and current [A].
    half_cycle_s : float
        Usual duration of a half-cycle [s].

    Returns
    -------
    ShiftScan

    Raises
    ------
    InsufficientData
        If no charge passes, or the pressure is a straight line.

    References
    ----------
    Harvey, A. C. (1989). Forecasting, Structural Time Series Models and the Kalman Filter, Cambridge University Press,
    chapter 2. https://doi.org/10.1017/CBO9781107049994
    """
    grid = _grid(log_time_s, pressure, test_time_s, current_a, half_cycle_s)
    by_memory = np.array([_sums(grid, memory, 0) for memory in MEMORIES])
    memory = MEMORIES[int(np.argmin(by_memory.min(axis=1)))]
    squares = by_memory.min(axis=0)
    # A whole bin off, a rival leaves more than the noise: each range is compared at its own lowest point.
    reach = max(int(WIDEST_SHARE * half_cycle_s / grid.bin_s), 1)
    ranges = [_refined(grid, memory, index) for index in _lowest_of_ranges(squares, reach)]
    degrees = max(grid.pressure.size - DEGREE - len(SETTLING_SHARES) - 2, 1)
    vertices = [_vertex(*each, degrees) for each in ranges]
    best, _ = min(vertices, key=lambda vertex: vertex[1])
    shifts = np.concatenate((grid.shift_s, *(shift for shift, _ in ranges), [v.magnitude for v, _ in vertices]))
    sums = np.concatenate((squares, *(fine for _, fine in ranges), [value for _, value in vertices]))
    order = np.argsort(shifts, kind="stable")
    lowest = float(sums.min())
    interval_s = float(np.ptp(log_time_s)) / (log_time_s.size - 1)
    best = best.attributed("noise")
    return ShiftScan(
        shift_s=shifts[order],
        misfit=sums[order] / lowest,
        without_charge=min(_without_charge(grid, memory) for memory in MEMORIES) / lowest,
        degrees_of_freedom=degrees,
        best=best.with_components(Component("resolution", interval_s / math.sqrt(12))),
        half_cycle_s=half_cycle_s,
    )


def found_shift(scan: ShiftScan) -> Estimate:
    """Return the shift that a scan determines.

    Parameters
    ----------
    scan : ShiftScan

    Returns
    -------
    Estimate
        Time of the test minus time of the log [s].

    Raises
    ------
    InsufficientData
        `clock-shift-not-determined` if the pressure does not follow the charge closely enough,
        `clock-shift-ambiguous` if it does so at several shifts.
    """
    candidates = scan.candidates
    if scan.without_charge <= scan.limit or (len(candidates) == 1 and not scan.is_decisive):
        raise InsufficientData(
            "clock-shift-not-determined",
            "the pressure does not follow the charge closely enough to determine the start of the log: enter the test "
            "time at its first row as {parameter}, or upload files with time stamps",
            parameter="clock_shift",
        )
    if not scan.is_decisive:
        raise InsufficientData(
            "clock-shift-ambiguous",
            "the pressure follows the charge about equally well with the log shifted by {shifts_s:.0f} s: enter the "
            "correct shift as {parameter}, or upload files with time stamps",
            shifts_s=Listed(candidates[:MOST_CANDIDATES]),
            parameter="clock_shift",
        )
    return scan.best


@dataclass(frozen=True)
class _Grid:
    """A log in bins of even time, and the charge at every shift of it."""

    pressure: Array
    """Mean of each bin, of shape (bins,)."""
    charge: Array
    """Chebyshev polynomials of the charge, from as long before the test as the log is to as long after it, in parts of
    a bin, of shape (degrees, parts)."""
    shift_s: Array
    """Of each first part that a log may begin at and that is a whole number of bins from the first [s]."""
    bin_s: float
    allowed: Rows
    """Index of the first part of each shift."""


def _grid(log_time: Array, pressure: Array, test_time: Array, current: Array, half_cycle_s: float) -> _Grid:
    log_span, test_span = float(np.ptp(log_time)), float(np.ptp(test_time))
    wanted = BINS_PER_HALF_CYCLE * log_span / half_cycle_s
    bins = min(log_time.size, int(np.clip(wanted, FEWEST_BINS, MOST_BINS)))
    bin_s = max(log_span / bins, (log_span + test_span) / MOST_SHIFTS)
    bins = max(int(log_span / bin_s), 2)
    edges = float(log_time[0]) + bin_s * np.arange(bins + 1, dtype=np.float64)
    mean = _bin_means(log_time, pressure, edges)
    charge = np.concatenate(([0.0], np.cumsum((current[1:] + current[:-1]) / 2 * np.diff(test_time))))
    if np.ptp(charge) == 0 or float(np.var(mean)) <= STEADY * float(np.mean(mean**2)):
        raise InsufficientData("no-charge-passed", "no charge passes in the test, or the pressure does not change")
    part_s = bin_s / SUBDIVISION
    before = bins * SUBDIVISION
    parts = before + int(test_span / part_s) + 1 + before
    moment = float(test_time[0]) + part_s * (np.arange(parts) - before + 0.5)
    scaled = 2 * (np.interp(moment, test_time, charge) - charge.min()) / np.ptp(charge) - 1
    powers = np.polynomial.chebyshev.chebvander(scaled, DEGREE).T[1:]
    first = np.arange(0, parts - before, SUBDIVISION)
    start = float(test_time[0]) + part_s * (first - before)
    overlap = np.minimum(start + log_span, float(test_time[-1])) - np.maximum(start, float(test_time[0]))
    allowed = overlap >= LEAST_OVERLAP * min(log_span, test_span)
    return _Grid(mean, powers, (start - float(log_time[0]))[allowed], bin_s, first[allowed])


def _bin_means(time: Array, values: Array, edges: Array) -> Array:
    area = np.concatenate(([0.0], np.cumsum((values[1:] + values[:-1]) / 2 * np.diff(time))))
    means: Array = np.diff(np.interp(edges, time, area)) / np.diff(edges)
    return means


def _whitened(values: Array, memory: float) -> Array:
    """Return the errors of exponential smoothing as a prediction, along the last axis."""
    from scipy.signal import lfilter

    white: Array = lfilter([1.0, -1.0], [1.0, -memory], values, axis=-1)
    return white


def _fixed(grid: _Grid, memory: float) -> tuple[Array, Array]:
    """Return the whitened pressure and the whitened columns that no shift moves: a line of time, the first level and
    settling."""
    count = grid.pressure.size
    since = np.linspace(0.0, 1.0, count)
    columns = [since, np.ones(count), *(np.exp(-since / share) for share in SETTLING_SHARES)]
    return _whitened(grid.pressure - grid.pressure[0], memory), _whitened(np.array(columns), memory)


def _without_charge(grid: _Grid, memory: float) -> float:
    pressure, columns = _fixed(grid, memory)
    left = np.linalg.lstsq(columns.T, pressure, rcond=None)[0]
    return float(((pressure - left @ columns) ** 2).sum())


def _sums(grid: _Grid, memory: float, part: int) -> Array:
    """Return the sum of squares at each allowed shift and this many parts of a bin later."""
    pressure, fixed = _fixed(grid, memory)
    total = np.concatenate((np.zeros((DEGREE, 1)), np.cumsum(grid.charge, axis=1)), axis=1)
    at = part + SUBDIVISION * np.arange((grid.charge.shape[1] - part) // SUBDIVISION + 1)
    moving = _whitened(np.diff(total[:, at], axis=1) / SUBDIVISION, memory)
    first = grid.allowed // SUBDIVISION
    first = first[first + pressure.size <= moving.shape[1]]
    products = _products_of_windows if first.size <= FEW_SHIFTS else _products_of_all
    gram, right = products(moving, fixed, pressure, first)
    scale = np.einsum("kii->ki", gram)
    ridge = RIDGE * np.maximum(scale, scale.max() * RIDGE)
    gram = gram + ridge[:, :, np.newaxis] * np.eye(gram.shape[1])
    answer = np.linalg.solve(gram, right[:, :, np.newaxis])[:, :, 0]
    # Exact with the ridge, too: |y|² - 2 b·a + a·G·a without it.
    fitted = 2 * np.einsum("ki,ki->k", right, answer) - np.einsum(
        "ki,kij,kj->k", answer, gram - ridge[:, :, np.newaxis] * np.eye(gram.shape[1]), answer
    )
    squares = float(pressure @ pressure)
    left = np.maximum(squares - fitted, STEADY * squares)
    return np.append(left, np.full(grid.allowed.size - first.size, np.inf))


def _products_of_windows(moving: Array, fixed: Array, pressure: Array, first: Rows) -> tuple[Array, Array]:
    """Return the products of the columns with each other, of shape (shifts, columns, columns), and with the pressure,
    of shape (shifts, columns)."""
    windows = np.lib.stride_tricks.sliding_window_view(moving, pressure.size, axis=1)[:, first].swapaxes(0, 1)
    columns = np.concatenate((windows, np.broadcast_to(fixed, (first.size, *fixed.shape))), axis=1)
    return columns @ columns.swapaxes(1, 2), columns @ pressure


def _products_of_all(moving: Array, fixed: Array, pressure: Array, first: Rows) -> tuple[Array, Array]:
    """Return the same as `_products_of_windows`, without a window in memory for each of many shifts."""
    size, count = pressure.size, moving.shape[0] + fixed.shape[0]
    gram = np.empty((first.size, count, count))
    right = np.empty((first.size, count))
    for row in range(moving.shape[0]):
        for column in range(row, moving.shape[0]):
            total = np.concatenate(([0.0], np.cumsum(moving[row] * moving[column])))
            gram[:, row, column] = gram[:, column, row] = total[first + size] - total[first]
        for column in range(fixed.shape[0]):
            products = np.correlate(moving[row], fixed[column], "valid")[first]
            gram[:, row, moving.shape[0] + column] = gram[:, moving.shape[0] + column, row] = products
        right[:, row] = np.correlate(moving[row], pressure, "valid")[first]
    gram[:, moving.shape[0] :, moving.shape[0] :] = fixed @ fixed.T
    right[:, moving.shape[0] :] = fixed @ pressure
    return gram, right


def _refined(grid: _Grid, memory: float, best: int) -> tuple[Array, Array]:
    """Return shifts in parts of a bin about the best whole one, and their sums of squares."""
    shifts, squares = [], []
    few = slice(max(best - 3, 0), best + 3)
    near = _Grid(grid.pressure, grid.charge, grid.shift_s[few], grid.bin_s, grid.allowed[few])
    for part in range(1, SUBDIVISION):
        sums = _sums(near, memory, part)
        kept = np.isfinite(sums)
        shifts.append(near.shift_s[kept] + part * grid.bin_s / SUBDIVISION)
        squares.append(sums[kept])
    whole = _sums(near, memory, 0)
    kept = np.isfinite(whole)
    shift, square = np.concatenate((*shifts, near.shift_s[kept])), np.concatenate((*squares, whole[kept]))
    order = np.argsort(shift)
    return shift[order], square[order]


def _lowest_of_ranges(squares: Array, reach: int) -> list[int]:
    """Return the whole bins with the lowest sums of squares that are this far from each other, the best first."""
    left, lowest = squares.copy(), list[int]()
    while len(lowest) < MOST_REFINED and np.isfinite(left).any():
        lowest.append(int(np.argmin(left)))
        left[max(lowest[-1] - reach, 0) : lowest[-1] + reach + 1] = np.inf
    return lowest


def _vertex(shift: Array, squares: Array, degrees: int) -> tuple[Estimate, float]:
    """Return the lowest point of the parabola through the sums of squares about their lowest, and the sum there."""
    lowest = int(np.argmin(squares))
    near = slice(max(lowest - SUBDIVISION // 2, 0), lowest + SUBDIVISION // 2 + 1)
    x, y = shift[near] - shift[lowest], squares[near]
    step = float(np.abs(x).max()) or 1.0
    curved, slope, level = np.polyfit(x / step, y, 2) if x.size > 3 else (0.0, 0.0, 0.0)
    if curved <= 0:
        return Estimate.measured(float(shift[lowest]), step), float(squares[lowest])
    vertex = float(np.clip(-slope / (2 * curved), -1.0, 1.0))
    error = step * math.sqrt(float(squares[lowest]) / degrees / float(curved))
    there = float(level + slope * vertex + curved * vertex**2)
    at_vertex = float(np.clip(there, LEAST_OF_LOWEST * squares[lowest], squares[lowest]))
    return Estimate.measured(float(shift[lowest]) + step * vertex, error, degrees), at_vertex
