"""Materials, synonyms and batches over the API."""

from rest_framework.test import APIClient

from registry.models import Material, Project
from tests import factories


def test_enters_a_variant_with_its_synonyms(api: APIClient, project: Project) -> None:
    parent = factories.make_material(project, "Li6PS5Cl", kind="solid_electrolyte")
    sent = {
        "project": "lab",
        "name": "L-LPSCl",
        "kind": "solid_electrolyte",
        "variant_of": parent.pk,
        "synonyms": ["LPSC", "LPSCI"],
        "density": "1.64 g/cm³",
        "median_particle_size_um": 4.5,
    }
    answer = api.post("/api/materials/", sent)
    assert answer.status_code == 201, answer.json()
    shown = answer.json()
    assert (shown["synonyms"], shown["variant_of"]) == (["LPSC", "LPSCI"], parent.pk)
    assert (shown["density_g_cm3"], shown["median_particle_size"]) == (1.64, "4.5 µm")


def test_synonyms_sent_are_all_there_are(api: APIClient, project: Project) -> None:
    address = f"/api/materials/{factories.make_material(project, 'Li6PS5Cl').pk}/"
    assert api.patch(address, {"synonyms": ["LPSC", "LPSCl"]}).json()["synonyms"] == ["LPSC", "LPSCl"]
    assert api.patch(address, {"synonyms": ["LPSCl", "argyrodite"]}).json()["synonyms"] == ["LPSCl", "argyrodite"]
    assert api.patch(address, {"notes": "kept dry"}).json()["synonyms"] == ["LPSCl", "argyrodite"]


def test_refuses_a_synonym_twice_and_saves_nothing(api: APIClient, project: Project) -> None:
    sent = {"project": "lab", "name": "x", "kind": "binder", "synonyms": ["PTFE", "ptfe"]}
    answer = api.post("/api/materials/", sent)
    assert answer.status_code == 400
    assert "listed twice" in answer.json()["fields"]["synonyms"][0]
    assert not Material.objects.exists()


def test_refuses_a_name_the_project_has(api: APIClient, project: Project) -> None:
    factories.make_material(project, "NCM90")
    answer = api.post("/api/materials/", {"project": "lab", "name": "ncm90", "kind": "binder"})
    assert answer.status_code == 400
    assert "already has a material" in answer.json()["error"]


def test_refuses_to_delete_a_material_in_use(api: APIClient, project: Project) -> None:
    cell = factories.make_pellet(project)
    material = cell.layers.get().material
    answer = api.delete(f"/api/materials/{material.pk}/")
    assert answer.status_code == 400
    assert "is in use by" in answer.json()["error"]
    assert Material.objects.filter(pk=material.pk).exists()


def test_finds_a_material_by_synonym_once(api: APIClient, project: Project) -> None:
    material = factories.make_material(project, "Li6PS5Cl")
    api.patch(f"/api/materials/{material.pk}/", {"synonyms": ["LPSC", "LPSCl"]})
    assert api.get("/api/materials/?synonym=lpscl&synonym=LPSC").json()["count"] == 1


def test_enters_a_batch(api: APIClient, project: Project) -> None:
    material = factories.make_material(project, "NCM90")
    sent = {"material": material.pk, "lot": "7", "received_on": "2025-03-01", "median_particle_size": "4 µm"}
    answer = api.post("/api/batches/", sent)
    assert answer.status_code == 201, answer.json()
    assert (answer.json()["material_name"], answer.json()["median_particle_size_um"]) == ("NCM90", 4.0)
    assert api.get(f"/api/batches/?material={material.pk}").json()["count"] == 1
    again = api.post("/api/batches/", sent)
    assert "already has a batch" in again.json()["error"]


def test_moves_a_material_only_with_a_role_in_both_projects(api: APIClient, project: Project) -> None:
    factories.make_project(slug="elsewhere", visibility="public")
    address = f"/api/materials/{factories.make_material(project).pk}/"
    assert api.patch(address, {"project": "elsewhere"}).status_code == 403
    assert api.get(address).json()["project"] == "lab"
