import numpy as np
import pytest

from analyses.simulate.arcs import Arc, constant_phase_ohm


def test_an_arc_has_its_resistance_at_low_and_none_at_high_frequencies() -> None:
    arc = Arc(50.0, 1e-3, 0.8)
    assert arc.impedance_ohm(np.array([1e-9]))[0] == pytest.approx(50.0, rel=1e-6)
    assert abs(arc.impedance_ohm(np.array([1e12]))[0]) < 1e-6


def test_the_top_of_an_arc_is_at_its_time_constant() -> None:
    frequency = np.geomspace(1, 1e5, 5001)
    impedance = Arc(50.0, 1e-3, 0.8).impedance_ohm(frequency)
    assert frequency[np.argmax(-impedance.imag)] == pytest.approx(1 / (2e-3 * np.pi), rel=0.01)


def test_a_scaled_arc_keeps_its_capacitance() -> None:
    arc = Arc(50.0, 1e-3, 0.8).scaled(3.0)
    assert arc.time_constant_s / arc.resistance_ohm == pytest.approx(1e-3 / 50.0)


def test_a_constant_phase_element_of_exponent_1_is_a_capacitor() -> None:
    assert constant_phase_ohm(np.array([1 / (2 * np.pi)]), 0.5, 1.0)[0] == pytest.approx(-2j)
    assert np.degrees(np.angle(constant_phase_ohm(np.array([7.0]), 0.5, 0.5)[0])) == pytest.approx(-45.0)
