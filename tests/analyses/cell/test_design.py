import pytest

from analyses.cell.design import (
    active_mass_mg,
    electrode_capacity_mah,
    layer_density_g_cm3,
    np_ratio,
    porosity_percent,
    relative_density_percent,
)
from analyses.cell.energy_density import CellLayer, layer_mass_mg
from analyses.component import Component
from analyses.insufficient_data import InsufficientData
from analyses.uncertainty import Estimate

exact, rounded = Estimate.exact, Estimate.rounded


def test_masses_and_capacity_of_an_electrode() -> None:
    mass = layer_mass_mg(CellLayer(rounded(11.2, 0.05), exact(9.0)))
    active = active_mass_mg(mass, exact(80.0))
    capacity = electrode_capacity_mah(active, exact(275.0))
    assert [number.magnitude for number in (mass, active, capacity)] == pytest.approx([100.8, 80.64, 22.176])
    assert (mass.lower, mass.upper) == pytest.approx((11.15 * 9, 11.25 * 9))


def test_the_cathode_of_10_mg_on_0785_cm2_with_60_um_is_42_percent_porous() -> None:
    relative = relative_density_percent(exact(10.0 / 0.785), exact(60.0), exact(3.66))
    assert porosity_percent(relative).magnitude == pytest.approx(42.0, abs=0.1)


def test_a_separator_of_157_g_cm3_is_84_percent_dense() -> None:
    density = layer_density_g_cm3(exact(15.7), exact(100.0))
    relative = relative_density_percent(exact(15.7), exact(100.0), exact(1.86))
    assert density.magnitude == pytest.approx(1.57)
    assert relative.magnitude == pytest.approx(84.4, abs=0.05)


def test_the_np_ratio_is_that_of_the_areal_capacities() -> None:
    lithium, cathode = (exact(5.34), exact(100.0), exact(3861.0)), (rounded(12.0, 0.05), exact(70.0), exact(279.0))
    ratio = np_ratio(lithium, cathode)
    assert ratio.magnitude == pytest.approx(5.34 * 3861 / (12 * 0.7 * 279))
    assert ratio.lower == pytest.approx(5.34 * 3861 / (12.05 * 0.7 * 279))


def test_a_shared_cause_cancels_in_the_np_ratio() -> None:
    loading = Estimate.of_components(10.0, Component("geometry", 0.1, shared="balance"))
    assert np_ratio((loading, exact(50.0), exact(300.0)), (loading, exact(50.0), exact(200.0))).is_certain


def test_a_relative_density_above_100_percent_has_no_porosity() -> None:
    with pytest.raises(InsufficientData) as raised:
        porosity_percent(rounded(104.0, 1.0))
    assert raised.value.code == "relative-density-above-100"
    near = porosity_percent(rounded(99.5, 1.0))
    assert (near.lower, near.magnitude) == (0.0, 0.5)


@pytest.mark.parametrize("compute", [layer_density_g_cm3, lambda m, t: relative_density_percent(m, t, exact(2.0))])
def test_a_thickness_that_may_be_zero_is_refused(compute) -> None:
    with pytest.raises(InsufficientData) as raised:
        compute(exact(10.0), rounded(0.4, 0.5))
    assert raised.value.code == "zero-within-rounding"
