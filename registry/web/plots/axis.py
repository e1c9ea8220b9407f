"""One axis of a plot: its range, the position of a number, and its ticks."""

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from registry.numbers.formatting import to_typographic

LARGEST = 1e150
"""Beyond this, the range of an axis overflows; such points are omitted and counted."""


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

    @property
    def pixels(self) -> float:
        return abs(self.end - self.start)


def is_drawable(number: float | None, *, log: bool) -> bool:
    """Whether a number can be drawn on such an axis."""
    return number is not None and abs(number) <= LARGEST and (not log or number > 0)


def fit_axis(numbers: Iterable[float], start: float, end: float, *, log: bool, reversed_: bool) -> Axis:
    """An axis that spans all numbers with a small margin on both sides."""
    coordinates = [math.log10(number) if log else number for number in numbers] or [0.0, 1.0]
    low, high = min(coordinates), max(coordinates)
    if high - low <= 1e-12 * max(abs(low), abs(high), 1e-140):
        margin = 0.5 if log else abs(low) * 0.05 or 1.0
    else:
        margin = (high - low) * 0.04
    return Axis(low - margin, high + margin, start, end, log, reversed_)


def rescale_axis(axis: Axis, per_pixel: float) -> Axis:
    """The same axis about the same midpoint, with this many units per pixel."""
    middle, half = (axis.low + axis.high) / 2, per_pixel * axis.pixels / 2
    return Axis(middle - half, middle + half, axis.start, axis.end, axis.log, axis.reversed)


def get_ticks(axis: Axis, count: int, *, integers: bool = False) -> tuple[Sequence[Tick], int]:
    """About `count` ticks, only at integers if required, and the common power of ten (zero for none)."""
    return (_get_log_ticks(axis, count), 0) if axis.log else _get_linear_ticks(axis, count, integers)


def _get_linear_ticks(axis: Axis, count: int, integers: bool) -> tuple[list[Tick], int]:
    raw = (axis.high - axis.low) / count
    raw = max(raw, 1.0) if integers else raw
    power = 10.0 ** math.floor(math.log10(raw))
    factors = (1, 2, 5) if integers else (1, 2, 2.5, 5)
    step = next((factor * power for factor in factors if factor * power >= raw * 0.999), 10 * power)
    numbers = [n * step for n in range(math.ceil(axis.low / step - 1e-9), math.floor(axis.high / step + 1e-9) + 1)]
    size = math.floor(math.log10(max((abs(number) for number in numbers), default=1.0) or 1.0))
    exponent = 3 * (size // 3) if size >= 5 or size <= -3 else 0
    factor = 10.0**exponent
    decimals = len(f"{step / factor:.10f}".rstrip("0").partition(".")[2])
    return [Tick(axis.get_position(n), to_typographic(f"{n / factor + 0.0:.{decimals}f}")) for n in numbers], exponent


def _get_log_ticks(axis: Axis, count: int) -> list[Tick]:
    first, last = math.ceil(axis.low - 1e-9), math.floor(axis.high + 1e-9)
    stride = max(1, math.ceil((last - first + 1) / (count + 2)))
    powers = [power for power in range(first, last + 1) if power % stride == 0]
    numbers = [(1, power) for power in powers]
    if len(powers) < 2:
        spread = range(math.floor(axis.low), math.ceil(axis.high) + 1)
        candidates = [(factor, power) for power in spread for factor in (1, 2, 5)]
        numbers = [(f, p) for f, p in candidates if axis.low <= math.log10(f) + p <= axis.high] or numbers
    decimal = all(-3 <= power <= 4 for _, power in numbers)
    return [Tick(axis.get_position(f * 10.0**p), _format_log_label(f, p, decimal=decimal)) for f, p in numbers]


def _format_log_label(factor: int, power: int, *, decimal: bool) -> str:
    return f"{factor * 10.0**power:g}" if decimal else to_typographic(f"{factor}e{power}").removeprefix("1×")
