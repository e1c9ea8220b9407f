"""Difference and ratio of two numbers: known answers and the coverage of the interval."""

import math

import numpy as np
import pytest

from analyses.component import Component
from analyses.statistics.difference import difference
from analyses.uncertainty import Estimate

TRIALS = 4000


def test_a_difference_of_ten_with_one_each() -> None:
    result = difference(Estimate.measured(80.0, 1.0), Estimate.measured(90.0, 1.0))
    assert result.difference.magnitude == 10
    assert result.difference.standard_uncertainty == pytest.approx(math.sqrt(2))
    assert result.ratio is not None
    assert result.ratio.magnitude == pytest.approx(1.125)
    assert not result.contains_zero


def test_a_difference_within_the_uncertainty() -> None:
    assert difference(Estimate.measured(80.0, 1.0), Estimate.measured(82.0, 1.0)).contains_zero


def test_few_degrees_of_freedom_widen_the_interval() -> None:
    """2.9 is 2.05 standard uncertainties: beyond 1.96 but within t(2) = 4.30."""
    few = [Estimate.measured(number, 1.0, 1) for number in (80.0, 82.9)]
    many = [Estimate.measured(number, 1.0) for number in (80.0, 82.9)]
    assert (difference(*few).contains_zero, difference(*many).contains_zero) == (True, False)


def test_rounding_can_hide_a_difference() -> None:
    assert difference(Estimate.rounded(80.0, 0.5), Estimate.rounded(81.0, 0.5)).contains_zero
    assert not difference(Estimate.rounded(80.0, 0.5), Estimate.rounded(82.0, 0.5)).contains_zero


def test_a_shared_cause_cancels() -> None:
    gauge = Component("geometry", 2.0, shared="gauge")
    result = difference(Estimate.of_components(80.0, gauge), Estimate.of_components(81.0, gauge))
    assert result.difference.standard_uncertainty == 0
    assert not result.contains_zero


def test_no_ratio_to_a_number_that_may_be_zero() -> None:
    assert difference(Estimate.measured(1.0, 1.0), Estimate.exact(2.0)).ratio is None


@pytest.mark.slow
def test_the_interval_covers_the_true_difference() -> None:
    random = np.random.default_rng(3)
    covered = 0
    for _ in range(TRIALS):
        first, second = random.normal(80, 1), random.normal(90, 2)
        lower, upper = difference(Estimate.measured(first, 1.0), Estimate.measured(second, 2.0)).difference.interval()
        covered += lower <= 10 <= upper
    assert 0.93 <= covered / TRIALS <= 0.97
