import pytest

from analyses.cell.energy_density import CellLayer, cell_mass_mg
from analyses.cell.repeat_units import LayerCount, layer_counts
from analyses.insufficient_data import InsufficientData
from analyses.uncertainty import Estimate
from tests.coded import refuses


def test_without_shared_collectors_each_layer_is_in_each_unit() -> None:
    assert layer_counts(3, [1, None, 1]) == (LayerCount(3.0),) * 3


@pytest.mark.parametrize(("units", "count"), [(1, 1.0), (2, 1.0), (3, 2.0), (10, 5.0)])
def test_two_units_share_a_collector(units: int, count: float) -> None:
    """Three units: one whole collector between two of them, and that of the third with a bare side."""
    assert layer_counts(units, [2, None, 1]) == (LayerCount(count), LayerCount(units), LayerCount(units))


@pytest.mark.parametrize("units", [1, 3, 5])
def test_two_shared_collectors_alternate_in_an_odd_stack(units: int) -> None:
    first, _, second = layer_counts(units, [2, None, 2])
    assert first == second == LayerCount((units + 1) / 2)


def test_the_outer_collector_of_an_even_stack_is_within_the_bounds() -> None:
    """Two units have three collectors: Al Cu Al, 4 + 9 + 4 = 17 mg, or Cu Al Cu, 22 mg; 19.5 mg in the middle."""
    foils = [
        CellLayer(Estimate.exact(mass), Estimate.exact(1.0), count=count)
        for mass, count in zip((4.0, 9.0), layer_counts(2, [2, 2]), strict=True)
    ]
    mass = cell_mass_mg(foils)
    assert (mass.lower, mass.magnitude, mass.upper) == (17.0, 19.5, 22.0)


def test_at_most_two_layers_are_shared() -> None:
    with refuses("too-many-shared-collectors", InsufficientData, count=3):
        layer_counts(2, [2, 2, 2])


def test_there_is_a_repeat_unit() -> None:
    with refuses("no-repeat-units", InsufficientData):
        layer_counts(0, [None])
