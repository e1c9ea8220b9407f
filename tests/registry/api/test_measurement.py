"""The API of measurements."""

from collections.abc import Callable
from io import BytesIO

import pytest
from django.contrib.auth.models import User
from rest_framework.test import APIClient

from registry.models import AnalysisRun, Cell, Condition, Measurement, Project
from registry.services.files.dataset import add_file
from tests import factories
from tests.plugins.readers.samples import PEIS


@pytest.fixture
def cell(project: Project) -> Cell:
    return factories.make_cell(project)


def test_a_measurement_is_created_with_conditions_as_text_or_number(api: APIClient, cell: Cell) -> None:
    conditions = {"stack_pressure_mpa": "10 MPa", "c_rate": 0.5, "temperature_degc": "RT"}
    payload = {"cell": cell.refcode, "technique": "cycling", "conditions": conditions}
    response = api.post("/api/measurements/", payload)
    assert response.status_code == 201, response.json()
    shown = response.json()
    assert shown["conditions"] == {"stack_pressure_mpa": "10 MPa", "temperature_degc": "RT", "c_rate": "0.5 C"}
    assert shown["condition_numbers"]["temperature_degc"] == {
        "magnitude": 25.0,
        "lower": 20.0,
        "upper": 30.0,
        "standard_uncertainty": 0,
        "qualifier": "~",
        "inferred": False,
        "missing": "",
        "scale": "",
    }
    assert (shown["cell"], shown["project"], shown["datasets"], shown["values"]) == (cell.refcode, "lab", [], [])


@pytest.mark.parametrize(
    ("conditions", "field", "words"),
    [
        ({"stack_pressure_mpa": "10"}, "stack_pressure_mpa", "unit"),
        ({"stack_pressure_mpa": "10 mA"}, "stack_pressure_mpa", "is a current"),
        ({"stack_pressure_mpa": "12,5 MPa"}, "stack_pressure_mpa", "12.5"),
        ({"stack_pressure_mpa": -1}, "stack_pressure_mpa", "at least 0"),
        ({"stack_pressure_mpa": True}, "stack_pressure_mpa", "string with a unit"),
        ({"stack_pressure_mpa": ["10 MPa"]}, "stack_pressure_mpa", "string with a unit"),
        ({"stack_pressure_mpa": 10**400}, "stack_pressure_mpa", "not a finite number"),
        ({"temperature_degc": "-300 °C"}, "temperature_degc", "at least -273.15"),
        ({"c_rate": "0C"}, "c_rate", "above 0"),
        ({"voltage_lower_v": "4.3 V", "voltage_upper_v": "2.5 V"}, "voltage_upper_v", "lower"),
        ({"stack_presure_mpa": "10 MPa"}, "stack_presure_mpa", "‘stack_pressure_mpa’"),
        ({"thickness_um": "10 µm"}, "thickness_um", "not a condition"),
    ],
)
def test_an_invalid_condition_is_rejected(api: APIClient, cell: Cell, conditions: dict, field: str, words: str) -> None:
    payload = {"cell": cell.refcode, "technique": "cycling", "conditions": conditions}
    response = api.post("/api/measurements/", payload)
    assert response.status_code == 400
    assert words in response.json()["fields"][f"conditions.{field}"][0]
    assert not Measurement.objects.exists()


@pytest.mark.parametrize(
    ("payload", "field", "words"),
    [
        ({"technique": "guessing"}, "technique", "not a registered technique"),
        ({"cell": "C-99999"}, "cell", "C-99999"),
        ({"conditions": "10 MPa"}, "conditions", "Not an object"),
        ({"stack_pressure": "10 MPa"}, "stack_pressure", "Unknown field"),
    ],
)
def test_an_invalid_field_is_rejected(api: APIClient, cell: Cell, payload: dict, field: str, words: str) -> None:
    response = api.post("/api/measurements/", {"cell": cell.refcode, "technique": "cycling"} | payload)
    assert response.status_code == 400
    assert words in response.json()["fields"][field][0]


def test_an_equal_number_does_not_change_the_text(api: APIClient, cell: Cell) -> None:
    measurement = factories.make_measurement(cell, stack_pressure_mpa="10 MPa (exact)")
    response = api.patch(f"/api/measurements/{measurement.refcode}/", {"conditions": {"stack_pressure_mpa": 10}})
    assert response.json()["conditions"] == {"stack_pressure_mpa": "10 MPa (exact)"}
    assert Condition.history.count() == 1


def test_null_clears_a_condition_and_a_reason_may_replace_it(api: APIClient, cell: Cell) -> None:
    url = f"/api/measurements/{factories.make_measurement(cell, stack_pressure_mpa='10 MPa').refcode}/"
    assert api.patch(url, {"conditions": {"stack_pressure_mpa": None}}).json()["conditions"] == {}
    shown = api.patch(url, {"conditions": {"stack_pressure_mpa": "Coin cell"}}).json()
    assert shown["conditions"] == {"stack_pressure_mpa": "Coin cell"}
    number = shown["condition_numbers"]["stack_pressure_mpa"]
    assert (number["magnitude"], number["missing"]) == (None, "Coin cell")
    assert api.patch(url, shown).status_code == 200
    assert api.patch(url, {"conditions": {"stack_pressure_mpa": ""}}).json()["conditions"] == {}


def test_a_condition_is_changed_without_the_others_and_with_its_history(api: APIClient, cell: Cell) -> None:
    measurement = factories.make_measurement(cell, stack_pressure_mpa="10 MPa", temperature_degc="RT")
    url = f"/api/measurements/{measurement.refcode}/"
    shown = api.patch(url, {"conditions": {"temperature_degc": "60 °C", "c_rate": "0.2C"}}).json()
    assert shown["conditions"] == {"stack_pressure_mpa": "10 MPa", "temperature_degc": "60 °C", "c_rate": "0.2C"}
    api.patch(url, {"conditions": {"stack_pressure_mpa": None}})
    history = [(change["kind"], change["what"], change["by"]) for change in api.get(f"{url}history/").json()]
    assert [entry for entry in history if entry[1].startswith("condition")] == [
        ("deleted", "condition stack_pressure_mpa 10 MPa", "colleague"),
        ("entered", "condition c_rate 0.2C", "colleague"),
        ("changed", "condition temperature_degc 60 °C", "colleague"),
        ("entered", "condition temperature_degc RT", ""),
        ("entered", "condition stack_pressure_mpa 10 MPa", ""),
    ]


def test_matching_measurements_are_listed(api: APIClient, cell: Cell) -> None:
    low, high = (factories.make_measurement(cell, stack_pressure_mpa=text) for text in ("2 MPa", "20 MPa"))
    for measurement in (low, high):
        factories.report(measurement, "capacity_retention_percent", "85 %")
    url = "/api/measurements/?capacity_retention_percent__gte=80&stack_pressure_mpa__lte=10"
    (result,) = api.get(url).json()["results"]
    assert result["refcode"] == low.refcode
    assert result["values"][0]["magnitude"] == 85.0
    ordered = api.get("/api/measurements/?ordering=-stack_pressure_mpa").json()["results"]
    assert [item["refcode"] for item in ordered] == [high.refcode, low.refcode]


def test_an_unknown_parameter_is_rejected(api: APIClient, cell: Cell) -> None:
    response = api.get("/api/measurements/?stack_presure_mpa=1")
    assert response.status_code == 400
    assert "‘stack_pressure_mpa’" in response.json()["error"]


def test_query_parameters_are_rejected_for_a_single_measurement(api: APIClient, cell: Cell) -> None:
    assert api.get(f"/api/measurements/{factories.make_measurement(cell).refcode}/?technique=eis").status_code == 400


def test_analysis_parameters_are_saved_with_the_measurement(api: APIClient, cell: Cell) -> None:
    measurement = factories.make_measurement(cell, technique="chronoamperometry")
    payload = {"parameters": {"electronic-conductivity": {"last_points": 50}}}
    response = api.patch(f"/api/measurements/{measurement.refcode}/", payload)
    assert response.json()["parameters"] == payload["parameters"]


@pytest.mark.parametrize(
    ("payload", "words"),
    [
        ({"electronic-conductivty": {}}, "‘electronic-conductivty’"),
        ({"activation-energy": {"stack_pressure_mpa": 10}}, "‘activation-energy’"),
        ({"electronic-conductivity": {"last_point": 5}}, "‘last_point’"),
        ({"electronic-conductivity": {"last_points": 1}}, "last_points"),
        ({"electronic-conductivity": 5}, ""),
        ([], ""),
    ],
)
def test_an_invalid_analysis_parameter_is_rejected(api: APIClient, cell: Cell, payload: object, words: str) -> None:
    measurement = factories.make_measurement(cell, technique="chronoamperometry")
    response = api.patch(f"/api/measurements/{measurement.refcode}/", {"parameters": payload})
    assert response.status_code == 400
    assert words in response.json()["fields"]["parameters"][0]


@pytest.fixture
def spectra(project: Project) -> Measurement:
    """A measurement whose file contains two spectra."""
    measurement = factories.make_measurement(factories.make_pellet(project), technique="eis", label="Run 7")
    add_file(measurement=measurement, file=BytesIO(PEIS), filename="run.mpt", by=None)
    return measurement


def test_a_dataset_is_selected_by_id(api: APIClient, spectra: Measurement) -> None:
    url = f"/api/measurements/{spectra.refcode}/"
    assert [(item["part"], item["part_label"], item["technique"]) for item in api.get(url).json()["datasets"]] == [
        (0, "cycle number 1", "eis"),
        (1, "cycle number 2", "eis"),
    ]
    chosen = api.get(url).json()["datasets"][1]["id"]
    response = api.patch(url, {"dataset": chosen})
    assert (response.status_code, response.json()["dataset"]) == (200, chosen)
    assert AnalysisRun.objects.filter(measurement=spectra, status="queued").exists()
    assert api.patch(url, {"dataset": None}).json()["dataset"] is None
    changed = [field["name"] for entry in api.get(f"{url}history/").json() for field in entry["fields"]]
    assert changed == ["dataset", "dataset"]


def test_a_dataset_of_another_measurement_is_rejected(api: APIClient, spectra: Measurement) -> None:
    other = factories.make_measurement(spectra.cell, technique="eis")
    response = api.patch(f"/api/measurements/{other.refcode}/", {"dataset": spectra.datasets.first().pk})
    assert (response.status_code, list(response.json()["fields"])) == (400, ["dataset"])


def test_a_measurement_is_split_by_dataset(api: APIClient, spectra: Measurement) -> None:
    response = api.post(f"/api/measurements/{spectra.refcode}/split/")
    assert response.status_code == 201, response.json()
    first, second = response.json()
    assert first["refcode"] == spectra.refcode
    assert [item["conditions"]["voltage_v"] for item in (first, second)] == ["3.700 V", "3.800 V"]
    assert [len(each["datasets"]) for each in (first, second)] == [1, 1]
    queued = AnalysisRun.objects.filter(status="queued", measurement__isnull=False)
    assert queued.values("measurement").distinct().count() == 2
    again = api.post(f"/api/measurements/{spectra.refcode}/split/")
    assert again.status_code == 400


def test_a_viewer_cannot_split_a_measurement(
    spectra: Measurement, viewer: User, client_for: Callable[[User], APIClient]
) -> None:
    assert client_for(viewer).post(f"/api/measurements/{spectra.refcode}/split/").status_code == 403


def test_measurements_are_filtered_by_refcode_and_by_cell(api: APIClient, cell: Cell) -> None:
    first, second = (factories.make_measurement(cell, technique="eis") for _ in range(2))
    factories.make_measurement(factories.make_cell(cell.project), technique="eis")
    for query, expected in (
        (f"refcode={first.refcode}", [first]),
        (f"measurement={first.refcode.lower()}", [first]),
        (f"cell={cell.refcode}", [first, second]),
    ):
        results = api.get(f"/api/measurements/?{query}").json()["results"]
        assert [result["refcode"] for result in results] == [measurement.refcode for measurement in expected]
    (shown,) = api.get(f"/api/cells/?measurement={second.refcode}").json()["results"]
    assert [match["measurement"] for match in shown["matches"]] == [second.refcode]


def test_a_suggestion_includes_the_operator(api: APIClient, cell: Cell) -> None:
    response = api.get("/api/measurements/?capacity_retension_percent__gte=80")
    assert "‘capacity_retention_percent__gte’" in response.json()["error"]


def test_a_voltage_window_keeps_its_potential_scale(api: APIClient, cell: Cell) -> None:
    window = {"voltage_lower_v": "1.9 V vs Li-In", "voltage_upper_v": "3.7 V vs Li-In", "one_c_ma_g": "200 mA/g"}
    response = api.post("/api/measurements/", {"cell": cell.refcode, "technique": "cycling", "conditions": window})
    assert response.status_code == 201, response.json()
    shown = response.json()
    assert shown["conditions"] == window
    numbers = shown["condition_numbers"]
    assert [numbers[slug]["scale"] for slug in window] == ["li_in", "li_in", ""]
    assert [numbers[slug]["magnitude"] for slug in window] == [1.9, 3.7, 200.0]


@pytest.mark.parametrize(
    ("conditions", "slug"),
    [
        ({"voltage_lower_v": "1.9 V vs Li-In", "voltage_upper_v": "4.3 V vs Li/Li+"}, "voltage_upper_v"),
        ({"voltage_upper_v": "4.3 V vs SHE"}, "voltage_upper_v"),
        ({"one_c_ma_g": "0 mA/g"}, "one_c_ma_g"),
        ({"one_c_ma_g": "200 mA"}, "one_c_ma_g"),
    ],
)
def test_a_window_on_two_scales_is_refused(api: APIClient, cell: Cell, conditions: dict, slug: str) -> None:
    payload = {"cell": cell.refcode, "technique": "cycling", "conditions": conditions}
    response = api.post("/api/measurements/", payload)
    assert response.status_code == 400
    assert list(response.json()["fields"]) == [f"conditions.{slug}"]
