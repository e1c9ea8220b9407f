"""Entry and correction of a measurement on pages."""

import io

import pytest
from django.contrib.auth.models import User
from django.test import Client

from registry.models import AnalysisRun, Cell, Measurement, Project, Value
from registry.selectors.entry.reported_quantities import reported_values
from registry.services.files.dataset import add_file
from registry.services.tag import save_tags
from tests import factories
from tests.plugins.readers.samples import PEIS


@pytest.fixture
def cell(project: Project) -> Cell:
    return factories.make_pellet(project)


@pytest.fixture
def editor(client: Client, project: Project) -> User:
    """An editor who is not staff, signed in."""
    user = factories.make_member(project, "editor", "editor")
    client.force_login(user)
    return user


@pytest.fixture
def measurement(cell: Cell) -> Measurement:
    measurement = factories.make_measurement(cell, technique="eis", label="before", stack_pressure_mpa="10 MPa")
    factories.report(measurement, "resistance_ohm", "12.5 Ω")
    return measurement


def filled(client: Client, address: str) -> dict[str, str | list[str]]:
    """What the form of a page has in its fields."""
    entry = client.get(address).context["entry"]
    data: dict[str, str | list[str]] = {"seen": entry.mark(), **entry.state.fields}
    data["values"] = [str(index) for index in range(len(entry.state.rows))]
    for index, row in enumerate(entry.state.rows):
        data |= {f"values-{index}-{name}": text for name, text in row.items()}
    return data


def written(measurement: Measurement) -> dict[str, str]:
    return {value.quantity: value.written for value in reported_values(measurement)}


def test_an_editor_who_is_not_staff_enters_a_measurement(cell: Cell, client: Client, editor: User) -> None:
    data = {
        "technique": "eis",
        "label": "before",
        "measured_on": "2026-11-30",
        "conditions.stack_pressure_mpa": "10 MPa",
        "conditions.temperature_degc": "25 °C",
        "values": ["0", "1"],
        "values-0-quantity": "resistance_ohm",
        "values-0-written": "12.5 Ω",
        "values-1-quantity": "",
    }
    response = client.post(f"/cells/{cell.refcode}/measurements/new/", data)
    measurement = cell.measurements.get()
    assert response.headers["Location"] == measurement.get_absolute_url()
    assert (measurement.technique, measurement.label, str(measurement.measured_on)) == ("eis", "before", "2026-11-30")
    assert factories.written(measurement) == {"stack_pressure_mpa": "10 MPa", "temperature_degc": "25 °C"}
    assert written(measurement) == {"resistance_ohm": "12.5 Ω"}
    assert measurement.history.get().history_user == editor
    assert AnalysisRun.objects.filter(measurement=measurement, status="queued").exists()


def test_what_was_wrong_is_said_on_its_field_and_nothing_is_saved(cell: Cell, client: Client, editor: User) -> None:
    data = {
        "technique": "",
        "conditions.temperature_degc": "25",
        "values": ["0"],
        "values-0-quantity": "resistance_ohm",
        "values-0-written": "12.5",
    }
    response = client.post(f"/cells/{cell.refcode}/measurements/new/", data)
    assert response.status_code == 422
    fields = [problem.id for problem in response.context["entry"].problems]
    assert fields == ["id_technique", "id_conditions.temperature_degc", "id_values-0-written"]
    assert not Measurement.objects.exists()


def test_a_voltage_window_in_the_wrong_order_is_refused(cell: Cell, client: Client, editor: User) -> None:
    data = {"technique": "cycling", "conditions.voltage_lower_v": "4 V", "conditions.voltage_upper_v": "3 V"}
    response = client.post(f"/cells/{cell.refcode}/measurements/new/", data)
    assert [problem.id for problem in response.context["entry"].problems] == ["id_conditions.voltage_upper_v"]
    assert not Measurement.objects.exists()


def test_a_label_the_cell_has_already_is_refused_on_its_field(
    measurement: Measurement, client: Client, editor: User
) -> None:
    address = f"/cells/{measurement.cell.refcode}/measurements/new/"
    response = client.post(address, {"technique": "eis", "label": "before"})
    assert [problem.id for problem in response.context["entry"].problems] == ["id_label"]


def test_a_measurement_is_corrected_with_its_reason(measurement: Measurement, client: Client, editor: User) -> None:
    address = f"/measurements/{measurement.refcode}/edit/"
    data = filled(client, address)
    assert data["conditions.stack_pressure_mpa"] == "10 MPa"
    data |= {"conditions.stack_pressure_mpa": "", "conditions.temperature_degc": "60 °C", "reason": "typing error"}
    data["values-0-written"] = "12.50 Ω"
    assert client.post(address, data).status_code == 302
    assert factories.written(measurement) == {"temperature_degc": "60 °C"}
    assert written(measurement) == {"resistance_ohm": "12.50 Ω"}
    assert Value.objects.filter(measurement=measurement, is_latest=False).count() == 1
    assert measurement.history.latest("history_id").history_change_reason == "typing error"


def test_saving_without_a_change_keeps_the_values(measurement: Measurement, client: Client, editor: User) -> None:
    before = list(reported_values(measurement).values_list("pk", flat=True))
    address = f"/measurements/{measurement.refcode}/edit/"
    assert client.post(address, filled(client, address)).status_code == 302
    assert list(reported_values(measurement).values_list("pk", flat=True)) == before


def test_a_removed_row_retires_its_value(measurement: Measurement, client: Client, editor: User) -> None:
    address = f"/measurements/{measurement.refcode}/edit/"
    assert client.post(address, filled(client, address) | {"values": []}).status_code == 302
    assert written(measurement) == {}
    assert Value.objects.get(quantity="resistance_ohm").retired_by == editor


def test_a_quantity_can_be_replaced_and_reported_at_places(
    measurement: Measurement, client: Client, editor: User
) -> None:
    address = f"/measurements/{measurement.refcode}/edit/"
    data = filled(client, address) | {"values-0-at": "peak:1", "values": ["0", "1"]}
    data |= {"values-1-quantity": "resistance_ohm", "values-1-written": "20 Ω", "values-1-at": "peak:2"}
    assert client.post(address, data).status_code == 302
    assert {str(value.place): value.written for value in reported_values(measurement)} == {
        "peak:1": "12.5 Ω",
        "peak:2": "20 Ω",
    }


@pytest.mark.parametrize(
    "row",
    [
        {"quantity": "resistance_ohm", "written": "20 Ω", "at": ""},
        {"quantity": "resistance_ohm", "written": "20 Ω", "at": "second"},
        {"quantity": "nothing", "written": "20 Ω", "at": ""},
    ],
)
def test_a_row_that_cannot_be_saved_changes_nothing(
    measurement: Measurement, client: Client, editor: User, row: dict[str, str]
) -> None:
    address = f"/measurements/{measurement.refcode}/edit/"
    data = filled(client, address) | {"values": ["0", "1"], "label": "after"}
    data |= {f"values-1-{name}": text for name, text in row.items()}
    assert client.post(address, data).status_code == 422
    measurement.refresh_from_db()
    assert (measurement.label, written(measurement)) == ("before", {"resistance_ohm": "12.5 Ω"})


def test_changes_by_somebody_else_are_not_overwritten(
    measurement: Measurement, client: Client, editor: User, owner: User
) -> None:
    address = f"/measurements/{measurement.refcode}/edit/"
    data = filled(client, address)
    factories.report(measurement, "resistance_ohm", "13 Ω")
    assert client.post(address, data).status_code == 422
    assert written(measurement) == {"resistance_ohm": "13 Ω"}
    conflict = client.post(address, data).context["entry"].conflict
    assert client.post(address, data | {"action": conflict.action}).status_code == 302
    assert written(measurement) == {"resistance_ohm": "12.5 Ω"}


@pytest.mark.parametrize("address", ["edit/", "delete/"])
def test_only_editors_open_and_change_a_measurement(
    measurement: Measurement, client: Client, viewer: User, outsider: User, address: str
) -> None:
    address = f"/measurements/{measurement.refcode}/{address}"
    new = f"/cells/{measurement.cell.refcode}/measurements/new/"
    assert client.get(address).status_code == client.get(new).status_code == 302
    for user, status in ((viewer, 403), (outsider, 404)):
        client.force_login(user)
        assert client.get(address).status_code == client.get(new).status_code == status
        assert client.post(address).status_code == client.post(new).status_code == status
        assert client.post(f"/measurements/{measurement.refcode}/split/").status_code == status
    assert Measurement.objects.count() == 1


def test_a_measurement_is_deleted_after_it_was_asked(measurement: Measurement, client: Client, editor: User) -> None:
    address = f"/measurements/{measurement.refcode}/delete/"
    assert client.get(address).status_code == 200
    assert Measurement.objects.exists()
    response = client.post(address, {"reason": "wrong cell"})
    assert response.headers["Location"] == measurement.cell.get_absolute_url()
    assert not Measurement.objects.exists()
    assert Measurement.history.latest("history_id").history_change_reason == "wrong cell"


def test_one_of_several_datasets_is_chosen_or_each_gets_a_measurement(cell: Cell, client: Client, editor: User) -> None:
    measurement = factories.make_measurement(cell, technique="eis")
    _, second = add_file(measurement=measurement, file=io.BytesIO(PEIS), filename="peis.mpt", by=None)
    address = f"/measurements/{measurement.refcode}/edit/"
    assert f"/measurements/{measurement.refcode}/split/" in client.get(cell.get_absolute_url()).content.decode()
    assert client.post(address, filled(client, address) | {"dataset": str(second.pk)}).status_code == 302
    measurement.refresh_from_db()
    assert measurement.dataset == second
    client.post(f"/measurements/{measurement.refcode}/split/")
    assert cell.measurements.count() == 2
    assert client.post(f"/measurements/{measurement.refcode}/split/").status_code == 302


def test_the_cell_page_links_to_entry_for_editors_alone(
    measurement: Measurement, client: Client, editor: User, viewer: User
) -> None:
    addresses = (
        f"/measurements/{measurement.refcode}/edit/",
        f"/cells/{measurement.cell.refcode}/measurements/new/",
    )
    text = client.get(measurement.cell.get_absolute_url()).content.decode()
    assert all(address in text for address in addresses)
    client.force_login(viewer)
    text = client.get(measurement.cell.get_absolute_url()).content.decode()
    assert not any(address in text for address in addresses)


@pytest.mark.usefixtures("editor")
def test_set_ups_of_simulated_cells_are_not_offered(cell: Cell, client: Client) -> None:
    other = factories.make_project(slug="models", name="Models", visibility="public")
    model = factories.make_cell(other, label="Model", origin="simulated")
    simulated, unused = (factories.make_setup(other, name=name) for name in ("Of a model", "Unused"))
    factories.make_measurement(model, setup=simulated)
    own = factories.make_setup(cell.project, name="Press")
    form = client.get(f"/cells/{cell.refcode}/measurements/new/").context["entry"].form
    assert list(form.fields["setup"].queryset) == [own, unused]


def test_tags_are_entered_and_corrected_in_the_form(cell: Cell, client: Client, editor: User) -> None:
    address = f"/cells/{cell.refcode}/measurements/new/"
    assert client.post(address, {"technique": "eis", "label": "x", "tags": "dry room, , shorted,"}).status_code == 302
    measurement = cell.measurements.get()
    assert [tag.name for tag in measurement.tags.all()] == ["dry room", "shorted"]
    address = f"/measurements/{measurement.refcode}/edit/"
    data = filled(client, address)
    assert data["tags"] == "dry room, shorted"
    assert client.get(address).context["entry"].project_key == str(cell.project_id)
    refused = client.post(address, data | {"tags": "x" * 41})
    assert (refused.status_code, bool(refused.context["entry"].form.problem("tags"))) == (422, True)
    save_tags(measurement, ["dry room", "noisy"], by=editor)
    conflict = client.post(address, data | {"tags": "new"}).context["entry"].conflict
    assert [(item.stored, item.typed) for item in conflict.differences] == [("dry room, noisy", "new")]
    data = filled(client, address)
    assert client.post(address, data | {"tags": "noisy", "reason": "typing error"}).status_code == 302
    assert [tag.name for tag in measurement.tags.all()] == ["noisy"]
    del data["tags"]
    assert client.post(address, data | {"seen": client.get(address).context["entry"].mark()}).status_code == 302
    assert [tag.name for tag in measurement.tags.all()] == ["noisy"]


def test_the_summary_of_a_folded_measurement_shows_its_tags(cell: Cell, client: Client, editor: User) -> None:
    measurements = [
        factories.make_measurement(cell, technique="eis", label=label, stack_pressure_mpa=f"{label} MPa")
        for label in ("10", "20")
    ]
    for measurement in measurements:
        factories.report(measurement, "resistance_ohm", "12.5 Ω")
        save_tags(measurement, ["shorted"], by=editor)
    page = client.get(cell.get_absolute_url()).content.decode()
    refcode = measurements[0].refcode
    summary = page.partition(f'id="{refcode}"><summary>')[2].partition("</summary>")[0]
    assert 'class="tagged">shorted<' in summary
    data = {"removed": "shorted"}
    for fields, number in ((data, 0), (data | {"folded": "1"}, 1)):
        answer = client.post(f"/measurements/{refcode}/tags/", fields, headers={"HX-Request": "true"}).content.decode()
        assert answer.count("hx-swap-oob") == number


def test_quantities_of_the_technique_come_first(cell: Cell, client: Client, editor: User) -> None:
    address = f"/cells/{cell.refcode}/measurements/new/"
    data = {"technique": "eis", "label": "x", "action": "rows:add"}
    (row,) = client.post(address, data).context["entry"].row_forms
    (empty, _), (_, first), *groups = row.fields["quantity"].choices
    slugs = [slug for slug, _ in first]
    assert (empty, "resistance_ohm" in slugs, "specific_capacity_mah_g" in slugs) == ("", True, False)
    others = [slug for _, choices in groups for slug, _ in choices]
    assert "specific_capacity_mah_g" in others
    assert not set(slugs) & set(others)
    (row,) = client.post(address, data | {"technique": ""}).context["entry"].row_forms
    assert all(name for _, name in row.fields["quantity"].choices)
