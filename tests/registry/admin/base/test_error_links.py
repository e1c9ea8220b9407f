"""Links at the top of a form to the fields with errors."""

import pytest
from django.urls import reverse

from tests import factories


@pytest.fixture
def cell(project):
    return factories.make_pellet(project)


def field_errors(response):
    return [tuple(error) for error in response.context["field_errors"]]


def test_links_to_fields_of_the_record_and_its_rows(browser, cell):
    page = reverse("admin:registry_cell_change", args=[cell.pk])
    response = browser.fill(page, {"label": "", "layers-0-thickness": "50"})
    assert field_errors(response) == [("id_label", "Label"), ("id_layers-0-thickness", "Layer 1: Thickness")]
    text = response.content.decode()
    assert '<a href="#id_layers-0-thickness">Layer 1: Thickness</a>' in text
    assert 'id="id_layers-0-thickness"' in text


def test_links_to_the_formset(browser, project):
    materials = [factories.make_material(project) for _ in range(2)]
    rows = [
        {"position": number, "material": material.pk, "role": "active", "mass_fraction": "80 %"}
        for number, material in enumerate(materials, start=1)
    ]
    page = reverse("admin:registry_formulation_add")
    response = browser.fill(page, {"project": project.pk, "name": "Too much"}, {"ingredients": rows})
    assert field_errors(response) == [("ingredients-group", "Ingredients")]
    assert 'id="ingredients-group"' in response.content.decode()


def test_a_page_without_errors_has_no_links(browser, cell):
    page = browser.get(reverse("admin:registry_cell_change", args=[cell.pk]))
    assert field_errors(page) == []
    assert 'class="error-links"' not in page.content.decode()
