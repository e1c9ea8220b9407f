import numpy as np
import pytest

from analyses.simulate.full_cell import FullCell, Stage, cycling_test
from analyses.simulate.pressed_cell import PressedCell, pressure_log

CELL = FullCell(2.0, 20.0, 0.0, 0.0, (Stage(3.8, 0.05, 1.0),))
PRESSED = PressedCell(10.0, -0.5, 0.01)
TEST = cycling_test(CELL, [1e-3] * 3, capacity_scatter=0.0, noise_v=0.0, seed=1)


def test_the_pressure_breathes_with_the_filling_and_settles() -> None:
    time, pressure = pressure_log(PRESSED, TEST, TEST.filling, noise_mpa=0.0, seed=1)
    assert pressure[0] == pytest.approx(10.0, abs=1e-3)
    hours = time / 3600
    bare = pressure + 0.01 * hours
    assert np.ptp(bare) == pytest.approx(0.5, rel=0.01)
    assert (np.diff(time) == 60.0).all()


def test_noise_is_that_of_the_sensor() -> None:
    exact, noisy = (pressure_log(PRESSED, TEST, TEST.filling, noise_mpa=size, seed=1)[1] for size in (0.0, 1e-3))
    assert (noisy - exact).std() == pytest.approx(1e-3, rel=0.1)
