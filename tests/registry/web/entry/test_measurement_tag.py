"""Tags of measurements: on the page of their cell, in lists with facets and files, and in the API."""

import json

import pytest
from django.contrib.auth.models import User
from django.test import Client
from rest_framework.test import APIClient

from registry.models import Cell, Measurement, Project
from registry.services.tag import save_tags
from tests import factories

HTMX = {"HX-Request": "true", "HX-Current-URL": "http://testserver/cells/C-00001/"}


def tagged(cell: Cell, *names: str, technique: str = "eis") -> Measurement:
    measurement = factories.make_measurement(cell, technique=technique)
    save_tags(measurement, names, by=None)
    return measurement


def names(measurement: Measurement) -> list[str]:
    return [tag.name for tag in measurement.tags.all()]


def options(client: Client, address: str) -> dict[tuple[str, str], int]:
    facets = client.get(address).context["facets"]
    return {(item.name, option.value): option.count for item in facets for option in item.options}


def test_tags_are_changed_in_the_section_of_the_measurement(project: Project, as_editor: Client) -> None:
    measurement = tagged(factories.make_cell(project), "a")
    address = f"/measurements/{measurement.refcode}/tags/"
    assert as_editor.post(address, {"added": "b, c"})["Location"] == measurement.get_absolute_url()
    part = as_editor.post(address, {"removed": "A"}, headers=HTMX).content.decode()
    assert (names(measurement), part.count("tag-chip")) == (["b", "c"], 2)
    assert f'id="tags-{measurement.refcode}"' in part
    page = as_editor.get(f"/cells/{measurement.cell.refcode}/").content.decode()
    assert page.count("tag-chip") == 2
    assert 'href="/measurements/?measurement_tag=b"' in page
    assert as_editor.post(address, {"added": "x" * 41}, follow=True).content.decode().count('<li class="error">') == 1


def test_only_editors_change_them(project: Project, client: Client, viewer: User, outsider: User) -> None:
    measurement = tagged(factories.make_cell(project), "a")
    address = f"/measurements/{measurement.refcode}/tags/"
    assert client.post(address, headers=HTMX)["HX-Redirect"] == "/sign-in/?expired=1&next=/cells/C-00001/"
    for user, status in ((viewer, 403), (outsider, 404)):
        client.force_login(user)
        assert client.post(address, {"added": "b"}).status_code == status
    client.force_login(viewer)
    page = client.get(f"/cells/{measurement.cell.refcode}/").content.decode()
    assert 'href="/measurements/?measurement_tag=a">a</a>' in page
    assert 'name="removed"' not in page


def test_the_history_of_the_cell_names_them(project: Project, as_editor: Client) -> None:
    measurement = tagged(factories.make_cell(project), "shorted")
    page = as_editor.get(f"/cells/{measurement.cell.refcode}/history/")
    assert f"Tag shorted of {measurement.refcode}" in page.content.decode()


@pytest.mark.parametrize(
    ("query", "cells", "measurements"),
    [
        ("measurement_tag=SHORTED", 2, 2),
        ("measurement_tag=shorted&measurement_tag=rig 2", 2, 3),
        ("measurement_tag=shorted&technique=cycling", 1, 1),
        ("measurement_tag=rig 2&tag=dry room", 1, 1),
        ("measurement_tag=rig 2&tag=none", 0, 0),
    ],
)
def test_lists_are_filtered(public_project: Project, client: Client, query: str, cells: int, measurements: int) -> None:
    first, second = factories.make_cell(public_project), factories.make_cell(public_project)
    save_tags(first, ["dry room"], by=None)
    tagged(first, "shorted")
    tagged(first, "rig 2")
    tagged(first, technique="cycling")
    tagged(second, "shorted", technique="cycling")
    for kind, count in (("cells", cells), ("measurements", measurements)):
        assert client.get(f"/{kind}/?{query}").context["count"] == count
        assert len(json.loads(b"".join(client.get(f"/{kind}.json?{query}").streaming_content))) == count  # type: ignore[attr-defined]
        assert APIClient().get(f"/api/{kind}/?{query}").json()["count"] == count


def test_lists_and_files_show_them(public_project: Project, client: Client) -> None:
    measurement = tagged(factories.make_cell(public_project), "rig 2", "shorted")
    save_tags(measurement.cell, ["dry room"], by=None)
    for address, count in (("/cells/", 3), ("/measurements/", 2)):
        assert client.get(address).content.decode().count('class="tagged"') == count
    (row,) = json.loads(b"".join(client.get("/measurements.json").streaming_content))  # type: ignore[attr-defined]
    assert row["tags"] == "rig 2, shorted"


def test_facets_count_them(public_project: Project, project: Project, client: Client) -> None:
    first, second = factories.make_cell(public_project), factories.make_cell(public_project)
    save_tags(first, ["dry room"], by=None)
    for cell in (first, first, second):
        tagged(cell, "shorted")
    tagged(second, "Rig 2", technique="cycling")
    tagged(factories.make_cell(project), "secret")
    assert options(client, "/measurements/facets/") == {
        ("measurement_tag", "shorted"): 3,
        ("measurement_tag", "Rig 2"): 1,
        ("tag", "dry room"): 2,
    }
    assert options(client, "/measurements/facets/?tag=dry room&measurement_tag=RIG 2") == {
        ("measurement_tag", "RIG 2"): 0,
        ("measurement_tag", "shorted"): 2,
        ("tag", "dry room"): 0,
    }
    of_cells = options(client, "/cells/facets/?technique=eis")
    assert {value: count for (name, value), count in of_cells.items() if name == "measurement_tag"} == {"shorted": 2}
    assert client.get("/measurements/facets/?nothing=1").status_code == 400


def test_tags_of_both_kinds_are_suggested(project: Project, as_editor: Client) -> None:
    cell = factories.make_cell(project)
    save_tags(cell, ["dry room"], by=None)
    tagged(cell, "Dry room", "dry box")
    suggestions = as_editor.get(f"/suggestions/tags/?project={project.pk}&q=dry").json()["suggestions"]
    assert [(item["name"], item["detail"]) for item in suggestions] == [
        ("dry room", "1 cell, 1 measurement"),
        ("dry box", "1 measurement"),
    ]


def test_the_api_reads_and_replaces_them(project: Project, colleague: User) -> None:
    cell = factories.make_cell(project)
    api = APIClient()
    api.force_authenticate(colleague)
    body = {"cell": cell.refcode, "technique": "eis", "tags": ["b", "a"]}
    created = api.post("/api/measurements/", body, format="json").json()
    assert created["tags"] == ["a", "b"]
    address = f"/api/measurements/{created['refcode']}/"
    assert api.patch(address, {"label": "x"}, format="json").json()["tags"] == ["a", "b"]
    assert api.patch(address, {"tags": ["A"]}, format="json").json()["tags"] == ["a"]
    assert api.get("/api/measurements/").json()["results"][0]["tags"] == ["a"]
    refused = api.patch(address, {"tags": ["a,b"]}, format="json")
    assert (refused.status_code, list(refused.json()["fields"])) == (400, ["tags"])
    history = api.get(f"{address}history/").json()
    assert "measurement tag b" in [item["what"] for item in history if item["kind"] == "deleted"]
