import math

import pytest

from analyses.cell.geometry import conductivity_s_cm, disc_area, disc_area_cm2, pellet_conductivity
from analyses.insufficient_data import InsufficientData
from analyses.uncertainty import Estimate
from tests.coded import refuses


def test_a_die_of_ten_millimetres_has_a_quarter_pi_square_centimetres() -> None:
    assert disc_area_cm2(10.0) == pytest.approx(math.pi / 4)


def test_conductivity_grows_with_thickness_and_falls_with_resistance_and_area() -> None:
    assert conductivity_s_cm(resistance_ohm=1.0, thickness_um=1e4, area_cm2=1.0) == pytest.approx(1.0)
    assert conductivity_s_cm(resistance_ohm=2.0, thickness_um=1e4, area_cm2=4.0) == pytest.approx(0.125)


def test_area_doubles_the_relative_rounding_of_the_diameter() -> None:
    area = disc_area(Estimate.rounded(10.0, 0.05))
    assert area.half_width / area.magnitude == pytest.approx(2 * 0.05 / 10.0, rel=1e-3)


@pytest.mark.parametrize(
    ("resistance", "printed", "digits"),
    [
        (Estimate.rounded(7.87e3, 5), 9.71e-6, 1e-8),
        (Estimate.rounded(1.16e3, 5), 6.59e-5, 1e-7),
        (Estimate.rounded(1.00e1, 0.05), 7.64e-3, 1e-5),
        (Estimate.rounded(1.30, 0.005), 5.88e-2, 1e-4),
    ],
)
def test_computes_the_conductivities_of_wu2025_table_1(resistance: Estimate, printed: float, digits: float) -> None:
    """Wu et al. 2025, Table 1, with L = 0.0600 cm and d = 10 mm; its 1 wt% row prints 6.89e-5, against its own R."""
    sigma = pellet_conductivity(resistance, Estimate.exact(600.0), disc_area(Estimate.exact(10.0)))
    assert sigma.magnitude == pytest.approx(printed, abs=digits / 2)


def test_the_printed_1_wt_percent_conductivity_lies_outside_the_rounding_of_its_resistance() -> None:
    sigma = pellet_conductivity(Estimate.rounded(1.16e3, 5), Estimate.exact(600.0), disc_area(Estimate.exact(10.0)))
    assert sigma.upper < 6.885e-5


def test_carries_the_mark_of_an_inferred_thickness() -> None:
    sigma = pellet_conductivity(Estimate.exact(1.0), Estimate.exact(600.0, inferred=True), Estimate.exact(1.0))
    assert sigma.inferred


@pytest.mark.parametrize("resistance", [Estimate.exact(0.0), Estimate.exact(-1.0), Estimate.rounded(0.3, 0.5)])
def test_refuses_a_resistance_that_may_be_zero(resistance: Estimate) -> None:
    with refuses("zero-within-rounding", InsufficientData, words="resistance", estimate=resistance.magnitude):
        pellet_conductivity(resistance, Estimate.exact(600.0), Estimate.exact(1.0))


def test_refuses_a_die_without_diameter() -> None:
    with pytest.raises(InsufficientData, match="diameter"):
        disc_area(Estimate.exact(0.0))
