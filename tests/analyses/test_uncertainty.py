"""Known answers: JCGM 100:2008 (GUM) for propagation, scipy.stats for Student's t, and corners worked by hand."""

import math

import numpy as np
import pytest
from scipy import stats

from analyses.uncertainty import Estimate, propagate


def conductivity(length: float, resistance: float, area: float) -> float:
    return length / (resistance * area)


def test_bounds_come_from_the_corners_of_the_input_box() -> None:
    sigma = propagate(
        conductivity,
        length=Estimate.rounded(0.06, 0.00005),
        resistance=Estimate.rounded(10.0, 0.05),
        area=Estimate.exact(0.785),
    )
    assert sigma.lower == pytest.approx(0.05995 / (10.05 * 0.785))
    assert sigma.upper == pytest.approx(0.06005 / (9.95 * 0.785))


def test_scatter_of_a_product_adds_relative_variances() -> None:
    area = propagate(lambda a, b: a * b, a=Estimate.measured(3.0, 0.03), b=Estimate.measured(4.0, 0.08))
    assert area.standard_uncertainty == pytest.approx(12 * math.hypot(0.01, 0.02), rel=1e-6)


def test_effective_degrees_of_freedom_follow_welch_and_satterthwaite() -> None:
    # JCGM 100:2008, G.4.1 example: relative u of 0.25, 0.57, 0.82 % with 9, 4, 14 degrees of freedom give 19.0.
    parts = {"a": (0.0025, 9), "b": (0.0057, 4), "c": (0.0082, 14)}
    inputs = {name: Estimate.measured(1.0, u, degrees) for name, (u, degrees) in parts.items()}
    product = propagate(lambda a, b, c: a * b * c, **inputs)
    assert product.standard_uncertainty == pytest.approx(0.0103, rel=5e-3)
    assert product.degrees_of_freedom == pytest.approx(19.0, abs=0.5)


@pytest.mark.parametrize("degrees", [1, 2, 5, 30])
def test_interval_is_students_at_few_degrees_of_freedom(degrees: int) -> None:
    low, high = Estimate.measured(10.0, 0.5, degrees).interval()
    assert (low, high) == pytest.approx(stats.t.interval(0.95, degrees, 10.0, 0.5))


def test_interval_of_rounding_alone_is_its_bounds() -> None:
    assert Estimate.rounded(1.0, 0.05).interval() == (0.95, 1.05)


def test_interval_of_a_mean_of_three_has_its_nominal_coverage() -> None:
    generator = np.random.default_rng(7)
    covered = 0
    for _ in range(400):
        readings = generator.normal(5.0, 0.3, size=3)
        estimate = Estimate.measured(float(readings.mean()), float(readings.std(ddof=1)) / math.sqrt(3), 2)
        low, high = estimate.interval()
        covered += low <= 5.0 <= high
    assert 0.90 <= covered / 400 <= 0.99


def test_an_inferred_input_makes_the_result_inferred() -> None:
    assert propagate(lambda x: 2 * x, x=Estimate.exact(1.0, inferred=True)).inferred


@pytest.mark.parametrize(
    "numbers",
    [(math.nan, 0, 1), (1.0, 2.0, 3.0), (1.0, 1.0, math.inf), (1.0, 1.0, 1.0, -0.1), (1.0, 1.0, 1.0, 0.1, False, 0.0)],
)
def test_refuses_values_that_are_not_finite(numbers: tuple[float, ...]) -> None:
    with pytest.raises(ValueError, match=r"finite|outside|not negative|above zero"):
        Estimate(*numbers)


def test_rounding_counts_as_a_uniform_distribution() -> None:
    # JCGM 100:2008, 4.3.7: half-width over the square root of three.
    assert Estimate.rounded(1.0, 0.3).combined_standard_uncertainty == pytest.approx(0.3 / math.sqrt(3))


def test_an_uncertainty_that_is_round_off_counts_as_none() -> None:
    energy = Estimate.measured(0.33, 3.5e-16)
    assert energy.standard_uncertainty == 0.0
    assert energy == Estimate.measured(0.33, 4.2e-16)
    assert energy.is_certain


def test_an_uncertainty_above_round_off_is_unchanged() -> None:
    assert Estimate.measured(0.33, 1e-11).standard_uncertainty == 1e-11
    assert not Estimate.measured(0.33, 1e-11).is_certain
    assert not Estimate.rounded(0.33, 0.005).is_certain


def test_zero_keeps_any_uncertainty() -> None:
    assert Estimate.measured(0.0, 1e-30).standard_uncertainty == 1e-30
