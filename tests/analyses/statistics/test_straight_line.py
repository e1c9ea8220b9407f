import numpy as np
import pytest

from analyses.component import Component
from analyses.statistics.straight_line import straight_line
from analyses.uncertainty import Estimate
from tests.trials import holds, trials

X = np.array([0.0, 1.0, 2.0, 3.0, 4.0])


def test_slope_and_intercept_of_an_exact_line() -> None:
    line = straight_line(X, 3 - 2 * X)
    assert line.slope.magnitude == pytest.approx(-2, abs=1e-12)
    assert line.intercept.magnitude == pytest.approx(3, abs=1e-12)
    assert line.fitted == pytest.approx(3 - 2 * X)


def test_uncertainties_as_worked_out_by_hand() -> None:
    """Residuals 0, 1, 0, -1, 0 have a slope of -0.2; their sum of squares about that line is 1.6, over 3 degrees."""
    line = straight_line(X, np.array([0.0, 1.0, 0.0, -1.0, 0.0]))
    variance = 1.6 / 3
    assert line.slope.magnitude == pytest.approx(-0.2)
    assert line.slope.standard_uncertainty == pytest.approx(np.sqrt(variance / 10))
    assert line.intercept.standard_uncertainty == pytest.approx(np.sqrt(variance * (1 / 5 + 4 / 10)))
    assert line.slope.degrees_of_freedom == 3


@pytest.mark.parametrize("x", [X[:2], np.ones(5)])
def test_too_few_points_have_no_line(x: np.ndarray) -> None:
    with pytest.raises(ValueError, match=str(x.size)):
        straight_line(x, x)


@trials(1000)
def test_the_interval_of_the_slope_holds_the_truth_in_95_of_100(trials: int) -> None:
    random = np.random.default_rng(1)
    slopes = [straight_line(X, 1 + 0.5 * X + random.normal(0, 0.1, X.size)).slope for _ in range(trials)]
    intervals = [slope.interval() for slope in slopes]
    assert holds([low <= 0.5 <= high for low, high in intervals], 0.93, 0.97)


def test_a_cause_that_all_y_share_is_in_the_intercept_alone() -> None:
    y = 1 + 0.5 * X
    numbers = [Estimate.of_components(float(value), Component("drift", 0.2, shared="zero")) for value in y]
    line = straight_line(X, y, numbers=numbers)
    assert line.slope.standard_uncertainty == pytest.approx(0, abs=1e-12)
    (part,) = (part for part in line.intercept.components if part.name == "drift")
    assert part.contribution == pytest.approx(0.2)


@pytest.mark.parametrize("level", [1e-9, 0.3, 7e6])
def test_a_slope_that_is_round_off_is_zero(level: float) -> None:
    line = straight_line(X, level * (1 + 1e-16 * np.array([0, 2, -2, 4, 0])))
    assert line.slope.magnitude == 0
