"""The formula against values calculated by hand."""

import pytest
from cellar_area_specific_resistance.resistance import area_specific_resistance

from analyses.uncertainty import Estimate


def test_is_resistance_times_area() -> None:
    assert area_specific_resistance(Estimate.exact(105.0), Estimate.exact(0.785398)).magnitude == pytest.approx(82.4668)


def test_two_interfaces_halve_the_resistance() -> None:
    result = area_specific_resistance(Estimate.exact(100.0), Estimate.exact(0.5), faces=2)
    assert result.magnitude == 25.0


def test_propagates_rounding_and_scatter() -> None:
    resistance = Estimate(100.0, 99.5, 100.5, 2.0)
    result = area_specific_resistance(resistance, Estimate.exact(0.5))
    assert (result.lower, result.upper) == (pytest.approx(49.75), pytest.approx(50.25))
    assert result.standard_uncertainty == pytest.approx(1.0)
