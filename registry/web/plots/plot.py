"""Curves of a run drawn as SVG on the server."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe

from registry.models import Curve
from registry.numbers.formatting import to_typographic
from registry.web.plots.axis import Axis, Tick, fit_axis, get_ticks, is_drawable, rescale_axis

WIDTH, HEIGHT = 420, 300
LEFT, RIGHT, TOP, BOTTOM = 62.0, 404.0, 12.0, 250.0
MAX_POINTS = 2000
COLOURS = 6

Point = tuple[float, float] | None
"""None is a gap in the line."""


@dataclass(frozen=True)
class LegendEntry:
    """One entry of the legend."""

    name: str
    colour: int
    line: bool
    """Drawn as a line; otherwise as dots or bars."""


@dataclass(frozen=True)
class Plot:
    """A curve drawn for a page."""

    title: str
    svg: SafeString
    legend: tuple[LegendEntry, ...]
    remark: str = ""


@dataclass(frozen=True)
class _Trace:
    name: str
    points: list[Point]
    line: bool
    markers: bool
    bars: bool


def draw_plot(curve: Curve) -> Plot:
    """Draw a curve."""
    data = curve.data
    x_log, y_log = bool(data["x"].get("log")), bool(data["y"].get("log"))
    traces, omitted = [], 0
    for series in data["series"]:
        points = [
            (x, y) if is_drawable(x, log=x_log) and is_drawable(y, log=y_log) else None
            for x, y in zip(series["x"], series["y"], strict=True)
        ]
        omitted += sum(point is None for point in points)
        style = [bool(series.get(name, name == "line")) for name in ("line", "markers", "bars")]
        traces.append(_Trace(series["name"], points, *style))
    x_axis, y_axis = _fit_axes(data, [point for trace in traces for point in _get_extent(trace)])
    limit = max(4, MAX_POINTS // max(len(traces), 1))
    drawn = [_draw_trace(trace, index, x_axis, y_axis, limit) for index, trace in enumerate(traces)]
    frame = _draw_frame(x_axis, y_axis, data)
    svg = format_html(
        '<svg class="plot" viewBox="0 0 {} {}" role="img" aria-label="{}" xmlns="http://www.w3.org/2000/svg">{}{}</svg>',
        WIDTH,
        HEIGHT,
        _format_description(curve),
        frame,
        mark_safe("".join(drawn)),
    )
    legend = tuple(LegendEntry(trace.name, index % COLOURS, trace.line) for index, trace in enumerate(traces))
    return Plot(curve.title, svg, legend, _format_remark(omitted, traces))


def _get_extent(trace: _Trace) -> list[tuple[float, float]]:
    """The points the axes must span; bars start at zero and are one wide."""
    points = [point for point in trace.points if point]
    if not trace.bars:
        return points
    return points + [(x + side, 0.0) for x, _ in points for side in (-0.5, 0.5)]


def _fit_axes(data: dict[str, Any], points: Sequence[tuple[float, float]]) -> tuple[Axis, Axis]:
    x, y = data["x"], data["y"]
    x_axis = fit_axis(
        [point[0] for point in points], LEFT, RIGHT, log=bool(x.get("log")), reversed_=bool(x.get("reversed"))
    )
    y_axis = fit_axis(
        [point[1] for point in points], BOTTOM, TOP, log=bool(y.get("log")), reversed_=bool(y.get("reversed"))
    )
    if data.get("equal_aspect") and x_axis.log == y_axis.log:
        per_pixel = max((axis.high - axis.low) / axis.pixels for axis in (x_axis, y_axis))
        return rescale_axis(x_axis, per_pixel), rescale_axis(y_axis, per_pixel)
    return x_axis, y_axis


def decimate(points: list[Point], limit: int) -> list[Point]:
    """At most `limit` points, keeping the lowest and highest of each bucket so that no spike is lost."""
    if len(points) <= limit:
        return points
    size = -(-len(points) // (limit // 2))
    result: list[Point] = []
    for start in range(0, len(points), size):
        bucket = [(index, point) for index, point in enumerate(points[start : start + size]) if point]
        if not bucket:
            result.append(None)
            continue
        low = min(bucket, key=lambda item: item[1][1])
        high = max(bucket, key=lambda item: item[1][1])
        result += [point for _, point in sorted({low, high})]
    return result


def _draw_trace(trace: _Trace, index: int, x_axis: Axis, y_axis: Axis, limit: int) -> SafeString:
    points = decimate(trace.points, limit)
    colour = index % COLOURS
    shown = sum(point is not None for point in points)
    parts = []
    if trace.line and shown > 1:
        parts.append(format_html('<path class="line series-{}" d="{}"/>', colour, _format_path(points, x_axis, y_axis)))
    if trace.bars:
        width = abs(x_axis.get_position(0.7) - x_axis.get_position(0))
        bars = " ".join(
            f"M{x_axis.get_position(p[0]):.1f} {y_axis.get_position(0):.1f}V{y_axis.get_position(p[1]):.1f}"
            for p in points
            if p
        )
        parts.append(
            format_html('<path class="bars series-{}" stroke-width="{}" d="{}"/>', colour, round(width, 1), bars)
        )
    elif trace.markers or not trace.line or shown == 1:
        dots = " ".join(f"M{x_axis.get_position(p[0]):.1f} {y_axis.get_position(p[1]):.1f}h0" for p in points if p)
        if dots:
            parts.append(format_html('<path class="dots series-{}" d="{}"/>', colour, dots))
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


def _draw_frame(x_axis: Axis, y_axis: Axis, data: dict[str, Any]) -> SafeString:
    x_ticks, x_power = get_ticks(x_axis, 5, integers=_is_count_axis(data))
    y_ticks, y_power = get_ticks(y_axis, 5)
    return format_html(
        '<rect class="frame" x="{}" y="{}" width="{}" height="{}"/>{}{}'
        '<text class="axis" x="{}" y="{}" text-anchor="middle">{}</text>'
        '<text class="axis" transform="translate(14 {}) rotate(-90)" text-anchor="middle">{}</text>',
        LEFT,
        TOP,
        RIGHT - LEFT,
        BOTTOM - TOP,
        _draw_x_ticks(x_ticks),
        _draw_y_ticks(y_ticks),
        (LEFT + RIGHT) / 2,
        BOTTOM + 38,
        _format_axis_label(data["x"], x_power),
        (TOP + BOTTOM) / 2,
        _format_axis_label(data["y"], y_power),
    )


def _is_count_axis(data: dict[str, Any]) -> bool:
    """Whether x is a count, such as the cycle number: bars, or integers without a unit."""
    if any(series.get("bars") for series in data["series"]):
        return True
    return not data["x"].get("unit") and all(
        float(x).is_integer() for series in data["series"] for x in series["x"] if x is not None
    )


def _draw_x_ticks(ticks: Sequence[Tick]) -> SafeString:
    return format_html_join(
        "",
        '<path class="tick" d="M{} {}v5"/><text class="number" x="{}" y="{}" text-anchor="middle">{}</text>',
        ((f"{t.position:.1f}", BOTTOM, f"{t.position:.1f}", BOTTOM + 19, t.label) for t in ticks),
    )


def _draw_y_ticks(ticks: Sequence[Tick]) -> SafeString:
    return format_html_join(
        "",
        '<path class="tick" d="M{} {}h-5"/><text class="number" x="{}" y="{}" text-anchor="end">{}</text>',
        ((LEFT, f"{t.position:.1f}", LEFT - 8, f"{t.position + 4:.1f}", t.label) for t in ticks),
    )


def _format_axis_label(axis: dict[str, Any], power: int) -> str:
    """Label / unit, with the common power of ten before the unit: Current / 10⁻⁶ A."""
    power_of_ten = to_typographic(f"1e{power}").removeprefix("1×") if power else ""
    unit = " ".join(part for part in (power_of_ten, str(axis.get("unit") or "")) if part)
    return f"{axis['label']} / {unit}" if unit else str(axis["label"])


def _format_description(curve: Curve) -> str:
    return f"{curve.title}: {curve.data['y']['label']} versus {curve.data['x']['label']}"


def _format_remark(omitted: int, traces: list[_Trace]) -> str:
    if not any(point for trace in traces for point in trace.points):
        return "No points to plot."
    if omitted:
        return f"{omitted} point{'s' if omitted > 1 else ''} not shown: missing, or not positive on a log axis."
    return ""
