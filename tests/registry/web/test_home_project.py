"""The home page of someone with a project."""

import io

import pytest
from django.contrib.auth.models import User
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from registry.models import AnalysisRun, Cell, Measurement, Project
from registry.selectors.analysis_inputs.due import list_due_jobs
from registry.selectors.runs.refusal import does_not_apply
from registry.services.files.upload import upload_file
from registry.services.record import save_record
from registry.services.runs.analysis import run_jobs
from tests import factories
from tests.registry.web.conftest import PER_CYCLE


@pytest.fixture
def home(owner: User, client: Client) -> Client:
    client.force_login(owner)
    return client


def test_shows_what_disagrees_and_why_results_are_missing(private_cell: Cell, home: Client) -> None:
    response = home.get("/")
    assert response.context["project"] == private_cell.project
    assert [name for name, _ in response.context["disagreements"]] == ["Electronic conductivity"]
    refusals = {(group.analysis, group.code) for _, _, group, _ in response.context["refusals"]}
    assert "missing-data" not in {code for _, code in refusals}
    assert not any(does_not_apply(run) for _, _, group, _ in response.context["refusals"] for run in group.runs)
    text = response.content.decode()
    assert text.count('<span class="chip warn">Disagrees</span>') == 1
    assert private_cell.label in text


def test_alike_refusals_are_one_row(project: Project, home: Client) -> None:
    for _ in range(3):
        measurement = factories.make_measurement(factories.make_pellet(project), technique="eis")
        factories.report(measurement, "resistance_ohm", "5 Ω")
    run_jobs(list_due_jobs(Measurement.objects.all(), names=["ionic-conductivity"]), by=None)
    AnalysisRun.objects.update(messages=[{"code": "no-area", "text": "No area", "level": "error", "parameters": {}}])
    ((_, _, group, remedy),) = home.get("/").context["refusals"]
    assert len(group.runs) == 3
    assert remedy is not None
    assert "and 2 more" in home.get("/").content.decode()


def test_shows_files_and_analyses_in_progress(project: Project, home: Client) -> None:
    measurement = factories.make_measurement(factories.make_cell(project))
    upload_file(measurement=measurement, file=io.BytesIO(PER_CYCLE.encode()), filename="c.csv", by=None)
    (progress,) = home.get("/").context["progress"]
    assert (progress.cell, progress.files) == (measurement.cell, 1)


def test_recent_changes_name_the_person_and_the_cell(project: Project, owner: User, home: Client) -> None:
    cell = factories.make_cell(project, label="First")
    cell.label = "Second"
    save_record(cell, by=owner)
    (change, *others) = home.get("/").context["recent_changes"]
    assert (change.by, change.kind, change.record, change.cell) == ("owner", "changed", "cell Second", cell)
    assert {other.kind for other in others} <= {"added", "changed"}


def test_another_project_is_chosen(project: Project, owner: User, home: Client) -> None:
    other = factories.make_project(slug="second", name="Second lab")
    other.memberships.create(user=owner, role="editor")
    factories.make_cell(project)
    assert home.get("/").context["project"] == project
    assert home.get("/?project=second").context["project"] == other


def test_a_project_of_others_is_not_shown(project: Project, outsider: User, client: Client) -> None:
    factories.make_cell(project, label="Secret")
    client.force_login(outsider)
    response = client.get("/?project=lab")
    assert response.context["project"] is None
    assert "Secret" not in response.content.decode()


def test_costs_the_same_for_one_cell_and_for_twenty(project: Project, home: Client) -> None:
    def fill() -> None:
        measurement: Measurement = factories.make_measurement(factories.make_cell(project))
        factories.report(measurement, "capacity_retention_percent", "80 %")

    counts = []
    for more in (2, 18):
        for _ in range(more):
            fill()
        with CaptureQueriesContext(connection) as queries:
            home.get("/")
        counts.append(len(queries))
    assert counts[0] == counts[1] <= 45
