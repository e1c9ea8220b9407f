"""Records are deleted after a question, unless another record uses them."""

from typing import Any

import pytest
from django.contrib.auth.models import User
from django.test import Client

from registry.models import Cell, Layer, Material, Project
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
    page = as_editor.post(f"/delete/material/{material.pk}/", follow=True)
    assert [message.level_tag for message in page.context["messages"]] == ["error"]
    assert Material.objects.exists()


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
