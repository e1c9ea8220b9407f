"""The formulation page with its ingredients."""

import pytest
from django.urls import reverse

from registry.models import Formulation, Ingredient
from tests import factories

ADD = "admin:registry_formulation_add"


@pytest.fixture
def rows(project):
    """LTO : LPSCl : VGCF = 35 : 60 : 5, the composite of the supplement's Fig. 10."""
    ingredients = [("LTO", "active", "35 wt%"), ("LPSCl", "electrolyte", "60 wt%"), ("VGCF", "conductive", "5 wt%")]
    return [
        {
            "position": number,
            "material": factories.make_material(project, name).pk,
            "role": role,
            "mass_fraction": fraction,
        }
        for number, (name, role, fraction) in enumerate(ingredients, start=1)
    ]


def add_formulation(browser, project, rows):
    return browser.fill(reverse(ADD), {"project": project.pk, "name": "LTO composite"}, {"ingredients": rows})


def test_saves_ingredients_with_their_fractions(browser, project, rows):
    add_formulation(browser, project, rows)
    ingredients = Formulation.objects.get().ingredients.order_by("position")
    assert [ingredient.mass_fraction_percent for ingredient in ingredients] == [35, 60, 5]


def test_refuses_fractions_that_add_up_to_101_percent(browser, project, rows):
    rows[2]["mass_fraction"] = "6 wt%"
    (error,) = browser.errors(add_formulation(browser, project, rows))["ingredients"]
    assert "101 %, not 100 %: 35 wt% + 60 wt% + 6 wt%" in error
    assert (Formulation.objects.count(), Ingredient.objects.count()) == (0, 0)


def test_refuses_a_material_listed_twice_in_one_role(browser, project, rows):
    rows[2] |= {"material": rows[0]["material"], "role": "active"}
    (error,) = browser.errors(add_formulation(browser, project, rows))["ingredients"]
    assert "‘LTO’" in error
    assert not Formulation.objects.exists()


def test_refuses_a_negative_fraction(browser, project, rows):
    rows[0]["mass_fraction"] = "-35 wt%"
    assert "ingredients-0-mass_fraction" in browser.errors(add_formulation(browser, project, rows))
    assert not Formulation.objects.exists()


def test_an_unstated_fraction_can_be_empty(browser, project, rows):
    rows[0]["mass_fraction"] = ""
    assert browser.errors(add_formulation(browser, project, rows)) == {}


def test_the_list_shows_the_ingredients(browser, project, rows):
    add_formulation(browser, project, rows)
    page = browser.get(reverse("admin:registry_formulation_changelist")).content.decode()
    assert "LTO 35 wt% : LPSCl 60 wt% : VGCF 5 wt%" in page
