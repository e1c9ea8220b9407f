"""Comments in the API."""

import pytest
from django.contrib.auth.models import User
from rest_framework.test import APIClient

from registry.models import Cell, Comment, Project
from registry.services.comment import write_comment
from tests import factories


@pytest.fixture
def cell(project: Project) -> Cell:
    return factories.make_cell(project)


@pytest.fixture
def as_viewer(viewer: User) -> APIClient:
    api = APIClient()
    api.force_authenticate(viewer)
    return api


def test_a_comment_is_written_listed_edited_and_deleted(cell: Cell, as_viewer: APIClient) -> None:
    measurement = factories.make_measurement(cell)
    created = as_viewer.post("/api/comments/", {"cell": cell.refcode, "text": "*a*"}, format="json")
    assert created.status_code == 201
    assert created.json() | {"created_at": ""} == {
        "id": created.json()["id"],
        "cell": cell.refcode,
        "measurement": None,
        "text": "*a*",
        "author": "viewer",
        "created_at": "",
        "edited_at": None,
    }
    as_viewer.post("/api/comments/", {"measurement": measurement.refcode, "text": "b"}, format="json")
    of_cell = as_viewer.get(f"/api/comments/?cell={cell.refcode}").json()["results"]
    assert [item["text"] for item in of_cell] == ["*a*", "b"]
    assert as_viewer.get(f"/api/comments/?measurement={measurement.refcode}").json()["count"] == 1
    address = f"/api/comments/{created.json()['id']}/"
    unchanged = created.json() | {"text": "c"}
    edited = as_viewer.patch(address, unchanged, format="json").json()
    assert (edited["text"], edited["edited_at"] is None) == ("c", False)
    assert as_viewer.patch(address, {"cell": "C-00000"}, format="json").status_code == 400
    assert len(as_viewer.get(f"{address}history/").json()) == 2
    assert as_viewer.delete(address).status_code == 204
    whats = [item["what"] for item in as_viewer.get(f"/api/cells/{cell.refcode}/history/").json()]
    assert whats.count("comment") == 4


@pytest.mark.parametrize("body", [{}, {"text": "x"}, {"cell": "C-00000", "text": "x"}, {"text": " "}])
def test_a_comment_that_is_wrong_is_refused(cell: Cell, as_viewer: APIClient, body: dict[str, str]) -> None:
    assert as_viewer.post("/api/comments/", body, format="json").status_code == 400
    both = {"cell": cell.refcode, "measurement": factories.make_measurement(cell).refcode, "text": "x"}
    assert as_viewer.post("/api/comments/", both, format="json").status_code == 400
    assert not Comment.objects.exists()


def test_others_see_neither_names_nor_hidden_comments(project: Project, public_project: Project, viewer: User) -> None:
    write_comment(factories.make_cell(project), "hidden", by=viewer)
    author = factories.make_member(public_project, "viewer", "mara")
    comment = write_comment(factories.make_cell(public_project), "seen", by=author)
    (item,) = APIClient().get("/api/comments/").json()["results"]
    assert (item["text"], item["author"]) == ("seen", "a member")
    api = APIClient()
    assert api.post("/api/comments/", {"cell": comment.cell.refcode, "text": "x"}, format="json").status_code == 401
    api.force_authenticate(viewer)
    assert api.post("/api/comments/", {"cell": comment.cell.refcode, "text": "x"}, format="json").status_code == 403
    assert api.patch(f"/api/comments/{comment.pk}/", {"text": "x"}, format="json").status_code == 403
    assert api.delete(f"/api/comments/{comment.pk}/").status_code == 403
