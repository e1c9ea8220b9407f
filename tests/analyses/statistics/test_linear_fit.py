import numpy as np
import pytest

from analyses.insufficient_data import InsufficientData
from analyses.statistics.linear_fit import fit_linear_model
from tests.trials import holds, trials

X = np.array([0.0, 1.0, 2.0, 3.0, 4.0, 5.0])
LINE = np.stack((X, np.ones_like(X)), axis=1)


def test_equal_weights_are_ordinary_least_squares() -> None:
    y = np.array([0.1, 0.9, 2.1, 2.9, 4.2, 4.8])
    fit = fit_linear_model(LINE, y)
    coefficients, covariance = np.polyfit(X, y, 1, cov=True)
    assert fit.coefficients == pytest.approx(coefficients)
    assert fit.covariance == pytest.approx(covariance)
    assert fit.sensitivity @ y == pytest.approx(coefficients)
    assert fit.degrees_of_freedom == 4


def test_uncertainties_that_explain_the_scatter_are_the_weights() -> None:
    uncertainty = np.array([1.0, 1.0, 1.0, 1.0, 1.0, 100.0])
    fit = fit_linear_model(LINE, np.array([0.1, 0.9, 2.1, 2.9, 4.1, 50.0]), uncertainty)
    assert fit.excess == 0
    assert fit.coefficients[0] == pytest.approx(1.0, abs=0.05)


def test_scatter_beyond_the_uncertainties_is_shared_by_all_points() -> None:
    y = X + np.array([0.3, -0.3, 0.3, -0.3, 0.3, -0.3])
    fit = fit_linear_model(LINE, y, np.full(6, 1e-3) * [1, 10, 1, 10, 1, 10])
    assert fit.excess == pytest.approx(0.35, rel=0.1)
    assert fit.sum_of_squares == pytest.approx(4.0, rel=1e-6)
    assert fit.coefficients == pytest.approx(fit_linear_model(LINE, y).coefficients, rel=1e-2)


def test_a_point_of_no_uncertainty_makes_the_weights_equal() -> None:
    y = np.array([0.1, 0.9, 2.1, 2.9, 4.2, 4.8])
    fit = fit_linear_model(LINE, y, np.array([0.0, 1.0, 1.0, 1.0, 1.0, 1.0]))
    assert fit.coefficients == pytest.approx(fit_linear_model(LINE, y).coefficients)


def test_the_studentised_residual_of_a_point_does_not_contain_it() -> None:
    """By leaving the point out: its distance from the line of the others over the standard deviation of that."""
    y = np.array([0.1, 0.9, 2.1, 2.9, 9.0, 4.8])
    fit = fit_linear_model(LINE, y)
    others = np.arange(6) != 4
    without = fit_linear_model(LINE[others], y[others])
    row = LINE[4]
    variance = without.sum_of_squares / 3 + row @ without.covariance @ row
    assert fit.studentised[4] == pytest.approx((y[4] - row @ without.coefficients) / np.sqrt(variance))


def test_refuses_as_many_parameters_as_points() -> None:
    with pytest.raises(ValueError, match="2 points"):
        fit_linear_model(LINE[:2], X[:2])


@trials(2000)
@pytest.mark.parametrize("excess", [0.0, 0.3, 3.0])
def test_intervals_hold_the_slope_whatever_the_excess(excess: float, trials: int) -> None:
    """Uncertainties of 0.1 to 1 with and without a common excess: the slope inside in 92-98 % of 2000 trials."""
    from scipy.special import stdtrit

    random, inside = np.random.default_rng(8), []
    uncertainty = np.array([1.0, 0.5, 0.3, 0.2, 0.1, 0.1])
    for _ in range(trials):
        y = 2 * X + random.normal(size=6) * np.hypot(uncertainty, excess)
        fit = fit_linear_model(LINE, y, uncertainty)
        inside.append(abs(fit.coefficients[0] - 2) <= stdtrit(4, 0.975) * np.sqrt(fit.covariance[0, 0]))
    assert holds(inside, 0.92, 0.98)


@pytest.mark.parametrize("level", [1e-9, 0.3, 7e6])
def test_a_slope_that_is_round_off_is_zero(level: float) -> None:
    x = np.array([2.0, 5.0, 10.0, 20.0, 50.0])
    y = level * (1 + 1e-16 * np.array([0, 2, -2, 4, 0]))
    assert fit_linear_model(np.stack((x, np.ones_like(x)), axis=1), y).coefficients[0] == 0


def test_points_that_do_not_determine_a_slope_are_refused() -> None:
    x = np.full(4, 25.0)
    with pytest.raises(InsufficientData) as refused:
        fit_linear_model(np.stack((x, np.ones(4)), axis=1), np.array([1.0, 1.1, 0.9, 1.0]))
    assert refused.value.code == "parameters-undetermined"


@pytest.mark.parametrize("scale", [1e-50, 1.0, 1e50])
def test_a_line_is_found_at_every_scale_of_x(scale: float) -> None:
    x = scale * np.array([1.0, 2.0, 3.0, 4.0])
    fit = fit_linear_model(np.stack((x, np.ones(4)), axis=1), 2 * x / scale + 1)
    np.testing.assert_allclose(fit.coefficients * np.array([scale, 1.0]), [2, 1], rtol=1e-9)
