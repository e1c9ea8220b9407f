"""One axis of a plot: its range, the position of a number, and its ticks."""

import math
import statistics
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from registry.numbers.formatting import to_typographic

LARGEST = 1e150
"""Beyond this, the range of an axis overflows; such points are omitted and counted."""
SMALLEST_PLAIN, SMALLEST_PLAIN_LABEL = -2, -4
"""Powers of ten from which labels are plain numbers: with the power in the title, and in each label."""
USUAL_BARS = 3
"""How many times the usual length of error bars there is room for beyond the points."""
LABELS_NEEDED = 3
"""Labels of a log axis from which its scale can be read."""

LONGEST_NAME = 18
"""Letters of a name at a tick."""
LETTER_WIDTH = 7.0
"""Of a name at a tick, in pixels, on average."""


@dataclass(frozen=True)
class Tick:
    """A tick at a position in pixels, with its label."""

    position: float
    label: str


@dataclass(frozen=True)
class Axis:
    """A range of numbers mapped to a range of pixels. On a log axis `low` and `high` are exponents of ten."""

    low: float
    high: float
    start: float
    end: float
    log: bool = False
    reversed: bool = False

    def get_position(self, number: float) -> float:
        coordinate = math.log10(number) if self.log else number
        share = (coordinate - self.low) / (self.high - self.low)
        return self.start + (self.end - self.start) * (1 - share if self.reversed else share)

    def contains(self, number: float) -> bool:
        """Whether a number is within the range."""
        return (number > 0 or not self.log) and self.low <= (math.log10(number) if self.log else number) <= self.high

    def get_position_within(self, number: float) -> float:
        """The position of a number; that of the nearer edge for one beyond the range."""
        is_below = number <= 0 if self.log else number < self.low
        coordinate = self.low if is_below else math.log10(number) if self.log else number
        share = (min(max(coordinate, self.low), self.high) - self.low) / (self.high - self.low)
        return self.start + (self.end - self.start) * (1 - share if self.reversed else share)

    @property
    def pixels(self) -> float:
        return abs(self.end - self.start)


def is_drawable(number: float | None, *, log: bool) -> bool:
    """Whether a number can be drawn on such an axis."""
    return number is not None and abs(number) <= LARGEST and (not log or number > 0)


def fit_axis(
    numbers: Iterable[float],
    start: float,
    end: float,
    *,
    log: bool,
    reversed_: bool,
    bars: Iterable[tuple[float, float]] = (),
) -> Axis:
    """An axis that spans all numbers with a small margin on both sides.

    `bars` are points with an end of their error bars, which widen the axis unless they reach far beyond the points.
    """
    coordinates = [math.log10(number) if log else number for number in numbers] or [0.0, 1.0]
    low, high = _widen(min(coordinates), max(coordinates), list(bars), log=log)
    if high - low <= 1e-12 * max(abs(low), abs(high), 1e-140):
        margin = 0.5 if log else abs(low) * 0.05 or 1.0
    else:
        margin = (high - low) * 0.04
    return Axis(low - margin, high + margin, start, end, log, reversed_)


def _widen(low: float, high: float, bars: Sequence[tuple[float, float]], *, log: bool) -> tuple[float, float]:
    """The range with the ends of error bars: on a log axis up to a decade beyond the points; on a linear one as far as
    the points span, or as a few usual bars are long."""
    drawable = [(point, end) for point, end in bars if is_drawable(end, log=log)]
    if not drawable:
        return low, high
    ends = [math.log10(end) if log else end for _, end in drawable]
    usual = statistics.median_low(abs(end - point) for point, end in drawable)
    room = 1.0 if log else max(high - low, USUAL_BARS * usual)
    return min(low, max(min(ends), low - room)), max(high, min(max(ends), high + room))


def rescale_axis(axis: Axis, per_pixel: float) -> Axis:
    """The same axis about the same midpoint, with this many units per pixel."""
    middle, half = (axis.low + axis.high) / 2, per_pixel * axis.pixels / 2
    return Axis(middle - half, middle + half, axis.start, axis.end, axis.log, axis.reversed)


def get_ticks(axis: Axis, count: int, *, integers: bool = False) -> tuple[Sequence[Tick], int]:
    """About `count` ticks, only at integers if required, and the common power of ten (zero for none)."""
    return (_get_log_ticks(axis, count), 0) if axis.log else _get_linear_ticks(axis, count, integers=integers)


def get_named_ticks(axis: Axis, names: Mapping[float, str]) -> list[Tick]:
    """A tick at each named position."""
    return [
        Tick(axis.get_position(position), name if len(name) <= LONGEST_NAME else f"{name[: LONGEST_NAME - 1]}…")
        for position, name in names.items()
    ]


def is_crowded(axis: Axis, names: Mapping[float, str]) -> bool:
    """Whether names in a row would run into each other."""
    return any(min(len(name), LONGEST_NAME) * LETTER_WIDTH > axis.pixels / len(names) for name in names.values())


def _get_linear_ticks(
    axis: Axis, count: int, *, integers: bool = False, smallest: int = SMALLEST_PLAIN
) -> tuple[list[Tick], int]:
    raw = (axis.high - axis.low) / count
    raw = max(raw, 1.0) if integers else raw
    power = 10.0 ** math.floor(math.log10(raw))
    factors = (1, 2, 5) if integers else (1, 2, 2.5, 5)
    step = next((factor * power for factor in factors if factor * power >= raw * 0.999), 10 * power)
    numbers = [n * step for n in range(math.ceil(axis.low / step - 1e-9), math.floor(axis.high / step + 1e-9) + 1)]
    size = math.floor(math.log10(max((abs(number) for number in numbers), default=1.0) or 1.0))
    exponent = 3 * (size // 3) if size >= 5 or size < smallest else 0
    factor = 10.0**exponent
    decimals = len(f"{step / factor:.10f}".rstrip("0").partition(".")[2])
    return [Tick(axis.get_position(n), to_typographic(f"{n / factor + 0.0:.{decimals}f}")) for n in numbers], exponent


def _get_log_ticks(axis: Axis, count: int) -> Sequence[Tick]:
    """Powers of ten; on an axis of few decades 1, 2 and 5 of each, and within one decade round numbers."""
    powers = range(math.ceil(axis.low - 1e-9), math.floor(axis.high + 1e-9) + 1)
    numbers = [(1, power) for power in powers if power % max(1, math.ceil(len(powers) / (count + 2))) == 0]
    if len(powers) < LABELS_NEEDED:
        spread = range(math.floor(axis.low), math.ceil(axis.high) + 1)
        candidates = [(factor, power) for power in spread for factor in (1, 2, 5)]
        numbers = [(f, p) for f, p in candidates if axis.low <= math.log10(f) + p <= axis.high]
    if len(numbers) < LABELS_NEEDED:
        return _get_round_ticks(axis, count)
    decimal = all(-3 <= power <= 4 for _, power in numbers)
    return [Tick(axis.get_position(f * 10.0**p), _format_log_label(f, p, decimal=decimal)) for f, p in numbers]


def _get_round_ticks(axis: Axis, count: int) -> Sequence[Tick]:
    """The ticks of a linear axis over the same numbers, at their positions on this one."""
    linear = Axis(10.0**axis.low, 10.0**axis.high, 10.0**axis.low, 10.0**axis.high)
    ticks, power = _get_linear_ticks(linear, count + 2, smallest=SMALLEST_PLAIN_LABEL)
    suffix = to_typographic(f"1e{power}").removeprefix("1") if power else ""
    return [Tick(axis.get_position(tick.position), f"{tick.label}{suffix}") for tick in ticks]


def _format_log_label(factor: int, power: int, *, decimal: bool) -> str:
    return f"{factor * 10.0**power:g}" if decimal else to_typographic(f"{factor}e{power}").removeprefix("1×")
