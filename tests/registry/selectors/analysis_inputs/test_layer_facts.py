"""Facts of layers that follow from their ingredients, and the ends of bounds."""

import pytest

from analyses.uncertainty import Estimate
from registry.models import Layer, Project
from registry.selectors.analysis_inputs.facts import Facts, measurement_facts, measurements_with_inputs
from registry.services.record import save_record
from tests import factories


def facts_of(project: Project, *, density: str, thickness: str = "60 µm") -> Facts:
    """Return the facts of a cell whose cathode is 70 % of an active material and 30 % of an electrolyte."""
    active, electrolyte = factories.make_material(project), factories.make_material(project, kind="solid_electrolyte")
    for material, text in ((active, "4.78 g/cm³ (exact)"), (electrolyte, density)):
        material.density = text
        save_record(material, by=None)
    mixture = factories.make_formulation(
        project, (active, "active", "70 wt% (exact)"), (electrolyte, "electrolyte", "30 wt% (exact)")
    )
    cell = factories.make_cell(project, [Layer(position=1, role="cathode", formulation=mixture, thickness=thickness)])
    (measurement,) = measurements_with_inputs([factories.make_measurement(cell, technique="cycling").pk])
    return measurement_facts(measurement)


def test_the_density_of_a_mixture_follows_from_its_ingredients(project: Project) -> None:
    density = facts_of(project, density="1.86 g/cm³ (exact)")["layers.1.density_g_cm3"]
    assert isinstance(density, Estimate)
    assert density.magnitude == pytest.approx(100 / (70 / 4.78 + 30 / 1.86))


@pytest.mark.parametrize("density", ["", "<2 g/cm³"])
def test_a_mixture_with_an_unknown_density_has_none(project: Project, density: str) -> None:
    assert facts_of(project, density=density)["layers.1.density_g_cm3"] is None


def test_the_only_active_material_is_named(project: Project) -> None:
    assert isinstance(facts_of(project, density="")["layers.1.active_material"], str)


def test_a_bound_has_its_end_and_an_approximate_number_says_so(project: Project) -> None:
    bound = facts_of(project, density="", thickness="<60 µm")
    assert bound["layers.1.thickness_um"] == "<60 µm"
    assert bound["layers.1.thickness_um.most"] == 60.0
    assert facts_of(project, density="", thickness="~60 µm")["layers.1.thickness_um.about"] is True
