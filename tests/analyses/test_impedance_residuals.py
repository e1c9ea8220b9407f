import numpy as np
import pytest

from analyses.circuit import parse_circuit
from analyses.impedance_residuals import CircuitResiduals
from tests.spectra import ONE_ARC, ONE_ARC_VALUES, make_spectrum

VALUES = np.array(ONE_ARC_VALUES)


def residuals_of(text: str = ONE_ARC) -> CircuitResiduals:
    return CircuitResiduals(parse_circuit(text), make_spectrum())


def test_nothing_is_left_at_the_values_a_spectrum_was_made_from() -> None:
    residuals = residuals_of()
    theta = np.where(residuals.is_scale, np.log(VALUES), VALUES)
    assert residuals.values(theta) == pytest.approx(VALUES)
    assert np.abs(residuals.residual(theta)).max() < 1e-12


def test_jacobian_is_the_slope_of_the_residuals() -> None:
    residuals = residuals_of()
    theta = np.where(residuals.is_scale, np.log(VALUES), VALUES) + 0.05 * (-1) ** np.arange(6)
    for place in range(6):
        change = 1e-6 * (np.arange(6) == place)
        slope = (residuals.residual(theta + change) - residuals.residual(theta - change)) / 2e-6
        assert residuals.jacobian(theta)[:, place] == pytest.approx(slope, abs=1e-6)


def test_finds_the_minimum_from_a_start_that_is_off() -> None:
    square, theta = residuals_of().solve(VALUES * [3, 0.4, 5, 0.9, 0.3, 1.1])
    assert square < 1e-12
    assert residuals_of().values(theta) == pytest.approx(VALUES, rel=1e-4)


def test_a_start_outside_the_limits_is_moved_inside() -> None:
    residuals = residuals_of()
    _, theta = residuals.solve(VALUES * [1e-30, 1, 1, 2, 1, 2])
    assert (theta >= residuals.lower).all()
    assert (theta <= residuals.upper).all()


@pytest.mark.parametrize("text", ["R0-L0-C0", "W1-R0", "Wo1-R0", "Ws1-R0-CPE2"])
def test_every_kind_of_parameter_has_limits(text: str) -> None:
    residuals = residuals_of(text)
    assert (residuals.lower < residuals.upper).all()
