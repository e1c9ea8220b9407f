import pytest

from analyses.cell.active_mass import (
    active_mass_g,
    areal_capacity_mah_cm2,
    cathode_area_cm2,
    specific_capacity_mah_g,
)
from analyses.cell.energy_density import CellLayer
from analyses.insufficient_data import InsufficientData
from analyses.uncertainty import Estimate
from tests.coded import refuses

CATHODE = CellLayer(
    Estimate.rounded(12.0, 0.05), Estimate.exact(2.0), active_fraction_percent=Estimate.rounded(70.0, 0.5)
)
CAPACITY = Estimate.rounded(18.0, 0.5)
POUCH_CATHODE = CellLayer(
    Estimate.rounded(11.2, 0.05), Estimate.exact(9.0), active_fraction_percent=Estimate.exact(80.0)
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


def test_computes_the_capacities_of_wu2025_table_4() -> None:
    """By hand: 18 mAh / (11.2 mg/cm² × 0.80 × 9 cm²) = 223 mAh/g, and 18 mAh / 9 cm² = 2.0 mAh/cm²."""
    assert round(specific_capacity_mah_g(CAPACITY, [POUCH_CATHODE]).magnitude) == 223
    assert round(areal_capacity_mah_cm2(CAPACITY, [POUCH_CATHODE.area_cm2]).magnitude, 1) == 2.0


def test_cathodes_on_both_sides_add_up() -> None:
    single, double = [POUCH_CATHODE], [POUCH_CATHODE] * 2
    assert specific_capacity_mah_g(CAPACITY, double).magnitude == pytest.approx(
        specific_capacity_mah_g(CAPACITY, single).magnitude / 2
    )
    assert areal_capacity_mah_cm2(CAPACITY, [Estimate.exact(9.0)] * 2).magnitude == pytest.approx(1.0)


def test_refuses_a_specific_capacity_without_active_fraction() -> None:
    with refuses("missing-active-mass", InsufficientData):
        specific_capacity_mah_g(CAPACITY, [CellLayer(Estimate.exact(1.0), Estimate.exact(1.0))])


def test_repeat_units_divide_the_capacity() -> None:
    assert areal_capacity_mah_cm2(CAPACITY, [POUCH_CATHODE.area_cm2], 4).magnitude == pytest.approx(0.5)
    assert round(specific_capacity_mah_g(CAPACITY, [POUCH_CATHODE], 2).magnitude) == 112


def test_refuses_an_areal_capacity_without_area() -> None:
    with refuses("missing-cathode-area", InsufficientData):
        areal_capacity_mah_cm2(CAPACITY, [])


def test_a_weighed_cathode_has_its_active_mass_whatever_its_area() -> None:
    """24 mg weighed, of 70 %: 16.8 mg, from 23.9 × 0.695 to 24.1 × 0.705."""
    weighed = CellLayer(
        CATHODE.mass_loading_mg_cm2,
        Estimate.rounded(2.0, 0.5),
        active_fraction_percent=CATHODE.active_fraction_percent,
        mass_mg=Estimate.rounded(24.0, 0.1),
    )
    mass = active_mass_g([weighed])
    assert (mass.lower, mass.magnitude, mass.upper) == pytest.approx((0.0166105, 0.0168, 0.0169905))
