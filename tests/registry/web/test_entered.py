"""Where a number that was entered comes from."""

import pytest
from django.contrib.auth.models import User
from django.test import Client

from registry.models import Cell, Layer, Project
from registry.services.measurement import write_conditions
from registry.services.record import save_record
from tests import factories


@pytest.fixture
def cell(project: Project) -> Cell:
    return factories.make_pellet(project, thickness="600 µm")


def text_of(client: Client, address: str) -> str:
    response = client.get(address, headers={"HX-Request": "true"})
    assert response.status_code == 200
    assert "<html" not in response.text
    return " ".join(response.text.split())


def test_each_number_of_a_cell_page_leads_to_its_entry(cell: Cell, client: Client, owner: User) -> None:
    cell.fabrication_pressure = "360 MPa"
    save_record(cell, by=owner)
    measurement = factories.make_measurement(cell, technique="eis", temperature_degc="25 °C")
    client.force_login(owner)
    page = client.get(cell.get_absolute_url()).text
    condition = measurement.condition("temperature_degc")
    for kind, pk, field in (
        ("cell", cell.pk, "fabrication_pressure"),
        ("layer", cell.layers.get().pk, "thickness"),
        ("condition", condition.pk, "written"),
    ):
        address = f"/entered/{kind}/{pk}/{field}/"
        assert f'data-provenance="{address}"' in page
        assert client.get(address).status_code == 200


def test_an_entry_says_how_it_was_understood_by_whom_it_was_made_and_what_was_before(
    cell: Cell, client: Client, owner: User, colleague: User
) -> None:
    layer = cell.layers.get()
    layer.thickness = "620 ± 5 µm"
    save_record(layer, by=colleague, reason="measured again")
    client.force_login(owner)
    text = text_of(client, f"/entered/layer/{layer.pk}/thickness/")
    assert "620 ± 5 µm" in text
    assert "standard uncertainty" in text
    assert "Entered by colleague" in text
    assert "measured again" in text
    assert "‘600 µm’ by" in text


def test_what_changed_another_field_is_no_entry(cell: Cell, client: Client, owner: User) -> None:
    layer = cell.layers.get()
    layer.as_written = "Pellet"
    save_record(layer, by=owner, reason="named")
    client.force_login(owner)
    text = text_of(client, f"/entered/layer/{layer.pk}/thickness/")
    assert "named" not in text
    assert "Before" not in text


def test_a_condition_that_was_removed_and_entered_again_keeps_its_entries(
    cell: Cell, client: Client, owner: User
) -> None:
    measurement = factories.make_measurement(cell, technique="eis", temperature_degc="25 °C")
    for text in ("", "30 °C"):
        write_conditions(measurement, {"temperature_degc": text}, by=owner)
    client.force_login(owner)
    condition = measurement.conditions.get()
    text = text_of(client, f"/entered/condition/{condition.pk}/written/")
    assert "2 other entries" in text
    assert text.index("removed by owner") < text.index("‘25 °C’")


def test_a_reason_and_a_bound_are_named_as_such(cell: Cell, client: Client, owner: User) -> None:
    measurement = factories.make_measurement(cell, stack_pressure_mpa="Coin cell", temperature_degc="> 30 °C")
    client.force_login(owner)
    for slug, understood in (("stack_pressure_mpa", "the reason for"), ("temperature_degc", "more than 30 °C")):
        text = text_of(client, f"/entered/condition/{measurement.condition(slug).pk}/written/")
        assert f"Understood as {understood}" in text


def test_both_limits_of_a_voltage_window_are_shown(cell: Cell, client: Client, owner: User) -> None:
    measurement = factories.make_measurement(cell, voltage_lower_v="2.5 V", voltage_upper_v="4.25 V")
    client.force_login(owner)
    address = f"/entered/condition/{measurement.condition('voltage_lower_v').pk}/written/"
    assert address in client.get(cell.get_absolute_url()).text
    text = text_of(client, address)
    assert text.index("2.5 V") < text.index("4.25 V")


def test_numbers_of_materials_and_set_ups_have_entries(project: Project, client: Client, owner: User) -> None:
    material = factories.make_material(project, density="1.64 g/cm³")
    setup = factories.make_setup(project)
    client.force_login(owner)
    for record, address in (
        (f"/materials/{material.pk}/", f"/entered/material/{material.pk}/density/"),
        (f"/setups/{setup.pk}/", f"/entered/hardwaresetup/{setup.pk}/die_diameter/"),
    ):
        assert address in client.get(record).text
        assert record in client.get(address).text


@pytest.mark.parametrize(
    "address", ["layer/{}/role/", "layer/{}/cell__label/", "user/{}/password/", "layer/0/thickness/"]
)
def test_only_numbers_have_entries(cell: Cell, client: Client, owner: User, address: str) -> None:
    client.force_login(owner)
    assert client.get("/entered/" + address.format(cell.layers.get().pk)).status_code == 404


def test_strangers_see_no_entry(cell: Cell, client: Client, outsider: User) -> None:
    layer = cell.layers.get()
    for sign_in in (lambda: None, lambda: client.force_login(outsider)):
        sign_in()
        assert client.get(f"/entered/layer/{layer.pk}/thickness/").status_code in (302, 404)


def test_visitors_see_what_was_entered_since_the_project_is_public(cell: Cell, client: Client, owner: User) -> None:
    layer: Layer = cell.layers.get()
    layer.thickness = "620 µm"
    save_record(layer, by=owner)
    project = cell.project
    project.visibility = "public"
    save_record(project, by=owner)
    layer.thickness = "640 µm"
    save_record(layer, by=owner)
    text = text_of(client, f"/entered/layer/{layer.pk}/thickness/")
    assert "640 µm" in text
    assert "Entered by a member" in text
    assert "620" not in text


def test_visitors_do_not_see_who_entered_a_number_before_the_project_was_public(
    cell: Cell, client: Client, owner: User
) -> None:
    project = cell.project
    project.visibility = "public"
    save_record(project, by=owner)
    text = text_of(client, f"/entered/layer/{cell.layers.get().pk}/thickness/")
    assert "Entered before" in text
    assert "command line" not in text
