import numpy as np
import pytest

from analyses.impedance.noise.noise_scale import PROPORTIONAL, NoiseScale


def test_noise_is_constant_below_one_limit_and_rises_with_the_square_above_the_other() -> None:
    """By hand: at a limit both parts are equal, so that the noise is √2 times that in proportion."""
    scale = NoiseScale(constant_below_ohm=10.0, square_above_ohm=1e5)
    modulus = np.array([1e-2, 1e-1, 10.0, 1e3, 1e5, 1e8, 1e9])
    expected = [10.0, 10.0005, 10 * np.sqrt(2), 1e3, 1e5 * np.sqrt(2), 1e11, 1e13]
    assert scale.of(modulus) == pytest.approx(np.array(expected), rel=2e-4)


def test_noise_in_proportion_is_the_modulus_itself() -> None:
    assert PROPORTIONAL.is_proportional
    assert PROPORTIONAL.of(np.array([3.0])) == [3.0]
    assert not NoiseScale(1.0).is_proportional
    assert not NoiseScale(0.0, 1.0).is_proportional
