"""Files dropped on the form of a new cell wait as drafts, and are proposed for the cell once it is saved."""

import pytest
from django.contrib.auth.models import User
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from registry.models import Cell, CellReason, Draft, FileDraft, Project
from tests import factories
from tests.registry.web.entry.conftest import form_data

NEW = "/cells/new/"
SPECTRUM = b"Frequency / Hz,Z' / Ohm,Z'' / Ohm\n1000,10,-2\n100,12,-4\n10,15,-3\n"
ROWS = ({"role": "sample", "substance": "LPSC", "thickness": "650 µm"},)

pytestmark = pytest.mark.usefixtures("materials")


def spectrum(name: str = "eis.csv", content: bytes = SPECTRUM) -> SimpleUploadedFile:
    return SimpleUploadedFile(name, content)


def upload(client: Client, *files: SimpleUploadedFile) -> str:
    """Upload files as the script of the page does; return the text of the hidden field."""
    answer = client.post("/files/", {"files": files}, headers={"Accept": "application/json"}).json()
    return " ".join(map(str, answer["drafts"]))


def post(client: Client, project: Project, action: str = "save", **fields: object) -> object:
    fields = {"project": str(project.pk), "format": "blocking_pellet", "label": "Pellet"} | fields
    return client.post(NEW, form_data("layers", ROWS, action, **fields))


def test_files_are_proposed_for_the_cell_that_is_saved(project: Project, as_editor: Client) -> None:
    keys = upload(as_editor, spectrum())
    location = post(as_editor, project, file_drafts=keys)["Location"]  # type: ignore[index]
    draft, cell = FileDraft.objects.get(), Cell.objects.get()
    assert (draft.cell, draft.dropped_on, draft.cell_reason) == (cell, cell, CellReason.PAGE)
    page = as_editor.get(location)
    assert f"/cells/{cell.refcode}/files/" in page.content.decode()
    (row,) = as_editor.get(f"/cells/{cell.refcode}/files/").context["table"].rows
    assert row.is_ready


def test_files_that_were_there_already_are_proposed_too(project: Project, as_editor: Client) -> None:
    upload(as_editor, spectrum())
    post(as_editor, project, file_drafts=upload(as_editor, spectrum("again.csv")))
    assert FileDraft.objects.get().cell == Cell.objects.get()


def test_a_file_whose_name_means_another_cell_has_to_be_looked_at(project: Project, as_editor: Client) -> None:
    other = factories.make_pellet(project)
    post(as_editor, project, file_drafts=upload(as_editor, spectrum(f"{other.refcode}_eis.csv")))
    cell = Cell.objects.latest("pk")
    draft = FileDraft.objects.get()
    assert (draft.cell, draft.named_cell) == (cell, other)
    (row,) = as_editor.get(f"/cells/{cell.refcode}/files/").context["table"].rows
    assert row.code == "another-cell-named"


def test_a_refused_form_keeps_its_files(project: Project, as_editor: Client) -> None:
    keys = upload(as_editor, spectrum())
    response = post(as_editor, project, file_drafts=keys, fabrication_pressure="360")
    assert response.status_code == 422  # type: ignore[attr-defined]
    assert f'name="file_drafts" value="{keys}"' in response.content.decode()  # type: ignore[attr-defined]
    assert "eis.csv" in as_editor.get(NEW).content.decode()
    assert FileDraft.objects.get().cell is None


def test_without_scripts_files_are_sent_with_the_form(project: Project, as_editor: Client) -> None:
    page = post(as_editor, project, "files:upload", files=[spectrum(), spectrum("empty.csv", b"")])
    draft = FileDraft.objects.get()
    assert f'value="{draft.pk}"' in page.content.decode()  # type: ignore[attr-defined]
    assert "error" in {message.level_tag for message in page.context["messages"]}  # type: ignore[attr-defined]
    second = spectrum("second.csv", SPECTRUM + b"1,20,-3\n")
    post(as_editor, project, file_drafts=str(draft.pk), files=[second])
    assert {item.cell for item in FileDraft.objects.all()} == {Cell.objects.get()}


def test_the_files_of_a_discarded_form_stay(project: Project, as_editor: Client) -> None:
    keys = upload(as_editor, spectrum())
    post(as_editor, project, "discard", file_drafts=keys)
    assert not Draft.objects.exists()
    page = as_editor.get(NEW)
    assert [message.level_tag for message in page.context["messages"]] == ["info"]
    assert "eis.csv" not in page.content.decode()
    assert FileDraft.objects.count() == 1


def test_a_file_is_discarded_by_its_button(project: Project, as_editor: Client) -> None:
    first = upload(as_editor, spectrum())
    keys = f"{first} {upload(as_editor, spectrum('second.csv', SPECTRUM + b'1,20,-3'))}"
    page = post(as_editor, project, f"files:discard:{first}", file_drafts=keys)
    assert [row.draft.filename for row in page.context["entry"].dropped_files] == ["second.csv"]  # type: ignore[attr-defined]
    assert FileDraft.objects.count() == 1


@pytest.mark.parametrize("action", ["save", "files:discard:{}"])
def test_the_files_of_another_user_are_out_of_reach(
    project: Project, as_editor: Client, owner: User, action: str
) -> None:
    client = Client()
    client.force_login(owner)
    key = upload(client, spectrum("secret.csv"))
    page = post(as_editor, project, action.format(key), file_drafts=f"{key} x 99999999999999999999")
    assert "secret" not in page.content.decode()  # type: ignore[attr-defined]
    assert FileDraft.objects.get().cell is None


def test_the_preview_lists_the_files_and_the_draft_keeps_them(project: Project, as_editor: Client) -> None:
    keys = upload(as_editor, spectrum())
    data = form_data("layers", ROWS, project=str(project.pk), file_drafts=keys)
    assert "eis.csv" in as_editor.post(f"{NEW}preview/?draft=1", data).json()["files"]
    assert Draft.objects.get().content["fields"]["file_drafts"] == keys


def test_copying_a_cell_keeps_the_files_and_what_was_typed_of_this_cell(project: Project, as_editor: Client) -> None:
    post(as_editor, project, tags="dry room", notes="cracked")
    cell = Cell.objects.get()
    typed = {"label": "Next", "notes": "typed", "file_drafts": upload(as_editor, spectrum()), "like": cell.refcode}
    entry = post(as_editor, project, "copy", **typed, format="coin").context["entry"]  # type: ignore[attr-defined]
    assert [row.draft.filename for row in entry.dropped_files] == ["eis.csv"]
    fields = entry.state.fields
    assert {name: fields[name] for name in ("label", "notes", "tags", "format")} == {
        "label": "Next",
        "notes": "typed",
        "tags": "dry room",
        "format": "blocking_pellet",
    }
    assert [row["thickness"] for row in entry.state.rows] == ["650 µm"]
    assert Draft.objects.get().content["fields"]["file_drafts"] == fields["file_drafts"]
    hidden = factories.make_cell(factories.make_project(slug="hidden"))
    assert post(as_editor, project, "copy", like=hidden.refcode).status_code == 404  # type: ignore[attr-defined]
