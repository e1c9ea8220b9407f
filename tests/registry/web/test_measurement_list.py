"""The list of measurements, and its CSV and JSON."""

import csv
import io
import json

import pytest
from django.contrib.auth.models import User
from django.test import Client

from registry.models import Measurement, Project
from tests import factories


@pytest.fixture
def measurements(public_project: Project) -> list[Measurement]:
    cell = factories.make_cell(public_project, label="pellet")
    spectrum = factories.make_measurement(cell, technique="eis", stack_pressure_mpa="5 MPa", temperature_degc="25 °C")
    factories.report(spectrum, "ionic_conductivity_s_cm", "0.376 mS/cm")
    cycling = factories.make_measurement(cell, technique="cycling", label="long test")
    factories.report(cycling, "capacity_retention_percent", "90.9 %")
    return [spectrum, cycling]


def refcodes(client: Client, query: str = "") -> list[str]:
    return [row.measurement.refcode for row in client.get(f"/measurements/{query}").context["rows"]]


def test_the_newest_come_first(measurements: list[Measurement], client: Client) -> None:
    spectrum, cycling = (measurement.refcode for measurement in measurements)
    assert refcodes(client) == [cycling, spectrum]
    assert refcodes(client, "?ordering=refcode") == [spectrum, cycling]
    assert refcodes(client, "?technique=eis") == [spectrum]
    assert refcodes(client, f"?refcode={cycling}") == [cycling]


def test_words_are_those_of_the_measurement_and_its_cell(measurements: list[Measurement], client: Client) -> None:
    spectrum, cycling = (measurement.refcode for measurement in measurements)
    assert refcodes(client, "?q=impedance") == [spectrum]
    assert refcodes(client, "?q=long+test") == [cycling]
    assert refcodes(client, "?q=pellet") == [cycling, spectrum]
    assert refcodes(client, "?q=-") == []


def test_numbers_have_one_unit_a_column(measurements: list[Measurement], client: Client) -> None:
    columns = {column.slug: column for column in client.get("/measurements/").context["columns"]}
    conductivity = columns["ionic_conductivity_s_cm"]
    assert conductivity.unit == "mS cm⁻¹"
    assert [cell and (cell.integer, cell.fraction) for cell in conductivity.cells] == [None, ("0", ".376")]


def test_csv_and_json_are_the_same_list(measurements: list[Measurement], client: Client) -> None:
    text = client.get("/measurements.csv?technique=eis").getvalue().decode()
    (row,) = csv.DictReader(io.StringIO(text))
    assert (row["refcode"], row["technique"]) == (measurements[0].refcode, "eis")
    assert float(row["Ionic conductivity / mS cm⁻¹"]) == 0.376
    (same,) = json.loads(client.get("/measurements.json?technique=eis").getvalue())
    assert same["Ionic conductivity / mS cm⁻¹"] == 0.376
    assert same["Temperature / °C"] == 25


def test_unknown_parameters_are_refused(client: Client, db: None) -> None:
    for address in ("/measurements/", "/measurements.csv", "/measurements.json"):
        assert client.get(f"{address}?techniqe=eis").status_code == 400


def test_private_measurements_are_listed_for_members_only(project: Project, viewer: User, client: Client) -> None:
    factories.make_measurement(factories.make_cell(project))
    assert refcodes(client) == []
    client.force_login(viewer)
    assert len(refcodes(client)) == 1


@pytest.mark.usefixtures("measurements")
def test_techniques_have_their_short_name_with_the_full_one_as_title(client: Client) -> None:
    page = client.get("/measurements/").content.decode()
    assert 'title="Electrochemical impedance spectroscopy">EIS</a>' in page
    assert [column.slug for column in client.get("/measurements/").context["columns"]] == [
        "stack_pressure_mpa",
        "temperature_degc",
        "capacity_retention_percent",
        "ionic_conductivity_s_cm",
    ]
