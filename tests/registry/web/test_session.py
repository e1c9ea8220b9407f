"""Forms that are older than the session."""

from django.contrib.auth.models import User
from django.test import Client

from registry.models import Comment, Project
from tests import factories


def test_a_form_with_an_old_token_changes_nothing_and_gets_a_page(project: Project, viewer: User) -> None:
    client = Client(enforce_csrf_checks=True)
    client.force_login(viewer)
    cell = factories.make_cell(project)
    address = f"/cells/{cell.refcode}/comments/"
    response = client.post(address, {"text": "x", "csrfmiddlewaretoken": "a" * 64})
    assert response.status_code == 403
    assert "registry/cellar.css" in response.content.decode()
    assert not Comment.objects.exists()
    token = client.get("/session/").json()["token"]
    assert client.post(address, {"text": "x", "csrfmiddlewaretoken": token}).status_code == 302
    assert Comment.objects.exists()


def test_the_session_names_its_user(viewer: User, client: Client) -> None:
    assert client.get("/session/").json()["user"] is None
    client.force_login(viewer)
    state = client.get("/session/")
    assert (state.json()["user"], state.json()["name"]) == (viewer.pk, "viewer")
    assert "no-store" in state["Cache-Control"]
    page = client.get("/").content.decode()
    assert f'data-user="{viewer.pk}"' in page
