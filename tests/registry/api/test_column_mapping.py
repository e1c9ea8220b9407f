"""The API of column mappings."""

from collections.abc import Callable

import pytest
from django.contrib.auth.models import User
from django.core.files.uploadedfile import SimpleUploadedFile
from rest_framework.test import APIClient

from registry.models import Dataset, Measurement, Project
from registry.services.jobs.background import do_due_work
from tests import factories

COLUMNS = {"0": "frequency_hertz", "1": "Z' / Ohm", "2": "Z'' / Ohm"}
SENT = {"project": "lab", "name": "Bench 3", "notes": "No headers", "mapping": {"columns": COLUMNS}}
SPECTRUM = b"1000;10;-1\n100;12;-4\n10;15;-3\n"


@pytest.fixture
def measurement(project: Project) -> Measurement:
    return factories.make_measurement(factories.make_pellet(project), technique="eis")


def upload(api: APIClient, measurement: Measurement, **fields: object) -> dict:
    payload = {"measurement": measurement.refcode, "file": SimpleUploadedFile("s.txt", SPECTRUM), **fields}
    response = api.post("/api/datasets/", payload, format="multipart")
    assert response.status_code == 202, response.json()
    do_due_work()
    return api.get(f"/api/datasets/{response.json()[0]['id']}/").json()


def test_a_mapping_is_created_read_and_changed(api: APIClient, project: Project) -> None:
    response = api.post("/api/column-mappings/", SENT)
    assert response.status_code == 201, response.json()
    url = f"/api/column-mappings/{response.json()['id']}/"
    assert {key: api.get(url).json()[key] for key in SENT} == SENT
    assert api.patch(url, {"name": "Bench 4"}).json()["name"] == "Bench 4"
    assert [item["kind"] for item in api.get(f"{url}history/").json()] == ["changed", "entered"]
    assert api.get("/api/column-mappings/?name=bench 4&project=lab").json()["count"] == 1
    assert api.delete(url).status_code == 204


@pytest.mark.parametrize(
    ("mapping", "code"),
    [
        ({"columns": {"0": "Voltage"}}, "invalid-column-mapping"),
        ({"column": {}}, "invalid-column-mapping"),
        ([], "not_a_dict"),
    ],
)
def test_an_invalid_mapping_is_rejected(api: APIClient, project: Project, mapping: object, code: str) -> None:
    response = api.post("/api/column-mappings/", SENT | {"mapping": mapping})
    assert response.status_code == 400
    assert (response.json()["code"], response.json()["codes"]) == (code, {"mapping": [code]})


def test_a_file_is_imported_with_its_mapping(api: APIClient, measurement: Measurement, project: Project) -> None:
    mapping = factories.make_mapping(project)
    dataset = upload(api, measurement, mapping=mapping.pk)
    assert (dataset["status"], dataset["mapping"], dataset["mapping_used"]) == ("parsed", mapping.pk, mapping.mapping)


def test_a_mapping_is_selected_after_a_failed_import(
    api: APIClient, measurement: Measurement, project: Project
) -> None:
    dataset = upload(api, measurement)
    assert dataset["status"] == "failed"
    url = f"/api/datasets/{dataset['id']}/"
    response = api.patch(url, {"mapping": factories.make_mapping(project).pk})
    assert (response.status_code, response.json()["status"]) == (202, "queued")
    do_due_work()
    assert api.get(url).json()["status"] == "parsed"
    assert api.patch(url, {"mapping": None}).status_code == 202


@pytest.mark.parametrize("payload", [{"mapping": 999}, {"filename": "x"}])
def test_no_other_field_of_a_dataset_can_be_changed(api: APIClient, measurement: Measurement, payload: dict) -> None:
    dataset = upload(api, measurement)
    assert api.patch(f"/api/datasets/{dataset['id']}/", payload).status_code == 400
    assert Dataset.objects.get().status == "failed"


def test_a_hidden_mapping_is_rejected(api: APIClient, measurement: Measurement) -> None:
    hidden = factories.make_mapping(factories.make_project())
    payload = {"measurement": measurement.refcode, "file": SimpleUploadedFile("s.txt", SPECTRUM), "mapping": hidden.pk}
    response = api.post("/api/datasets/", payload, format="multipart")
    assert (response.status_code, list(response.json()["fields"])) == (400, ["mapping"])
    assert not Dataset.objects.exists()


def test_a_viewer_cannot_select_a_mapping(
    api: APIClient, measurement: Measurement, viewer: User, client_for: Callable[[User], APIClient], project: Project
) -> None:
    dataset = upload(api, measurement)
    payload = {"mapping": factories.make_mapping(project).pk}
    assert client_for(viewer).patch(f"/api/datasets/{dataset['id']}/", payload).status_code == 403
