"""A short circuit of a symmetric cell: when it began, how deep it went, and whether it ended."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

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

    @property
    def depth(self) -> float:
        """Share of the resistance that is lost at its deepest, from 0 to 1."""
        return min(max(1 - self.resistance_after_ohm / self.resistance_before_ohm, 0.0), 1.0)

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
    )


def _ratio_before(scan: Scan, begin: int) -> float:
    """Return the median ratio over up to the length of a half-cycle before a position; 1 at the first."""
    half = scan.half_of(begin)
    length = int(scan.offsets[half + 1] - scan.offsets[half])
    return float(np.median(scan.ratio[max(begin - length, 0) : begin])) if begin else 1.0


def level_before(scan: Scan, begin: int) -> float:
    """Return the median resistance over the length of a half-cycle before a position [Ω]."""
    half = min(scan.half_of(begin), scan.offsets.size - 2)
    length = max(
        int(scan.offsets[half + 1] - scan.offsets[half]), int(scan.offsets[half] - scan.offsets[max(half - 1, 0)])
    )
    return float(np.median(scan.resistance[max(begin - length, 0) : max(begin, 1)]))


def _lowest(scan: Scan, values: Array, begin: int, end: int) -> float:
    """Return the lowest median that half-cycles, or their parts, have between two positions; at least zero."""
    inner = scan.offsets[(scan.offsets > begin) & (scan.offsets < end)]
    parts = np.split(values[begin:end], inner - begin)
    medians = [float(np.median(part)) for part in parts if part.size >= DEPTH_ROWS]
    return max(min(medians or [float(np.median(values[begin:end]))]), 0.0)


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
