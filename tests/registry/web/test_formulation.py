"""The page of a formulation."""

from django.test import Client

from registry.models import Layer, Project
from tests import factories


def test_lists_ingredients_in_order_and_marks_missing_fractions(public_project: Project, client: Client) -> None:
    active, additive = factories.make_material(public_project, "NCM90"), factories.make_material(public_project, "VGCF")
    formulation = factories.make_formulation(public_project, (active, "active", ""), (additive, "conductive", "2 wt%"))
    cell = factories.make_cell(public_project, [Layer(position=1, role="cathode", formulation=formulation)])
    text = client.get(f"/formulations/{formulation.pk}/").content.decode()
    assert text.index("NCM90") < text.index("VGCF")
    assert "not entered" in text
    assert cell.refcode in text
