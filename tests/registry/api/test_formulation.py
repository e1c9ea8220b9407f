"""Formulations over the API."""

import pytest
from rest_framework.test import APIClient

from registry.models import Formulation, Material, Project
from tests import factories


@pytest.fixture
def materials(project: Project) -> list[Material]:
    return [factories.make_material(project, name) for name in ("LTO", "LPSCl", "VGCF")]


def ingredients(materials: list[Material], *fractions: str) -> list[dict]:
    roles = ("active", "electrolyte", "conductive")
    return [
        {"material": material.pk, "role": role, "mass_fraction": fraction}
        for material, role, fraction in zip(materials, roles, fractions, strict=True)
    ]


def test_enters_a_formulation(api: APIClient, materials: list[Material]) -> None:
    sent = {"project": "lab", "name": "mix", "ingredients": ingredients(materials, "35 %", "60 %", "5 %")}
    answer = api.post("/api/formulations/", sent)
    assert answer.status_code == 201, answer.json()
    shown = answer.json()["ingredients"]
    assert [(item["position"], item["material_name"], item["mass_fraction_percent"]) for item in shown] == [
        (1, "LTO", 35.0),
        (2, "LPSCl", 60.0),
        (3, "VGCF", 5.0),
    ]


def test_refuses_fractions_that_add_up_to_101_percent(api: APIClient, materials: list[Material]) -> None:
    sent = {"project": "lab", "name": "mix", "ingredients": ingredients(materials, "35.0 %", "60.0 %", "6.0 %")}
    answer = api.post("/api/formulations/", sent)
    assert answer.status_code == 400
    assert "add up to 101 %, not 100 %" in answer.json()["error"]
    assert not Formulation.objects.exists()


def test_keeps_the_ingredients_when_none_are_sent(api: APIClient, materials: list[Material]) -> None:
    sent = {"project": "lab", "name": "mix", "ingredients": ingredients(materials, "35 %", "60 %", "5 %")}
    address = f"/api/formulations/{api.post('/api/formulations/', sent).json()['id']}/"
    assert len(api.patch(address, {"process": "ball-milled"}).json()["ingredients"]) == 3
    assert api.patch(address, {"ingredients": []}).json()["ingredients"] == []


def test_finds_formulations_of_a_material(api: APIClient, materials: list[Material]) -> None:
    sent = {"project": "lab", "name": "mix", "ingredients": ingredients(materials, "35 %", "60 %", "5 %")}
    api.post("/api/formulations/", sent)
    assert api.get(f"/api/formulations/?material={materials[0].pk}").json()["count"] == 1
    assert api.get("/api/formulations/?material=0").json()["count"] == 0


def test_refuses_an_ingredient_by_its_number(api: APIClient, materials: list[Material]) -> None:
    sent = ingredients(materials, "35 %", "60", "5 %")
    answer = api.post("/api/formulations/", {"project": "lab", "name": "mix", "ingredients": sent})
    assert answer.status_code == 400
    assert "has no unit" in answer.json()["fields"]["ingredients.2.mass_fraction"][0]
