"""Notes of records in a page."""

import pytest
from django.contrib.auth.models import User
from django.test import Client
from rest_framework.test import APIClient

from registry.models import Batch, Project
from registry.services.record import save_record
from registry.templatetags.notes import notes
from tests import factories

TEXT = "# Drying\n\nat **120 °C**"
HTML = "h{}>Drying</h{}>\n<p>at <strong>120 °C</strong></p>"


def test_notes_are_markdown_and_absent_if_there_are_none() -> None:
    assert notes("*dry*", 3) == '<div class="notes"><p><em>dry</em></p>\n</div>'
    assert notes(" \n") == ""


def test_pages_show_the_notes_of_their_records(public_project: Project, client: Client) -> None:
    material = factories.make_material(public_project, notes=TEXT)
    save_record(Batch(material=material, lot="L1", notes=TEXT), by=None)
    formulation = factories.make_formulation(public_project, (material, "active", "100 %"), notes=TEXT, process=TEXT)
    setup = factories.make_setup(public_project, notes=TEXT)
    publication = factories.make_publication(public_project, notes=TEXT)
    cell = factories.make_cell(public_project, notes=TEXT)
    factories.make_measurement(cell, notes=TEXT)
    group = factories.make_group(public_project, cell, notes=TEXT)
    public_project.description = TEXT
    save_record(public_project, by=None)
    for address, levels in (
        (f"/materials/{material.pk}/", [2, 3]),
        (f"/formulations/{formulation.pk}/", [2, 2]),
        (f"/setups/{setup.pk}/", [2]),
        (f"/publications/{publication.pk}/", [2]),
        (f"/groups/{group.pk}/", [2]),
        (f"/projects/{public_project.slug}/", [2]),
        (f"/cells/{cell.refcode}/", [4, 4]),
    ):
        page = client.get(address).content.decode()
        assert page.count("at <strong>120 °C</strong>") == len(levels), address
        assert all(HTML.format(level, level) in page for level in levels), address


def test_the_api_keeps_the_text_as_typed(public_project: Project) -> None:
    cell = factories.make_cell(public_project, notes=TEXT)
    assert APIClient().get(f"/api/cells/{cell.refcode}/").json()["notes"] == TEXT


@pytest.mark.parametrize("address", ["/cells/new/", "/materials/new/", "/formulations/new/", "/projects/new/"])
def test_forms_say_that_markdown_works(client: Client, colleague: User, address: str) -> None:
    client.force_login(colleague)
    assert "Markdown: **bold**" in client.get(address).content.decode()
