"""A form that is sent without scripts after its session has ended comes back after signing in."""

import html
import re

import pytest
from django.contrib.auth.models import User
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from registry.models import Cell, Draft, FileDraft, Material, Project
from registry.web.entry.base import kept_form
from tests import factories
from tests.registry.web.entry.conftest import form_data

NEW = "/cells/new/"
ROWS = ({"role": "sample", "substance": "LPSC", "thickness": "650 µm"},)
SIGN_IN = {"username": "mara", "password": "a long password"}


@pytest.fixture
def editor(project: Project) -> User:
    factories.make_material(project, "LPSC", kind="solid_electrolyte")
    return factories.make_member(project, "editor", "mara")


def post(client: Client, editor: User, address: str = NEW, **fields: object) -> object:
    fields = {"typed_by": editor.pk, "notes": 'late <b>"quoted"\nat night', "format": "die"} | fields
    return client.post(address, form_data("layers", ROWS, **fields))


def hidden_fields(page: object) -> dict[str, list[str]]:
    """The hidden fields of the page, by name."""
    fields: dict[str, list[str]] = {}
    text = page.content.decode()  # type: ignore[attr-defined]
    for name, value in re.findall(r'<input type="hidden" name="([^"]*)" value="([^"]*)">', text):
        fields.setdefault(html.unescape(name), []).append(html.unescape(value))
    return fields


def test_the_filled_form_is_back_after_signing_in(project: Project, editor: User, client: Client) -> None:
    refused = post(client, editor, project=str(project.pk))
    assert refused.status_code == 403  # type: ignore[attr-defined]
    assert "no-store" in refused["Cache-Control"]  # type: ignore[index]
    fields = hidden_fields(refused)
    assert not Draft.objects.exists()
    # A wrong password loses nothing.
    wrong = client.post("/sign-in/", {"username": "mara", "password": "?", "kept": fields["kept"], "next": NEW})
    signed_in = client.post("/sign-in/", SIGN_IN | {"kept": hidden_fields(wrong)["kept"], "next": NEW})
    assert f'action="{NEW}"' in signed_in.content.decode()
    page = client.post(NEW, hidden_fields(signed_in))
    state = page.context["entry"].state
    assert state.fields["notes"] == 'late <b>"quoted"\nat night'
    assert state.rows == [dict(ROWS[0])]
    assert set(state.fields) == {"notes", "format", "project"}
    assert not Cell.objects.exists()


def test_a_record_is_shown_as_it_was_typed(project: Project, editor: User, client: Client) -> None:
    material = Material.objects.get()
    address = f"/materials/{material.pk}/edit/"
    fields = {"typed_by": editor.pk, "name": "LPSCl", "project": project.pk, "action": "save", "seen": "x"}
    kept = hidden_fields(client.post(address, fields))["kept"]
    page = client.post(address, hidden_fields(client.post("/sign-in/", SIGN_IN | {"kept": kept, "next": address})))
    assert page.context["entry"].form.text("name") == "LPSCl"
    material.refresh_from_db()
    assert material.name == "LPSC"


def test_another_user_does_not_see_it(project: Project, editor: User, client: Client) -> None:
    factories.make_member(project, "editor", "other")
    kept = hidden_fields(post(client, editor, notes="secret"))["kept"]
    page = client.post("/sign-in/", SIGN_IN | {"username": "other", "kept": kept, "next": NEW}, follow=True)
    assert page.redirect_chain == [(NEW, 302)]
    assert [message.level_tag for message in page.context["messages"]] == ["warning"]
    assert "secret" not in page.content.decode()


def test_files_have_to_be_chosen_again(editor: User, client: Client) -> None:
    kept = hidden_fields(post(client, editor, files=[SimpleUploadedFile("eis.csv", b"1,2")]))["kept"]
    assert b"Files have to be chosen again" in client.post("/sign-in/", SIGN_IN | {"kept": kept}).content
    assert not FileDraft.objects.exists()


def test_what_cannot_be_kept_leads_to_the_sign_in_page(
    editor: User, client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert post(client, editor, typed_by="").status_code == 302  # type: ignore[attr-defined]
    # A script keeps what was typed by itself.
    headers = {"X-Partial": "form"}
    assert client.post(NEW, {"typed_by": editor.pk}, headers=headers).status_code == 302
    monkeypatch.setattr(kept_form, "MOST_CHARACTERS", 20)
    assert post(client, editor).status_code == 302  # type: ignore[attr-defined]


def test_the_token_is_checked_as_before(editor: User) -> None:
    strict = Client(enforce_csrf_checks=True)
    assert b"typed_by" not in post(strict, editor).content  # type: ignore[attr-defined]
    strict.get("/sign-in/")
    token = strict.cookies["csrftoken"].value
    kept = hidden_fields(post(strict, editor, csrfmiddlewaretoken=token))["kept"]
    assert strict.post("/sign-in/", SIGN_IN | {"kept": kept}).status_code == 403
    page = strict.post("/sign-in/", SIGN_IN | {"kept": kept, "csrfmiddlewaretoken": token})
    fields = hidden_fields(page)
    assert strict.post(NEW, fields | {"csrfmiddlewaretoken": "x" * 32}).status_code == 403
    assert strict.post(NEW, fields).status_code == 200


@pytest.mark.parametrize(
    "kept",
    [
        "",
        "[]",
        "{}",
        "null",
        '{"path": "//example.org/", "user": "1", "fields": {}, "has_files": false}',
        '{"path": "/cells/new/", "user": "1", "fields": {"a": "b"}, "has_files": false}',
        '{"path": "/cells/new/", "user": "1", "fields": {"a": [1]}, "has_files": false}',
        '{"path": "/cells/new/", "user": "1", "fields": 1, "has_files": false}',
    ],
)
def test_what_is_not_a_form_is_ignored(editor: User, client: Client, kept: str) -> None:
    assert client.post("/sign-in/", SIGN_IN | {"kept": kept, "next": NEW})["Location"] == NEW


def test_nobody_gets_past_the_permission_check(editor: User, client: Client) -> None:
    cell = factories.make_cell(factories.make_project())
    address = f"/cells/{cell.refcode}/edit/"
    kept = hidden_fields(post(client, editor, address))["kept"]
    fields = hidden_fields(client.post("/sign-in/", SIGN_IN | {"kept": kept}))
    assert client.post(address, fields).status_code == 404
