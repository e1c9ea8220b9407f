"""Curves of a run as plain SVG, made on the server."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe

from registry.models import Curve
from registry.numbers.formatting import to_typographic
from registry.web.plots.axis import Axis, Tick, axis_for, drawable, ticks_of, widened

WIDTH, HEIGHT = 420, 300
LEFT, RIGHT, TOP, BOTTOM = 62.0, 404.0, 12.0, 250.0
MOST_POINTS = 2000
COLOURS = 6

Point = tuple[float, float] | None
"""None is a gap in the line."""


@dataclass(frozen=True)
class Key:
    """One entry of the legend."""

    name: str
    colour: int
    line: bool
    """Whether it is drawn as a line; else as dots or bars."""


@dataclass(frozen=True)
class Plot:
    """A curve ready for a page."""

    title: str
    svg: SafeString
    legend: tuple[Key, ...]
    remark: str = ""


@dataclass(frozen=True)
class _Trace:
    name: str
    points: list[Point]
    line: bool
    markers: bool
    bars: bool


def plot_of(curve: Curve) -> Plot:
    """Draw a curve."""
    data = curve.data
    x_log, y_log = bool(data["x"].get("log")), bool(data["y"].get("log"))
    traces, left_out = [], 0
    for series in data["series"]:
        points = [
            (x, y) if drawable(x, log=x_log) and drawable(y, log=y_log) else None
            for x, y in zip(series["x"], series["y"], strict=True)
        ]
        left_out += sum(point is None for point in points)
        drawn_as = [bool(series.get(name, name == "line")) for name in ("line", "markers", "bars")]
        traces.append(_Trace(series["name"], points, *drawn_as))
    x_axis, y_axis = _axes(data, [point for trace in traces for point in _extent(trace)])
    limit = max(4, MOST_POINTS // max(len(traces), 1))
    drawn = [_trace_svg(trace, index, x_axis, y_axis, limit) for index, trace in enumerate(traces)]
    frame = _frame(x_axis, y_axis, data)
    svg = format_html(
        '<svg class="plot" viewBox="0 0 {} {}" role="img" aria-label="{}" xmlns="http://www.w3.org/2000/svg">{}{}</svg>',
        WIDTH,
        HEIGHT,
        _description(curve),
        frame,
        mark_safe("".join(drawn)),
    )
    legend = tuple(Key(trace.name, index % COLOURS, trace.line) for index, trace in enumerate(traces))
    return Plot(curve.title, svg, legend, _remark(left_out, traces))


def _extent(trace: _Trace) -> list[tuple[float, float]]:
    """The points the axes must hold; bars stand on zero and are one wide."""
    points = [point for point in trace.points if point]
    if not trace.bars:
        return points
    return points + [(x + side, 0.0) for x, _ in points for side in (-0.5, 0.5)]


def _axes(data: dict[str, Any], points: Sequence[tuple[float, float]]) -> tuple[Axis, Axis]:
    x, y = data["x"], data["y"]
    x_axis = axis_for(
        [point[0] for point in points], LEFT, RIGHT, log=bool(x.get("log")), reversed_=bool(x.get("reversed"))
    )
    y_axis = axis_for(
        [point[1] for point in points], BOTTOM, TOP, log=bool(y.get("log")), reversed_=bool(y.get("reversed"))
    )
    if data.get("equal_aspect") and x_axis.log == y_axis.log:
        per_pixel = max((axis.high - axis.low) / axis.pixels for axis in (x_axis, y_axis))
        return widened(x_axis, per_pixel), widened(y_axis, per_pixel)
    return x_axis, y_axis


def decimated(points: list[Point], limit: int) -> list[Point]:
    """At most `limit` points, each bucket's lowest and highest kept so that no spike is lost."""
    if len(points) <= limit:
        return points
    size = -(-len(points) // (limit // 2))
    kept: list[Point] = []
    for start in range(0, len(points), size):
        bucket = [(place, point) for place, point in enumerate(points[start : start + size]) if point]
        if not bucket:
            kept.append(None)
            continue
        low = min(bucket, key=lambda one: one[1][1])
        high = max(bucket, key=lambda one: one[1][1])
        kept += [point for _, point in sorted({low, high})]
    return kept


def _trace_svg(trace: _Trace, index: int, x_axis: Axis, y_axis: Axis, limit: int) -> SafeString:
    points = decimated(trace.points, limit)
    colour = index % COLOURS
    shown = sum(point is not None for point in points)
    parts = []
    if trace.line and shown > 1:
        parts.append(format_html('<path class="line series-{}" d="{}"/>', colour, _line(points, x_axis, y_axis)))
    if trace.bars:
        width = abs(x_axis.place(0.7) - x_axis.place(0))
        bars = " ".join(
            f"M{x_axis.place(p[0]):.1f} {y_axis.place(0):.1f}V{y_axis.place(p[1]):.1f}" for p in points if p
        )
        parts.append(
            format_html('<path class="bars series-{}" stroke-width="{}" d="{}"/>', colour, round(width, 1), bars)
        )
    elif trace.markers or not trace.line or shown == 1:
        dots = " ".join(f"M{x_axis.place(p[0]):.1f} {y_axis.place(p[1]):.1f}h0" for p in points if p)
        if dots:
            parts.append(format_html('<path class="dots series-{}" d="{}"/>', colour, dots))
    return mark_safe("".join(parts))


def _line(points: list[Point], x_axis: Axis, y_axis: Axis) -> str:
    steps, pen = [], "M"
    for point in points:
        if point is None:
            pen = "M"
            continue
        steps.append(f"{pen}{x_axis.place(point[0]):.1f} {y_axis.place(point[1]):.1f}")
        pen = "L"
    return "".join(steps)


def _frame(x_axis: Axis, y_axis: Axis, data: dict[str, Any]) -> SafeString:
    x_ticks, x_power = ticks_of(x_axis, 5, whole=_counts(data))
    y_ticks, y_power = ticks_of(y_axis, 5)
    return format_html(
        '<rect class="frame" x="{}" y="{}" width="{}" height="{}"/>{}{}'
        '<text class="axis" x="{}" y="{}" text-anchor="middle">{}</text>'
        '<text class="axis" transform="translate(14 {}) rotate(-90)" text-anchor="middle">{}</text>',
        LEFT,
        TOP,
        RIGHT - LEFT,
        BOTTOM - TOP,
        _x_ticks(x_ticks),
        _y_ticks(y_ticks),
        (LEFT + RIGHT) / 2,
        BOTTOM + 38,
        _axis_label(data["x"], x_power),
        (TOP + BOTTOM) / 2,
        _axis_label(data["y"], y_power),
    )


def _counts(data: dict[str, Any]) -> bool:
    """Whether the abscissa counts something: it has bars, or no unit and whole numbers alone, as cycles have."""
    if any(series.get("bars") for series in data["series"]):
        return True
    return not data["x"].get("unit") and all(
        float(x).is_integer() for series in data["series"] for x in series["x"] if x is not None
    )


def _x_ticks(ticks: Sequence[Tick]) -> SafeString:
    return format_html_join(
        "",
        '<path class="tick" d="M{} {}v5"/><text class="number" x="{}" y="{}" text-anchor="middle">{}</text>',
        ((f"{t.place:.1f}", BOTTOM, f"{t.place:.1f}", BOTTOM + 19, t.label) for t in ticks),
    )


def _y_ticks(ticks: Sequence[Tick]) -> SafeString:
    return format_html_join(
        "",
        '<path class="tick" d="M{} {}h-5"/><text class="number" x="{}" y="{}" text-anchor="end">{}</text>',
        ((LEFT, f"{t.place:.1f}", LEFT - 8, f"{t.place + 4:.1f}", t.label) for t in ticks),
    )


def _axis_label(axis: dict[str, Any], power: int) -> str:
    """Label / unit; a common power of ten stands with the unit: Current / 10⁻⁶ A."""
    ten = to_typographic(f"1e{power}").removeprefix("1×") if power else ""
    unit = " ".join(part for part in (ten, str(axis.get("unit") or "")) if part)
    return f"{axis['label']} / {unit}" if unit else str(axis["label"])


def _description(curve: Curve) -> str:
    return f"{curve.title}: {curve.data['y']['label']} against {curve.data['x']['label']}"


def _remark(left_out: int, traces: list[_Trace]) -> str:
    if not any(point for trace in traces for point in trace.points):
        return "The curve has no points that can be drawn."
    if left_out:
        return f"{left_out} point{'s' if left_out > 1 else ''} without a place on these axes left out."
    return ""
