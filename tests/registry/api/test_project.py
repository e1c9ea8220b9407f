"""The API of projects and memberships."""

from collections.abc import Callable

from django.contrib.auth.models import User
from rest_framework.test import APIClient

from registry.models import Membership, Project


def test_the_creator_of_a_project_becomes_its_owner(api: APIClient, colleague: User) -> None:
    response = api.post("/api/projects/", {"slug": "fresh", "name": "New"})
    assert response.status_code == 201, response.json()
    assert response.json()["visibility"] == "private"
    assert Membership.objects.get(project__slug="fresh", user=colleague).role == "owner"


def test_a_slug_that_is_taken_is_refused_alike_whoever_has_it(
    client_for: Callable[[User], APIClient], owner: User, outsider: User
) -> None:
    payload = {"slug": "lab", "name": "Another"}
    visible, hidden = (client_for(user).post("/api/projects/", payload) for user in (owner, outsider))
    assert (visible.status_code, list(visible.json()["fields"])) == (400, ["slug"])
    assert visible.json() == hidden.json()
    assert "exist" not in hidden.json()["error"]


def test_only_an_owner_can_change_the_visibility(
    client_for: Callable[[User], APIClient], owner: User, colleague: User
) -> None:
    assert client_for(colleague).patch("/api/projects/lab/", {"visibility": "public"}).status_code == 403
    assert client_for(owner).patch("/api/projects/lab/", {"visibility": "public"}).json()["visibility"] == "public"


def test_only_an_owner_can_manage_members(
    client_for: Callable[[User], APIClient], owner: User, colleague: User, outsider: User
) -> None:
    payload = {"project": "lab", "user": "outsider", "role": "viewer"}
    assert client_for(colleague).post("/api/memberships/", payload).status_code == 403
    response = client_for(owner).post("/api/memberships/", payload)
    assert response.status_code == 201, response.json()
    assert client_for(outsider).get("/api/projects/lab/").status_code == 200
    again = client_for(owner).post("/api/memberships/", payload)
    assert "already" in again.json()["error"]
    assert client_for(owner).delete(f"/api/memberships/{response.json()['id']}/").status_code == 204
    assert client_for(outsider).get("/api/projects/lab/").status_code == 404


def test_memberships_are_not_public(anyone: APIClient, public_project: Project) -> None:
    assert anyone.get("/api/memberships/").status_code == 401


def test_a_duplicate_slug_is_rejected(api: APIClient, project: Project) -> None:
    response = api.post("/api/projects/", {"slug": "lab", "name": "Another"})
    assert (response.status_code, list(response.json()["fields"])) == (400, ["slug"])


def test_a_slug_whose_address_is_another_page_is_refused(api: APIClient, project: Project) -> None:
    """`/projects/new/` is the page that enters a project."""
    for slug in ("new", "New"):
        response = api.post("/api/projects/", {"slug": slug, "name": "Another"})
        assert (response.status_code, response.json()["codes"]) == (400, {"slug": ["unique"]})
