"""Entry and correction of cells by everyone with a role in a project."""

import pytest
from django.contrib.auth.models import User
from django.test import Client

from registry.models import Batch, Cell, Draft, Layer, Project
from registry.services.record import save_record
from tests import factories
from tests.registry.web.entry.conftest import FULL_CELL, form_data

NEW = "/cells/new/"


def post(client: Client, rows: object = FULL_CELL, address: str = NEW, **fields: object) -> object:
    return client.post(address, form_data("layers", rows, **fields))  # type: ignore[arg-type]


def cell_fields(project: Project, **fields: object) -> dict[str, object]:
    return {"project": str(project.pk), "format": "die"} | fields


@pytest.mark.usefixtures("materials")
def test_an_editor_who_is_not_staff_enters_a_cell(project: Project, as_editor: Client, editor: User) -> None:
    response = post(as_editor, **cell_fields(project, fabrication_pressure="360 MPa", assembled_on="2026-11-28"))
    cell = Cell.objects.get()
    assert (response.status_code, response["Location"]) == (302, f"/cells/{cell.refcode}/")  # type: ignore[attr-defined,index]
    assert cell.label == "NCM90 | LPSC | Lithium"
    assert cell.configuration == "NCM90/LPSC/Lithium"
    assert cell.fabrication_pressure_mpa == 360
    cathode, separator, anode = cell.layers.order_by("position")
    assert (cathode.mass_loading, cathode.area) == ("10.0 mg on ⌀10.00 mm", "⌀10.00 mm")
    assert cathode.mass_loading_mg_cm2 == pytest.approx(12.732, rel=1e-3)
    assert separator.thickness_um == 650
    assert (anode.mass_loading, anode.area) == ("", "")
    assert Cell.history.filter(history_user=editor).exists()


@pytest.mark.usefixtures("materials")
def test_nobody_else_enters_one(project: Project, outsider: User, viewer: User, client: Client) -> None:
    assert client.get(NEW)["Location"] == f"/sign-in/?next={NEW}"
    assert post(client, **cell_fields(project)).status_code == 302  # type: ignore[attr-defined]
    for user in (outsider, viewer):
        client.force_login(user)
        assert "entry" not in client.get(NEW).context
        assert post(client, **cell_fields(project)).status_code == 403  # type: ignore[attr-defined]
    # A role elsewhere does not help.
    elsewhere = factories.make_project()
    for user in (outsider, viewer):
        save_record(factories.Membership(project=elsewhere, user=user, role="editor"), by=None)
        client.force_login(user)
        assert post(client, **cell_fields(project)).status_code == 422  # type: ignore[attr-defined]
    assert not Cell.objects.exists()


@pytest.mark.usefixtures("materials")
@pytest.mark.parametrize(
    ("index", "name", "text"),
    [
        (0, "amount", "10"),
        (0, "amount", "10 MPa"),
        (0, "size", "10"),
        (1, "thickness", "0,65 mm"),
        (1, "thickness", "-5 µm"),
        (2, "substance", "Unobtainium"),
        (2, "substance", ""),
        (2, "role", "no-such-role"),
        (0, "size", ""),
    ],
)
def test_a_field_that_cannot_be_read_is_marked_and_nothing_is_saved(
    project: Project, as_editor: Client, index: int, name: str, text: str
) -> None:
    rows = [dict(row) for row in FULL_CELL]
    rows[index][name] = text
    response = post(as_editor, rows, **cell_fields(project))
    assert response.status_code == 422  # type: ignore[attr-defined]
    (problem,) = response.context["entry"].problems  # type: ignore[attr-defined]
    assert problem.id == f"id_layers-{index}-{name}"
    page = response.content.decode()  # type: ignore[attr-defined]
    assert page.count('aria-invalid="true"') == 1
    assert not Cell.objects.exists()
    assert not Layer.objects.exists()


@pytest.mark.usefixtures("materials")
def test_a_cell_without_a_unit_keeps_what_was_typed(project: Project, as_editor: Client) -> None:
    response = post(as_editor, **cell_fields(project, fabrication_pressure="360", notes="from the glovebox"))
    page = response.content.decode()  # type: ignore[attr-defined]
    assert 'value="360"' in page
    assert "from the glovebox" in page
    assert [problem.id for problem in response.context["entry"].problems] == ["id_fabrication_pressure"]  # type: ignore[attr-defined]


@pytest.mark.usefixtures("materials")
def test_a_name_that_is_taken_gets_a_number_and_a_typed_one_an_error(project: Project, as_editor: Client) -> None:
    post(as_editor, **cell_fields(project))
    post(as_editor, **cell_fields(project))
    assert list(Cell.objects.order_by("pk").values_list("label", flat=True)) == [
        "NCM90 | LPSC | Lithium",
        "NCM90 | LPSC | Lithium (2)",
    ]
    response = post(as_editor, **cell_fields(project, label="NCM90 | LPSC | Lithium"))
    assert [problem.id for problem in response.context["entry"].problems] == ["id_label"]  # type: ignore[attr-defined]


@pytest.mark.usefixtures("materials")
def test_layers_without_an_area_have_that_of_the_die(project: Project, as_editor: Client) -> None:
    setup = factories.make_setup(project, die_diameter="10 mm (exact)")
    rows = [{name: text for name, text in row.items() if name != "size"} for row in FULL_CELL]
    post(as_editor, rows, **cell_fields(project, setup=str(setup.pk)))
    assert [layer.area for layer in Layer.objects.order_by("position")] == ["⌀10 mm (exact)"] * 3
    assert Layer.objects.get(position=1).mass_loading == "10.0 mg on ⌀10 mm (exact)"


def test_markup_in_names_is_escaped(project: Project, as_editor: Client) -> None:
    nasty = "<script>alert(1)</script>"
    factories.make_material(project, nasty)
    rows = [{"role": "sample", "substance": nasty, "thickness": nasty, "as_written": nasty}]
    page = post(as_editor, rows, **cell_fields(project, label=nasty))
    assert "<script>alert" not in page.content.decode()  # type: ignore[attr-defined]
    preview = post(as_editor, rows, address=f"{NEW}preview/", **cell_fields(project))
    assert "&lt;script&gt;" in preview.json()["aside"]  # type: ignore[attr-defined]
    assert "<script>" not in preview.json()["aside"]  # type: ignore[attr-defined]
    assert preview["Content-Type"] == "application/json"  # type: ignore[index]


def test_a_kind_of_stack_sets_roles_and_keeps_what_was_typed(project: Project, as_editor: Client) -> None:
    response = as_editor.get(f"{NEW}?start=pouch")
    entry = response.context["entry"]
    assert [row["role"] for row in entry.state.rows] == [
        "current_collector",
        "cathode",
        "separator",
        "anode",
        "current_collector",
    ]
    assert entry.state.fields["project"] == str(project.pk)
    response = post(as_editor, FULL_CELL, **cell_fields(project), action="start:blocking-pellet")
    rows = response.context["entry"].state.rows  # type: ignore[attr-defined]
    assert [row["role"] for row in rows] == ["sample", "cathode", "separator", "anode"]
    assert response.context["entry"].state.fields["format"] == "blocking_pellet"  # type: ignore[attr-defined]


@pytest.mark.parametrize(
    ("action", "substances"),
    [
        ("rows:add", ["NCM90", "LPSC", "Lithium", ""]),
        ("rows:remove:1", ["NCM90", "Lithium"]),
        ("rows:up:1", ["LPSC", "NCM90", "Lithium"]),
        ("rows:down:1", ["NCM90", "Lithium", "LPSC"]),
        ("rows:up:0", ["NCM90", "LPSC", "Lithium"]),
        ("rows:down:99", ["NCM90", "LPSC", "Lithium"]),
        ("rows:remove:x", ["NCM90", "LPSC", "Lithium"]),
    ],
)
def test_rows_change_without_a_script(project: Project, as_editor: Client, action: str, substances: list[str]) -> None:
    response = post(as_editor, **cell_fields(project), action=action)
    assert response.status_code == 200  # type: ignore[attr-defined]
    rows = response.context["entry"].state.rows  # type: ignore[attr-defined]
    assert [row.get("substance", "") for row in rows] == substances
    assert not Cell.objects.exists()


@pytest.mark.usefixtures("materials")
def test_a_cell_like_another_has_its_layers_but_not_its_name(project: Project, as_editor: Client) -> None:
    post(as_editor, **cell_fields(project, label="First", notes="cracked", assembled_on="2026-11-28"))
    cell = Cell.objects.get()
    state = as_editor.get(f"{NEW}?like={cell.refcode}").context["entry"].state
    assert {state.fields[name] for name in ("label", "notes", "assembled_on")} == {""}
    assert [(row["substance"], row.get("amount"), row["pk"]) for row in state.rows] == [
        ("NCM90", "10.0 mg", ""),
        ("LPSC", "80.0 mg", ""),
        ("Lithium", "", ""),
    ]
    response = post(as_editor, **cell_fields(project, label="Second"), action="save-another")
    assert response["Location"] == f"{NEW}?like={Cell.objects.get(label='Second').refcode}"  # type: ignore[index]
    assert as_editor.get(f"{NEW}?like=C-99999").status_code == 404


@pytest.mark.usefixtures("materials")
def test_a_preview_says_what_was_understood(project: Project, as_editor: Client) -> None:
    rows = [dict(FULL_CELL[0], amount="10 mg", thickness="40"), {"role": "anode"}]
    answer = post(as_editor, rows, address=f"{NEW}preview/", **cell_fields(project)).json()  # type: ignore[attr-defined]
    text, state = answer["echoes"]["id_layers-0-amount"]
    assert text.startswith("9.5 to 10.5 mg")
    assert state == "warn"
    assert answer["echoes"]["id_layers-0-size"][0].startswith("area 0.7854")
    assert answer["echoes"]["id_layers-0-thickness"][1] == "bad"
    assert [identifier for identifier, _ in answer["problems"]] == ["id_layers-0-thickness"]
    assert answer["name"] == "NCM90"
    assert "<svg" in answer["aside"]
    assert answer["draft"] == ""
    assert not Draft.objects.exists()


@pytest.mark.usefixtures("materials")
def test_what_was_typed_survives_as_a_draft(project: Project, as_editor: Client, editor: User) -> None:
    answer = post(as_editor, address=f"{NEW}preview/?draft=1", **cell_fields(project, notes="half")).json()  # type: ignore[attr-defined]
    assert answer["draft"] != ""
    entry = as_editor.get(NEW).context["entry"]
    assert entry.state.fields["notes"] == "half"
    assert [row["substance"] for row in entry.state.rows] == ["NCM90", "LPSC", "Lithium"]
    colleague = factories.make_member(project, "editor", "other")
    other = Client()
    other.force_login(colleague)
    assert other.get(NEW).context["entry"].state.fields.get("notes", "") == ""
    post(as_editor, **cell_fields(project), action="discard")
    assert not Draft.objects.exists()
    post(as_editor, address=f"{NEW}preview/?draft=1", **cell_fields(project))
    post(as_editor, **cell_fields(project))
    assert Cell.objects.count() == 1
    assert not Draft.objects.exists()


@pytest.mark.usefixtures("materials")
def test_an_editor_corrects_a_cell_with_a_reason(project: Project, as_editor: Client) -> None:
    post(as_editor, **cell_fields(project))
    cell = Cell.objects.get()
    address = f"/cells/{cell.refcode}/edit/"
    entry = as_editor.get(address).context["entry"]
    assert [row["size"] for row in entry.state.rows] == ["10.00 mm", "10.00 mm", ""]
    rows = [dict(row) for row in entry.state.rows]
    pks = [row["pk"] for row in rows]
    rows[0]["amount"] = "10.5 mg"
    fields = entry.state.fields | {"seen": entry.mark(), "reason": "weighed again"}
    assert post(as_editor, [rows[1], rows[0]], address, **fields).status_code == 302  # type: ignore[attr-defined]
    first, second = cell.layers.order_by("position")
    assert [str(first.pk), str(second.pk)] == [pks[1], pks[0]]
    assert second.mass_loading == "10.5 mg on ⌀10.00 mm"
    assert Layer.history.filter(history_change_reason="weighed again", id=second.pk).exists()


def test_saving_an_unchanged_form_changes_nothing(project: Project, as_editor: Client) -> None:
    material = factories.make_material(project, "NCM", kind="active_material")
    foil = factories.make_material(project, "Al", kind="current_collector")
    batch = save_record(Batch(material=material, lot="L7"), by=None)
    layers = [
        Layer(position=1, role="current_collector", material=foil, coated_sides=2, thickness="15 µm (inferred)"),
        Layer(position=2, role="cathode", material=material, batch=batch, mass_loading="~11.2 mg cm⁻²", area="3×3 cm²"),
        Layer(position=3, role="separator", material=foil, mass_loading="10 mg on 2 cm²", area="3 cm²", as_written="X"),
        Layer(position=4, role="anode", material=foil, mass_loading="5 mg on ⌀10 mm", area="⌀10 mm", thickness="lost"),
    ]
    paper = factories.make_publication(project)
    numbers = {
        "repeat_units": 4,
        "footprint": "4×5 cm²",
        "tab_mass": "0 mg (exact)",
        "fabrication_pressure": ">300 MPa",
    }
    cell = factories.make_cell(
        project, layers, origin="literature", publication=paper, failure="short", notes="a\n\nb" * 9000, **numbers
    )
    before = list(Layer.objects.order_by("position").values()), list(Cell.objects.values())
    histories = Layer.history.count()
    address = f"/cells/{cell.refcode}/edit/"
    entry = as_editor.get(address).context["entry"]
    notes = entry.state.fields["notes"].replace("\n", "\r\n")
    fields = entry.state.fields | {"seen": entry.mark(), "notes": notes}
    assert post(as_editor, entry.state.rows, address, **fields).status_code == 302  # type: ignore[attr-defined]
    assert (list(Layer.objects.order_by("position").values()), list(Cell.objects.values())) == before
    assert Layer.history.count() == histories


@pytest.mark.usefixtures("materials")
def test_a_change_since_the_page_was_opened_is_not_overwritten(project: Project, as_editor: Client) -> None:
    post(as_editor, **cell_fields(project))
    cell = Cell.objects.get()
    address = f"/cells/{cell.refcode}/edit/"
    entry = as_editor.get(address).context["entry"]
    fields = entry.state.fields | {"seen": entry.mark(), "notes": "mine"}
    cell.notes = "changed meanwhile"
    save_record(cell, by=None)
    response = post(as_editor, entry.state.rows, address, **fields)
    assert response.status_code == 422  # type: ignore[attr-defined]
    assert response.context["entry"].form.has_error("__all__", "edit_conflict")  # type: ignore[attr-defined]
    assert Cell.objects.get().notes == "changed meanwhile"


def test_only_editors_correct_a_cell(project: Project, viewer: User, outsider: User, client: Client) -> None:
    cell = factories.make_cell(project)
    address = f"/cells/{cell.refcode}/edit/"
    assert client.get(address).status_code == 302
    for user, status in ((outsider, 404), (viewer, 403)):
        client.force_login(user)
        assert client.get(address).status_code == status
        assert post(client, [], address, **cell_fields(project)).status_code == status  # type: ignore[attr-defined]
        assert post(client, [], f"{address}preview/").status_code == status  # type: ignore[attr-defined]


def test_a_cell_moves_only_to_a_project_of_the_editor(
    project: Project, public_project: Project, as_editor: Client
) -> None:
    cell = factories.make_cell(project, label="Mine")
    address = f"/cells/{cell.refcode}/edit/"
    entry = as_editor.get(address).context["entry"]
    fields = entry.state.fields | {"seen": entry.mark(), "project": str(public_project.pk)}
    assert post(as_editor, [], address, **fields).status_code == 422  # type: ignore[attr-defined]
    assert Cell.objects.get().project == project


def test_a_batch_of_the_material_is_chosen(project: Project, as_editor: Client) -> None:
    material = factories.make_material(project, "LPSC", kind="solid_electrolyte")
    batch = save_record(Batch(material=material, lot="L7"), by=None)
    other = save_record(Batch(material=factories.make_material(project), lot="X1"), by=None)
    row = {"role": "sample", "substance": "LPSC"}
    assert post(as_editor, [row | {"batch": str(other.pk)}], **cell_fields(project)).status_code == 422  # type: ignore[attr-defined]
    assert post(as_editor, [row | {"batch": str(batch.pk)}], **cell_fields(project)).status_code == 302  # type: ignore[attr-defined]
    assert Layer.objects.get().batch == batch


@pytest.mark.usefixtures("materials")
def test_the_last_used_project_is_preselected(project: Project, as_editor: Client, editor: User) -> None:
    assert as_editor.get(NEW).context["entry"].state.fields["project"] == str(project.pk)
    second = factories.make_project(name="Second")
    save_record(factories.Membership(project=second, user=editor, role="owner"), by=None)
    assert as_editor.get(f"{NEW}?start=blank").context["entry"].state.fields["project"] == ""
    post(as_editor, **cell_fields(project))
    assert as_editor.get(f"{NEW}?start=blank").context["entry"].state.fields["project"] == str(project.pk)


@pytest.mark.usefixtures("materials")
def test_the_number_of_queries_does_not_grow_with_the_layers(
    project: Project, as_editor: Client, django_assert_max_num_queries: object
) -> None:
    post(as_editor, **cell_fields(project), action="refresh")
    for address in (NEW, f"{NEW}preview/"):
        counts = []
        for repeats in (1, 8):
            with django_assert_max_num_queries(40) as captured:  # type: ignore[operator]
                post(as_editor, FULL_CELL * repeats, address, **cell_fields(project), action="refresh")
            counts.append(len(captured))
        assert counts[0] == counts[1], (address, counts)
