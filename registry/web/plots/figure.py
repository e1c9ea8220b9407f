"""Figures of plotly: plain dictionaries, with the names of colours that the page knows in light and dark."""

import math
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import numpy as np

from registry.contract.curve_encoding import grid_from_json, numbers_to_json
from registry.models import CurveKind
from registry.web.plots.axis import LARGEST
from registry.web.plots.decimation import kept_positions
from registry.web.plots.frame import format_axis_label
from registry.web.plots.heat_map import ANCHORS
from registry.web.plots.style import get_style

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
    """Whether curves of this kind are drawn by plotly; pictures are drawn on the server."""
    return kind in (CurveKind.LINE, CurveKind.HEAT_MAP)


def build_figure(kind: str, data: dict[str, Any], window: Window | None = None) -> Figure:
    """Return `data`, `layout` and `decimated` of a figure.

    Colours are names of custom properties of the stylesheet. `decimated` says whether a trace has fewer points than
    the curve, so that a smaller window is worth fetching.
    """
    return _build_heat_map(data) if kind == CurveKind.HEAT_MAP else _build_lines(data, window)


def _build_lines(data: dict[str, Any], window: Window | None) -> Figure:
    traces, decimated = [], False
    drawn: dict[str, list[np.ndarray]] = {"x": [], "y": [], "y2": []}
    several = len(data["series"]) > 1
    for index, series in enumerate(data["series"]):
        columns = _select(series, data, window)
        if columns.shape[1] > MOST_POINTS:
            columns, decimated = columns[:, kept_positions(columns[1], MOST_POINTS)], True
        drawn["x"].append(columns[0])
        drawn["y2" if series.get("on_second_axis") and data.get("y2") else "y"].append(columns[1])
        traces += _build_traces(series, columns, index, several=several)
    axes = {name: _build_axis(data[name], drawn[name]) for name in drawn if data.get(name)}
    layout: Figure = {"xaxis": axes["x"], "yaxis": axes["y"], "showlegend": several}
    if data.get("y2"):
        layout["yaxis2"] = axes["y2"] | {"overlaying": "y", "side": "right", "showgrid": False}
    if data.get("equal_aspect") and bool(data["x"].get("log")) == bool(data["y"].get("log")):
        layout["yaxis"] |= {"scaleanchor": "x", "scaleratio": 1}
    if any(series.get("bars") for series in data["series"]):
        layout["barmode"] = "group"
    return {"data": traces, "layout": layout, "decimated": decimated}


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


def _build_traces(series: dict[str, Any], columns: np.ndarray, index: int, *, several: bool) -> list[Figure]:
    x, y, lower, upper = columns
    style = get_style(index)
    axis = {"yaxis": "y2"} if series.get("on_second_axis") else {}
    trace: Figure = {"name": series["name"], "x": numbers_to_json(x), "y": numbers_to_json(y), **axis}
    trace |= {"legendgroup": str(index), "hovertemplate": "%{x}, %{y}" + (f"<extra>{_escape(series['name'])}</extra>")}
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
        "hovertemplate": "%{x}, %{y}: %{customdata}<extra></extra>",
        "colorscale": [[step / steps, f"#{colour}"] for step, colour in enumerate(ANCHORS)],
        "colorbar": {
            "title": {"text": ("log₁₀ " if is_log else "") + _escape(format_axis_label(data["z"])), "side": "right"},
            "thickness": 12,
            "outlinewidth": 0,
        },
    }
    layout = {"xaxis": _build_axis(data["x"]), "yaxis": _build_axis(data["y"]), "showlegend": False}
    return {"data": [trace], "layout": layout, "decimated": False}


def _build_axis(stored: dict[str, Any], numbers: Iterable[np.ndarray] = ()) -> Figure:
    axis: Figure = {"title": {"text": _escape(format_axis_label(stored))}}
    if stored.get("log"):
        axis |= {"type": "log", "dtick": _decades_per_tick(numbers)}
    if stored.get("reversed"):
        axis["autorange"] = "reversed"
    return axis


def _decades_per_tick(numbers: Iterable[np.ndarray]) -> int:
    """So many that about five ticks are labelled."""
    shown = np.concatenate([column[np.isfinite(column) & (column > 0)] for column in numbers] or [np.ones(1)])
    decades = math.log10(shown.max() / shown.min()) if shown.size else 0.0
    return max(1, math.ceil(decades / 5))


def _escape(text: str) -> str:
    """Text without the few tags that plotly would read in it."""
    return text.replace("<", "‹").replace(">", "›")
