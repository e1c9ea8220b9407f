"""Projects and memberships over the API."""

from collections.abc import Callable

from django.contrib.auth.models import User
from rest_framework.test import APIClient

from registry.models import Membership, Project


def test_whoever_starts_a_project_owns_it(api: APIClient, colleague: User) -> None:
    answer = api.post("/api/projects/", {"slug": "new", "name": "New"})
    assert answer.status_code == 201, answer.json()
    assert answer.json()["visibility"] == "private"
    assert Membership.objects.get(project__slug="new", user=colleague).role == "owner"


def test_only_an_owner_changes_who_sees_a_project(
    client_for: Callable[[User], APIClient], owner: User, colleague: User
) -> None:
    assert client_for(colleague).patch("/api/projects/lab/", {"visibility": "public"}).status_code == 403
    assert client_for(owner).patch("/api/projects/lab/", {"visibility": "public"}).json()["visibility"] == "public"


def test_only_an_owner_manages_members(
    client_for: Callable[[User], APIClient], owner: User, colleague: User, outsider: User
) -> None:
    sent = {"project": "lab", "user": "outsider", "role": "viewer"}
    assert client_for(colleague).post("/api/memberships/", sent).status_code == 403
    answer = client_for(owner).post("/api/memberships/", sent)
    assert answer.status_code == 201, answer.json()
    assert client_for(outsider).get("/api/projects/lab/").status_code == 200
    again = client_for(owner).post("/api/memberships/", sent)
    assert "a member of the project already" in again.json()["error"]
    assert client_for(owner).delete(f"/api/memberships/{answer.json()['id']}/").status_code == 204
    assert client_for(outsider).get("/api/projects/lab/").status_code == 404


def test_names_of_members_are_not_public(anyone: APIClient, public_project: Project) -> None:
    assert anyone.get("/api/memberships/").status_code == 401


def test_refuses_a_slug_that_is_taken(api: APIClient, project: Project) -> None:
    answer = api.post("/api/projects/", {"slug": "lab", "name": "Another"})
    assert (answer.status_code, list(answer.json()["fields"])) == (400, ["slug"])
