"""Comments in the admin: read, and deleted by those who may."""

from django.contrib.auth.models import User
from django.test import Client

from registry.models import Comment, Project
from registry.services.comment import write_comment
from tests import factories


def test_members_read_and_owners_delete(project: Project, client: Client, owner: User, colleague: User) -> None:
    comment = write_comment(factories.make_cell(project), "word " * 30, by=colleague)
    other = write_comment(comment.cell, "short", by=owner)
    client.force_login(colleague)
    assert "short" in client.get("/admin/registry/comment/").content.decode()
    assert client.get(f"/admin/registry/comment/{other.pk}/change/").status_code == 200
    assert client.get("/admin/registry/comment/add/").status_code == 403
    assert client.post(f"/admin/registry/comment/{other.pk}/delete/", {"post": "yes"}).status_code == 403
    client.force_login(owner)
    assert client.post(f"/admin/registry/comment/{comment.pk}/delete/", {"post": "yes"}).status_code == 302
    assert list(Comment.objects.all()) == [other]
