import numpy as np
import pytest

from analyses.component import Component
from analyses.insufficient_data import InsufficientData
from analyses.transport.pressure_laws import PressureLaws, pressure_laws, release_points
from analyses.uncertainty import Estimate

MPA = np.array([2.0, 5.0, 10.0, 15.0, 20.0, 25.0])
TABLE_2_IONIC = np.array([0.366, 0.370, 0.376, 0.384, 0.396, 0.406])
TABLE_2_ELECTRONIC = np.array([7.18, 7.41, 7.66, 8.03, 8.24, 8.40])
"""Supplementary Table 2 of the worked example [mS/cm]."""
THERE_AND_BACK = np.array([2.0, 5.0, 10.0, 20.0, 10.0, 5.0, 2.0])


def laws_of(mpa: np.ndarray, y: np.ndarray, **directions) -> PressureLaws:
    return pressure_laws(mpa, [Estimate.exact(number) for number in y.tolist()], **directions)


@pytest.mark.parametrize("exponent", [-0.4, 0.0, 0.1, 1.0])
def test_finds_an_exact_power_law(exponent: float) -> None:
    laws = laws_of(MPA, 3 * MPA**exponent)
    assert laws.exponent.magnitude == pytest.approx(exponent, abs=1e-12)
    assert laws.power == pytest.approx(3 * MPA**exponent)


@pytest.mark.parametrize("slope", [-0.05, 0.0, 0.2])
def test_finds_an_exact_straight_line(slope: float) -> None:
    laws = laws_of(MPA, 5 + slope * MPA)
    assert laws.slope_per_mpa.magnitude == pytest.approx(slope, abs=1e-12)
    assert laws.line == pytest.approx(5 + slope * MPA)


@pytest.mark.parametrize("table", [TABLE_2_IONIC, TABLE_2_ELECTRONIC])
def test_coefficients_of_table_2_are_those_of_least_squares(table: np.ndarray) -> None:
    laws = laws_of(MPA, table)
    slope, covariance = np.polyfit(MPA, table, 1, cov="unscaled")
    residual = table - np.polyval(slope, MPA)
    error = np.sqrt(covariance[0, 0] * float(residual @ residual) / 4)
    assert laws.slope_per_mpa.magnitude == pytest.approx(slope[0])
    assert laws.slope_per_mpa.standard_uncertainty == pytest.approx(error)
    assert laws.slope_per_mpa.degrees_of_freedom == 4
    assert laws.exponent.magnitude == pytest.approx(np.polyfit(np.log(MPA), np.log(table), 1)[0])


def test_a_straight_line_describes_the_conductivities_of_table_2_better() -> None:
    """The ionic conductivity rises faster at high pressure; a power law with an exponent below one cannot."""
    assert laws_of(MPA, TABLE_2_IONIC).preferred == "line"


def test_the_likelihoods_are_those_of_the_same_numbers() -> None:
    """Normal scatter of y about the line, of ln y about the power law, each with its own best standard deviation."""
    from scipy.stats import lognorm, norm

    laws = laws_of(MPA, TABLE_2_ELECTRONIC)
    line = np.std(TABLE_2_ELECTRONIC - laws.line)
    power = np.std(np.log(TABLE_2_ELECTRONIC / laws.power))
    ratio = lognorm.logpdf(TABLE_2_ELECTRONIC, power, scale=laws.power).sum()
    ratio -= norm.logpdf(TABLE_2_ELECTRONIC, laws.line, line).sum()
    assert np.log(laws.likelihood_ratio) == pytest.approx(ratio)


def test_pressing_and_release_differ_by_a_factor() -> None:
    released = release_points(THERE_AND_BACK)
    y = 2 * THERE_AND_BACK**0.3 * np.where(released, 1.2, 1.0)
    laws = laws_of(THERE_AND_BACK, y, is_release=released)
    assert laws.log_hysteresis is not None
    assert laws.exponent.magnitude == pytest.approx(0.3)
    assert np.exp(laws.log_hysteresis.magnitude) == pytest.approx(1.2)


def test_without_the_order_a_hysteresis_is_scatter() -> None:
    released = release_points(THERE_AND_BACK)
    y = 2 * THERE_AND_BACK**0.3 * np.where(released, 1.2, 1.0)
    laws = laws_of(THERE_AND_BACK, y)
    assert laws.log_hysteresis is None
    assert laws.exponent.standard_uncertainty > 0.03


def test_one_point_on_release_gives_no_hysteresis() -> None:
    mpa = np.array([2.0, 5.0, 10.0, 20.0, 5.0])
    assert laws_of(mpa, mpa**0.1, is_release=release_points(mpa)).log_hysteresis is None


def test_directions_follow_the_changes_of_the_pressure() -> None:
    assert release_points(np.array([5.0, 2.0, 2.0, 10.0, 10.0, 1.0])).tolist() == [
        False,
        True,
        True,
        False,
        False,
        True,
    ]


def test_a_bend_that_neither_law_has_is_found() -> None:
    random = np.random.default_rng(1)
    mpa = np.linspace(1, 20, 12)
    assert laws_of(mpa, 5 - (mpa - 10) ** 2 / 60 + 0.01 * random.normal(size=12)).is_bent
    assert not laws_of(mpa, 5 + 0.1 * mpa + 0.01 * random.normal(size=12)).is_bent


def test_a_shared_area_cancels_in_exponent_and_hysteresis_and_stays_in_the_slope() -> None:
    released = release_points(THERE_AND_BACK)
    y = 2 * THERE_AND_BACK**0.3 * np.where(released, 1.2, 1.0)
    shared = [
        Estimate.of_components(number, Component("geometry", 0.03 * number, shared="area")) for number in y.tolist()
    ]
    laws = pressure_laws(THERE_AND_BACK, shared, is_release=released)
    assert laws.exponent.standard_uncertainty < 1e-9
    assert laws.log_hysteresis is not None
    assert laws.log_hysteresis.standard_uncertainty < 1e-9
    geometry = next(part for part in laws.slope_per_mpa.components if part.name == "geometry")
    assert geometry.contribution == pytest.approx(0.03 * laws.slope_per_mpa.magnitude)


@pytest.mark.parametrize(
    ("mpa", "y"), [(MPA[:2], MPA[:2]), (np.array([1.0, 1.0, 2.0]), np.ones(3)), (MPA - 2, MPA), (MPA, MPA - 2)]
)
def test_unusable_points_are_refused(mpa: np.ndarray, y: np.ndarray) -> None:
    with pytest.raises(InsufficientData):
        laws_of(mpa, y)


@pytest.mark.parametrize("scale", [1.0, 1e-8, 1e-12, 1e9])
def test_the_unit_changes_nothing(scale: float) -> None:
    """Electronic conductivities of solid electrolytes are 1e-9 to 1e-12 S/cm."""
    mpa = np.array([2.0, 5.0, 10.0, 15.0, 20.0, 25.0])
    y = 1e-3 * mpa**0.07 * np.array([1.004, 0.996, 1.005, 0.997, 0.998, 1.003])
    usual, scaled = (pressure_laws(mpa, [Estimate.exact(k * number) for number in y.tolist()]) for k in (1.0, scale))
    assert scaled.slope_per_mpa.standard_uncertainty == pytest.approx(scale * usual.slope_per_mpa.standard_uncertainty)
    assert scaled.likelihood_ratio == pytest.approx(usual.likelihood_ratio)
    assert scaled.bend_probability == pytest.approx(usual.bend_probability)
