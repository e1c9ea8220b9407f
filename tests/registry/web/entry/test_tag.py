"""Tags on the pages: the form of a cell, the small form on its page, suggestions, and the list."""

import json

import pytest
from django.contrib.auth.models import User
from django.test import Client
from rest_framework.test import APIClient

from registry.models import Cell, Project
from registry.selectors.facets import list_facets
from registry.selectors.query.parsing import parse_list_query
from registry.services.tag import save_tags
from tests import factories
from tests.registry.web.entry.conftest import FULL_CELL, form_data

HTMX = {"HX-Request": "true", "HX-Current-URL": "http://testserver/cells/C-00001/"}


def tagged(project: Project, *names: str) -> Cell:
    cell = factories.make_cell(project)
    save_tags(cell, names, by=None)
    return cell


def names(cell: Cell) -> list[str]:
    return [tag.name for tag in cell.tags.all()]


def test_tags_are_entered_and_corrected_with_the_cell(project: Project, as_editor: Client, materials: None) -> None:
    fields = {"project": str(project.pk), "format": "die", "label": "X", "tags": "dry room, , series A,"}
    response = as_editor.post("/cells/new/", form_data("layers", FULL_CELL, **fields))
    assert response.status_code == 302
    cell = Cell.objects.get()
    assert names(cell) == ["dry room", "series A"]
    address = f"/cells/{cell.refcode}/edit/"
    entry = as_editor.get(address).context["entry"]
    assert entry.state.fields["tags"] == "dry room, series A"
    changed = entry.state.fields | {"seen": entry.mark(), "tags": "series A, new"}
    assert as_editor.post(address, form_data("layers", entry.state.rows, **changed)).status_code == 302
    assert names(cell) == ["new", "series A"]
    assert as_editor.post(address, form_data("layers", entry.state.rows, **changed)).status_code == 422


def test_a_tag_that_is_too_long_is_shown_on_its_field(project: Project, as_editor: Client, materials: None) -> None:
    fields = {"project": str(project.pk), "format": "die", "label": "X", "tags": "x" * 41}
    response = as_editor.post("/cells/new/", form_data("layers", FULL_CELL, **fields))
    assert response.status_code == 422
    assert response.context["entry"].form.problem("tags")
    assert not Cell.objects.exists()


def test_a_cell_like_another_has_its_tags(project: Project, as_editor: Client) -> None:
    cell = tagged(project, "dry room")
    assert as_editor.get(f"/cells/new/?like={cell.refcode}").context["entry"].state.fields["tags"] == "dry room"


def test_tags_are_changed_on_the_page_of_the_cell(project: Project, as_editor: Client) -> None:
    cell = tagged(project, "a")
    address = f"/cells/{cell.refcode}/tags/"
    assert as_editor.post(address, {"added": "b, c"})["Location"] == cell.get_absolute_url()
    assert as_editor.post(address, {"removed": "A", "added": "unsent"}).status_code == 302
    assert names(cell) == ["b", "c"]
    part = as_editor.post(address, {"added": "<b>"}, headers=HTMX).content.decode()
    assert part.count("tag-chip") == 3
    assert "&lt;b&gt;" in part
    assert "<html" not in part
    refused = as_editor.post(address, {"added": "x" * 41}, headers=HTMX).content.decode()
    assert 'aria-invalid="true"' in refused
    assert "x" * 41 in refused
    assert as_editor.post(address, {"added": "x" * 41}, follow=True).content.decode().count('<li class="error">') == 1


def test_only_editors_change_tags(project: Project, client: Client, viewer: User, outsider: User) -> None:
    address = f"/cells/{tagged(project, 'a').refcode}/tags/"
    assert client.post(address, {"added": "b"})["Location"].startswith("/sign-in/")
    assert client.post(address, headers=HTMX)["HX-Redirect"] == "/sign-in/?expired=1&next=/cells/C-00001/"
    elsewhere = HTMX | {"HX-Current-URL": "https://example.org/x"}
    assert client.post(address, headers=elsewhere)["HX-Redirect"] == "/sign-in/?expired=1&next=/"
    for user, status in ((viewer, 403), (outsider, 404)):
        client.force_login(user)
        assert client.post(address, {"added": "b"}).status_code == status
    client.force_login(viewer)
    page = client.get(address.removesuffix("tags/")).content.decode()
    assert '<a class="chip" href="/cells/?tag=a">a</a>' in page
    assert 'name="removed"' not in page


def test_tags_in_use_in_the_project_are_suggested(
    project: Project, public_project: Project, as_editor: Client, outsider: User
) -> None:
    tagged(project, "dry room", "rig 2")
    tagged(project, "Dry room")
    tagged(public_project, "dry elsewhere")
    address = f"/suggestions/tags/?project={project.pk}"
    suggestions = as_editor.get(f"{address}&q=rig 2, DRY").json()["suggestions"]
    assert suggestions == [{"key": "dry room", "name": "dry room", "detail": "2 cells"}]
    options = as_editor.get(f"{address}&as=options").content.decode()
    assert options.count("<option") == 2
    assert as_editor.get("/suggestions/tags/?project=x").json() == {"suggestions": []}
    as_editor.force_login(outsider)
    assert as_editor.get(address).json() == {"suggestions": []}


def test_the_facet_counts_cells_by_tag_whatever_its_case(project: Project, public_project: Project) -> None:
    tagged(project, "dry room", "rig 2")
    tagged(public_project, "Dry Room")
    user = factories.make_user(is_superuser=True)
    facet = next(item for item in list_facets(parse_list_query({}), user) if item.name == "tag")
    assert [(option.label.lower(), option.count) for option in facet.options] == [("dry room", 2), ("rig 2", 1)]
    chosen = list_facets(parse_list_query({"tag": ["RIG 2", "gone"]}), user)
    facet = next(item for item in chosen if item.name == "tag")
    assert [(option.value.casefold(), option.count, option.is_chosen) for option in facet.options] == [
        ("rig 2", 1, True),
        ("gone", 0, True),
        ("dry room", 2, False),
    ]


@pytest.mark.parametrize(
    ("query", "count"), [("tag=DRY room", 2), ("tag=rig 2", 1), ("tag=rig 2&tag=dry room", 2), ("tag=none", 0)]
)
def test_lists_are_filtered_by_tag(public_project: Project, client: Client, query: str, count: int) -> None:
    cells = [tagged(public_project, "dry room", "rig 2"), tagged(public_project, "dry room"), tagged(public_project)]
    for cell in cells:
        factories.make_measurement(cell, technique="eis")
    assert client.get(f"/cells/?{query}").context["count"] == count
    assert client.get(f"/measurements/?{query}").context["count"] == count
    assert APIClient().get(f"/api/cells/?{query}").json()["count"] == count
    assert APIClient().get(f"/api/measurements/?{query}").json()["count"] == count


def test_files_of_the_list_have_the_tags(public_project: Project, client: Client) -> None:
    tagged(public_project, "dry room", "rig 2")
    (row,) = json.loads(b"".join(client.get("/cells.json").streaming_content))  # type: ignore[attr-defined]
    assert row["tags"] == "dry room, rig 2"
    assert b'"dry room, rig 2"' in b"".join(client.get("/cells.csv").streaming_content)  # type: ignore[attr-defined]


def test_the_api_reads_and_replaces_tags(project: Project, colleague: User) -> None:
    api = APIClient()
    api.force_authenticate(colleague)
    body = {"project": project.slug, "label": "X", "format": "die", "tags": ["b", "a"]}
    created = api.post("/api/cells/", body, format="json")
    assert created.json()["tags"] == ["a", "b"]
    address = f"/api/cells/{created.json()['refcode']}/"
    assert api.patch(address, {"failure": "short"}, format="json").json()["tags"] == ["a", "b"]
    assert api.patch(address, {"tags": ["A"]}, format="json").json()["tags"] == ["a"]
    assert api.get("/api/cells/").json()["results"][0]["tags"] == ["a"]
    refused = api.patch(address, {"tags": ["a,b"]}, format="json")
    assert (refused.status_code, list(refused.json()["fields"])) == (400, ["tags"])
    history = api.get(f"{address}history/").json()
    assert [item["what"] for item in history if item["kind"] == "deleted"] == ["tag b"]
