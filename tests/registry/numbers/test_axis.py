"""Axes with their quantity, and in other units."""

import pytest

from registry.hookspecs import Axis, Curve, Series
from registry.numbers.axis import converter, resolve_axes, resolve_axis
from registry.numbers.units import UnitError


def test_label_and_unit_follow_from_the_quantity() -> None:
    assert resolve_axis(Axis(quantity="discharge_capacity_mah", log=True)) == Axis(
        quantity="discharge_capacity_mah", label="Discharge capacity", unit="mAh", log=True
    )


def test_a_label_may_be_overridden() -> None:
    assert resolve_axis(Axis(quantity="cycle_number", label="Cycle")).label == "Cycle"


def test_an_axis_without_a_quantity_stays_as_it_is() -> None:
    axis = Axis(label="Signal", unit="a.u.")
    assert resolve_axis(axis) is axis


def test_every_axis_of_a_plot_is_resolved() -> None:
    curve = Curve("c", "C", Axis(quantity="time_h"), Axis(quantity="voltage_v"), (Series("a", [], []),))
    resolved = resolve_axes(curve)
    assert isinstance(resolved, Curve)
    assert (resolved.x.unit, resolved.y.unit, resolved.y2) == ("h", "V", None)


def test_numbers_are_converted_to_a_unit_of_the_same_dimension() -> None:
    convert = converter({"unit": "mAh"}, "Ah")
    assert (convert(2500.0), convert(None)) == (pytest.approx(2.5), None)
    assert converter({"unit": "°C"}, "K")(25.0) == pytest.approx(298.15)


def test_a_unit_of_another_dimension_is_an_error() -> None:
    with pytest.raises(UnitError):
        converter({"unit": "mAh"}, "V")
