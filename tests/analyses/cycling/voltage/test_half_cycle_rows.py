import numpy as np
import pytest

from analyses.cycling.cycles.cycle_summary import cycle_summary
from analyses.cycling.voltage.half_cycle_rows import HalfCycleRows, cycle_rows, without_steps
from registry.testing.synthetic.cycling import cycling_rows

NAMES = ("test_time_second", "voltage_volt", "current_ampere")


def halves(columns: dict, sign: int):
    series = [columns[name] for name in NAMES]
    return cycle_rows(*series, cycle_summary(*series, cycle_count=columns.get("cycle_count")), sign)


@pytest.mark.parametrize(("sign", "capacity"), [(1, 18.0 / 0.99), (-1, 18.0)])
def test_half_cycles_have_the_capacity_of_the_table_and_no_rests(sign: int, capacity: float) -> None:
    part = halves(cycling_rows(np.full(4, 0.018)), sign)
    assert part.rows.count == 4
    assert part.rows.rows.tolist() == [40] * 4
    assert part.rows.total_mah == pytest.approx(np.full(4, capacity), rel=0.03)
    assert (np.sign(np.diff(part.rows.voltage_v[:40])) == sign).all()
    assert part.held_share == pytest.approx(np.zeros(4))


def test_held_voltage_is_left_out_and_its_share_stated() -> None:
    """2 h at 1 mA, then 1 h at 4.2 V in which the current falls linearly to nothing: 0.5 of 2.5 mAh."""
    time = np.concatenate((np.linspace(0, 7200, 721), np.linspace(7210, 10800, 360), np.linspace(10810, 18000, 720)))
    current = np.concatenate((np.full(721, 1e-3), np.linspace(1e-3, 1e-6, 360), np.full(720, -1e-3)))
    voltage = np.concatenate((np.linspace(3.0, 4.2, 721), np.full(360, 4.2), np.linspace(4.1, 3.0, 720)))
    columns = dict(zip(NAMES, (time, voltage, current), strict=True))
    part = halves(columns, 1)
    assert part.held_share == pytest.approx([0.2], abs=0.02)
    assert part.rows.total_mah == pytest.approx([2.0], abs=0.06)
    assert halves(columns, -1).held_share == pytest.approx([0.0])


@pytest.mark.parametrize("logs_the_switch", [False, True])
def test_a_rest_within_a_half_cycle_carries_the_charge_of_one_interval_at_most(logs_the_switch: bool) -> None:
    """Pulses of 10 min at 1 mA with rests of 30 min: 60 or 61 rows a pulse, the last one at the time of the first of
    the rest if the cycler logs the moment of the switch."""
    pulse = np.concatenate((np.full(60, 1e-3), np.zeros(180)))
    current = np.concatenate((np.tile(pulse, 6), np.full(360, -1e-3)))
    time = 10.0 * np.arange(current.size)
    if logs_the_switch:
        switched = np.flatnonzero(np.diff((current > 0).astype(int))) + 1
        time, current = np.insert(time, switched, time[switched]), np.insert(current, switched, current[switched - 1])
    voltage = 3 + np.cumsum(current) * 1e-1 - 0.02 * (current == 0)
    part = halves(dict(zip(NAMES, (time, voltage, current), strict=True)), 1)
    over_rests = np.diff(part.rows.charge_mah)[np.flatnonzero(np.diff(part.rows.charge_mah) == 0)]
    assert over_rests.size == (5 if logs_the_switch else 0)
    assert part.rows.total_mah == pytest.approx([1.0], rel=0.01)


def test_selected_half_cycles_come_in_the_order_asked_for() -> None:
    rows = HalfCycleRows(np.arange(6.0), np.array([0.0, 1, 0, 2, 3, 0]), np.array([0, 2, 5]))
    swapped = rows.selected(np.array([1, 0]))
    assert swapped.voltage_v.tolist() == [2, 3, 4, 0, 1]
    assert swapped.total_mah.tolist() == [3, 1]
    assert rows.number.tolist() == [0, 0, 1, 1, 1, 2]


def test_steps_of_a_charge_column_are_spread_over_their_rows() -> None:
    exact = np.tile(np.linspace(0.0, 2.0, 401), 2)
    first = np.array([0, 401])
    spread = without_steps(np.round(exact, 1), first)
    assert np.abs(spread - exact).max() < 0.03
    assert without_steps(exact, first) is exact


def test_no_half_cycles_have_no_charge() -> None:
    none = HalfCycleRows(np.zeros(0), np.zeros(0), np.zeros(0, dtype=np.intp))
    assert none.total_mah.size == 0
    assert none.selected(np.zeros(0, dtype=np.intp)).count == 0
