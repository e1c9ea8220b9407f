"""Materials."""

from django.test import Client

from registry.models import Layer, Project, Synonym
from registry.services.record import save_record
from registry.web.material import build_variant_trees
from tests import factories


def test_variants_are_listed_below_their_parent(public_project: Project, client: Client) -> None:
    parent = factories.make_material(public_project, "Li6PS5Cl", kind="solid_electrolyte")
    factories.make_material(public_project, "LPSX", kind="solid_electrolyte")
    factories.make_material(public_project, "S-LPSCl", kind="solid_electrolyte", variant_of=parent)
    nodes = client.get("/materials/").context["nodes"]
    assert [(node.material.name, node.depth) for node, _ in nodes] == [("LPSX", 0), ("Li6PS5Cl", 0), ("S-LPSCl", 1)]


def test_a_variant_of_a_hidden_material_is_a_root(public_project: Project) -> None:
    parent = factories.make_material(public_project)
    child = factories.make_material(public_project, variant_of=parent)
    assert [(node.material, node.depth) for node in build_variant_trees([child])] == [(child, 0)]


def test_a_material_shows_its_synonyms_and_numbers_as_written(public_project: Project, client: Client) -> None:
    material = factories.make_material(public_project, "Li6PS5Cl", kind="solid_electrolyte", density="1.64 g/cm^3")
    save_record(Synonym(material=material, name="LPSCI"), by=None)
    text = client.get(f"/materials/{material.pk}/").content.decode()
    assert "LPSCI" in text
    assert "1.64 g cm⁻³" in text


def test_a_private_cell_is_not_counted_among_those_that_use_a_public_material(
    public_project: Project, project: Project, client: Client
) -> None:
    material = factories.make_material(public_project, "Li")
    factories.make_cell(project, [Layer(position=1, role="anode", material=material)], label="Secret")
    response = client.get(f"/materials/{material.pk}/")
    assert response.context["cell_count"] == 0
    assert "Secret" not in response.content.decode()
