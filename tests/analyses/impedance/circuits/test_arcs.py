import math

import numpy as np
import pytest

from analyses.impedance.circuits.arcs import Arc, arc_gradients, fastest_first, find_arcs
from analyses.impedance.circuits.circuit import parse_circuit


def test_computes_the_top_and_the_capacitance_of_each_arc() -> None:
    """τ = (R Q)^(1/n) and C = τ/R: with R = 1000 Ω, Q = 1e-8, n = 0.5 by hand τ = 1e-10 s, C = 1e-13 F."""
    (arc,) = find_arcs(parse_circuit("R0-p(R1,CPE1)-p(R2,L2)-CPE2"), np.array([1, 1e3, 1e-8, 0.5, 1, 1, 1e-6, 0.9]))
    assert arc.resistor == "R1"
    assert arc.time_constant_s == pytest.approx(1e-10)
    assert arc.capacitance_f == pytest.approx(1e-13)
    assert arc.frequency_hz == pytest.approx(1 / (2 * np.pi * 1e-10))


def test_order_puts_the_fastest_arc_first_and_leaves_the_impedance() -> None:
    circuit = parse_circuit("p(R1,CPE1)-p(CPE2,R2)-p(R3,C3)-p(R4,CPE4)-CPE5")
    values = np.array([1, 1e-3, 0.9, 1e-6, 0.9, 2, 4, 1e-3, 3, 1e-9, 0.8, 1e-5, 0.7])
    order = fastest_first(circuit, values)
    frequency = np.geomspace(1, 1e6, 9)
    assert order.tolist() == [8, 9, 10, 3, 4, 5, 6, 7, 0, 1, 2, 11, 12]
    assert circuit.impedance(frequency, values[order]) == pytest.approx(circuit.impedance(frequency, values))


@pytest.mark.parametrize(
    ("text", "values"),
    [("p(R1,CPE1)-CPE2", [1e3, 1e-9, 0.8, 1e-6, 0.9]), ("R0-p(C1,R1)", [20.0, 1e-9, 1e3])],
)
def test_gradients_are_those_of_differences(text: str, values: list[float]) -> None:
    circuit, step = parse_circuit(text), 1e-6
    ((of_resistance, of_time),) = arc_gradients(circuit, np.array(values))
    for index, parameter in enumerate(circuit.parameters):
        arcs = []
        for sign in (1, -1):
            changed = np.array(values)
            changed[index] = (
                changed[index] * np.exp(sign * step) if parameter.is_scale else changed[index] + sign * step
            )
            arcs += find_arcs(circuit, changed)
        above, below = arcs
        of_r = np.log(above.resistance_ohm / below.resistance_ohm) / (2 * step)
        of_t = np.log(above.time_constant_s / below.time_constant_s) / (2 * step)
        assert (of_r, of_t) == pytest.approx((of_resistance[index], of_time[index]), rel=1e-6, abs=1e-8)


def test_an_arc_faster_than_any_number_has_an_infinite_frequency() -> None:
    assert Arc("R1", 1.0, 0.0, 0.0).frequency_hz == math.inf
