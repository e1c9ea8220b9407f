"""The scale of the noise from the residuals, on spectra of pellets from a wide range."""

from collections.abc import Callable

import numpy as np
import pytest

from analyses.impedance.noise.noise_scale import PROPORTIONAL, NoiseScale
from analyses.impedance.noise.noise_scale_choice import choose_noise_scale
from analyses.impedance.outliers import find_outliers
from analyses.impedance.spectrum import check_spectrum
from tests.calibration import noise
from tests.spectra import FREQUENCY, ONE_ARC, any_pellet, make_spectrum
from tests.trials import FEW, trials

Disturb = Callable[[np.random.Generator, np.ndarray], np.ndarray]


def white(random: np.random.Generator, modulus: np.ndarray) -> np.ndarray:
    return np.asarray(modulus * (random.normal(size=modulus.size) + 1j * random.normal(size=modulus.size)))


def chosen(number: int, disturb: Disturb) -> tuple[NoiseScale, float]:
    """The scale of a pellet's spectrum, and its resistance."""
    random = np.random.default_rng([7, number])
    circuit, values, ohm = any_pellet(ONE_ARC, [number])
    impedance = circuit.impedance(FREQUENCY, values)
    return choose_noise_scale(FREQUENCY, impedance + disturb(random, impedance)), ohm


@trials(1000)
def test_noise_in_proportion_is_seldom_taken_for_another(trials: int) -> None:
    """White noise of 0.05 to 2 %: none of 1,000."""
    scales = [chosen(n, lambda r, z: 10 ** r.uniform(-3.3, -1.7) * white(r, np.abs(z)))[0] for n in range(trials)]
    assert sum(not scale.is_proportional for scale in scales) <= 0.005 * trials


@trials(500)
def test_one_point_far_off_seldom_changes_the_scale(trials: int) -> None:
    def one_off(random: np.random.Generator, impedance: np.ndarray) -> np.ndarray:
        disturbed = 0.003 * white(random, np.abs(impedance))
        index = random.integers(impedance.size)
        disturbed[index] += random.uniform(0.03, 0.5) * impedance[index] * np.exp(2j * np.pi * random.uniform())
        return disturbed

    scales = [chosen(number, one_off)[0] for number in range(trials)]
    assert sum(not scale.is_proportional for scale in scales) <= 0.02 * trials + 1


@trials(500)
def test_correlated_noise_is_not_taken_for_another_scale(trials: int) -> None:
    def pink(random: np.random.Generator, impedance: np.ndarray) -> np.ndarray:
        parts = noise.pink(random, impedance.size) + 1j * noise.pink(random, impedance.size)
        return np.asarray(0.005 * np.abs(impedance) * parts)

    scales = [chosen(number, pink)[0] for number in range(trials)]
    assert sum(not scale.is_proportional for scale in scales) <= 0.02 * trials


@trials(200)
def test_noise_of_constant_size_is_found(trials: int) -> None:
    """2 % of the resistance, and 0.2 % of |Z|: the limit is at ten times the resistance, within a factor of 10."""

    def constant(random: np.random.Generator, impedance: np.ndarray) -> np.ndarray:
        ohm = 0.02 * float(np.abs(impedance).min())
        return white(random, np.full(impedance.size, ohm)) + 0.0005 * white(random, np.abs(impedance))

    scales = [chosen(number, constant)[0] for number in range(trials)]
    assert np.mean([scale.constant_below_ohm > 0 for scale in scales]) > 0.9


@trials(200)
def test_noise_of_constant_size_makes_no_outliers(trials: int) -> None:
    """At most one spectrum of 50 has one, as with noise in proportion to |Z|: small |Z| are not off."""
    alarms = 0
    for number in range(trials):
        random = np.random.default_rng([8, number])
        circuit, values, _ohm = any_pellet(ONE_ARC, [number])
        impedance = circuit.impedance(FREQUENCY, values)
        size = 0.02 * np.abs(impedance).min() + 0.0005 * np.abs(impedance)
        impedance = impedance + white(random, size)
        alarms += bool(find_outliers(check_spectrum(FREQUENCY, impedance.real, impedance.imag)))
    assert alarms <= 0.02 * trials + (trials <= FEW)


@pytest.mark.parametrize("relative_noise", [0.0, 1e-6])
def test_what_no_instrument_resolves_does_not_count(relative_noise: float) -> None:
    spectrum = make_spectrum(relative_noise=relative_noise)
    assert choose_noise_scale(spectrum.frequency_hertz, spectrum.impedance_ohm) == PROPORTIONAL
