"""The page of a formulation."""

from django.test import Client

from registry.models import Layer, Project
from tests import factories


def test_lists_ingredients_in_order_and_says_which_fraction_was_not_stated(
    public_project: Project, client: Client
) -> None:
    active, additive = factories.make_material(public_project, "NCM90"), factories.make_material(public_project, "VGCF")
    made = factories.make_formulation(public_project, (active, "active", ""), (additive, "conductive", "2 wt%"))
    cell = factories.make_cell(public_project, [Layer(position=1, role="cathode", formulation=made)])
    text = client.get(f"/formulations/{made.pk}/").content.decode()
    assert text.index("NCM90") < text.index("VGCF")
    assert "not stated" in text
    assert cell.refcode in text
