import numpy as np
import pytest

from analyses.cycling.differential.binned_derivative import (
    SLOPE_INTEGRAL,
    WIDTH_OVER_SCALE,
    Grid,
    derivative,
    grid_of,
    summed,
)


def test_every_change_counts_once_whatever_the_way() -> None:
    """x goes to and fro at random, and rests: what y rises by in a series is the sum of its points."""
    random = np.random.default_rng(1)
    x, y = random.uniform(3, 4, 3000).round(3), np.cumsum(random.uniform(0, 1, 3000))
    first = np.array([0, 7, 1200])
    rise = y[np.append(first[1:], y.size) - 1] - y[first]
    assert summed(x, y, first, grid_of(x, 0.02)).sum(axis=1) == pytest.approx(rise, rel=1e-9)


def test_a_change_is_shared_between_its_neighbours_in_proportion() -> None:
    """A change of 4 at 1.25 is 3 at 1 and 1 at 2."""
    x, y = np.array([0.0, 0.0, 1.25, 1.25]), np.array([0.0, 0.0, 0.0, 4.0])
    assert summed(x, y, np.array([0]), Grid(0.0, 1.0, 4))[0] == pytest.approx([0, 3, 1, 0], abs=1e-3)


def test_fluctuations_narrower_than_the_grid_do_not_come_back_as_wider_ones() -> None:
    """Noise of a hundredth of the smoothing changes the curve by what the slope of the kernel makes of it."""
    random = np.random.default_rng(2)
    y = np.tile(np.linspace(0.0, 1.0, 4000), 100)
    first = np.arange(100) * 4000
    x = y + 5e-4 * random.normal(size=y.size)
    curves = derivative(x, y, first, grid := grid_of(x, 0.05))
    middle = (grid.points > 0.2) & (grid.points < 0.8)
    expected = 5e-4 * np.sqrt(SLOPE_INTEGRAL / 4000 / 0.05**3)
    assert np.std(curves[:, middle], axis=0).mean() == pytest.approx(expected, rel=0.05)


def test_a_step_is_spread_to_the_stated_width() -> None:
    x = np.concatenate((np.linspace(0.0, 0.5, 500), np.linspace(0.5, 1.0, 500)))
    y = np.concatenate((np.zeros(500), np.ones(500)))
    grid = grid_of(x, 0.05)
    curve = derivative(x, y, np.array([0]), grid)[0]
    fine = np.linspace(0.4, 0.6, 20_001)
    above = fine[np.interp(fine, grid.points, np.nan_to_num(curve)) > np.nanmax(curve) / 2]
    assert np.ptp(above) == pytest.approx(0.05, rel=0.05)
    assert np.nansum(curve) * grid.step == pytest.approx(1.0)


def test_polynomials_up_to_the_third_order_are_kept() -> None:
    x = np.linspace(0.0, 1.0, 5001)
    curve = derivative(x, x**4 / 4 + x, np.array([0]), grid := grid_of(x, 0.05))[0]
    middle = (grid.points > 0.15) & (grid.points < 0.85)
    assert curve[middle] == pytest.approx(1 + grid.points[middle] ** 3, abs=2e-5)


def test_the_ends_of_a_curve_go_on_along_a_line() -> None:
    x = np.linspace(0.0, 1.0, 5001)
    curve = derivative(x, x**2 + x, np.array([0]), grid := grid_of(x, 0.05))[0]
    assert np.isfinite(curve).all()
    assert curve == pytest.approx(1 + 2 * grid.points, abs=1e-3)


def test_constants_of_the_kernel() -> None:
    u = np.linspace(-8, 8, 200_001)
    kernel = (3 - u**2) * np.exp(-(u**2) / 2) / (2 * np.sqrt(2 * np.pi))
    assert np.trapezoid(kernel, u) == pytest.approx(1.0)
    assert np.interp(WIDTH_OVER_SCALE / 2, u, kernel) == pytest.approx(kernel.max() / 2, rel=1e-4)
    slope = np.gradient(kernel, u)
    assert np.trapezoid(slope**2, u) * WIDTH_OVER_SCALE**3 == pytest.approx(SLOPE_INTEGRAL, rel=1e-4)
