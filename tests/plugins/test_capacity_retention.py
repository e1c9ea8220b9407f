import numpy as np
import pytest

from analyses.insufficient_data import InsufficientData
from analyses.uncertainty import Estimate
from plugins.capacity_retention import register_analyses, run
from registry.hookspecs import Inputs, Outcome, Refused
from registry.testing.synthetic.cycling import cycling_rows
from tests.coded import message_of, refuses

DATA = {"dataset.sha256": "ab"}
REPORTED = {
    "reported.capacity_retention_percent": Estimate.rounded(92.6, 0.05),
    "reported.cycle_count": Estimate.exact(150),
}
PARAMETERS = {parameter.name: parameter.default for parameter in register_analyses()[0].parameters}


def table(cycles=401, percent_per_cycle=0.05, odd=None, charge=True) -> dict[str, np.ndarray]:
    """Return a straight fade from 18 mAh with the capacity of some cycles multiplied by a factor."""
    cycle = np.arange(1.0, cycles + 1)
    capacity = 0.018 * (1 - percent_per_cycle / 100 * (cycle - 1))
    for number, factor in (odd or {}).items():
        capacity[number - 1] *= factor
    columns = {"cycle_count": cycle, "cycle_discharging_capacity_ah": capacity}
    return columns | {"cycle_charging_capacity_ah": capacity / 0.998} if charge else columns


def run_on(columns, facts=None, **parameters) -> Outcome:
    return run(Inputs(DATA | (facts or {}), lambda: columns, PARAMETERS | parameters))


def values_of(outcome) -> dict[str, float]:
    """Numbers of the test as a whole, those of single groups left out."""
    return {result.quantity: result.estimate.magnitude for result in outcome.values if not result.at}


def texts_of(outcome, level: str) -> str:
    return " ".join(message.text for message in outcome.messages if message.level == level)


def test_computes_retention_fade_efficiency_and_capacity_of_a_steady_fade() -> None:
    """By hand: 0.05 % a cycle over 400 cycles leaves 80 % of 18 mAh."""
    values = values_of(run_on(table()))
    assert values["capacity_retention_percent"] == pytest.approx(80.0)
    assert values["capacity_fade_percent_per_cycle"] == pytest.approx(0.05)
    assert values["coulombic_efficiency_percent"] == pytest.approx(99.8)
    assert values["discharge_capacity_mah"] == pytest.approx(18.0)
    assert (values["retention_reference_cycle"], values["retention_end_cycle"], values["cycle_count"]) == (1, 401, 401)


def test_warns_of_a_coulombic_efficiency_above_100_percent() -> None:
    """0.3 % less is recovered on charge: if charge is assumed first, the result is 100/0.997 %."""
    columns = table()
    columns["cycle_charging_capacity_ah"] = 0.997 * columns["cycle_discharging_capacity_ah"]
    assert values_of(run_on(columns))["coulombic_efficiency_percent"] == pytest.approx(100 / 0.997)
    assert "set first_half to “discharge”" in texts_of(run_on(columns), "warning")
    declared = run_on(columns, first_half="discharge")
    assert values_of(declared)["coulombic_efficiency_percent"] == pytest.approx(99.7)
    assert "above 100 %" not in texts_of(declared, "warning")


def test_the_retention_ends_before_an_interrupted_last_cycle() -> None:
    columns = table()
    columns["cycle_discharging_capacity_ah"][-1] = 0.0
    values = values_of(run_on(columns))
    assert values["retention_end_cycle"] == 400
    assert values["capacity_retention_percent"] == pytest.approx(100 - 0.05 * 399)


def test_returns_its_declared_outputs() -> None:
    (analysis,) = register_analyses()
    assert set(values_of(run_on(table(cycles=700)))) == set(analysis.outputs)


def test_states_which_cycles_were_taken_when_none_was_chosen() -> None:
    message = message_of(run_on(table()).messages, "reference-and-end-cycle", reference=1, end=401)
    assert message.level == "info"


def test_takes_the_cycles_that_were_chosen() -> None:
    """By hand: from cycle 101 (95 %) to cycle 201 (90 %) 94.737 % are left."""
    outcome = run_on(table(), reference_cycle=101, end_cycle=201)
    values = values_of(outcome)
    assert values["capacity_retention_percent"] == pytest.approx(100 * 90 / 95)
    assert values["cycle_count"] == 101
    assert "Reference: cycle 101 (as set); end: cycle 201 (as set)." in texts_of(outcome, "info")


def test_lists_anomalous_cycles_and_excludes_them() -> None:
    """Reference and end cycle count as measured: by hand, 80 % times 0.6 over 0.7."""
    outcome = run_on(table(odd={1: 0.7, 120: 0.5, 401: 0.6}))
    assert values_of(outcome)["capacity_retention_percent"] == pytest.approx(80.0 * 0.6 / 0.7)
    assert values_of(outcome)["capacity_fade_percent_per_cycle"] == pytest.approx(0.05, rel=0.01)
    messages = {message.code: message.parameters for message in outcome.messages if message.level == "warning"}
    assert messages["anomalous-cycles"]["cycles"] == [1, 120, 401]
    assert messages["anomalous-cycles"]["off_percent"] == pytest.approx([-30, -50, -40], rel=1e-3)
    compared = messages["anomalous-cycle-compared"]
    assert (compared["which"], compared["cycle"]) == ("end", 401)
    assert (compared["measured"], compared["expected"]) == pytest.approx((8.64, 14.4), rel=1e-3)


def test_plots_anomalous_cycles_separately() -> None:
    capacity, retention = run_on(table(odd={120: 0.5})).curves
    assert [series.name for series in capacity.series] == ["Discharge capacity", "Charge capacity", "Anomalies"]
    assert retention.series[-1].x == (120.0,)


def test_warns_of_a_fade_that_is_uneven() -> None:
    columns = table()
    columns["cycle_discharging_capacity_ah"] = 0.018 * (1 - (columns["cycle_count"] / 480) ** 4)
    assert "Uneven fade" in texts_of(run_on(columns), "warning")


def test_round_off_is_no_uneven_fade() -> None:
    columns = table()
    columns["cycle_discharging_capacity_ah"] = 0.018 + 4e-18 * columns["cycle_count"]
    assert "Uneven fade" not in texts_of(run_on(columns), "warning")


def test_states_that_80_percent_were_never_reached() -> None:
    outcome = run_on(table(cycles=100))
    assert "cycles_to_80_percent" not in values_of(outcome)
    assert "No cycles to 90 % or 80 % or 70 %: still above 90 % at cycle 100." in texts_of(outcome, "info")


def test_without_charge_states_why_efficiency_is_missing() -> None:
    outcome = run_on(table(charge=False))
    assert "coulombic_efficiency_percent" not in values_of(outcome)
    assert "no column cycle_charging_capacity_ah" in texts_of(outcome, "info")


def test_leaves_cycles_without_charge_out_of_the_efficiency() -> None:
    columns = table()
    columns["cycle_charging_capacity_ah"][0] = 0.0
    outcome = run_on(columns)
    assert values_of(outcome)["coulombic_efficiency_percent"] == pytest.approx(99.8)
    assert "(no charge): cycle 1." in texts_of(outcome, "warning")


def test_states_when_cycles_are_too_few_for_an_anomaly() -> None:
    assert message_of(run_on(table(cycles=3)).messages, "too-few-cycles-for-anomalies", count=3).level == "warning"


def test_computes_the_fade_of_a_literature_row() -> None:
    """By hand: (100 - 92.6)/150 = 0.0493 % per cycle, from 0.0490 to 0.0497 with the rounding of 92.6 %."""
    (result,) = run(Inputs(REPORTED)).values
    assert result.quantity == "capacity_fade_percent_per_cycle"
    assert result.estimate.magnitude == pytest.approx(0.04933, abs=1e-5)
    assert (result.estimate.lower, result.estimate.upper) == pytest.approx((0.0490, 0.04967), abs=1e-5)


def test_uses_reported_values_if_the_data_are_not_a_cycle_table() -> None:
    outcome = run_on({"test_time_second": np.arange(3.0)}, REPORTED)
    assert list(values_of(outcome)) == ["capacity_fade_percent_per_cycle"]
    assert message_of(outcome.messages, "data-not-used", names="test_time_second")


@pytest.mark.parametrize(
    ("facts", "missing"),
    [
        ({}, ["capacity_retention_percent", "cycle_count"]),
        (REPORTED | {"reported.cycle_count": None}, ["cycle_count"]),
    ],
)
def test_refuses_without_a_table_and_without_reported_numbers(facts: dict, missing: list[str]) -> None:
    with pytest.raises(Refused) as refusal:
        run(Inputs(facts))
    assert (refusal.value.code, refusal.value.parameters["quantities"]) == ("missing-cycling-data", missing)


def test_refuses_a_fade_over_no_cycles() -> None:
    with pytest.raises(InsufficientData) as refusal:
        run(Inputs(REPORTED | {"reported.cycle_count": Estimate.exact(0)}))
    assert refusal.value.code == "cycle-count-not-positive"


@pytest.mark.parametrize("quantity", ["capacity_retention_percent", "cycle_count"])
def test_refuses_a_reported_bound(quantity: str) -> None:
    with pytest.raises(Refused) as refusal:
        run(Inputs(REPORTED | {f"reported.{quantity}": ">80"}))
    assert refusal.value.code == "only-a-bound"
    assert refusal.value.parameters["quantity"] == quantity


@pytest.mark.parametrize(
    ("parameters", "code", "named"),
    [
        ({"end_cycle": 900}, "cycle-not-in-data", {"cycle": 900, "first": 1.0, "last": 401.0}),
        ({"reference_cycle": 300, "end_cycle": 200}, "end-cycle-before-reference", {}),
        ({"anomaly_window": 4}, "even-anomaly-window", {"window": 4}),
    ],
)
def test_refuses_parameters_the_data_do_not_allow(parameters: dict, code: str, named: dict) -> None:
    with refuses(code, InsufficientData, **named):
        run_on(table(), **parameters)


def test_refuses_a_cycle_that_occurs_twice() -> None:
    columns = table()
    columns["cycle_count"][4] = 4
    with refuses("repeated-cycle", InsufficientData, cycle=4, times=2, rows=[4, 5]):
        run_on(columns)


ROWS = cycling_rows(0.018 * (1 - 0.0005 * np.arange(60)), efficiency=0.998, points=20)


def test_rows_and_per_cycle_table_agree() -> None:
    """By hand: 0.05 % a cycle over 59 cycles leave 97.05 %."""
    from_rows, from_table = values_of(run_on(ROWS)), values_of(run_on(table(60)))
    assert from_rows == pytest.approx(from_table)
    assert from_rows["capacity_retention_percent"] == pytest.approx(97.05)


def test_compares_with_the_first_cycle_after_formation() -> None:
    """Formation at a fifth of the current, with 20 % more capacity, is not part of the fade."""
    fresh = np.concatenate(([0.0216] * 2, 0.018 * (1 - 0.0005 * np.arange(40))))
    outcome = run_on(cycling_rows(fresh, current_a=[2e-4] * 2 + [1e-3] * 40, points=20))
    values = values_of(outcome)
    assert (values["retention_reference_cycle"], values["cycle_count"]) == (3, 40)
    assert values["capacity_retention_percent"] == pytest.approx(100 * (1 - 0.0005 * 39))
    assert values["capacity_fade_percent_per_cycle"] == pytest.approx(0.05)
    (group,) = [message for message in outcome.messages if message.code == "cycle-groups"]
    assert [item.split(" (")[0] for item in group.parameters["groups"]] == ["formation", "cycling"]


def test_a_reference_in_formation_is_compared_with_formation_only() -> None:
    fresh = np.concatenate(([0.02, 0.0199], 0.018 * (1 - 0.0005 * np.arange(40))))
    rows = cycling_rows(fresh, current_a=[2e-4] * 2 + [1e-3] * 40, points=20)
    values = values_of(run_on(rows, reference_cycle=1))
    assert (values["retention_end_cycle"], values["capacity_retention_percent"]) == (2, pytest.approx(99.5))
    with pytest.raises(Refused) as caught:
        run_on(rows, reference_cycle=1, end_cycle=3)
    assert (caught.value.code, caught.value.parameters["cycle"]) == ("cycle-of-another-group", 3)


def test_an_interrupted_last_cycle_is_not_the_end_cycle() -> None:
    rows = cycling_rows(0.018 * (1 - 0.0005 * np.arange(60)), cut_last_at=0.5, points=20)
    outcome = run_on(rows)
    assert values_of(outcome)["retention_end_cycle"] == 59
    assert message_of(outcome.messages, "interrupted-cycle-excluded", cycle=60).level == "warning"
    with refuses("interrupted-cycle", Refused, interrupted=60):
        run_on(rows, end_cycle=60)


def test_computes_the_cycles_to_90_80_and_70_percent() -> None:
    """By hand: 100 - 0.05 (n - 1) falls below 90, 80 and 70 first at cycles 202, 402 and 602."""
    values = values_of(run_on(table(cycles=700)))
    assert [values[f"cycles_to_{percent}_percent"] for percent in (90, 80, 70)] == pytest.approx([202, 402, 602], abs=1)


def test_a_half_cell_recovers_on_charge_the_capacity_of_discharge() -> None:
    rows = cycling_rows(0.018 * (1 - 0.0005 * np.arange(30)), efficiency=1.25, discharge_first=True, points=20)
    (efficiency,) = [result for result in run_on(rows).values if result.quantity == "coulombic_efficiency_percent"]
    assert efficiency.estimate.magnitude == pytest.approx(80.0)
    assert "charge over discharge" in efficiency.note


def test_states_that_scatter_hides_where_a_limit_is_crossed() -> None:
    """0.86 % a cycle over 30 cycles, with a scatter of 8 %: 90 and 80 % are crossed at an undetermined cycle."""
    columns = table(cycles=30, percent_per_cycle=0.86)
    columns["cycle_discharging_capacity_ah"] += np.random.default_rng(2).normal(0, 0.08 * 0.018, 30)
    outcome = run_on(columns)
    assert "cycles_to_80_percent" not in values_of(outcome)
    reason = {"code": "fade-within-scatter"}
    assert message_of(outcome.messages, "cycle-life-not-computed", percent=80, reason=reason).level == "warning"


@pytest.mark.parametrize(("row", "role", "cycle"), [(60, "reference", 1), (6 * 86 - 10, "end", 6)])
def test_a_gap_in_a_compared_cycle_is_named_and_widens_the_retention(row: int, role: str, cycle: int) -> None:
    """Six equal cycles, with a power cut of 3 h in the first or the last discharge."""
    rows = cycling_rows(np.full(6, 0.0015), efficiency=1.0)
    later = np.arange(rows["test_time_second"].size) > row
    rows["test_time_second"] = rows["test_time_second"] + np.where(later, 10_800.0, 0.0)
    counters = ("charging_capacity_ah", "discharging_capacity_ah")
    outcome = run_on({name: column for name, column in rows.items() if name not in counters})
    message_of(outcome.messages, "gap-in-compared-cycle", role=role, cycle=cycle)
    retention = next(result.estimate for result in outcome.values if result.quantity == "capacity_retention_percent")
    lower, upper = retention.interval()
    assert lower < 100 < upper
    counted = run_on(rows)
    assert "gap-in-compared-cycle" not in {message.code for message in counted.messages}
    assert values_of(counted)["capacity_retention_percent"] == pytest.approx(100.0)
