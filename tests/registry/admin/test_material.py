"""Materials with synonyms and batches."""

from django.urls import reverse

from registry.models import Batch, Material, Synonym
from tests import factories


def add_material(browser, project, fields=(), **rows):
    data = {"project": project.pk, "name": "Li6PS5Cl", "kind": "solid_electrolyte"} | dict(fields)
    return browser.fill(reverse("admin:registry_material_add"), data, rows)


def test_saves_a_material_with_synonyms_and_batches(browser, project, colleague):
    rows = {
        "synonyms": [{"name": "LPSCl"}, {"name": "LPSC"}],
        "batches": [{"lot": "7", "median_particle_size": "4.5 µm"}],
    }
    assert browser.errors(add_material(browser, project, {"density": "1.64 g/cm³"}, **rows)) == {}
    material = Material.objects.get()
    assert material.density_g_cm3 == 1.64
    assert {synonym.name for synonym in material.synonyms.all()} == {"LPSCl", "LPSC"}
    assert Batch.objects.get().median_particle_size_um == 4.5
    assert Synonym.history.first().history_user == colleague


def test_refuses_a_density_in_grams_and_saves_nothing(browser, project):
    errors = browser.errors(add_material(browser, project, {"density": "1.64 g"}, synonyms=[{"name": "LPSCl"}]))
    assert "is a mass" in errors["density"][0]
    assert not Synonym.objects.exists()


def test_refuses_a_second_material_of_the_same_name(browser, project):
    factories.make_material(project, "li6ps5cl")
    assert "already has a material" in str(browser.errors(add_material(browser, project)))


def test_refuses_to_delete_a_batch_in_use(browser, project):
    from registry.models import Layer
    from registry.services.record import save_record

    material = factories.make_material(project)
    batch = save_record(Batch(material=material, lot="7"), by=None)
    factories.make_cell(project, [Layer(position=1, role="sample", material=material, batch=batch)])
    url = reverse("admin:registry_material_change", args=[material.pk])
    response = browser.fill(url, {"batches-0-DELETE": "on"})
    assert response.status_code == 200
    assert Batch.objects.exists()
