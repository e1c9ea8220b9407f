"""One plot of several measurements over a condition."""

import pytest

from registry.models import Cell, Measurement, Project
from registry.selectors.analysis_inputs.due import list_due_jobs
from registry.selectors.technique_values import list_technique_values
from registry.services.runs.analysis import run_jobs
from registry.web.cell_page.condition_plot import ConditionPlot, build_condition_plot
from tests import factories


def add_spectrum(cell: Cell, conductivity: str, **conditions: str) -> Measurement:
    measurement = factories.make_measurement(cell, technique="eis", **conditions)
    factories.report(measurement, "ionic_conductivity_s_cm", conductivity)
    return measurement


def build(cell: Cell, quantity: str = "", condition: str = "") -> ConditionPlot:
    plot = build_condition_plot(list_technique_values(cell, "eis"), quantity, condition)
    assert plot is not None
    return plot


@pytest.fixture
def pellet(public_project: Project) -> Cell:
    """Spectra at three pressures at 25 °C, and two more temperatures at 10 MPa."""
    cell = factories.make_pellet(public_project, area="1 cm2")
    for pressure, sigma in (("10 MPa", "2 mS/cm"), ("2 MPa", "1 mS/cm"), ("50 MPa", "3 mS/cm")):
        add_spectrum(cell, sigma, stack_pressure_mpa=pressure, temperature_degc="25 °C")
    for temperature in ("40 °C", "60 °C"):
        add_spectrum(cell, "0.3 S/cm", stack_pressure_mpa="10 MPa", temperature_degc=temperature)
    return cell


def test_points_rise_in_the_condition_and_other_conditions_are_equal(pellet: Cell) -> None:
    plot = build(pellet)
    assert (plot.quantity, plot.condition) == ("ionic_conductivity_s_cm", "stack_pressure_mpa")
    (line,) = plot.data["series"]
    assert (line["name"], line["x"]) == ("Reported", [2.0, 10.0, 50.0])
    assert line["y"] == pytest.approx([1e-3, 2e-3, 3e-3])
    assert plot.data["x"] == {"label": "Stack pressure", "unit": "MPa"}
    last = pellet.measurements.order_by("pk").last()
    assert last is not None
    assert "25 °C" in plot.remark
    assert last.refcode in plot.remark


def test_the_condition_can_be_chosen(pellet: Cell) -> None:
    plot = build(pellet, condition="temperature_degc")
    (line,) = plot.data["series"]
    assert (line["x"], plot.conditions) == ([25.0, 40.0, 60.0], ("stack_pressure_mpa", "temperature_degc"))
    # Two decades.
    assert plot.data["y"]["log"]


def test_what_is_not_measured_is_said_and_not_drawn(pellet: Cell) -> None:
    plot = build(pellet, "ionic_conductivity", "stack_pressure_mpa")
    assert plot.quantity == "ionic_conductivity_s_cm"
    assert "‘ionic_conductivity’" in plot.remark


def test_series_that_differ_in_another_condition_are_named_by_it(public_project: Project) -> None:
    cell = factories.make_pellet(public_project)
    for temperature in ("25 °C", "60 °C"):
        for pressure in ("2 MPa", "10 MPa"):
            add_spectrum(cell, "1 mS/cm", stack_pressure_mpa=pressure, temperature_degc=temperature)
    lines = build(cell, condition="stack_pressure_mpa").data["series"]
    assert [line["name"] for line in lines] == ["25 °C", "60 °C"]


def test_a_bound_is_no_point(public_project: Project) -> None:
    cell = factories.make_pellet(public_project)
    for pressure, sigma in (("2 MPa", "1 mS/cm"), ("10 MPa", "2 mS/cm")):
        add_spectrum(cell, sigma, stack_pressure_mpa=pressure)
    bound = add_spectrum(cell, "> 3 mS/cm", stack_pressure_mpa="50 MPa")
    plot = build(cell)
    assert plot.data["series"][0]["x"] == [2.0, 10.0]
    assert bound.refcode in plot.remark


def test_nothing_is_drawn_if_no_condition_varies(public_project: Project) -> None:
    cell = factories.make_pellet(public_project)
    for _ in range(2):
        add_spectrum(cell, "1 mS/cm", stack_pressure_mpa="2 MPa")
    assert build_condition_plot(list_technique_values(cell, "eis")) is None


def test_computed_numbers_have_bars_and_stand_beside_reported_ones(public_project: Project) -> None:
    cell = factories.make_pellet(public_project, area="1 cm2")
    for pressure, resistance in (("2 MPa", "100 Ω"), ("10 MPa", "50 Ω")):
        measurement = add_spectrum(cell, "0.5 mS/cm", stack_pressure_mpa=pressure)
        factories.report(measurement, "resistance_ohm", resistance)
    run_jobs(list_due_jobs(Measurement.objects.filter(cell=cell), names=["ionic-conductivity"]), by=None)
    computed, reported = build(cell).data["series"]
    assert (computed["name"], reported["name"]) == ("Computed", "Reported")
    # 600 µm / (100 Ω · 1 cm²), with the rounding of the entries.
    assert computed["y"][0] == pytest.approx(6e-4)
    assert computed["y_lower"][0] < 6e-4 < computed["y_upper"][0]
    assert reported["y_lower"] == []
    assert computed["records"] == reported["records"]
