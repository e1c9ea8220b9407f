"""Known answers: scipy.stats, ordinary least squares, and a random walk, whose differences are independent."""

import numpy as np
import pytest
from scipy.stats import linregress, t

from analyses.statistics.averaged_models import averaged, chances, fit_models


def test_one_covariance_of_independent_scatter_is_ordinary_least_squares() -> None:
    x, scatter = np.arange(8.0), np.array([0.1, -0.2, 0.05, 0.0, -0.1, 0.2, 0.1, -0.15])
    y = 3 + 2 * x + scatter
    models = fit_models(y, np.column_stack((x, np.ones(8))), np.array([np.eye(8) * 0.01]))
    line = linregress(x, y)
    residual = y - line.intercept - line.slope * x
    unscaled = line.stderr**2 / ((residual**2).sum() / 6)
    assert models.coefficients[0] == pytest.approx([line.slope, line.intercept])
    assert models.variances[0, 0] == pytest.approx(0.01 * unscaled)


def test_the_slope_of_a_random_walk_is_that_of_its_ends() -> None:
    x, y = np.arange(6.0), np.array([0.0, 1.5, 1.0, 4.0, 3.0, 7.0])
    walk = np.minimum.outer(x, x) + 1e-9 * np.eye(6)
    models = fit_models(y, np.column_stack((x, np.ones(6))), np.array([walk]))
    assert models.coefficients[0, 0] == pytest.approx(7 / 5, rel=1e-6)
    assert models.variances[0, 0] == pytest.approx(1 / 5, rel=1e-6)


def test_the_likelihood_prefers_the_covariance_of_the_data() -> None:
    rng = np.random.default_rng(1)
    x = np.arange(60.0)
    design = np.column_stack((x, np.ones(60)))
    both = np.array([np.eye(60), np.minimum.outer(x, x) + 1e-3 * np.eye(60)])
    white, walking = rng.normal(size=60), np.cumsum(rng.normal(size=60))
    assert chances(fit_models(white, design, both).log_likelihood)[0] > 0.99
    assert chances(fit_models(walking, design, both).log_likelihood)[1] > 0.99


def test_large_covariances_do_not_lose_the_residuals() -> None:
    """A walk 10⁴ times the noise: the likelihood falls as one over its size for each residual."""
    x, y = np.array([1.0, 2.0, 3.0, 2.0]), np.array([1e4, 2e4, 3e4, 2.2e4])
    covariances = np.array([np.eye(4) + size**2 * np.minimum.outer(range(4), range(4)) for size in (1e6, 1e7)])
    likelihood = fit_models(y, np.column_stack((x, np.ones(4))), covariances).log_likelihood
    assert likelihood[0] - likelihood[1] == pytest.approx(2 * np.log(10), abs=1e-3)


def test_the_average_of_one_distribution_is_its_own_interval() -> None:
    single = np.ones(1)
    assert averaged(single, single * 5, single * 2) == pytest.approx((5, 2 * 1.959964), rel=1e-5)
    assert averaged(single, single * 5, single * 2, 3) == pytest.approx((5, 2 * t.ppf(0.975, 3)), rel=1e-5)


def test_the_average_of_two_holds_both_where_both_are_likely() -> None:
    middle, half = averaged(np.array([0.5, 0.5]), np.array([-10.0, 10.0]), np.ones(2))
    assert middle == 0
    assert half == pytest.approx(10 + 1.645, abs=0.01)
