"""The API of formulations."""

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


def test_a_formulation_is_created(api: APIClient, materials: list[Material]) -> None:
    payload = {"project": "lab", "name": "mix", "ingredients": ingredients(materials, "35 %", "60 %", "5 %")}
    response = api.post("/api/formulations/", payload)
    assert response.status_code == 201, response.json()
    shown = response.json()["ingredients"]
    assert [(item["position"], item["material_name"], item["mass_fraction_percent"]) for item in shown] == [
        (1, "LTO", 35.0),
        (2, "LPSCl", 60.0),
        (3, "VGCF", 5.0),
    ]


def test_fractions_that_add_up_to_101_percent_are_rejected(api: APIClient, materials: list[Material]) -> None:
    payload = {"project": "lab", "name": "mix", "ingredients": ingredients(materials, "35.0 %", "60.0 %", "6.0 %")}
    response = api.post("/api/formulations/", payload)
    assert response.status_code == 400
    assert "101 %" in response.json()["error"]
    assert not Formulation.objects.exists()


def test_ingredients_that_are_not_sent_do_not_change(api: APIClient, materials: list[Material]) -> None:
    payload = {"project": "lab", "name": "mix", "ingredients": ingredients(materials, "35 %", "60 %", "5 %")}
    url = f"/api/formulations/{api.post('/api/formulations/', payload).json()['id']}/"
    assert len(api.patch(url, {"process": "ball-milled"}).json()["ingredients"]) == 3
    assert api.patch(url, {"ingredients": []}).json()["ingredients"] == []


def test_formulations_are_filtered_by_material(api: APIClient, materials: list[Material]) -> None:
    payload = {"project": "lab", "name": "mix", "ingredients": ingredients(materials, "35 %", "60 %", "5 %")}
    api.post("/api/formulations/", payload)
    assert api.get(f"/api/formulations/?material={materials[0].pk}").json()["count"] == 1
    assert api.get("/api/formulations/?material=0").json()["count"] == 0


def test_an_invalid_ingredient_is_named_by_its_position(api: APIClient, materials: list[Material]) -> None:
    payload = ingredients(materials, "35 %", "60", "5 %")
    response = api.post("/api/formulations/", {"project": "lab", "name": "mix", "ingredients": payload})
    assert response.status_code == 400
    assert "unit" in response.json()["fields"]["ingredients.2.mass_fraction"][0]
