from dataclasses import replace

import numpy as np
import pytest

from analyses.simulate.symmetric_cell import SymmetricCell, symmetric_test

CELL = SymmetricCell(1.0, 40.0, 0.1)
EXACT = {"scatter_v": 0.0, "noise_v": 0.0, "seed": 1}


def test_the_voltage_is_that_of_the_resistance_in_the_direction_of_the_current() -> None:
    test = symmetric_test(CELL, [0.5] * 4, 1.0, **EXACT)
    ends = test.voltage_v[29::30]
    grown = 0.5e-3 * (40.0 + 0.1 * np.arange(1, 5))
    assert ends == pytest.approx(grown * [1, -1, 1, -1], rel=1e-6)
    assert (np.sign(test.voltage_v) == np.sign(test.current_a)).all()


def test_the_mean_overpotential_is_that_of_the_rows() -> None:
    test = symmetric_test(CELL, [0.5] * 6, 1.0, rows=6001, **EXACT)
    last = test.in_half_s >= 0.8 * 3600
    mean = CELL.mean_overpotential_v(0.5e-3, 1.0, 6, 0.2)
    assert np.abs(test.voltage_v[last]).mean() == pytest.approx(mean, rel=1e-4)


def test_the_overpotential_grows_as_stated() -> None:
    early, late = (CELL.overpotential_v(np.array([5e-4]), np.array([hour]), np.array([1.0])) for hour in (0.0, 10.0))
    assert 1e3 * float((late - early)[0]) / 10 == pytest.approx(CELL.growth_mv_h(5e-4))


def test_a_short_circuit_ends_the_test_a_few_half_cycles_later() -> None:
    test = symmetric_test(replace(CELL, short_h=3.4), [0.5] * 20, 1.0, **EXACT)
    assert test.half[-1] == 3 + 4
    hours = test.half + test.in_half_s / 3600
    shorted = np.abs(test.voltage_v[hours > 3.4])
    assert shorted == pytest.approx(np.full(shorted.size, 0.5e-3 * CELL.short_ohm))


def test_times_rise_through_the_test() -> None:
    assert (np.diff(symmetric_test(CELL, [0.5] * 6, 0.5, **EXACT).time_s) > 0).all()
