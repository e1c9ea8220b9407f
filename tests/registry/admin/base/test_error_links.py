"""What is at fault is named at the top of a page, each leading to its field."""

import pytest
from django.urls import reverse

from tests import factories


@pytest.fixture
def cell(project):
    return factories.make_pellet(project)


def faults(response):
    return [tuple(fault) for fault in response.context["faults"]]


def test_names_the_fields_of_the_record_and_of_its_rows(browser, cell):
    page = reverse("admin:registry_cell_change", args=[cell.pk])
    refused = browser.fill(page, {"label": "", "layers-0-thickness": "50"})
    assert faults(refused) == [("id_label", "Label"), ("id_layers-0-thickness", "Layer 1: Thickness")]
    text = refused.content.decode()
    assert '<a href="#id_layers-0-thickness">Layer 1: Thickness</a>' in text
    assert 'id="id_layers-0-thickness"' in text


def test_names_rows_that_do_not_go_together(browser, project):
    materials = [factories.make_material(project) for _ in range(2)]
    rows = [
        {"position": number, "material": one.pk, "role": "active", "mass_fraction": "80 %"}
        for number, one in enumerate(materials, start=1)
    ]
    page = reverse("admin:registry_formulation_add")
    refused = browser.fill(page, {"project": project.pk, "name": "Too much"}, {"ingredients": rows})
    assert faults(refused) == [("ingredients-group", "Ingredients")]
    assert 'id="ingredients-group"' in refused.content.decode()


def test_a_page_without_faults_names_none(browser, cell):
    page = browser.get(reverse("admin:registry_cell_change", args=[cell.pk]))
    assert faults(page) == []
    assert 'class="faults"' not in page.content.decode()
