"""Axes of plots: label and unit from their quantity, and numbers in another unit."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from registry.contract.curve import Axis, Plot
from registry.numbers import units
from registry.numbers.catalogue import get_or_placeholder


def resolve_axes(plot: Plot) -> Plot:
    """Return the plot with label and unit of every axis stated, so that it stays readable without its quantities."""
    axes: dict[str, Any] = {name: resolve_axis(axis) for name, axis in vars(plot).items() if isinstance(axis, Axis)}
    return replace(plot, **axes)


def resolve_axis(axis: Axis) -> Axis:
    """Return the axis with its label and unit stated."""
    if not axis.quantity:
        return axis
    quantity = get_or_placeholder(axis.quantity)
    return replace(axis, label=axis.label or quantity.name, unit=quantity.unit_label)


def converter(axis: dict[str, Any], unit: str) -> Callable[[float | None], float | None]:
    """Return what converts the numbers of a stored axis to a unit; UnitError if its dimension differs."""
    scale, offset = units.factor(axis["unit"] or "dimensionless", unit)
    factor, shift = float(scale), float(offset)
    # 15 digits leave out the round-off of the factor.
    return lambda number: None if number is None else float(f"{number * factor + shift:.15g}")
