import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analyses.impedance.circuit_elements import ELEMENTS, AngularFrequency
from analyses.impedance.circuits.circuit import parse_circuit
from analyses.insufficient_data import InsufficientData
from tests.coded import refuses

FREQUENCY = np.geomspace(1e5, 1e-2, 15)


def test_names_its_parameters_in_order_with_units() -> None:
    circuit = parse_circuit("L0 - R0 - p(R1, CPE1) - Wo2")
    assert [(p.name, p.unit) for p in circuit.parameters] == [
        ("L0", "H"),
        ("R0", "ohm"),
        ("R1", "ohm"),
        ("CPE1_Q", "S s^n"),
        ("CPE1_n", ""),
        ("Wo2_R", "ohm"),
        ("Wo2_tau", "s"),
    ]


def test_two_equal_resistors_in_parallel_are_half_of_one() -> None:
    assert parse_circuit("p(R1,R2)").impedance(FREQUENCY, np.array([4.0, 4.0])) == pytest.approx(np.full(15, 2 + 0j))


def test_a_resistor_parallel_to_a_capacitor_is_a_semicircle() -> None:
    """Z = R/(1 + jωRC): at ω = 1/RC it is R (1 - j)/2."""
    at_top = np.array([1 / (2 * np.pi * 100 * 1e-6)])
    assert parse_circuit("p(R1,C1)").impedance(at_top, np.array([100.0, 1e-6]))[0] == pytest.approx(50 - 50j)


@pytest.mark.parametrize(
    ("text", "position", "reason"),
    [
        ("R0-", 4, "p(...)"),
        ("R0--C1", 4, "'-'"),
        ("R0-X1", 4, "'X'"),
        ("R-C1", 1, "R1"),
        ("R1-C1-R1", 7, "R1"),
        ("p(R1)", 1, "branches"),
        ("p(R1,C1", 8, "')'"),
        ("R0)C1", 3, "')'"),
        ("R0-__import__('os')", 4, "'_'"),
        ("p(" * 9 + "R1", 17, " 8 "),
        ("-".join(f"R{n}" for n in range(25)), 87, " 24 "),
    ],
)
def test_refuses_invalid_circuits_with_the_position(text: str, position: int, reason: str) -> None:
    with refuses("invalid-circuit", InsufficientData, circuit=text, at=position) as refusal:
        parse_circuit(text)
    assert reason in refusal.value.parameters["reason"]


def test_refuses_an_empty_circuit() -> None:
    with refuses("empty-circuit", InsufficientData):
        parse_circuit("")


@pytest.mark.parametrize(
    ("text", "values", "expected"),
    [
        ("R0-CPE0", [5.0, 1e-6, 0.9], 5.0),
        ("p(R1,CPE1)-CPE2", [7.0, 1e-9, 0.9, 1e-6, 0.9], 7.0),
        ("L0-R0-p(R1,CPE1)-p(R2,C2)-CPE3", [1e-6, 1.0, 2.0, 1e-9, 0.9, 4.0, 1e-6, 1e-6, 0.9], 7.0),
        ("p(R1,R2-C2)-Ws1", [3.0, 9.0, 1e-6, 2.0, 1.0], 5.0),
        ("R0-p(R1-W1,CPE1)", [3.0, 9.0, 1.0, 1e-6, 0.9], 3.0),
        ("R0-p(R1,L1)", [3.0, 9.0, 1.0], 3.0),
        ("p(R1,R2)", [6.0, 3.0], 2.0),
    ],
)
def test_direct_current_meets_what_does_not_block_it(text, values, expected) -> None:
    """By hand: capacitive elements are open, inductors short."""
    resistance, gradient = parse_circuit(text).direct_current_resistance(np.array(values))
    assert resistance == pytest.approx(expected)
    assert gradient.sum() == pytest.approx(expected)


def test_refuses_a_resistance_of_a_circuit_that_blocks() -> None:
    with refuses("circuit-blocks-direct-current", InsufficientData, circuit="p(R1-C1,CPE1)-CPE2"):
        parse_circuit("p(R1-C1,CPE1)-CPE2").direct_current_resistance(np.ones(6) * 0.5)


@st.composite
def circuits(draw: st.DrawFn) -> str:
    """Any circuit of up to about ten elements."""
    number = iter(range(100))

    def element() -> str:
        return f"{draw(st.sampled_from(sorted(ELEMENTS)))}{next(number)}"

    def series(depth: int) -> str:
        return "-".join(item(depth) for _ in range(draw(st.integers(1, 3 if depth == 0 else 2))))

    def item(depth: int) -> str:
        if depth < 2 and draw(st.booleans()):
            return f"p({series(depth + 1)},{series(depth + 1)})"
        return element()

    return series(0)


@settings(max_examples=80, deadline=None, derandomize=True)
@given(text=circuits(), seed=st.integers(0, 2**32 - 1))
def test_derivatives_agree_with_finite_differences_for_any_circuit(text: str, seed: int) -> None:
    circuit, random, step = parse_circuit(text), np.random.default_rng(seed), 1e-5
    scale = np.array(circuit.is_scale)
    theta = np.where(scale, random.uniform(-3, 3, scale.size), random.uniform(0.3, 0.98, scale.size))

    def impedance(variables: np.ndarray) -> np.ndarray:
        return circuit.impedance(FREQUENCY, np.where(scale, np.exp(variables), variables))

    _, jacobian = circuit.with_jacobian(AngularFrequency.of(FREQUENCY), np.where(scale, np.exp(theta), theta))
    for index in range(theta.size):
        change = np.zeros(theta.size)
        change[index] = step
        slope = (impedance(theta + change) - impedance(theta - change)) / (2 * step)
        size = np.abs(impedance(theta)) + np.abs(slope)
        assert np.abs(jacobian[index] - slope) == pytest.approx(np.zeros(15), abs=1e-6 * size.max())
        assert (np.abs(jacobian[index] - slope) <= 1e-4 * size).all()


def test_knows_whether_it_has_an_inductor() -> None:
    assert parse_circuit("L0-R0-p(R1,CPE1)").has_inductor
    assert not parse_circuit("R0-p(R1,CPE1)-W1").has_inductor
