import numpy as np
import pytest

from analyses.impedance.circuits.circuit_fit import fit_circuit
from analyses.impedance.circuits.correlated_noise import fit_covariance
from analyses.impedance.spectrum import check_spectrum
from tests.spectra import FREQUENCY, any_pellet
from tests.trials import holds, trials

CIRCUITS = ("R0-CPE0", "p(R1,CPE1)-CPE2", "R0-p(R1,CPE1)-CPE2", "p(R1,CPE1)-p(R2,CPE2)-CPE3")
JACOBIAN = np.random.default_rng(1).normal(size=(120, 4))


def one_over_f(points: int, random: np.random.Generator) -> np.ndarray:
    """A piece, a quarter long, of noise whose power falls as 1/f; standard deviation about 1."""
    frequency = np.fft.rfftfreq(4 * points)[1:]
    amplitude = random.rayleigh(size=frequency.size) * np.exp(2j * np.pi * random.uniform(size=frequency.size))
    noise = np.fft.irfft(np.concatenate(([0], amplitude / np.sqrt(frequency))), 4 * points)
    return noise[:points] / noise.std()


def test_of_white_residuals_it_is_the_usual_covariance() -> None:
    residual = np.random.default_rng(2).normal(size=120)
    covariance, degrees = fit_covariance(JACOBIAN, residual)
    usual = residual @ residual / 116 * np.linalg.inv(JACOBIAN.T @ JACOBIAN)
    assert np.sqrt(np.diag(covariance) / np.diag(usual)) == pytest.approx(np.ones(4), abs=0.15)
    assert 30 < degrees <= 120


def test_slow_residuals_widen_what_changes_slowly() -> None:
    """A constant is known worse, and an alternating pattern better, than white noise of that size would let it."""
    random = np.random.default_rng(3)
    residual = np.empty(120)
    residual[0::2], residual[1::2] = one_over_f(60, random), one_over_f(60, random)
    slow, fast = np.ones(120), np.repeat((-1.0) ** np.arange(60), 2)
    covariance, degrees = fit_covariance(np.stack((slow, fast), axis=1), residual)
    usual = residual @ residual / 118 / 120
    assert covariance[0, 0] > 3 * usual
    assert covariance[1, 1] < usual
    assert degrees < 60


@trials(500)
@pytest.mark.parametrize(("white", "slow"), [(0.01, 0.0), (0.0035, 0.0035), (0.0, 0.005)])
def test_the_interval_of_the_resistance_covers_it(white: float, slow: float, trials: int) -> None:
    """Noise of both kinds in proportion to |Z|; 93 to 97 of 100 intervals contain the resistance."""
    inside = []
    for number in range(trials):
        random = np.random.default_rng([71, number])
        circuit, values, resistance = any_pellet(CIRCUITS[number % 4], [number, 72])
        clean = circuit.impedance(FREQUENCY, values)
        parts = [white * random.normal(size=60) + slow * one_over_f(60, random) for _ in range(2)]
        impedance = clean + np.abs(clean) * (parts[0] + 1j * parts[1])
        low, high = (
            fit_circuit(circuit, check_spectrum(FREQUENCY, impedance.real, impedance.imag)).resistance().interval()
        )
        inside.append(low <= resistance <= high)
    assert holds(inside, 0.91, 0.985)
