import numpy as np

from analyses.cycling.rows.curvature import curvature_error_as


def test_bounds_the_error_of_trapezoids_of_a_decay() -> None:
    """The integral of exp(-t/60 s) to 600 s is 60 × (1 - exp(-10)) by hand."""
    time = np.arange(0.0, 601.0, 10.0)
    current = np.exp(-time / 60)
    off = float(np.trapezoid(current, time)) - 60 * (1 - np.exp(-10))
    (error,) = curvature_error_as(time, current, np.array([0]), 0.0, 0.0)
    assert off < error < 3 * off


def test_a_current_without_bends_has_no_error() -> None:
    time = np.arange(0.0, 100.0, 10.0)
    assert curvature_error_as(time, 1 - time / 200, np.array([0]), 0.0, 1e-9)[0] == 0
