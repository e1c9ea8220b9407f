"""Checks the plots of an outcome: texts, axes, shapes and sizes."""

from collections.abc import Sequence
from typing import Any

import numpy as np

from registry.contract.curve import Axis, Curve, HeatMap, MaskedPicture, Series
from registry.contract.curve_encoding import real_numbers
from registry.contract.quantity import Quantity
from registry.numbers import catalogue, units
from registry.sandbox.contract_violation import ContractViolation, check_text, expect

LONGEST_NAME, LONGEST_TITLE, LONGEST_UNIT = 80, 200, 40
MOST_POINTS = 1_000_000
MOST_NUMBERS = 262_144
"""Of a heat map."""
MOST_PIXELS = 1_048_576
MOST_AREAS = 6
"""As many as there are colours."""


def check_plot(plot: Any, index: int) -> str:
    """Check a plot and return its name; ContractViolation if it violates the contract."""
    expect(plot, (Curve, HeatMap, MaskedPicture), f"curves[{index}] is")
    check_text(plot.name, f"the name of curves[{index}]", LONGEST_NAME)
    where = f"the curve ‘{plot.name}’"
    check_text(plot.title, f"the title of {where}", LONGEST_TITLE)
    if isinstance(plot, HeatMap):
        _check_heat_map(plot, where)
    elif isinstance(plot, MaskedPicture):
        _check_picture(plot, where)
    else:
        _check_curve(plot, where)
    return str(plot.name)


def _check_curve(curve: Curve, where: str) -> None:
    for name in ("x", "y") if curve.y2 is None else ("x", "y", "y2"):
        check_axis(getattr(curve, name), f"the {name} axis of {where}")
    if isinstance(curve.series, str) or not isinstance(curve.series, Sequence):
        kind = type(curve.series).__name__
        raise ContractViolation(f"the `series` of {where} is a {kind}: write `series=(Series(...),)`")
    for index, series in enumerate(curve.series):
        _check_series(series, index, curve, where)


def check_axis(axis: Any, where: str) -> None:
    """Check that an axis names a registered quantity, or states its label and unit."""
    expect(axis, Axis, f"{where} is")
    check_text(axis.label, f"the label of {where}", LONGEST_TITLE, may_be_empty=True)
    check_text("" if axis.unit is None else axis.unit, f"the unit of {where}", LONGEST_UNIT, may_be_empty=True)
    check_text(axis.quantity, f"the quantity of {where}", LONGEST_NAME, may_be_empty=True)
    if not axis.quantity:
        if not axis.label.strip() or axis.unit is None:
            raise ContractViolation(f"{where} names no quantity: name one, or state both `label` and `unit`")
        return
    _get_quantity(axis.quantity, where)
    if axis.unit is not None:
        raise ContractViolation(f"{where} states a unit as well as its quantity {axis.quantity}: leave `unit` out")


def _get_quantity(slug: str, where: str) -> Quantity:
    try:
        return catalogue.get(slug)
    except catalogue.UnknownQuantityError as error:
        raise ContractViolation(f"{where} names an {error}") from None


def _check_series(series: Any, index: int, curve: Curve, of: str) -> None:
    expect(series, Series, f"series[{index}] of {of} is")
    check_text(series.name, f"the name of series[{index}] of {of}", LONGEST_TITLE, may_be_empty=True)
    where = f"the series ‘{series.name}’ of {of}"
    if series.on_second_axis and curve.y2 is None:
        raise ContractViolation(f"{where} is on the second axis, but the curve has none: set `y2`")
    _check_series_quantity(series, curve.y2 if series.on_second_axis and curve.y2 else curve.y, where)
    if (series.y_lower is None) != (series.y_upper is None):
        raise ContractViolation(f"{where} has one end of its error bars: give both `y_lower` and `y_upper`")
    names = ["x", "y", *([] if series.y_lower is None else ["y_lower", "y_upper"])]
    shapes = [_numbers(getattr(series, name), f"{name} of {where}").shape for name in names]
    if len(set(shapes)) > 1:
        listed = f"{', '.join(names[:-1])} and {names[-1]}"
        raise ContractViolation(f"{listed} of {where} differ in shape: {', '.join(map(str, shapes))}")
    if len(shapes[0]) != 1 or shapes[0][0] > MOST_POINTS:
        raise ContractViolation(
            f"x and y of {where} have the shape {shapes[0]}: return one-dimensional arrays of at most "
            f"{MOST_POINTS:,} points"
        )


def _check_series_quantity(series: Series, axis: Axis, where: str) -> None:
    check_text(series.quantity, f"the quantity of {where}", LONGEST_NAME, may_be_empty=True)
    if not series.quantity:
        return
    quantity = _get_quantity(series.quantity, where)
    unit = _get_quantity(axis.quantity, where).unit if axis.quantity else axis.unit or "dimensionless"
    if not _is_same_unit(unit, quantity.unit):
        raise ContractViolation(f"{where} is in {quantity.unit}, but its axis in {unit}: use the same unit")


def _is_same_unit(unit: str, other: str) -> bool:
    try:
        scale, offset = units.factor(unit, other)
    except units.UnitError:
        return False
    return scale == 1 and offset == 0


def _check_heat_map(plot: HeatMap, where: str) -> None:
    for name in ("x", "y", "z"):
        check_axis(getattr(plot, name), f"the {name} axis of {where}")
    shape = _grid(plot.z_values, f"z_values of {where}", MOST_NUMBERS).shape
    for name, size in (("y_values", shape[0]), ("x_values", shape[1])):
        positions = _numbers(getattr(plot, name), f"{name} of {where}")
        if positions.shape != (size,):
            raise ContractViolation(f"{name} of {where} has the shape {positions.shape}, not {(size,)} as z_values")
        if not (np.isfinite(positions).all() and (np.diff(positions) > 0).all()):
            raise ContractViolation(f"{name} of {where} does not increase: sort it, without gaps and repetitions")


def _check_picture(plot: MaskedPicture, where: str) -> None:
    picture = _grid(plot.picture, f"the image of {where}", MOST_PIXELS)
    mask = _grid(plot.mask, f"the mask of {where}", MOST_PIXELS)
    if picture.shape != mask.shape:
        raise ContractViolation(f"the mask of {where} has the shape {mask.shape}, its image {picture.shape}")
    if isinstance(plot.areas, str) or not isinstance(plot.areas, Sequence) or len(plot.areas) > MOST_AREAS:
        raise ContractViolation(f"the `areas` of {where} must be a tuple of at most {MOST_AREAS} names")
    for area in plot.areas:
        check_text(area, f"the name of an area of {where}", LONGEST_TITLE)
    if not np.isin(mask, np.arange(len(plot.areas) + 1)).all():
        raise ContractViolation(f"the mask of {where} has other numbers than 0 to {len(plot.areas)}, one for each area")
    size = plot.pixel_size_um
    if size is not None and not (isinstance(size, int | float) and 0 < size < 1e9):
        raise ContractViolation(f"the pixel size of {where} must be a positive length in µm, or None")


def _grid(grid: Any, where: str, most: int) -> np.ndarray:
    numbers = _numbers(grid, where)
    if numbers.ndim != 2 or not 0 < numbers.size <= most:
        raise ContractViolation(
            f"{where} has the shape {numbers.shape}: return a two-dimensional array of at most {most:,} numbers"
        )
    return numbers


def _numbers(sequence: Any, where: str) -> np.ndarray:
    try:
        return real_numbers(sequence)
    except (TypeError, ValueError):
        raise ContractViolation(f"{where} is not an array of real numbers: use floats") from None
