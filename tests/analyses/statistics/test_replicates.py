"""Mean over replicates: known answers and the coverage of the interval."""

import math

import numpy as np
import pytest
from scipy.stats import t as student

from analyses.component import Component
from analyses.insufficient_data import InsufficientData
from analyses.statistics.replicates import replicate_mean
from analyses.uncertainty import Estimate

TRIALS = 4000


def test_three_cells() -> None:
    """JCGM 100:2008, 4.2: mean, experimental standard deviation and that of the mean, by hand."""
    result = replicate_mean([Estimate.exact(9.0), Estimate.exact(10.0), Estimate.exact(11.0)])
    assert (result.mean.magnitude, result.count, result.standard_deviation) == (10.0, 3, 1.0)
    assert result.mean.standard_uncertainty == pytest.approx(1 / math.sqrt(3))
    lower, upper = result.mean.interval()
    assert (upper - lower) / 2 == pytest.approx(4.303 / math.sqrt(3), rel=1e-4)


@pytest.mark.parametrize("count", [2, 3, 10])
def test_the_interval_is_that_of_student(count: int) -> None:
    numbers = np.random.default_rng(count).normal(5, 1, count)
    lower, upper = student.interval(0.95, count - 1, numbers.mean(), numbers.std(ddof=1) / math.sqrt(count))
    assert replicate_mean([Estimate.exact(number) for number in numbers]).mean.interval() == pytest.approx(
        (lower, upper)
    )


def test_rounding_stays_a_bound() -> None:
    result = replicate_mean([Estimate.rounded(10.0, 0.5), Estimate.rounded(10.0, 0.05)])
    assert result.mean.standard_uncertainty == 0
    assert result.mean.interval() == pytest.approx((9.725, 10.275))


def test_the_uncertainty_of_each_cell_is_kept_apart() -> None:
    result = replicate_mean([Estimate.measured(9.0, 3.0), Estimate.measured(11.0, 4.0)])
    assert result.measurement_uncertainty == pytest.approx(math.sqrt(12.5))
    assert result.mean.standard_uncertainty == pytest.approx(1.0)


def test_a_cause_that_all_cells_share_is_not_averaged_away() -> None:
    gauge = Component("geometry", 0.4, shared="gauge")
    result = replicate_mean([Estimate.of_components(number, gauge) for number in (9.0, 10.0, 11.0)])
    assert {part.name: part.contribution for part in result.mean.components} == {
        "between cells": pytest.approx(1 / math.sqrt(3)),
        "geometry": pytest.approx(0.4),
    }


def test_an_inferred_value_makes_the_mean_inferred() -> None:
    assert replicate_mean([Estimate.exact(1.0), Estimate.exact(2.0, inferred=True)]).mean.inferred


def test_one_cell_has_no_scatter() -> None:
    with pytest.raises(InsufficientData) as refused:
        replicate_mean([Estimate.exact(1.0)])
    assert refused.value.code == "too-few-cells"


@pytest.mark.slow
@pytest.mark.parametrize("count", [2, 3, 5, 10])
def test_the_interval_covers_the_true_mean(count: int) -> None:
    """Cells scatter by 1 and each is measured with 0.5: the interval covers the mean of all such cells."""
    random = np.random.default_rng(7 * count)
    covered = 0
    for _ in range(TRIALS):
        measured = random.normal(10, 1, count) + random.normal(0, 0.5, count)
        lower, upper = replicate_mean([Estimate.measured(number, 0.5) for number in measured]).mean.interval()
        covered += lower <= 10 <= upper
    assert 0.93 <= covered / TRIALS <= 0.97


def test_equal_numbers_keep_the_uncertainty_of_their_measurement() -> None:
    """Three readings of 1.0 with a standard uncertainty of 5 %: 0.05/√3."""
    mean = replicate_mean([Estimate.measured(1.0, 0.05)] * 3).mean
    assert mean.standard_uncertainty == pytest.approx(0.05 / math.sqrt(3))
    assert replicate_mean([Estimate.exact(1.0)] * 3).mean.standard_uncertainty == 0
    assert replicate_mean([Estimate.exact(0.0)] * 2).mean.magnitude == 0
