import numpy as np
import pytest

from analyses.cycling.cycles.cycle_summary import cycle_summary
from analyses.cycling.cycles.usage import constant_voltage_share_percent, equivalent_full_cycles, rest_hours, total_mah
from registry.testing.synthetic.cycling import cycling_rows

NAMES = ("test_time_second", "voltage_volt", "current_ampere")


def test_rests_are_the_time_without_current() -> None:
    """Two rests of three rows, ten minutes apart, in each cycle."""
    rows = cycling_rows(np.full(4, 0.018))
    time, voltage, current = (rows[name] for name in NAMES)
    cycles = cycle_summary(time, voltage, current, cycle_count=rows["cycle_count"])
    assert rest_hours(time, current, cycles, 1e-5) == pytest.approx(np.full(4, 4 / 6))


def test_the_share_at_constant_voltage_is_the_charge_after_the_current_falls() -> None:
    """2 h at 1 mA, then 1 h at 4.2 V in which the current falls linearly to nothing: 0.5 of 2.5 mAh."""
    time = np.concatenate((np.linspace(0, 7200, 721), np.linspace(7210, 10800, 360), np.linspace(10810, 18000, 720)))
    current = np.concatenate((np.full(721, 1e-3), np.linspace(1e-3, 1e-6, 360), np.full(720, -1e-3)))
    voltage = np.concatenate((np.linspace(3.0, 4.2, 721), np.full(360, 4.2), np.linspace(4.1, 3.0, 720)))
    cycles = cycle_summary(time, voltage, current)
    assert constant_voltage_share_percent(time, voltage, current, cycles) == pytest.approx([20.0], abs=2.0)


def test_a_charge_that_ends_at_constant_current_has_no_share_at_constant_voltage() -> None:
    rows = cycling_rows(np.full(3, 0.018))
    time, voltage, current = (rows[name] for name in NAMES)
    cycles = cycle_summary(time, voltage, current, cycle_count=rows["cycle_count"])
    assert constant_voltage_share_percent(time, voltage, current, cycles) == pytest.approx([0, 0, 0])


def test_totals_and_equivalent_full_cycles_leave_out_what_did_not_happen() -> None:
    assert total_mah(np.array([2.0, 1.0, np.nan])) == 3.0
    assert equivalent_full_cycles(3.0, 2.0) == 1.5
