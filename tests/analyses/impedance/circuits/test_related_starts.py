import numpy as np
import pytest

from analyses.impedance.circuits.circuit import parse_circuit
from analyses.impedance.circuits.circuit_fit import fit_circuit
from analyses.impedance.circuits.related_starts import related_starts
from tests.spectra import make_spectrum

TWO = "R0-p(R1,CPE1)-p(R2,CPE2)"
THREE = f"{TWO}-p(R3,CPE3)"
VALUES = (12.0, 10.0, 2e-7, 0.95, 20.0, 2e-5, 0.95, 12.0, 3e-3, 0.95)
FREQUENCY = np.geomspace(2e5, 2e-2, 71)
SPECTRUM = make_spectrum(THREE, VALUES, 0.002, 1, FREQUENCY)


def fit_of(text: str):
    return fit_circuit(parse_circuit(text), SPECTRUM)


def test_an_arc_more_is_tried_before_between_and_after_the_others() -> None:
    fit, circuit = fit_of(TWO), parse_circuit(THREE)
    begun = related_starts(circuit, SPECTRUM, [fit])
    assert len(begun) == 3
    assert all(values.shape == (len(circuit.parameters),) and (values > 0).all() for values in begun)
    for values, index in zip(begun, (0, 1, 2), strict=True):
        old = np.delete(values[1:].reshape(-1, 3), index, axis=0)
        assert old.ravel() == pytest.approx(fit.values[1:])


def test_the_slowest_arc_becomes_the_diffusion() -> None:
    fit = fit_of(THREE)
    (values,) = related_starts(parse_circuit(f"{TWO}-Ws3"), SPECTRUM, [fit])
    assert values[:7] == pytest.approx(fit.values[:7])
    assert values[7] == pytest.approx(fit.values[7])


@pytest.mark.parametrize(("tail", "count"), [("W3", 1), ("CPE3", 1), ("Ws3", 2), ("Wo3", 2)])
def test_another_diffusion_begins_at_the_same_size(tail: str, count: int) -> None:
    fit = fit_circuit(parse_circuit(f"{TWO}-CPE3"), SPECTRUM)
    if tail == "CPE3":
        fit = fit_circuit(parse_circuit(f"{TWO}-W3"), SPECTRUM)
    begun = related_starts(parse_circuit(f"{TWO}-{tail}"), SPECTRUM, [fit])
    assert len(begun) == count
    lowest = [np.abs(parse_circuit(tail).impedance(FREQUENCY[-1:], values[7:]))[0] for values in begun]
    before = np.abs(parse_circuit(fit.circuit.text.split("-")[-1]).impedance(FREQUENCY[-1:], fit.values[7:]))[0]
    assert all(0.3 < size / before < 5 for size in lowest)


def test_a_single_arc_or_fits_of_far_other_circuits_suggest_nothing() -> None:
    single = fit_of("R0-p(R1,CPE1)")
    assert related_starts(parse_circuit("R0-p(R1,CPE1)"), SPECTRUM, [single]) == []
    assert related_starts(parse_circuit(THREE), SPECTRUM, [single]) == []


def test_starts_of_a_simpler_circuit_reach_the_least_minimum() -> None:
    """Three random starts alone may miss it; the truth leaves 0.2 %."""
    circuit = parse_circuit(THREE)
    begun = related_starts(circuit, SPECTRUM, [fit_of(TWO)])
    fit = fit_circuit(circuit, SPECTRUM, most_starts=3, more_starts=begun)
    assert fit.starts == 6
    assert fit.residual_percent == pytest.approx(0.2, rel=0.2)
    assert fit.values[[1, 4, 7]] == pytest.approx([10.0, 20.0, 12.0], rel=0.05)
