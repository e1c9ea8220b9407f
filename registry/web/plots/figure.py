"""Figures of plotly: plain dictionaries, with the names of colours that the page knows in light and dark."""

import math
from dataclasses import dataclass
from itertools import chain
from typing import Any

import numpy as np

from registry.contract.curve_encoding import grid_from_json, numbers_to_json
from registry.models import CurveKind
from registry.selectors.cycle_axis import CYCLE
from registry.web.plots.axis import LARGEST, Axis
from registry.web.plots.decimation import kept_positions
from registry.web.plots.frame import PLAIN, format_axis_label, wrap_label
from registry.web.plots.heat_map import ANCHORS, fit_edges
from registry.web.plots.hover import build_line_hover, build_map_hover, escape
from registry.web.plots.style import css_classes, get_style, list_style_indices
from registry.web.plots.traces import GAP, STRIP, TAIL_REMARK, build_traces, fit_axes, has_strip

LONGEST_BESIDE = 30
"""Characters of a title next to a figure that are as long as it is high."""
MOST_POINTS = 4000
"""Points of a trace; a window of a longer one is fetched again with its own points."""
DASHES = ("solid", "dash", "dot", "dashdot", "longdash", "longdashdot")
SYMBOLS = ("circle-open", "square-open", "diamond-open", "triangle-up-open", "cross-thin-open", "x-thin-open")

Figure = dict[str, Any]


@dataclass(frozen=True)
class Window:
    """The part of the x axis that is looked at."""

    lowest: float
    highest: float


def has_figure(kind: str) -> bool:
    """Whether curves of this kind are drawn by plotly; images are drawn on the server."""
    return kind in (CurveKind.LINE, CurveKind.HEAT_MAP)


def build_figure(kind: str, data: dict[str, Any], window: Window | None = None) -> Figure:
    """Return `data`, `layout` and `decimated` of a figure.

    Colours are names of custom properties of the stylesheet. `decimated` says whether a trace has fewer points than
    the curve, so that a smaller window is worth fetching.
    """
    return _build_heat_map(data) if kind == CurveKind.HEAT_MAP else _build_lines(data, window)


def _build_lines(data: dict[str, Any], window: Window | None) -> Figure:
    traces, decimated = [], False
    several = len(data["series"]) > 1
    for index, series in zip(list_style_indices(data["series"]), data["series"], strict=True):
        columns = _select(series, data, window)
        hover = build_line_hover(series, data, columns, is_only=not several)
        if columns.shape[1] > MOST_POINTS:
            columns, decimated = columns[:, kept_positions(columns[1], MOST_POINTS)], True
        keys = {"hovertemplate": hover} | _list_keys(series, data["x"], columns[0])
        traces += [keys | trace for trace in _build_traces(series, columns, index)]
    layout, remark = _build_layout(data)
    return {"data": traces, "layout": layout | {"showlegend": several}, "decimated": decimated, "remark": remark}


def _build_layout(data: dict[str, Any]) -> tuple[Figure, str]:
    """The layout, and what its axes leave out."""
    layout: Figure = {"xaxis": _build_axis(data["x"]), "yaxis": _build_axis(data["y"], is_vertical=True)}
    if data.get("y2"):
        layout["yaxis2"] = _build_axis(data["y2"], is_vertical=True)
        if has_strip(data):
            layout["xaxis"] |= {"anchor": "y2", "mirror": "all"}
            layout["yaxis"]["domain"] = [STRIP + GAP, 1]
            layout["yaxis2"] |= {"domain": [0, STRIP], "anchor": "x"}
        else:
            layout["yaxis2"] |= {"overlaying": "y", "side": "right", "showgrid": False, "tickmode": "auto"}
    if any(series.get("bars") for series in data["series"]):
        layout["barmode"] = "group"
    is_equal = bool(data.get("equal_aspect")) and bool(data["x"].get("log")) == bool(data["y"].get("log"))
    if is_equal:
        layout["yaxis"] |= {"scaleanchor": "x", "scaleratio": 1, "constraintoward": "bottom"}
    remark = _set_ranges(layout, data, is_equal=is_equal)
    return layout, remark


def _set_ranges(layout: Figure, data: dict[str, Any], *, is_equal: bool) -> str:
    """Set the ranges that plotly would not choose: of log axes, without far ends of error bars, and around the arcs of
    a spectrum. A double-click shows all."""
    stored = {"xaxis": data["x"], "yaxis": data["y"], "yaxis2": data.get("y2")}
    has_log = any(axis and axis.get("log") for axis in stored.values())
    if not (has_log or is_equal or any(series.get("y_lower") for series in data["series"])):
        return ""
    traces = build_traces(data)
    axes = fit_axes(data, traces, PLAIN)
    for name, axis in zip(stored, axes[:3], strict=True):
        ends = [
            end for trace in traces if trace.second == (name == "yaxis2") for end in chain(*trace.error_bars.values())
        ]
        is_cut = name != "xaxis" and axis is not None and not all(axis.contains(end) for end in ends)
        if axis and (axis.log or is_cut or (axes.is_arcs and name != "yaxis2")):
            layout[name] |= get_range(axis)
    if axes.is_arcs:
        layout["xaxis"]["constraintoward"] = "left"
    return TAIL_REMARK if axes.is_arcs else ""


def get_range(axis: Axis) -> Figure:
    """The range of an axis, which on a log axis is of exponents of ten."""
    return {"range": [axis.high, axis.low] if axis.reversed else [axis.low, axis.high], "autorange": False}


def _select(series: dict[str, Any], data: dict[str, Any], window: Window | None) -> np.ndarray:
    """The columns x, y, y_lower and y_upper of a series, in the window and a point beyond each of its ends."""
    names = ("x", "y", "y_lower", "y_upper")
    length = len(series["x"])
    columns = np.array([series[name] if series.get(name) else [None] * length for name in names], dtype=np.float64)
    axes = (data["x"], data["y2"] if series.get("on_second_axis") and data.get("y2") else data["y"])
    for row, axis in enumerate(axes):
        column = columns[row]
        drawable = np.isfinite(column) & (np.abs(column) <= LARGEST) & ((column > 0) if axis.get("log") else True)
        columns[row] = np.where(drawable, column, np.nan)
    if window is None:
        return columns
    inside = np.flatnonzero((columns[0] >= window.lowest) & (columns[0] <= window.highest))
    if not inside.size:
        return columns[:, :0]
    return columns[:, max(inside[0] - 1, 0) : inside[-1] + 2]


def _list_keys(series: dict[str, Any], axis: dict[str, Any], x: np.ndarray) -> Figure:
    """The row of a table that each point belongs to: the refcode of a measurement, or the number of a cycle."""
    if series.get("records") and len(series["records"]) == x.size:
        return {"customdata": series["records"]}
    known = x.tolist()
    if axis.get("quantity") == CYCLE:
        return {"customdata": [str(int(cycle)) if math.isfinite(cycle) else None for cycle in known]}
    if series.get("cycles"):
        cycles = {
            at: str(int(cycle)) for at, cycle in zip(series["x"], series["cycles"], strict=True) if at is not None
        }
        return {"customdata": [cycles.get(at) for at in known]}
    return {}


def _build_traces(series: dict[str, Any], columns: np.ndarray, index: int) -> list[Figure]:
    x, y, lower, upper = columns
    style = get_style(index)
    axis = {"yaxis": "y2"} if series.get("on_second_axis") else {}
    trace: Figure = {"name": series["name"], "x": numbers_to_json(x), "y": numbers_to_json(y), **axis}
    trace |= {"legendgroup": str(index), "meta": css_classes(index)}
    if series.get("records") and len(series["records"]) == x.size:
        trace["text"] = [escape(text) for text in series["texts"]]
        trace["hovertemplate"] = "%{text}<extra></extra>"
    if series.get("bars"):
        return [trace | {"type": "bar", "marker": {"color": style.colour}, "width": 0.7}]
    line, markers = bool(series.get("line", True)), bool(series.get("markers"))
    trace["mode"] = "+".join(name for name, on in (("lines", line), ("markers", markers or not line)) if on)
    if line:
        trace["line"] = {"color": style.colour, "width": 1.7, "dash": DASHES[style.pattern]}
    trace["marker"] = {"color": style.colour, "symbol": SYMBOLS[style.pattern], "size": 6}
    if not np.isfinite(lower).any():
        return [trace]
    if line and x.size > 1:
        return [*_build_band(trace, x, lower, upper, style.colour), trace]
    trace["error_y"] = {
        "type": "data",
        "symmetric": False,
        "array": numbers_to_json(upper - y),
        "arrayminus": numbers_to_json(y - lower),
        "color": style.colour,
        "thickness": 1,
        "width": 3,
    }
    return [trace]


def _build_band(trace: Figure, x: np.ndarray, lower: np.ndarray, upper: np.ndarray, colour: str) -> list[Figure]:
    """The 95 % interval as an area under the line."""
    shared = {
        "legendgroup": trace["legendgroup"],
        "showlegend": False,
        "hoverinfo": "skip",
        "mode": "lines",
        "line": {"width": 0, "color": colour},
        "x": numbers_to_json(x),
        **({"yaxis": trace["yaxis"]} if "yaxis" in trace else {}),
    }
    return [
        shared | {"y": numbers_to_json(lower)},
        shared | {"y": numbers_to_json(upper), "fill": "tonexty", "fillcolor": f"{colour} / 0.18"},
    ]


def _build_heat_map(data: dict[str, Any]) -> Figure:
    grid = np.array(grid_from_json(data["z_values"]), dtype=np.float64)
    is_log = bool(data["z"].get("log"))
    with np.errstate(divide="ignore", invalid="ignore"):
        shown = np.where(grid > 0, np.log10(grid), np.nan) if is_log else grid
    steps = len(ANCHORS) - 1
    trace: Figure = {
        "type": "heatmap",
        "x": data["x_values"],
        "y": data["y_values"],
        "z": [numbers_to_json(row) for row in shown],
        "customdata": [numbers_to_json(row) for row in grid],
        "hovertemplate": build_map_hover(data, grid),
        "colorscale": [[step / steps, f"#{colour}"] for step, colour in enumerate(ANCHORS)],
        "colorbar": {
            "title": {
                "text": _break_label(("log₁₀ " if is_log else "") + format_axis_label(data["z"]), LONGEST_BESIDE),
                "side": "right",
            },
            "thickness": 12,
            "outlinewidth": 0,
        },
    }
    layout: Figure = {"showlegend": False}
    for name, axis in (("x", "xaxis"), ("y", "yaxis")):
        layout[axis] = _build_axis(data[name], is_vertical=name == "y")
        if data[name].get("log"):
            layout[axis] |= get_range(fit_edges(data[name], data[f"{name}_values"]))
    return {"data": [trace], "layout": layout, "decimated": False, "remark": ""}


def _build_axis(stored: dict[str, Any], *, is_vertical: bool = False) -> Figure:
    label = format_axis_label(stored)
    axis: Figure = {"title": {"text": _break_label(label, LONGEST_BESIDE) if is_vertical else escape(label)}}
    if stored.get("log"):
        axis["type"] = "log"
    if stored.get("reversed"):
        axis["autorange"] = "reversed"
    return axis


def _break_label(label: str, longest: int) -> str:
    return "<br>".join(map(escape, wrap_label(label, longest)))
