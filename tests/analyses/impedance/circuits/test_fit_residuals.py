import numpy as np
import pytest

from analyses.impedance.circuits.circuit import parse_circuit
from analyses.impedance.circuits.fit_residuals import CircuitResiduals
from analyses.impedance.spectrum import check_spectrum
from tests.spectra import FREQUENCY, ONE_ARC, ONE_ARC_VALUES, make_spectrum

VALUES = np.array(ONE_ARC_VALUES)


def residuals_of(text: str = ONE_ARC) -> CircuitResiduals:
    return CircuitResiduals(parse_circuit(text), make_spectrum())


def test_nothing_is_left_at_the_values_a_spectrum_was_made_from() -> None:
    residuals = residuals_of()
    theta = residuals.variables(VALUES)
    assert residuals.values(theta) == pytest.approx(VALUES)
    assert np.abs(residuals.evaluate(theta)[0]).max() < 1e-12


def test_its_derivatives_are_the_slope_of_the_residuals() -> None:
    residuals = residuals_of()
    theta = residuals.variables(VALUES) + 0.05 * (-1) ** np.arange(6)
    derivatives = residuals.evaluate(theta)[1]
    for index in range(6):
        change = 1e-6 * (np.arange(6) == index)
        slope = (residuals.evaluate(theta + change)[0] - residuals.evaluate(theta - change)[0]) / 2e-6
        assert derivatives[index] == pytest.approx(slope, abs=1e-6)


def test_several_sets_of_values_equal_each_alone() -> None:
    residuals = residuals_of()
    several = residuals.variables(VALUES) + np.array([[0.0], [0.01], [-0.02]])
    together = residuals.evaluate(several)
    for index, theta in enumerate(several):
        for all_of_them, alone in zip(together, residuals.evaluate(theta), strict=True):
            assert all_of_them[index] == pytest.approx(alone, rel=1e-12, abs=1e-15)


def test_a_residual_is_the_difference_over_the_scale_that_is_given() -> None:
    """By hand: 1.1 times the impedance it was made from is off by 0.1 of it, and by 1/11 of itself."""
    spectrum = make_spectrum()
    larger = check_spectrum(FREQUENCY, 1.1 * spectrum.impedance_ohm.real, 1.1 * spectrum.impedance_ohm.imag)
    residuals = CircuitResiduals(parse_circuit(ONE_ARC), larger)
    theta = residuals.variables(VALUES)
    for over, share in ((residuals, 1 / 11), (residuals.reweighted(theta), 0.1)):
        assert np.hypot(*over.evaluate(theta)[0].reshape(-1, 2).T) == pytest.approx(np.full(FREQUENCY.size, share))


def test_finds_the_minimum_from_a_start_that_is_off() -> None:
    solution = residuals_of().solve(VALUES * np.array([[3, 0.4, 5, 0.9, 0.3, 1.1]]))
    assert solution.sum_of_squares < 1e-12
    assert residuals_of().values(solution.variables[0]) == pytest.approx(VALUES, rel=1e-4)


def test_a_start_outside_the_limits_is_moved_inside() -> None:
    residuals = residuals_of()
    theta = residuals.solve(VALUES * np.array([[1e-30, 1, 1, 2, 1, 2]])).variables
    assert (theta >= residuals.lower).all()
    assert (theta <= residuals.upper).all()


@pytest.mark.parametrize("text", ["R0-L0-C0", "W1-R0", "Wo1-R0", "Ws1-R0-CPE2"])
def test_every_kind_of_parameter_has_limits(text: str) -> None:
    residuals = residuals_of(text)
    assert (residuals.lower < residuals.upper).all()
