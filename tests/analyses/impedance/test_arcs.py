import numpy as np
import pytest

from analyses.impedance.arcs import Arc, bulk_and_grain_boundary, fastest_first, find_arcs
from analyses.impedance.circuit import parse_circuit


def arc(resistance: float, capacitance: float, name: str = "R1") -> Arc:
    return Arc(name, resistance, resistance * capacitance, capacitance)


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


def test_picofarad_bulk_and_nanofarad_grain_boundaries_are_distinguished() -> None:
    """Irvine, Sinclair, West 1990: 1e-12 F cm⁻¹ for a bulk, 1e-11 to 1e-8 for grain boundaries."""
    assert bulk_and_grain_boundary((arc(1e3, 1e-11), arc(2e3, 1e-9)), (0.01, 0.01), 1.0) is None


@pytest.mark.parametrize(
    ("arcs", "uncertainties", "code", "parameters"),
    [
        ((arc(1e3, 1e-11),), (0.01,), "not-two-arcs", {"arcs": 1}),
        ((arc(1e3, 1e-11), arc(2e3, 2e-11)), (0.01, 0.01), "arcs-too-close", {"ratio": 4, "needed": 10}),
        ((arc(1e3, 1e-11), arc(2e3, 1e-9, "R2")), (0.01, 0.4), "arc-not-determined", {"uncertainty": 0.4}),
        ((arc(1e3, 1e-8), arc(2e3, 1e-6)), (0.01, 0.01), "arc-capacitance-out-of-range", {"capacitance_f_cm": 1e-8}),
        ((arc(1e3, 1e-11), arc(2e3, 1e-6)), (0.01, 0.01), "arc-capacitance-out-of-range", {"capacitance_f_cm": 1e-6}),
    ],
)
def test_states_why_arcs_are_not_bulk_and_grain_boundary(
    arcs, uncertainties, code: str, parameters: dict[str, float]
) -> None:
    reason = bulk_and_grain_boundary(arcs, uncertainties, 1.0)
    assert reason.code == code
    assert {name: reason.parameters[name] for name in parameters} == pytest.approx(parameters)
