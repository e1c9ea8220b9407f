import pytest

from registry.models import Cell, Measurement, Project
from registry.selectors.analysis_inputs.series import MeasurementSeries, build_series, condition_texts
from tests import factories


@pytest.fixture
def cell(project: Project) -> Cell:
    return factories.make_pellet(project)


def measure(cell: Cell, pressure: str, temperature: str = "25 °C", **fields: str) -> Measurement:
    conditions = {"stack_pressure_mpa": pressure, "temperature_degc": temperature}
    return factories.make_measurement(cell, technique=fields.pop("technique", "eis"), **conditions, **fields)


def series_of(cell: Cell, over: str = "stack_pressure_mpa") -> list[MeasurementSeries]:
    return build_series(Measurement.objects.filter(cell=cell).order_by("pk"), over)


def test_members_are_in_order_of_the_condition_that_varies(cell: Cell) -> None:
    high, low, middle = measure(cell, "50 MPa"), measure(cell, "2 MPa"), measure(cell, "10 MPa")
    (series,) = series_of(cell)
    assert series.members == (low, middle, high)
    assert series.fixed == {"temperature_degc": 25}
    assert series.key == "eis;stack_pressure_mpa;temperature_degc=25"


def test_each_set_of_other_conditions_is_a_series_of_its_own(cell: Cell) -> None:
    for pressure in ("2 MPa", "10 MPa"):
        measure(cell, pressure)
        measure(cell, pressure, "60 °C")
    assert [(series.fixed, len(series.members)) for series in series_of(cell)] == [
        ({"temperature_degc": 25}, 2),
        ({"temperature_degc": 60}, 2),
    ]


def test_a_condition_that_was_not_entered_is_not_equal_to_one_that_was(cell: Cell) -> None:
    measure(cell, "2 MPa")
    measure(cell, "10 MPa", "")
    assert len(series_of(cell)) == 2


def test_the_same_number_in_another_unit_is_equal(cell: Cell) -> None:
    measure(cell, "2 MPa")
    measure(cell, "10 MPa", "298.15 K")
    assert len(series_of(cell)) == 1


def test_techniques_are_not_mixed(cell: Cell) -> None:
    measure(cell, "2 MPa")
    measure(cell, "10 MPa", technique="chronoamperometry")
    assert {series.technique for series in series_of(cell)} == {"eis", "chronoamperometry"}


def test_a_measurement_without_the_condition_is_in_no_series(cell: Cell) -> None:
    measure(cell, "Coin cell")
    assert series_of(cell) == []


def test_repeats_at_one_pressure_are_one_step(cell: Cell) -> None:
    for _ in range(3):
        measure(cell, "2 MPa")
    (series,) = series_of(cell)
    assert (len(series.members), series.steps) == (3, 1)


def test_a_bound_is_no_number_of_the_condition_that_varies(cell: Cell) -> None:
    measure(cell, "<2 MPa")
    measure(cell, "10 MPa")
    (series,) = series_of(cell)
    assert series.steps == 1


def test_a_fixed_condition_that_is_a_bound_distinguishes_a_series(cell: Cell) -> None:
    measure(cell, "2 MPa", "<25 °C")
    measure(cell, "10 MPa")
    assert [(series.fixed, series.bounds) for series in series_of(cell)] == [
        ({}, ("temperature_degc<25",)),
        ({"temperature_degc": 25}, ()),
    ]


def test_voltages_on_different_scales_are_different_conditions(project: Project) -> None:
    cell = factories.make_cell(project)
    for pressure in ("5 MPa", "10 MPa"):
        for scale in ("vs Li/Li+", "vs Li-In"):
            factories.make_measurement(cell, stack_pressure_mpa=pressure, voltage_upper_v=f"4.3 V {scale}")
    measurements = list(cell.measurements.prefetch_related("conditions"))
    series = build_series(measurements, "stack_pressure_mpa")
    assert sorted((item.bounds, item.steps) for item in series) == [
        (("potential_scale=li",), 2),
        (("potential_scale=li_in",), 2),
    ]
    assert condition_texts(measurements[0].entered_conditions)[-1] == ("potential_scale", "vs Li/Li⁺")
