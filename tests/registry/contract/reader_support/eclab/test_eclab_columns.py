import numpy as np
import pytest

from registry.contract.reader import UnreadableFile
from registry.contract.reader_support.columns.electrode_potentials import COUNTER, WORKING
from registry.contract.reader_support.datasets.cycler_series import NEEDED
from registry.contract.reader_support.eclab.eclab_columns import (
    HALF_CYCLE,
    INCREMENT,
    MODE,
    complete_columns,
    eclab_columns,
    mean_current,
    spelled_label,
    with_cell_voltage,
    with_charge,
)
from tests.coded import message_of, refuses


@pytest.mark.parametrize(
    ("label", "canonical", "factor"),
    [
        ("time/s", "test_time_second", 1),
        ("Ewe/V", WORKING, 1),
        ("<Ewe>/V", WORKING, 1),
        ("<Ewe/V>", WORKING, 1),
        ("Ewe/mV", WORKING, 1e-3),
        ("Ece/V", COUNTER, 1),
        ("<Ece/V>", COUNTER, 1),
        ("Ecell/V", "voltage_volt", 1),
        ("<Ecell/V>", "voltage_volt", 1),
        ("Ewe-Ece/V", "voltage_volt", 1),
        ("I/mA", "current_ampere", 1e-3),
        ("<I>/mA", "current_ampere", 1e-3),
        ("<I/mA>", "current_ampere", 1e-3),
        ("I/µA", "current_ampere", 1e-6),
        ("(Q-Qo)/mA.h", "net_capacity_ah", 1e-3),
        ("(Q-Qo)/C", "net_capacity_ah", 1 / 3600),
        ("(Q-Qo)/mC", "net_capacity_ah", 1e-3 / 3600),
        ("Q charge/mA.h", "charging_capacity_ah", 1e-3),
        ("Energy discharge/W.h", "discharging_energy_wh", 1),
        ("dq/mA.h", INCREMENT, 1e-3),
        ("dq/C", INCREMENT, 1 / 3600),
        ("half cycle", HALF_CYCLE, 1),
        ("mode", MODE, 1),
        ("cycle number", "cycle_count", 1),
        ("Temperature/°C", "temperature_t1_celsius", 1),
        ("-Im(Z)/Ohm", "imaginary_impedance_ohm", -1),
    ],
)
def test_the_spellings_of_a_column(label: str, canonical: str, factor: float) -> None:
    (column,) = eclab_columns([label], 1, NEEDED).values()
    assert (column.canonical, column.factor) == (canonical, pytest.approx(factor))


@pytest.mark.parametrize(
    "label",
    ["dQ/mA.h", "dQ/C", "Q charge/discharge/mA.h", "control/V/mA", "control/mA", "x", "Capacity/mA.h", "error",
     "ox/red", "counter inc.", "Ns changes", "P/W", "|Z|/Ohm"],
)  # fmt: skip
def test_other_columns_are_not_taken_for_known_ones(label: str) -> None:
    assert eclab_columns([label], 1, NEEDED) == {}


def test_a_unit_of_another_kind_is_refused_in_a_needed_column_only() -> None:
    with refuses("invalid-column", UnreadableFile, column=2, header="I/V"):
        eclab_columns(["time/s", "I/V"], 1, NEEDED)
    assert eclab_columns(["R/V", "dq/V"], 1, NEEDED) == {}


def test_a_label_has_one_spelling() -> None:
    assert [spelled_label(label) for label in ("<Ewe/V>", "(Q-Qo)/C", "Ewe/V")] == ["<Ewe>/V", "(Q-Qo)/A.h", "Ewe/V"]


def test_the_voltage_of_the_cell() -> None:
    working, counter, recorded = np.array([4.0, 4.5]), np.array([0.5, 0.25]), np.array([3.0, 4.0])
    columns, messages = with_cell_voltage({WORKING: working, COUNTER: counter})
    assert columns["voltage_volt"].tolist() == [3.5, 4.25]
    assert (columns[WORKING] is working, columns[COUNTER] is counter) == (True, True)
    assert message_of(messages, "voltage-from-electrodes")
    columns, messages = with_cell_voltage({WORKING: working, COUNTER: counter, "voltage_volt": recorded})
    assert (columns["voltage_volt"] is recorded, messages) == (True, [])
    columns, messages = with_cell_voltage({WORKING: working})
    assert (list(columns), messages) == (["voltage_volt"], [])


TIME = np.array([0.0, 3600.0, 7200.0, 7200.0, 10800.0])
CHARGE = np.array([0.0, 0.002, 0.002, 0.0, -0.003])


def test_the_current_is_charge_divided_by_time() -> None:
    columns, messages = with_charge({"test_time_second": TIME, INCREMENT: CHARGE})
    assert columns["current_ampere"].tolist() == pytest.approx([0.002, 0.002, 0.002, -0.003, -0.003])
    assert columns["charging_capacity_ah"].tolist() == pytest.approx([0, 0.002, 0.004, 0.004, 0.004])
    assert columns["discharging_capacity_ah"].tolist() == pytest.approx([0, 0, 0, 0, 0.003])
    assert [message.code for message in messages] == ["current-from-charge"]
    columns, messages = with_charge({"test_time_second": TIME, INCREMENT: CHARGE - np.array([0, 0, 0, 0.001, 0])})
    assert columns["current_ampere"].tolist() == pytest.approx([0.002, 0.002, 0.002, -0.003])
    assert message_of(messages, "rows-without-duration", rows=1)


def test_charge_of_the_first_row_passed_since_the_start_of_the_test() -> None:
    assert mean_current(TIME[1:] / 2, CHARGE[1:], None)[0] == pytest.approx(0.004)


def test_at_rest_no_time_is_no_current() -> None:
    mode = np.array([3.0, 1.0, 1.0, 3.0, 1.0])
    assert mean_current(TIME, CHARGE, mode).tolist() == pytest.approx([0, 0.002, 0.002, 0, -0.003])


def test_the_counted_charge_gives_a_current_without_increments() -> None:
    columns, _ = with_charge({"test_time_second": TIME[:3], "net_capacity_ah": np.cumsum(CHARGE)[:3]})
    assert columns["current_ampere"].tolist() == pytest.approx([0.002, 0.002, 0.002])
    assert columns["charging_capacity_ah"].tolist() == pytest.approx([0, 0.002, 0.004])


def test_increments_that_do_not_add_up_are_flagged() -> None:
    counted = np.array([0.0, 0.002, 0.004, 0.008, 0.001])
    _, messages = with_charge({"test_time_second": TIME, INCREMENT: CHARGE, "net_capacity_ah": counted})
    assert message_of(messages, "charges-disagree", row=4)


def test_two_half_cycles_are_a_cycle_if_cycles_are_not_numbered() -> None:
    half = np.array([0.0, 1.0, 2.0, 3.0, 4.0])
    assert with_charge({HALF_CYCLE: half})[0]["cycle_count"].tolist() == [0, 0, 1, 1, 2]
    numbered = np.ones(5)
    assert with_charge({HALF_CYCLE: half, "cycle_count": numbered})[0]["cycle_count"] is numbered


def test_a_gap_drops_a_column_or_is_refused() -> None:
    columns = {"a": np.array([1.0, np.nan]), "b": np.array([1.0, 2.0])}
    complete, messages = complete_columns(columns, {"b": "number"}, np.array([4, 7]))
    assert list(complete) == ["b"]
    assert message_of(messages, "incomplete-columns-dropped", columns=["a"])
    with refuses("cell-not-a-number", UnreadableFile, row=8, title="number"):
        complete_columns(columns, {"a": "number"}, np.array([4, 7]))
