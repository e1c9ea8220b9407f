"""Text about the point of a figure under the pointer: names, numbers and units."""

import math
from collections.abc import Mapping
from typing import Any

import numpy as np

DIGITS = 4
"""Significant digits of a number under the pointer, unless it has more before the decimal point."""
SMALLEST, LARGEST = 1e-3, 1e6
"""Outside of these, numbers have a power of ten."""


def build_line_hover(series: Mapping[str, Any], data: Mapping[str, Any], columns: np.ndarray, *, is_only: bool) -> str:
    """The template for a point of a line: its series if there are several, then both axes."""
    x, y = columns[:2]
    axis = data["y2"] if series.get("on_second_axis") and data.get("y2") else data["y"]
    name, label = str(series["name"]), str(axis["label"])
    # The series says which of several numbers of this kind it is: Discharge capacity.
    is_named = label.lower() in name.lower()
    lines = [] if is_only or is_named else [escape(name)]
    lines.append(_format_line(str(data["x"]["label"]), "x", x, data["x"]))
    lines.append(_format_line(name if is_named else label, "y", y, axis))
    return "<br>".join(lines) + "<extra></extra>"


def build_map_hover(data: Mapping[str, Any], grid: np.ndarray) -> str:
    """The template for a cell of a heat map."""
    numbers = {"x": np.array(data["x_values"], float), "y": np.array(data["y_values"], float), "customdata": grid}
    axes = zip(numbers.items(), ("x", "y", "z"), strict=True)
    lines = [_format_line(str(data[axis]["label"]), field, column, data[axis]) for (field, column), axis in axes]
    return "<br>".join(lines) + "<extra></extra>"


def _format_line(name: str, field: str, numbers: np.ndarray, axis: Mapping[str, Any]) -> str:
    number_format = find_number_format(numbers)
    number = f"%{{{field}:{number_format}}}" if number_format else f"%{{{field}}}"
    return " ".join(filter(None, (escape(name), number, escape(str(axis.get("unit") or "")))))


def find_number_format(numbers: np.ndarray) -> str:
    """The format of d3 for these numbers; empty for one with powers of ten.

    Examples
    --------
    >>> find_number_format(np.array([1.0, 94.0])), find_number_format(np.array([1.62329]))
    ('d', '.4~r')
    >>> find_number_format(np.array([1.5, 12345.6])), find_number_format(np.array([2e-9, 1.0]))
    ('.5~r', '.4~r')
    >>> find_number_format(np.array([1e-7, 2e-7]))
    ''
    """
    sizes = np.abs(numbers[np.isfinite(numbers)])
    if not sizes.size or not SMALLEST <= sizes.max() < LARGEST:
        return "d" if sizes.size and not sizes.any() else ""
    if (sizes == np.round(sizes)).all():
        return "d"
    return f".{max(DIGITS, math.floor(math.log10(sizes.max())) + 1)}~r"


def escape(text: str) -> str:
    """Text without the few tags that plotly would read in it."""
    return text.replace("<", "‹").replace(">", "›")
