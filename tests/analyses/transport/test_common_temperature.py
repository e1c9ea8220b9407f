import numpy as np
import pytest

from analyses.transport.activation_energy import BOLTZMANN_EV_K, activation_energy
from analyses.transport.common_temperature import with_common_temperature

DEGC = np.array([-20.0, 0.0, 25.0, 40.0, 60.0])
KELVIN = DEGC + 273.15
SIGMA = 2e5 / KELVIN * np.exp(-0.35 / (BOLTZMANN_EV_K * KELVIN))


def test_a_common_error_changes_the_energy_by_twice_its_share_of_the_temperature() -> None:
    """1 K of 295 K: 0.68 % of 0.35 eV, compared with a fit of shifted temperatures."""
    fit = with_common_temperature(activation_energy(DEGC, SIGMA), DEGC, SIGMA, 1.0)
    (part,) = fit.activation_energy_ev.components
    assert part.name == "temperature"
    shifted = activation_energy(DEGC + 1.0, SIGMA)
    change = shifted.activation_energy_ev.magnitude - 0.35
    assert part.contribution == pytest.approx(change, rel=0.02)
    assert part.contribution == pytest.approx(2 * 0.35 / KELVIN.mean(), rel=0.05)
    of_prefactor = shifted.log_prefactor.magnitude - fit.log_prefactor.magnitude
    assert fit.log_prefactor.standard_uncertainty == pytest.approx(abs(of_prefactor), rel=0.02)


def test_it_moves_a_kink_and_the_energies_of_the_ranges() -> None:
    x = 1 / (BOLTZMANN_EV_K * (np.linspace(-40, 60, 8) + 273.15))
    at = 1 / (BOLTZMANN_EV_K * 283.15)
    degc = np.linspace(-40, 60, 8)
    sigma = np.exp(np.where(x > at, -0.6, -0.3) * (x - at) + 1e-3 * np.cos(np.arange(8))) / (degc + 273.15)
    plain = activation_energy(degc, sigma)
    fit = with_common_temperature(plain, degc, sigma, 0.5)
    assert fit.kink_degc is not None
    assert plain.kink_degc is not None
    spread = np.hypot(plain.kink_degc.standard_uncertainty, 0.5)
    assert fit.kink_degc.standard_uncertainty == pytest.approx(spread)
    for part, without in zip(fit.ranges, plain.ranges, strict=True):
        assert part.activation_energy_ev.standard_uncertainty > without.activation_energy_ev.standard_uncertainty


def test_a_thermometer_without_error_changes_nothing() -> None:
    fit = activation_energy(DEGC, SIGMA)
    assert with_common_temperature(fit, DEGC, SIGMA, 0.0) is fit
