"""The API of datasets: upload, import, columns and the raw file."""

import hashlib
from collections.abc import Callable
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.core.files.uploadedfile import SimpleUploadedFile
from rest_framework.response import Response
from rest_framework.test import APIClient

from registry.contract.reader import PACKAGE_MISSING
from registry.models import Dataset, Measurement, Project, RawFile
from registry.services.jobs.background import do_due_work
from tests import factories
from tests.plugins.readers.samples import MPR

CURRENTS = b"time / s,voltage / V,current / A\n0,0.1,1e-5\n1,0.1,2e-5\n2,0.1,\n"


@pytest.fixture
def measurement(project: Project) -> Measurement:
    return factories.make_measurement(factories.make_pellet(project), technique="chronoamperometry")


def upload(api: APIClient, measurement: Measurement, content: bytes, name: str = "ca.csv") -> Response:
    payload = {"measurement": measurement.refcode, "file": SimpleUploadedFile(name, content)}
    return api.post("/api/datasets/", payload, format="multipart")


def upload_and_import(api: APIClient, measurement: Measurement, content: bytes) -> dict[str, Any]:
    """The dataset of an uploaded file after its import."""
    (dataset,) = upload(api, measurement, content).json()
    do_due_work()
    return api.get(f"/api/datasets/{dataset['id']}/").json()


def test_a_raw_file_is_stored_unchanged(api: APIClient, measurement: Measurement) -> None:
    content = CURRENTS.replace(b"2e-5\n2,0.1,\n", b"2e-5\n2,0.1,3e-5\n")
    response = upload(api, measurement, content)
    assert response.status_code == 202, response.json()
    (dataset,) = response.json()
    assert (dataset["status"], dataset["rows"], dataset["filename"]) == ("queued", 0, "ca.csv")
    assert dataset["sha256"] == hashlib.sha256(content).hexdigest()
    raw = api.get(f"/api/datasets/{dataset['id']}/raw/")
    assert b"".join(raw.streaming_content) == content
    assert raw["Content-Disposition"] == 'attachment; filename="ca.csv"'
    assert raw["X-Content-Type-Options"] == "nosniff"


def test_columns_are_returned_as_json_and_csv(api: APIClient, measurement: Measurement) -> None:
    content = CURRENTS.replace(b"2,0.1,\n", b"2,0.1,3e-5\n")
    dataset = upload_and_import(api, measurement, content)
    assert (dataset["status"], dataset["rows"]) == ("parsed", 3)
    columns = api.get(f"/api/datasets/{dataset['id']}/columns/").json()["columns"]
    assert list(columns) == dataset["columns"]
    assert columns[dataset["columns"][0]] == [0, 1, 2]
    text = api.get(f"/api/datasets/{dataset['id']}/columns/?format=csv").content.decode()
    assert text.splitlines()[0] == ",".join(dataset["columns"])
    assert len(text.splitlines()) == 4


def test_an_unknown_column_format_is_rejected(api: APIClient, measurement: Measurement) -> None:
    (dataset,) = upload(api, measurement, CURRENTS.replace(b"2,0.1,\n", b"")).json()
    response = api.get(f"/api/datasets/{dataset['id']}/columns/?format=xlsx")
    assert (response.status_code, list(response.json()["fields"])) == (400, ["format"])


def test_a_file_that_cannot_be_imported_is_stored_with_the_reason(api: APIClient, measurement: Measurement) -> None:
    dataset = upload_and_import(api, measurement, b"PK\x03\x04 not a table")
    assert dataset["status"] == "failed"
    assert dataset["messages"][0]["text"]
    columns = api.get(f"/api/datasets/{dataset['id']}/columns/")
    assert columns.status_code == 400
    assert "ca.csv" in columns.json()["error"]


def test_a_mapping_is_suggested_for_a_file_without_units_and_reads_it(api: APIClient, measurement: Measurement) -> None:
    dataset = upload_and_import(api, measurement, b"t,U,I\n0,0.1,0.002\n60,0.2,0.003\n120,0.3,0.004\n")
    assert dataset["status"] == "failed"
    suggestion = dataset["suggested_mapping"]
    assert suggestion["columns"] == {"t": "Test time / s", "U": "Voltage / V", "I": "Current / A"}
    assert len(dataset["messages"][0]["parameters"]["suggested_because"]) == 3
    project = measurement.cell.project.slug
    mapping = api.post("/api/column-mappings/", {"project": project, "name": "Bench", "mapping": suggestion}).json()
    address = f"/api/datasets/{dataset['id']}/"
    assert api.patch(address, {"mapping": mapping["id"]}).status_code == 202
    do_due_work()
    dataset = api.get(address).json()
    assert (dataset["status"], dataset["rows"], dataset["suggested_mapping"]) == ("parsed", 3, None)


def test_a_file_whose_reader_is_not_installed_is_stored_with_the_command_that_installs_it(
    api: APIClient, measurement: Measurement
) -> None:
    dataset = upload_and_import(api, measurement, MPR)
    (message,) = dataset["messages"]
    assert (dataset["status"], message["code"]) == ("failed", PACKAGE_MISSING)
    assert message["parameters"]["install"].endswith("cellar-biologic-mpr")
    assert b"".join(api.get(f"/api/datasets/{dataset['id']}/raw/").streaming_content) == MPR
    assert api.post(f"/api/datasets/{dataset['id']}/read/").status_code == 202


def test_columns_of_a_queued_file_are_not_available(api: APIClient, measurement: Measurement) -> None:
    (dataset,) = upload(api, measurement, CURRENTS).json()
    response = api.get(f"/api/datasets/{dataset['id']}/columns/")
    assert response.status_code == 400
    assert "imported yet" in response.json()["error"]


def test_a_repeated_upload_returns_the_existing_dataset(api: APIClient, measurement: Measurement) -> None:
    content = CURRENTS.replace(b"2,0.1,\n", b"")
    dataset = upload_and_import(api, measurement, content)
    again = upload(api, measurement, content)
    assert (again.status_code, again.json()) == (200, [dataset])


def test_a_file_is_imported_again_on_request(api: APIClient, measurement: Measurement) -> None:
    dataset = upload_and_import(api, measurement, CURRENTS.replace(b"2,0.1,\n", b""))
    response = api.post(f"/api/datasets/{dataset['id']}/read/")
    assert (response.status_code, response.json()["status"], response.json()["rows"]) == (202, "queued", 2)


def test_a_viewer_cannot_import_a_file_again(
    api: APIClient, measurement: Measurement, viewer: User, client_for: Callable[[User], APIClient]
) -> None:
    dataset = upload_and_import(api, measurement, CURRENTS)
    assert client_for(viewer).post(f"/api/datasets/{dataset['id']}/read/").status_code == 403


def test_an_empty_file_is_rejected(api: APIClient, measurement: Measurement) -> None:
    response = upload(api, measurement, b"")
    assert response.status_code == 400
    assert response.json()["codes"] == {"file": ["file-empty"]}
    assert not RawFile.objects.exists()


def test_a_file_sent_as_json_is_rejected(api: APIClient, measurement: Measurement) -> None:
    response = api.post("/api/datasets/", {"measurement": measurement.refcode, "file": "text"}, format="json")
    assert response.status_code == 415
    assert response.json()["fields"] == {}


def test_a_dataset_is_deleted(api: APIClient, measurement: Measurement) -> None:
    (dataset,) = upload(api, measurement, CURRENTS.replace(b"2,0.1,\n", b"")).json()
    assert api.delete(f"/api/datasets/{dataset['id']}/").status_code == 204
    assert not Dataset.objects.exists()


def test_datasets_are_filtered_by_measurement_and_status(api: APIClient, measurement: Measurement) -> None:
    upload_and_import(api, measurement, b"nothing known")
    assert api.get(f"/api/datasets/?measurement={measurement.refcode}&status=failed").json()["count"] == 1
    assert api.get("/api/datasets/?status=parsed").json()["count"] == 0
