"""Known answers: scipy.stats for the deviation of normal scatter; the rest by hand."""

import numpy as np
import pytest
from scipy import stats

from analyses.statistics.medians import MAD_TO_SIGMA, median_degrees_of_freedom, running_median


def test_the_running_median_leaves_a_line_as_it_is() -> None:
    line = np.linspace(3.0, 1.0, 50)
    assert running_median(line, half=3) == pytest.approx(line)


@pytest.mark.parametrize("size", range(6))
def test_the_running_median_takes_series_shorter_than_its_window(size: int) -> None:
    values = np.arange(float(size))
    assert running_median(values, half=4).tolist() == values.tolist()


def test_the_median_deviation_of_normal_scatter_becomes_its_standard_deviation() -> None:
    assert pytest.approx(1 / stats.norm.ppf(0.75), rel=1e-4) == MAD_TO_SIGMA


def test_a_median_deviation_of_few_readings_keeps_one_degree_of_freedom() -> None:
    assert median_degrees_of_freedom(2) == 1.0
