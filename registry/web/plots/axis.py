"""One axis of a plot: its range, where a number lies on it, and its ticks."""

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from registry.numbers.formatting import to_typographic

LARGEST = 1e150
"""Beyond this a range of floats overflows; such points are left out and counted."""


@dataclass(frozen=True)
class Tick:
    """A tick at `place` (pixels) with its label."""

    place: float
    label: str


@dataclass(frozen=True)
class Axis:
    """A range of numbers laid on a range of pixels. On a log axis `low` and `high` are powers of ten."""

    low: float
    high: float
    start: float
    end: float
    log: bool = False
    reversed: bool = False

    def place(self, number: float) -> float:
        at = math.log10(number) if self.log else number
        share = (at - self.low) / (self.high - self.low)
        return self.start + (self.end - self.start) * (1 - share if self.reversed else share)

    @property
    def pixels(self) -> float:
        return abs(self.end - self.start)


def drawable(number: float | None, *, log: bool) -> bool:
    """Whether a number has a place on such an axis."""
    return number is not None and abs(number) <= LARGEST and (not log or number > 0)


def axis_for(numbers: Iterable[float], start: float, end: float, *, log: bool, reversed_: bool) -> Axis:
    """An axis that holds all the numbers with a little room on both sides."""
    placed = [math.log10(number) if log else number for number in numbers] or [0.0, 1.0]
    low, high = min(placed), max(placed)
    if high - low <= 1e-12 * max(abs(low), abs(high), 1e-140):
        room = 0.5 if log else abs(low) * 0.05 or 1.0
    else:
        room = (high - low) * 0.04
    return Axis(low - room, high + room, start, end, log, reversed_)


def widened(axis: Axis, per_pixel: float) -> Axis:
    """The same axis about the same middle with so many units a pixel."""
    middle, half = (axis.low + axis.high) / 2, per_pixel * axis.pixels / 2
    return Axis(middle - half, middle + half, axis.start, axis.end, axis.log, axis.reversed)


def ticks_of(axis: Axis, wanted: int, *, whole: bool = False) -> tuple[Sequence[Tick], int]:
    """The ticks, at `whole` numbers alone if so, and the power of ten to print beside the unit (zero for none)."""
    return (_log_ticks(axis, wanted), 0) if axis.log else _linear_ticks(axis, wanted, whole)


def _linear_ticks(axis: Axis, wanted: int, whole: bool) -> tuple[list[Tick], int]:
    raw = (axis.high - axis.low) / wanted
    raw = max(raw, 1.0) if whole else raw
    power = 10.0 ** math.floor(math.log10(raw))
    factors = (1, 2, 5) if whole else (1, 2, 2.5, 5)
    step = next((factor * power for factor in factors if factor * power >= raw * 0.999), 10 * power)
    numbers = [n * step for n in range(math.ceil(axis.low / step - 1e-9), math.floor(axis.high / step + 1e-9) + 1)]
    size = math.floor(math.log10(max((abs(number) for number in numbers), default=1.0) or 1.0))
    exponent = 3 * (size // 3) if size >= 5 or size <= -3 else 0
    factor = 10.0**exponent
    decimals = len(f"{step / factor:.10f}".rstrip("0").partition(".")[2])
    return [Tick(axis.place(n), to_typographic(f"{n / factor + 0.0:.{decimals}f}")) for n in numbers], exponent


def _log_ticks(axis: Axis, wanted: int) -> list[Tick]:
    first, last = math.ceil(axis.low - 1e-9), math.floor(axis.high + 1e-9)
    stride = max(1, math.ceil((last - first + 1) / (wanted + 2)))
    powers = [power for power in range(first, last + 1) if power % stride == 0]
    numbers = [(1, power) for power in powers]
    if len(powers) < 2:
        spread = range(math.floor(axis.low), math.ceil(axis.high) + 1)
        candidates = [(factor, power) for power in spread for factor in (1, 2, 5)]
        numbers = [(f, p) for f, p in candidates if axis.low <= math.log10(f) + p <= axis.high] or numbers
    plain = all(-3 <= power <= 4 for _, power in numbers)
    return [Tick(axis.place(f * 10.0**p), _log_label(f, p, plain=plain)) for f, p in numbers]


def _log_label(factor: int, power: int, *, plain: bool) -> str:
    return f"{factor * 10.0**power:g}" if plain else to_typographic(f"{factor}e{power}").removeprefix("1×")
