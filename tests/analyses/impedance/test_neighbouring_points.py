import numpy as np
import pytest

from analyses.impedance.neighbouring_points import least_explained
from analyses.impedance.noise.linear_description import LinearDescription

POINTS = 40


def description(residual: np.ndarray) -> LinearDescription:
    """Of a straight line through both parts, with these deviations from a line that it describes exactly."""
    position = np.linspace(-1, 1, POINTS)
    columns = np.kron(np.eye(2), np.stack((np.ones(POINTS), position), axis=1))
    basis, _ = np.linalg.qr(columns)
    both = np.concatenate((residual.real, residual.imag))
    real, imaginary = np.split(both - basis @ (basis.T @ both), 2)
    kept = np.ones(POINTS, dtype=bool)
    return LinearDescription(0, 4, np.ones(POINTS), real + 1j * imaginary, basis, kept)


def noise(seed: int) -> np.ndarray:
    random = np.random.default_rng(seed)
    return 0.001 * (random.normal(size=POINTS) + 1j * random.normal(size=POINTS))


@pytest.mark.parametrize("places", [(7,), (20, 21), (30, 31, 32, 33, 34)])
def test_finds_the_run_that_is_off(places: tuple[int, ...]) -> None:
    residual = noise(1)
    residual[list(places)] += 0.02
    run = least_explained(description(residual), 1e-4)
    assert run is not None
    assert run.indices == places
    assert run.log_probability < np.log(1e-9)


def test_what_a_run_takes_is_what_a_fit_without_it_leaves() -> None:
    """The F test of the single point, against a fit without it."""
    from scipy.stats import f

    residual = noise(2)
    residual[7] += 0.01
    whole = description(residual)
    rows = np.delete(np.arange(2 * POINTS), (7, POINTS + 7))
    both = np.concatenate((residual.real, residual.imag))
    left = both[rows] - whole.basis[rows] @ np.linalg.lstsq(whole.basis[rows], both[rows], rcond=None)[0]
    rest, degrees = float(left @ left), rows.size - 4
    statistic = (whole.sum_of_squares - rest) / 2 / (rest / degrees)
    expected = f.logsf(statistic, 2, degrees) + np.log(POINTS) + np.log(2)
    run = least_explained(whole, 1e-9)
    assert run is not None
    assert run.indices == (7,)
    assert run.log_probability == pytest.approx(expected, rel=1e-6)


def test_noise_seldom_makes_a_run_stand_out() -> None:
    """With a level of 5 %, about 5 % of 400 descriptions of noise alone, fewer as runs overlap."""
    runs = [least_explained(description(noise(seed)), 1e-9) for seed in range(400)]
    share = np.mean([run is not None and run.log_probability < np.log(0.05) for run in runs])
    assert 0.01 < share < 0.07


def test_says_nothing_without_degrees_of_freedom() -> None:
    few = description(noise(3))
    kept = np.zeros(POINTS, dtype=bool)
    kept[:4] = True
    assert least_explained(LinearDescription(0, 4, few.scale_ohm, few.residual, few.basis, kept), 1e-4) is None
