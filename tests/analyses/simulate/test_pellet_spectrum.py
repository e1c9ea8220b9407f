from dataclasses import replace

import numpy as np
import pytest

from analyses.simulate.pellet_spectrum import BOLTZMANN_EV_K, Pellet, pellet_spectrum

PELLET = Pellet(600.0, 0.785, 2e-3, 0.4, 0.35, 0.05)


def test_the_conductivity_follows_arrhenius_and_a_power_of_the_pressure() -> None:
    cold, warm = (PELLET.conductivity_at(degc, 10.0) for degc in (-20.0, 60.0))
    slope = np.log(warm * 333.15 / (cold * 253.15)) / (1 / 253.15 - 1 / 333.15)
    assert slope * BOLTZMANN_EV_K == pytest.approx(0.35)
    assert PELLET.conductivity_at(25.0, 20.0) / PELLET.conductivity_at(25.0, 10.0) == pytest.approx(2**0.05)


def test_the_resistance_is_that_of_the_geometry() -> None:
    assert PELLET.resistance_at(25.0, 10.0) == pytest.approx(0.06 / (2e-3 * 0.785))


def test_a_spectrum_without_noise_has_the_resistance_before_the_blocking_tail() -> None:
    pellet = replace(PELLET, blocking_exponent=1.0)
    spectrum = pellet_spectrum(pellet, 25.0, 10.0, relative_noise=0.0, seed=1)
    assert spectrum.resistance_ohm == PELLET.resistance_at(25.0, 10.0)
    at_10_khz = spectrum.impedance_ohm[np.argmin(np.abs(spectrum.frequency_hertz - 1e4))]
    assert at_10_khz.real == pytest.approx(spectrum.resistance_ohm, rel=0.03)
    assert spectrum.grain_boundary_ohm == pytest.approx(0.4 * spectrum.resistance_ohm)


def test_noise_depends_on_the_seed_alone() -> None:
    first, second, third = (pellet_spectrum(PELLET, 25.0, 10.0, seed=seed).impedance_ohm for seed in (1, 1, 2))
    assert (first == second).all()
    assert (first != third).any()
