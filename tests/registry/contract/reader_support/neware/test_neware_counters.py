import numpy as np
import pytest

from registry.contract.reader_support.neware.neware_counters import (
    drop_idle_counters,
    sign_by_step_type,
    split_by_direction,
    time_unit,
)
from tests.coded import message_of

CURRENT = np.array([1.0, 1.0, 0.0, -1.0, -1.0])
COUNTER = np.array([0.0, 1.0, 0.0, 0.0, 0.5])


def test_a_counter_that_stays_at_zero_while_a_current_flows_is_dropped() -> None:
    columns = {"current_ampere": CURRENT, "charging_capacity_ah": np.zeros(5), "charging_energy_wh": COUNTER}
    assert message_of(drop_idle_counters(columns), "counter-stays-zero", quantity="capacity_ah")
    assert set(columns) == {"current_ampere", "charging_energy_wh"}


def test_counters_of_a_test_at_rest_are_kept() -> None:
    columns = {"current_ampere": np.zeros(5), "charging_capacity_ah": np.zeros(5)}
    assert drop_idle_counters(columns) == []
    assert "charging_capacity_ah" in columns


def test_a_counter_is_assigned_by_the_current_of_its_step() -> None:
    columns = {
        "current_ampere": np.array([1.0, 1.0, 0.0, -1.0, 0.0]),
        "step_index": np.array([1.0, 1.0, 2.0, 3.0, 3.0]),
        "charging_capacity_ah": COUNTER,
    }
    split_by_direction(columns)
    assert columns["charging_capacity_ah"].tolist() == [0, 1, 0, 0, 0]
    assert columns["discharging_capacity_ah"].tolist() == [0, 0, 0, 0, 0.5]


@pytest.mark.parametrize(("hours", "unit"), [(1 / 24, "days"), (3600.0, "seconds"), (1.0, ""), (60.0, "")])
def test_the_counted_charge_decides_the_unit_of_a_time(hours: float, unit: str) -> None:
    time = np.linspace(0, 2, 5) * hours
    columns = {"current_ampere": np.ones(5), "charging_capacity_ah": np.linspace(0, 2, 5)}
    assert time_unit(time, columns, None) == unit


def test_date_stamps_decide_the_unit_without_counters() -> None:
    time, columns = np.linspace(0, 2, 5), {"current_ampere": np.ones(5)}
    assert time_unit(time, columns, 2 * 86_400.0) == "days"
    assert time_unit(time, columns, 2.0) == "seconds"
    assert time_unit(time, columns, None) == ""
    assert time_unit(np.zeros(5), columns, 2.0) == ""


@pytest.mark.parametrize(
    ("name", "sign"),
    [("CC DChg", -1), ("CCCV_Dchg", -1), ("CP Discharge", -1), ("恒功率放电", -1), ("CC Chg", 1), ("CC Charge", 1),
     ("恒流充电", 1), ("充放电", 1), ("Rest", 1), ("搁置", 1)],
)  # fmt: skip
def test_kinds_of_steps(name: str, sign: int) -> None:
    columns = {"current_ampere": np.array([1.0, 2.0])}
    messages = sign_by_step_type(columns, [name, "CC Chg"], "Step Type")
    assert columns["current_ampere"].tolist() == [sign, 2]
    assert bool(messages) == (sign < 0)
