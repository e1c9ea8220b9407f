"""Nothing that is sent is dropped: what is not taken is refused by its name."""

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
from tests.registry.api.test_urls import make_one_of_each


def subclasses(base: type[StrictSerializer]) -> Iterator[type[StrictSerializer]]:
    for made in base.__subclasses__():
        if made not in (RecordSerializer, EmptySerializer):
            yield made
        yield from subclasses(made)


SERIALIZERS = sorted(subclasses(StrictSerializer), key=lambda made: made.__name__)
CHANGED = [prefix for prefix, viewset, _ in router.registry if "patch" in viewset.http_method_names]
CHANGED = [
    prefix
    for prefix in CHANGED
    if prefix not in ("values", "runs", "curves", "quantities", "analyses", "plugins", "audit")
]


def serializer(made: type[StrictSerializer], data: dict[str, Any], user: User) -> StrictSerializer:
    request = APIRequestFactory().post("/")
    request.user = user
    return made(data=data, context={"request": request})


def not_taken(made: type[StrictSerializer]) -> list[str]:
    fields = made().fields
    shown = made.shown_as().fields if made.shown_as else {}
    return [name for name in {**shown, **fields} if name not in fields or fields[name].read_only]


@pytest.mark.parametrize("made", SERIALIZERS, ids=lambda made: made.__name__)
def test_a_field_the_registry_sets_is_refused_and_a_misspelt_one_gets_the_nearest(
    made: type[StrictSerializer], outsider: User
) -> None:
    taken = [name for name in made().fields if name not in not_taken(made)]
    for name in not_taken(made):
        sent = serializer(made, {name: "x"}, outsider)
        assert not sent.is_valid()
        assert [str(text) for text in sent.errors[name]] == [f"‘{name}’ is set by the registry: leave it out."]
    for name in taken:
        sent = serializer(made, {f"{name}z": "x"}, outsider)
        assert not sent.is_valid()
        assert f"Did you mean ‘{name}’?" in str(sent.errors[f"{name}z"][0])


def test_every_serializer_that_writes_is_strict() -> None:
    names = {made.__name__ for made in SERIALIZERS}
    assert {
        "LayerSerializer",
        "IngredientSerializer",
        "ReportSerializer",
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
    "address",
    [f"/api/{prefix}/" for prefix, viewset, _ in router.registry if hasattr(viewset, "create")]
    + ["/api/publications/bibtex/", "/api/auth/login/", "/api/auth/logout/", "/api/auth/logout-all/"]
    + ["/api/measurements/{measurement}/split/", "/api/datasets/{dataset}/read/"],
)
def test_every_address_that_takes_a_post_refuses_what_it_does_not_know(
    api: APIClient, filled: Project, address: str
) -> None:
    measurement = Measurement.objects.get()
    address = address.format(measurement=measurement.refcode, dataset=measurement.datasets.get().pk)
    form = "multipart" if address == "/api/datasets/" else "json"
    answer = api.post(address, {"nothing_of_the_kind": "1"}, format=form)
    assert (answer.status_code, list(answer.json()["fields"])) == (400, ["nothing_of_the_kind"])


def detail(client: APIClient, prefix: str) -> tuple[str, dict[str, Any]]:
    """The address of a record, and the record as it is read."""
    rows = client.get(f"/api/{prefix}/").json()["results"]
    row = next((row for row in rows if "lab" in (row.get("project"), row.get("slug"))), rows[-1])
    if prefix == "comparisons":
        address = f"/api/comparisons/{row['slug']}/"
        return address, client.patch(address, {}).json()
    key = next(row[name] for name in ("refcode", "id", "slug") if name in row)
    return f"/api/{prefix}/{key}/", client.get(f"/api/{prefix}/{key}/").json()


@pytest.mark.parametrize("prefix", [prefix for prefix in CHANGED if prefix != "datasets"])
def test_a_record_that_was_read_can_be_sent_back_whole(owner: User, filled: Project, prefix: str) -> None:
    client = client_of(owner)
    address, shown = detail(client, prefix)
    answer = client.patch(address, shown)
    assert answer.status_code == 200, answer.json()
    assert answer.json() == shown
    viewset = next(viewset for name, viewset, _ in router.registry if name == prefix)
    for name in not_taken(viewset.serializer_class):
        for other in ("another", None, [1]):
            if shown[name] != other:
                refused = client.patch(address, {**shown, name: other})
                assert (refused.status_code, list(refused.json()["fields"])) == (400, [name])


@pytest.mark.parametrize(
    ("model", "prefix", "entries"), [(Cell, "cells", "layers"), (Formulation, "formulations", "ingredients")]
)
def test_a_field_of_an_entry_that_the_registry_sets_is_refused(
    api: APIClient, filled: Project, model: Any, prefix: str, entries: str
) -> None:
    address, shown = detail(api, prefix)
    entry = shown[entries][0]
    renamed = api.patch(address, {entries: [{**entry, "material_name": "gold"}, *shown[entries][1:]]})
    assert list(renamed.json()["fields"]) == [f"{entries}.1.material_name"]
    assert "cannot be changed" in renamed.json()["error"]
    new = {name: value for name, value in entry.items() if name != "id"}
    added = api.patch(address, {entries: [*shown[entries], {**new, "position": 9}]})
    assert f"{entries}.{len(shown[entries]) + 1}.material_name" in added.json()["fields"]
    other = factories.make_material(filled)
    moved = api.patch(address, {entries: [{**entry, "material": other.pk}, *shown[entries][1:]]})
    assert moved.json()[entries][0]["material_name"] == other.name


def test_a_file_that_was_read_can_be_sent_back_whole(api: APIClient, filled: Project) -> None:
    address, shown = detail(api, "datasets")
    assert api.patch(address, shown).status_code == 202
    _, shown = detail(api, "datasets")
    refused = api.patch(address, {**shown, "filename": "other.txt"})
    assert (refused.status_code, list(refused.json()["fields"])) == (400, ["filename"])


def test_of_two_files_in_one_form_none_is_dropped(api: APIClient, filled: Project) -> None:
    files = [SimpleUploadedFile(f"{number}.txt", b"1") for number in (1, 2)]
    sent = {"measurement": Measurement.objects.get().refcode, "file": files}
    answer = api.post("/api/datasets/", sent, format="multipart")
    assert answer.json()["fields"] == {"file": ["‘file’ was sent 2 times: send it once."]}


def test_what_a_cell_is_given_by_the_registry_is_not_posted(api: APIClient, project: Project) -> None:
    sent = {"project": "lab", "label": "A", "format": "die", "refcode": "C-1", "values": []}
    answer = api.post("/api/cells/", sent)
    assert (answer.status_code, set(answer.json()["fields"])) == (400, {"refcode", "values"})
    assert not Cell.objects.exists()
