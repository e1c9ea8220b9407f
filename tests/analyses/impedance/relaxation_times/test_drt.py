"""Exact distributions of relaxation times: ZARC, RC, Gerischer and two ZARCs."""

import numpy as np
import pytest
from scipy.stats import wasserstein_distance

from analyses.impedance.relaxation_times.drt import Distribution, distribution
from analyses.impedance.spectrum import check_spectrum
from analyses.insufficient_data import InsufficientData
from tests.coded import refuses
from tests.spectra import SAMPLES, make_spectrum, noisy

FREQUENCY = np.geomspace(1e6, 1e-2, 81)
NOISES = [0.0, 0.0025, 0.01, 0.025]
ZARC = (50.0, 1e-2, 0.8)
TWO = ((50.0, 1e-3, 0.8), (30.0, 1e-1, 0.8))


def of_arcs(*arcs: tuple[float, float, float], noise: float, tail: tuple[float, ...] = ()) -> Distribution:
    """Of 10 Ω in series with arcs of resistance, time constant and exponent."""
    text = "-".join(["R0", *(f"p(R{number},CPE{number})" for number in range(1, len(arcs) + 1))])
    values = [10.0, *(number for r, tau, n in arcs for number in (r, tau**n / r, n)), *tail]
    if tail:
        text += f"-CPE{len(arcs) + 1}"
    return distribution(make_spectrum(text, values, noise, 3, FREQUENCY), noise)


def exact_gamma(tau: np.ndarray, *arcs: tuple[float, float, float]) -> np.ndarray:
    """K. S. Cole, R. H. Cole, J. Chem. Phys. 9, 341 (1941), doi:10.1063/1.1750906."""
    return sum(
        r / (2 * np.pi) * np.sin((1 - n) * np.pi) / (np.cosh(n * np.log(tau / top)) - np.cos((1 - n) * np.pi))
        for r, top, n in arcs
    )


def relative_l2(drt: Distribution, exact: np.ndarray) -> float:
    return float(np.linalg.norm(drt.gamma_ohm - exact) / np.linalg.norm(exact))


@pytest.mark.parametrize(("noise", "most"), list(zip(NOISES, (0.08, 0.18, 0.27, 0.36), strict=True)))
@pytest.mark.parametrize("arcs", [(ZARC,), TWO], ids=["ZARC", "two ZARCs"])
def test_arcs_have_the_distribution_of_cole_and_cole(arcs: tuple, noise: float, most: float) -> None:
    drt = of_arcs(*arcs, noise=noise)
    assert relative_l2(drt, exact_gamma(drt.time_constant_s, *arcs)) < most
    total = sum(arc[0] for arc in arcs)
    assert drt.polarisation_resistance_ohm == pytest.approx(total, rel=0.003 + 2 * noise)
    assert drt.series_resistance_ohm == pytest.approx(10.0, rel=0.01 + 2 * noise)
    for _, tau, _ in arcs:
        near = np.abs(np.log10(drt.time_constant_s / tau)) < 0.6
        top = drt.time_constant_s[near][np.argmax(drt.gamma_ohm[near])]
        assert abs(np.log10(top / tau)) < 0.1 + 5 * noise


@pytest.mark.parametrize("noise", NOISES)
def test_the_distribution_of_an_rc_element_is_at_its_time_constant(noise: float) -> None:
    """Wasserstein distance to a single time constant, in decades."""
    drt = of_arcs((50.0, 1e-2, 1.0), noise=noise)
    decades = np.log10(drt.time_constant_s)
    assert wasserstein_distance(decades, [-2.0], drt.gamma_ohm, [1.0]) < 0.08 + 10 * noise


@pytest.mark.parametrize("noise", NOISES)
def test_the_distribution_of_a_gerischer_element(noise: float) -> None:
    """γ = R/π sqrt(τ/(τ0 - τ)) below τ0: B. A. Boukamp, H. J. M. Bouwmeester, Solid State Ionics 157, 29 (2003),
    doi:10.1016/S0167-2738(02)00185-6."""
    tau0 = 0.1
    impedance = noisy(10 + 100 / np.sqrt(1 + 2j * np.pi * FREQUENCY * tau0), noise, 3)
    drt = distribution(check_spectrum(FREQUENCY, impedance.real, impedance.imag), noise)
    exact_tau = np.logspace(-8, -1, 2000, endpoint=False)
    exact = np.sqrt(exact_tau / (tau0 - exact_tau))
    distance = wasserstein_distance(np.log10(drt.time_constant_s), np.log10(exact_tau), drt.gamma_ohm, exact)
    assert distance < 0.1 + 8 * noise
    assert drt.polarisation_resistance_ohm == pytest.approx(100, rel=0.02 + 2 * noise)


def test_a_blocking_tail_is_in_series_and_not_in_the_distribution() -> None:
    drt = of_arcs((50.0, 1e-5, 0.9), noise=0.005, tail=(1e-3, 0.85))
    assert drt.tail_exponent == pytest.approx(0.85, abs=0.03)
    assert drt.polarisation_resistance_ohm == pytest.approx(50, rel=0.1)


def test_cross_validation_is_the_other_rule() -> None:
    spectrum = make_spectrum("R0-p(R1,CPE1)", [10.0, 50.0, 1e-2**0.8 / 50, 0.8], 0.01, 3, FREQUENCY)
    drt = distribution(spectrum, 0.01, by="gcv")
    assert relative_l2(drt, exact_gamma(drt.time_constant_s, ZARC)) < 0.5
    assert drt.polarisation_resistance_ohm == pytest.approx(50, rel=0.03)


def test_the_band_is_wider_with_noise() -> None:
    quiet, loud = (of_arcs(ZARC, noise=noise) for noise in (0.0025, 0.025))
    assert 0 < quiet.polarisation_error_ohm < loud.polarisation_error_ohm
    assert (quiet.gamma_error_ohm[quiet.gamma_ohm > 0] > 0).all()
    assert np.all(quiet.gamma_ohm >= 0)


def test_refuses_a_spectrum_that_no_distribution_describes() -> None:
    """Noise of 30 % where 1 % is expected."""
    spectrum = make_spectrum("R0-p(R1,CPE1)", [10.0, 50.0, 1e-2**0.8 / 50, 0.8], 0.3, 3, FREQUENCY)
    with refuses("no-distribution-fits", InsufficientData):
        distribution(spectrum, 0.01)


TOTALS = {"Z_ZARC_noiseless.csv": 1.0, "Z_2ZARC_noiseless.csv": 2.0, "Z_Gerischer_noiseless.csv": 1.0}


def test_total_polarisation_of_the_samples_of_bayes_drt() -> None:
    """Where the sample files are at hand."""
    for path in (path for name in TOTALS for path in SAMPLES.glob(f"bayes_drt/{name}")):
        rows = np.genfromtxt(path, delimiter=",", names=True)
        spectrum = check_spectrum(rows["Freq"], rows["Zreal"], rows["Zimag"])
        assert distribution(spectrum, 1e-4).polarisation_resistance_ohm == pytest.approx(TOTALS[path.name], rel=0.1)
