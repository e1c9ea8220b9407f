import numpy as np
import pytest

from analyses.simulate.composite_conduction import Composite, step_test

COMPOSITE = Composite(100.0, 50.0, 5.0, thickness_um=600.0, area_cm2=0.785)


def test_the_current_at_rest_is_that_of_the_carrier_that_passes() -> None:
    test = step_test(COMPOSITE, (0.1, 0.2), 100.0, relative_noise=0.0, seed=1)
    assert test.current_a[99] == pytest.approx(1e-3, rel=1e-6)
    assert test.current_a[199] == pytest.approx(2e-3, rel=1e-6)


def test_the_other_carrier_adds_a_current_that_decays() -> None:
    test = step_test(COMPOSITE, (0.1, 0.2), 100.0, relative_noise=0.0, seed=1)
    excess = test.current_a - test.voltage_v / 100.0
    assert excess[4] == pytest.approx(0.1 / 50.0 * np.exp(-1), rel=1e-3)
    assert excess[104] == pytest.approx(0.1 / 50.0 * np.exp(-1), rel=1e-3)


def test_the_conductivity_is_that_of_the_carrier_that_passes() -> None:
    assert COMPOSITE.conductivity_s_cm == pytest.approx(0.06 / (100.0 * 0.785))


def test_each_step_has_a_row_a_second() -> None:
    test = step_test(COMPOSITE, (0.1, 0.2, 0.3), 60.0, seed=1)
    assert np.bincount(test.step).tolist() == [60, 60, 60]
    assert (np.diff(test.time_s) == 1.0).all()
