import numpy as np
import pytest

from analyses.component import Component
from analyses.insufficient_data import InsufficientData
from analyses.transport.pressure_dependence import pressure_exponent
from analyses.uncertainty import Estimate

MPA = np.array([1.0, 3.0, 10.0, 30.0])


@pytest.mark.parametrize("exponent", [0.0, 0.12, -0.3, 1.0])
def test_finds_the_exponent_of_an_exact_power_law(exponent: float) -> None:
    law = pressure_exponent(MPA, 2e-3 * MPA**exponent)
    assert law.exponent.magnitude == pytest.approx(exponent, abs=1e-12)
    assert law.fitted_s_cm == pytest.approx(2e-3 * MPA**exponent)


def test_units_and_a_common_factor_leave_the_exponent() -> None:
    law = pressure_exponent(MPA * 1e6, 70 * MPA**0.12)
    assert law.exponent.magnitude == pytest.approx(0.12)


def test_the_exponent_of_table_2_style_numbers_is_the_slope_by_hand() -> None:
    """Three points at equal steps of ln p: the slope is half the outer difference over the step."""
    pressure, sigma = np.array([1.0, 10.0, 100.0]), np.array([1.0e-3, 1.3e-3, 1.5e-3])
    law = pressure_exponent(pressure, sigma)
    assert law.exponent.magnitude == pytest.approx(np.log(1.5) / (2 * np.log(10)))
    assert law.exponent.degrees_of_freedom == 1


def test_a_shared_area_cancels_in_the_exponent() -> None:
    sigma = 2e-3 * MPA**0.12 * np.array([1.0, 1.01, 0.99, 1.0])
    shared = [Estimate.of_components(s, Component("geometry", 0.03 * s, shared="area")) for s in sigma.tolist()]
    law = pressure_exponent(MPA, sigma, conductivities=shared)
    assert law.exponent == pressure_exponent(MPA, sigma).exponent


def test_a_shared_thickness_that_pressing_makes_less_certain_stays_in_the_exponent() -> None:
    """A relative error of 1 % a natural unit of pressure is 0.01 in the exponent."""
    sigma = 2e-3 * MPA**0.12
    drift = [
        Estimate.of_components(s, Component("drift", 0.01 * s * np.log(p), shared="creep"))
        for s, p in zip(sigma.tolist(), MPA.tolist(), strict=True)
    ]
    assert pressure_exponent(MPA, sigma, conductivities=drift).exponent.standard_uncertainty == pytest.approx(0.01)


@pytest.mark.parametrize(
    ("pressure", "sigma"),
    [
        (MPA[:2], MPA[:2]),
        (np.array([1.0, 1.0, 2.0]), np.ones(3)),
        (MPA, MPA[:3]),
        (MPA - 1, MPA),
        (MPA, MPA * np.array([1, 1, 1, np.nan])),
        (MPA, -MPA),
    ],
)
def test_unusable_points_are_refused(pressure: np.ndarray, sigma: np.ndarray) -> None:
    with pytest.raises(InsufficientData):
        pressure_exponent(pressure, sigma)
