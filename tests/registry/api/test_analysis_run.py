"""The API of runs and curves."""

import math

import pytest
from rest_framework.response import Response
from rest_framework.test import APIClient

from registry.models import AnalysisRun, Cell, Measurement, Project
from registry.services.runs.queue import do_due_runs
from tests import factories


@pytest.fixture
def measurement(project: Project) -> Measurement:
    """A pellet of 600 µm and 0.785 cm² with a reported resistance of 100 Ω."""
    setup = factories.make_setup(project)
    measurement = factories.make_measurement(factories.make_pellet(project), technique="eis", setup=setup)
    factories.report(measurement, "resistance_ohm", "100 Ω (exact)")
    return measurement


def run_analysis(api: APIClient, measurement: Measurement, **payload: object) -> dict:
    response = api.post("/api/runs/", {"measurement": measurement.refcode, "analysis": "ionic-conductivity"} | payload)
    assert response.status_code == 202, response.json()
    assert response.json()["status"] == "queued"
    do_due_runs()
    return api.get(f"/api/runs/{response.json()['id']}/").json()


def test_an_analysis_is_run_and_returns_its_values(api: APIClient, measurement: Measurement) -> None:
    run = run_analysis(api, measurement)
    assert (run["status"], run["messages"]) == ("done", run["messages"])
    (value,) = run["values"]
    # sigma = L / (R A) with L = 0.06 cm, R = 100 ohm, A = pi (0.5 cm)^2
    assert value["magnitude"] == pytest.approx(0.06 / (100 * math.pi * 0.25))
    assert value["origin"] == "computed"
    assert run["inputs"]["layers.1.thickness_um"][0] == 600
    assert "numpy" in run["software"]


def test_a_run_requested_twice_is_queued_once(api: APIClient, measurement: Measurement) -> None:
    payload = {"measurement": measurement.refcode, "analysis": "ionic-conductivity"}
    first, second = api.post("/api/runs/", payload).json(), api.post("/api/runs/", payload).json()
    assert first["id"] == second["id"]
    assert api.get("/api/runs/?status=queued").json()["count"] == 1


def test_a_refused_run_has_a_message(api: APIClient, project: Project) -> None:
    incomplete = factories.make_measurement(factories.make_pellet(project, thickness=""), technique="eis")
    run = run_analysis(api, incomplete)
    assert run["status"] == "refused"
    assert run["messages"][0]["text"]


def test_runs_are_found_and_counted_by_the_code_of_a_message(api: APIClient, measurement: Measurement) -> None:
    run = run_analysis(api, measurement)
    codes = {message["code"] for message in run["messages"]}
    assert codes
    for code in codes:
        runs = api.get("/api/runs/", {"code": code}).json()["results"]
        assert [item["id"] for item in runs] == [run["id"]]
    counts = api.get("/api/runs/codes/", {"analysis": "ionic-conductivity"}).json()
    assert {item["code"]: item["runs"] for item in counts} == dict.fromkeys(codes, 1)
    last = {item["code"]: item["parameters"] for item in counts if item["last_run"] == run["id"]}
    assert last == {message["code"]: message["parameters"] for message in reversed(run["messages"])}
    assert api.get("/api/runs/codes/", {"analysis": "none"}).json() == []
    assert api.get("/api/runs/", {"code": "missing-everything"}).json()["results"] == []


def test_a_second_run_supersedes_the_first(api: APIClient, measurement: Measurement) -> None:
    first, second = run_analysis(api, measurement), run_analysis(api, measurement)
    latest = api.get("/api/runs/?is_latest=true&analysis=ionic-conductivity").json()["results"]
    assert [run["id"] for run in latest] == [second["id"]]
    assert api.get(f"/api/runs/{first['id']}/").json()["is_latest"] is False


def test_stale_runs_are_listed(api: APIClient, measurement: Measurement) -> None:
    run_analysis(api, measurement)
    assert api.get("/api/runs/?fresh=false").json()["count"] == 0
    factories.report(measurement, "resistance_ohm", "200 Ω")
    stale = api.get("/api/runs/?fresh=false&analysis=ionic-conductivity").json()
    assert [run["stale_because"] for run in stale["results"]] == ["entered"]


@pytest.mark.parametrize(
    ("payload", "field", "words"),
    [
        ({"analysis": "ionic-conductivty"}, "analysis", "‘ionic-conductivity’"),
        ({"analysis": "capacity-retention"}, "analysis", "electrochemical impedance"),
        ({"measurement": "M-99999"}, "measurement", "M-99999"),
        ({"parameters": {"magic": 1}}, "", "‘magic’"),
    ],
)
def test_an_invalid_run_request_is_rejected(
    api: APIClient, measurement: Measurement, payload: dict, field: str, words: str
) -> None:
    response = api.post("/api/runs/", {"measurement": measurement.refcode, "analysis": "ionic-conductivity"} | payload)
    assert response.status_code == 400
    assert words in (response.json()["fields"][field][0] if field else response.json()["error"])
    assert not AnalysisRun.objects.exists()


def test_a_run_cannot_be_changed_or_deleted(api: APIClient, measurement: Measurement) -> None:
    url = f"/api/runs/{run_analysis(api, measurement)['id']}/"
    assert api.patch(url, {"status": "failed"}).status_code == 405
    assert api.delete(url).status_code == 405


def test_the_curves_of_a_run_are_listed(api: APIClient, project: Project) -> None:
    cell = factories.make_cell(project)
    measurement = factories.make_measurement(cell, technique="cycling")
    run = run_analysis(api, measurement, analysis="capacity-retention")
    assert api.get(f"/api/curves/?run={run['id']}").json()["count"] == len(run["curves"])


def test_a_parameter_of_a_run_is_saved_with_the_measurement(api: APIClient, measurement: Measurement) -> None:
    run = run_analysis(api, measurement, parameters={"lowest_frequency_hz": 10})
    assert run["parameters"]["lowest_frequency_hz"] == 10
    shown = api.get(f"/api/measurements/{measurement.refcode}/").json()
    assert shown["parameters"] == {"ionic-conductivity": {"lowest_frequency_hz": 10.0}}
    again = run_analysis(api, measurement, parameters={"lowest_frequency_hz": None})
    assert again["parameters"]["lowest_frequency_hz"] == 0
    assert api.get(f"/api/measurements/{measurement.refcode}/").json()["parameters"] == {}


def test_a_cell_level_analysis_is_run_by_refcode(api: APIClient, project: Project) -> None:
    cell = factories.make_pellet(project)
    for text, sigma in (("0 °C", "0.1"), ("25 °C", "0.4"), ("60 °C", "1.5")):
        spectrum = factories.make_measurement(cell, technique="eis", temperature_degc=text)
        factories.report(spectrum, "ionic_conductivity_s_cm", f"{sigma} mS/cm")
    response = api.post("/api/runs/", {"cell": cell.refcode, "analysis": "activation-energy"})
    assert (response.status_code, response.json()["measurement"]) == (202, None)
    do_due_runs()
    run = api.get(f"/api/runs/{response.json()['id']}/").json()
    assert (run["status"], run["cell"], run["measurement"]) == ("done", cell.refcode, None)
    cells = api.get("/api/cells/?activation_energy_ev__lte=0.5").json()["results"]
    assert [item["refcode"] for item in cells] == [cell.refcode]


@pytest.mark.parametrize(
    ("payload", "field", "words"),
    [
        ({}, "measurement", "or a cell"),
        ({"cell": "it", "measurement": "it"}, "measurement", "or a cell"),
        ({"cell": "it"}, "analysis", "cell"),
    ],
)
def test_an_invalid_target_is_rejected(
    api: APIClient, measurement: Measurement, payload: dict, field: str, words: str
) -> None:
    refcodes = {"cell": measurement.cell.refcode, "measurement": measurement.refcode}
    target = {name: refcodes[name] for name in payload}
    response = api.post("/api/runs/", target | {"analysis": "ionic-conductivity"})
    assert response.status_code == 400
    assert words in response.json()["fields"][field][0]


def test_the_loaded_version_is_shown(api: APIClient, measurement: Measurement) -> None:
    run = run_analysis(api, measurement)
    assert run["loaded_version"] == run["version"]
    AnalysisRun.objects.filter(pk=run["id"]).update(analysis="gone")
    assert api.get(f"/api/runs/{run['id']}/").json()["loaded_version"] is None


def test_a_change_queues_the_affected_analyses(api: APIClient, measurement: Measurement) -> None:
    run_analysis(api, measurement)
    payload = {"measurement": measurement.refcode, "quantity": "resistance_ohm", "written": "200 Ω (exact)"}
    assert api.post("/api/values/", payload).status_code == 201
    (queued,) = api.get("/api/runs/?status=queued&analysis=ionic-conductivity").json()["results"]
    assert queued["measurement"] == measurement.refcode
    do_due_runs()
    values = api.get(f"/api/values/?quantity=ionic_conductivity_s_cm&measurement={measurement.refcode}").json()
    assert values["results"][0]["magnitude"] == pytest.approx(0.06 / (200 * math.pi * 0.25))
    material = measurement.cell.layers.get().material
    assert material is not None
    api.patch(f"/api/materials/{material.pk}/", {"notes": "dried"})
    assert api.get("/api/runs/?status=queued").json()["count"] == 0


@pytest.fixture
def pressed(project: Project) -> Cell:
    """A pellet whose conductivity was measured at three pressures, at 25 and at 60 °C."""
    cell = factories.make_pellet(project)
    factories.make_pressure_series(cell, 0.1)
    factories.make_pressure_series(cell, 0.3, "60 °C")
    return cell


def request_series(api: APIClient, cell: Cell, **payload: str) -> Response:
    return api.post("/api/runs/", {"cell": cell.refcode, "analysis": "pressure-dependence"} | payload)


def test_one_of_several_series_is_named(api: APIClient, pressed: Cell) -> None:
    refused = request_series(api, pressed)
    assert (refused.status_code, list(refused.json()["fields"])) == (400, ["series"])
    series = "eis;stack_pressure_mpa;temperature_degc=60"
    created = request_series(api, pressed, series=series)
    assert (created.status_code, created.json()["series"]) == (202, series)
    do_due_runs()
    (run,) = api.get(f"/api/runs/?series={series}&analysis=pressure-dependence").json()["results"]
    assert (run["status"], run["fixed_conditions"]) == ("done", {"temperature_degc": 60})
    (value,) = api.get("/api/values/?quantity=conductivity_pressure_exponent").json()["results"]
    assert (value["cell"], value["measurement"]) == (pressed.refcode, None)
    assert value["fixed_conditions"] == {"temperature_degc": 60}


def test_a_series_analysis_needs_a_series(api: APIClient, measurement: Measurement) -> None:
    response = request_series(api, measurement.cell)
    assert (response.status_code, list(response.json()["fields"])) == (400, ["analysis"])
    on_measurement = api.post("/api/runs/", {"measurement": measurement.refcode, "analysis": "pressure-dependence"})
    assert on_measurement.status_code == 400
