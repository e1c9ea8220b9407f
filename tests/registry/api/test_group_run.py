"""The API of runs on groups, their values and curves."""

import pytest
from rest_framework.test import APIClient

from registry.models import CellGroup, Project
from registry.services.runs.queue import do_due_runs
from tests import factories
from tests.registry.api.conftest import client_of

SIGMA = "ionic_conductivity_s_cm"
NAME = "replicate-statistics"


@pytest.fixture
def group(project: Project) -> CellGroup:
    cells = [factories.make_pellet(project) for _ in range(2)]
    for number, cell in enumerate(cells, start=9):
        factories.report(factories.make_measurement(cell, technique="eis"), SIGMA, f"{number} mS/cm")
    return factories.make_group(project, *cells)


def test_a_run_is_queued_and_its_results_are_read(api: APIClient, group: CellGroup) -> None:
    response = api.post("/api/group-runs/", {"group": group.pk, "analysis": NAME})
    assert (response.status_code, response.json()["status"]) == (202, "queued")
    do_due_runs()
    run = api.get(f"/api/group-runs/{response.json()['id']}/").json()
    assert (run["status"], run["is_latest"]) == ("done", True)
    (value,) = run["values"]
    assert api.get(f"/api/group-values/{value['id']}/").json()["magnitude"] == pytest.approx(0.0095)
    (curve,) = run["curves"]
    assert api.get(f"/api/group-curves/{curve['id']}/").json()["y_quantity"] == SIGMA


def test_parameters_are_saved_with_the_group(api: APIClient, group: CellGroup) -> None:
    request = {"group": group.pk, "analysis": NAME, "parameters": {"preferred_origin": "reported"}}
    assert api.post("/api/group-runs/", request).json()["parameters"]["preferred_origin"] == "reported"
    group.refresh_from_db()
    assert group.parameters == {NAME: {"preferred_origin": "reported"}}


@pytest.mark.parametrize("analysis", ["replicate-statistic", "ionic-conductivity", "recipe-dependence"])
def test_an_analysis_that_does_not_fit_is_refused(api: APIClient, group: CellGroup, analysis: str) -> None:
    response = api.post("/api/group-runs/", {"group": group.pk, "analysis": analysis})
    assert (response.status_code, list(response.json()["fields"])) == (400, ["analysis"])


def test_a_viewer_cannot_run(group: CellGroup) -> None:
    viewer = client_of(factories.make_member(group.project, "viewer"))
    assert viewer.post("/api/group-runs/", {"group": group.pk, "analysis": NAME}).status_code == 403


def test_filters(api: APIClient, group: CellGroup) -> None:
    api.post("/api/group-runs/", {"group": group.pk, "analysis": NAME})
    do_due_runs()
    for path, count in (
        (f"group-runs/?group={group.pk}&status=done&code=scatter-between-cells", 1),
        ("group-runs/?code=several-values", 0),
        (f"group-values/?quantity={SIGMA}&group={group.pk}", 1),
        ("group-values/?is_latest=false", 0),
        (f"group-curves/?y_quantity={SIGMA}&analysis={NAME}", 1),
    ):
        assert api.get(f"/api/{path}").json()["count"] == count, path


def test_runs_are_counted_by_code(api: APIClient, group: CellGroup) -> None:
    api.post("/api/group-runs/", {"group": group.pk, "analysis": NAME})
    do_due_runs()
    (counted,) = api.get(f"/api/group-runs/codes/?group={group.pk}").json()
    assert (counted["code"], counted["runs"]) == ("scatter-between-cells", 1)
    assert counted["parameters"]["count"] == 2
    assert api.get("/api/group-runs/codes/?status=failed").json() == []
