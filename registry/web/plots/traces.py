"""The series of a curve as they are drawn, and the axes that they need."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from registry.web.plots.axis import Axis, fit_axis, is_drawable, rescale_axis
from registry.web.plots.frame import Box
from registry.web.plots.nyquist import find_arcs

TIME_UNITS = ("s", "min", "h", "d")
STRIP, GAP = 0.28, 0.08
"""Height of a strip for the second axis, and the distance of the other axis from it, as shares of the plot."""
TAIL_REMARK = "Scaled to the arcs: the low-frequency tail extends beyond the plot (double-click to show it)."

Point = tuple[float, float] | None
"""None is a gap in the line."""


@dataclass(frozen=True)
class Trace:
    """One series."""

    name: str
    points: list[Point]
    line: bool
    markers: bool
    bars: bool
    second: bool
    error_bars: dict[tuple[float, float], tuple[float, float]]
    """Lower and upper end by point."""


class Axes(NamedTuple):
    """The axes of a plot."""

    x: Axis
    y: Axis
    y2: Axis | None
    is_arcs: bool
    """Whether only the arcs of a Nyquist plot are shown, and not all of a blocking tail."""


def build_traces(data: dict[str, Any]) -> list[Trace]:
    """The series of a curve, each with its points that its axes can show."""
    return [_build_trace(series, data) for series in data["series"]]


def has_strip(data: dict[str, Any]) -> bool:
    """Whether the second y axis has a strip of its own below the first: lines against time would hide each other."""
    seconds = [series for series in data["series"] if series.get("on_second_axis")]
    is_time = data["x"].get("unit") in TIME_UNITS and not data["x"].get("log")
    return bool(data.get("y2")) and is_time and bool(seconds) and all(series.get("line", True) for series in seconds)


def split_box(box: Box) -> tuple[Box, Box]:
    """The parts of a box for the first y axis and, below it, for the strip of the second."""
    height = box.bottom - box.top
    upper = Box(box.left, box.right, box.top, round(box.bottom - height * (STRIP + GAP), 1))
    return upper, Box(box.left, box.right, round(box.bottom - height * STRIP, 1), box.bottom)


def fit_axes(data: dict[str, Any], traces: Sequence[Trace], box: Box) -> Axes:
    """Axes that span the points, and their error bars unless they reach far beyond."""
    upper, lower = split_box(box) if has_strip(data) else (box, box)
    firsts, seconds = ([trace for trace in traces if trace.second is second] for second in (False, True))
    points = [point for trace in traces for point in _get_extent(trace)]
    x_axis = _fit(data["x"], [x for x, _ in points], box.left, box.right)
    y_axis = _fit_y(data["y"], firsts, upper)
    y2_axis = _fit_y(data["y2"], seconds, lower) if data.get("y2") else None
    arcs = None
    if data.get("equal_aspect") and x_axis.log == y_axis.log:
        arcs = None if x_axis.log else find_arcs([[point for point in trace.points if point] for trace in traces])
        if arcs:
            x_axis = _fit(data["x"], [min(0.0, *(x for x, _ in points)), arcs.right], box.left, box.right)
            y_axis = _fit(data["y"], [min(0.0, *(y for _, y in points)), arcs.top], box.bottom, box.top)
            x_axis, y_axis = _extend_up(x_axis, y_axis)
        else:
            per_pixel = max((axis.high - axis.low) / axis.pixels for axis in (x_axis, y_axis))
            x_axis, y_axis = rescale_axis(x_axis, per_pixel), rescale_axis(y_axis, per_pixel)
    return Axes(x_axis, y_axis, y2_axis, arcs is not None)


def _extend_up(x: Axis, y: Axis) -> tuple[Axis, Axis]:
    """Axes with a unit as long on both, that begin where they did."""
    per_pixel = max((axis.high - axis.low) / axis.pixels for axis in (x, y))
    x, y = (Axis(axis.low, axis.low + per_pixel * axis.pixels, axis.start, axis.end) for axis in (x, y))
    return x, y


def _build_trace(series: dict[str, Any], data: dict[str, Any]) -> Trace:
    second = bool(series.get("on_second_axis") and data.get("y2"))
    x_log, y_log = bool(data["x"].get("log")), bool(data["y2" if second else "y"].get("log"))
    points: list[Point] = [
        (x, y) if is_drawable(x, log=x_log) and is_drawable(y, log=y_log) else None
        for x, y in zip(series["x"], series["y"], strict=True)
    ]
    return Trace(
        series["name"],
        points,
        line=bool(series.get("line", True)),
        markers=bool(series.get("markers")),
        bars=bool(series.get("bars")),
        second=second,
        error_bars=_get_error_bars(series, points),
    )


def _get_error_bars(series: dict[str, Any], points: list[Point]) -> dict[tuple[float, float], tuple[float, float]]:
    """The ends of the error bars of the points drawn."""
    if not series.get("y_lower") or not series.get("y_upper"):
        return {}
    ends = zip(points, series["y_lower"], series["y_upper"], strict=True)
    return {
        point: (lower, upper)
        for point, lower, upper in ends
        if point and is_drawable(lower, log=False) and is_drawable(upper, log=False)
    }


def _get_extent(trace: Trace) -> list[tuple[float, float]]:
    """The points that the axes must span; bars start at zero and are one wide."""
    points = [point for point in trace.points if point]
    feet = [(x + side, 0.0) for x, _ in points for side in (-0.5, 0.5)] if trace.bars else []
    return points + feet


def _fit_y(stored: dict[str, Any], traces: Sequence[Trace], box: Box) -> Axis:
    numbers = [y for trace in traces for _, y in _get_extent(trace)]
    bars = [(y, end) for trace in traces for (_, y), ends in trace.error_bars.items() for end in ends]
    return _fit(stored, numbers, box.bottom, box.top, bars)


def _fit(
    stored: dict[str, Any],
    numbers: Sequence[float],
    start: float,
    end: float,
    bars: Sequence[tuple[float, float]] = (),
) -> Axis:
    log, is_reversed = bool(stored.get("log")), bool(stored.get("reversed"))
    return fit_axis(numbers, start, end, log=log, reversed_=is_reversed, bars=bars)
