import numpy as np
import pytest

from analyses.simulate.full_cell import FWHM_OF_WIDTH, FullCell, Stage, cycling_test

CELL = FullCell(2.0, 20.0, 1e-3, 2e-3, (Stage(3.6, 0.02, 0.4), Stage(4.0, 0.03, 0.6)))
EXACT = {"capacity_scatter": 0.0, "noise_v": 0.0, "seed": 1}


def test_dq_dv_has_a_peak_of_its_area_and_width_at_each_stage() -> None:
    volt = np.linspace(3.4, 3.8, 40_001)
    slope = np.gradient(CELL.filling(volt), volt)
    above_half = volt[slope > slope.max() / 2]
    assert volt[np.argmax(slope)] == pytest.approx(3.6, abs=1e-3)
    assert np.ptp(above_half) == pytest.approx(FWHM_OF_WIDTH * 0.02, rel=0.01)
    assert CELL.peak_voltages_v() == pytest.approx([3.6, 4.0], abs=1e-3)


def test_capacity_is_lost_and_resistance_grows_in_proportion_to_the_cycles() -> None:
    assert CELL.capacity_at(101) == pytest.approx(2.0 * 0.9)
    assert CELL.resistance_at(101) == pytest.approx(20.0 * 1.2)


def test_the_test_has_the_stated_capacities_and_efficiencies() -> None:
    test = cycling_test(CELL, [1e-3] * 3, **EXACT)
    assert test.discharge_mah == pytest.approx(CELL.discharge_mah(np.array([1, 2, 3]), 1e-3))
    ends = 1e3 * test.charge_ah.reshape(3, 2, 80)[:, :, -1]
    assert ends[:, 1] / ends[:, 0] == pytest.approx([0.88, 0.9992, 0.9992])
    assert ends[:, 1] == pytest.approx(test.discharge_mah)


def test_half_cycles_go_between_the_limits() -> None:
    test = cycling_test(CELL, [1e-3], **EXACT)
    charge, discharge = test.voltage_v[~test.is_discharge], test.voltage_v[test.is_discharge]
    assert charge[-1] == pytest.approx(4.3, abs=1e-4)
    assert discharge[-1] == pytest.approx(2.8, abs=1e-4)
    assert charge[-1] - discharge[0] == pytest.approx(2 * 1e-3 * 20.0, abs=1e-4)


def test_the_mean_voltage_is_that_of_the_rows() -> None:
    test = cycling_test(CELL, [1e-3], rows=20_001, **EXACT)
    volt = test.voltage_v[test.is_discharge]
    assert CELL.mean_discharge_v(1, 1e-3) == pytest.approx(float(((volt[1:] + volt[:-1]) / 2).mean()), abs=1e-5)


def test_the_charge_is_the_current_times_the_time() -> None:
    test = cycling_test(CELL, [1e-3] * 2, **EXACT)
    begins = test.time_s.reshape(4, 80)
    hours = (begins[:, -1] - begins[:, 0]) / 3600
    assert test.charge_ah.reshape(4, 80)[:, -1] == pytest.approx(1e-3 * hours, rel=1e-3)
    assert (np.diff(test.time_s) > 0).all()
