"""Encoding of plots as plain data: in messages of the sandbox, and in the database.

A line is stored with its numbers as lists; the grids of heat maps and images are packed.
"""

import base64
import zlib
from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

import numpy as np

from registry.contract.curve import Axis, Curve, HeatMap, MaskedPicture, Plot, Series

LINE, HEAT_MAP, PICTURE = "line", "heat-map", "picture"
MOST_GRID_BYTES = 8 * 2**20
LEVEL = 6


def real_numbers(sequence: Any) -> np.ndarray:
    """Any sequence of numbers, None where there is none, as floats; raises TypeError or ValueError."""
    numbers = np.asarray(sequence)
    if numbers.dtype.kind == "c":
        raise TypeError("complex numbers have two parts")
    return numbers.astype(float)


def numbers_to_json(sequence: Any) -> list[float | None]:
    """Any sequence of numbers as a list, with None where a number is not finite."""
    column = real_numbers(sequence)
    return [number if finite else None for number, finite in zip(column.tolist(), np.isfinite(column), strict=True)]


def grid_to_json(grid: Any, dtype: str) -> dict[str, Any]:
    """A two-dimensional array as its shape, type (`<f8`, `|u1`) and compressed numbers."""
    numbers = np.ascontiguousarray(grid, dtype=dtype)
    packed = base64.b64encode(zlib.compress(numbers.tobytes(), LEVEL)).decode()
    return {"shape": list(numbers.shape), "dtype": dtype, "packed": packed}


def grid_from_json(encoded: Mapping[str, Any]) -> np.ndarray:
    """The array of an encoded grid; ValueError if it is malformed or too large."""
    rows, columns = (int(size) for size in encoded["shape"])
    dtype = np.dtype({"<f8": "<f8", "|u1": "|u1"}[encoded["dtype"]])
    expected = rows * columns * dtype.itemsize
    if min(rows, columns) < 0 or expected > MOST_GRID_BYTES:
        raise ValueError(f"a grid of {rows} × {columns} numbers is too large")
    try:
        raw = zlib.decompressobj().decompress(base64.b64decode(encoded["packed"]), expected + 1)
    except zlib.error as error:
        raise ValueError(f"a grid is damaged: {error}") from error
    if len(raw) != expected:
        raise ValueError(f"a grid of {rows} × {columns} numbers has {len(raw)} bytes instead of {expected}")
    return np.frombuffer(raw, dtype).reshape(rows, columns)


def plot_to_json(plot: Plot) -> dict[str, Any]:
    """Return a plot as plain data, its `kind` with it."""
    if isinstance(plot, HeatMap):
        return _heat_map_to_json(plot)
    if isinstance(plot, MaskedPicture):
        return _picture_to_json(plot)
    return {**vars(plot), **_axes(plot), "kind": LINE, "series": [_series_to_json(series) for series in plot.series]}


def _axes(plot: Curve | HeatMap) -> dict[str, Any]:
    return {name: asdict(axis) for name, axis in vars(plot).items() if isinstance(axis, Axis)}


def _series_to_json(series: Series) -> dict[str, Any]:
    columns = ("x", "y", "y_lower", "y_upper")
    numbers = {name: getattr(series, name) for name in columns}
    return {**vars(series), **{name: None if n is None else numbers_to_json(n) for name, n in numbers.items()}}


def _heat_map_to_json(plot: HeatMap) -> dict[str, Any]:
    positions = {name: numbers_to_json(getattr(plot, name)) for name in ("x_values", "y_values")}
    grid = grid_to_json(real_numbers(plot.z_values), "<f8")
    return {**vars(plot), **_axes(plot), **positions, "kind": HEAT_MAP, "z_values": grid}


def _picture_to_json(plot: MaskedPicture) -> dict[str, Any]:
    grids = {"picture": grid_to_json(_grey(plot.picture), "|u1"), "mask": grid_to_json(plot.mask, "|u1")}
    return {**vars(plot), **grids, "kind": PICTURE, "areas": list(plot.areas)}


def _grey(picture: Any) -> np.ndarray:
    """Brightness from 0 to 255; the darkest pixel becomes black, and the brightest white."""
    numbers = real_numbers(picture)
    finite = numbers[np.isfinite(numbers)]
    low, high = (finite.min(), finite.max()) if finite.size else (0.0, 0.0)
    scale = 255 / (high - low) if high > low else 0.0
    grey: np.ndarray = np.nan_to_num((numbers - low) * scale).round().astype(np.uint8)
    return grey


def plot_from_json(encoded: Mapping[str, Any]) -> Plot:
    """Return the plot; TypeError, ValueError or LookupError if it is malformed."""
    fields = {name: value for name, value in encoded.items() if name != "kind"}
    if encoded["kind"] == PICTURE:
        grids = {name: grid_from_json(fields[name]) for name in ("picture", "mask")}
        return MaskedPicture(**{**fields, **grids, "areas": tuple(fields["areas"])})
    axes = {name: Axis(**fields[name]) for name in ("x", "y", "y2", "z") if fields.get(name) is not None}
    if encoded["kind"] == HEAT_MAP:
        return HeatMap(**{**fields, **axes, "z_values": grid_from_json(fields["z_values"])})
    if encoded["kind"] != LINE:
        raise ValueError(f"{encoded['kind']!r} is not a kind of plot")
    return Curve(**{**fields, **axes, "series": tuple(Series(**series) for series in fields["series"])})
