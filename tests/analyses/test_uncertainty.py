import math

import pytest

from analyses.uncertainty import Estimate, propagate


def test_refuses_numbers_that_are_not_finite() -> None:
    with pytest.raises(ValueError, match="finite"):
        Estimate.exact(math.nan)


def test_refuses_a_number_outside_its_bounds() -> None:
    with pytest.raises(ValueError, match="outside"):
        Estimate(1.0, 2.0, 3.0)


def test_refuses_a_negative_standard_uncertainty() -> None:
    with pytest.raises(ValueError, match="not negative"):
        Estimate.measured(1.0, -0.1)


def test_rounding_counts_as_a_uniform_distribution() -> None:
    """JCGM 100:2008, 4.3.7: half-width over the square root of three."""
    assert Estimate.rounded(1.0, 0.3).combined_standard_uncertainty == pytest.approx(0.3 / math.sqrt(3))


def test_scatter_of_a_quotient_adds_relative_squares() -> None:
    """JCGM 100:2008, 5.1.6: relative variances add for products and quotients."""
    result = propagate(lambda a, b: a / b, a=Estimate.measured(10.0, 0.3), b=Estimate.measured(2.0, 0.08))
    assert result.magnitude == 5.0
    assert result.standard_uncertainty == pytest.approx(5.0 * math.hypot(0.03, 0.04), rel=1e-4)


def test_bounds_come_from_the_corners_that_push_one_way() -> None:
    result = propagate(lambda a, b: a / b, a=Estimate.rounded(10.0, 1.0), b=Estimate.rounded(2.0, 0.5))
    assert (result.lower, result.upper) == (9.0 / 2.5, 11.0 / 1.5)


def test_one_inferred_input_makes_the_result_inferred() -> None:
    inferred = Estimate.exact(2.0, inferred=True)
    assert propagate(lambda a, b: a * b, a=Estimate.exact(1.0), b=inferred).inferred
