"""Projects with their members on pages."""

import pytest
from django.contrib.auth.models import User
from django.test import Client

from registry.models import Membership, Project
from tests import factories
from tests.registry.web.entry.conftest import form_data


def test_everyone_who_signed_in_creates_a_project_and_owns_it(client: Client, outsider: User, colleague: User) -> None:
    client.force_login(outsider)
    rows = [{"username": colleague.username, "role": "editor"}]
    data = form_data("members", rows, name="Argyrodite lab", visibility="private")
    assert client.post("/projects/new/", data)["Location"] == "/projects/argyrodite-lab/"
    project = Project.objects.get(slug="argyrodite-lab")
    assert dict(project.memberships.values_list("user__username", "role")) == {
        "outsider": "owner",
        "colleague": "editor",
    }
    # Whoever owns a project can enter a cell.
    assert client.get("/cells/new/").status_code == 200


def test_an_owner_changes_members_and_visibility(
    project: Project, owner: User, colleague: User, client: Client
) -> None:
    newcomer = factories.make_user("newcomer")
    client.force_login(owner)
    entry = client.get("/projects/lab/edit/").context["entry"]
    rows = [row for row in entry.state.rows if row["username"] != colleague.username]
    rows.append({"username": newcomer.username, "role": "viewer"})
    fields = entry.state.fields | {"seen": entry.mark(), "visibility": "signed_in"}
    assert client.post("/projects/lab/edit/", form_data("members", rows, **fields)).status_code == 302
    assert dict(project.memberships.values_list("user__username", "role")) == {"owner": "owner", "newcomer": "viewer"}
    assert Project.objects.get().visibility == "signed_in"


def test_the_last_owner_stays(project: Project, owner: User, client: Client) -> None:
    client.force_login(owner)
    entry = client.get("/projects/lab/edit/").context["entry"]
    fields = entry.state.fields | {"seen": entry.mark()}
    demoted = [entry.state.rows[0] | {"role": "viewer"}]
    for rows in (demoted, []):
        assert client.post("/projects/lab/edit/", form_data("members", rows, **fields)).status_code == 422
    assert Membership.objects.get(project=project).role == "owner"


def test_a_member_added_meanwhile_is_not_removed(project: Project, owner: User, client: Client) -> None:
    client.force_login(owner)
    entry = client.get("/projects/lab/edit/").context["entry"]
    fields = entry.state.fields | {"seen": entry.mark()}
    factories.make_member(project, "viewer", "newcomer")
    assert client.post("/projects/lab/edit/", form_data("members", entry.state.rows, **fields)).status_code == 422
    assert project.memberships.count() == 2


def test_an_unknown_account_is_named(project: Project, owner: User, client: Client) -> None:
    client.force_login(owner)
    entry = client.get("/projects/lab/edit/").context["entry"]
    rows = [*entry.state.rows, {"username": "nobody", "role": "viewer"}]
    response = client.post("/projects/lab/edit/", form_data("members", rows, **entry.state.fields, seen=entry.mark()))
    assert response.status_code == 422
    assert [problem.id for problem in response.context["entry"].problems] == ["id_members-1-username"]


def test_only_owners_change_a_project(
    project: Project, colleague: User, viewer: User, outsider: User, client: Client
) -> None:
    data = form_data("members", [], name="Mine", slug="lab", visibility="public")
    assert client.get("/projects/new/").status_code == 302
    assert client.post("/projects/lab/edit/", data).status_code == 302
    for user, status in ((colleague, 403), (viewer, 403), (outsider, 404)):
        client.force_login(user)
        assert client.get("/projects/lab/edit/").status_code == status
        assert client.post("/projects/lab/edit/", data).status_code == status
    assert Project.objects.get().name == "Lab"


def test_pages_show_what_one_may_see(project: Project, public_project: Project, owner: User, client: Client) -> None:
    assert client.get("/projects/lab/").status_code == 404
    page = client.get("/projects/").content.decode()
    assert "Open" in page
    assert "Lab" not in page
    assert owner.username not in client.get("/projects/open/").content.decode()
    client.force_login(owner)
    page = client.get("/projects/lab/").content.decode()
    assert "/projects/lab/edit/" in page
    assert owner.username in page


def test_the_list_counts_the_cells_of_each_project_to_a_limit(
    project: Project, public_project: Project, owner: User, client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("registry.web.entry.project.MOST_COUNTED", 2)
    for _ in range(3):
        factories.make_cell(project)
    factories.make_cell(public_project)
    client.force_login(owner)
    response = client.get("/projects/")
    assert {item.slug: (role, count) for item, role, count in response.context["projects"]} == {
        "lab": ("owner", 3),
        "open": ("", 1),
    }
    assert ">more than 2<" in response.content.decode()
    client.logout()
    assert [(item.slug, count) for item, _, count in client.get("/projects/").context["projects"]] == [("open", 1)]
