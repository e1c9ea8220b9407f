import numpy as np
import pytest

from analyses.stack_pressure.sensor_noise import sensor_noise
from tests.calibration.noise import autoregressive

ROWS = np.linspace(-1, 1, 40)


def test_white_noise_on_a_cubic_is_found_as_independent() -> None:
    random = np.random.default_rng(3)
    noise = sensor_noise([10 + ROWS**3 + random.normal(0, 0.005, 40) for _ in range(40)])
    assert noise.standard_deviation == pytest.approx(0.005, rel=0.05)
    assert noise.correlated_share < 0.2


def test_correlated_noise_is_found_with_its_memory() -> None:
    random = np.random.default_rng(4)
    noise = sensor_noise([0.005 * autoregressive(random, 40, 0.8) for _ in range(60)])
    assert noise.correlated_share > 0.8
    assert noise.correlation_rows == pytest.approx(4.5, rel=0.6)


def test_a_correlation_matrix_has_ones_on_its_diagonal() -> None:
    noise = sensor_noise(list(np.random.default_rng(5).normal(size=(20, 40))))
    matrices = noise.correlations(6)
    assert matrices.shape == (noise.probability.size, 6, 6)
    assert np.diagonal(matrices, axis1=1, axis2=2) == pytest.approx(1.0)
    assert noise.probability.sum() == pytest.approx(1.0)


def test_windows_without_noise_have_next_to_none() -> None:
    assert sensor_noise([10 + ROWS] * 5).standard_deviation < 1e-9
