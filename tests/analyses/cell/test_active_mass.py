import pytest

from analyses.cell.active_mass import active_mass_g, cathode_area_cm2
from analyses.cell.energy_density import CellLayer
from analyses.insufficient_data import InsufficientData
from analyses.uncertainty import Estimate
from tests.coded import refuses

CATHODE = CellLayer(
    Estimate.rounded(12.0, 0.05), Estimate.exact(2.0), active_fraction_percent=Estimate.rounded(70.0, 0.5)
)


def test_active_mass_is_loading_times_area_times_fraction() -> None:
    """By hand: 12 mg/cm² × 2 cm² × 0.70 = 16.8 mg, from 11.95 × 2 × 0.695 to 12.05 × 2 × 0.705."""
    mass = active_mass_g([CATHODE])
    assert mass.magnitude == pytest.approx(0.0168)
    assert (mass.lower, mass.upper) == pytest.approx((0.0166105, 0.0169905))


def test_every_cathode_of_every_repeat_unit_counts() -> None:
    assert active_mass_g([CATHODE, CATHODE], 3).magnitude == pytest.approx(6 * 0.0168)
    assert cathode_area_cm2([CATHODE.area_cm2] * 2, 3).magnitude == pytest.approx(12.0)


@pytest.mark.parametrize("cathodes", [[], [CellLayer(Estimate.exact(1.0), Estimate.exact(1.0))]])
def test_refuses_without_cathode_or_fraction(cathodes: list[CellLayer]) -> None:
    with refuses("missing-active-mass", InsufficientData):
        active_mass_g(cathodes)


@pytest.mark.parametrize("areas", [[], [Estimate.rounded(0.3, 0.5)]])
def test_refuses_without_area(areas: list[Estimate]) -> None:
    with refuses("missing-cathode-area", InsufficientData):
        cathode_area_cm2(areas)
