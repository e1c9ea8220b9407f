"""A short circuit of a symmetric cell: when it began, how deep it went, and whether it ended."""

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from analyses.statistics.medians import MAD_TO_SIGMA
from analyses.symmetric_cells.conditions import HalfConditions
from analyses.symmetric_cells.creeping import start_of_decline
from analyses.symmetric_cells.row_scan import Excursion, Scan

Array = NDArray[np.float64]
Rows = NDArray[np.intp]

SUDDEN_SHARE = 0.6
"""A short circuit is sudden if this share of its depth is there within half a half-cycle."""
FULL_DEPTH = 0.8
"""A short circuit is full if at most a fifth of the resistance is left."""
ROWS_IN_DOUBT = 2
EARLY_SHARE = 0.5
FEWEST_EARLY = 3
DEPTH_ROWS = 5
FEWEST_CHANGES = 2
MEDIAN_ERROR = math.sqrt(math.pi / 2)
"""Standard error of a median of normal numbers over that of their mean."""


@dataclass(frozen=True)
class ShortCircuit:
    """When it began, how deep it went, and whether it ended."""

    row: int
    """First row, from 0, with the lower resistance."""
    time_s: float
    earliest_s: float
    latest_s: float
    """Bounds of its begin: two rows before the last good one and after the first bad one, as noise may hide the exact
    row; of a creeping one, from the last sound half-cycle to when it was certain."""
    end_row: int | None
    """First row after it; None if it lasts to the end of the data."""
    end_s: float | None
    resistance_before_ohm: float
    resistance_after_ohm: float
    """At its deepest."""
    is_sudden: bool
    error_before_ohm: float = 0.0
    error_after_ohm: float = 0.0
    """Standard uncertainties of both, from the noise of the rows and the scatter of the half-cycles."""

    @property
    def depth(self) -> float:
        """Share of the resistance that is lost at its deepest, from 0 to 1."""
        return min(max(1 - self.resistance_after_ohm / self.resistance_before_ohm, 0.0), 1.0)

    @property
    def depth_uncertainty(self) -> float:
        """Standard uncertainty of the depth."""
        left = self.resistance_after_ohm / self.resistance_before_ohm
        return math.hypot(self.error_after_ohm, left * self.error_before_ohm) / self.resistance_before_ohm

    @property
    def is_full(self) -> bool:
        """True if at most a fifth of the resistance is left."""
        return self.depth >= FULL_DEPTH


def short_circuit_of(scan: Scan, conditions: HalfConditions, time: Array, drop: Excursion) -> ShortCircuit:
    """Return the short circuit of a drop, sudden or creeping, with its begin and depth.

    Parameters
    ----------
    scan : Scan
        The rows against the resistance of a sound cell.
    conditions : HalfConditions
        Of its half-cycles.
    time : ndarray, shape (rows,)
        Time [s].
    drop : Excursion
        One of the scan.

    Returns
    -------
    ShortCircuit
    """
    end = scan.rows.size if drop.end is None else drop.end
    deepest = _lowest(scan, scan.ratio, drop.begin, end)
    half = scan.half_of(drop.begin)
    early_rows = max(FEWEST_EARLY, int(EARLY_SHARE * (scan.offsets[half + 1] - scan.offsets[half])))
    rows = slice(drop.begin, min(drop.begin + early_rows, end))
    early = float(np.median(scan.ratio[rows]))
    late = min(_ratio_before(scan, drop.begin), 1.0)
    is_sudden = late - early >= SUDDEN_SHARE * (1 - deepest)
    if is_sudden:
        begin = _refined(scan, drop, end)
        earliest, latest = scan.rows[max(begin - 1 - ROWS_IN_DOUBT, 0)], scan.rows[min(begin + ROWS_IN_DOUBT, end - 1)]
        before = level_before(scan, begin)
    else:
        begin = min(start_of_decline(scan, conditions, half), drop.begin)
        sound = scan.half_of(max(begin - 1, 0))
        earliest, latest = scan.rows[scan.offsets[sound]], scan.rows[drop.alarm]
        before = max(level_before(scan, begin), scan.expected_ohm(rows))
    row = int(scan.rows[begin])
    end_row = None if drop.end is None else int(scan.rows[drop.end])
    return ShortCircuit(
        row,
        float(time[row]),
        float(time[min(earliest, row)]),
        float(time[max(latest, row)]),
        end_row,
        None if end_row is None else float(time[end_row]),
        before,
        min(_lowest(scan, scan.resistance, drop.begin, end), before),
        is_sudden,
        *_errors(scan, begin, (drop.begin, end), before),
    )


def level_scatter_ohm(scan: Scan) -> float:
    """Return the standard deviation of the resistance of sound half-cycles about those next to them [Ω].

    Parameters
    ----------
    scan : Scan

    Returns
    -------
    float
        Zero if fewer than three are sound.
    """
    change = np.diff(scan.level[scan.is_sound])
    return _deviation(change - np.median(change)) / math.sqrt(2) if change.size >= FEWEST_CHANGES else 0.0


def _errors(scan: Scan, begin: int, low: tuple[int, int], before_ohm: float) -> tuple[float, float]:
    """Return the standard uncertainties of the resistance before and at the deepest.

    Each is a median of rows, whose noise is that from row to row; half-cycles scatter about their neighbours. The least
    of several medians is lower than the level by about √(2 ln k) of their errors.
    """
    scatter = level_scatter_ohm(scan)
    before = scan.resistance[_start_before(scan, begin) : max(begin, 1)]
    parts = [part for part in _parts(scan, scan.resistance, *low) if part.size >= DEPTH_ROWS]
    parts = parts or [scan.resistance[low[0] : low[1]]]
    deepest = min(parts, key=lambda part: float(np.median(part)))
    share = min(max(float(np.median(deepest)) / before_ohm, 0.0), 1.0)
    of_least = 1 + math.sqrt(2 * math.log(len(parts)))
    return (
        math.hypot(_median_error(before), scatter),
        math.hypot(of_least * _median_error(deepest), share * scatter),
    )


def _median_error(rows: Array) -> float:
    """Return the standard error of the median of rows, from what neighbours differ by."""
    if rows.size < 2:
        return 0.0
    return MEDIAN_ERROR * _deviation(np.diff(rows)) / math.sqrt(2 * rows.size)


def _deviation(values: Array) -> float:
    return MAD_TO_SIGMA * float(np.median(np.abs(values)))


def _ratio_before(scan: Scan, begin: int) -> float:
    """Return the median ratio over up to the length of a half-cycle before a position; 1 at the first."""
    half = scan.half_of(begin)
    length = int(scan.offsets[half + 1] - scan.offsets[half])
    return float(np.median(scan.ratio[max(begin - length, 0) : begin])) if begin else 1.0


def level_before(scan: Scan, begin: int) -> float:
    """Return the median resistance over the length of a half-cycle before a position [Ω]."""
    return float(np.median(scan.resistance[_start_before(scan, begin) : max(begin, 1)]))


def _start_before(scan: Scan, begin: int) -> int:
    """Return the position a half-cycle before another."""
    half = min(scan.half_of(begin), scan.offsets.size - 2)
    length = max(
        int(scan.offsets[half + 1] - scan.offsets[half]), int(scan.offsets[half] - scan.offsets[max(half - 1, 0)])
    )
    return max(begin - length, 0)


def _lowest(scan: Scan, values: Array, begin: int, end: int) -> float:
    """Return the lowest median that half-cycles, or their parts, have between two positions; at least zero."""
    medians = [float(np.median(part)) for part in _parts(scan, values, begin, end) if part.size >= DEPTH_ROWS]
    return max(min(medians or [float(np.median(values[begin:end]))]), 0.0)


def _parts(scan: Scan, values: Array, begin: int, end: int) -> list[Array]:
    """Return the values of each half-cycle, or part of one, between two positions."""
    inner = scan.offsets[(scan.offsets > begin) & (scan.offsets < end)]
    return [np.asarray(part) for part in np.split(values[begin:end], inner - begin)]


def _refined(scan: Scan, drop: Excursion, end: int) -> int:
    """Return the position that separates the ratios about the begin into two levels, by least squares."""
    width = max(drop.alarm - drop.begin + 1, 3 * DEPTH_ROWS)
    low = max(drop.begin - width, 0)
    ratio = scan.ratio[low : min(drop.begin + width, end)]
    count = np.arange(1, ratio.size)
    total = np.cumsum(ratio)
    before, after = total[:-1] / count, (total[-1] - total[:-1]) / (ratio.size - count)
    gain = np.where(after < before, count * (ratio.size - count) * (before - after) ** 2, 0.0)
    return low + int(np.argmax(gain)) + 1 if gain.size and gain.max() > 0 else drop.begin
