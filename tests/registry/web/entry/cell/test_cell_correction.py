"""Correction of a cell on pages, and conflicts with changes made meanwhile."""

import pytest
from django.contrib.auth.models import User
from django.test import Client

from registry.models import Batch, Cell, Layer, Project
from registry.services.record import save_record
from tests import factories
from tests.registry.web.entry.cell.test_cell import cell_fields, post
from tests.registry.web.entry.conftest import form_data


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
    conflict = response.context["entry"].conflict  # type: ignore[attr-defined]
    assert [(item.stored, item.typed) for item in conflict.differences] == [("changed meanwhile", "mine")]
    assert Cell.objects.get().notes == "changed meanwhile"
    cell.notes = "changed again"
    save_record(cell, by=None)
    data = form_data("layers", entry.state.rows, action=conflict.action, **fields)
    assert as_editor.post(address, data).status_code == 422
    data["action"] = as_editor.post(address, data).context["entry"].conflict.action
    assert as_editor.post(address, data).status_code == 302
    assert Cell.objects.get().notes == "mine"
    assert list(Cell.history.order_by("-history_id").values_list("notes", flat=True)[:2]) == ["mine", "changed again"]


@pytest.mark.usefixtures("materials")
def test_a_conflict_names_layers_and_choices(project: Project, as_editor: Client) -> None:
    post(as_editor, **cell_fields(project))
    cell = Cell.objects.get()
    address = f"/cells/{cell.refcode}/edit/"
    entry = as_editor.get(address).context["entry"]
    fields = entry.state.fields | {"seen": entry.mark(), "format": "pouch"}
    cathode, separator, _ = entry.state.rows
    rows = [cathode | {"thickness": "50 µm"}, separator, {"role": "anode", "substance": "Lithium"}]
    save_record(cell.layers.get(role="separator"), by=None)
    conflict = post(as_editor, rows, address, **fields).context["entry"].conflict  # type: ignore[attr-defined]
    assert [(item.label, item.stored, item.typed) for item in conflict.differences] == [
        ("Format", "Die cell", "Pouch cell"),
        ("Cathode: Thickness", "40 µm", "50 µm"),
        ("Anode", "does not exist", "entered"),
        ("Row Lithium", "entered", "does not exist"),
    ]


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
