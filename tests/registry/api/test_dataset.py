"""Raw files over the API: in, out byte for byte, and their columns."""

import hashlib

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from rest_framework.response import Response
from rest_framework.test import APIClient

from registry.models import Dataset, Measurement, Project, RawFile
from tests import factories

CURRENTS = b"time / s,voltage / V,current / A\n0,0.1,1e-5\n1,0.1,2e-5\n2,0.1,\n"


@pytest.fixture
def measurement(project: Project) -> Measurement:
    return factories.make_measurement(factories.make_pellet(project), technique="chronoamperometry")


def upload(api: APIClient, measurement: Measurement, content: bytes, name: str = "ca.csv") -> Response:
    sent = {"measurement": measurement.refcode, "file": SimpleUploadedFile(name, content)}
    return api.post("/api/datasets/", sent, format="multipart")


def test_keeps_a_file_byte_for_byte(api: APIClient, measurement: Measurement) -> None:
    content = CURRENTS.replace(b"2e-5\n2,0.1,\n", b"2e-5\n2,0.1,3e-5\n")
    answer = upload(api, measurement, content)
    assert answer.status_code == 201, answer.json()
    (dataset,) = answer.json()
    assert (dataset["status"], dataset["rows"], dataset["filename"]) == ("parsed", 3, "ca.csv")
    assert dataset["sha256"] == hashlib.sha256(content).hexdigest()
    raw = api.get(f"/api/datasets/{dataset['id']}/raw/")
    assert b"".join(raw.streaming_content) == content
    assert raw["Content-Disposition"] == 'attachment; filename="ca.csv"'
    assert raw["X-Content-Type-Options"] == "nosniff"


def test_gives_columns_as_json_and_csv(api: APIClient, measurement: Measurement) -> None:
    content = CURRENTS.replace(b"2,0.1,\n", b"2,0.1,3e-5\n")
    (dataset,) = upload(api, measurement, content).json()
    columns = api.get(f"/api/datasets/{dataset['id']}/columns/").json()["columns"]
    assert list(columns) == dataset["columns"]
    assert columns[dataset["columns"][0]] == [0, 1, 2]
    text = api.get(f"/api/datasets/{dataset['id']}/columns/?format=csv").content.decode()
    assert text.splitlines()[0] == ",".join(dataset["columns"])
    assert len(text.splitlines()) == 4


def test_refuses_an_unknown_format_of_columns(api: APIClient, measurement: Measurement) -> None:
    (dataset,) = upload(api, measurement, CURRENTS.replace(b"2,0.1,\n", b"")).json()
    answer = api.get(f"/api/datasets/{dataset['id']}/columns/?format=xlsx")
    assert (answer.status_code, list(answer.json()["fields"])) == (400, ["format"])


def test_keeps_a_file_nobody_can_read_with_the_reason(api: APIClient, measurement: Measurement) -> None:
    answer = upload(api, measurement, b"PK\x03\x04 not a table")
    assert answer.status_code == 201
    (dataset,) = answer.json()
    assert dataset["status"] == "failed"
    assert dataset["messages"][0]["text"]
    columns = api.get(f"/api/datasets/{dataset['id']}/columns/")
    assert columns.status_code == 400
    assert "No columns could be read from ca.csv" in columns.json()["error"]


def test_refuses_an_empty_file(api: APIClient, measurement: Measurement) -> None:
    answer = upload(api, measurement, b"")
    assert answer.status_code == 400
    assert "0 bytes" in answer.json()["fields"]["file"][0]
    assert not RawFile.objects.exists()


def test_refuses_a_file_sent_as_json(api: APIClient, measurement: Measurement) -> None:
    answer = api.post("/api/datasets/", {"measurement": measurement.refcode, "file": "text"}, format="json")
    assert answer.status_code == 415
    assert answer.json()["fields"] == {}


def test_deletes_a_dataset(api: APIClient, measurement: Measurement) -> None:
    (dataset,) = upload(api, measurement, CURRENTS.replace(b"2,0.1,\n", b"")).json()
    assert api.delete(f"/api/datasets/{dataset['id']}/").status_code == 204
    assert not Dataset.objects.exists()


def test_filters_by_measurement_and_status(api: APIClient, measurement: Measurement) -> None:
    upload(api, measurement, b"nothing known")
    assert api.get(f"/api/datasets/?measurement={measurement.refcode}&status=failed").json()["count"] == 1
    assert api.get("/api/datasets/?status=parsed").json()["count"] == 0
