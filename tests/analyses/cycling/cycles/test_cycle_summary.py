"""Known answers: `registry/testing/synthetic/cycling.py`, constant currents on a voltage linear in the capacity."""

import numpy as np
import pytest

from analyses.cycling.cycles.cycle_summary import CycleSummary, cycle_summary
from analyses.insufficient_data import InsufficientData
from registry.testing.synthetic.cycling import cycling_rows
from tests.coded import refuses

CAPACITY = 0.018 * (1 - 0.002 * np.arange(20))
PLAIN = ("test_time_second", "voltage_volt", "current_ampere")


def summary_of(rows, *optional) -> CycleSummary:
    return cycle_summary(*(rows[name] for name in PLAIN), **{name: rows[name] for name in optional})


def full(rows) -> CycleSummary:
    return summary_of(rows, "cycle_count", "charging_capacity_ah", "discharging_capacity_ah")


def test_computes_capacity_energy_voltage_and_efficiency_of_every_cycle() -> None:
    """Discharge at a mean of 3.55 V, charge at 3.65 V by construction; CE is 99 %, EE = 99 % × 3.55/3.65."""
    for table in (full(cycling_rows(CAPACITY)), summary_of(cycling_rows(CAPACITY))):
        assert table.discharge_ah == pytest.approx(CAPACITY, rel=1e-9)
        assert table.charge_ah == pytest.approx(CAPACITY / 0.99, rel=1e-9)
        assert table.mean_discharge_voltage_v == pytest.approx(3.55, rel=1e-4)
        assert table.mean_charge_voltage_v == pytest.approx(3.65, rel=1e-4)
        assert table.discharge_energy_wh == pytest.approx(CAPACITY * 3.55, rel=1e-4)
        assert table.coulombic_efficiency_percent == pytest.approx(99.0, rel=1e-9)
        assert table.energy_efficiency_percent == pytest.approx(99.0 * 3.55 / 3.65, rel=1e-4)
        assert table.remarks == ()


def test_computes_end_voltages_currents_and_duration() -> None:
    """By hand: 18 mAh at 1 mA take 18 h, the charge 18/0.99 h, two rests of 1200 s."""
    table = full(cycling_rows(CAPACITY))
    assert table.charge_end_voltage_v == pytest.approx(4.25)
    assert table.discharge_end_voltage_v == pytest.approx(2.95)
    assert table.mean_discharge_current_a == pytest.approx(1e-3)
    assert table.duration_s[0] == pytest.approx(18 * 3600 * (1 + 1 / 0.99) + 2400)


def test_counts_the_cycles_itself_where_the_instrument_did_not() -> None:
    rows = cycling_rows(CAPACITY)
    counted, own = full(rows), summary_of(rows)
    assert (counted.counted_by, own.counted_by) == ("instrument", "current")
    assert own.cycle.tolist() == counted.cycle.tolist()
    assert own.first_row[1:].tolist() == counted.first_row[1:].tolist()


def test_counts_the_cycles_itself_where_the_instrument_counts_one() -> None:
    rows = cycling_rows(CAPACITY)
    rows["cycle_count"] = np.ones_like(rows["cycle_count"])
    table = full(rows)
    assert table.cycle.size == 20
    assert (table.remarks[0].code, table.remarks[0].parameters) == ("one-cycle-counted", {"cycles": 20})


@pytest.mark.parametrize("discharge_first", [False, True])
@pytest.mark.parametrize("each_cycle", [False, True], ids=["running", "restarting"])
def test_splits_cycles_of_the_instrument_that_hold_several(discharge_first: bool, each_cycle: bool) -> None:
    """Two cycles counted as one: the capacities are those of the two, not their sums."""
    rows = cycling_rows(CAPACITY, discharge_first=discharge_first)
    apart = full(rows)
    count = rows["cycle_count"]
    rows["cycle_count"] = np.where(count > 7, count - 1, count)
    if each_cycle:
        for name in ("charging_capacity_ah", "discharging_capacity_ah"):
            before = {number: rows[name][rows["cycle_count"] < number].max(initial=0.0) for number in range(1, 21)}
            rows[name] = rows[name] - np.array([before[number] for number in rows["cycle_count"]])
    split = full(rows)
    (remark,) = split.remarks
    assert (remark.code, remark.parameters) == ("several-half-cycles", {"cycles": [7], "added": 1})
    assert split.cycle.tolist() == apart.cycle.tolist()
    assert split.discharge_ah == pytest.approx(apart.discharge_ah)
    assert split.charge_ah == pytest.approx(apart.charge_ah)
    assert split.capacity_from == "counters"


def test_a_cycle_with_pulses_the_other_way_is_not_split() -> None:
    """Ten discharges separated by charging pulses."""
    rows = cycling_rows(CAPACITY)
    discharge = np.flatnonzero((rows["cycle_count"] == 3) & (rows["current_ampere"] < 0))
    rows["current_ampere"][discharge[10::10]] *= -1
    assert summary_of(rows, "cycle_count").remarks == ()


def test_counts_the_cycles_itself_where_the_number_goes_back() -> None:
    rows = cycling_rows(CAPACITY)
    rows["cycle_count"] = np.where(rows["cycle_count"] > 10, rows["cycle_count"] - 10, rows["cycle_count"])
    table = full(rows)
    assert table.cycle.tolist() == list(range(1, 21))
    assert table.remarks[0].code == "cycle-count-falls"
    assert {"before": 10, "after": 1}.items() <= table.remarks[0].parameters.items()


@pytest.mark.parametrize("noise", [1e-4, 1e-3, 5e-3])
def test_noise_neither_makes_cycles_nor_moves_capacities(noise: float) -> None:
    table = summary_of(cycling_rows(CAPACITY, noise=noise, points=200))
    assert table.cycle.size == 20
    assert table.discharge_ah == pytest.approx(CAPACITY, rel=max(5 * noise / np.sqrt(200), 1e-6))


def test_the_first_discharge_of_a_charged_cell_is_not_a_cycle() -> None:
    """A discharge of 10 % before the first charge only empties the cell."""
    rows = cycling_rows(CAPACITY)
    lead = cycling_rows([0.0018], rests=3)
    keep = lead["current_ampere"] < 0
    joined = {name: np.concatenate((lead[name][keep], rows[name])) for name in PLAIN}
    joined["test_time_second"][keep.sum() :] += lead["test_time_second"][keep][-1] + 60
    joined["test_time_second"][: keep.sum()] -= lead["test_time_second"][keep][0]
    table = summary_of(joined)
    assert table.cycle.tolist() == list(range(21))
    assert np.isnan(table.charge_ah[0])
    assert table.discharge_ah[1:] == pytest.approx(CAPACITY, rel=1e-6)
    joined["cycle_count"] = np.concatenate((np.ones(keep.sum()), rows["cycle_count"]))
    counted = summary_of(joined, "cycle_count")
    assert counted.cycle.tolist() == list(range(21))
    assert counted.discharge_ah == pytest.approx(table.discharge_ah)


def test_a_half_cell_that_discharges_first_takes_what_comes_back_on_charge() -> None:
    """A graphite half-cell is lithiated on discharge: with discharge = 1.25 × charge, 80 % come back."""
    table = summary_of(cycling_rows(CAPACITY, efficiency=1.25, discharge_first=True))
    assert table.cycle.size == 20
    assert table.discharges_first
    assert table.coulombic_efficiency_percent == pytest.approx(80.0)


def stepped_within(rows, sign: int) -> dict[str, np.ndarray]:
    """Return the rows with a cycle number that increases before the half-cycles of one sign."""
    way = np.where(rows["current_ampere"] != 0, np.sign(rows["current_ampere"]), 0)
    flows = np.flatnonzero(way)
    turns = flows[1:][(way[flows[1:]] == sign) & (way[flows[:-1]] != sign)]
    count = np.zeros(way.size)
    count[turns] = 1
    return rows | {"cycle_count": 1 + np.cumsum(count)}


@pytest.mark.parametrize(("discharge_first", "efficiency", "percent"), [(False, 0.99, 99.0), (True, 1.25, 80.0)])
def test_pairs_what_came_back_with_the_half_before_it_across_cycle_numbers(
    discharge_first: bool, efficiency: float, percent: float
) -> None:
    """Each recovering half-cycle has its own number and a set share of the preceding half-cycle."""
    rows = cycling_rows(CAPACITY, efficiency=efficiency, discharge_first=discharge_first)
    table = full(stepped_within(rows, 1 if discharge_first else -1))
    assert table.cycle.size == 21
    assert table.discharges_first is discharge_first
    assert table.spans_numbers
    assert table.coulombic_efficiency_percent[1:] == pytest.approx(percent)
    assert np.isnan(table.coulombic_efficiency_percent[0]) or table.coulombic_efficiency_percent[0] == 0
    assert table.energy_efficiency_percent[1:] == pytest.approx(100 * efficiency * 3.55 / 3.65, rel=1e-4)


def test_a_row_counted_to_the_next_cycle_does_not_turn_the_pairs() -> None:
    rows = cycling_rows(CAPACITY, rests=0)
    late = np.concatenate((rows["cycle_count"][:1], rows["cycle_count"][:-1]))
    table = full(rows | {"cycle_count": late})
    assert not table.spans_numbers
    assert table.coulombic_efficiency_percent[1:-1] == pytest.approx(99.0, rel=2e-3)


def test_a_second_discharge_has_no_charge_before_it() -> None:
    rows = cycling_rows(CAPACITY[:6])
    charge = (rows["cycle_count"] == 4) & (rows["current_ampere"] > 0)
    table = full({name: column[~charge] for name, column in rows.items()})
    assert np.isnan(table.coulombic_efficiency_percent[3])
    assert table.coulombic_efficiency_percent[[0, 1, 2, 4, 5]] == pytest.approx(99.0)


def test_data_from_a_later_cycle_on_begin_as_most_cycles_do() -> None:
    rows = cycling_rows(CAPACITY)
    cut = (rows["cycle_count"] > 5) | ((rows["cycle_count"] == 5) & (rows["current_ampere"] < 0))
    assert not full({name: column[cut] for name, column in rows.items()}).discharges_first


def test_instruments_counters_go_before_the_integral() -> None:
    rows = cycling_rows(CAPACITY)
    for name in ("charging_capacity_ah", "discharging_capacity_ah"):
        rows[name] = rows[name] * 1.01
    table = full(rows)
    assert table.capacity_from == "counters"
    assert table.discharge_ah == pytest.approx(1.01 * CAPACITY)
    assert table.mean_discharge_voltage_v == pytest.approx(3.55, rel=1e-4)


def test_states_when_the_counters_and_the_integral_disagree() -> None:
    rows = cycling_rows(CAPACITY)
    rows["current_ampere"] = rows["current_ampere"] * 1000
    remark = full(rows).remarks[0]
    assert (remark.code, remark.parameters["half"]) == ("counter-disagrees-with-current", "charge")
    assert remark.parameters["ratio"] == pytest.approx(0.001, rel=0.05)


def test_a_counter_that_creeps_at_rest_makes_no_discharge() -> None:
    rows = cycling_rows(CAPACITY)
    rows["current_ampere"] = np.where((rows["cycle_count"] == 1), 0.0, rows["current_ampere"])
    rows["discharging_capacity_ah"] = rows["discharging_capacity_ah"] - 0.018 * (rows["cycle_count"] > 1) * 0.999
    first = rows["cycle_count"] == 1
    for name in ("charging_capacity_ah", "discharging_capacity_ah"):
        rows[name] = np.where(first, np.linspace(0, 1e-7, first.size), rows[name])
    table = full(rows)
    assert table.cycle[0] == 2
    assert table.discharge_ah[0] == pytest.approx(CAPACITY[1], rel=0.01)


def test_integrates_where_a_counter_is_none() -> None:
    rows = cycling_rows(CAPACITY)
    rows["charging_capacity_ah"] = rows["charging_capacity_ah"] - 1
    table = full(rows)
    assert table.capacity_from == "integral"
    assert table.remarks[0].code == "not-a-counter"
    assert table.remarks[0].parameters == {"column": "charging_capacity_ah", "row": 1, "number": -1}
    assert table.discharge_ah == pytest.approx(CAPACITY)


def test_rows_given_twice_change_nothing() -> None:
    rows = {name: np.repeat(column, 2) for name, column in cycling_rows(CAPACITY).items()}
    assert summary_of(rows).discharge_ah == pytest.approx(CAPACITY, rel=1e-9)


def test_names_a_gap_in_the_rows_and_bridges_it() -> None:
    rows = cycling_rows(CAPACITY, points=400)
    gone = np.ones(rows["cycle_count"].size, dtype=bool)
    gone[450:550] = False
    table = summary_of({name: column[gone] for name, column in rows.items()})
    assert table.remarks[0].code == "gap-under-current"
    assert {"gaps": 1, "row": 450}.items() <= table.remarks[0].parameters.items()
    assert table.remarks[0].parameters["hours"] == pytest.approx(4.55, abs=0.05)
    assert table.charge_ah == pytest.approx(CAPACITY / 0.99, rel=1e-6)
    assert table.discharge_ah == pytest.approx(CAPACITY, rel=1e-6)
    assert table.charge_resolution_ah.max() < 1e-6
    assert np.flatnonzero(table.discharge_resolution_ah > 1e-6).tolist() == [0]
    assert table.discharge_resolution_ah[0] == pytest.approx(1e-3 * table.remarks[0].parameters["hours"], rel=1e-3)


def test_a_pause_between_cycles_carries_no_charge() -> None:
    rows = cycling_rows(CAPACITY, rests=0)
    rows["test_time_second"] = rows["test_time_second"] + 1e6 * rows["cycle_count"]
    assert summary_of(rows).discharge_ah == pytest.approx(CAPACITY, rel=2 / 40)


def test_leaves_out_a_cycle_in_which_nothing_happens() -> None:
    rows = cycling_rows(CAPACITY)
    idle = {name: np.full(5, column[0]) for name, column in rows.items()}
    idle |= {"cycle_count": np.zeros(5), "current_ampere": np.zeros(5)}
    table = full({name: np.concatenate((idle[name], column)) for name, column in rows.items()})
    assert table.cycle[0] == 1
    assert (table.remarks[-1].code, table.remarks[-1].parameters) == ("empty-cycles-excluded", {"cycles": [0]})


def test_refuses_a_discharge_with_the_sign_of_a_charge() -> None:
    rows = cycling_rows(CAPACITY)
    rows["current_ampere"] = np.abs(rows["current_ampere"])
    with refuses("no-discharge", InsufficientData):
        summary_of(rows)


def test_refuses_an_inverted_sign() -> None:
    rows = cycling_rows(CAPACITY)
    rows["current_ampere"] = -rows["current_ampere"]
    with refuses("current-sign-inverted", InsufficientData):
        summary_of(rows)


def test_refuses_a_test_without_current() -> None:
    rows = cycling_rows(CAPACITY)
    with refuses("no-current", InsufficientData):
        summary_of(rows | {"current_ampere": np.zeros(rows["cycle_count"].size)})


def test_refuses_a_row_without_cycle_number() -> None:
    rows = cycling_rows(CAPACITY)
    rows["cycle_count"][6] = np.nan
    with refuses("cycle-count-not-a-number", InsufficientData, row=7):
        full(rows)


def test_selects_cycles() -> None:
    rows = cycling_rows(CAPACITY)
    table = full(rows).selected(np.arange(20) < 5)
    assert table.cycle.tolist() == [1, 2, 3, 4, 5]
    assert table.discharge_ah == pytest.approx(CAPACITY[:5])
