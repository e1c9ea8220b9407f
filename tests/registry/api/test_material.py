"""The API of materials, synonyms and batches."""

from rest_framework.test import APIClient

from registry.models import Material, MaterialKind, Project
from tests import factories


def test_a_variant_is_created_with_its_synonyms(api: APIClient, project: Project) -> None:
    parent = factories.make_material(project, "Li6PS5Cl", kind="solid_electrolyte")
    payload = {
        "project": "lab",
        "name": "L-LPSCl",
        "kind": "solid_electrolyte",
        "variant_of": parent.pk,
        "synonyms": ["LPSC", "LPSCI"],
        "density": "1.64 g/cm³",
        "median_particle_size_um": 4.5,
    }
    response = api.post("/api/materials/", payload)
    assert response.status_code == 201, response.json()
    shown = response.json()
    assert (shown["synonyms"], shown["variant_of"]) == (["LPSC", "LPSCI"], parent.pk)
    assert (shown["density_g_cm3"], shown["median_particle_size"]) == (1.64, "4.5 µm")


def test_synonyms_are_replaced(api: APIClient, project: Project) -> None:
    url = f"/api/materials/{factories.make_material(project, 'Li6PS5Cl').pk}/"
    assert api.patch(url, {"synonyms": ["LPSC", "LPSCl"]}).json()["synonyms"] == ["LPSC", "LPSCl"]
    assert api.patch(url, {"synonyms": ["LPSCl", "argyrodite"]}).json()["synonyms"] == ["LPSCl", "argyrodite"]
    assert api.patch(url, {"notes": "stored dry"}).json()["synonyms"] == ["LPSCl", "argyrodite"]


def test_a_repeated_synonym_is_rejected_and_nothing_is_saved(api: APIClient, project: Project) -> None:
    payload = {"project": "lab", "name": "x", "kind": "binder", "synonyms": ["PTFE", "ptfe"]}
    response = api.post("/api/materials/", payload)
    assert (response.status_code, list(response.json()["fields"])) == (400, ["synonyms"])
    assert not Material.objects.exists()


def test_a_duplicate_name_is_rejected(api: APIClient, project: Project) -> None:
    factories.make_material(project, "NCM90")
    response = api.post("/api/materials/", {"project": "lab", "name": "ncm90", "kind": "binder"})
    assert response.status_code == 400
    assert "already" in response.json()["error"]


def test_a_material_in_use_cannot_be_deleted(api: APIClient, project: Project) -> None:
    cell = factories.make_pellet(project)
    material = cell.layers.get().material
    response = api.delete(f"/api/materials/{material.pk}/")
    assert response.status_code == 400
    assert "in use" in response.json()["error"]
    assert Material.objects.filter(pk=material.pk).exists()


def test_a_material_is_found_once_by_several_synonyms(api: APIClient, project: Project) -> None:
    material = factories.make_material(project, "Li6PS5Cl")
    api.patch(f"/api/materials/{material.pk}/", {"synonyms": ["LPSC", "LPSCl"]})
    assert api.get("/api/materials/?synonym=lpscl&synonym=LPSC").json()["count"] == 1


def test_a_batch_is_created(api: APIClient, project: Project) -> None:
    material = factories.make_material(project, "NCM90")
    payload = {"material": material.pk, "lot": "7", "received_on": "2025-03-01", "median_particle_size": "4 µm"}
    response = api.post("/api/batches/", payload)
    assert response.status_code == 201, response.json()
    assert (response.json()["material_name"], response.json()["median_particle_size_um"]) == ("NCM90", 4.0)
    assert api.get(f"/api/batches/?material={material.pk}").json()["count"] == 1
    again = api.post("/api/batches/", payload)
    assert "already" in again.json()["error"]


def test_moving_a_material_requires_a_role_in_both_projects(api: APIClient, project: Project) -> None:
    factories.make_project(slug="elsewhere", visibility="public")
    url = f"/api/materials/{factories.make_material(project).pk}/"
    assert api.patch(url, {"project": "elsewhere"}).status_code == 403
    assert api.get(url).json()["project"] == "lab"


def test_a_wrong_kind_is_refused_with_all_kinds(api: APIClient, project: Project) -> None:
    response = api.post("/api/materials/", {"project": "lab", "name": "LPSCl", "kind": "electrolite"})
    assert (response.status_code, response.json()["codes"]) == (400, {"kind": ["invalid_choice"]})
    assert all(kind in response.json()["error"] for kind in MaterialKind.values)
