"""Measurements over the API."""

from collections.abc import Callable
from io import BytesIO

import pytest
from django.contrib.auth.models import User
from rest_framework.test import APIClient

from registry.models import AnalysisRun, Cell, Measurement, Project
from registry.services.files.dataset import add_file
from tests import factories
from tests.plugins.readers.samples import PEIS


@pytest.fixture
def cell(project: Project) -> Cell:
    return factories.make_cell(project)


def test_enters_a_measurement_with_conditions_as_text_or_bare(api: APIClient, cell: Cell) -> None:
    conditions = {"stack_pressure": "10 MPa", "c_rate": 0.5, "temperature": "RT"}
    answer = api.post("/api/measurements/", {"cell": cell.refcode, "technique": "cycling"} | conditions)
    assert answer.status_code == 201, answer.json()
    shown = answer.json()
    assert (shown["stack_pressure"], shown["stack_pressure_mpa"]) == ("10 MPa", 10.0)
    assert (shown["c_rate_as_written"], shown["c_rate"]) == ("0.5 C", 0.5)
    assert (shown["temperature"], shown["temperature_degc"]) == ("RT", 25.0)
    assert (shown["cell"], shown["project"], shown["datasets"], shown["values"]) == (cell.refcode, "lab", [], [])


@pytest.mark.parametrize(
    ("sent", "field", "words"),
    [
        ({"stack_pressure": "10"}, "stack_pressure", "has no unit: write, for example, ‘10 MPa’"),
        ({"stack_pressure": 10}, "stack_pressure", "has no unit"),
        ({"stack_pressure": "10 mA"}, "stack_pressure", "is a current"),
        ({"stack_pressure": "12,5 MPa"}, "stack_pressure", "12.5"),
        ({"stack_pressure": "10 MPa", "stack_pressure_mpa": 20}, "stack_pressure_mpa", "give one"),
        ({"stack_pressure": "", "stack_pressure_mpa": 20}, "stack_pressure_mpa", "give one"),
        ({"stack_pressure_mpa": "20"}, "stack_pressure_mpa", "a bare number"),
        ({"stack_pressure_mpa": -1}, "stack_pressure", "at least 0"),
        ({"stack_pressure_mpa": True}, "stack_pressure_mpa", "a bare number"),
        ({"stack_pressure_mpa": 10**400}, "stack_pressure_mpa", "not a finite number"),
        ({"voltage_lower": "4.3 V", "voltage_upper": "2.5 V"}, "voltage_upper", "above the lower"),
        ({"technique": "guessing"}, "technique", "not a valid choice"),
        ({"cell": "C-99999"}, "cell", "or you may not see it"),
    ],
)
def test_refuses_a_bad_condition(api: APIClient, cell: Cell, sent: dict, field: str, words: str) -> None:
    answer = api.post("/api/measurements/", {"cell": cell.refcode, "technique": "cycling"} | sent)
    assert answer.status_code == 400
    assert words in answer.json()["fields"][field][0]
    assert not Measurement.objects.exists()


def test_text_and_number_may_both_be_sent_if_they_agree(api: APIClient, cell: Cell) -> None:
    sent = {"cell": cell.refcode, "technique": "eis", "stack_pressure": "0.01 GPa", "stack_pressure_mpa": 10}
    assert api.post("/api/measurements/", sent).json()["stack_pressure"] == "0.01 GPa"


def test_a_bare_number_that_says_the_same_leaves_the_text(api: APIClient, cell: Cell) -> None:
    measurement = factories.make_measurement(cell, stack_pressure="10 MPa (exact)")
    answer = api.patch(f"/api/measurements/{measurement.refcode}/", {"stack_pressure_mpa": 10})
    assert answer.json()["stack_pressure"] == "10 MPa (exact)"


def test_null_clears_a_condition_and_a_reason_may_stand_for_it(api: APIClient, cell: Cell) -> None:
    address = f"/api/measurements/{factories.make_measurement(cell, stack_pressure='10 MPa').refcode}/"
    assert api.patch(address, {"stack_pressure_mpa": None}).json()["stack_pressure"] == ""
    shown = api.patch(address, {"stack_pressure": "Coin cell"}).json()
    assert (shown["stack_pressure"], shown["stack_pressure_mpa"]) == ("Coin cell", None)
    assert api.patch(address, shown).status_code == 200


def test_lists_measurements_on_which_the_query_holds(api: APIClient, cell: Cell) -> None:
    low, high = (factories.make_measurement(cell, stack_pressure=text) for text in ("2 MPa", "20 MPa"))
    for measurement in (low, high):
        factories.report(measurement, "capacity_retention_percent", "85 %")
    asked = "/api/measurements/?capacity_retention_percent__gte=80&stack_pressure_mpa__lte=10"
    (found,) = api.get(asked).json()["results"]
    assert found["refcode"] == low.refcode
    assert found["values"][0]["magnitude"] == 85.0
    ordered = api.get("/api/measurements/?ordering=-stack_pressure_mpa").json()["results"]
    assert [item["refcode"] for item in ordered] == [high.refcode, low.refcode]


def test_refuses_an_unknown_parameter(api: APIClient, cell: Cell) -> None:
    answer = api.get("/api/measurements/?stack_presure_mpa=1")
    assert answer.status_code == 400
    assert "Did you mean ‘stack_pressure_mpa’?" in answer.json()["error"]


def test_a_query_of_the_list_is_no_parameter_of_one_measurement(api: APIClient, cell: Cell) -> None:
    assert api.get(f"/api/measurements/{factories.make_measurement(cell).refcode}/?technique=eis").status_code == 400


def test_parameters_of_analyses_are_set_with_the_measurement(api: APIClient, cell: Cell) -> None:
    measurement = factories.make_measurement(cell, technique="chronoamperometry")
    sent = {"parameters": {"electronic-conductivity": {"last_points": 50}}}
    answer = api.patch(f"/api/measurements/{measurement.refcode}/", sent)
    assert answer.json()["parameters"] == sent["parameters"]


@pytest.mark.parametrize(
    ("sent", "words"),
    [
        ({"electronic-conductivty": {}}, "There is no analysis ‘electronic-conductivty’ to set here"),
        ({"activation-energy": {"stack_pressure_mpa": 10}}, "There is no analysis ‘activation-energy’ to set here"),
        ({"electronic-conductivity": {"last_point": 5}}, "has no parameter ‘last_point’: there are last_points"),
        ({"electronic-conductivity": {"last_points": 1}}, "last_points must be from 2 to"),
        ({"electronic-conductivity": 5}, "Parameters are an object by analysis"),
        ([], "Parameters are an object by analysis"),
    ],
)
def test_refuses_a_parameter_that_cannot_be_set(api: APIClient, cell: Cell, sent: object, words: str) -> None:
    measurement = factories.make_measurement(cell, technique="chronoamperometry")
    answer = api.patch(f"/api/measurements/{measurement.refcode}/", {"parameters": sent})
    assert answer.status_code == 400
    assert words in answer.json()["fields"]["parameters"][0]


@pytest.fixture
def spectra(project: Project) -> Measurement:
    """A measurement whose file holds two."""
    measurement = factories.make_measurement(factories.make_pellet(project), technique="eis", label="Run 7")
    add_file(measurement=measurement, file=BytesIO(PEIS), filename="run.mpt", by=None)
    return measurement


def test_a_dataset_is_chosen_by_its_id(api: APIClient, spectra: Measurement) -> None:
    address = f"/api/measurements/{spectra.refcode}/"
    assert [(item["part"], item["part_label"], item["technique"]) for item in api.get(address).json()["datasets"]] == [
        (0, "cycle number 1", "eis"),
        (1, "cycle number 2", "eis"),
    ]
    chosen = api.get(address).json()["datasets"][1]["id"]
    answer = api.patch(address, {"dataset": chosen})
    assert (answer.status_code, answer.json()["dataset"]) == (200, chosen)
    assert AnalysisRun.objects.filter(measurement=spectra, status="queued").exists()
    assert api.patch(address, {"dataset": None}).json()["dataset"] is None
    changed = [field["name"] for entry in api.get(f"{address}history/").json() for field in entry["fields"]]
    assert changed == ["dataset", "dataset"]


def test_a_dataset_of_another_measurement_is_refused(api: APIClient, spectra: Measurement) -> None:
    other = factories.make_measurement(spectra.cell, technique="eis")
    answer = api.patch(f"/api/measurements/{other.refcode}/", {"dataset": spectra.datasets.first().pk})
    assert answer.status_code == 400
    assert "is not a dataset of this measurement" in answer.json()["fields"]["dataset"][0]


def test_each_dataset_becomes_a_measurement(api: APIClient, spectra: Measurement) -> None:
    answer = api.post(f"/api/measurements/{spectra.refcode}/split/")
    assert answer.status_code == 201, answer.json()
    one, other = answer.json()
    assert (one["refcode"], one["voltage_v"], other["voltage_v"]) == (spectra.refcode, 3.7, 3.8)
    assert [len(each["datasets"]) for each in (one, other)] == [1, 1]
    assert AnalysisRun.objects.filter(status="queued").values("measurement").distinct().count() == 2
    again = api.post(f"/api/measurements/{spectra.refcode}/split/")
    assert (again.status_code, "holds several datasets" in again.json()["error"]) == (400, True)


def test_a_viewer_makes_no_measurements_of_datasets(
    spectra: Measurement, viewer: User, client_for: Callable[[User], APIClient]
) -> None:
    assert client_for(viewer).post(f"/api/measurements/{spectra.refcode}/split/").status_code == 403


def test_a_measurement_is_found_by_its_own_refcode_and_by_its_cell(api: APIClient, cell: Cell) -> None:
    one, other = (factories.make_measurement(cell, technique="eis") for _ in range(2))
    factories.make_measurement(factories.make_cell(cell.project), technique="eis")
    for asked, expected in (
        (f"refcode={one.refcode}", [one]),
        (f"measurement={one.refcode.lower()}", [one]),
        (f"cell={cell.refcode}", [one, other]),
    ):
        found = api.get(f"/api/measurements/?{asked}").json()["results"]
        assert [shown["refcode"] for shown in found] == [expect.refcode for expect in expected]
    (shown,) = api.get(f"/api/cells/?measurement={other.refcode}").json()["results"]
    assert [match["measurement"] for match in shown["matches"]] == [other.refcode]


def test_a_hint_keeps_the_operator(api: APIClient, cell: Cell) -> None:
    answer = api.get("/api/measurements/?capacity_retension_percent__gte=80")
    assert "Did you mean ‘capacity_retention_percent__gte’?" in answer.json()["error"]
