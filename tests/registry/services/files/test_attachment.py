"""Any file can be attached to a cell, a measurement, a material or a set-up, without a reader."""

import io
import os
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from django.conf import LazySettings
from django.contrib.auth.models import User
from django.core.exceptions import PermissionDenied, ValidationError
from django.test import Client
from rest_framework.test import APIClient

from registry.models import Attachment, Cell, Layer, Measurement, Project
from registry.models.attachment import Owner
from registry.services.files.attachment import attach_file
from registry.services.files.staging import clean_files
from registry.services.record import delete_record, save_record
from tests import factories

PAGE = b"<html><script>alert(1)</script></html>"


def make_cell(project: Project) -> Cell:
    material = factories.make_material(project)
    return factories.make_cell(project, [Layer(position=1, role="sample", material=material)])


def make_measurement(project: Project) -> Measurement:
    return factories.make_measurement(make_cell(project))


def attach(owner: Owner, content: bytes = PAGE, filename: str = "pellet.html", by: User | None = None) -> Attachment:
    return attach_file(owner=owner, file=io.BytesIO(content), filename=filename, description="Pellet", by=by)


OWNERS = [make_cell, make_measurement, factories.make_material, factories.make_setup]


@pytest.mark.parametrize("make", OWNERS)
def test_a_file_is_stored_unchanged_and_shown_on_the_page(
    project: Project, owner: User, client: Client, make: Callable[[Project], Owner]
) -> None:
    record = make(project)
    attachment = attach(record, by=owner)
    assert (attachment.owner, attachment.project, attachment.created_by) == (record, project, owner)
    client.force_login(owner)
    pages = {"material": "/materials/{}/", "setup": "/setups/{}/"}
    name = next(name for name in Attachment.owner_fields if getattr(attachment, f"{name}_id"))
    url = pages[name].format(record.pk) if name in pages else record.get_absolute_url()  # type: ignore[union-attr]
    page = client.get(url).content.decode()
    assert f"/attachments/{attachment.pk}/file/" in page
    assert "Pellet" in page


@pytest.mark.parametrize("filename", ["pellet.html", "figure.svg", "photo.jpg"])
def test_a_file_is_only_sent_as_a_download(project: Project, owner: User, client: Client, filename: str) -> None:
    attachment = attach(make_cell(project), filename=filename)
    client.force_login(owner)
    api = APIClient()
    api.force_authenticate(owner)
    for sender, url in (
        (client, f"/attachments/{attachment.pk}/file/"),
        (api, f"/api/attachments/{attachment.pk}/raw/"),
    ):
        response = sender.get(url)
        assert b"".join(response.streaming_content) == PAGE
        assert response.headers["Content-Type"] == "application/octet-stream"
        assert response.headers["Content-Disposition"].startswith("attachment;")
        assert response.headers["X-Content-Type-Options"] == "nosniff"


def test_only_those_who_see_the_record_see_its_attachments(
    project: Project, owner: User, outsider: User, client: Client
) -> None:
    attachment = attach(make_measurement(project))
    for user, status in ((None, 404), (outsider, 404)):
        if user:
            client.force_login(user)
        assert client.get(f"/attachments/{attachment.pk}/file/").status_code == status
    assert not Attachment.objects.visible_to(outsider).exists()
    assert Attachment.objects.visible_to(owner).count() == 1


def test_only_editors_attach_and_delete(project: Project, viewer: User, colleague: User) -> None:
    cell = make_cell(project)
    with pytest.raises(PermissionDenied):
        attach(cell, by=viewer)
    attachment = attach(cell, by=colleague)
    with pytest.raises(PermissionDenied):
        delete_record(attachment, by=viewer)
    delete_record(attachment, by=colleague)
    assert [row.history_type for row in Attachment.history.order_by("history_id")] == ["+", "-"]


def test_the_same_file_is_attached_once(project: Project) -> None:
    cell = make_cell(project)
    assert attach(cell) == attach(cell, filename="other.html")
    assert attach(make_cell(project)).raw_file == attach(cell).raw_file


def test_an_empty_file_is_refused(project: Project) -> None:
    with pytest.raises(ValidationError):
        attach(make_cell(project), b"")


def test_attachments_move_with_their_record(project: Project, owner: User, outsider: User) -> None:
    other = factories.make_project(visibility="public")
    cell = factories.make_cell(project)
    attachments = [attach(cell), attach(factories.make_measurement(cell), b"other")]
    cell.project = other
    save_record(cell, by=None)
    assert {attachment.project_id for attachment in Attachment.objects.filter(pk__in=[a.pk for a in attachments])} == {
        other.pk
    }
    assert Attachment.objects.visible_to(outsider).count() == 2


def test_an_attachment_has_one_record_of_its_project(project: Project, public_project: Project) -> None:
    attachment = attach(make_cell(project))
    attachment.material = factories.make_material(project)
    with pytest.raises(ValidationError):
        save_record(attachment, by=None)
    attachment.material, attachment.project = None, public_project
    with pytest.raises(ValidationError):
        save_record(attachment, by=None)


def test_cleaning_keeps_attached_files(project: Project, settings: LazySettings) -> None:
    attachment = attach(make_cell(project))
    root = Path(settings.MEDIA_ROOT)
    for path in root.rglob("*"):
        os.utime(path, (time.time() - 86_400,) * 2)
    assert clean_files().files == 0
    assert (root / attachment.raw_file.path).read_bytes() == PAGE


def test_the_api_attaches_lists_changes_and_deletes(project: Project, colleague: User) -> None:
    cell = make_cell(project)
    api = APIClient()
    api.force_authenticate(colleague)
    file = io.BytesIO(PAGE)
    file.name = "photo.jpg"
    assert api.post("/api/attachments/", {"file": file}, format="multipart").status_code == 400
    file.seek(0)
    sent = {"file": file, "cell": cell.refcode, "description": "Pellet"}
    answer = api.post("/api/attachments/", sent, format="multipart")
    assert answer.status_code == 201, answer.json()
    row = answer.json()
    assert (row["cell"], row["measurement"], row["filename"], row["size"]) == (
        cell.refcode,
        None,
        "photo.jpg",
        len(PAGE),
    )
    assert api.get(f"/api/attachments/?cell={cell.refcode}").json()["count"] == 1
    assert api.get("/api/attachments/?material=1").json()["count"] == 0
    url = f"/api/attachments/{row['id']}/"
    assert api.patch(url, {"description": "After"}, format="json").json()["description"] == "After"
    assert api.delete(url).status_code == 204


def test_the_admin_attaches_a_file_to_one_record(project: Project, colleague: User, client: Client) -> None:
    cell, material = make_cell(project), factories.make_material(project)
    client.force_login(colleague)
    url = "/admin/registry/attachment/add/"
    both = {"file": io.BytesIO(PAGE), "cell": cell.pk, "material": material.pk, "description": "Pellet"}
    assert client.post(url, both).status_code == 200
    assert not Attachment.objects.exists()
    answer = client.post(url, {"file": io.BytesIO(PAGE), "cell": cell.pk, "description": "Pellet"})
    assert answer.status_code == 302, answer.content.decode()
    assert Attachment.objects.get().owner == cell
