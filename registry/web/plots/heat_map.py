"""A number over a grid, as colours with a scale."""

from collections.abc import Sequence
from typing import Any

import numpy as np
from django.utils.html import format_html
from django.utils.safestring import SafeString

from registry.contract.curve_encoding import grid_from_json
from registry.web.plots.axis import LARGEST, Axis, fit_axis
from registry.web.plots.frame import (
    Box,
    DrawnPlot,
    draw_frame,
    draw_right_axis,
    fit_box,
    format_axis_label,
    wrap_svg,
)
from registry.web.plots.png import Colour, png_uri

BOX = Box(right=332.0)
SCALE_GAP, SCALE_WIDTH = 8.0, 12.0
ANCHORS = ("440154", "472d7b", "3b528b", "2c728e", "21918c", "28ae80", "5ec962", "addc30", "fde725")
"""Viridis: even steps of the number are even steps to the eye, also for the colour-blind and in grey."""
COLOURS = 255
PIXELS_PER_UNIT = 2


def draw_heat_map(name: str, title: str, data: dict[str, Any]) -> DrawnPlot:
    """Draw a heat map; numbers that are missing, or not positive on a log scale, are left blank."""
    grid = grid_from_json(data["z_values"])
    z = _coordinates(grid, log=bool(data["z"].get("log")))
    x_edges = _edges(_coordinates(np.array(data["x_values"], float), log=bool(data["x"].get("log"))))
    y_edges = _edges(_coordinates(np.array(data["y_values"], float), log=bool(data["y"].get("log"))))
    shown = z[np.isfinite(z)]
    low, high = (float(shown.min()), float(shown.max())) if shown.size else (0.0, 1.0)
    y_axis = _axis(data["y"], y_edges, BOX.bottom, BOX.top)
    z_axis = _scale_axis(low, high, log=bool(data["z"].get("log")))
    box = fit_box(BOX, data, y_axis, z_axis, SCALE_GAP + SCALE_WIDTH)
    x_axis = _axis(data["x"], x_edges, box.left, box.right)
    colours = _resample(_colour_numbers(z, low, high), x_axis, y_axis, x_edges, y_edges)
    parts = [
        _image(colours, box.left, box.top, box.right - box.left, box.bottom - box.top),
        draw_frame(box, x_axis, y_axis, data),
        _draw_scale(box, z_axis, data["z"]),
    ]
    description = (
        f"{format_axis_label(data['z'])} over {format_axis_label(data['x'])} and {format_axis_label(data['y'])}"
    )
    missing = grid.size - shown.size
    remark = (
        f"{missing} number{'s' if missing > 1 else ''} not shown: missing, or not positive on a log scale."
        if missing
        else ""
    )
    return DrawnPlot(title, wrap_svg(name, title, description, parts), (), remark)


def _coordinates(numbers: np.ndarray, *, log: bool) -> np.ndarray:
    """The numbers, or their exponents of ten; NaN for one that cannot be drawn."""
    drawable = np.isfinite(numbers) & (np.abs(numbers) <= LARGEST) & ((numbers > 0) if log else True)
    kept = np.where(drawable, numbers, np.nan)
    result: np.ndarray = np.log10(kept) if log else kept
    return result


def _edges(centres: np.ndarray) -> np.ndarray:
    """The borders of the cells of a grid: midway between the centres, and as far beyond the outer ones."""
    if centres.size == 1:
        return np.array([centres[0] - 0.5, centres[0] + 0.5])
    inner = (centres[:-1] + centres[1:]) / 2
    return np.concatenate([[2 * centres[0] - inner[0]], inner, [2 * centres[-1] - inner[-1]]])


def fit_edges(stored: dict[str, Any], values: Sequence[float]) -> Axis:
    """An axis of a heat map from edge to edge."""
    return _axis(stored, _edges(_coordinates(np.array(values, float), log=bool(stored.get("log")))), 0.0, 1.0)


def _axis(stored: dict[str, Any], edges: np.ndarray, start: float, end: float) -> Axis:
    finite = edges[np.isfinite(edges)]
    low, high = (float(finite[0]), float(finite[-1])) if finite.size > 1 else (0.0, 1.0)
    return Axis(low, high, start, end, bool(stored.get("log")), bool(stored.get("reversed")))


def _colour_numbers(z: np.ndarray, low: float, high: float) -> np.ndarray:
    """Numbers of colours, 1 to 255; 0 is transparent."""
    share = (z - low) / (high - low) if high > low else np.where(np.isfinite(z), 0.5, np.nan)
    numbers: np.ndarray = np.where(np.isfinite(share), 1 + np.nan_to_num(share) * (COLOURS - 1), 0)
    return numbers.round().astype(np.uint8)


def _resample(colours: np.ndarray, x: Axis, y: Axis, x_edges: np.ndarray, y_edges: np.ndarray) -> np.ndarray:
    """The colour of each pixel, the top row first."""
    columns = _cells(x, x_edges)
    rows = _cells(y, y_edges)[::-1]
    sampled: np.ndarray = colours[np.ix_(rows, columns)]
    return sampled


def _cells(axis: Axis, edges: np.ndarray) -> np.ndarray:
    """The cell under each pixel along an axis, in increasing direction of the axis."""
    pixels = int(axis.pixels) * PIXELS_PER_UNIT
    centres = axis.low + (axis.high - axis.low) * (np.arange(pixels) + 0.5) / pixels
    cells = np.clip(np.searchsorted(edges, centres) - 1, 0, edges.size - 2)
    return cells[::-1] if axis.reversed else cells


def palette() -> tuple[Colour, ...]:
    """A transparent colour and the 255 of the scale, from low to high."""
    anchors = np.array([[int(text[i : i + 2], 16) for i in (0, 2, 4)] for text in ANCHORS], float)
    steps = np.linspace(0, len(ANCHORS) - 1, COLOURS)
    levels = [
        np.interp(steps, np.arange(len(ANCHORS)), anchors[:, channel]).round().astype(int) for channel in range(3)
    ]
    return ((0, 0, 0, 0), *((int(r), int(g), int(b), 255) for r, g, b in zip(*levels, strict=True)))


def _scale_axis(low: float, high: float, *, log: bool) -> Axis:
    """The axis of the colour scale; if all numbers are equal, with a margin around them."""
    if high <= low:
        return fit_axis([10**low if log else low], BOX.bottom, BOX.top, log=log, reversed_=False)
    return Axis(low, high, BOX.bottom, BOX.top, log)


def _draw_scale(box: Box, axis: Axis, stored: dict[str, Any]) -> SafeString:
    """The colour scale on the right, with its ticks."""
    gradient = np.arange(COLOURS, 0, -1, dtype=np.uint8)[:, np.newaxis]
    image = _image(gradient, box.right + SCALE_GAP, box.top, SCALE_WIDTH, box.bottom - box.top)
    return format_html("{}{}", image, draw_right_axis(box, axis, stored, SCALE_GAP + SCALE_WIDTH))


def _image(colours: np.ndarray, x: float, y: float, width: float, height: float) -> SafeString:
    return format_html(
        '<image x="{}" y="{}" width="{}" height="{}" preserveAspectRatio="none" href="{}"/>',
        *(x, y, round(width, 1), height, png_uri(colours, palette())),
    )
