"""Entry and correction of cells by everyone with a role in a project."""

import pytest
from django.contrib.auth.models import User
from django.test import Client

from registry.models import Batch, Cell, Draft, Layer, Project
from registry.selectors.entry.setup_choice import list_setup_choices
from registry.services.record import save_record
from registry.web.entry.cell.cell_start import list_like_choices
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
    text, state, remedies = answer["echoes"]["id_layers-0-amount"]
    assert remedies == []
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
@pytest.mark.parametrize(("name", "text", "quantity"), [("amount", "-5 mg", "mass"), ("size", "-1 mm", "diameter")])
def test_an_impossible_mass_or_diameter_is_refused_as_one(
    project: Project, as_editor: Client, name: str, text: str, quantity: str
) -> None:
    rows = [dict(FULL_CELL[0], **{name: text})]
    answer = post(as_editor, rows, address=f"{NEW}preview/", **cell_fields(project)).json()  # type: ignore[attr-defined]
    shown, state, _ = answer["echoes"][f"id_layers-0-{name}"]
    assert state == "bad"
    assert f"‘{text}’" in shown
    assert quantity in shown


@pytest.mark.usefixtures("materials")
@pytest.mark.parametrize(
    ("role", "state"), [("sample", "warn"), ("cathode", "warn"), ("current_collector", ""), ("interlayer", "")]
)
def test_rounding_is_warned_about_where_a_result_depends_on_it(
    project: Project, as_editor: Client, role: str, state: str
) -> None:
    rows = [dict(FULL_CELL[0], role=role, thickness="10 µm")]
    answer = post(as_editor, rows, address=f"{NEW}preview/", **cell_fields(project)).json()  # type: ignore[attr-defined]
    shown = answer["echoes"]["id_layers-0-thickness"]
    assert shown[1] == state
    assert ("conductivity" in shown[0]) == (role == "sample")


@pytest.mark.usefixtures("materials")
def test_a_number_without_a_unit_may_be_all_that_its_field_takes(project: Project, as_editor: Client) -> None:
    rows = [dict(FULL_CELL[0], amount="~10", size="10"), dict(FULL_CELL[1], amount="10 (exact)", size="3×3")]
    answer = post(as_editor, rows, address=f"{NEW}preview/", **cell_fields(project)).json()  # type: ignore[attr-defined]
    echoes = {key.removeprefix("id_layers-"): echo for key, echo in answer["echoes"].items()}
    assert echoes["0-size"][2] == [["10 mm", "diameter"], ["10 cm²", "area"]]
    assert echoes["0-amount"][2] == [["~10 mg", "mass"], ["~10 mg cm⁻²", "loading"]]
    assert echoes["1-size"][2] == [["3×3 cm²", "area"]]
    assert echoes["1-amount"][2] == [["10 mg (exact)", "mass"], ["10 mg cm⁻² (exact)", "loading"]]
    assert [echoes[name][1] for name in ("0-size", "0-amount", "1-size", "1-amount")] == ["bad"] * 4
    assert all(f"‘{text}’ ({name})" in echoes["0-size"][0] for text, name in echoes["0-size"][2])
    refused = post(as_editor, rows, **cell_fields(project))
    assert 'data-value="10 mm"' in refused.content.decode()


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


def test_set_ups_and_cells_to_start_from_follow_the_project(
    project: Project, public_project: Project, editor: User, as_editor: Client
) -> None:
    factories.make_member(public_project, "editor", "other")
    save_record(factories.Membership(project=public_project, user=editor, role="editor"), by=None)
    expected = {}
    for item in (project, public_project):
        setup, cell = factories.make_setup(item, name=f"Die of {item}"), factories.make_cell(item)
        expected[item.pk] = (str(setup.pk), cell.refcode)
    for item in (project, public_project):
        answer = post(as_editor, [], f"{NEW}preview/", **cell_fields(item)).json()  # type: ignore[attr-defined]
        setups, likes = answer["choices"]["id_setup"], answer["choices"]["like"]
        assert (setups[1][0], likes[0][0]) == expected[item.pk]


def test_a_name_that_is_too_long_is_not_cut(project: Project, as_editor: Client) -> None:
    page = as_editor.get(NEW).content.decode()
    assert 'maxlength="160"' not in page
    fields = cell_fields(project, label="x" * 161)
    answer = post(as_editor, [], f"{NEW}preview/", **fields).json()  # type: ignore[attr-defined]
    text, state, _ = answer["echoes"]["id_label"]
    assert (state, "160" in text, "161" in text) == ("bad", True, True)


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


@pytest.mark.usefixtures("materials")
def test_simulated_cells_and_set_ups_are_offered_only_in_their_project(project: Project, editor: User) -> None:
    other = factories.make_project(slug="models", name="Models", visibility="public")
    cell = factories.make_cell(other, label="Model", origin="simulated")
    setup, unused = (factories.make_setup(other, name=name) for name in ("Of a model", "Unused"))
    own = factories.make_setup(project, name="Press")
    factories.make_measurement(cell, setup=setup)
    measured = factories.make_cell(other, label="Measured")
    assert list_like_choices(editor, project) == [measured]
    assert list_like_choices(editor, other) == [measured, cell]
    assert list(list_setup_choices(editor, project, "")) == [own, unused]
    assert list(list_setup_choices(editor, project, str(setup.pk))) == [own, setup, unused]
    assert list(list_setup_choices(editor, other, "")) == [setup, unused, own]


@pytest.mark.usefixtures("materials")
def test_a_number_with_a_comma_or_without_its_only_unit_has_a_button(project: Project, as_editor: Client) -> None:
    rows = [
        dict(FULL_CELL[0], amount="9,5 mg", size="10,0 mm", thickness="40"),
        {"role": "anode", "thickness": "1,000 µm"},
    ]
    answer = post(as_editor, rows, address=f"{NEW}preview/", **cell_fields(project)).json()  # type: ignore[attr-defined]
    echoes = {key.removeprefix("id_layers-"): echo for key, echo in answer["echoes"].items()}
    assert echoes["0-size"][1:] == ["bad", [["10.0 mm", ""]]]
    assert echoes["0-amount"][2] == [["9.5 mg", ""]]
    assert echoes["0-thickness"][2] == [["40 µm", ""]]
    assert echoes["1-thickness"][2] == [["1000 µm", ""], ["1.000 µm", ""]]
