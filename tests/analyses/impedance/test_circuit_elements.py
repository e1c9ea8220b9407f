import numpy as np
import pytest

from analyses.impedance.circuit_elements import ELEMENTS, AngularFrequency

OMEGA_1 = AngularFrequency.of(np.array([1 / (2 * np.pi)]))
"""ω = 1 rad/s."""


@pytest.mark.parametrize(
    ("symbol", "values", "expected"),
    [
        ("R", [3.0], 3.0),
        ("C", [0.5], -2j),
        ("L", [0.5], 0.5j),
        ("CPE", [0.5, 1.0], -2j),
        ("CPE", [0.5, 0.5], np.sqrt(2) * (1 - 1j)),
        ("W", [3.0], 3 - 3j),
    ],
)
def test_has_the_impedance_of_its_definition_at_one_radian_per_second(symbol, values, expected) -> None:
    """By hand from Z = R, 1/(jωC), jωL, 1/(Q (jω)ⁿ), σ(1 - j)/√ω."""
    impedance, _ = ELEMENTS[symbol].evaluate(np.array(values), OMEGA_1)
    assert impedance[0] == pytest.approx(expected)


def test_finite_warburg_elements_have_their_limits() -> None:
    """Barsoukov and Macdonald, Impedance Spectroscopy, 2.1.3: Ws goes to R and Wo to R/3 + R/(jωτ) for ωτ << 1."""
    slow = AngularFrequency.of(np.array([1e-6]))
    short, _ = ELEMENTS["Ws"].evaluate(np.array([7.0, 1.0]), slow)
    blocked, _ = ELEMENTS["Wo"].evaluate(np.array([7.0, 1.0]), slow)
    assert short[0] == pytest.approx(7.0, rel=1e-5)
    assert blocked[0].real == pytest.approx(7.0 / 3, rel=1e-4)
    assert blocked[0].imag == pytest.approx(-7.0 / (2 * np.pi * 1e-6), rel=1e-4)


def test_finite_warburg_elements_become_infinite_ones_at_high_frequency() -> None:
    fast = AngularFrequency.of(np.array([1e9]))
    infinite, _ = ELEMENTS["W"].evaluate(np.array([7.0 / np.sqrt(2)]), fast)
    for symbol in ("Wo", "Ws"):
        impedance, slope = ELEMENTS[symbol].evaluate(np.array([7.0, 1.0]), fast)
        assert impedance[0] == pytest.approx(infinite[0])
        assert np.isfinite(slope).all()
