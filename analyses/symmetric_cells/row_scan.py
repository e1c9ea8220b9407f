"""Each row of a symmetric-cell test against the resistance of a sound cell, and where it leaves it for a while."""

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from analyses.cycling.rows.half_cycles import Runs
from analyses.statistics.medians import MAD_TO_SIGMA
from analyses.symmetric_cells.conditions import HalfConditions
from analyses.symmetric_cells.excursions import LIMIT, Watch, log_likelihood_ratio
from analyses.symmetric_cells.references import Reference, References

Array = NDArray[np.float64]
Rows = NDArray[np.intp]

DROP = 0.3
"""Share by which the resistance must fall for a short circuit."""
LEAST_MIDDLE = 0.3
CLEAR_SCATTERS = 4.0
"""Or more, if the half-cycles before scatter: four times their scatter."""
UNKNOWN_SCATTER = 0.05
FEWEST_SCATTERED = 4
RECENT = 20
CONTACT_LOSS = 3.0
"""Factor by which the resistance rises when the electrodes lose contact."""
LEAST_NOISE = 0.02
FEWEST_OWN = 10
MOST_ROWS, FEWEST_ROWS = 5, 3
"""Rows a change must last: a quarter of a half-cycle, at least three, and five of many."""
PENDING_SHARE = 0.25
WIDE = 0.7
"""What a reference from another direction or current is too low by, at most, when the end of a drop is looked for."""
FIRST_SHARE = 0.25
FIRST_ROWS = 60
FIRST_MARGIN = 0.85
"""In the first half-cycle, rows after its first quarter, or first 60 rows, are compared with those just before, which
nucleation and formation may leave this much higher."""


@dataclass
class Excursion:
    """A stretch of rows with a changed resistance, by positions among the rows under current."""

    begin: int
    alarm: int
    """Where the change was taken for real."""
    end: int | None = None
    """First one after it; None if it lasts to the end of the data."""


@dataclass(frozen=True)
class Scan:
    """Results of the scan of the rows of a test."""

    rows: Rows
    """Numbers, from 0, of the rows under current, of shape (positions,)."""
    offsets: Rows
    """Position at which each half-cycle begins and, last, the number of positions, of shape (half_cycles + 1,)."""
    resistance: Array
    """|V|/|I| of each position, a constant offset of the voltage removed [Ω]."""
    ratio: Array
    """Of that to the least of a sound cell."""
    drops: tuple[Excursion, ...]
    rises: tuple[Excursion, ...]
    is_sound: NDArray[np.bool_]
    """Whether each half-cycle is outside all of them."""
    level: Array
    """Median resistance of each half-cycle [Ω]."""

    def expected_ohm(self, positions: slice) -> float:
        """Return the median resistance that a sound cell would have at positions [Ω]."""
        return float(
            np.median(self.resistance[positions] / np.where(self.ratio[positions] > 0, self.ratio[positions], 1))
        )

    def half_of(self, position: int) -> int:
        """Return the number of the half-cycle a position is in."""
        return int(np.searchsorted(self.offsets, position, side="right")) - 1


@dataclass
class _Scanner:
    """The state of a scan between half-cycles."""

    conditions: HalfConditions
    references: References
    noise_v: float
    start: int = 0
    """Position of the first row of the half-cycle."""
    fallback: float | None = None
    """Resistance before a short circuit that began when no sound half-cycle was known [Ω]."""
    drop: Watch = field(default_factory=Watch)
    rise: Watch = field(default_factory=Watch)
    drops: list[Excursion] = field(default_factory=list)
    rises: list[Excursion] = field(default_factory=list)
    levels: list[float] = field(default_factory=list)

    @property
    def is_low(self) -> bool:
        return bool(self.drops) and self.drops[-1].end is None

    @property
    def is_high(self) -> bool:
        return bool(self.rises) and self.rises[-1].end is None

    @property
    def middle(self) -> float:
        """Ratio between sound and short-circuited, lower where the half-cycles before scatter."""
        recent = np.array(self.levels[-RECENT:])
        known = recent.size >= FEWEST_SCATTERED
        scatter = MAD_TO_SIGMA * float(np.median(np.abs(recent - np.median(recent)))) if known else UNKNOWN_SCATTER
        return max(min(1 - DROP, 1 - CLEAR_SCATTERS * scatter), LEAST_MIDDLE)


def scan_rows(time: Array, voltage: Array, current: Array, runs: Runs, conditions: HalfConditions) -> Scan:
    """Compare each row under current with the resistance of a sound cell, from the half-cycles before it.

    A drop is taken for real when the summed evidence of the rows, in view of their noise, exceeds a limit, and ends in
    the same way. Rows after its begin enter no reference before it ends.

    Parameters
    ----------
    time, voltage, current : ndarray, shape (rows,)
        Time [s], voltage [V], current [A].
    runs : Runs
        At least one half-cycle.
    conditions : HalfConditions
        Of these half-cycles.

    Returns
    -------
    Scan
    """
    offsets = np.concatenate(([0], np.cumsum(runs.last_row + 1 - runs.first_row)))
    rows = np.repeat(runs.first_row - offsets[:-1], np.diff(offsets)) + np.arange(offsets[-1])
    way = np.repeat(runs.sign.astype(float), np.diff(offsets))
    forward = way * (voltage[rows] - voltage_offset_v(voltage, runs, conditions))
    resistance = forward / np.abs(current[rows])
    scanner = _Scanner(conditions, References(conditions), _noise_v(forward, offsets))
    ratio = np.ones(rows.size)
    is_sound = np.zeros(runs.sign.size, dtype=bool)
    for index in range(runs.sign.size):
        span = slice(int(offsets[index]), int(offsets[index + 1]))
        seconds = time[rows[span]] - time[rows[span.start]]
        scanner.start = span.start
        ratio[span], is_sound[index] = _scan_half_cycle(scanner, index, seconds, resistance[span])
    _close(scanner, rows.size)
    parts = zip(offsets[:-1].tolist(), offsets[1:].tolist(), strict=True)
    level = np.array([np.median(resistance[begin:end]) for begin, end in parts])
    return Scan(rows, offsets, resistance, ratio, tuple(scanner.drops), tuple(scanner.rises), is_sound, level)


def voltage_offset_v(voltage: Array, runs: Runs, conditions: HalfConditions) -> float:
    """Return the constant part of the voltage, that both directions share, from the pairs at the lowest current [V]."""
    total = np.concatenate(([0.0], np.cumsum(voltage)))
    mean = (total[runs.last_row + 1] - total[runs.first_row]) / (runs.last_row + 1 - runs.first_row)
    classes = conditions.current_class
    whole = runs.duration_s >= 0.9 * np.median(runs.duration_s)
    pairs = (runs.sign[1:] != runs.sign[:-1]) & (classes[1:] == classes[:-1]) & whole[1:] & whole[:-1]
    if not pairs.any():
        return 0.0
    lowest = pairs & (classes[1:] == classes[1:][pairs].min())
    return float(np.median((mean[1:] + mean[:-1])[lowest])) / 2


def _noise_v(forward: Array, offsets: Rows) -> float:
    """Return the usual standard deviation of the voltage from row to row within half-cycles [V]."""
    change = np.abs(np.diff(forward))
    inner = np.ones(change.size, dtype=bool)
    inner[offsets[1:-1] - 1] = False
    return MAD_TO_SIGMA * float(np.median(change[inner])) / float(np.sqrt(2)) if inner.any() else 0.0


def _scan_half_cycle(scanner: _Scanner, index: int, seconds: Array, resistance: Array) -> tuple[Array, bool]:
    """Return the ratio of each row of a half-cycle and whether it is sound; note what begins or ends in it."""
    reference = scanner.references.of(index, seconds)
    fewest = int(np.clip(resistance.size // 4, FEWEST_ROWS, MOST_ROWS))
    if reference is None:
        low = (
            _own_reference(resistance, fewest) if scanner.fallback is None else np.full(seconds.size, scanner.fallback)
        )
        reference = Reference(low, np.full(seconds.size, np.inf), is_alike=False)
    was_low, events = scanner.is_low, len(scanner.drops)
    ratio = _follow_drops(scanner, index, resistance, reference, fewest)
    rise = np.divide(resistance, reference.high, out=np.zeros(seconds.size), where=reference.high > 0)
    _follow_rises(scanner, rise, _noise(scanner, index, reference.high), fewest)
    is_event = was_low or scanner.is_low or len(scanner.drops) > events or scanner.is_high
    is_pending = max(scanner.drop.evidence, scanner.rise.evidence) > PENDING_SHARE * LIMIT
    is_sound = not is_event and resistance.size >= FEWEST_ROWS
    if is_sound and not is_pending and scanner.conditions.is_settled[index]:
        noise_ohm = scanner.noise_v / float(scanner.conditions.current_a[index])
        scanner.references.add(index, seconds, resistance, noise_ohm)
        if reference.is_alike:
            scanner.levels.append(float(np.median(ratio)))
    return ratio, is_sound


def _own_reference(resistance: Array, fewest: int) -> Array:
    """Return the median of the rows just before each, below all for those in the first quarter."""
    window = min(max(2 * fewest + 1, resistance.size // 7), FIRST_ROWS)
    first = max(window, min(int(FIRST_SHARE * resistance.size), FIRST_ROWS))
    own = np.full(resistance.size, -np.inf)
    if first < resistance.size:
        medians = np.median(np.lib.stride_tricks.sliding_window_view(resistance, window), axis=1)
        own[first:] = FIRST_MARGIN * medians[first - window : resistance.size - window]
    return own


def _follow_drops(scanner: _Scanner, index: int, resistance: Array, reference: Reference, fewest: int) -> Array:
    """Watch for the begin of a drop or, in one, for its end, and return the ratio of each row to the reference."""
    low, start = reference.low, scanner.start
    ratio = np.divide(resistance, low, out=np.ones(low.size), where=low > 0)
    noise = _noise(scanner, index, low)
    at = 0
    while at < resistance.size:
        if scanner.is_low:
            back = ratio[at:] if reference.is_own else WIDE * ratio[at:]
            evidence = -log_likelihood_ratio(back, (1 + scanner.middle) / 2, noise[at:])
        else:
            evidence = log_likelihood_ratio(ratio[at:], scanner.middle, noise[at:])
        alarm = scanner.drop.feed(start + at, evidence, fewest)
        if alarm is None:
            break
        if scanner.is_low:
            scanner.drops[-1].end = scanner.drop.begin
        else:
            scanner.drops.append(Excursion(scanner.drop.begin, alarm))
            begin = scanner.drop.begin - start
            if np.isneginf(low[0]) and begin > 0:
                scanner.fallback = float(np.median(resistance[max(begin - 2 * fewest, 0) : begin]))
                ratio[begin:] = resistance[begin:] / scanner.fallback
        scanner.drop = Watch()
        at = alarm - start + 1
    return ratio


def _noise(scanner: _Scanner, index: int, expected: Array) -> Array:
    """Return the standard deviation of the ratio to an expected resistance in each row."""
    volts = float(scanner.conditions.current_a[index]) * np.abs(expected)
    relative = np.divide(scanner.noise_v, volts, out=np.full(volts.size, np.inf), where=volts > 0)
    return np.maximum(relative, LEAST_NOISE)


def _follow_rises(scanner: _Scanner, ratio: Array, noise: Array, fewest: int) -> None:
    """Watch for a loss of contact: a resistance three times that of a sound cell."""
    at, start = 0, scanner.start
    while at < ratio.size:
        sign = -1.0 if scanner.is_high else 1.0
        evidence = sign * log_likelihood_ratio(ratio[at:], CONTACT_LOSS, noise[at:])
        alarm = scanner.rise.feed(start + at, evidence, fewest)
        if alarm is None:
            break
        if scanner.is_high:
            scanner.rises[-1].end = scanner.rise.begin
        else:
            scanner.rises.append(Excursion(scanner.rise.begin, alarm))
        scanner.rise = Watch()
        at = alarm - start + 1


def _close(scanner: _Scanner, positions: int) -> None:
    """Count what begins in the last rows of the data, where no others can follow."""
    if not scanner.is_low and scanner.drop.lasts_to(positions - 1, MOST_ROWS):
        scanner.drops.append(Excursion(scanner.drop.begin, positions - 1))
    if not scanner.is_high and scanner.rise.lasts_to(positions - 1, MOST_ROWS):
        scanner.rises.append(Excursion(scanner.rise.begin, positions - 1))
