"""Runs and curves over the API."""

import math

import pytest
from rest_framework.test import APIClient

from registry.models import AnalysisRun, Measurement, Project
from registry.services.runs.queue import do_due_runs
from tests import factories


@pytest.fixture
def measurement(project: Project) -> Measurement:
    """A pellet of 600 µm and 0.785 cm² with a reported resistance of 100 Ω."""
    setup = factories.make_setup(project)
    measurement = factories.make_measurement(factories.make_pellet(project), technique="eis", setup=setup)
    factories.report(measurement, "resistance_ohm", "100 Ω (exact)")
    return measurement


def order(api: APIClient, measurement: Measurement, **sent: object) -> dict:
    answer = api.post("/api/runs/", {"measurement": measurement.refcode, "analysis": "ionic-conductivity"} | sent)
    assert answer.status_code == 202, answer.json()
    assert answer.json()["status"] == "queued"
    do_due_runs()
    return api.get(f"/api/runs/{answer.json()['id']}/").json()


def test_runs_an_analysis_and_gives_its_values(api: APIClient, measurement: Measurement) -> None:
    run = order(api, measurement)
    assert (run["status"], run["messages"]) == ("done", run["messages"])
    (value,) = run["values"]
    # sigma = L / (R A) with L = 0.06 cm, R = 100 ohm, A = pi (0.5 cm)^2
    assert value["magnitude"] == pytest.approx(0.06 / (100 * math.pi * 0.25))
    assert value["origin"] == "computed"
    assert run["inputs"]["layers.1.thickness_um"][0] == 600
    assert "numpy" in run["software"]


def test_a_run_asked_for_twice_waits_once(api: APIClient, measurement: Measurement) -> None:
    sent = {"measurement": measurement.refcode, "analysis": "ionic-conductivity"}
    first, second = api.post("/api/runs/", sent).json(), api.post("/api/runs/", sent).json()
    assert first["id"] == second["id"]
    assert api.get("/api/runs/?status=queued").json()["count"] == 1


def test_a_refusal_is_an_answer(api: APIClient, project: Project) -> None:
    bare = factories.make_measurement(factories.make_pellet(project, thickness=""), technique="eis")
    run = order(api, bare)
    assert run["status"] == "refused"
    assert run["messages"][0]["text"]


def test_a_second_run_supersedes_the_first_which_stays(api: APIClient, measurement: Measurement) -> None:
    first, second = order(api, measurement), order(api, measurement)
    latest = api.get("/api/runs/?is_latest=true").json()["results"]
    assert [run["id"] for run in latest] == [second["id"]]
    assert api.get(f"/api/runs/{first['id']}/").json()["is_latest"] is False


def test_lists_runs_that_wait_to_be_run_again(api: APIClient, measurement: Measurement) -> None:
    order(api, measurement)
    assert api.get("/api/runs/?fresh=false").json()["count"] == 0
    factories.report(measurement, "resistance_ohm", "200 Ω")
    assert api.get("/api/runs/?fresh=false").json()["count"] == 1


@pytest.mark.parametrize(
    ("sent", "field", "words"),
    [
        ({"analysis": "ionic-conductivty"}, "analysis", "Did you mean ‘ionic-conductivity’?"),
        ({"analysis": "capacity-retention"}, "analysis", "is not for electrochemical impedance"),
        ({"measurement": "M-99999"}, "measurement", "or you may not see it"),
        ({"parameters": {"magic": 1}}, "", "has no parameter ‘magic’"),
    ],
)
def test_refuses_what_cannot_be_run(
    api: APIClient, measurement: Measurement, sent: dict, field: str, words: str
) -> None:
    answer = api.post("/api/runs/", {"measurement": measurement.refcode, "analysis": "ionic-conductivity"} | sent)
    assert answer.status_code == 400
    assert words in (answer.json()["fields"][field][0] if field else answer.json()["error"])
    assert not AnalysisRun.objects.exists()


def test_a_run_cannot_be_changed_or_deleted(api: APIClient, measurement: Measurement) -> None:
    address = f"/api/runs/{order(api, measurement)['id']}/"
    assert api.patch(address, {"status": "failed"}).status_code == 405
    assert api.delete(address).status_code == 405


def test_gives_the_curves_of_a_run(api: APIClient, project: Project) -> None:
    cell = factories.make_cell(project)
    measurement = factories.make_measurement(cell, technique="cycling")
    run = order(api, measurement, analysis="capacity-retention")
    assert api.get(f"/api/curves/?run={run['id']}").json()["count"] == len(run["curves"])


def test_a_parameter_given_with_a_run_is_kept_with_the_measurement(api: APIClient, measurement: Measurement) -> None:
    run = order(api, measurement, parameters={"lowest_frequency_hz": 10})
    assert run["parameters"]["lowest_frequency_hz"] == 10
    shown = api.get(f"/api/measurements/{measurement.refcode}/").json()
    assert shown["parameters"] == {"ionic-conductivity": {"lowest_frequency_hz": 10.0}}
    again = order(api, measurement, parameters={"lowest_frequency_hz": None})
    assert again["parameters"]["lowest_frequency_hz"] == 0
    assert api.get(f"/api/measurements/{measurement.refcode}/").json()["parameters"] == {}


def test_a_cell_as_a_whole_is_analysed_by_its_refcode(api: APIClient, project: Project) -> None:
    cell = factories.make_pellet(project)
    for text, sigma in (("0 °C", "0.1"), ("25 °C", "0.4"), ("60 °C", "1.5")):
        spectrum = factories.make_measurement(cell, technique="eis", temperature=text)
        factories.report(spectrum, "ionic_conductivity_s_cm", f"{sigma} mS/cm")
    answer = api.post("/api/runs/", {"cell": cell.refcode, "analysis": "activation-energy"})
    assert (answer.status_code, answer.json()["measurement"]) == (202, None)
    do_due_runs()
    run = api.get(f"/api/runs/{answer.json()['id']}/").json()
    assert (run["status"], run["cell"], run["measurement"]) == ("done", cell.refcode, None)
    found = api.get("/api/cells/?activation_energy_ev__lte=0.5").json()["results"]
    assert [item["refcode"] for item in found] == [cell.refcode]


@pytest.mark.parametrize(
    ("sent", "field", "words"),
    [
        ({}, "measurement", "Give a measurement, or else a cell."),
        ({"cell": "it", "measurement": "it"}, "measurement", "Give a measurement, or else a cell."),
        ({"cell": "it"}, "analysis", "‘ionic-conductivity’ is not for this cell as a whole: there are none."),
    ],
)
def test_refuses_what_it_cannot_run_on(
    api: APIClient, measurement: Measurement, sent: dict, field: str, words: str
) -> None:
    codes = {"cell": measurement.cell.refcode, "measurement": measurement.refcode}
    named = {name: codes[name] for name in sent}
    answer = api.post("/api/runs/", named | {"analysis": "ionic-conductivity"})
    assert answer.status_code == 400
    assert words in answer.json()["fields"][field][0]


def test_tells_the_version_that_is_loaded(api: APIClient, measurement: Measurement) -> None:
    run = order(api, measurement)
    assert run["loaded_version"] == run["version"]
    AnalysisRun.objects.filter(pk=run["id"]).update(analysis="gone")
    assert api.get(f"/api/runs/{run['id']}/").json()["loaded_version"] is None


def test_what_is_written_over_the_api_queues_what_it_makes_due(api: APIClient, measurement: Measurement) -> None:
    order(api, measurement)
    sent = {"measurement": measurement.refcode, "quantity": "resistance_ohm", "written": "200 Ω (exact)"}
    assert api.post("/api/values/", sent).status_code == 201
    (queued,) = api.get("/api/runs/?status=queued").json()["results"]
    assert (queued["analysis"], queued["measurement"]) == ("ionic-conductivity", measurement.refcode)
    do_due_runs()
    found = api.get(f"/api/values/?quantity=ionic_conductivity_s_cm&measurement={measurement.refcode}").json()
    assert found["results"][0]["magnitude"] == pytest.approx(0.06 / (200 * math.pi * 0.25))
    material = measurement.cell.layers.get().material
    assert material is not None
    api.patch(f"/api/materials/{material.pk}/", {"notes": "dried"})
    assert api.get("/api/runs/?status=queued").json()["count"] == 0
