"""Curves in other units, and overlaid."""

from typing import Any

import pytest

from registry.contract.curve_encoding import plot_to_json
from registry.hookspecs import Axis, Curve, HeatMap, Series
from registry.models import AnalysisRun
from registry.models import Cell as CellModel
from registry.models import Curve as StoredCurve
from registry.models import Measurement as MeasurementModel
from registry.numbers.axis import resolve_axes
from registry.numbers.units import UnitError
from registry.selectors.curve import OverlayError, convert_axes, overlay_curves

SERIES = (
    Series("Discharge", [1, 2], [2000.0, None], y_lower=[1900.0, None], y_upper=[2100.0, None]),  # type: ignore[list-item]
    Series("Efficiency", [1, 2], [99.0, 98.0], on_second_axis=True),
)
LINE = Curve(
    "capacity",
    "Capacity",
    Axis(quantity="cycle_number"),
    Axis(quantity="capacity_mah"),
    SERIES,
    y2=Axis(quantity="efficiency_percent"),
)
DATA = plot_to_json(resolve_axes(LINE))


def stored(pk: int, data: dict[str, Any] = DATA, *, kind: str = "line", y: str = "capacity_mah") -> StoredCurve:
    cell = CellModel(pk=1, refcode="C-00001")
    run = AnalysisRun(pk=pk, cell=cell, measurement=MeasurementModel(pk=pk, refcode=f"M-{pk:05d}", cell=cell))
    return StoredCurve(pk=pk, run=run, name="c", kind=kind, data=data, x_quantity="cycle_number", y_quantity=y)


def test_an_axis_is_converted_with_its_error_bars_and_not_the_other_axis() -> None:
    discharge, efficiency = convert_axes(DATA, {"y": "Ah"})["series"]
    assert (discharge["y"], discharge["y_lower"]) == ([2.0, None], [1.9, None])
    assert efficiency["y"] == [99.0, 98.0]
    assert DATA["series"][0]["y"] == [2000.0, None]


def test_the_second_axis_is_converted_alone() -> None:
    data = convert_axes(DATA, {"y2": "dimensionless"})
    assert data["series"][1]["y"] == pytest.approx([0.99, 0.98])
    assert data["series"][0]["y"] == [2000.0, None]


def test_the_grid_of_a_heat_map_is_converted() -> None:
    x, z = Axis(quantity="time_h"), Axis(quantity="resistance_ohm")
    plot = HeatMap(name="m", title="M", x=x, y=x, z=z, x_values=[1.0, 2.0], y_values=[1.0], z_values=[[1e3, 2e3]])
    data = convert_axes(plot_to_json(resolve_axes(plot)), {"z": "kΩ", "x": "min"})
    assert (data["z_values"], data["x_values"], data["y_values"]) == ([[1.0, 2.0]], [60.0, 120.0], [1.0])


def test_an_axis_that_is_missing_or_of_another_dimension_is_an_error() -> None:
    with pytest.raises(UnitError):
        convert_axes(DATA, {"y": "V"})
    with pytest.raises(LookupError):
        convert_axes(DATA, {"z": "V"})


def test_curves_of_the_same_quantities_are_overlaid_in_the_units_of_the_first() -> None:
    other = stored(2, convert_axes(DATA, {"y": "Ah"}))
    data = overlay_curves([stored(1), other])
    assert [series["y"][0] for series in data["series"]] == [2000.0, 2000.0]
    assert [series["name"].partition(":")[0] for series in data["series"]] == ["M-00001", "M-00002"]


@pytest.mark.parametrize(
    "other", [stored(2, y="voltage_v"), stored(2, y=""), stored(2, kind="heat-map")], ids=["other", "none", "kind"]
)
def test_other_curves_are_not_overlaid(other: StoredCurve) -> None:
    with pytest.raises(OverlayError):
        overlay_curves([stored(1), other])
