"""Pictures and sketches of cells, materials and set-ups."""

import pytest
from django.contrib.auth.models import User
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from registry.models import Attachment, Project
from tests import factories

MAKE = {"cell": factories.make_cell, "material": factories.make_material, "setup": factories.make_setup}


def sketch() -> SimpleUploadedFile:
    return SimpleUploadedFile("sketch.png", b"\x89PNG of a die")


@pytest.mark.parametrize("kind", MAKE)
def test_an_editor_attaches_and_removes_a_file(project: Project, as_editor: Client, kind: str) -> None:
    owner = MAKE[kind](project)  # type: ignore[operator]
    response = as_editor.post(f"/attach/{kind}/{owner.pk}/", {"file": sketch(), "description": "spring die"})
    attachment = Attachment.objects.get()
    assert (attachment.owner, attachment.filename, attachment.description) == (owner, "sketch.png", "spring die")
    assert as_editor.get(response["Location"]).status_code == 200
    assert "sketch.png" in as_editor.get(response["Location"]).content.decode()
    as_editor.post(f"/attachments/{attachment.pk}/remove/")
    assert not Attachment.objects.exists()
    assert Attachment.history.filter(history_type="-", history_user__username="mara").exists()


def test_nobody_else_attaches_or_removes(project: Project, viewer: User, outsider: User, as_editor: Client) -> None:
    setup = factories.make_setup(project)
    as_editor.post(f"/attach/setup/{setup.pk}/", {"file": sketch()})
    remove = f"/attachments/{Attachment.objects.get().pk}/remove/"
    client = Client()
    assert client.post(remove).status_code == 302
    for user, status in ((viewer, 403), (outsider, 404)):
        client.force_login(user)
        assert client.post(f"/attach/setup/{setup.pk}/", {"file": sketch()}).status_code == status
        assert client.post(remove).status_code == status
    client.force_login(viewer)
    assert "/attach/" not in client.get(f"/setups/{setup.pk}/").content.decode()
    assert Attachment.objects.count() == 1


def test_nothing_is_attached_without_a_file(project: Project, as_editor: Client) -> None:
    setup = factories.make_setup(project)
    for data in ({}, {"file": SimpleUploadedFile("empty.png", b"")}, {"file": sketch(), "description": "x" * 201}):
        page = as_editor.post(f"/attach/setup/{setup.pk}/", data, follow=True)
        assert [message.level_tag for message in page.context["messages"]] == ["error"]
    assert as_editor.post(f"/attach/project/{setup.pk}/", {"file": sketch()}).status_code == 404
    assert not Attachment.objects.exists()
