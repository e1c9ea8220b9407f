import numpy as np
import pytest

from analyses.transport.activation_energy import BOLTZMANN_EV_K
from analyses.transport.arrhenius_range import check_line
from tests.trials import trials

DEGC = np.array([-40.0, -30.0, -20.0, -5.0, 10.0, 25.0, 40.0, 60.0])
X = 1 / (BOLTZMANN_EV_K * (DEGC + 273.15))
KINK = 1 / (BOLTZMANN_EV_K * 283.15)


def kinked(noise: float, seed: int = 1, jump: float = 0.0) -> np.ndarray:
    """0.60 eV below 10 °C and 0.30 eV above, and a jump there."""
    line = np.where(X > KINK, -0.6 * (X - KINK), -0.3 * (X - KINK) + jump)
    return line + noise * np.random.default_rng(seed).normal(size=X.size)


def straight(noise: float, random: np.random.Generator) -> np.ndarray:
    return -0.35 * X + 12 + noise * random.normal(size=X.size)


def test_a_kink_makes_two_ranges_that_cross_there() -> None:
    test = check_line(X, kinked(0.01))
    assert test.is_curved
    assert test.ranges is not None
    assert test.ranges.fit.coefficients[[0, 2]] == pytest.approx([-0.6, -0.3], abs=0.02)
    assert test.ranges.crossing is not None
    x, uncertainty = test.ranges.crossing
    assert abs(x - KINK) < 4 * uncertainty


def test_a_jump_makes_two_ranges_too() -> None:
    test = check_line(X, kinked(0.01, jump=2.0))
    assert test.ranges is not None
    assert test.ranges.first_of_hot in (4, 5)


def test_a_smooth_curve_is_no_kink() -> None:
    y = -0.35 * X - 2e-3 * (X - X.mean()) ** 2 * 3 + 0.003 * np.random.default_rng(2).normal(size=X.size)
    test = check_line(X, y)
    assert test.is_curved
    assert test.ranges is None
    assert test.end_slopes is not None
    assert test.end_slopes[0] < -0.35 < test.end_slopes[1]


def test_an_outlier_is_no_curvature() -> None:
    y = straight(0.01, np.random.default_rng(3))
    y[3] += 0.3
    test = check_line(X, y)
    assert test.outliers == (3,)
    assert not test.is_curved


def test_three_points_are_not_tested() -> None:
    test = check_line(X[:3], kinked(0.01)[:3])
    assert (test.curvature_probability, test.outliers, test.is_curved) == (None, (), False)


def test_exact_points_are_straight() -> None:
    test = check_line(X, -0.35 * X + 12)
    assert not test.is_curved
    assert test.outliers == ()


@trials(2000)
@pytest.mark.parametrize("size", [4, 6, 8])
def test_a_straight_line_is_rarely_called_another(size: int, trials: int) -> None:
    """Of 2000 straight lines, at most 7 % curved, 7 % with an outlier, 1 % with two ranges."""
    random, counts = np.random.default_rng(size), np.zeros(3)
    for _ in range(trials):
        test = check_line(X[:size], straight(0.03, random)[:size])
        counts += [test.is_curved, bool(test.outliers), test.ranges is not None]
    leeway = 0.2 if trials < 100 else 0.0
    assert (counts / trials <= np.array([0.07, 0.07, 0.01]) + leeway).all()
