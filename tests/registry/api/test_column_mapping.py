"""Column mappings over the API: written, read, and named for a file."""

from collections.abc import Callable

import pytest
from django.contrib.auth.models import User
from django.core.files.uploadedfile import SimpleUploadedFile
from rest_framework.test import APIClient

from registry.models import Dataset, Measurement, Project
from registry.services.background import do_due_work
from tests import factories

COLUMNS = {"0": "frequency_hertz", "1": "Z' / Ohm", "2": "Z'' / Ohm"}
SENT = {"project": "lab", "name": "Bench 3", "notes": "No heads", "mapping": {"columns": COLUMNS}}
SPECTRUM = b"1000;10;-1\n100;12;-4\n10;15;-3\n"


@pytest.fixture
def measurement(project: Project) -> Measurement:
    return factories.make_measurement(factories.make_pellet(project), technique="eis")


def upload(api: APIClient, measurement: Measurement, **more: object) -> dict:
    sent = {"measurement": measurement.refcode, "file": SimpleUploadedFile("s.txt", SPECTRUM), **more}
    answer = api.post("/api/datasets/", sent, format="multipart")
    assert answer.status_code == 202, answer.json()
    do_due_work()
    return api.get(f"/api/datasets/{answer.json()[0]['id']}/").json()


def test_a_mapping_is_written_read_and_changed(api: APIClient, project: Project) -> None:
    answer = api.post("/api/column-mappings/", SENT)
    assert answer.status_code == 201, answer.json()
    address = f"/api/column-mappings/{answer.json()['id']}/"
    assert {key: api.get(address).json()[key] for key in SENT} == SENT
    assert api.patch(address, {"name": "Bench 4"}).json()["name"] == "Bench 4"
    assert [item["kind"] for item in api.get(f"{address}history/").json()] == ["changed", "entered"]
    assert api.get("/api/column-mappings/?name=bench 4&project=lab").json()["count"] == 1
    assert api.delete(address).status_code == 204


@pytest.mark.parametrize(
    ("mapping", "said"),
    [
        ({"columns": {"0": "Voltage"}}, "has no unit"),
        ({"column": {}}, "unknown key ‘column’"),
        ([], "dictionary"),
    ],
)
def test_what_is_wrong_is_said_of_the_field(api: APIClient, project: Project, mapping: object, said: str) -> None:
    answer = api.post("/api/column-mappings/", SENT | {"mapping": mapping})
    assert answer.status_code == 400
    assert said in answer.json()["fields"]["mapping"][0]


def test_a_file_is_read_by_the_mapping_it_names(api: APIClient, measurement: Measurement, project: Project) -> None:
    mapping = factories.make_mapping(project)
    dataset = upload(api, measurement, mapping=mapping.pk)
    assert (dataset["status"], dataset["mapping"], dataset["mapping_used"]) == ("parsed", mapping.pk, mapping.mapping)


def test_a_mapping_is_chosen_for_a_file_that_failed(api: APIClient, measurement: Measurement, project: Project) -> None:
    dataset = upload(api, measurement)
    assert dataset["status"] == "failed"
    address = f"/api/datasets/{dataset['id']}/"
    answer = api.patch(address, {"mapping": factories.make_mapping(project).pk})
    assert (answer.status_code, answer.json()["status"]) == (202, "queued")
    do_due_work()
    assert api.get(address).json()["status"] == "parsed"
    assert api.patch(address, {"mapping": None}).status_code == 202


@pytest.mark.parametrize("sent", [{}, {"mapping": 999}, {"filename": "x"}])
def test_nothing_else_of_a_file_can_be_changed(api: APIClient, measurement: Measurement, sent: dict) -> None:
    dataset = upload(api, measurement)
    assert api.patch(f"/api/datasets/{dataset['id']}/", sent).status_code == 400
    assert Dataset.objects.get().status == "failed"


def test_a_hidden_mapping_is_none(api: APIClient, measurement: Measurement) -> None:
    hidden = factories.make_mapping(factories.make_project())
    sent = {"measurement": measurement.refcode, "file": SimpleUploadedFile("s.txt", SPECTRUM), "mapping": hidden.pk}
    answer = api.post("/api/datasets/", sent, format="multipart")
    assert (answer.status_code, list(answer.json()["fields"])) == (400, ["mapping"])
    assert not Dataset.objects.exists()


def test_a_viewer_chooses_none(
    api: APIClient, measurement: Measurement, viewer: User, client_for: Callable[[User], APIClient], project: Project
) -> None:
    dataset = upload(api, measurement)
    sent = {"mapping": factories.make_mapping(project).pk}
    assert client_for(viewer).patch(f"/api/datasets/{dataset['id']}/", sent).status_code == 403
