"""Unknown and read-only fields are rejected by name."""

from collections.abc import Iterator
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.core.files.uploadedfile import SimpleUploadedFile
from rest_framework.test import APIClient, APIRequestFactory

from registry.api.base.records import RecordSerializer
from registry.api.base.strict import EmptySerializer, StrictSerializer
from registry.api.urls import router
from registry.models import Cell, Formulation, Measurement, Project
from tests import factories
from tests.registry.api.conftest import client_of
from tests.registry.api.test_query_counts import make_one_of_each


def subclasses(base: type[StrictSerializer]) -> Iterator[type[StrictSerializer]]:
    for serializer_class in base.__subclasses__():
        if serializer_class not in (RecordSerializer, EmptySerializer):
            yield serializer_class
        yield from subclasses(serializer_class)


SERIALIZERS = sorted(subclasses(StrictSerializer), key=lambda serializer_class: serializer_class.__name__)
PATCHED = [prefix for prefix, viewset, _ in router.registry if "patch" in viewset.http_method_names]
PATCHED = [
    prefix
    for prefix in PATCHED
    if prefix.removeprefix("group-")
    not in ("values", "runs", "curves", "cycles", "quantities", "analyses", "plugins", "audit")
]


def make_serializer(serializer_class: type[StrictSerializer], data: dict[str, Any], user: User) -> StrictSerializer:
    request = APIRequestFactory().post("/")
    request.user = user
    return serializer_class(data=data, context={"request": request})


def read_only_fields(serializer_class: type[StrictSerializer]) -> list[str]:
    fields = serializer_class().fields
    readable = serializer_class.read_serializer().fields if serializer_class.read_serializer else {}
    return [name for name in {**readable, **fields} if name not in fields or fields[name].read_only]


@pytest.mark.parametrize("serializer_class", SERIALIZERS, ids=lambda serializer_class: serializer_class.__name__)
def test_a_read_only_field_is_rejected_and_a_misspelt_one_gets_a_suggestion(
    serializer_class: type[StrictSerializer], outsider: User
) -> None:
    read_only = read_only_fields(serializer_class)
    for name in read_only:
        serializer = make_serializer(serializer_class, {name: "x"}, outsider)
        assert not serializer.is_valid()
        assert "read-only" in str(serializer.errors[name])
    for name in [name for name in serializer_class().fields if name not in read_only]:
        serializer = make_serializer(serializer_class, {f"{name}z": "x"}, outsider)
        assert not serializer.is_valid()
        assert f"‘{name}’" in str(serializer.errors[f"{name}z"][0])


def test_every_serializer_that_writes_is_strict() -> None:
    names = {serializer_class.__name__ for serializer_class in SERIALIZERS}
    assert {
        "LayerSerializer",
        "IngredientSerializer",
        "ReportedValueSerializer",
        "UploadSerializer",
        "SignInSerializer",
    } <= names
    for _, viewset, _ in router.registry:
        if hasattr(viewset, "perform_create"):
            assert viewset.serializer_class in SERIALIZERS, viewset


@pytest.fixture
def filled(project: Project) -> Project:
    make_one_of_each(project)
    return project


@pytest.mark.parametrize(
    "url",
    [f"/api/{prefix}/" for prefix, viewset, _ in router.registry if hasattr(viewset, "create")]
    + ["/api/publications/bibtex/", "/api/auth/login/", "/api/auth/logout/", "/api/auth/logout-all/"]
    + ["/api/measurements/{measurement}/split/", "/api/datasets/{dataset}/read/"],
)
def test_every_post_rejects_unknown_fields(api: APIClient, filled: Project, url: str) -> None:
    measurement = Measurement.objects.get()
    url = url.format(measurement=measurement.refcode, dataset=measurement.datasets.get().pk)
    form = "multipart" if url in ("/api/datasets/", "/api/attachments/") else "json"
    response = api.post(url, {"unknown_field": "1"}, format=form)
    assert (response.status_code, list(response.json()["fields"])) == (400, ["unknown_field"])


def detail(client: APIClient, prefix: str) -> tuple[str, dict[str, Any]]:
    """The URL of a record, and the record as it is read; of comments one's own, which only its author may change."""
    if prefix == "comments":
        written = client.post("/api/comments/", {"cell": Cell.objects.get(project__slug="lab").refcode, "text": "Mine"})
        return f"/api/comments/{written.json()['id']}/", written.json()
    rows = client.get(f"/api/{prefix}/").json()["results"]
    row = next((row for row in rows if "lab" in (row.get("project"), row.get("slug"))), rows[-1])
    if prefix == "comparisons":
        url = f"/api/comparisons/{row['slug']}/"
        return url, client.patch(url, {}).json()
    key = next(row[name] for name in ("refcode", "id", "slug") if name in row)
    return f"/api/{prefix}/{key}/", client.get(f"/api/{prefix}/{key}/").json()


@pytest.mark.parametrize("prefix", [prefix for prefix in PATCHED if prefix not in ("datasets", "attachments")])
def test_a_record_can_be_sent_back_unchanged(owner: User, filled: Project, prefix: str) -> None:
    client = client_of(owner)
    url, shown = detail(client, prefix)
    response = client.patch(url, shown)
    assert response.status_code == 200, response.json()
    assert response.json() == shown
    viewset = next(viewset for name, viewset, _ in router.registry if name == prefix)
    for name in read_only_fields(viewset.serializer_class):
        for other in ("another", None, [1]):
            if shown[name] != other:
                refused = client.patch(url, {**shown, name: other})
                assert (refused.status_code, list(refused.json()["fields"])) == (400, [name])


@pytest.mark.parametrize(
    ("model", "prefix", "items"), [(Cell, "cells", "layers"), (Formulation, "formulations", "ingredients")]
)
def test_a_read_only_field_of_a_nested_item_is_rejected(
    api: APIClient, filled: Project, model: Any, prefix: str, items: str
) -> None:
    url, shown = detail(api, prefix)
    entry = shown[items][0]
    renamed = api.patch(url, {items: [{**entry, "material_name": "gold"}, *shown[items][1:]]})
    assert list(renamed.json()["fields"]) == [f"{items}.1.material_name"]
    assert "cannot be changed" in renamed.json()["error"]
    new = {name: value for name, value in entry.items() if name != "id"}
    added = api.patch(url, {items: [*shown[items], {**new, "position": 9}]})
    assert f"{items}.{len(shown[items]) + 1}.material_name" in added.json()["fields"]
    other = factories.make_material(filled)
    moved = api.patch(url, {items: [{**entry, "material": other.pk}, *shown[items][1:]]})
    assert moved.json()[items][0]["material_name"] == other.name


def test_a_dataset_can_be_sent_back_unchanged(api: APIClient, filled: Project) -> None:
    url, shown = detail(api, "datasets")
    assert api.patch(url, shown).status_code == 202
    _, shown = detail(api, "datasets")
    refused = api.patch(url, {**shown, "filename": "other.txt"})
    assert (refused.status_code, list(refused.json()["fields"])) == (400, ["filename"])


def test_an_attachment_can_be_sent_back_unchanged(api: APIClient, filled: Project) -> None:
    url, shown = detail(api, "attachments")
    response = api.patch(url, shown)
    assert (response.status_code, response.json()) == (200, shown)
    refused = api.patch(url, {**shown, "filename": "other.txt"})
    assert (refused.status_code, list(refused.json()["fields"])) == (400, ["filename"])


def test_two_files_in_one_form_are_rejected(api: APIClient, filled: Project) -> None:
    files = [SimpleUploadedFile(f"{number}.txt", b"1") for number in (1, 2)]
    payload = {"measurement": Measurement.objects.get().refcode, "file": files}
    response = api.post("/api/datasets/", payload, format="multipart")
    assert response.json()["fields"].keys() == {"file"}


def test_read_only_fields_of_a_cell_cannot_be_posted(api: APIClient, project: Project) -> None:
    payload = {"project": "lab", "label": "A", "format": "die", "refcode": "C-1", "values": []}
    response = api.post("/api/cells/", payload)
    assert (response.status_code, set(response.json()["fields"])) == (400, {"refcode", "values"})
    assert not Cell.objects.exists()
