import numpy as np
import pytest

from analyses.impedance.circuits.circuit import parse_circuit
from analyses.impedance.circuits.fit_starts import landmarks, starts
from tests.spectra import ONE_ARC, make_spectrum


def test_reads_resistance_and_tail_off_the_spectrum() -> None:
    """R0 + R1 = 1050 Ω and a tail with n = 0.85, Q = 1e-6 by construction."""
    seen = landmarks(make_spectrum())
    assert seen.resistance_low == pytest.approx(1050, rel=0.1)
    assert seen.tail_exponent == pytest.approx(0.85, abs=0.05)
    assert seen.tail_admittance == pytest.approx(1e-6, rel=0.3)


def test_the_same_spectrum_has_the_same_starts() -> None:
    circuit, spectrum = parse_circuit(ONE_ARC), make_spectrum(relative_noise=0.01)
    once, again = (np.array(list(starts(circuit, spectrum, 6))) for _ in range(2))
    assert once.shape == (6, 6)
    assert (once == again).all()


@pytest.mark.parametrize(
    "text", ["R0", "C0", "R0-CPE0", "p(R1,C1)-W2", "L0-R0-p(R1-Wo1,CPE1)-p(R2,Ws2)-C3", "p(R1,p(R2,C2)-C1)-L1"]
)
def test_starts_are_finite_and_above_zero_for_any_circuit(text: str) -> None:
    for values in starts(parse_circuit(text), make_spectrum(), 5):
        assert np.isfinite(values).all()
        assert (values > 0).all()


def test_starts_for_a_spectrum_without_a_tail() -> None:
    spectrum = make_spectrum("R0-p(R1,CPE1)", (50.0, 1000.0, 1e-7, 0.9))
    assert landmarks(spectrum).resistance_low == pytest.approx(1050, rel=0.01)
