"""The API of values."""

import pytest
from rest_framework.test import APIClient

from registry.models import Measurement, Project, Value
from registry.services.runs.queue import do_due_runs
from tests import factories


@pytest.fixture
def measurement(project: Project) -> Measurement:
    setup = factories.make_setup(project)
    return factories.make_measurement(factories.make_pellet(project), technique="eis", setup=setup)


def report(api: APIClient, measurement: Measurement, **payload: object) -> dict:
    response = api.post("/api/values/", {"measurement": measurement.refcode} | payload)
    assert response.status_code == 201, response.json()
    return response.json()


def test_a_value_is_reported_as_printed(api: APIClient, measurement: Measurement) -> None:
    value = report(api, measurement, quantity="ionic_conductivity_s_cm", written="0.366 mS cm⁻¹")
    assert value["magnitude"] == pytest.approx(3.66e-4)
    assert (value["lower"], value["upper"]) == pytest.approx((3.655e-4, 3.665e-4))
    assert (value["origin"], value["measurement"], value["is_latest"]) == ("reported", measurement.refcode, True)


def test_a_reason_is_reported_for_a_missing_value(api: APIClient, measurement: Measurement) -> None:
    value = report(api, measurement, quantity="resistance_ohm", written="short circuit")
    assert (value["magnitude"], value["missing"]) == (None, "short circuit")


def test_a_new_report_supersedes_the_first(api: APIClient, measurement: Measurement) -> None:
    first = report(api, measurement, quantity="resistance_ohm", written="1.30 Ω")
    report(api, measurement, quantity="resistance_ohm", written="1.31 Ω")
    assert [item["written"] for item in api.get("/api/values/").json()["results"]] == ["1.31 Ω"]
    (old,) = api.get("/api/values/?is_latest=false").json()["results"]
    assert old["id"] == first["id"]
    assert old["retired_at"] is not None


def test_deleting_withdraws_a_reported_value(api: APIClient, measurement: Measurement) -> None:
    value = report(api, measurement, quantity="resistance_ohm", written="1.30 Ω")
    assert api.delete(f"/api/values/{value['id']}/").status_code == 204
    assert not Value.objects.get(pk=value["id"]).is_latest


def test_a_computed_value_cannot_be_deleted(api: APIClient, measurement: Measurement) -> None:
    report(api, measurement, quantity="resistance_ohm", written="1.30 Ω")
    run = api.post("/api/runs/", {"measurement": measurement.refcode, "analysis": "ionic-conductivity"}).json()
    do_due_runs()
    run = api.get(f"/api/runs/{run['id']}/").json()
    response = api.delete(f"/api/values/{run['values'][0]['id']}/")
    assert response.status_code == 400
    assert "analysis" in response.json()["error"]


def test_a_value_cannot_be_changed(api: APIClient, measurement: Measurement) -> None:
    value = report(api, measurement, quantity="resistance_ohm", written="1.30 Ω")
    assert api.patch(f"/api/values/{value['id']}/", {"written": "2 Ω"}).status_code == 405
    assert api.put(f"/api/values/{value['id']}/", {"written": "2 Ω"}).status_code == 405


@pytest.mark.parametrize(
    ("payload", "field", "words"),
    [
        ({"quantity": "resistance_ohms", "written": "1 Ω"}, "quantity", "‘resistance_ohm’"),
        ({"quantity": "resistance_ohm", "written": "7.87x10^3"}, "written", "unit"),
        ({"quantity": "resistance_ohm", "written": "10 MPa"}, "written", "is a pressure"),
        ({"quantity": "resistance_ohm", "written": "NaN Ω"}, "written", "number"),
        ({"quantity": "resistance_ohm"}, "written", "Missing"),
        ({"quantity": "resistance_ohm", "writen": "1 Ω"}, "writen", "‘written’"),
        ({"quantity": "resistance_ohm", "written": "1 Ω", "measurement": None}, "measurement", ""),
    ],
)
def test_an_invalid_report_is_rejected(
    api: APIClient, measurement: Measurement, payload: dict, field: str, words: str
) -> None:
    response = api.post("/api/values/", {"measurement": measurement.refcode} | payload)
    assert response.status_code == 400
    assert words in response.json()["fields"][field][0]
    assert not Value.objects.exists()


def test_a_cell_that_does_not_match_the_measurement_is_rejected(api: APIClient, measurement: Measurement) -> None:
    other = factories.make_cell(measurement.cell.project)
    payload = {
        "measurement": measurement.refcode,
        "cell": other.refcode,
        "quantity": "resistance_ohm",
        "written": "1 Ω",
    }
    assert list(api.post("/api/values/", payload).json()["fields"]) == ["cell"]


def test_values_are_filtered(api: APIClient, measurement: Measurement) -> None:
    report(api, measurement, quantity="resistance_ohm", written="1.30 Ω")
    report(api, measurement, quantity="ionic_conductivity_s_cm", written="1 mS/cm")
    assert api.get(f"/api/values/?measurement={measurement.refcode}&quantity=resistance_ohm").json()["count"] == 1
    assert api.get("/api/values/?quantity=resistance_ohm&quantity=ionic_conductivity_s_cm").json()["count"] == 2
    response = api.get("/api/values/?origin=guessed")
    assert (response.status_code, list(response.json()["fields"])) == (400, ["origin"])


def test_an_unknown_quantity_is_rejected_with_a_suggestion(api: APIClient, measurement: Measurement) -> None:
    response = api.get("/api/values/?quantity=resistence_ohm")
    assert response.status_code == 400
    assert "‘resistance_ohm’" in response.json()["fields"]["quantity"][0]
