import numpy as np
import pytest

from analyses.impedance.circuits.circuit import parse_circuit
from analyses.impedance.circuits.circuit_fit import fit_circuit
from analyses.impedance.circuits.robust_loss import tukey_weights
from analyses.impedance.spectrum import check_spectrum
from tests.spectra import FREQUENCY, ONE_ARC, any_pellet, make_spectrum, noisy
from tests.trials import holds, trials

CIRCUITS = ("R0-CPE0", "p(R1,CPE1)-CPE2", ONE_ARC, "p(R1,CPE1)-p(R2,CPE2)-CPE3")


def test_points_far_off_have_no_weight_and_others_nearly_all() -> None:
    residual = np.random.default_rng(1).normal(0, 0.01, 120)
    residual[10] = 0.5
    weights, pseudo = tukey_weights(residual)
    assert weights[5] < 1e-9
    assert np.median(weights) > 0.85
    assert pseudo[10] == 0
    kept = np.delete(np.arange(120), (10, 11))
    assert np.std(pseudo[kept]) == pytest.approx(np.std(residual[kept]), rel=0.1)


def test_gross_errors_do_not_change_the_resistance() -> None:
    """1050 Ω by construction; least squares is off by more than 5 %."""
    impedance = make_spectrum(relative_noise=0.003).impedance_ohm.copy()
    impedance[[15, 30, 45]] *= (3.0, 0.3, 2.0)
    spectrum = check_spectrum(FREQUENCY, impedance.real, impedance.imag)
    robust = fit_circuit(parse_circuit(ONE_ARC), spectrum, loss="robust")
    assert robust.resistance().magnitude == pytest.approx(1050, rel=0.005)
    assert robust.residual_percent < 0.6
    plain = fit_circuit(parse_circuit(ONE_ARC), spectrum)
    assert abs(plain.values[0] + plain.values[1] - 1050) > 50


@trials(500)
@pytest.mark.parametrize("outliers", [0, 1, 3])
def test_the_interval_covers_the_resistance(outliers: int, trials: int) -> None:
    """Of 60 points with noise of 0.5 %, none, 2 % and 5 % are gross errors."""
    inside = []
    for number in range(trials):
        random = np.random.default_rng([81, number])
        circuit, values, resistance = any_pellet(CIRCUITS[number % 4], [number, 82])
        impedance = noisy(circuit.impedance(FREQUENCY, values), 0.005, [83, number])
        wrong = random.choice(60, outliers, replace=False)
        impedance[wrong] *= random.choice([3.0, 0.4, 1.2], outliers)
        fit = fit_circuit(circuit, check_spectrum(FREQUENCY, impedance.real, impedance.imag), loss="robust")
        low, high = fit.resistance().interval()
        inside.append(low <= resistance <= high)
    assert holds(inside, 0.92, 0.985)


def test_an_arc_next_to_points_that_are_off_stays() -> None:
    """Two arcs of 300 and 700 Ω; six points between them are 30 % too large: the second arc is not left out."""
    text, values = "p(R1,CPE1)-p(R2,CPE2)-CPE3", (300.0, 2e-10, 0.95, 700.0, 2e-8, 0.9, 1e-5, 0.9)
    impedance = make_spectrum(text, values, relative_noise=0.003).impedance_ohm.copy()
    impedance[18:24] *= 1.3
    fit = fit_circuit(parse_circuit(text), check_spectrum(FREQUENCY, impedance.real, impedance.imag), loss="robust")
    assert fit.values[[0, 3]] == pytest.approx([300.0, 700.0], rel=0.05)
    low, high = fit.resistance().interval()
    assert low < 1000 < high
