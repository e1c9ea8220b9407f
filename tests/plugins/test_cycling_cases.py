"""Tests as laboratories run them, each with the answer known from how it was made.

The files are in tests/data/cases; others of the same kinds are made here.
"""

from collections.abc import Mapping
from pathlib import Path

import numpy as np
import pytest

from analyses.insufficient_data import InsufficientData
from analyses.uncertainty import Estimate
from plugins import capacity_retention, cycling_summary, rate_capability
from plugins.readers import declared_csv
from registry.hookspecs import Inputs, Outcome, Refused
from registry.testing.synthetic.cycling import cycling_rows

CASES = Path(__file__).parents[1] / "data" / "cases"
Columns = Mapping[str, np.ndarray]


def parameters(plugin: object, **changed: object) -> dict:
    (analysis,) = plugin.register_analyses()  # type: ignore[attr-defined]
    return {parameter.name: parameter.default for parameter in analysis.parameters} | changed


def retention(*files: Columns, **changed: object) -> Outcome:
    if len(files) == 1:
        facts: dict = {"dataset.sha256": "ab"}
        return capacity_retention.run(Inputs(facts, lambda: files[0], parameters(capacity_retention, **changed)))
    facts = {
        "dataset.undecided": "several-datasets",
        "dataset.undecided.count": len(files),
        "dataset.undecided.filenames": ("one.csv", "two.csv"),
        "datasets.undeclared.count": len(files),
    }
    paths = {f"datasets.undeclared.{number}": file for number, file in enumerate(files, start=1)}
    facts |= {f"{path}.sha256": path for path in paths}
    loaders = {path: (lambda file=file: file) for path, file in paths.items()}
    return capacity_retention.run(Inputs(facts, dict, parameters(capacity_retention, **changed), columns_of=loaders))


def summary(columns: Columns) -> Outcome:
    return cycling_summary.run(Inputs({"dataset.sha256": "ab"}, lambda: columns, parameters(cycling_summary)))


def case(pattern: str) -> Columns:
    (path,) = CASES.glob(pattern)
    (dataset,) = declared_csv.read(path)
    return dataset.columns


def value(outcome: Outcome, quantity: str, **at: int) -> Estimate:
    (estimate,) = [item.estimate for item in outcome.values if item.quantity == quantity and dict(item.at) == at]
    return estimate


def holds(estimate: Estimate, truth: float) -> bool:
    low, high = estimate.interval()
    return bool(low <= truth + 1e-9 and truth - 1e-9 <= high)


def code_of(columns: Columns, **changed: object) -> str:
    with pytest.raises((Refused, InsufficientData)) as caught:
        retention(columns, **changed)
    return str(caught.value.code)


def test_one_test_in_two_files() -> None:
    first, second = case("01-*/part1.csv"), case("01-*/part2.csv")
    both = retention(first, second)
    assert value(both, "cycle_count").magnitude == 40
    assert holds(value(both, "capacity_retention_percent"), 84.4)
    assert value(both, "capacity_fade_percent_per_cycle").magnitude == pytest.approx(0.40, abs=0.002)
    again = dict(second) | {
        "test_time_second": second["test_time_second"] - second["test_time_second"][0],
        "cycle_count": second["cycle_count"] - 20,
    }
    restarted = retention(first, again)
    assert value(restarted, "cycle_count").magnitude == 40
    assert holds(value(restarted, "capacity_retention_percent"), 84.4)


def test_half_cycles_that_did_not_happen() -> None:
    assert code_of(case("02-*/*.csv")) == "too-few-discharges"


def test_cycles_at_different_currents() -> None:
    outcome = retention(case("03-*/*.csv"))
    assert value(outcome, "retention_reference_cycle").magnitude == 4
    assert value(outcome, "retention_end_cycle").magnitude == 100
    assert holds(value(outcome, "capacity_retention_percent"), 90.4)
    assert value(outcome, "capacity_retention_percent", group=1).magnitude == pytest.approx(89.8, abs=0.01)
    checks = retention(case("03-*/*.csv"), cycle_group="capacity check")
    assert value(checks, "retention_end_cycle").magnitude == 103
    assert value(checks, "capacity_retention_percent").magnitude == pytest.approx(89.8, abs=0.01)


def test_counters_reset_each_cycle_and_rows_at_step_ends() -> None:
    outcome = retention(case("04-*/*.csv"))
    assert holds(value(outcome, "capacity_retention_percent"), 88.4)
    assert holds(value(outcome, "coulombic_efficiency_percent"), 99.50)
    assert value(outcome, "discharge_capacity_mah").magnitude == pytest.approx(1.500)


def test_charge_across_a_border_with_a_rest() -> None:
    columns = case("05-*/*.csv")
    assert value(summary(columns), "first_cycle_efficiency_percent").magnitude == pytest.approx(99.5, abs=1e-3)
    without_steps = {name: column for name, column in columns.items() if name != "step_index"}
    first = value(summary(without_steps), "first_cycle_efficiency_percent")
    assert holds(first, 99.5)
    assert first.half_width > 2


def test_a_current_of_the_wrong_sign_is_refused_and_a_mapping_turns_it() -> None:
    (path,) = CASES.glob("12-*/*.csv")
    columns = case("12-*/*.csv")
    assert code_of(columns) == "current-sign-inverted"
    names = {name: name for name in ("test_time_second", "voltage_volt", "cycle_count", "step_index")}
    (turned,) = declared_csv.read_mapped(path, {"columns": names | {"current_ampere": "-Current / A"}})
    assert turned.columns["current_ampere"] == pytest.approx(-columns["current_ampere"])
    assert value(retention(turned.columns), "capacity_retention_percent").magnitude > 0


def test_rounded_time_stamps_widen_the_intervals() -> None:
    outcome = retention(case("19-*/*.csv"))
    assert "rounded-time-stamps" in {message.code for message in outcome.messages}
    assert holds(value(outcome, "capacity_retention_percent"), 95.8)
    assert holds(value(outcome, "coulombic_efficiency_percent"), 99.0)


def test_eight_formation_cycles() -> None:
    outcome = retention(case("29-*/*.csv"))
    assert value(outcome, "retention_reference_cycle").magnitude == 9
    assert value(outcome, "capacity_retention_percent").magnitude == pytest.approx(99.25, abs=0.02)


def test_the_efficiency_column_of_a_per_cycle_table() -> None:
    columns = case("31-*/*.csv")
    assert value(retention(columns), "coulombic_efficiency_percent").magnitude == pytest.approx(99.7)
    assert value(summary(columns), "first_cycle_efficiency_percent").magnitude == pytest.approx(80.0)


def without_counters(rows: Columns) -> dict[str, np.ndarray]:
    return {name: column for name, column in rows.items() if "capacity" not in name}


@pytest.mark.parametrize("discharge_first", [False, True])
@pytest.mark.parametrize("every", [10, 25])
def test_checks_at_another_current_do_not_enter_the_retention(every: int, discharge_first: bool) -> None:
    """0.1 % a cycle at 1 mA, and a check at 0.1 mA with 12 % more capacity after every so many."""
    number = np.arange(101)
    is_check = number % every == 0
    capacity = 0.018 * (1 - 0.001 * number) * np.where(is_check, 1.12, 1.0)
    rows = cycling_rows(capacity, current_a=np.where(is_check, 1e-4, 1e-3), discharge_first=discharge_first)
    outcome = retention(rows)
    assert value(outcome, "capacity_retention_percent").magnitude == pytest.approx(100 * 0.901 / 0.999, rel=1e-6)
    assert value(outcome, "capacity_fade_percent_per_cycle").magnitude == pytest.approx(0.1 / 0.999, rel=1e-3)
    assert value(outcome, "capacity_retention_percent", group=1).magnitude == pytest.approx(90.0, rel=1e-6)


def test_a_test_continued_at_another_temperature_is_not_compared_with_its_beginning() -> None:
    rows = cycling_rows(0.018 * np.r_[np.ones(30), 0.9 * np.ones(12)])
    rows["ambient_temperature_celsius"] = np.where(rows["cycle_count"] <= 30, 25.0, 5.0)
    outcome = retention(rows)
    assert value(outcome, "retention_end_cycle").magnitude == 30
    assert value(outcome, "capacity_retention_percent").magnitude == pytest.approx(100)


def test_two_groups_of_about_the_same_size_leave_the_choice_to_the_user() -> None:
    rows = cycling_rows(np.full(20, 0.018), current_a=[1e-3] * 10 + [5e-4] * 10)
    assert code_of(rows) == "several-cycle-groups"
    assert code_of(rows, cycle_group="nothing") == "unknown-cycle-group"
    assert value(retention(rows, cycle_group="cycling 2"), "retention_reference_cycle").magnitude == 11


def test_a_rate_test_has_no_fade_and_no_life() -> None:
    rows = cycling_rows(np.full(20, 0.018), current_a=np.repeat([1e-4, 2e-4, 5e-4, 1e-4], 5))
    assert code_of(rows) == "rate-test"


@pytest.mark.parametrize("step_ah", [1e-4, 5e-5])
def test_counters_in_coarse_steps_widen_the_interval_around_the_truth(step_ah: float) -> None:
    capacity = 0.0015 * (1 - 0.004 * np.arange(30))
    rows = cycling_rows(capacity)
    for name in ("charging_capacity_ah", "discharging_capacity_ah"):
        rows[name] = np.floor(rows[name] / step_ah) * step_ah
    kept = value(retention(rows), "capacity_retention_percent")
    assert holds(kept, 88.4)
    assert kept.half_width > 100 * step_ah / 0.0015


@pytest.mark.parametrize("seed", range(5))
def test_rows_that_miss_the_ends_of_steps_widen_the_interval_around_the_truth(seed: int) -> None:
    """A row each 15 min whatever the step: when a step began and ended is known to that."""
    rng = np.random.default_rng(seed)
    capacity = 0.0015 * (1 - 0.004 * np.arange(20))
    rows = without_counters(cycling_rows(capacity, current_a=2e-4, points=400, rests=60))
    fine = rows["test_time_second"]
    times = np.arange(rng.uniform(0, 900), fine[-1], 900.0)
    index = np.searchsorted(fine, times)
    coarse = {name: column[index] for name, column in rows.items()} | {"test_time_second": times}
    outcome = retention(coarse)
    first = value(outcome, "discharge_capacity_mah")
    assert holds(first, 1.5)
    assert holds(value(outcome, "capacity_retention_percent"), 100 * capacity[-1] / capacity[0])


def test_a_charge_in_two_steps_is_not_comparable_with_one_in_one() -> None:
    """Every fifth cycle continues charging at a third of the current; its discharge is 3 % larger."""
    parts: list[list[np.ndarray]] = []
    for cycle in range(1, 31):
        slow = cycle % 5 == 0
        capacity = (1.5e-3 + 4.5e-5 * slow) * (1 - 0.001 * (cycle - 1))
        steps = [(1.5e-3, 1.5e-3, 3.0, 4.2)] + [(5e-4, 4.5e-5, 4.15, 4.2)] * slow + [(-1.5e-3, capacity, 4.1, 3.0)]
        for number, (ampere, ampere_hour, begin, end) in enumerate(steps, start=1):
            rows = 60
            last = parts[-1][0][-1] if parts else 0.0
            time = last + 1.0 + np.linspace(0, ampere_hour / abs(ampere) * 3600, rows)
            block = [time, np.linspace(begin, end, rows)]
            parts.append(block + [np.full(rows, constant) for constant in (ampere, float(cycle), float(number))])
    names = ("test_time_second", "voltage_volt", "current_ampere", "cycle_count", "step_index")
    columns = dict(zip(names, (np.concatenate(column) for column in zip(*parts, strict=True)), strict=True))
    outcome = retention(columns)
    assert value(outcome, "retention_end_cycle").magnitude == 29
    assert value(outcome, "capacity_retention_percent").magnitude == pytest.approx(97.2, abs=0.01)
    assert "charge in 2 steps" in next(item.text for item in outcome.messages if item.code == "cycle-groups")


def lead_in(share: float, capacity_ah: float, sign: int) -> dict[str, np.ndarray]:
    """Return the rows of a first discharge or charge of this share of a capacity, at 1 mA."""
    lead = cycling_rows([share * capacity_ah], efficiency=1.0, discharge_first=sign < 0)
    rows = np.flatnonzero(np.sign(lead["current_ampere"]) == sign)
    return {name: column[rows] for name, column in lead.items()}


def joined_rows(*parts: Columns) -> dict[str, np.ndarray]:
    """Return rows one after the other, ten minutes apart, without counters and cycle numbers."""
    names, clock, all_parts = ("test_time_second", "voltage_volt", "current_ampere"), 0.0, []
    for part in parts:
        time = part["test_time_second"] - part["test_time_second"][0] + clock
        all_parts.append({**part, "test_time_second": time})
        clock = time[-1] + 600
    return {name: np.concatenate([part[name] for part in all_parts]) for name in names}


@pytest.mark.parametrize("share", [0.1, 0.23, 0.45])
@pytest.mark.parametrize("numbers", ["none", "in cycle 1", "by itself"])
def test_a_discharge_that_empties_the_cell_is_not_the_reference(share: float, numbers: str) -> None:
    """0.5 % a cycle after it: 97.5 % are left of the first full discharge."""
    lead, rows = lead_in(share, 0.018, -1), cycling_rows(0.018 * (1 - 0.005 * np.arange(6)))
    joined = joined_rows(lead, rows)
    if numbers != "none":
        own = rows["cycle_count"] + (numbers == "by itself")
        joined["cycle_count"] = np.concatenate((np.ones(lead["cycle_count"].size), own))
    outcome = retention(joined)
    assert "emptying-discharge-excluded" in {message.code for message in outcome.messages}
    assert holds(value(outcome, "capacity_retention_percent"), 97.5)
    assert value(outcome, "cycle_count").magnitude == 6
    whole = summary(joined)
    assert holds(value(whole, "first_cycle_efficiency_percent"), 99.0)
    assert holds(value(whole, "equivalent_full_cycles"), share + 6 - 0.005 * 15)


@pytest.mark.parametrize("numbered", [False, True])
def test_an_emptying_discharge_is_in_no_step_of_a_rate_test(numbered: bool) -> None:
    steps = cycling_rows([0.018, 0.018, 0.016, 0.016, 0.012, 0.012], current_a=np.repeat([1e-3, 2e-3, 4e-3], 2))
    lead = lead_in(0.2, 0.018, -1)
    joined = joined_rows(lead, steps)
    if numbered:
        joined["cycle_count"] = np.concatenate((np.ones(lead["cycle_count"].size), steps["cycle_count"] + 1))
    inputs = Inputs({"dataset.sha256": "ab"}, lambda: joined, parameters(rate_capability))
    assert holds(value(rate_capability.run(inputs), "discharge_capacity_mah", step=1), 18.0)


def test_a_charge_that_fills_up_a_charged_cell_gives_no_first_efficiency() -> None:
    """The first charge takes 7 % of what the discharge after it gives; the other cycles are at 99 %."""
    rows = cycling_rows(np.full(8, 0.018))
    first = (rows["cycle_count"] == 1) & (rows["current_ampere"] > 0)
    outcome = summary(joined_rows(lead_in(0.07, 0.018, 1), {name: column[~first] for name, column in rows.items()}))
    assert "first-half-incomplete" in {message.code for message in outcome.messages}
    assert "first_cycle_efficiency_percent" not in {result.quantity for result in outcome.values}
    assert holds(value(outcome, "energy_efficiency_percent"), 99.0 * 3.55 / 3.65)


@pytest.mark.parametrize("discharge_first", [False, True])
def test_two_cycles_under_one_number_are_two(discharge_first: bool) -> None:
    """The instrument counts cycles 3 and 4, of which the later ones are faster, as one."""
    capacity = np.array([0.020, 0.0199, 0.0198, 0.015, 0.0149])
    rows = cycling_rows(capacity, current_a=[1e-3] * 3 + [4e-3] * 2, discharge_first=discharge_first)
    rows["cycle_count"] = np.where(rows["cycle_count"] > 3, rows["cycle_count"] - 1, rows["cycle_count"])
    outcome = retention(rows, cycle_group="cycling 1")
    assert "several-half-cycles" in {message.code for message in outcome.messages}
    assert holds(value(outcome, "capacity_retention_percent"), 99.0)
    assert holds(value(outcome, "discharge_capacity_mah", group=2), 15.0)


@pytest.mark.parametrize("cycles", [2, 3, 6])
def test_the_first_efficiency_is_not_in_that_of_the_cycles_after_it(cycles: int) -> None:
    rows = cycling_rows(np.full(cycles, 0.018), efficiency=[0.80] + [0.99] * (cycles - 1))
    efficiency = value(retention(rows), "coulombic_efficiency_percent")
    assert holds(efficiency, 99.0)
    assert efficiency.interval()[1] - efficiency.interval()[0] < 0.1
    assert holds(value(summary(rows), "first_cycle_efficiency_percent"), 80.0)


@pytest.mark.parametrize("points", [6, 20, 60])
def test_energies_of_few_rows_are_within_the_steps_of_the_voltage(points: int) -> None:
    """The voltage falls by 1 V more at the end: 1/13 V less on average."""
    rows = cycling_rows(np.full(4, 0.018), points=points, curve=lambda level: 3.5 + level - (1 - level) ** 12)
    outcome = summary(rows)
    discharge, charge = 4.0 - 1 / 13 - 0.05, 4.0 - 1 / 13 + 0.05
    assert holds(value(outcome, "mean_discharge_voltage_v"), discharge)
    assert holds(value(outcome, "mean_charge_voltage_v"), charge)
    assert holds(value(outcome, "discharge_energy_mwh"), 18 * discharge)
    assert holds(value(outcome, "energy_efficiency_percent"), 99.0 * discharge / charge)
