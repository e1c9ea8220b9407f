"""Records are deleted after a question, unless another record uses them."""

from typing import Any

import pytest
from django.contrib.auth.models import User
from django.test import Client

from registry.models import Cell, Layer, Material, Project
from registry.services.record import delete_record, save_record
from tests import factories

MAKE: dict[str, Any] = {
    "cell": factories.make_cell,
    "material": factories.make_material,
    "formulation": factories.make_formulation,
    "setup": factories.make_setup,
}
PLURALS = {"cell": "cells", "material": "materials", "formulation": "formulations", "setup": "setups"}


@pytest.mark.parametrize("kind", MAKE)
def test_an_editor_deletes_a_record_with_a_reason(project: Project, as_editor: Client, kind: str) -> None:
    record = MAKE[kind](project)
    key = record.refcode if kind == "cell" else record.pk
    address = f"/delete/{kind}/{record.pk}/"
    assert address in as_editor.get(f"/{PLURALS[kind]}/{key}/edit/").content.decode()
    assert as_editor.get(address).status_code == 200
    model, pk = type(record), record.pk
    assert as_editor.get(as_editor.post(address, {"reason": "entered twice"})["Location"]).status_code == 200
    assert not model.objects.exists()
    assert model.history.get(id=pk, history_type="-").history_change_reason == "entered twice"


def test_a_material_in_a_cell_stays(project: Project, as_editor: Client) -> None:
    material = factories.make_material(project, "LPSC")
    factories.make_cell(project, [Layer(position=1, role="sample", material=material)])
    address = f"/delete/material/{material.pk}/"
    question = as_editor.get(address)
    assert [name for name, _ in question.context["users"]] == [f"layer 1 of {Cell.objects.get().refcode}"]
    assert 'name="reason"' not in question.content.decode()
    page = as_editor.post(address, follow=True)
    assert [message.level_tag for message in page.context["messages"]] == ["error"]
    assert Material.objects.exists()


@pytest.mark.parametrize("kind", MAKE)
def test_the_page_of_a_deleted_record_says_so_to_those_who_saw_it(
    project: Project, as_editor: Client, outsider: User, kind: str
) -> None:
    record = MAKE[kind](project)
    page = f"/{PLURALS[kind]}/{record.refcode if kind == 'cell' else record.pk}/"
    as_editor.post(f"/delete/{kind}/{record.pk}/", {"reason": "entered twice"})
    response = as_editor.get(page)
    assert (response.status_code, response.context["deletion"].reason) == (404, "entered twice")
    as_editor.force_login(outsider)
    assert as_editor.get(page).context["deletion"] is None
    # What was deleted before its project was opened stays unknown.
    project.visibility = "public"
    save_record(project, by=None)
    assert as_editor.get(page).context["deletion"] is None


def test_a_deleted_measurement_is_known(project: Project, as_editor: Client) -> None:
    measurement = factories.make_measurement(factories.make_cell(project))
    page = f"/measurements/{measurement.refcode}/edit/"
    delete_record(measurement, by=None)
    assert as_editor.get(page).context["deletion"].name == measurement.refcode
    assert as_editor.get("/measurements/M-99999/edit/").context["deletion"] is None


def test_nobody_else_deletes(project: Project, viewer: User, outsider: User, client: Client) -> None:
    cell = factories.make_cell(project)
    address = f"/delete/cell/{cell.pk}/"
    assert client.post(address).status_code == 302
    for user, status in ((viewer, 403), (outsider, 404)):
        client.force_login(user)
        assert (client.get(address).status_code, client.post(address).status_code) == (status, status)
    assert Cell.objects.exists()


def test_other_kinds_are_not_deleted(project: Project, as_editor: Client) -> None:
    assert as_editor.post(f"/delete/project/{project.pk}/").status_code == 404
