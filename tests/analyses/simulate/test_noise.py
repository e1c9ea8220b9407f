import numpy as np
import pytest

from analyses.simulate.noise import noisy_impedance

FLAT = np.full(20_000, 30.0 - 40.0j)


def test_both_parts_scatter_in_proportion_to_the_modulus() -> None:
    noise = noisy_impedance(FLAT, 0.01, 1) - FLAT
    assert noise.real.std() == pytest.approx(0.5, rel=0.02)
    assert noise.imag.std() == pytest.approx(0.5, rel=0.02)
    assert np.corrcoef(noise.real, noise.imag)[0, 1] == pytest.approx(0.0, abs=0.03)


def test_a_seed_gives_the_same_noise_each_time() -> None:
    assert (noisy_impedance(FLAT, 0.01, 3) == noisy_impedance(FLAT, 0.01, 3)).all()
    assert (noisy_impedance(FLAT, 0.01, 3) != noisy_impedance(FLAT, 0.01, 4)).any()
