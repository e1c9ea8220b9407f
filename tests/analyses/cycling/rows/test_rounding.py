import numpy as np
import pytest

from analyses.cycling.rows.half_cycles import runs_of, without_noise
from analyses.cycling.rows.rounding import rounding_share


def test_the_share_is_that_of_the_smallest_current() -> None:
    """Half of 0.1 mA of 0.4 mA is an eighth, of 2 mA a fortieth."""
    time = 60.0 * np.arange(400)
    current = np.repeat([2e-3, -2e-3, 4e-4, -4e-4], 100)
    runs = without_noise(runs_of(time, np.full(400, 3.0), current))
    assert rounding_share(runs, 1e-4) == pytest.approx(0.125, rel=0.02)
    assert rounding_share(runs.selected(np.array([True, True, False, False])), 1e-4) == pytest.approx(0.025, rel=0.02)
    assert rounding_share(runs, 0.0) == 0
    assert rounding_share(runs.selected(np.zeros(4, dtype=bool)), 1e-4) == 0
