import numpy as np
import pytest

from registry.contract.analysis_support.cycling.cycle_group_choice import GROUP_PARAMETERS
from registry.contract.analysis_support.cycling.cycling_reading import holds_cycles, read_cycling
from registry.contract.analysis_support.cycling.cycling_table import FIRST_HALF, FORMATION, CyclingTable
from registry.hookspecs import Inputs, Refused
from registry.testing.synthetic.cycling import cycling_rows
from tests.coded import message_of, refuses

CAPACITY = 0.018 * (1 - 0.001 * np.arange(12))
CURRENT = [2e-4] * 2 + [1e-3] * 10


def table_of(columns, formation=FORMATION.default, first_half=FIRST_HALF.default) -> CyclingTable:
    parameters = {FORMATION.name: formation, FIRST_HALF.name: first_half}
    parameters |= {parameter.name: parameter.default for parameter in GROUP_PARAMETERS}
    inputs = Inputs({"dataset.sha256": "ab"}, lambda: columns, parameters)
    return read_cycling(inputs, inputs.dataset)


def per_cycle(**columns) -> dict[str, np.ndarray]:
    return {"cycle_count": np.arange(1.0, 13), "cycle_discharging_capacity_ah": CAPACITY} | columns


def texts_of(table) -> str:
    return " ".join(message.text for message in table.messages)


def test_rows_and_a_per_cycle_table_give_the_same_capacities() -> None:
    from_rows, from_table = table_of(cycling_rows(CAPACITY)), table_of(per_cycle())
    assert from_rows.discharge_mah == pytest.approx(from_table.discharge_mah)
    assert from_rows.cycle.tolist() == from_table.cycle.tolist()
    assert from_rows.summary is not None
    assert from_table.summary is None


def test_detects_formation_by_its_current_with_a_message() -> None:
    table = table_of(cycling_rows(CAPACITY, current_a=CURRENT))
    assert (table.formation, table.first_index) == (2, 2)
    assert message_of(table.messages, "formation", first=1.0, last=2.0, cycle=3.0)


def test_uses_the_set_number_of_formation_cycles() -> None:
    assert table_of(cycling_rows(CAPACITY, current_a=CURRENT), 0).formation == 0
    assert table_of(per_cycle(), 1).formation == 1
    assert "Formation: cycles 1 to 1 (as set)" in texts_of(table_of(per_cycle(), 1))


@pytest.mark.parametrize("columns", [per_cycle(), cycling_rows(CAPACITY)], ids=["per cycle", "rows"])
def test_refuses_more_formation_than_cycles(columns: dict) -> None:
    with refuses("too-many-formation-cycles", Refused, formation=12, cycles=12):
        table_of(columns, 12)


def test_excludes_the_interrupted_last_cycle_with_the_reason() -> None:
    table = table_of(cycling_rows(CAPACITY, cut_last_at=0.4))
    assert (table.cycle[-1], table.interrupted) == (11, 12)
    assert message_of(table.messages, "interrupted-cycle-excluded", cycle=12, half="discharge")


@pytest.mark.parametrize(
    ("last", "first_half", "missing"),
    [
        ((0.0, 0.018), "charge", "discharge"),
        ((0.0, 0.0), "charge", "discharge and no charge"),
        ((0.018, 0.0), "discharge", "charge"),
    ],
)
def test_excludes_an_incomplete_last_cycle_of_a_table(last: tuple, first_half: str, missing: str) -> None:
    columns = per_cycle(cycle_charging_capacity_ah=CAPACITY / 0.99)
    for name, ah in zip(("cycle_discharging_capacity_ah", "cycle_charging_capacity_ah"), last, strict=True):
        columns[name] = np.append(columns[name][:-1], ah)
    table = table_of(columns, first_half=first_half)
    assert (table.cycle[-1], table.interrupted) == (11, 12)
    assert message_of(table.messages, "interrupted-cycle-excluded", cycle=12, missing=missing)


def test_a_last_discharge_without_charge_is_complete_in_a_table_that_charges_first() -> None:
    charge = np.append(CAPACITY[:-1] / 0.99, 0.0)
    assert table_of(per_cycle(cycle_charging_capacity_ah=charge)).interrupted is None


def test_reports_the_source_of_cycles_and_capacities() -> None:
    rows = cycling_rows(CAPACITY)
    assert message_of(table_of(rows).messages, "cycle-table-from-rows").parameters["source"].endswith("counters")
    plain = {name: rows[name] for name in ("test_time_second", "voltage_volt", "current_ampere")}
    messages = table_of(plain).messages
    assert "integral" in message_of(messages, "cycle-table-from-rows").parameters["source"]
    assert message_of(messages, "cycles-counted-by-current")


@pytest.mark.parametrize(
    ("columns", "holds"),
    [(per_cycle(), True), (cycling_rows(CAPACITY), True), ({"frequency_hertz": np.ones(2)}, False)],
    ids=["per cycle", "rows", "a spectrum"],
)
def test_distinguishes_cycling_from_other_data(columns: dict, holds: bool) -> None:
    dataset = Inputs({"dataset.sha256": "ab"}, lambda: columns).dataset
    assert holds_cycles(dataset) is holds
