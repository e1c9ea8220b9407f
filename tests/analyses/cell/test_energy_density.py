import pytest

from analyses.cell.energy_density import (
    CellLayer,
    cell_mass_mg,
    gravimetric_energy_density_wh_kg,
    layer_mass_mg,
    mass_loading_mg_cm2,
    packaged_energy_density_wh_l,
    volumetric_energy_density_wh_l,
)
from analyses.insufficient_data import InsufficientData
from analyses.uncertainty import Estimate
from tests.coded import refuses

CAPACITY = Estimate.rounded(18.0, 0.5)
VOLTAGE = Estimate.rounded(3.11, 0.005)


def layer(loading: float, area: float, thickness: float | None = None, active: float | None = None) -> CellLayer:
    return CellLayer(
        Estimate.rounded(loading, 0.05),
        Estimate.exact(area),
        None if thickness is None else Estimate.exact(thickness),
        None if active is None else Estimate.rounded(active, 0.5),
    )


POUCH = (layer(11.2, 9.0, active=80.0), layer(8.3, 10.24), layer(14.3, 10.24))
"""Wu et al. 2025, Table 4: cathode, electrolyte membrane and anode of the pouch cell; areas are cut, so exact."""


def test_computes_the_energy_density_of_wu2025_table_4_and_its_rounding_interval() -> None:
    """Table 4 prints 170.2 Wh/kg; its rounded inputs yield 168.5, with bounds of 162.8 and 174.2."""
    density = gravimetric_energy_density_wh_kg(CAPACITY, VOLTAGE, POUCH)
    assert round(density.magnitude, 1) == 168.5
    assert (round(density.lower, 1), round(density.upper, 1)) == (162.8, 174.2)
    assert density.standard_uncertainty == 0.0


def test_computes_the_mass_of_wu2025_table_4() -> None:
    """By hand: 11.2 × 9 + 8.3 × 10.24 + 14.3 × 10.24 = 332.2 mg."""
    assert round(cell_mass_mg(POUCH).magnitude, 1) == 332.2
    assert round(layer_mass_mg(POUCH[0]).magnitude, 1) == 100.8


def test_loadings_of_different_layers_round_independently() -> None:
    assert cell_mass_mg(POUCH).half_width == pytest.approx(0.05 * (9.0 + 10.24 + 10.24))


def test_energy_per_volume_adds_area_times_thickness() -> None:
    """By hand: 10 mAh × 4 V / (10 cm² × 0.02 cm) = 200 Wh/L."""
    layers = (layer(5.0, 10.0, thickness=150.0), layer(5.0, 10.0, thickness=50.0))
    density = volumetric_energy_density_wh_l(Estimate.exact(10.0), Estimate.exact(4.0), layers)
    assert density.magnitude == pytest.approx(200.0)


def test_refuses_a_cell_without_layers() -> None:
    with pytest.raises(InsufficientData, match="no layers"):
        gravimetric_energy_density_wh_kg(CAPACITY, VOLTAGE, ())


def test_refuses_a_mass_that_may_be_zero() -> None:
    with refuses("zero-cell-mass", InsufficientData):
        gravimetric_energy_density_wh_kg(CAPACITY, VOLTAGE, (layer(0.05, 9.0),))


def test_refuses_a_volume_without_every_thickness() -> None:
    with pytest.raises(InsufficientData, match="thickness"):
        volumetric_energy_density_wh_l(CAPACITY, VOLTAGE, POUCH)


def test_other_masses_count_per_mass() -> None:
    """By hand: 10 mAh × 4 V / (5 × 10 + 150) mg = 200 Wh/kg."""
    packaging = (Estimate.exact(100.0), Estimate.exact(50.0))
    density = gravimetric_energy_density_wh_kg(
        Estimate.exact(10.0), Estimate.exact(4.0), (layer(5.0, 10.0),), packaging
    )
    assert density.magnitude == pytest.approx(200.0)


def test_a_packaged_cell_has_the_volume_of_its_footprint() -> None:
    """By hand: 40 mWh / (20 cm² × (150 + 50) µm) = 100 Wh/L."""
    stack = (layer(5.0, 10.0, thickness=150.0),)
    numbers = (Estimate.exact(10.0), Estimate.exact(4.0), stack)
    density = packaged_energy_density_wh_l(*numbers, Estimate.exact(20.0), Estimate.exact(50.0))
    assert density.magnitude == pytest.approx(100.0)
    with refuses("footprint-below-layer-area", InsufficientData, footprint=9.0, area=10.0):
        packaged_energy_density_wh_l(*numbers, Estimate.exact(9.0), Estimate.exact(50.0))
    with refuses("missing-cell-volume", InsufficientData):
        packaged_energy_density_wh_l(*numbers, Estimate.exact(0.0), Estimate.exact(50.0))


def test_loading_is_density_times_thickness_within_the_rounding_of_both() -> None:
    loading = mass_loading_mg_cm2(Estimate.rounded(8.96, 0.005), Estimate.rounded(10.0, 0.5))
    assert loading.magnitude == pytest.approx(8.96)
    assert (loading.lower, loading.upper) == pytest.approx((8.955 * 0.95, 8.965 * 1.05))
    with refuses("zero-within-rounding", InsufficientData):
        mass_loading_mg_cm2(Estimate.rounded(0.3, 0.5), Estimate.exact(10.0))
