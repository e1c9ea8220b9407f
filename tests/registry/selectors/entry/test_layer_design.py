"""What follows from layers that are not saved. Known answers: loading × area and so on, by hand."""

import pytest

from registry.models import Layer, Project
from registry.selectors.entry.layer_design import DesignNumber, list_design_numbers
from tests import factories


def numbers_of(*layers: Layer) -> dict[tuple[int, str], DesignNumber]:
    for position, layer in enumerate(layers, start=1):
        layer.position = position
    return {(number.position, number.name): number for number in list_design_numbers(layers)}


def test_numbers_of_a_full_cell(project: Project) -> None:
    active = factories.make_material(project, "NCM", theoretical_capacity="200 mAh/g", density="4.7 g/cm³ (exact)")
    lithium = factories.make_material(project, "Li", theoretical_capacity="3861 mAh/g", kind="active_material")
    numbers = numbers_of(
        Layer(role="cathode", material=active, mass_loading="10 mg/cm²", area="2.0 cm²", thickness="50 µm"),
        Layer(role="anode", material=lithium, mass_loading="5.0 mg/cm²"),
    )
    assert numbers[1, "mass"].estimate.magnitude == pytest.approx(20.0)
    assert numbers[1, "areal capacity"].estimate.magnitude == pytest.approx(2.0)
    assert numbers[1, "density"].estimate.magnitude == pytest.approx(2.0)
    assert numbers[1, "porosity"].estimate.magnitude == pytest.approx(100 * (1 - 2.0 / 4.7))
    assert numbers[0, "N:P ratio"].estimate.magnitude == pytest.approx(5 * 3861 / (10 * 200))


def test_a_mass_that_was_weighed_keeps_its_own_bounds(project: Project) -> None:
    active = factories.make_material(project, "NCM")
    numbers = numbers_of(Layer(role="cathode", material=active, mass_loading="10 mg on ⌀10 mm", area="⌀10 mm"))
    mass = numbers[1, "active mass"].estimate
    assert (mass.lower, mass.magnitude, mass.upper) == (pytest.approx(9.5), pytest.approx(10), pytest.approx(10.5))
    assert (1, "mass") not in numbers
    assert (1, "areal mass") in numbers


@pytest.mark.parametrize(("thickness", "is_too_dense"), [("650 µm", True), ("900 µm", False)])
def test_a_layer_denser_than_its_crystal_is_named(project: Project, thickness: str, is_too_dense: bool) -> None:
    """100 mg on a disc of 10 mm, 650 µm thick, are 1.96 g/cm³; the crystal has 1.64 g/cm³."""
    solid = factories.make_material(project, "Li6PS5Cl", density="1.64 g/cm³")
    pellet = Layer(role="sample", material=solid, mass_loading="100 mg on ⌀10 mm", area="⌀10 mm", thickness=thickness)
    numbers = numbers_of(pellet)
    assert bool(numbers[1, "density"].warning) is is_too_dense
    assert ((1, "porosity") in numbers) is not is_too_dense


def test_nothing_follows_from_bounds_and_missing_numbers(project: Project) -> None:
    active = factories.make_material(project, "NCM")
    assert numbers_of() == {}
    assert numbers_of(Layer(role="cathode", material=active, mass_loading="<10 mg/cm²", area="not reported")) == {}


def test_a_mass_entered_with_its_uncertainty_is_one_cause(project: Project) -> None:
    active = factories.make_material(project, "NCM")
    layer = Layer(role="cathode", material=active, mass_loading="10.00(5) mg on ⌀10.000(25) mm", area="⌀10.000(25) mm")
    numbers = numbers_of(layer)
    mass = numbers[1, "active mass"].estimate
    assert mass.standard_uncertainty == pytest.approx(0.05)
    assert [part.name for part in mass.components] == ["mass"]
