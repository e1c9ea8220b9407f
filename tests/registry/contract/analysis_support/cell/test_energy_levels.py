import pytest

from analyses.uncertainty import Estimate
from registry.contract.analysis_support.cell.cell_stack import read_stack
from registry.contract.analysis_support.cell.energy_levels import (
    LEVELS,
    EnergyLevels,
    all_of,
    level_layers,
    level_quantities,
    level_slugs,
    parts_of,
)
from registry.hookspecs import Fact, Inputs, NotComputed, Refused
from tests.coded import refuses
from tests.registry.contract.analysis_support.cell.test_cell_stack import COLLECTOR, cell

WHOLE = (COLLECTOR, "cathode", "separator", "anode", COLLECTOR)


def levels_of(inputs: Inputs) -> tuple[dict[str, float], dict[str, NotComputed]]:
    """Return what a cell of 10 mAh at 4 V has, and what it lacks."""
    levels = EnergyLevels(inputs, read_stack(inputs), Estimate.exact(10.0), Estimate.exact(4.0))
    results, lacking = levels.results()
    return {item.quantity: item.estimate.magnitude for item in results}, {item.quantity: item for item in lacking}


def test_each_level_counts_more() -> None:
    """By hand: 40 mWh over 20, 30 and 50 mg."""
    values, lacking = levels_of(cell(*WHOLE))
    densities = [values[level_slugs(level)[0]] for level in ("electrodes", "electrodes_separator", "stack")]
    assert densities == pytest.approx([2000.0, 1333.33, 800.0], abs=0.01)
    assert lacking["gravimetric_energy_density_packaged_wh_kg"].code == "missing-packaging"


@pytest.mark.parametrize(
    ("roles", "codes"),
    [
        (("cathode", "anode"), ["missing-separator"] * 2),
        (("cathode", "separator", "anode"), ["missing-current-collector"]),
        ((COLLECTOR, "cathode", "separator", "anode"), ["missing-current-collector"]),
    ],
)
def test_a_level_of_what_was_not_entered_is_not_computed(roles: tuple[str, ...], codes: list[str]) -> None:
    _, lacking = levels_of(cell(*roles))
    per_mass = [lacking[level_slugs(level)[0]].code for level in LEVELS if level_slugs(level)[0] in lacking]
    assert per_mass[: len(codes)] == codes


@pytest.mark.parametrize("middle", [(), ("separator",), ("interlayer", "separator")])
def test_a_bare_collector_is_a_side_of_its_own(middle: tuple[str, ...]) -> None:
    stack = read_stack(cell(COLLECTOR, "cathode", "separator", *middle, COLLECTOR))
    assert level_layers(stack, "stack") == stack.layers


def test_a_bound_of_the_packaging_is_not_a_number() -> None:
    facts: dict[str, Fact] = dict(cell(*WHOLE)._facts) | {"cell.packaging_mass_mg": "<900 mg"}
    _, lacking = levels_of(Inputs(facts))
    assert lacking["gravimetric_energy_density_packaged_wh_kg"].code == "only-a-bound"


def test_names_every_layer_without_a_thickness() -> None:
    stack = read_stack(cell("cathode", "separator", "anode"))
    with refuses("missing-thickness", Refused):
        parts_of(stack.layers, with_thickness=True)
    assert len(parts_of(stack.layers)) == 3


def test_a_refusal_by_itself_stays_itself() -> None:
    first, second = Refused("missing-area", "no area"), Refused("missing-thickness", "no thickness")
    assert all_of([first]) is first
    assert all_of([first, second]).parameters["count"] == 2


def test_every_level_has_its_quantities() -> None:
    slugs = {quantity.slug for quantity in level_quantities()}
    assert slugs == {slug for level in LEVELS for slug in level_slugs(level)}
