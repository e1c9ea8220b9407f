"""Lines, points, bars and error bars."""

import itertools
import math
from collections.abc import Sequence
from typing import Any

import numpy as np
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe

from registry.numbers.catalogue import get_or_placeholder
from registry.web.plots.axis import Axis, is_crowded
from registry.web.plots.decimation import kept_positions
from registry.web.plots.frame import (
    HEIGHT,
    HEIGHT_WITH_SLANTED_NAMES,
    PLAIN,
    WITH_RIGHT_AXIS,
    DrawnPlot,
    LegendEntry,
    clip_to_box,
    draw_frame,
    draw_right_axis,
    fit_box,
    format_axis_label,
    wrap_svg,
)
from registry.web.plots.style import css_classes, list_style_indices
from registry.web.plots.traces import TAIL_REMARK, Point, Trace, build_traces, fit_axes, has_strip, split_box

MAX_POINTS = 2000
CAP = 3
"""Half the width of the ends of an error bar."""


def draw_lines(name: str, title: str, data: dict[str, Any]) -> DrawnPlot:
    """Draw lines, points or bars."""
    traces = build_traces(data)
    is_strip = has_strip(data)
    box = WITH_RIGHT_AXIS if data.get("y2") and not is_strip else PLAIN
    axes = fit_axes(data, traces, box)
    box = fit_box(box, data, axes.y, axes.y2, is_strip=is_strip)
    axes = fit_axes(data, traces, box)
    limit = max(4, MAX_POINTS // max(len(traces), 1))
    upper, lower = split_box(box) if is_strip else (box, box)
    names = {} if is_strip else _name_positions(data)
    parts = [draw_frame(upper, None if is_strip else axes.x, axes.y, data, integers=_is_count_axis(data), names=names)]
    if axes.y2 and is_strip:
        parts.append(draw_frame(lower, axes.x, axes.y2, data | {"y": data["y2"]}, integers=_is_count_axis(data)))
    elif axes.y2:
        parts.append(draw_right_axis(box, axes.y2, data["y2"]))
    indices = list_style_indices(data["series"])
    drawn = [
        _draw_trace(trace, index, axes.x, axes.y2 if trace.second and axes.y2 else axes.y, limit)
        for index, trace in zip(indices, traces, strict=True)
    ]
    parts += [clip_to_box(name, box, drawn)] if axes.is_arcs else drawn
    legend = tuple(
        LegendEntry(trace.name, index, trace.line)
        for index, trace in zip(indices, traces, strict=True)
        if trace.name not in names.values()
    )
    height = HEIGHT_WITH_SLANTED_NAMES if names and is_crowded(axes.x, names) else HEIGHT
    svg = wrap_svg(name, title, _describe(title, data, traces), parts, height)
    return DrawnPlot(title, svg, legend, _format_remark(traces, is_arcs=axes.is_arcs))


def decimate(points: list[Point], limit: int) -> list[Point]:
    """At most `limit` points, keeping the lowest and highest of each bucket so that no spike is lost."""
    if len(points) <= limit:
        return points
    y = np.array([math.nan if point is None else point[1] for point in points])
    return [points[position] for position in kept_positions(y, limit)]


def _draw_trace(trace: Trace, index: int, x_axis: Axis, y_axis: Axis, limit: int) -> SafeString:
    style = css_classes(index)
    points = decimate(trace.points, limit)
    shown = sum(point is not None for point in points)
    parts = []
    if trace.line and shown > 1:
        if trace.error_bars:
            area = _format_band(trace, points, x_axis, y_axis)
            parts.append(format_html('<path class="band {}" d="{}"/>', style, area))
        parts.append(format_html('<path class="line {}" d="{}"/>', style, _format_path(points, x_axis, y_axis)))
    elif trace.error_bars:
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


def _format_error_bars(trace: Trace, points: list[Point], x_axis: Axis, y_axis: Axis) -> str:
    """A vertical line with caps at each point; one that reaches beyond the axis ends at its edge, without a cap."""
    steps = []
    for point in points:
        if point is None or point not in trace.error_bars:
            continue
        x = x_axis.get_position(point[0])
        for end in trace.error_bars[point]:
            y = y_axis.get_position_within(end)
            cap = "" if not y_axis.contains(end) else f"M{x - CAP:.1f} {y:.1f}H{x + CAP:.1f}"
            steps.append(f"M{x:.1f} {y_axis.get_position(point[1]):.1f}V{y:.1f}{cap}")
    return "".join(steps)


def _format_band(trace: Trace, points: list[Point], x_axis: Axis, y_axis: Axis) -> str:
    """The area between the ends of the intervals along a line; it is interrupted where one is missing."""
    areas = []
    for has_interval, run in itertools.groupby(points, lambda point: point is not None and point in trace.error_bars):
        if has_interval:
            known = [point for point in run if point]
            ends = [(x_axis.get_position(point[0]), trace.error_bars[point]) for point in known]
            corners = [(x, upper) for x, (_, upper) in ends] + [(x, lower) for x, (lower, _) in reversed(ends)]
            areas.append("M" + "L".join(f"{x:.1f} {y_axis.get_position_within(y):.1f}" for x, y in corners) + "Z")
    return "".join(areas)


def _is_count_axis(data: dict[str, Any]) -> bool:
    """Whether x is a count, such as the cycle number: by its quantity, or bars, or integers without a unit."""
    quantity = data["x"].get("quantity", "")
    if (quantity and get_or_placeholder(quantity).is_count) or any(s.get("bars") for s in data["series"]):
        return True
    return not data["x"].get("unit") and all(
        float(x).is_integer() for series in data["series"] for x in series["x"] if x is not None
    )


def _name_positions(data: dict[str, Any]) -> dict[float, str]:
    """The names of the positions on an x axis that counts cells or groups, each of which is a series of its own; empty
    if x is a number."""
    if data["x"].get("quantity") or data["x"].get("unit") or not _is_count_axis(data):
        return {}
    named = [(series["x"][0], series["name"]) for series in data["series"] if len(set(series["x"])) == 1]
    names = dict(named)
    positions = {x for series in data["series"] for x in series["x"]}
    is_complete = len(named) == len(names) > 1 and positions == names.keys() and all(names.values())
    return names if is_complete else {}


def _describe(title: str, data: dict[str, Any], traces: Sequence[Trace]) -> str:
    vertical = [format_axis_label(data[name]) for name in ("y", "y2") if data.get(name)]
    named = ", ".join(trace.name for trace in traces if trace.name)
    text = f"{' and '.join(vertical)} versus {format_axis_label(data['x'])}"
    return f"{text}: {named}" if named else text


def _format_remark(traces: Sequence[Trace], *, is_arcs: bool) -> str:
    if not any(point for trace in traces for point in trace.points):
        return "No points to plot."
    omitted = sum(point is None for trace in traces for point in trace.points)
    remarks = [TAIL_REMARK] if is_arcs else []
    if omitted:
        remarks.append(
            f"{omitted} point{'s' if omitted > 1 else ''} not shown: missing, or not positive on a log axis."
        )
    return " ".join(remarks)
