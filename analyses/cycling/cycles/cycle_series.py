"""A capacity against cycle number: checked, with its single-cycle anomalies found, and its scatter known.

A checkpoint at another rate, an interrupted cycle or a climate chamber that failed overnight puts one cycle far from
its neighbours. Such a cycle says nothing about the fade and must not become a result.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from analyses.coded_text import Listed, Remark
from analyses.insufficient_data import InsufficientData
from analyses.statistics.medians import MAD_TO_SIGMA, median_degrees_of_freedom, running_median
from analyses.uncertainty import Estimate, is_round_off

Array = NDArray[np.float64]
Flags = NDArray[np.bool_]

ANOMALY_FACTOR = 6.0
ANOMALY_FLOOR = 0.005
"""An anomaly is at least half a per cent off, however quiet the series."""
EDGE_WIDENING = 1.6
"""sqrt(5/2): the spread of a point about a line through the four before it, one step on."""
EDGE_JUMP_FACTOR = 3.0
OUTERMOST = 8
"""Good cycles a line goes through to one beyond them: few enough to be straight, enough to know its slope."""
FEWEST_EDGE_NEIGHBOURS = 3


@dataclass(frozen=True)
class CycleSeries:
    """Capacity against cycle number, in rising order of the cycle."""

    cycle: Array
    capacity_mah: Array
    anomalous: Flags
    window: int
    scatter_mah: float
    """Standard deviation from cycle to cycle, slow changes removed; zero if there are too few cycles to tell."""
    resolution_mah: Array
    """Largest error of each capacity from what the data do not tell [mAh]."""

    @property
    def clean(self) -> Flags:
        return ~self.anomalous

    def index_of(self, cycle: int) -> int:
        """Return the index of a cycle; raise an error that lists the available cycles if it is missing."""
        matches = np.flatnonzero(self.cycle == cycle)
        if not matches.size:
            raise cycle_not_in_data(self.cycle, cycle)
        return int(matches[0])

    @property
    def degrees_of_freedom(self) -> float:
        """Of the scatter."""
        return median_degrees_of_freedom(int(self.clean.sum()) - 2)

    def capacity_at(self, cycle: int) -> float:
        """Return the capacity [mAh] of a cycle, anomalous or not."""
        return float(self.capacity_mah[self.index_of(cycle)])

    def measured_at(self, cycle: int) -> Estimate:
        """Return that capacity within its resolution. The scatter from cycle to cycle is not an error of one cycle."""
        index = self.index_of(cycle)
        capacity, resolution = float(self.capacity_mah[index]), float(self.resolution_mah[index])
        return Estimate.rounded(capacity, 0.0 if is_round_off(resolution, capacity) else resolution)

    def level_at(self, cycle: int) -> Estimate:
        """Return the capacity about which the cycles there scatter, with the scatter as its standard uncertainty: that
        of the cycle, or of an anomalous one what its neighbours lead one to expect."""
        is_odd = bool(self.anomalous[self.index_of(cycle)])
        level = self.expected_at(cycle) if is_odd else self.capacity_at(cycle)
        return Estimate.measured(level, self.scatter_mah, self.degrees_of_freedom).attributed("scatter")

    def expected_at(self, cycle: int) -> float:
        """Return the capacity [mAh] that the good cycles lead one to expect at a cycle: the median of as many on either
        side.

        Before the first good cycle, and after the last, it is that of a line through the nearest good ones: the median
        of their slopes from pair to pair (Theil-Sen), so that fade between them and the anomaly counts.
        """
        index_of = self.index_of(cycle)
        good = np.flatnonzero(self.clean)
        before, after = good[good < index_of], good[good > index_of]
        if neighbours := min(before.size, after.size, self.window // 2):
            return float(np.median(self.capacity_mah[[*before[-neighbours:], *after[:neighbours]]]))
        near = before[-OUTERMOST:] if before.size else after[:OUTERMOST]
        return _on_their_line(self.cycle[near], self.capacity_mah[near], self.cycle[index_of])


def cycle_not_in_data(cycles: Array, cycle: int) -> InsufficientData:
    """Return the refusal of a cycle that is not among these, with the nearest."""
    return InsufficientData(
        "cycle-not-in-data",
        "cycle {cycle} is not in the data (cycles {first:.0f} to {last:.0f}); the nearest is {nearest:.0f}",
        cycle=cycle,
        first=cycles[0],
        last=cycles[-1],
        nearest=cycles[int(np.argmin(np.abs(cycles - cycle)))],
    )


def _on_their_line(cycle: Array, capacity_mah: Array, at: float) -> float:
    first, second = np.triu_indices(cycle.size, 1)
    slopes = (capacity_mah[second] - capacity_mah[first]) / (cycle[second] - cycle[first])
    slope = float(np.median(slopes)) if slopes.size else 0.0
    return float(np.median(capacity_mah + slope * (at - cycle)))


def cycle_series(cycle: Array, capacity_mah: Array, *, window: int, resolution_mah: Array | None = None) -> CycleSeries:
    """Find the anomalies and the scatter of a capacity against cycle number.

    A cycle is an anomaly if it differs from the median of `window` cycles about it by more than six times the usual
    such difference (1.4826 times the median of all) and by more than 0.5 % (a Hampel filter with one scale for the
    series, that left when a line of median slope is taken out). Towards the ends the window shrinks, staying
    symmetric, so that a steady fade leaves no difference. The strongest anomaly of a neighbourhood is taken out
    before its neighbours are judged. The first and the last cycle are judged by a line of median slope through the
    good cycles next to them, and are anomalies only if they also miss it by three times the largest step between
    those cycles.

    Parameters
    ----------
    cycle : ndarray, shape (cycles,)
        Cycle numbers in rising order, as `ordered` returns them.
    capacity_mah : ndarray, shape (cycles,)
        Capacity of each cycle [mAh].
    window : int
        Number of cycles, odd and at least 3, whose median judges the one in the middle.
    resolution_mah : ndarray, shape (cycles,), optional
        Largest error of each capacity from what the data do not tell [mAh]; none if omitted.

    Returns
    -------
    CycleSeries

    Raises
    ------
    InsufficientData
        If `window` is even or below 3.

    References
    ----------
    Hampel, F. R. (1974). The influence curve and its role in robust estimation. Journal of the American Statistical
    Association 69, 383-393. https://doi.org/10.1080/01621459.1974.10482962

    Examples
    --------
    >>> series = cycle_series(np.arange(1.0, 8), np.array([10, 10, 10, 4, 10, 10, 10.0]), window=5)
    >>> series.cycle[series.anomalous].tolist()
    [4.0]
    """
    if window < 3 or window % 2 == 0:
        raise InsufficientData(
            "even-anomaly-window", "the anomaly window must be an odd number of at least 3, not {window}", window=window
        )
    scale = _usual_difference(_without_trend(cycle, capacity_mah), window)
    anomalous = _inner_anomalies(capacity_mah, window, ANOMALY_FACTOR * scale)
    for end, order in ((0, slice(None)), (capacity_mah.size - 1, slice(None, None, -1))):
        good = np.flatnonzero(~anomalous)[order]
        neighbours = good[good != end][: window - 1]
        if neighbours.size >= FEWEST_EDGE_NEIGHBOURS:
            anomalous[end] = _end_is_anomalous(cycle, capacity_mah, end, neighbours, scale)
    clean = ~anomalous
    scatter = _scatter(cycle[clean], capacity_mah[clean])
    resolution = np.zeros(cycle.size) if resolution_mah is None else resolution_mah
    return CycleSeries(cycle, capacity_mah, anomalous, window, scatter, resolution)


def ordered(cycle: Array, **columns: Array) -> tuple[Array, dict[str, Array], tuple[Remark, ...]]:
    """Check a per-cycle table and return it in rising order of the cycle, with remarks on irregular rows.

    Parameters
    ----------
    cycle : ndarray, shape (cycles,)
        Cycle numbers.
    **columns : ndarray, shape (cycles,)
        Capacities, each under its column's name.

    Returns
    -------
    cycle : ndarray, shape (cycles,)
    columns : dict of ndarray, shape (cycles,)
        Nan where a capacity is zero or missing: the half-cycle did not happen.
    remarks : tuple of Remark
        Rows out of order and cycles without capacity.

    Raises
    ------
    InsufficientData
        If a cycle is not whole or occurs twice, or a capacity is negative or infinite. Rows count from 1.
    """
    _check_cycles(cycle)
    remarks = []
    for name, values in columns.items():
        bad = np.flatnonzero(np.isinf(values) | (values < 0))
        if bad.size:
            row = int(bad[0])
            raise InsufficientData(
                "capacity-not-positive",
                "{name} is {number:g} in row {row} (cycle {cycle:.0f}): capacities must be finite and not negative",
                name=name,
                number=values[row],
                row=row + 1,
                cycle=cycle[row],
            )
        remarks += _absent(name, cycle, values)
    back = np.flatnonzero(np.diff(cycle) < 0)
    if back.size:
        remarks.append(
            Remark(
                "cycles-out-of-order",
                "Cycles out of order (row {row}, cycle {cycle:.0f}): sorted.",
                row=back[0] + 2,
                cycle=cycle[back[0] + 1],
            )
        )
    order = np.argsort(cycle, kind="stable")
    sorted_columns = {name: np.where(values > 0, values, np.nan)[order] for name, values in columns.items()}
    return cycle[order], sorted_columns, tuple(remarks)


def _absent(name: str, cycle: Array, values: Array) -> list[Remark]:
    """Return remarks on half-cycles that did not happen."""
    remarks = []
    zero, missing = np.sort(cycle[values == 0]), np.sort(cycle[np.isnan(values)])
    if zero.size:
        remarks.append(
            Remark(
                "capacity-is-zero",
                "In cycles {cycles:.0f}, {column} is zero: treated as a missing half-cycle.",
                column=name,
                cycles=Listed(zero),
            )
        )
    if missing.size:
        remarks.append(
            Remark(
                "capacity-missing",
                "In cycles {cycles:.0f}, {column} has no number: treated as a missing half-cycle.",
                column=name,
                cycles=Listed(missing),
            )
        )
    return remarks


def _check_cycles(cycle: Array) -> None:
    if not cycle.size:
        raise InsufficientData("no-cycles", "the data contain no cycles")
    irregular = np.flatnonzero(~np.isfinite(cycle) | (cycle != np.round(cycle)) | (cycle < 0))
    if irregular.size:
        raise InsufficientData(
            "irregular-cycle-numbers",
            "cycle_count is {cycle:g} in row {row}: cycle numbers must be 0, 1, 2, ...",
            cycle=cycle[irregular[0]],
            row=irregular[0] + 1,
        )
    numbers, counts = np.unique(cycle, return_counts=True)
    if (counts > 1).any():
        twice = numbers[counts > 1]
        raise InsufficientData(
            "repeated-cycle",
            "cycle {cycle:.0f} occurs {times} times (rows {rows}), one of {cycles} repeated cycles: a per-cycle "
            "table must have one row per cycle",
            cycle=twice[0],
            times=counts[counts > 1][0],
            rows=Listed(np.flatnonzero(cycle == twice[0]) + 1),
            cycles=twice.size,
        )


def _without_trend(cycle: Array, capacity: Array) -> Array:
    """Return the capacity less a line whose slope is the median over pairs half the series apart."""
    half = capacity.size // 2
    if not half:
        return capacity
    slope = np.median((capacity[half:] - capacity[:-half]) / (cycle[half:] - cycle[:-half]))
    level: Array = capacity - slope * (cycle - cycle[0])
    return level


def _inner_anomalies(capacity: Array, window: int, limit: float) -> Flags:
    anomalous = np.zeros(capacity.size, dtype=bool)
    half = window // 2
    while True:
        rest = np.flatnonzero(~anomalous)
        smooth = running_median(capacity[rest], half)
        miss = np.abs(capacity[rest] - smooth)
        beyond = miss > np.maximum(limit, ANOMALY_FLOOR * smooth)
        if not beyond.any():
            return anomalous
        padded = np.pad(miss, half)
        strongest = np.lib.stride_tricks.sliding_window_view(padded, window).max(axis=1)
        anomalous[rest[beyond & (miss == strongest)]] = True


def _usual_difference(capacity: Array, window: int) -> float:
    miss = np.abs(capacity - running_median(capacity, window // 2))[1:-1]
    return MAD_TO_SIGMA * float(np.median(miss)) if miss.size else 0.0


def _end_is_anomalous(cycle: Array, capacity: Array, end: int, neighbours: NDArray[np.intp], scale: float) -> bool:
    x, y = cycle[neighbours], capacity[neighbours]
    first, second = np.triu_indices(x.size, k=1)
    slope = float(np.median((y[second] - y[first]) / (x[second] - x[first])))
    expected = float(np.median(y - slope * x)) + slope * cycle[end]
    limit = max(
        ANOMALY_FACTOR * EDGE_WIDENING * scale,
        ANOMALY_FLOOR * abs(expected),
        EDGE_JUMP_FACTOR * float(np.abs(np.diff(y)).max()),
    )
    return bool(abs(capacity[end] - expected) > limit)


def _scatter(cycle: Array, capacity: Array) -> float:
    """Return the standard deviation of a point, from how far each lies off the line between its two neighbours."""
    if cycle.size < 3:
        return 0.0
    share = (cycle[2:] - cycle[1:-1]) / (cycle[2:] - cycle[:-2])
    miss = capacity[1:-1] - share * capacity[:-2] - (1 - share) * capacity[2:]
    scatter = MAD_TO_SIGMA * float(np.median(np.abs(miss) / np.sqrt(1 + share**2 + (1 - share) ** 2)))
    return 0.0 if is_round_off(scatter, float(np.abs(capacity).max())) else scatter
