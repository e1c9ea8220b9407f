"""Known answers: a voltage linear in the capacity with an ohmic loss of 50 mV either way (`synthetic/cycling.py`)."""

import numpy as np
import pytest

from analyses.insufficient_data import InsufficientData
from analyses.uncertainty import Estimate
from plugins.charge_discharge_curves import (
    AREA_RESISTANCE,
    HYSTERESIS,
    MOST_POINTS,
    RESISTANCE,
    register_analyses,
    run,
)
from registry.hookspecs import Inputs, NotComputed, Outcome, Refused, Result
from registry.testing.synthetic.cycling import cycling_rows
from tests.coded import message_of, refuses

CAPACITY = 0.018 * (1 - 0.001 * np.arange(12))
PARAMETERS = {parameter.name: parameter.default for parameter in register_analyses()[0].parameters}
CATHODE = {
    "layers.count": 1,
    "layers.1.role": "cathode",
    "layers.1.name": "NCM90 composite",
    "layers.1.mass_loading_mg_cm2": Estimate.exact(10.0),
    "layers.1.area_cm2": Estimate.exact(9.0),
    "layers.1.active_fraction_percent": Estimate.exact(80.0),
}
ROWS = cycling_rows(CAPACITY, points=400)


def run_on(columns=ROWS, facts=None, **parameters) -> Outcome:
    return run(Inputs({"dataset.sha256": "ab"} | CATHODE | (facts or {}), lambda: columns, PARAMETERS | parameters))


def at_cycles(outcome: Outcome, quantity: str) -> dict[int, Estimate]:
    return {result.at["cycle"]: result.estimate for result in outcome.values if result.quantity == quantity}


def test_hysteresis_is_the_difference_at_half_of_each_capacity() -> None:
    """Charge at half of its capacity: 3.65 V; discharge: 3.55 V."""
    hysteresis = at_cycles(run_on(cycles="1, 7, last"), HYSTERESIS)
    assert list(hysteresis) == [1, 7, 12]
    for estimate in hysteresis.values():
        assert estimate.magnitude == pytest.approx(0.1, abs=1e-6)
        low, high = estimate.interval()
        assert low - 1e-9 <= 0.1 <= high + 1e-9
        assert high - low < 0.002


def test_ohmic_drop_at_the_start_of_the_discharge_and_per_area() -> None:
    """The rest keeps the voltage of the charge: 100 mV over 1 mA are 100 Ω, and 900 Ω cm² on 9 cm²."""
    outcome = run_on(cycles="1,2")
    assert [item.magnitude for item in at_cycles(outcome, RESISTANCE).values()] == pytest.approx([100, 100])
    assert [item.magnitude for item in at_cycles(outcome, AREA_RESISTANCE).values()] == pytest.approx([900, 900])
    message_of(outcome.messages, "ohmic-drop-definition", step="start of discharge")


def test_the_ohmic_drop_is_taken_where_the_parameter_says() -> None:
    """In the synthetic test the voltage does not change where the discharge ends: no drop."""
    outcome = run_on(cycles="2", current_step="end of discharge")
    assert [(item.quantity, item.code) for item in outcome.not_computed] == [
        (RESISTANCE, "voltage-step-not-resolved"),
        (AREA_RESISTANCE, "voltage-step-not-resolved"),
    ]
    started = run_on(cycles="2", current_step="start of charge")
    assert at_cycles(started, RESISTANCE)[2].magnitude == pytest.approx(100)


def test_curves_are_per_gram_of_active_material_where_a_mass_is_recorded() -> None:
    """10 mg/cm² · 9 cm² · 80 % = 72 mg: 250 mAh/g."""
    curve = run_on(cycles="1,last").curves[0]
    assert (curve.name, curve.x.quantity, curve.y.quantity) == (
        "charge-discharge",
        "specific_capacity_mah_g",
        "voltage_v",
    )
    names = ["Cycle 1, charge", "Cycle 1, discharge", "Cycle 12, charge", "Cycle 12, discharge"]
    assert [series.name for series in curve.series] == names
    assert curve.series[1].x[-1] == pytest.approx(250)
    assert max(len(series.x) for series in curve.series) <= MOST_POINTS


def test_curves_are_in_mah_where_no_mass_is_recorded_and_it_is_said() -> None:
    outcome = run_on(facts={"layers.1.active_fraction_percent": None}, cycles="1")
    curve = outcome.curves[0]
    assert curve.x.quantity == "capacity_mah"
    assert curve.series[1].x[-1] == pytest.approx(18)
    assert "capacity-without-mass" in {message.code for message in outcome.messages}
    assert at_cycles(outcome, AREA_RESISTANCE)


def test_without_an_area_the_resistance_is_given_and_the_area_named() -> None:
    outcome = run_on(facts={"layers.1.area_cm2": None}, cycles="1")
    assert at_cycles(outcome, RESISTANCE)[1].magnitude == pytest.approx(100)
    (lacking,) = (item for item in outcome.not_computed if item.quantity == AREA_RESISTANCE)
    assert (lacking.at, lacking.parameters["quantity"]) == ({"cycle": 1}, "area_cm2")


def test_by_default_cycles_are_first_last_and_evenly_between_and_it_is_said() -> None:
    outcome = run_on()
    assert list(at_cycles(outcome, HYSTERESIS)) == [1, 4, 7, 9, 12]
    assert message_of(outcome.messages, "cycles-by-default").parameters["cycles"] == [1, 4, 7, 9, 12]
    assert {curve.name for curve in outcome.curves} == {"charge-discharge", "voltage-hysteresis", "ohmic-drop"}
    (points,) = outcome.curves[1].series
    assert list(points.x) == [1, 4, 7, 9, 12]
    assert all(low <= y <= high for low, y, high in zip(points.y_lower, points.y, points.y_upper, strict=True))


def test_cycles_of_other_currents_are_named_as_not_comparable() -> None:
    columns = cycling_rows(CAPACITY, current_a=[2e-4] * 2 + [1e-3] * 10, points=400)
    message = message_of(run_on(columns, cycles="1,last").messages, "cycles-of-several-groups")
    assert message.parameters["groups"] == ["formation", "cycling"]
    assert "cycles-of-several-groups" not in {message.code for message in run_on(columns, cycles="4,last").messages}


def test_a_half_cell_that_discharges_first_has_the_same_hysteresis() -> None:
    outcome = run_on(cycling_rows(CAPACITY, points=400, discharge_first=True), cycles="1,2")
    assert [item.magnitude for item in at_cycles(outcome, HYSTERESIS).values()] == pytest.approx([0.1, 0.1], abs=1e-5)


def test_the_charge_of_the_cycle_before_counts_where_the_number_changes_between() -> None:
    stepped = np.maximum.accumulate(ROWS["cycle_count"] + (ROWS["current_ampere"] < 0))
    outcome = run_on(ROWS | {"cycle_count": stepped}, cycles="1,2")
    assert at_cycles(outcome, HYSTERESIS)[2].magnitude == pytest.approx(0.1, abs=1e-5)
    assert message_of(outcome.not_computed, "incomplete-cycle", cycle=1).at == {"cycle": 1}


def test_the_mass_that_multiplies_a_specific_current_is_in_the_uncertainty() -> None:
    """The file is in mA/g of 72 mg, the loading is known to 2 %."""
    columns = {name: ROWS[name] for name in ("test_time_second", "voltage_volt", "cycle_count")}
    columns["specific_current_ampere_per_gram"] = ROWS["current_ampere"] / 0.072
    loading = {"layers.1.mass_loading_mg_cm2": Estimate.rounded(10.0, 0.2)}
    result = run_on_recorded(columns, loading)
    assert result.magnitude == pytest.approx(100)
    assert result.half_width == pytest.approx(2.0, rel=0.05)


def run_on_recorded(columns: dict, facts: dict) -> Estimate:
    return at_cycles(run_on(columns, facts, cycles="2"), RESISTANCE)[2]


def test_results_are_at_cycles_and_nothing_is_both_given_and_missing() -> None:
    outcome = run_on(facts={"layers.1.area_cm2": None})
    items: list[Result | NotComputed] = [*outcome.values, *outcome.not_computed]
    assert len({item.key for item in items}) == len(items)


@pytest.mark.parametrize(
    ("columns", "parameters", "code", "named"),
    [
        ({"frequency_hertz": np.ones(3)}, {}, "missing-cycling-data", {"names": "frequency_hertz"}),
        (ROWS, {"cycles": "one"}, "invalid-cycle-list", {"part": "one"}),
        (ROWS, {"cycles": "99"}, "cycle-not-in-data", {"cycle": 99}),
        (ROWS | {"cycle_count": 1e10 * ROWS["cycle_count"]}, {}, "invalid-cycle-number", {"cycle": 1e10}),
        (cycling_rows([0.018] * 25), {"cycles": ",".join(map(str, range(1, 26)))}, "too-many-cycles", {"count": 25}),
    ],
    ids=["a spectrum", "an unknown word", "an unknown cycle", "another column", "too many cycles"],
)
def test_refuses_data_and_parameters_that_do_not_fit(columns: dict, parameters: dict, code: str, named: dict) -> None:
    with refuses(code, **named):
        run_on(columns, **parameters)


def test_cycles_that_are_not_in_the_data_are_named() -> None:
    outcome = run_on(cycles="1, 99")
    assert message_of(outcome.messages, "cycles-not-in-data", cycles=[99]).level == "warning"
    assert list(at_cycles(outcome, HYSTERESIS)) == [1]


def test_refuses_a_current_of_the_wrong_sign_and_without_data() -> None:
    with refuses("no-discharge", InsufficientData):
        run_on(ROWS | {"current_ampere": np.abs(ROWS["current_ampere"])})
    with refuses("missing-data", Refused):
        run(Inputs(CATHODE, dict, PARAMETERS))


@pytest.mark.parametrize("share", [0.3, 0.6])
def test_a_first_cycle_that_was_stopped_has_no_hysteresis_below_zero(share: float) -> None:
    """The only discharge ends at this share of its capacity: half of that is at a voltage above that of the charge."""
    outcome = run_on(cycling_rows([0.018], points=400, cut_last_at=share))
    message_of(outcome.not_computed, "charge-below-discharge")
    message_of(outcome.messages, "one-cycle-not-checked")
