"""Lines, points, bars and error bars."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe

from registry.numbers.catalogue import get_or_placeholder
from registry.web.plots.axis import Axis, fit_axis, is_drawable, rescale_axis
from registry.web.plots.decimation import kept_positions
from registry.web.plots.frame import (
    PLAIN,
    WITH_RIGHT_AXIS,
    Box,
    DrawnPlot,
    LegendEntry,
    draw_frame,
    draw_right_axis,
    fit_box,
    format_axis_label,
    wrap_svg,
)
from registry.web.plots.style import css_classes

MAX_POINTS = 2000
CAP = 3
"""Half the width of the ends of an error bar."""

Point = tuple[float, float] | None
"""None is a gap in the line."""


@dataclass(frozen=True)
class _Trace:
    name: str
    points: list[Point]
    line: bool
    markers: bool
    bars: bool
    second: bool
    error_bars: dict[tuple[float, float], tuple[float, float]]
    """Lower and upper end by point."""


def draw_lines(name: str, title: str, data: dict[str, Any]) -> DrawnPlot:
    """Draw lines, points or bars."""
    traces = [_build_trace(series, data) for series in data["series"]]
    box = WITH_RIGHT_AXIS if data.get("y2") else PLAIN
    _, y_axis, y2_axis = _fit_axes(data, traces, box)
    box = fit_box(box, y_axis, y2_axis)
    x_axis, y_axis, y2_axis = _fit_axes(data, traces, box)
    limit = max(4, MAX_POINTS // max(len(traces), 1))
    parts = [draw_frame(box, x_axis, y_axis, data, integers=_is_count_axis(data))]
    if y2_axis:
        parts.append(draw_right_axis(box, y2_axis, data["y2"]))
    for index, trace in enumerate(traces):
        parts.append(_draw_trace(trace, index, x_axis, y2_axis if trace.second and y2_axis else y_axis, limit))
    legend = tuple(LegendEntry(trace.name, index, trace.line) for index, trace in enumerate(traces))
    svg = wrap_svg(name, title, _describe(title, data, traces), parts)
    return DrawnPlot(title, svg, legend, _format_remark(traces))


def _build_trace(series: dict[str, Any], data: dict[str, Any]) -> _Trace:
    second = bool(series.get("on_second_axis") and data.get("y2"))
    x_log, y_log = bool(data["x"].get("log")), bool(data["y2" if second else "y"].get("log"))
    points: list[Point] = [
        (x, y) if is_drawable(x, log=x_log) and is_drawable(y, log=y_log) else None
        for x, y in zip(series["x"], series["y"], strict=True)
    ]
    return _Trace(
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


def _get_extent(trace: _Trace, *, log: bool) -> list[tuple[float, float]]:
    """The points the axes must span; bars start at zero and are one wide."""
    points = [point for point in trace.points if point]
    ends = [(x, end) for (x, _), bar in trace.error_bars.items() for end in bar if is_drawable(end, log=log)]
    feet = [(x + side, 0.0) for x, _ in points for side in (-0.5, 0.5)] if trace.bars else []
    return points + ends + feet


def _fit_axes(data: dict[str, Any], traces: Sequence[_Trace], box: Box) -> tuple[Axis, Axis, Axis | None]:
    extents = [_get_extent(trace, log=bool(data["y2" if trace.second else "y"].get("log"))) for trace in traces]
    pairs = list(zip(traces, extents, strict=True))
    x_axis = _fit(data["x"], [x for _, extent in pairs for x, _ in extent], box.left, box.right)
    y_axis, y2_axis = (
        _fit(
            data.get(name) or {},
            [y for trace, extent in pairs if trace.second is second for _, y in extent],
            box.bottom,
            box.top,
        )
        for name, second in (("y", False), ("y2", True))
    )
    if data.get("equal_aspect") and x_axis.log == y_axis.log:
        per_pixel = max((axis.high - axis.low) / axis.pixels for axis in (x_axis, y_axis))
        x_axis, y_axis = rescale_axis(x_axis, per_pixel), rescale_axis(y_axis, per_pixel)
    return x_axis, y_axis, y2_axis if data.get("y2") else None


def _fit(stored: dict[str, Any], numbers: Sequence[float], start: float, end: float) -> Axis:
    return fit_axis(numbers, start, end, log=bool(stored.get("log")), reversed_=bool(stored.get("reversed")))


def decimate(points: list[Point], limit: int) -> list[Point]:
    """At most `limit` points, keeping the lowest and highest of each bucket so that no spike is lost."""
    if len(points) <= limit:
        return points
    y = np.array([math.nan if point is None else point[1] for point in points])
    return [points[position] for position in kept_positions(y, limit)]


def _draw_trace(trace: _Trace, index: int, x_axis: Axis, y_axis: Axis, limit: int) -> SafeString:
    style = css_classes(index)
    points = decimate(trace.points, limit)
    shown = sum(point is not None for point in points)
    parts = []
    if trace.line and shown > 1:
        parts.append(format_html('<path class="line {}" d="{}"/>', style, _format_path(points, x_axis, y_axis)))
    if trace.error_bars:
        ends = _format_error_bars(trace, points, x_axis, y_axis)
        parts.append(format_html('<path class="error {}" d="{}"/>', style, ends))
    if trace.bars:
        width = abs(x_axis.get_position(0.7) - x_axis.get_position(0))
        bars = " ".join(
            f"M{x_axis.get_position(p[0]):.1f} {y_axis.get_position(0):.1f}V{y_axis.get_position(p[1]):.1f}"
            for p in points
            if p
        )
        parts.append(format_html('<path class="bars {}" stroke-width="{}" d="{}"/>', style, round(width, 1), bars))
    elif trace.markers or not trace.line or shown == 1:
        dots = " ".join(f"M{x_axis.get_position(p[0]):.1f} {y_axis.get_position(p[1]):.1f}h0" for p in points if p)
        if dots:
            parts.append(format_html('<path class="dots {}" d="{}"/>', style, dots))
    return mark_safe("".join(parts))


def _format_path(points: list[Point], x_axis: Axis, y_axis: Axis) -> str:
    steps, pen = [], "M"
    for point in points:
        if point is None:
            pen = "M"
            continue
        steps.append(f"{pen}{x_axis.get_position(point[0]):.1f} {y_axis.get_position(point[1]):.1f}")
        pen = "L"
    return "".join(steps)


def _format_error_bars(trace: _Trace, points: list[Point], x_axis: Axis, y_axis: Axis) -> str:
    """A vertical line with caps at each point; one that reaches below a log axis ends at its edge."""
    steps = []
    for point in points:
        if point is None or point not in trace.error_bars:
            continue
        x = x_axis.get_position(point[0])
        for end in trace.error_bars[point]:
            is_off = y_axis.log and end <= 0
            y = y_axis.start if is_off else y_axis.get_position(end)
            cap = "" if is_off else f"M{x - CAP:.1f} {y:.1f}H{x + CAP:.1f}"
            steps.append(f"M{x:.1f} {y_axis.get_position(point[1]):.1f}V{y:.1f}{cap}")
    return "".join(steps)


def _is_count_axis(data: dict[str, Any]) -> bool:
    """Whether x is a count, such as the cycle number: by its quantity, or bars, or integers without a unit."""
    quantity = data["x"].get("quantity", "")
    if (quantity and get_or_placeholder(quantity).is_count) or any(s.get("bars") for s in data["series"]):
        return True
    return not data["x"].get("unit") and all(
        float(x).is_integer() for series in data["series"] for x in series["x"] if x is not None
    )


def _describe(title: str, data: dict[str, Any], traces: Sequence[_Trace]) -> str:
    vertical = [format_axis_label(data[name]) for name in ("y", "y2") if data.get(name)]
    named = ", ".join(trace.name for trace in traces if trace.name)
    text = f"{' and '.join(vertical)} versus {format_axis_label(data['x'])}"
    return f"{text}: {named}" if named else text


def _format_remark(traces: Sequence[_Trace]) -> str:
    if not any(point for trace in traces for point in trace.points):
        return "No points to plot."
    omitted = sum(point is None for trace in traces for point in trace.points)
    if omitted:
        return f"{omitted} point{'s' if omitted > 1 else ''} not shown: missing, or not positive on a log axis."
    return ""
