"""Raw files over the API: in, out byte for byte, and their columns."""

import hashlib
from collections.abc import Callable
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.core.files.uploadedfile import SimpleUploadedFile
from rest_framework.response import Response
from rest_framework.test import APIClient

from registry.models import Dataset, Measurement, Project, RawFile
from registry.services.background import do_due_work
from tests import factories

CURRENTS = b"time / s,voltage / V,current / A\n0,0.1,1e-5\n1,0.1,2e-5\n2,0.1,\n"


@pytest.fixture
def measurement(project: Project) -> Measurement:
    return factories.make_measurement(factories.make_pellet(project), technique="chronoamperometry")


def upload(api: APIClient, measurement: Measurement, content: bytes, name: str = "ca.csv") -> Response:
    sent = {"measurement": measurement.refcode, "file": SimpleUploadedFile(name, content)}
    return api.post("/api/datasets/", sent, format="multipart")


def uploaded(api: APIClient, measurement: Measurement, content: bytes) -> dict[str, Any]:
    """The dataset of a file once it was read."""
    (dataset,) = upload(api, measurement, content).json()
    do_due_work()
    return api.get(f"/api/datasets/{dataset['id']}/").json()


def test_keeps_a_file_byte_for_byte(api: APIClient, measurement: Measurement) -> None:
    content = CURRENTS.replace(b"2e-5\n2,0.1,\n", b"2e-5\n2,0.1,3e-5\n")
    answer = upload(api, measurement, content)
    assert answer.status_code == 202, answer.json()
    (dataset,) = answer.json()
    assert (dataset["status"], dataset["rows"], dataset["filename"]) == ("queued", 0, "ca.csv")
    assert dataset["sha256"] == hashlib.sha256(content).hexdigest()
    raw = api.get(f"/api/datasets/{dataset['id']}/raw/")
    assert b"".join(raw.streaming_content) == content
    assert raw["Content-Disposition"] == 'attachment; filename="ca.csv"'
    assert raw["X-Content-Type-Options"] == "nosniff"


def test_gives_columns_as_json_and_csv(api: APIClient, measurement: Measurement) -> None:
    content = CURRENTS.replace(b"2,0.1,\n", b"2,0.1,3e-5\n")
    dataset = uploaded(api, measurement, content)
    assert (dataset["status"], dataset["rows"]) == ("parsed", 3)
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
    dataset = uploaded(api, measurement, b"PK\x03\x04 not a table")
    assert dataset["status"] == "failed"
    assert dataset["messages"][0]["text"]
    columns = api.get(f"/api/datasets/{dataset['id']}/columns/")
    assert columns.status_code == 400
    assert "No columns could be read from ca.csv" in columns.json()["error"]


def test_columns_of_a_file_that_was_not_read_are_still_to_come(api: APIClient, measurement: Measurement) -> None:
    (dataset,) = upload(api, measurement, CURRENTS).json()
    answer = api.get(f"/api/datasets/{dataset['id']}/columns/")
    assert answer.status_code == 400
    assert "It is still to be read." in answer.json()["error"]


def test_the_same_file_again_is_what_there_is(api: APIClient, measurement: Measurement) -> None:
    content = CURRENTS.replace(b"2,0.1,\n", b"")
    dataset = uploaded(api, measurement, content)
    again = upload(api, measurement, content)
    assert (again.status_code, again.json()) == (200, [dataset])


def test_a_file_is_read_again_on_request(api: APIClient, measurement: Measurement) -> None:
    dataset = uploaded(api, measurement, CURRENTS.replace(b"2,0.1,\n", b""))
    answer = api.post(f"/api/datasets/{dataset['id']}/read/")
    assert (answer.status_code, answer.json()["status"], answer.json()["rows"]) == (202, "queued", 2)


def test_a_viewer_has_no_file_read_again(
    api: APIClient, measurement: Measurement, viewer: User, client_for: Callable[[User], APIClient]
) -> None:
    dataset = uploaded(api, measurement, CURRENTS)
    assert client_for(viewer).post(f"/api/datasets/{dataset['id']}/read/").status_code == 403


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
    uploaded(api, measurement, b"nothing known")
    assert api.get(f"/api/datasets/?measurement={measurement.refcode}&status=failed").json()["count"] == 1
    assert api.get("/api/datasets/?status=parsed").json()["count"] == 0
