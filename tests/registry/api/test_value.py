"""Values over the API: reported as printed, superseded, retired, never changed."""

import pytest
from rest_framework.test import APIClient

from registry.models import Measurement, Project, Value
from registry.services.runs.queue import do_due_runs
from tests import factories


@pytest.fixture
def measurement(project: Project) -> Measurement:
    setup = factories.make_setup(project)
    return factories.make_measurement(factories.make_pellet(project), technique="eis", setup=setup)


def report(api: APIClient, measurement: Measurement, **sent: object) -> dict:
    answer = api.post("/api/values/", {"measurement": measurement.refcode} | sent)
    assert answer.status_code == 201, answer.json()
    return answer.json()


def test_reports_a_value_as_printed(api: APIClient, measurement: Measurement) -> None:
    value = report(api, measurement, quantity="ionic_conductivity_s_cm", written="0.366 mS cm⁻¹")
    assert value["magnitude"] == pytest.approx(3.66e-4)
    assert (value["lower"], value["upper"]) == pytest.approx((3.655e-4, 3.665e-4))
    assert (value["origin"], value["measurement"], value["is_latest"]) == ("reported", measurement.refcode, True)


def test_reports_why_there_is_no_number(api: APIClient, measurement: Measurement) -> None:
    value = report(api, measurement, quantity="resistance_ohm", written="short circuit")
    assert (value["magnitude"], value["missing"]) == (None, "short circuit")


def test_another_report_supersedes_the_first_which_stays(api: APIClient, measurement: Measurement) -> None:
    first = report(api, measurement, quantity="resistance_ohm", written="1.30 Ω")
    report(api, measurement, quantity="resistance_ohm", written="1.31 Ω")
    assert [item["written"] for item in api.get("/api/values/").json()["results"]] == ["1.31 Ω"]
    (old,) = api.get("/api/values/?is_latest=false").json()["results"]
    assert old["id"] == first["id"]
    assert old["retired_at"] is not None


def test_deleting_takes_a_report_out_of_use(api: APIClient, measurement: Measurement) -> None:
    value = report(api, measurement, quantity="resistance_ohm", written="1.30 Ω")
    assert api.delete(f"/api/values/{value['id']}/").status_code == 204
    assert not Value.objects.get(pk=value["id"]).is_latest


def test_a_computed_value_cannot_be_deleted(api: APIClient, measurement: Measurement) -> None:
    report(api, measurement, quantity="resistance_ohm", written="1.30 Ω")
    run = api.post("/api/runs/", {"measurement": measurement.refcode, "analysis": "ionic-conductivity"}).json()
    do_due_runs()
    run = api.get(f"/api/runs/{run['id']}/").json()
    answer = api.delete(f"/api/values/{run['values'][0]['id']}/")
    assert answer.status_code == 400
    assert "superseded by running its analysis again" in answer.json()["error"]


def test_a_value_cannot_be_changed(api: APIClient, measurement: Measurement) -> None:
    value = report(api, measurement, quantity="resistance_ohm", written="1.30 Ω")
    assert api.patch(f"/api/values/{value['id']}/", {"written": "2 Ω"}).status_code == 405
    assert api.put(f"/api/values/{value['id']}/", {"written": "2 Ω"}).status_code == 405


@pytest.mark.parametrize(
    ("sent", "field", "words"),
    [
        ({"quantity": "resistance_ohms", "written": "1 Ω"}, "quantity", "did you mean ‘resistance_ohm’"),
        ({"quantity": "resistance_ohm", "written": "7.87x10^3"}, "written", "has no unit"),
        ({"quantity": "resistance_ohm", "written": "10 MPa"}, "written", "is a pressure"),
        ({"quantity": "resistance_ohm", "written": "NaN Ω"}, "written", "number"),
        ({"quantity": "resistance_ohm"}, "written", "required"),
        ({"quantity": "resistance_ohm", "writen": "1 Ω"}, "writen", "Did you mean ‘written’?"),
        ({"quantity": "resistance_ohm", "written": "1 Ω", "measurement": None}, "measurement", "belongs to"),
    ],
)
def test_refuses_a_bad_report(api: APIClient, measurement: Measurement, sent: dict, field: str, words: str) -> None:
    answer = api.post("/api/values/", {"measurement": measurement.refcode} | sent)
    assert answer.status_code == 400
    assert words in answer.json()["fields"][field][0]
    assert not Value.objects.exists()


def test_refuses_a_cell_that_is_not_the_measurements(api: APIClient, measurement: Measurement) -> None:
    other = factories.make_cell(measurement.cell.project)
    sent = {"measurement": measurement.refcode, "cell": other.refcode, "quantity": "resistance_ohm", "written": "1 Ω"}
    assert "is a measurement on" in api.post("/api/values/", sent).json()["fields"]["cell"][0]


def test_filters_the_list(api: APIClient, measurement: Measurement) -> None:
    report(api, measurement, quantity="resistance_ohm", written="1.30 Ω")
    report(api, measurement, quantity="ionic_conductivity_s_cm", written="1 mS/cm")
    assert api.get(f"/api/values/?measurement={measurement.refcode}&quantity=resistance_ohm").json()["count"] == 1
    assert api.get("/api/values/?quantity=resistance_ohm&quantity=ionic_conductivity_s_cm").json()["count"] == 2
    answer = api.get("/api/values/?origin=guessed")
    assert (answer.status_code, list(answer.json()["fields"])) == (400, ["origin"])


def test_a_quantity_there_is_not_is_refused_with_the_nearest(api: APIClient, measurement: Measurement) -> None:
    answer = api.get("/api/values/?quantity=resistence_ohm")
    assert answer.status_code == 400
    assert "Did you mean ‘resistance_ohm’?" in answer.json()["fields"]["quantity"][0]
