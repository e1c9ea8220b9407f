"""Figure, numbers and page of a plot over a condition."""

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from registry.models import Cell, Project
from tests import factories

CHOICE = "y=ionic_conductivity_s_cm&x=temperature_degc"
MOST_QUERIES = 6


def fill(project: Project) -> Cell:
    cell = factories.make_pellet(project)
    for temperature, pressure in (("0 °C", "2 MPa"), ("25 °C", "2 MPa"), ("25 °C", "5 MPa"), ("25 °C", "9 MPa")):
        measurement = factories.make_measurement(
            cell, technique="eis", temperature_degc=temperature, stack_pressure_mpa=pressure
        )
        factories.report(measurement, "ionic_conductivity_s_cm", "1 mS/cm")
    return cell


@pytest.fixture
def pellet(public_project: Project) -> Cell:
    return fill(public_project)


def test_a_figure_says_what_is_drawn(client: Client, pellet: Cell) -> None:
    with CaptureQueriesContext(connection) as queries:
        figure = client.get(f"/cells/{pellet.refcode}/eis/figure.json?{CHOICE}").json()
    assert len(queries) <= MOST_QUERIES
    assert figure["choices"] == {"y": "ionic_conductivity_s_cm", "x": "temperature_degc"}
    (trace,) = figure["data"]
    assert trace["x"] == [0, 25]
    first = pellet.measurements.earliest("pk").refcode
    assert trace["customdata"][0] == first
    assert trace["text"][0].startswith(first)
    drawing = client.get(f"/cells/{pellet.refcode}/eis/figure.svg?{CHOICE}")
    assert "Ionic conductivity" in drawing.content.decode()


def test_numbers_have_their_measurement(client: Client, pellet: Cell) -> None:
    rows = client.get(f"/cells/{pellet.refcode}/eis/data.csv?{CHOICE}").content.decode().splitlines()
    assert rows[0].endswith(",Measurement")
    assert rows[1] == f"Reported,0,0.001,{pellet.measurements.earliest('pk').refcode}"


def test_the_address_of_the_page_chooses_the_axes(client: Client, pellet: Cell) -> None:
    address = f"/cells/{pellet.refcode}/"
    (section,) = client.get(address).context["techniques"]
    assert section.plot.source.endswith("x=stack_pressure_mpa")
    response = client.get(f"{address}?plot=eis&{CHOICE}")
    (section,) = response.context["techniques"]
    assert section.plot.source.endswith(CHOICE)
    assert '<option value="temperature_degc" selected>' in response.content.decode()


def test_where_nothing_varies_there_is_no_figure(client: Client, pellet: Cell) -> None:
    assert client.get(f"/cells/{pellet.refcode}/cycling/figure.json").status_code == 404


@pytest.mark.parametrize("choice", ["y=conductivity", "x=pressure"])
def test_what_is_not_known_is_not_drawn_as_something_else(client: Client, pellet: Cell, choice: str) -> None:
    assert client.get(f"/cells/{pellet.refcode}/eis/data.csv?{choice}").status_code == 404


def test_others_see_no_figure(client: Client, project: Project) -> None:
    assert client.get(f"/cells/{fill(project).refcode}/eis/figure.json").status_code == 404
