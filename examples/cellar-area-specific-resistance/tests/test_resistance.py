"""The formula, against values worked out by hand."""

import pytest
from cellar_area_specific_resistance.resistance import area_specific_resistance

from analyses.uncertainty import Estimate


def test_is_resistance_times_area() -> None:
    assert area_specific_resistance(Estimate.exact(105.0), Estimate.exact(0.785398)).magnitude == pytest.approx(82.4668)


def test_of_two_like_faces_one_has_half() -> None:
    both = area_specific_resistance(Estimate.exact(100.0), Estimate.exact(0.5), faces=2)
    assert both.magnitude == 25.0


def test_carries_rounding_and_scatter() -> None:
    resistance = Estimate(100.0, 99.5, 100.5, 2.0)
    given = area_specific_resistance(resistance, Estimate.exact(0.5))
    assert (given.lower, given.upper) == (pytest.approx(49.75), pytest.approx(50.25))
    assert given.standard_uncertainty == pytest.approx(1.0)
