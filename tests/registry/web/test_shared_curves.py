"""Cells compared by a curve that they share."""

import re

import pytest
from django.db import connection
from django.http import HttpResponse
from django.test import Client
from django.test.utils import CaptureQueriesContext

from registry.models import AnalysisRun, Cell, Curve, Measurement, Project
from registry.selectors.curve import SharedCurve
from registry.services.measurement import write_conditions
from registry.web.shared_curves import list_options
from tests import factories
from tests.registry.web.conftest import fill

URL = "/cells/curves/"
TWIN_OF_TIMES = "Twin (Distribution of relaxation times)"


@pytest.fixture
def cells(public_project: Project) -> list[Cell]:
    return [fill(public_project, name) for name in ("One", "Two")]


def compare(client: Client, cells: list[Cell], **more: str) -> HttpResponse:
    return client.get(URL, {"cell": [cell.refcode for cell in cells], **more})  # type: ignore[return-value]


def test_one_plot_is_shown_at_once_with_a_colour_for_each_cell(cells: list[Cell], client: Client) -> None:
    response = compare(client, cells)
    context = response.context  # type: ignore[attr-defined]
    chosen = context["chosen"]
    assert (chosen.first.x_quantity, chosen.first.y_quantity) == ("cycle_number", "capacity_mah")
    legend = context["plot"].legend
    assert {entry.name.partition(":")[0] for entry in legend} == {"One", "Two"}
    colours = {(entry.name.partition(":")[0], entry.classes.split()[0]) for entry in legend}
    assert colours == {("One", "series-1"), ("Two", "series-2")}
    assert len({entry.classes for entry in legend}) == len(legend)
    figure = client.get(context["plot"].source).json()
    assert [trace["name"] for trace in figure["data"] if trace.get("name")] == [entry.name for entry in legend]
    assert re.search(r"<title>.*One, Two", response.content.decode())
    assert context["differences"] == []


def test_another_curve_is_chosen_by_its_name(cells: list[Cell], client: Client) -> None:
    shared = compare(client, cells).context["shared"]  # type: ignore[attr-defined]
    assert len(shared) > 1
    chosen = compare(client, cells, curve=shared[-1].key).context["chosen"]  # type: ignore[attr-defined]
    assert chosen == shared[-1]
    assert compare(client, cells, curve="none/such").context["is_unknown"]  # type: ignore[attr-defined]


def test_curves_with_the_same_title_are_distinguished_by_their_analyses() -> None:
    titles = {"ionic-conductivity": "Twin", "relaxation-times": "Twin", "cycling-summary": "Single"}
    curves = [Curve(title=title, run=AnalysisRun(analysis=name)) for name, title in titles.items()]
    options = list_options([SharedCurve((curve,)) for curve in curves])
    assert [title for _, title in options] == ["Twin (Ionic conductivity)", TWIN_OF_TIMES, "Single"]


def test_conditions_that_differ_are_named(cells: list[Cell], client: Client) -> None:
    measurement = Measurement.objects.get(cell=cells[1], technique="cycling")
    write_conditions(measurement, {"stack_pressure_mpa": "20 MPa", "temperature_degc": "25 °C"}, by=None)
    differences = compare(client, cells).context["differences"]  # type: ignore[attr-defined]
    legend = compare(client, cells).context["plot"].legend  # type: ignore[attr-defined]
    assert {entry.name.partition(":")[0] for entry in legend} == {"One, 2 MPa", "Two, 20 MPa, 25 °C"}
    assert differences == ["Stack pressure: 2 MPa (One); 20 MPa (Two)", "Temperature: not stated (One); 25 °C (Two)"]


def test_another_measurement_of_a_cell_can_be_chosen(cells: list[Cell], client: Client) -> None:
    first = Curve.objects.get(run__cell=cells[1], run__analysis="capacity-retention", name="capacity")
    measurement = factories.make_measurement(cells[1], technique="cycling", stack_pressure_mpa="50 MPa")
    run = AnalysisRun.objects.get(pk=first.run_id)
    run.pk, run.measurement = None, measurement
    run.save()
    other = Curve.objects.create(
        run=run,
        name=first.name,
        title=first.title,
        data=first.data,
        x_quantity=first.x_quantity,
        y_quantity=first.y_quantity,
    )
    context = compare(client, cells).context  # type: ignore[attr-defined]
    ((cell, options),) = context["choices"]
    assert (cell, len(options)) == (cells[1], 2)
    assert (measurement.refcode, "50 MPa", False) in options
    context = compare(client, cells, measurement=measurement.refcode).context  # type: ignore[attr-defined]
    assert context["chosen"].curves[1] == other
    assert any("50 MPa" in entry.name for entry in context["plot"].legend)


def test_a_cell_without_the_curve_is_named(cells: list[Cell], client: Client, public_project: Project) -> None:
    bare = factories.make_cell(public_project, label="Bare")
    assert compare(client, [*cells, bare]).context["lacking"] == [bare]  # type: ignore[attr-defined]
    assert compare(client, cells[:1]).context["chosen"] is None  # type: ignore[attr-defined]


def test_cells_that_may_not_be_seen_are_left_out(cells: list[Cell], client: Client, public_project: Project) -> None:
    public_project.visibility = "private"
    public_project.save()
    assert compare(client, cells).context["chosen"] is None  # type: ignore[attr-defined]
    pk = Curve.objects.latest("pk").pk
    assert client.get(f"/curves/{pk}/").status_code == 404


def test_the_number_of_queries_does_not_depend_on_the_cells(
    cells: list[Cell], client: Client, public_project: Project
) -> None:
    with CaptureQueriesContext(connection) as two:
        compare(client, cells)
    third = fill(public_project, "Three")
    with CaptureQueriesContext(connection) as three:
        compare(client, [*cells, third])
    assert len(three) == len(two)
