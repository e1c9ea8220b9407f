"""Files to confirm on pages: who may, what is shown, and what is saved."""

import io

import pytest
from django.conf import LazySettings
from django.contrib.auth.models import User
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from registry.models import Attachment, Cell, FileDraft, Measurement, Project
from registry.sandbox.thumbnail import SIGNATURE
from registry.services.drafts.draft import add_draft, read_at_once
from registry.services.jobs.background import do_due_work
from tests import factories
from tests.plugins.readers.samples import PEIS, SEM

SPECTRUM = b"Frequency / Hz,Z' / Ohm,Z'' / Ohm\n1000,10,-2\n100,12,-4\n10,15,-3\n"
UNNAMED = b"1000,10,-2\n100,12,-4\n10,15,-3\n1,18,-5\n0.1,22,-9\n"
ACCEPT = {"Accept": "application/json"}


@pytest.fixture
def cell(project: Project) -> Cell:
    return factories.make_pellet(project)


@pytest.fixture
def editor(client: Client, project: Project) -> User:
    """An editor who is not staff, signed in."""
    user = factories.make_member(project, "editor", "editor")
    client.force_login(user)
    return user


def drop(by: User, cell: Cell | None, content: bytes = SPECTRUM, name: str = "eis.csv") -> FileDraft:
    draft, _ = add_draft(file=io.BytesIO(content), filename=name, cell=cell, by=by)
    return read_at_once(draft)


def upload(client: Client, address: str, *contents: bytes, **headers: dict[str, str]) -> object:
    files = [SimpleUploadedFile(f"file{number}.csv", content) for number, content in enumerate(contents)]
    return client.post(address, {"files": files}, **headers)  # type: ignore[arg-type]


def post(client: Client, draft: FileDraft, action: str, **fields: str) -> object:
    data = {f"d{draft.pk}-{name}": text for name, text in fields.items()}
    return client.post("/files/save/", {"draft": draft.pk, "action": action, f"d{draft.pk}-selected": "on", **data})


def state_of(client: Client, draft: FileDraft) -> tuple[str, str]:
    rows = client.get("/files/").context["table"].rows
    return next((row.code, row.state[1]) for row in rows if row.draft == draft)


@pytest.mark.parametrize("address", ["/files/", "/cells/{}/files/"])
def test_visitors_sign_in_and_those_without_a_role_are_refused(
    cell: Cell, client: Client, viewer: User, outsider: User, address: str
) -> None:
    address = address.format(cell.refcode)
    assert client.get(address).status_code == 302
    for user, status in ((viewer, 403), (outsider, 404 if "cells" in address else 403)):
        client.force_login(user)
        page = client.get(address)
        # Whoever has no role in any project is told how to get one.
        assert page.status_code == (status if "cells" in address else 200)
        assert "data-drop" not in page.content.decode()
        assert upload(client, address, SPECTRUM).status_code == status  # type: ignore[attr-defined]
    assert not FileDraft.objects.exists()


@pytest.mark.parametrize("address", ["/files/table/", "/files/status/", "/files/cells/"])
def test_visitors_are_refused_what_scripts_ask_for(client: Client, db: None, address: str) -> None:
    assert client.get(address).status_code == 403
    assert client.post("/files/save/", {"action": "save"}).status_code == 403


def test_an_editor_who_is_not_staff_drops_and_saves_a_file(cell: Cell, client: Client, editor: User) -> None:
    address = f"/cells/{cell.refcode}/files/"
    assert upload(client, address, SPECTRUM).status_code == 302  # type: ignore[attr-defined]
    do_due_work()
    (row,) = client.get(address).context["table"].rows
    assert row.is_ready
    response = client.post(
        "/files/save/",
        {
            "draft": row.draft.pk,
            "action": "save",
            "page_cell": cell.refcode,
            f"{row.prefix}-row": "1",
            f"{row.prefix}-selected": "on",
        },
    )
    assert response.headers["Location"] == cell.get_absolute_url()
    assert cell.measurements.get().technique == "eis"
    assert "eis" in client.get(cell.get_absolute_url()).content.decode()


def test_a_script_gets_the_files_read_already(cell: Cell, client: Client, editor: User) -> None:
    response = upload(client, f"/cells/{cell.refcode}/files/", SPECTRUM, headers=ACCEPT)
    assert response.json()["added"] == [FileDraft.objects.get(status="read").pk]  # type: ignore[attr-defined]
    again = upload(client, f"/cells/{cell.refcode}/files/", SPECTRUM, headers=ACCEPT)
    assert again.json()["known"] == ["file0.csv"]  # type: ignore[attr-defined]


def test_a_file_that_is_too_large_is_refused_and_the_others_kept(
    cell: Cell, client: Client, editor: User, settings: LazySettings
) -> None:
    settings.UPLOAD_MAX_BYTES = 100
    response = upload(client, f"/cells/{cell.refcode}/files/", SPECTRUM, b"1" * 200, b"", headers=ACCEPT)
    assert response.status_code == 200  # type: ignore[attr-defined]
    assert len(response.json()["errors"]) == 2  # type: ignore[attr-defined]
    assert FileDraft.objects.count() == 1


def test_nobody_sees_or_changes_the_files_of_another(cell: Cell, client: Client, editor: User, owner: User) -> None:
    draft = drop(owner, cell, name="secret name.csv")
    for address in ("/files/", "/files/table/", f"/cells/{cell.refcode}/files/", "/", cell.get_absolute_url()):
        assert "secret name" not in client.get(address).content.decode(), address
    assert client.get("/files/status/").json() == {"drafts": {}}
    for action in ("save", f"discard:{draft.pk}", "discard-selected", f"attach:{draft.pk}"):
        post(client, draft, action, label="changed")
    draft.refresh_from_db()
    assert (draft.label, draft.is_attachment, Measurement.objects.count()) == ("secret name", False, 0)


def test_what_is_entered_in_a_row_is_kept(cell: Cell, client: Client, editor: User) -> None:
    draft = drop(editor, cell)
    fields = {"label": "before", "technique": "eis", "measured-on": "2026-11-30", "c-stack_pressure_mpa": "10 MPa"}
    post(client, draft, "change", **fields)
    draft.refresh_from_db()
    assert (draft.label, str(draft.measured_on), draft.technique) == ("before", "2026-11-30", "eis")
    assert draft.conditions == {"stack_pressure_mpa": {"text": "10 MPa", "source": "entered"}}


def test_a_row_can_be_unticked(cell: Cell, client: Client, editor: User) -> None:
    draft = drop(editor, cell)
    client.post("/files/save/", {"draft": draft.pk, "action": "save", f"d{draft.pk}-row": "1"})
    assert FileDraft.objects.get().is_selected is False
    assert not Measurement.objects.exists()


@pytest.mark.parametrize("text", ["C-99999", "nothing", "C1, C2"])
def test_a_cell_that_does_not_exist_is_an_error_of_its_row(cell: Cell, client: Client, editor: User, text: str) -> None:
    draft = drop(editor, None)
    response = client.post(
        "/files/save/", {"draft": draft.pk, "action": "change", f"d{draft.pk}-cell": text}, headers=ACCEPT
    )
    assert "bad-text" in response.content.decode()
    assert FileDraft.objects.get().cell is None


def test_a_cell_is_chosen_by_refcode_number_or_label(cell: Cell, client: Client, editor: User) -> None:
    draft = drop(editor, None)
    for text in (cell.refcode, cell.refcode.lower(), f"C{int(cell.refcode[2:])}", cell.refcode[2:], cell.label):
        FileDraft.objects.update(cell=None)
        post(client, draft, "change", cell=text)
        assert FileDraft.objects.get().cell == cell, text


def test_one_cell_is_set_for_all_ticked_files_without_one(cell: Cell, client: Client, editor: User) -> None:
    first, second = drop(editor, None), drop(editor, None, PEIS, "b.mpt")
    data = {"draft": [first.pk, second.pk], "action": "cell-of-all", "cell_of_all": cell.refcode}
    client.post("/files/save/", data)
    assert set(FileDraft.objects.values_list("cell", flat=True)) == {cell.pk}


@pytest.mark.parametrize(("text", "has_cell"), [("", False), ("C-99999", False), ("of the page", True)])
def test_why_one_cell_is_not_set_for_all_is_said(
    cell: Cell, client: Client, editor: User, text: str, has_cell: bool
) -> None:
    draft = drop(editor, cell if has_cell else None)
    data = {"draft": [draft.pk], "action": "cell-of-all", "cell_of_all": text}
    shown = client.post("/files/save/", data, headers={"Accept": "application/json"}).content.decode()
    assert 'role="alert"' in shown
    assert client.post("/files/save/", data, follow=True).context["messages"]


def test_a_file_without_a_cell_leads_to_a_new_one_of_its_name(client: Client, editor: User) -> None:
    drop(editor, None, SPECTRUM, "LPSCl 07.csv")
    address = "/cells/new/?name=LPSCl%2007"
    assert address in client.get("/files/").content.decode()
    assert client.get(address).context["entry"].state.fields["label"] == "LPSCl 07"


def test_only_cells_one_may_edit_are_suggested(cell: Cell, client: Client, editor: User) -> None:
    factories.make_cell(factories.make_project(visibility="public"), label="Cell elsewhere")
    cells = client.get("/files/cells/", {"q": "cell"}).json()["cells"]
    assert [item["refcode"] for item in cells] == ([cell.refcode] if "cell" in cell.label.lower() else [])
    assert client.get("/files/cells/", {"q": cell.refcode[-3:]}).json()["cells"]


@pytest.mark.parametrize(
    ("file", "state"),
    [
        ((SPECTRUM, "eis.csv"), ("", "good")),
        ((UNNAMED, "raw.csv"), ("not-recognised", "warn")),
        ((b"%PDF-1.7", "a.pdf"), ("not-recognised", "bad")),
        ((SEM, "a.tif"), ("no-technique", "warn")),
    ],
)
def test_each_state_has_its_chip(
    cell: Cell, client: Client, editor: User, file: tuple[bytes, str], state: tuple[str, str]
) -> None:
    assert state_of(client, drop(editor, cell, *file)) == state


def test_a_condition_that_is_not_understood_keeps_a_row_from_being_ready(
    cell: Cell, client: Client, editor: User
) -> None:
    draft = drop(editor, cell)
    post(client, draft, "save", **{"c-temperature_degc": "25"})
    assert state_of(client, draft) == ("condition-not-understood", "bad")
    assert not Measurement.objects.exists()


def test_a_condition_whose_plugin_is_gone_can_be_removed(cell: Cell, client: Client, editor: User) -> None:
    draft = drop(editor, cell)
    FileDraft.objects.update(conditions={"laser_power_mw": {"text": "5 mW", "source": "name"}})
    assert state_of(client, draft) == ("condition-not-understood", "bad")
    assert f"d{draft.pk}-c-laser_power_mw" in client.get("/files/").content.decode()
    post(client, draft, "save", **{"c-laser_power_mw": ""})
    assert factories.written(cell.measurements.get()) == {}


def test_the_suggested_mapping_is_one_click(cell: Cell, client: Client, editor: User) -> None:
    draft = drop(editor, cell, UNNAMED, "raw.csv")
    post(client, draft, f"mapping:{draft.pk}:suggested")
    assert state_of(client, draft) == ("", "good")
    post(client, draft, f"mapping:{draft.pk}:without")
    assert state_of(client, draft)[0] == "not-recognised"


def test_only_mappings_that_fit_a_file_are_offered(cell: Cell, client: Client, editor: User) -> None:
    mapping = factories.make_mapping(cell.project)
    header = ",".join(mapping.mapping["columns"]).encode()
    drop(editor, cell, header + b"\n1,2,3,4\n2,3,4,5\n", "table.csv")
    drop(editor, cell, b"hello, no data\n", "notes.txt")
    rows = client.get("/files/").context["table"].rows
    assert {row.draft.filename: list(row.mappings) for row in rows} == {"table.csv": [mapping], "notes.txt": []}


def test_a_saved_mapping_of_another_project_is_not_used(cell: Cell, client: Client, editor: User) -> None:
    hidden = factories.make_mapping(factories.make_project())
    draft = drop(editor, cell, UNNAMED, "raw.csv")
    assert post(client, draft, f"mapping:{draft.pk}:{hidden.pk}").status_code == 404  # type: ignore[attr-defined]


def test_the_same_file_of_another_cell_is_named_and_not_ticked(
    cell: Cell, client: Client, editor: User, outsider: User
) -> None:
    post(client, drop(editor, cell), "save")
    other = factories.make_cell(cell.project)
    draft = drop(editor, other)
    assert (draft.is_selected, state_of(client, draft)) == (False, ("", "warn"))
    assert Measurement.objects.get().refcode in client.get("/files/").content.decode()
    post(client, draft, "change", row="1")
    assert state_of(client, draft) == ("", "good")


def test_a_file_can_be_attached_instead(cell: Cell, client: Client, editor: User) -> None:
    draft = drop(editor, cell, b"%PDF-1.7", "a.pdf")
    post(client, draft, f"attach:{draft.pk}")
    post(client, draft, "save")
    assert Attachment.objects.get().cell == cell


def test_the_page_after_saving_shows_what_was_saved_or_what_is_left(cell: Cell, client: Client, editor: User) -> None:
    other = factories.make_cell(cell.project)
    drafts = [drop(editor, None, SPECTRUM + f"1,{number},-2\n".encode(), f"{number}.csv") for number in range(4)]
    for draft, target in zip(drafts, (cell, cell, other, cell), strict=True):
        post(client, draft, "change", cell=target.refcode)
    shown = [
        post(client, drafts[0], "save").headers["Location"],  # type: ignore[attr-defined]
        client.post("/files/save/", {"draft": [drafts[1].pk, drafts[2].pk], "action": "save"}).headers["Location"],
    ]
    assert shown == [cell.get_absolute_url(), "/"]
    FileDraft.objects.update(cell=None)
    assert post(client, drafts[3], "save").headers["Location"] == "/files/"  # type: ignore[attr-defined]


def test_a_file_is_saved_as_data_of_a_measurement(cell: Cell, client: Client, editor: User, owner: User) -> None:
    measurement = factories.make_measurement(cell, technique="eis")
    draft = drop(editor, cell)
    assert f'value="{measurement.pk}:"' in client.get("/files/").content.decode()
    post(client, draft, "save", target=f"{measurement.pk}:")
    assert measurement.datasets.count() == cell.measurements.count() == 1


@pytest.mark.parametrize("target", ["x", "99999:", "1:nothing", ":"])
def test_an_unknown_measurement_is_an_error_of_its_row(cell: Cell, client: Client, editor: User, target: str) -> None:
    draft = drop(editor, cell)
    hidden = factories.make_measurement(factories.make_cell(factories.make_project()), technique="eis")
    for text in (target, f"{hidden.pk}:"):
        response = client.post(
            "/files/save/", {"draft": draft.pk, "action": "change", f"d{draft.pk}-target": text}, headers=ACCEPT
        )
        assert "bad-text" in response.content.decode()


def test_ticked_files_are_discarded_together(cell: Cell, client: Client, editor: User) -> None:
    draft, kept = drop(editor, cell), drop(editor, cell, PEIS, "b.mpt")
    client.post("/files/save/", {"draft": [draft.pk], "action": "discard-selected", f"d{draft.pk}-selected": "on"})
    assert FileDraft.objects.get() == kept


def test_the_cell_page_and_the_home_page_have_the_drop_zone_for_editors_alone(
    cell: Cell, client: Client, editor: User, viewer: User
) -> None:
    drop(editor, cell)
    for address in ("/", cell.get_absolute_url()):
        text = client.get(address).content.decode()
        assert "data-drop" in text
        assert 'href="/files/"' in text or f'href="/cells/{cell.refcode}/files/"' in text
    client.force_login(viewer)
    for address in ("/", cell.get_absolute_url()):
        assert "data-drop" not in client.get(address).content.decode()


def test_the_table_costs_as_many_queries_for_many_files_as_for_few(cell: Cell, client: Client, editor: User) -> None:
    def count() -> int:
        with CaptureQueriesContext(
            connection,
        ) as queries:
            assert client.get("/files/table/").status_code == 200
        return len(queries)

    for content, name in ((UNNAMED, "raw.csv"), (SPECTRUM, f"{cell.refcode}.csv")):
        drop(editor, cell, content, name)
    few = count()
    for number in range(6):
        drop(editor, factories.make_cell(cell.project), SPECTRUM + f"1,{number},-2\n".encode(), f"{number}.csv")
        drop(editor, None, UNNAMED + f"0.01,{number},-2\n".encode(), f"r{number}.csv")
    assert count() == few <= 14


def test_a_name_with_markup_is_escaped(cell: Cell, client: Client, editor: User) -> None:
    drop(editor, cell, name="<script>alert(1).csv")
    text = client.get("/files/").content.decode()
    assert "<script>alert" not in text
    assert "&lt;script&gt;" in text


def test_a_picture_has_a_thumbnail_that_its_owner_alone_sees(
    cell: Cell, client: Client, editor: User, owner: User
) -> None:
    drafts = [drop(editor, cell, SEM, "a.tif"), drop(editor, cell), drop(owner, cell, SEM, "b.tif")]
    addresses = [f"/files/{draft.pk}/thumbnail.png" for draft in drafts]
    assert addresses[0] in client.get("/files/").content.decode()
    picture, *others = [client.get(address) for address in addresses]
    assert picture.getvalue().startswith(SIGNATURE)
    assert [response.status_code for response in others] == [404, 404]


@pytest.mark.parametrize("action", ["", "nothing", "mapping:1:x", "mapping:x", "discard:", "cell:1:C-99999"])
def test_unknown_buttons_change_nothing(cell: Cell, client: Client, editor: User, action: str) -> None:
    draft = drop(editor, cell)
    action = action.replace(":1:", f":{draft.pk}:")
    assert post(client, draft, action).status_code in (302, 404)  # type: ignore[attr-defined]
    assert FileDraft.objects.get().status == "read"
