from pathlib import Path

import numpy as np
import pytest

from analyses.uncertainty import Estimate
from plugins.readers import declared_csv
from registry.contract.analysis_support.transport.voltage_staircase import (
    BY_SCATTER,
    PARAMETERS,
    reported_resistance,
    resistance_of_run,
)
from registry.hookspecs import Inputs, Outcome, Refused
from tests.coded import message_of

DEFAULTS = {parameter.name: parameter.default for parameter in PARAMETERS}


def staircase(volts=(0.1, 0.2, 0.3, 0.4), points=200, resistance=1000.0, offset=0.0) -> dict[str, np.ndarray]:
    rng = np.random.default_rng(1)
    voltage = np.repeat(volts, points)
    return {
        "test_time_second": np.arange(voltage.size) * 1.0,
        "voltage_volt": voltage,
        "current_ampere": voltage / resistance + offset + rng.normal(0, 1e-7, voltage.size),
    }


def outcome_of(columns, **parameters) -> Outcome:
    inputs = Inputs({"dataset.sha256": "ab"}, lambda: columns, DEFAULTS | parameters)
    return resistance_of_run(inputs, inputs.dataset)


def warnings_of(outcome) -> str:
    return " ".join(message.text for message in outcome.messages if message.level == "warning")


def test_computes_the_resistance() -> None:
    (result,) = outcome_of(staircase()).values
    assert result.quantity == "resistance_ohm"
    assert result.estimate.magnitude == pytest.approx(1000.0, rel=1e-3)


def test_reports_steps_voltages_and_the_intercept() -> None:
    messages = outcome_of(staircase()).messages
    assert message_of(messages, "voltage-steps", steps=4, voltages="0.1, 0.2, 0.3, 0.4", last_points=100)
    assert message_of(messages, "line-through-origin")
    assert message_of(messages, "resistance-of-line").parameters["resistance_ohm"] == pytest.approx(1000.0, rel=1e-3)
    assert message_of(messages, "interval-allows-for-drift").parameters["drift_probability"] < 1
    assert message_of(messages, "drift-inseparable-from-slope").level == "info"


def test_warns_of_an_offset_current() -> None:
    messages = outcome_of(staircase(offset=1e-4)).messages
    assert any(message.level == "warning" and "misses the origin" in message.text for message in messages)


def test_warns_of_a_current_not_at_rest() -> None:
    columns = staircase()
    columns["current_ampere"] = columns["current_ampere"] + 1e-7 * columns["test_time_second"]
    messages = outcome_of(columns).messages
    drifts = [message for message in messages if message.code == "step-drifts"]
    assert [(message.level, message.parameters["step"]) for message in drifts] == [("warning", n) for n in (1, 2, 3, 4)]


def test_warns_of_rows_that_belong_to_no_step() -> None:
    columns = staircase()
    columns["voltage_volt"][250] = 0.9
    messages = outcome_of(columns).messages
    assert any("step: 251." in message.text for message in messages)


def test_excludes_a_rest_at_open_circuit_with_a_warning() -> None:
    columns = staircase((0.15, 0.1, 0.2, 0.3, 0.4))
    columns["current_ampere"][:200] = 0.0
    outcome = outcome_of(columns)
    assert outcome.values[0].estimate.magnitude == pytest.approx(1000.0, rel=1e-3)
    text = "Excluded rests at open circuit (voltage without current): 0.15 V in rows 1 to 200."
    assert warnings_of(outcome) == text


def case_27() -> dict[str, np.ndarray]:
    (path,) = (Path(__file__).parents[4] / "data" / "cases").glob("27-*/*.csv")
    (dataset,) = declared_csv.read(path)
    return dict(dataset.columns)


def test_rests_between_the_steps_of_case_27_are_left_out() -> None:
    """1160 Ω by construction; rests of 30 to 42 mV."""
    outcome = outcome_of(case_27())
    low, high = outcome.values[0].estimate.interval()
    assert low <= 1160 <= high
    assert high - low < 5
    rests = message_of(outcome.messages, "rests-excluded").parameters["voltages_v"]
    assert rests == pytest.approx([0.030, 0.033, 0.036, 0.039, 0.042], abs=1e-4)


def test_the_step_numbers_of_the_instrument_are_read() -> None:
    columns = case_27()
    rest = columns["current_ampere"] < 1e-5
    assert len(outcome_of(columns | {"step_index": np.where(rest, 2.0, 1.0)}).curves[0].series[0].x) == 5


@pytest.mark.parametrize(("points", "is_counted"), [(200, True), (60, False)])
def test_steps_at_the_voltage_of_the_rests_are_named(points: int, is_counted: bool) -> None:
    """Rests at 0.2 V, the voltage of the second step, which is as long as the others or too short to be averaged."""
    columns = staircase((0.1, 0.2, 0.2, 0.2, 0.3, 0.2, 0.4, 0.2, 0.5))
    kept = np.ones(columns["voltage_volt"].size, dtype=bool)
    kept[400 : 600 - points] = False
    for index in (1, 3, 5, 7):
        columns["current_ampere"][200 * index : 200 * (index + 1)] = 0.0
    outcome = outcome_of({name: column[kept] for name, column in columns.items()})
    code = "steps-at-rest-voltage" if is_counted else "steps-at-rest-voltage-excluded"
    assert message_of(outcome.messages, code).parameters["voltages_v"] == [0.2]
    assert len(outcome.curves[0].series[0].x) == 4 + is_counted
    low, high = outcome.values[0].estimate.interval()
    assert low < 1000 < high


def test_the_interval_holds_both_where_a_rest_may_be_a_step() -> None:
    columns = staircase((0.1, 0.2, 0.3, 0.4, 0.5))
    columns["current_ampere"][:200] = 0.0
    outcome = outcome_of(columns)
    warning = message_of(outcome.messages, "rest-or-step")
    assert warning.parameters["other_ohm"] == pytest.approx(1000.0, rel=1e-3)
    low, high = outcome.values[0].estimate.interval()
    assert warning.level == "warning"
    assert low < warning.parameters["resistance_ohm"] < 1000 < high


def test_warns_of_different_currents_at_the_same_voltage() -> None:
    columns = staircase((0.1, 0.2, 0.3, 0.2))
    assert "repeated-steps-differ" not in {message.code for message in outcome_of(columns).messages}
    columns["current_ampere"][600:] *= 1.1
    warning = message_of(outcome_of(columns).messages, "repeated-steps-differ", first=2, second=4)
    assert [round(warning.parameters[name], 6) for name in ("voltage_v", "first_a", "second_a")] == [0.2, 2e-4, 2.2e-4]


def test_plots_the_line_and_its_residuals() -> None:
    line, residuals = outcome_of(staircase()).curves
    assert [series.name for series in line.series] == ["Steps", "Fit"]
    assert sum(residuals.series[0].y) == pytest.approx(0.0, abs=1e-8)


def test_averages_the_set_number_of_points() -> None:
    outcome = outcome_of(staircase(points=40), last_points=30)
    assert message_of(outcome.messages, "voltage-steps", last_points=30)


@pytest.mark.parametrize("last_points", [5, 100])
def test_warns_of_a_current_not_at_rest_however_few_points_are_averaged(last_points: int) -> None:
    columns = staircase()
    columns["current_ampere"] = columns["current_ampere"] * (1 + 2 * np.exp(-np.tile(np.arange(200), 4) / 60))
    assert message_of(outcome_of(columns, last_points=last_points).messages, "step-drifts", step=1, voltage_v=0.1)


def test_no_warning_at_steady_state() -> None:
    columns = staircase()
    columns["current_ampere"] = columns["current_ampere"] * (1 + 2 * np.exp(-np.tile(np.arange(200), 4) / 6))
    assert warnings_of(outcome_of(columns)) == ""


def test_warns_of_a_nonlinear_current() -> None:
    columns = staircase((0.1, 0.2, 0.3, 0.4, 0.5))
    columns["current_ampere"] = 1e-4 * np.sinh(columns["voltage_volt"] / 0.2)
    assert message_of(outcome_of(columns).messages, "not-ohmic").level == "warning"


def test_reports_that_three_steps_cannot_show_curvature() -> None:
    assert message_of(outcome_of(staircase((0.1, 0.2, 0.3))).messages, "too-few-steps-for-curvature")


def test_weights_the_steps_by_scatter() -> None:
    outcome = outcome_of(staircase(), weighting=BY_SCATTER)
    assert outcome.values[0].estimate.magnitude == pytest.approx(1000.0, rel=1e-3)
    assert "weighted" in message_of(outcome.messages, "resistance-of-line").parameters["weights"]


def test_uses_a_reported_resistance_or_refuses() -> None:
    assert reported_resistance(Inputs({"reported.resistance_ohm": Estimate.exact(5.0)})).magnitude == 5.0
    with pytest.raises(Refused) as refusal:
        reported_resistance(Inputs({}))
    assert refusal.value.code == "missing-resistance"


def test_warns_of_a_small_drift_above_the_uncertainty_of_the_line() -> None:
    """Half a per cent of the largest current over the last 100 points, where the line is good to 0.05 %."""
    columns = staircase()
    index = np.tile(np.arange(200), 4)
    columns["current_ampere"] = columns["current_ampere"] - 0.005 * 4e-4 * index / 100
    message = message_of(outcome_of(columns).messages, "step-drifts", step=4)
    assert message.parameters["drift_a"] == pytest.approx(-2e-6, rel=0.05)


def test_noise_alone_is_not_drift() -> None:
    assert "not at rest" not in warnings_of(outcome_of(staircase()))
