import numpy as np
import pytest

from analyses.insufficient_data import InsufficientData
from analyses.transport.activation_energy import BOLTZMANN_EV_K, activation_energy
from tests.trials import holds, trials

DEGC = np.array([-25.0, -10.0, 5.0, 20.0, 35.0, 50.0, 65.0])
KELVIN = DEGC + 273.15
SIGMA = 2e5 / KELVIN * np.exp(-0.35 / (BOLTZMANN_EV_K * KELVIN))


def test_finds_the_energy_and_the_prefactor_of_an_exact_series() -> None:
    """σT = 2e5 S cm⁻¹ K × exp(-0.35 eV/kT) by construction."""
    fit = activation_energy(DEGC, SIGMA)
    assert fit.activation_energy_ev.magnitude == pytest.approx(0.35, rel=1e-9)
    assert fit.log_prefactor.magnitude == pytest.approx(np.log(2e5), rel=1e-9)
    assert fit.fitted_s_cm == pytest.approx(SIGMA)


def test_leaving_out_the_temperature_before_the_exponential_moves_the_energy_by_kt() -> None:
    """d ln T/d(1/kT) = -kT: regressing ln σ is low by 0.02-0.03 eV, k times the mean temperature of the series."""
    wrong = -np.polyfit(1 / (BOLTZMANN_EV_K * KELVIN), np.log(SIGMA), 1)[0]
    right = activation_energy(DEGC, SIGMA).activation_energy_ev.magnitude
    assert right - wrong == pytest.approx(BOLTZMANN_EV_K * KELVIN.mean(), rel=0.02)
    assert 0.02 < right - wrong < 0.04


def test_a_factor_common_to_all_conductivities_leaves_the_energy() -> None:
    first, other = (activation_energy(DEGC, SIGMA * factor).activation_energy_ev for factor in (1, 7.3))
    assert first.magnitude == pytest.approx(other.magnitude, rel=1e-9)


@trials(400)
@pytest.mark.parametrize("count", [3, 7])
@pytest.mark.parametrize("noise", [0.001, 0.01, 0.03])
@pytest.mark.parametrize("weighted", [True, False])
def test_stated_interval_covers_the_true_energy(count: int, noise: float, weighted: bool, trials: int) -> None:
    """Normal noise of ln σ, larger at low temperature if weighted: 0.35 eV inside in 90-99 % of 400 trials."""
    random, inside = np.random.default_rng([count, int(noise * 1e4)]), []
    spread = noise * (np.linspace(3, 1, count) if weighted else np.ones(count))
    for _ in range(trials):
        sigma = SIGMA[:count] * np.exp(spread * random.normal(size=count))
        uncertainty = spread * sigma if weighted else None
        low, high = activation_energy(DEGC[:count], sigma, uncertainty).activation_energy_ev.interval()
        inside.append(low <= 0.35 <= high)
    assert holds(inside)


@pytest.mark.parametrize(
    ("degc", "sigma", "uncertainty", "reason"),
    [
        (DEGC[:2], SIGMA[:2], None, "3 or more temperatures: there are 2"),
        (np.array([20.0, 20.0, 30.0]), SIGMA[:3], None, "there are 2"),
        (np.array([20.0, -300.0, 30.0]), SIGMA[:3], None, "temperature 2 is -300 °C, not above absolute zero"),
        (DEGC[:3], np.array([1e-3, 0.0, 1e-3]), None, "conductivity 2 is 0 S/cm"),
        (DEGC[:3], SIGMA[:4], None, "3 temperatures for 4 conductivities"),
        (DEGC[:3], SIGMA[:3], np.array([1e-6, 0.0, 1e-6]), "conductivity 2 has a standard uncertainty of 0"),
        (DEGC[:3], SIGMA[:3], np.array([1e-6]), "1 standard uncertainties for 3"),
    ],
)
def test_refuses_points_that_determine_no_line(degc, sigma, uncertainty, reason: str) -> None:
    with pytest.raises(InsufficientData, match=reason):
        activation_energy(degc, sigma, uncertainty)
